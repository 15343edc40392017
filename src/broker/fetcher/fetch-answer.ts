/** What a follower does with the answer to a fetch. */
import type { TopicPartition } from '../../kafka/ids.ts'
import type { FetchedPartition, FetchResponse } from '../../kafka/messages/data.ts'
import { isMutant } from '../../kafka/mutants.ts'
import { sortedKeys } from '../../kernel/sorted-keys.ts'
import { raiseLogStart } from '../../log/log-start.ts'
import { appendAsFollower } from '../../log/replica-log.ts'
import { completeDelayedFetches } from '../delayed-fetch.ts'
import { diskTakes } from '../disk.ts'
import { flushByCount } from '../flush.ts'
import { setFollowerHighWatermark } from '../high-watermark.ts'
import { diskOf } from '../log-disk.ts'
import { cleanupPolicy } from '../retention.ts'
import { type BrokerContext, logOf, running } from '../running.ts'
import type { BrokerConfig, BrokerState, FetchedPartitionState, FetcherState } from '../state.ts'
import { EPOCH_FILE, tellFileSynced } from '../syncs.ts'
import { decideOnDivergence } from '../truncation/on-fetch.ts'
import { truncateByDecision } from './epoch-answer.ts'
import { failPartition, fencePartition } from './failed-partition.ts'
import { delayPartition, pauseUs } from './fetcher-thread.ts'

type Asked = NonNullable<FetcherState['outstanding']>['partitions']

/**
 * Applies an answer partition by partition and returns those whose offset is out of the leader's range.
 *
 * A partition takes it only while this fetcher has it, is ready to fetch it, and still wants the offset that was asked
 * for: it may have been given to another leader, or cut, while the request was on its way.
 */
export function applyFetchAnswer(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  fetcher: FetcherState,
  asked: Asked,
  answer: FetchResponse,
): TopicPartition[] {
  const outOfRange: TopicPartition[] = []
  for (const name of sortedKeys(asked)) {
    const data = answer.partitions[name]
    const question = asked[name]!
    const current = fetcher.partitions[name]
    if (data === undefined) continue
    const ready = current?.phase === 'fetching' && current.delayedUntilUs <= ctx.nowUs
    // KAFKA-18723 (3.9.1): the same leader may have been named again, at a higher epoch.
    const late = config.mechanisms.fetchAnswerBoundToEpoch && current?.leaderEpoch !== question.leaderEpoch
    if (current === undefined || !ready || current.fetchOffset !== question.fetchOffset || late) {
      ctx.probe('fetch-answer-for-a-partition-that-has-moved-on')
      continue
    }
    switch (data.error) {
      case 'NONE':
        if (!applyData(state, ctx, config, fetcher, name, data)) outOfRange.push(name)
        break
      case 'OFFSET_OUT_OF_RANGE':
        outOfRange.push(name)
        break
      case 'FENCED_LEADER_EPOCH':
        fencePartition(ctx, config, fetcher, name, question.leaderEpoch)
        break
      default:
        // NOT_LEADER_FOR_PARTITION and UNKNOWN_LEADER_EPOCH are usual: this broker heard of its new leader before that
        // leader did. It costs the first acks=all after a role change one back-off.
        delayPartition(ctx, current, pauseUs(config))
    }
    // The exception that ends the thread leaves the rest of the answer unread.
    if (fetcher.dead) return []
  }
  return outOfRange
}

/** Takes records, or the news that the logs part. False: the leader could not compare the logs, so out of range. */
function applyData(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  fetcher: FetcherState,
  name: TopicPartition,
  data: FetchedPartition,
): boolean {
  const m = config.mechanisms
  const diverging = m.truncation === 'on-fetch' ? data.divergingEpoch : null
  if (diverging === null) {
    appendFetched(state, ctx, config, fetcher, name, data)
    return true
  }
  if (diverging.endOffset < 0) return false
  ctx.probe('leader-answered-with-a-diverging-epoch')
  // KAFKA-14704: to 3.4.0 the high watermark of such an answer is taken before the cut, over records that will go.
  if (m.divergingAnswerMovesHighWatermark) takeLeaderOffsets(state, ctx, config, name, data)
  const current = fetcher.partitions[name]!
  const decision = decideOnDivergence(logOf(state, name), diverging, current.fetchOffset, m)
  truncateByDecision(state, ctx, config, fetcher, name, decision)
  // From 3.4.1 nothing else of it is taken: the next fetch would tell. But the leader's session counts it as told.
  if (!m.divergingAnswerMovesHighWatermark && decision.complete) {
    current.leftAside = { highWatermark: data.highWatermark, logStartOffset: data.logStartOffset }
  }
  return true
}

