/**
 * Long polling: fetches that found too little wait for bytes, for a change of role, or for their time to be up, and are
 * then read again, so that they carry the high watermark of that later moment.
 *
 * An advance of the high watermark alone wakes consumers, never followers (2.4 and 2.5 excepted): a follower therefore
 * learns it one whole wait after the last record of a burst.
 */
import type { TopicPartition } from '../kafka/ids.ts'
import { msToUs } from '../kernel/time.ts'
import { readLog } from '../log/replica-log.ts'
import { respond } from './client-connection.ts'
import { parkedUnder, unpark } from './parked.ts'
import { answersOf, bytesOf, divergence, endFor, fetchError, isReplica, readPartitions } from './read-partition.ts'
import { preferredReadReplica } from './read-replica.ts'
import { type BrokerContext, logOf, running } from './running.ts'
import type { BrokerConfig, BrokerState, DelayedFetch, FetchInProgress } from './state.ts'
import { firstLockedOf, waitForLock } from './waiting.ts'

const fetchTimer = (id: number): string => `fetch:${id}`

/** Parks a fetch that was read and found too little, unless what happened since already gives it enough. */
export function parkFetch(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, fetch: FetchInProgress): void {
  const volatile = running(state)
  const { request, connection } = fetch
  const id = volatile.nextId++
  const deadlineUs = ctx.nowUs + msToUs(request.maxWaitMs)
  const lastSentHighWatermark: Record<TopicPartition, number> = {}
  if (config.mechanisms.highWatermarkWakesFollowers && isReplica(request.replicaId)) {
    for (const name of Object.keys(request.partitions)) {
      const remote = volatile.partitions[name]?.remoteReplicas[request.replicaId]
      lastSentHighWatermark[name] = remote?.lastSentHighWatermark ?? 0
    }
  }
  const delayed: DelayedFetch = { id, connection, request, deadlineUs, lastSentHighWatermark }
  volatile.delayedFetches.push(delayed)
  if (canComplete(state, config, delayed, ctx.nowUs)) complete(state, ctx, config, delayed)
  else ctx.setTimer(fetchTimer(id), msToUs(request.maxWaitMs))
}

/** Something happened to a partition: answers the parked fetches of it that have enough now. */
export function completeDelayedFetches(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
): void {
  const waiting = running(state).delayedFetches.filter(({ request }) => request.partitions[name] !== undefined)
  for (const delayed of waiting) {
    if (!canComplete(state, config, delayed, ctx.nowUs)) continue
    ctx.cancelTimer(fetchTimer(delayed.id))
    complete(state, ctx, config, delayed)
  }
}

/** Its time is up: answered with what there is. */
export function onFetchTimer(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, id: string): void {
  const delayed = parkedUnder(running(state).delayedFetches, id)
  if (delayed !== undefined) complete(state, ctx, config, delayed)
}

function canComplete(state: BrokerState, config: BrokerConfig, delayed: DelayedFetch, nowUs: number): boolean {
  const { request, lastSentHighWatermark } = delayed
  let bytes = 0
  for (const name of Object.keys(request.partitions)) {
    const asked = request.partitions[name]!
    const error = fetchError(state, config, name, request)
    if (error !== 'NONE') return true
    const partition = running(state).partitions[name]!
    if (preferredReadReplica(state, config, nowUs, partition, request, asked.fetchOffset) !== null) continue
    const log = logOf(state, name)
    if (divergence(partition, log, asked, config) !== null) return true
    const known = lastSentHighWatermark[name]
    if (known !== undefined && partition.highWatermark > known) return true
    const end = endFor(partition, log, request, config)
    if (asked.fetchOffset < end) bytes += bytesOf(readLog(log, asked.fetchOffset, asked.maxBytes, end))
  }
  return bytes >= request.minBytes
}

function complete(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, delayed: DelayedFetch): void {
  unpark(running(state).delayedFetches, delayed.id)
  const { connection, request } = delayed
  const locks = config.mechanisms.isrWriteBlocks === 'produce-and-fetch'
  const locked = locks ? firstLockedOf(state, request.partitions) : null
  if (locked !== null) {
    // 2.1 Partition.readRecords takes the read lock: also a parked fetch hangs while the registry is silent.
    const fetch: FetchInProgress = { connection, request, results: null, remaining: [], answerNow: true }
    waitForLock(state, ctx, locked, { connection, message: request, fetch })
    return
  }
  const partitions = answersOf(readPartitions(state, ctx, config, request))
  respond(state, ctx, connection, { type: 'FetchResponse', correlationId: request.correlationId, partitions })
}
