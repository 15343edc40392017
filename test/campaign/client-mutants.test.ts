import { describe, expect, test } from 'vitest'
import { coordinatorCrashStory } from '../../src/campaign/coordinator-crash-story.ts'
import { drawCase } from '../../src/campaign/generate.ts'
import { isRightlyCaught, runMutant } from '../../src/campaign/mutant-run.ts'
import { producerIdStory } from '../../src/campaign/producer-id-story.ts'
import { profileNamed } from '../../src/campaign/profiles/table.ts'
import { restartStory } from '../../src/campaign/restart-story.ts'
import { judgeRun, planOf } from '../../src/campaign/run-case.ts'
import { sleepingMemberStory } from '../../src/campaign/sleeping-member-story.ts'
import { transactionStory } from '../../src/campaign/transaction-story.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'

/** A seed that shows each planted bug of clients and coordinators, and the property that finds it there. */
const CAUGHT = [
  ['end-answered-before-decision', 1, 'CommitToldAfterDecision'],
  ['marker-of-another-outcome', 1, 'MarkersFollowDecision'],
  ['timed-out-producer-not-fenced', 1, 'TransactionsEnd'],
  ['offsets-of-aborted-transactions-count', 1, 'NoOffsetsOfAbortedTransactions'],
  ['aborted-list-ignored', 1, 'ReadCommittedSeesOnlyCommitted'],
  ['decision-not-carried-through', 1, 'liveness'],
  ['reset-skips-to-the-end', 1, 'ResetsGoToTheStart'],
  ['generation-not-bumped', 1, 'StableGenerationsGrow'],
  ['generation-forgotten-by-new-coordinator', 2, 'StableGenerationsGrow'],
  ['offsets-forgotten-by-new-coordinator', 2, 'CommittedOffsetsKept'],
  ['assignor-gives-twice', 1, 'OneOwnerPerGeneration'],
  ['static-member-not-replaced', 41, 'OneMemberPerInstance'],
  ['old-generation-commits', 1, 'NoStaleCommits'],
  ['former-member-commits', 12, 'NoStaleCommits'],
  ['rebalance-does-not-wait', 1, 'liveness'],
  ['dead-member-stays', 5, 'liveness'],
  ['revoked-partitions-read-on', 1, 'MembersReadWhatTheyOwn'],
  ['commits-what-was-only-fetched', 1, 'NoCommitAheadOfDelivery'],
  ['retries-behind-later-batches', 5, 'ProducersInOrder'],
  ['start-forgets-batches', 1, 'IdempotentNothingTwice'],
  ['producer-id-block-given-twice', 19, 'OneProducerPerEpoch'],
  ['producer-ids-begin-again', 1, 'OneProducerPerEpoch'],
  ['offsets-not-sent-to-the-transaction', 4, 'MadeOnce'],
  ['unstable-offsets-told', 8, 'MadeOnce'],
  ['results-outside-the-transaction', 3, 'NoCircularInformation'],
] as const

describe('a planted bug of a client or coordinator is caught', () => {
  test.each(CAUGHT)('%s with seed %i by %s', (name, seed, property) => {
    const result = runMutant(name, { first: seed, most: 1, catches: 1 })
    expect(result.catches.map(({ by }) => by)).toEqual([property])
    expect(isRightlyCaught(result)).toBe(true)
  })
})

/** The last two of groups were found by campaigns: a member whose join waited for its coordinator woke for it without end. */
const SEEDS = [
  ['groups', '2.4', 1],
  ['groups', '2.4', 2],
  ['groups', '2.4', 12],
  ['groups', '2.4', 16],
  ['groups', '2.4', 5],
  ['transactions', '2.4', 2],
  ['lite', '2.4', 5],
  ['groups', '3.9', 31],
  ['groups', '4.1', 28],
  ['idempotent', '2.4', 19],
  ['applications', '3.9', 3],
  ['applications', '3.9', 6],
] as const

describe('without it the same seed holds', () => {
  test.each(SEEDS)('profile %s on %s, seed %i', (profile, kafka, seed) => {
    const { document } = drawCase(profileNamed(profile)!, generationNamed(kafka)!, seed)
    expect(judgeRun(planOf(document), { liveness: true })).toMatchObject({ outcome: 'clean', breaks: [] })
  })

  test.each(['2.4', '3.9', '4.1'])('the story of transactions on %s', (kafka) => {
    expect(judgeRun(planOf(transactionStory(kafka, 1)), { liveness: true })).toMatchObject({ outcome: 'clean' })
  })

  test.each(['2.4', '3.9', '4.1'])('the story of a member that sleeps on %s', (kafka) => {
    expect(judgeRun(planOf(sleepingMemberStory(kafka, 1)), { liveness: true })).toMatchObject({ outcome: 'clean' })
  })

  test.each(['3.5-kraft', '4.1'])('the story of an active controller that dies between producer ids on %s', (kafka) => {
    expect(judgeRun(planOf(producerIdStory(kafka, 1)), { liveness: true })).toMatchObject({ outcome: 'clean' })
  })

  test.each(['2.4', '4.1'])('the story of a leader that dies with answers on their way on %s', (kafka) => {
    expect(judgeRun(planOf(restartStory(kafka, 1)), { liveness: true })).toMatchObject({ outcome: 'clean' })
  })

  test.each(['2.4', '3.9', '4.1'])('the story of a coordinator that dies on %s', (kafka) => {
    const run = judgeRun(planOf(coordinatorCrashStory(kafka, 1)), { liveness: true })
    expect(run).toMatchObject({ outcome: 'clean', result: { outcome: 'completed' } })
  })
})
