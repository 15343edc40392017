/** Which properties a run has put to the test: a campaign in which a premise never holds proves nothing. */
import { PROPERTIES } from '../check/index.ts'
import { premiseHeld } from '../check/premises.ts'
import type { World } from '../world/world.ts'

/** Properties of transactions: nothing puts them to the test where no producer has any. */
export const OF_TRANSACTIONS: readonly string[] = [
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
]

/** Properties of applications that transform: no random plan has one. */
export const OF_TRANSFORMATIONS: readonly string[] = ['NoCircularInformation', 'MadeOnce']

/** Properties of consumer groups: nothing puts them to the test where no consumer is a member of one. */
export const OF_GROUPS: readonly string[] = [
  'OneOwnerPerGeneration',
  'OneMemberPerInstance',
  'StableGenerationsGrow',
  'MembersReadWhatTheyOwn',
  'NoCommitAheadOfDelivery',
  'CommittedOffsetsKept',
  'NoStaleCommits',
]

/** Properties of retention and compaction, which campaigns leave off. */
export const OF_CLEANING: readonly string[] = [
  'RetentionBelowHighWatermark',
  'CleaningBelowUndecided',
  'CompactionKeepsLastValues',
]

/** Names of the properties whose premise held in a finished run, in the order of their table. */
export const premisesHeld = (world: World): string[] =>
  PROPERTIES.filter((property) => premiseHeld(world, property)).map(({ name }) => name)
