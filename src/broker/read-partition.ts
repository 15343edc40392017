/** One read of a leader's log for a follower or a consumer, with every reason to refuse it. */
import type { ErrorName } from '../kafka/errors.ts'
import { type BrokerId, partitionNames, type TopicPartition } from '../kafka/ids.ts'
import type { FetchedPartition, FetchPartition, FetchRequest } from '../kafka/messages/data.ts'
import { isMutant } from '../kafka/mutants.ts'
import { lastOffset, type RecordBatch } from '../kafka/records.ts'
import { isTornAt } from '../log/damage.ts'
import { abortedIn, lastStableOffset } from '../log/log-producers.ts'
import { readPosition } from '../log/read-position.ts'
import { batchBytes, type ReplicaLog, readLog } from '../log/replica-log.ts'
import { divergingEpochOf, leaderEpochError } from './leader-epoch.ts'
import { isOffline } from './log-dirs.ts'
import { mayReadAnywhere, preferredReadReplica } from './read-replica.ts'
import { type BrokerContext, logOf, running } from './running.ts'
import type { BrokerConfig, BrokerState, PartitionState, ReadResult } from './state.ts'

/** Followers name their broker id; consumers -1. */
export const isReplica = (replicaId: BrokerId): boolean => replicaId >= 0

/** The error of a request for a partition that this broker has no replica of. */
export function unhostedError(state: BrokerState, config: BrokerConfig, name: TopicPartition): ErrorName {
  const elsewhere = running(state).metadata.partitions[name] !== undefined
  return elsewhere && config.mechanisms.unhostedIsNotLeader ? 'NOT_LEADER_FOR_PARTITION' : 'UNKNOWN_TOPIC_OR_PARTITION'
}

/** Why a request made under `currentLeaderEpoch` cannot be served by this broker as the leader; NONE when it can. */
export function leaderError(
  state: BrokerState,
  config: BrokerConfig,
  name: TopicPartition,
  currentLeaderEpoch: number,
): ErrorName {
  const error = replicaError(state, config, name, currentLeaderEpoch)
  if (error !== 'NONE') return error
  return running(state).partitions[name]?.role === 'leader' ? 'NONE' : 'NOT_LEADER_FOR_PARTITION'
}

/** The same of a fetch, which a follower may serve too when it comes from a consumer that is allowed to ask it (KIP-392). */
export const fetchError = (
  state: BrokerState,
  config: BrokerConfig,
  name: TopicPartition,
  request: FetchRequest,
): ErrorName => {
  const asked = request.partitions[name]!.currentLeaderEpoch
  return mayReadAnywhere(config, request) && running(state).partitions[name]?.role === 'follower'
    ? replicaError(state, config, name, asked)
    : leaderError(state, config, name, asked)
}

/** Why this broker's replica cannot serve a request made under `currentLeaderEpoch`, whatever its role. */
function replicaError(
  state: BrokerState,
  config: BrokerConfig,
  name: TopicPartition,
  currentLeaderEpoch: number,
): ErrorName {
  const partition = running(state).partitions[name]
  if (partition === undefined) return unhostedError(state, config, name)
  if (isOffline(state, config, name)) return 'KAFKA_STORAGE_ERROR'
  // 2.1 Partition.getLocalLog: the epoch is compared first, the role second.
  return leaderEpochError(partition, currentLeaderEpoch, config.mechanisms)
}

/** Who reads, and how much of open and aborted transactions it wants to see. */
export interface Reader {
  readonly replicaId: BrokerId
  readonly isolation?: 'read_committed'
}

/**
 * Where a reader's data ends (exclusive): a follower reads to the log end, a consumer to the high watermark, one that
 * reads committed transactions only to the last stable offset.
 */
export function endFor(partition: PartitionState, log: ReplicaLog, reader: Reader, config: BrokerConfig): number {
  if (isReplica(reader.replicaId)) return log.logEndOffset
  const ignores = isMutant(config, 'last-stable-offset-is-high-watermark')
  return reader.isolation === undefined || ignores
    ? partition.highWatermark
    : lastStableOffset(log, partition.highWatermark)
}

export function bytesOf(batches: readonly RecordBatch[]): number {
  let bytes = 0
  for (const batch of batches) bytes += batchBytes(batch)
  return bytes
}

/** What a follower that asks with its last epoch must be told when the logs part; null: they agree. */
export function divergence(
  partition: PartitionState,
  log: ReplicaLog,
  asked: FetchPartition,
  config: BrokerConfig,
): { readonly epoch: number; readonly endOffset: number } | null {
  const { fetchOffset, lastFetchedEpoch } = asked
  return divergingEpochOf(log, partition, fetchOffset, lastFetchedEpoch, config.mechanisms)
}

/** Reads every partition of a fetch. */
export function readPartitions(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: FetchRequest,
): Record<TopicPartition, ReadResult> {
  const results: Record<TopicPartition, ReadResult> = {}
  for (const name of partitionNames(request.partitions)) {
    const result = readPartition(state, ctx, config, request, name)
    results[name] = result
    const { error } = result.fetched
    if (error === 'NONE' || !isReplica(request.replicaId)) continue
    ctx.fact({ kind: 'fetchRefused', partition: name, follower: request.replicaId, error })
  }
  return results
}

