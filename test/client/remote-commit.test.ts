/** Commits of a member of a KIP-848 group that are refused (4.0 CommitRequestManager, by kind of commit). */
import { describe, expect, test } from 'vitest'
import { beginCommit, onCommit, sendCommits } from '../../src/client/consumer/group/commit.ts'
import { newMembership } from '../../src/client/consumer/group/membership.ts'
import { newRemoteMembership } from '../../src/client/consumer/group/remote-state.ts'
import type { Commit, GroupMembership } from '../../src/client/consumer/group/state.ts'
import type { ConsumerConfig } from '../../src/client/consumer/state.ts'
import type { ClientContext } from '../../src/client/links.ts'
import { linkTo } from '../../src/client/links.ts'
import { resolveSettings } from '../../src/kafka/config.ts'
import type { ErrorName } from '../../src/kafka/errors.ts'
import type { Fact } from '../../src/kafka/facts.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import type { KafkaMessage } from '../../src/kafka/messages/message.ts'

const KAFKA = '4.1'
const CONFIG: ConsumerConfig = {
  name: 'c',
  partitions: null,
  topics: ['t'],
  mechanisms: generationNamed(KAFKA)!.mechanisms,
  settings: resolveSettings('consumer', KAFKA, {
    'group.id': 'g',
    'group.protocol': 'consumer',
    'retry.backoff.ms': 100,
  }),
  bootstrap: [1],
  startedByStep: true,
}

class Member {
  readonly group: GroupMembership
  readonly facts: Fact[] = []
  sent: KafkaMessage[] = []
  nowUs = 1_000_000
  readonly #how: Commit['how']
  readonly #id: number

  /** A member at epoch 3 that has one commit on its way. */
  constructor(how: Commit['how']) {
    this.group = { ...newMembership('g', null, 0), coordinator: 1, memberId: 'm', generation: 3, state: 'stable' }
    this.group.remote = newRemoteMembership()
    linkTo(this.group.links, 1).phase = 'ready'
    this.#how = how
    this.#id = beginCommit(this.group, { 't-0': { offset: 7, leaderEpoch: 0 } }, how, this.#ctx)
    sendCommits(this.group, true, CONFIG, this.#ctx)
  }

  get #ctx(): ClientContext {
    const { nowUs } = this
    return {
      nowUs,
      send: (_to: string, _channel: string, message: KafkaMessage) => void this.sent.push(message),
      fact: (fact: Fact) => void this.facts.push(fact),
      probe: () => undefined,
    } as unknown as ClientContext
  }

  /** The answer comes, and with it what the commit becomes: an exception, or another request at an epoch. */
  refused(error: ErrorName, epochMeanwhile = 3): string {
    const [request] = this.sent.splice(0)
    if (request?.type !== 'OffsetCommitRequest') throw new Error('no commit was sent')
    expect([request.generation, request.memberId]).toEqual([3, 'm'])
    const answer = {
      type: 'OffsetCommitResponse',
      correlationId: request.correlationId,
      partitions: { 't-0': error },
    } as const
    onCommit(this.group, this.#id, { memberId: 'm', generation: 3 }, answer, CONFIG, this.#ctx)
    const told = this.facts.find((fact) => fact.kind === 'commitAnswered')
    if (told?.kind === 'commitAnswered') return told.error ?? 'committed'
    expect(this.group.commits[this.#id]?.how).toBe(this.#how)
    this.group.generation = epochMeanwhile
    sendCommits(this.group, true, CONFIG, this.#ctx)
    expect(this.sent).toEqual([])
    this.nowUs += 100_000
    // It is sent once its coordinator is known again.
    this.group.coordinator ??= 1
    sendCommits(this.group, true, CONFIG, this.#ctx)
    const [again] = this.sent
    return again?.type === 'OffsetCommitRequest' ? `again at epoch ${again.generation}` : 'waits'
  }
}

const FAILED = 'CommitFailedException'
const STALE = 'StaleMemberEpochException'
const RETRIABLE = 'RetriableCommitFailedException'
const AGAIN = 'again at epoch 4'

type Row = readonly [error: ErrorName, sync: string, async: string, auto: string, rebalance: string, close: string]

// biome-ignore format: a table reads better with one row a line.
const ROWS: readonly Row[] = [
  ['STALE_MEMBER_EPOCH', FAILED, STALE, STALE, AGAIN, FAILED],
  ['UNKNOWN_MEMBER_ID', FAILED, FAILED, FAILED, FAILED, FAILED],
  ['FENCED_INSTANCE_ID', FAILED, FAILED, FAILED, FAILED, FAILED],
  ['COORDINATOR_LOAD_IN_PROGRESS', AGAIN, RETRIABLE, RETRIABLE, AGAIN, AGAIN],
  ['NOT_COORDINATOR', AGAIN, RETRIABLE, RETRIABLE, AGAIN, AGAIN],
  ['UNKNOWN_TOPIC_OR_PARTITION', AGAIN, RETRIABLE, RETRIABLE, 'UnknownTopicOrPartitionException', AGAIN],
]
const KINDS = ['sync', 'async', 'auto', 'rebalance', 'close'] as const

describe.each(ROWS)('%s', (error, ...becomes) => {
  test.each(KINDS.map((how, i) => [how, becomes[i]!] as const))('a commit of kind %s: %s', (how, expected) => {
    const m = new Member(how)
    expect(m.refused(error, 4)).toBe(expected)
  })
})

test('whatever a commit is refused with, only heartbeats decide what becomes of the member', () => {
  for (const [error] of ROWS) {
    const one = new Member('sync')
    one.refused(error)
    expect([one.group.state, one.group.memberId, one.group.generation, one.group.failed], error).toEqual([
      'stable',
      'm',
      3,
      null,
    ])
  }
})

test('a member that has lost its place does not wait for an epoch', () => {
  const m = new Member('rebalance')
  m.group.generation = -1
  expect(m.refused('STALE_MEMBER_EPOCH')).toBe(FAILED)
})

test('an automatic commit that failed is left for the interval, other than in a classic group', () => {
  const m = new Member('auto')
  m.refused('COORDINATOR_LOAD_IN_PROGRESS')
  expect(m.group.autoCommitFailed).toBeUndefined()
  const classic = new Member('auto')
  delete classic.group.remote
  classic.refused('COORDINATOR_LOAD_IN_PROGRESS')
  expect(classic.group.autoCommitFailed).toBe(true)
})
