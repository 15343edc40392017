/** Which properties a run has put to the test: a campaign in which a premise never holds proves nothing. */
import { PROPERTIES } from '../check/index.ts'
import { premiseHeld } from '../check/premises.ts'
import type { World } from '../world/world.ts'
import type { Need } from './profile-needs.ts'

const all = (need: Need, ...properties: readonly string[]): Readonly<Record<string, Need>> =>
  Object.fromEntries(properties.map((name) => [name, need]))

/** What a profile must have to put a property to the test; of the others every profile does. */
export const NEED_OF: Readonly<Record<string, Need>> = {
  ...all(
    'transactions',
    'ReadCommittedSeesOnlyCommitted',
    'LastStableOffsetHeld',
    'MarkersFollowDecision',
    'OneProducerPerEpoch',
    'TransactionsAtomic',
    'TransactionsEnd',
    'CommitToldAfterDecision',
    'NoOffsetsOfAbortedTransactions',
    'NoAbortedTransactionReads',
    'NoIntermediateReads',
  ),
  ...all(
    'groups',
    'OneOwnerPerGeneration',
    'OneMemberPerInstance',
    'StableGenerationsGrow',
    'MembersReadWhatTheyOwn',
    'NoCommitAheadOfDelivery',
    'CommittedOffsetsKept',
    'NoStaleCommits',
  ),
  ...all('transformations', 'NoCircularInformation', 'MadeOnce'),
  ...all('cleaning', 'RetentionBelowHighWatermark', 'CleaningBelowUndecided', 'CompactionKeepsLastValues'),
}

/** Names of the properties whose premise held in a finished run, in the order of their table. */
export const premisesHeld = (world: World): string[] =>
  PROPERTIES.filter((property) => premiseHeld(world, property)).map(({ name }) => name)
