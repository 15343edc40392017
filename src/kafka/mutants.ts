/**
 * Planted bugs: each breaks one rule of the protocol at the place where the rule is kept, so that the checkers can be
 * checked. They are off unless a plan names them, and cost nothing then.
 */

export interface Mutant {
  readonly name: string
  /** The rule that it breaks. */
  readonly meaning: string
  /** Properties by which it may first be caught; anything else would be the wrong reason. */
  readonly admissible: readonly string[]
  /** The generation in which it is planted: one that keeps the rule. */
  readonly kafka: string
  /** What it runs in: scenarios of a profile, or a story that is told for it. */
  readonly profile:
    | 'idempotent'
    | 'swarm'
    | 'smoke'
    | 'lite'
    | 'calm'
    | 'groups'
    | 'applications'
    | 'transaction-story'
    | 'coordinator-crash-story'
    | 'sleeping-member-story'
    | 'producer-id-story'
    | 'restart-story'
    | 'storage'
}

const LOSS = [
  'ConsistentCommittedData',
  'AckedAtAllNotLost',
  'LeaderCompleteness',
  'OneRecordPerCommittedOffset',
  'NoLostWrites',
  'NoInconsistentOffsets',
] as const
const REPLICATION = ['StrongIsr', 'WeakIsr'] as const
const MATCHING = ['LogMatchingBelowHighWatermark', 'LogMatchingByEpoch'] as const
const IDEMPOTENCE = ['IdempotentNothingTwice', 'SequencesWithoutGaps'] as const
const READ_COMMITTED = ['ReadCommittedSeesOnlyCommitted', 'LastStableOffsetHeld'] as const
/** The healed cluster does not come to rest. */
const LIVENESS = 'liveness'