function readPartition(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: FetchRequest,
  name: TopicPartition,
): ReadResult {
  const asked = request.partitions[name]!
  const error = fetchError(state, config, name, request)
  if (error !== 'NONE') return refused(error, ctx.nowUs)
  const partition = running(state).partitions[name]!
  const log = logOf(state, name)
  const elsewhere = preferredReadReplica(state, config, ctx.nowUs, partition, request, asked.fetchOffset)
  if (elsewhere !== null) return sentTo(elsewhere, partition, log, ctx.nowUs)
  const diverging = divergence(partition, log, asked, config)
  if (diverging !== null && diverging.endOffset < 0) return refused('OFFSET_OUT_OF_RANGE', ctx.nowUs)
  // 2.8 Partition.readRecords: a fetch below the log start is out of range whatever the epochs say (KAFKA-12996), one
  // above the log end only when the epochs agree.
  const { fetchOffset } = asked
  const past = fetchOffset > log.logEndOffset && diverging === null
  if (fetchOffset < log.logStartOffset || past) return refused('OFFSET_OUT_OF_RANGE', ctx.nowUs)
  const exposed = !isReplica(request.replicaId) && isMutant(config, 'consumer-reads-above-high-watermark')
  const highWatermark = exposed ? log.logEndOffset : partition.highWatermark
  const hidden = !isReplica(request.replicaId) && fetchOffset > highWatermark && fetchOffset < log.logEndOffset
  if (hidden && config.mechanisms.consumerFetchAboveHighWatermark === 'error') {
    // To 0.9 LogSegment.read refuses a bound below the offset, for which the protocol has no name.
    ctx.probe('consumer fetched between the high watermark and the log end')
    return refused('UNKNOWN_SERVER_ERROR', ctx.nowUs)
  }
  const end = exposed ? log.logEndOffset : endFor(partition, log, request, config)
  const stuck = config.mechanisms.tornEntryStopsReaders && isTornAt(log, fetchOffset)
  const batches =
    diverging === null && fetchOffset < end && !stuck ? readLog(log, fetchOffset, asked.maxBytes, end) : []
  if (batches.length > 0) tellOldSegment(ctx, name, log, fetchOffset, batches[0]!.baseOffset)
  return {
    fetched: {
      error: 'NONE',
      highWatermark,
      logStartOffset: log.logStartOffset,
      batches,
      divergingEpoch: diverging,
      ...transactionsOf(log, partition, asked, request, batches, config, ctx),
    },
    logEndOffset: log.logEndOffset,
    readAtUs: ctx.nowUs,
    followerNeedsHighWatermark:
      config.mechanisms.highWatermarkWakesFollowers &&
      isReplica(request.replicaId) &&
      (partition.remoteReplicas[request.replicaId]?.lastSentHighWatermark ?? 0) < highWatermark,
  }
}

/** A read behind the active segment goes through an index on disk: how far it had to look is told. */
function tellOldSegment(
  ctx: BrokerContext,
  partition: TopicPartition,
  log: ReplicaLog,
  offset: number,
  firstOffset: number,
): void {
  const active = log.layout?.segments.at(-1)
  if (active === undefined || firstOffset >= active.baseOffset) return
  const position = readPosition(log, offset)
  if (position === null) return
  const { segment, probes, scanned } = position
  ctx.fact({ kind: 'oldSegmentRead', partition, offset, segment, probes, scanned })
}

/** What an answer tells of transactions; nothing where the log has seen none. */
function transactionsOf(
  log: ReplicaLog,
  partition: PartitionState,
  { fetchOffset }: FetchPartition,
  { replicaId, isolation }: Reader,
  batches: readonly RecordBatch[],
  config: BrokerConfig,
  ctx: BrokerContext,
): Pick<FetchedPartition, 'lastStableOffset' | 'abortedTransactions'> {
  if (log.producers === undefined || isReplica(replicaId)) return {}
  const stable = { lastStableOffset: lastStableOffset(log, partition.highWatermark) }
  if (isolation === undefined) return stable
  if (stable.lastStableOffset < partition.highWatermark)
    ctx.probe('read_committed fetch held back by an open transaction')
  const last = batches.at(-1)
  const hidden = last === undefined || isMutant(config, 'aborted-transactions-not-told')
  const aborted = hidden ? [] : abortedIn(log, fetchOffset, lastOffset(last) + 1)
  if (aborted.length > 0) ctx.probe('fetch told of aborted transactions')
  return {
    ...stable,
    abortedTransactions: aborted.map(({ producerId, firstOffset }) => ({ producerId, firstOffset })),
  }
}

/** The consumer is told to ask another replica. Nothing is read. */
const sentTo = (preferred: BrokerId, partition: PartitionState, log: ReplicaLog, readAtUs: number): ReadResult => ({
  fetched: {
    error: 'NONE',
    highWatermark: partition.highWatermark,
    logStartOffset: log.logStartOffset,
    batches: [],
    divergingEpoch: null,
    preferredReadReplica: preferred,
  },
  logEndOffset: log.logEndOffset,
  readAtUs,
  followerNeedsHighWatermark: false,
})

const refused = (error: ErrorName, readAtUs: number): ReadResult => ({
  fetched: { error, highWatermark: -1, logStartOffset: -1, batches: [], divergingEpoch: null },
  logEndOffset: -1,
  readAtUs,
  followerNeedsHighWatermark: false,
})

/** The answer that a set of reads makes. */
export function answersOf(
  results: Readonly<Record<TopicPartition, ReadResult>>,
): Record<TopicPartition, FetchedPartition> {
  const answers: Record<TopicPartition, FetchedPartition> = {}
  for (const name of Object.keys(results)) answers[name] = results[name]!.fetched
  return answers
}