/** Appends the records with the leader's offsets, then takes its high watermark and log start. */
function appendFetched(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  fetcher: FetcherState,
  name: TopicPartition,
  data: FetchedPartition,
): void {
  const log = logOf(state, name)
  const current = fetcher.partitions[name]!
  const baseOffset = log.logEndOffset
  if (current.fetchOffset !== baseOffset) {
    failPartition(ctx, config, fetcher, name, `fetched at offset ${current.fetchOffset}, the log ends at ${baseOffset}`)
    return
  }
  const rotten = data.batches.find((batch) => batch.corrupt === true)
  if (rotten !== undefined) {
    // AbstractFetcherThread: a CorruptRecordException is logged and the partition tried again after its back-off.
    ctx.probe('fetched a batch whose checksum does not match')
    ctx.fact({ kind: 'corruptBatchFetched', partition: name, offset: rotten.baseOffset })
    delayPartition(ctx, current, pauseUs(config))
    return
  }
  if (data.batches.length > 0) {
    if (!diskTakes(state, ctx, config, name, data.batches)) return
    const { recoveryPoint } = log
    const epochs = log.epochCache.length
    const appended = appendAsFollower(log, data.batches, config.mechanisms, diskOf(state, ctx, config, name))
    if (isMutant(config, 'followers-forget-producers')) delete log.producers
    if (!appended.ok) {
      failPartition(ctx, config, fetcher, name, appended.reason)
      return
    }
    const { endOffset } = appended
    // What a cleaner took on the leader is missing here too.
    const gap = data.batches[0]!.baseOffset > baseOffset || data.batches.some(({ cleaned }) => cleaned !== undefined)
    if (gap && cleanupPolicy(state, config, name).compacts) log.cleanedTo = endOffset
    current.fetchOffset = endOffset
    if (log.epochCache.length > epochs) tellFileSynced(ctx, EPOCH_FILE, name)
    flushByCount(state, ctx, config, name, recoveryPoint)
    const { leaderEpoch } = current
    ctx.fact({ kind: 'appended', partition: name, baseOffset, endOffset, leaderEpoch, as: 'follower' })
  }
  if (isToldInSession(current, data)) {
    ctx.probe('fetch session withholds a high watermark that the follower left aside')
    return
  }
  if (current.leftAside !== undefined) delete current.leftAside
  takeLeaderOffsets(state, ctx, config, name, data)
}

/** An incremental answer (KIP-227, 1.1) leaves out a partition without records whose offsets are as they were told. */
const isToldInSession = ({ leftAside }: FetchedPartitionState, data: FetchedPartition): boolean =>
  leftAside !== undefined &&
  data.batches.length === 0 &&
  data.highWatermark === leftAside.highWatermark &&
  data.logStartOffset === leftAside.logStartOffset

/**
 * High watermark := min(own log end, the leader's), which may bring it down; then, from 0.11, log start := the larger
 * one. Records below the new start stay in the file until their segment goes.
 */
function takeLeaderOffsets(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  data: FetchedPartition,
): void {
  const m = config.mechanisms
  const log = logOf(state, name)
  const from = log.logStartOffset
  if (m.deleteRecords && raiseLogStart(log, data.logStartOffset, m)) {
    ctx.fact({ kind: 'logStartMoved', partition: name, from, to: log.logStartOffset, why: 'leader' })
  }
  const floor = m.highWatermarkAtLeastLogStart ? log.logStartOffset : 0
  const planted = isMutant(config, 'high-watermark-above-log-end') ? 1 : 0
  const told = Math.max(Math.min(log.logEndOffset, data.highWatermark), floor)
  const known = running(state).partitions[name]?.highWatermark
  setFollowerHighWatermark(state, ctx, name, told + planted)
  if (known !== told && m.followersWakeReaders) completeDelayedFetches(state, ctx, config, name)
}