// biome-ignore format: a table reads better with one row a line.
const ROWS = [
  // --- Producing
  ['canary', 'A leader acknowledges without appending anything.', ['AckedBelowHighWatermark', 'AckedWithEnoughReplicas', ...LOSS], '2.4', 'smoke'],
  ['ack-before-replication', 'acks=all is answered as soon as the leader has the record.', ['AckedBelowHighWatermark', ...LOSS], '2.4', 'smoke'],
  ['acks-all-ignores-min-isr', 'acks=all is taken and answered with fewer members in the ISR than min.insync.replicas.', ['AckedWithEnoughReplicas', ...LOSS], '2.4', 'lite'],
  ['append-twice', 'A leader appends what it is sent a second time, as if a retry were new.', ['NoDuplicates', 'NoNonmonotonicSends'], '2.4', 'calm'],
  ['follower-accepts-produce', 'A broker that does not lead appends what producers send it.', [...MATCHING, ...LOSS, ...REPLICATION, 'AckedBelowHighWatermark', 'ReplicasConverge', LIVENESS], '2.4', 'lite'],
  // --- High watermark
  ['high-watermark-is-log-end', 'The high watermark of a leader is its own log end.', [...REPLICATION, ...LOSS], '2.4', 'smoke'],
  ['high-watermark-falls', 'The high watermark of a leader follows its candidates down as well as up.', ['MonotonicHighWatermark'], '2.4', 'lite'],
  ['high-watermark-above-log-end', 'A follower takes the high watermark of its leader for one higher.', ['HighWatermarkBelowLogEnd'], '2.4', 'smoke'],
  ['high-watermark-of-one-follower', 'The high watermark is the largest log end of a follower instead of the least.', [...REPLICATION, ...LOSS], '2.4', 'smoke'],
  ['follower-counted-ahead', 'A leader takes a follower for one record further than it is.', [...REPLICATION, ...LOSS, 'HighWatermarkBelowLogEnd'], '2.4', 'smoke'],
  // --- ISR
  ['shrink-without-confirmation', 'A leader goes by a smaller ISR that it has not written.', [...REPLICATION, ...LOSS, 'AckedWithEnoughReplicas'], '2.4', 'lite'],
  ['join-before-caught-up', 'A follower comes into the ISR with its first fetch.', [...REPLICATION, ...LOSS], '2.4', 'lite'],
  ['leader-leaves-isr', 'A leader takes itself out of the ISR with those who have fallen behind.', ['LeaderInIsr', 'IsrNeverEmpty', 'IsrWithinAssignment'], '2.4', 'lite'],
  ['isr-takes-outsider', 'A leader adds a broker to the ISR that holds no replica.', ['IsrWithinAssignment', 'LeaderInIsr', ...REPLICATION], '2.4', 'lite'],
  // --- Truncation and epochs
  ['truncate-to-high-watermark', 'A new follower cuts its log to its own high watermark, as before KIP-101.', [...REPLICATION, ...LOSS, ...MATCHING], '2.4', 'lite'],
  ['no-truncation', 'A follower keeps records that its leader does not have.', [...MATCHING, ...LOSS, ...REPLICATION, 'ReplicasConverge', LIVENESS], '2.4', 'swarm'],
  ['truncate-one-too-far', 'A follower cuts one record more than it has to.', [...REPLICATION, ...LOSS], '2.4', 'lite'],
  ['cut-below-high-watermark', 'A new follower cuts its log one record below its own high watermark.', [...REPLICATION, ...LOSS], '0.10.2', 'lite'],
  ['epoch-answer-not-believed', 'A follower that is told where its epoch ends cuts to its own high watermark, as if its leader did not know the epoch.', [...REPLICATION, ...LOSS], '0.11', 'lite'],
  ['cut-one-too-little', 'A follower keeps one record above the end of its epoch at the leader.', [...MATCHING, ...LOSS, ...REPLICATION, 'ReplicasConverge', LIVENESS], '0.11', 'swarm'],
  ['lost-log-tail', 'A broker that was killed comes back without the last records of its logs.', [...REPLICATION, ...LOSS, ...MATCHING], '2.4', 'lite'],
  ['recovery-cuts-flushed', 'A start after a kill cuts the last batch of each log, flushed or not.', ['FlushedNotLost', ...REPLICATION, ...LOSS, ...MATCHING], '2.4', 'lite'],
  ['recovery-invents', 'A start after a kill finds a record that nobody wrote.', ['RecoveryInventsNothing', ...REPLICATION, ...LOSS, ...MATCHING, 'ReplicasConverge', LIVENESS], '2.4', 'lite'],
  ['offsets-overlap', 'A leader that was killed begins one offset below its log end.', ['OffsetsGrow', 'FlushedNotLost', ...REPLICATION, ...LOSS, ...MATCHING, 'ReplicasConverge', LIVENESS, 'AckedBelowHighWatermark', 'HighWatermarkBelowLogEnd'], '2.4', 'lite'],
  // --- The log on disk
  ['retention-above-high-watermark', 'Retention deletes old segments whether they are committed or not.', ['RetentionBelowHighWatermark', ...LOSS], '2.4', 'storage'],
  ['cleaner-drops-last-value', 'The cleaner takes the last value of a key with those before it.', ['CompactionKeepsLastValues', ...LOSS], '2.4', 'storage'],
  ['cleaner-passes-high-watermark', 'The cleaner goes by records that are not committed.', ['CleaningBelowUndecided', ...LOSS], '3.5', 'storage'],
  ['cleaner-passes-open-transactions', 'The cleaner goes by records of transactions that are not decided.', ['CleaningBelowUndecided', ...LOSS], '3.5', 'storage'],
  ['high-watermark-file-believed', 'A replica takes the high watermark of its file although its log ends below.', ['HighWatermarkBelowLogEnd', ...REPLICATION], '2.4', 'storage'],
  // --- Elections
  ['unclean-when-disabled', 'A replica out of the ISR is elected although unclean election is off.', ['LeaderInIsr', 'StrongIsr', ...LOSS], '2.4', 'swarm'],
  ['elect-out-of-sync', 'The first live replica is elected, in the ISR or not.', ['LeaderInIsr', ...REPLICATION, ...LOSS], '2.4', 'lite'],
  ['preferred-out-of-isr', 'A preferred replica is elected although it is not in the ISR.', ['LeaderInIsr', ...REPLICATION, ...LOSS], '2.4', 'swarm'],
  ['leader-epoch-not-bumped', 'An election does not raise the leader epoch.', ['SingleLeaderPerEpoch', 'MonotonicLeaderEpoch', LIVENESS], '2.4', 'lite'],
  ['controller-epoch-not-bumped', 'A new controller goes on with the epoch of the last one.', ['MonotonicControllerEpoch', LIVENESS], '2.4', 'lite'],
  // --- Registry
  ['cas-ignores-version', 'The registry takes a conditional write whatever the version.', ['MonotonicLeaderEpoch', 'MonotonicControllerEpoch', 'SingleLeaderPerEpoch', 'LeaderInIsr', 'MonotonicStateVersion', ...REPLICATION, ...LOSS], '0.11', 'swarm'],
  ['session-never-expires', 'The registry keeps a session of which it hears nothing.', [LIVENESS], '2.4', 'lite'],
  ['ephemeral-survives', 'Ephemeral nodes stay when their session ends.', [LIVENESS], '2.4', 'lite'],
  ['watch-lost', 'The registry tells nobody that children of a node have changed.', [LIVENESS], '2.4', 'lite'],
  // --- Consumers
  ['consumer-reads-above-high-watermark', 'A leader gives consumers what is not committed yet.', ['ConsumersSeeOnlyCommitted', 'NoAbortedReads', 'NoInconsistentOffsets'], '2.4', 'smoke'],
  ['consumer-reads-twice', 'A consumer hands the last record of a poll out again with the next one.', ['ConsumersNothingTwice', 'NoNonmonotonicPolls', 'ConsumersInOrderWithoutGaps'], '2.4', 'smoke'],
  ['consumer-skips', 'A consumer goes on one record too far.', ['ConsumersInOrderWithoutGaps', 'NoPollSkips', 'NoLostWrites'], '2.4', 'smoke'],
  ['reset-skips-to-the-end', 'A consumer without a position begins at the end, whatever auto.offset.reset says.', ['ResetsGoToTheStart', 'NoLostWrites', 'NoUnseenWrites', 'NoPollSkips'], '2.4', 'groups'],
  ['aborted-list-ignored', 'A consumer with read_committed hands out what it was told was aborted.', ['ReadCommittedSeesOnlyCommitted', 'NoAbortedTransactionReads'], '2.4', 'transaction-story'],
  // --- Groups
  ['old-generation-commits', 'A coordinator takes a commit of a generation that is over.', ['NoStaleCommits', 'CommittedOffsetsKept'], '2.4', 'sleeping-member-story'],
  ['former-member-commits', 'A coordinator takes a commit of who was removed or replaced.', ['NoStaleCommits', 'CommittedOffsetsKept'], '2.4', 'groups'],
  ['static-member-not-replaced', 'A static member that comes back is taken in beside the one it was.', ['OneMemberPerInstance', 'OneOwnerPerGeneration', LIVENESS], '2.4', 'groups'],
  ['dead-member-stays', 'A coordinator waits without end for a member that it does not hear.', [LIVENESS, 'NoUnseenWrites'], '2.4', 'groups'],
  ['rebalance-does-not-wait', 'A generation begins without those who have not joined yet.', [LIVENESS, 'NoUnseenWrites'], '2.4', 'groups'],
  ['generation-not-bumped', 'A rebalance goes on with the generation before it.', ['StableGenerationsGrow', 'NoStaleCommits'], '2.4', 'groups'],
  ['generation-forgotten-by-new-coordinator', 'A new coordinator reads committed offsets and no groups.', ['StableGenerationsGrow'], '2.4', 'groups'],
  ['offsets-forgotten-by-new-coordinator', 'A new coordinator reads groups and no committed offsets.', ['CommittedOffsetsKept'], '2.4', 'groups'],
  ['offsets-answered-before-replication', 'A commit is answered as soon as its coordinator has the record.', ['CommittedOffsetsKept', 'AckedBelowHighWatermark'], '2.4', 'groups'],
  ['assignor-gives-twice', 'The leader of a group gives the partitions of its first member to the last one as well.', ['OneOwnerPerGeneration', LIVENESS], '2.4', 'groups'],
  ['revoked-partitions-read-on', 'A member goes on reading what it has given back.', ['MembersReadWhatTheyOwn'], '2.4', 'groups'],
  ['commits-what-was-only-fetched', 'A member commits behind records that its application was not handed yet.', ['NoCommitAheadOfDelivery'], '2.4', 'groups'],
  // --- Order
  ['partition-not-muted', 'A producer with one request in flight sends the next batch while a failed one waits for its retry.', ['ProducersInOrder'], '2.4', 'swarm'],
  ['retries-behind-later-batches', 'A producer puts a batch to be sent again behind those that came after it.', ['ProducersInOrder', 'NoNonmonotonicSends'], '2.4', 'lite'],
  // --- Idempotence
  ['sequences-begin-again-in-one-epoch', 'A producer that begins its sequences again keeps its epoch.', [...IDEMPOTENCE, ...LOSS, 'ProducersInOrder', LIVENESS], '2.8', 'idempotent'],
  ['sequence-not-checked', 'A leader appends the batches of a producer whatever their sequence.', IDEMPOTENCE, '2.4', 'idempotent'],
  ['duplicate-not-recognised', 'A leader appends a batch that it has once more.', IDEMPOTENCE, '2.4', 'idempotent'],
  ['followers-forget-producers', 'A follower does not learn of producers from what it fetches.', IDEMPOTENCE, '2.8', 'idempotent'],
  ['start-forgets-batches', 'A broker that starts remembers only the last batch of each producer, as if it had read them from a snapshot file.', IDEMPOTENCE, '4.1', 'restart-story'],
  ['retry-gets-new-sequence', 'A producer gives a batch that it sends again the next sequence.', [...IDEMPOTENCE, LIVENESS], '2.4', 'idempotent'],
  ['producer-id-block-given-twice', 'A broker takes the block of producer ids that was taken last.', ['OneProducerPerEpoch', ...IDEMPOTENCE, ...LOSS], '2.4', 'idempotent'],
  ['producer-ids-begin-again', 'A new active controller of KRaft hands out producer ids from 0 again.', ['OneProducerPerEpoch'], '4.1', 'producer-id-story'],
  // --- Transactions
  ['last-stable-offset-is-high-watermark', 'A leader shows read_committed consumers what no transaction has decided yet.', READ_COMMITTED, '2.4', 'transaction-story'],
  ['aborted-transactions-not-told', 'A leader does not tell read_committed consumers which transactions were aborted.', READ_COMMITTED, '2.4', 'transaction-story'],
  ['marker-lost', 'A coordinator completes a transaction when the first of its partitions has the marker.', [...READ_COMMITTED, 'NoAbortedTransactionReads', 'TransactionsAtomic', 'TransactionsEnd', LIVENESS], '2.4', 'transaction-story'],
  ['producer-epoch-not-bumped', 'A new producer of a transactional id is given the epoch of the one before.', ['OneProducerPerEpoch', 'TransactionsAtomic', ...READ_COMMITTED], '2.4', 'transaction-story'],
  ['markers-before-prepare-is-written', 'A coordinator sends markers before its decision is in the transaction log.', ['MarkersFollowDecision', 'TransactionsAtomic'], '2.4', 'transaction-story'],
  ['end-answered-before-decision', 'A coordinator answers the end of a transaction before its decision is in the transaction log.', ['CommitToldAfterDecision', 'TransactionsAtomic'], '2.4', 'transaction-story'],
  ['marker-of-another-outcome', 'A coordinator sends all partitions but the first the other outcome.', ['MarkersFollowDecision', 'TransactionsAtomic', 'NoAbortedTransactionReads', 'NoIntermediateReads'], '2.4', 'transaction-story'],
  ['decision-not-carried-through', 'A new coordinator does not send the markers of what was decided before it.', [LIVENESS, 'TransactionsEnd', 'NoUnseenWrites'], '2.4', 'coordinator-crash-story'],
  ['timed-out-producer-not-fenced', 'A coordinator aborts what has taken too long at the epoch that its producer has.', ['TransactionsEnd', 'TransactionsAtomic', LIVENESS], '2.4', 'transaction-story'],
  ['offsets-of-aborted-transactions-count', 'A coordinator of groups takes the offsets of an aborted transaction for committed.', ['NoOffsetsOfAbortedTransactions'], '2.4', 'transaction-story'],
  ['partition-not-added', 'A producer adds the first partition of a transaction only.', ['TransactionsAtomic', 'TransactionsEnd', ...READ_COMMITTED], '2.4', 'transaction-story'],
  ['producer-not-fenced', 'A coordinator serves producers of an older epoch.', ['OneProducerPerEpoch', 'TransactionsAtomic', ...READ_COMMITTED], '2.4', 'transaction-story'],
  // --- Applications that consume, transform and produce
  ['offsets-not-sent-to-the-transaction', 'An application commits its results without the offsets of their input.', ['MadeOnce'], '3.9', 'applications'],
  ['offsets-committed-by-the-consumer', 'An application commits its offsets by its consumer, before the transaction of their results.', ['MadeOnce'], '3.9', 'applications'],
  ['application-reads-on-after-an-abort', 'An application does not go back to what its aborted transaction had taken.', ['MadeOnce'], '4.1', 'applications'],
  ['former-member-commits-in-a-transaction', 'A coordinator of groups takes the offsets of a transaction from who has lost its partitions.', ['MadeOnce'], '3.9', 'applications'],
  ['unstable-offsets-told', 'A coordinator of groups tells offsets that an open transaction is about to move.', ['MadeOnce'], '4.1', 'applications'],
  ['results-outside-the-transaction', 'A producer sends the batches of its transactions as if they belonged to none.', ['NoCircularInformation', 'MadeOnce'], '3.9', 'applications'],
] as const

export type MutantName = (typeof ROWS)[number][0]

export const MUTANTS: readonly (Mutant & { readonly name: MutantName })[] = ROWS.map(
  ([name, meaning, admissible, kafka, profile]) => ({
    name,
    meaning,
    admissible,
    kafka,
    profile,
  }),
)

/** Whether a mutant is planted in the machine of this configuration. */
export const isMutant = (config: { readonly mutants?: readonly MutantName[] }, name: MutantName): boolean =>
  config.mutants?.includes(name) === true
