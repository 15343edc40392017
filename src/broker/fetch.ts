/** The leader's side of a fetch: read, take the follower's position, answer at once or park. */
import { partitionNames, type TopicPartition } from '../kafka/ids.ts'
import type { FetchRequest } from '../kafka/messages/data.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { respond } from './client-connection.ts'
import { parkFetch } from './delayed-fetch.ts'
import { recordPosition } from './follower-position.ts'
import { answersOf, bytesOf, isReplica, readPartitions } from './read-partition.ts'
import { type BrokerContext, running } from './running.ts'
import type { BrokerConfig, BrokerState, FetchInProgress, ReadResult } from './state.ts'
import { firstLockedOf, isLocked, waitForLock } from './waiting.ts'

export function handleFetch(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: FetchRequest,
  connection: ConnectionId,
): void {
  const names = partitionNames(request.partitions)
  const remaining = isReplica(request.replicaId) ? names : []
  advanceFetch(state, ctx, config, { connection, request, results: null, remaining, answerNow: false })
}

/** Takes a fetch as far as it can go. It may come to a lock and go on from there later. */
export function advanceFetch(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  fetch: FetchInProgress,
): void {
  const m = config.mechanisms
  const { connection, request } = fetch
  if (m.isrWriteBlocks === 'produce-and-fetch' && fetch.results === null) {
    const locked = firstLockedOf(state, request.partitions)
    if (locked !== null) {
      waitForLock(state, ctx, locked, { connection, message: request, fetch })
      return
    }
  }
  // 0.8.0 and 0.8.1 take the position first, so that the answer carries the high watermark with this fetch counted.
  if (m.followerPositionTaken === 'after-read') fetch.results ??= readPartitions(state, ctx, config, request)
  for (;;) {
    const name = fetch.remaining[0]
    if (name === undefined) break
    // The position is taken under the lock of the partition.
    if (isLocked(state, name)) {
      waitForLock(state, ctx, name, { connection, message: request, fetch })
      return
    }
    fetch.remaining.shift()
    const partition = running(state).partitions[name]
    if (partition === undefined) continue
    if (recordPosition(state, ctx, config, partition, request, fetch.results?.[name] ?? null)) {
      partition.expandingFetch = fetch
      return
    }
  }
  fetch.results ??= readPartitions(state, ctx, config, request)
  if (fetch.answerNow || answersAtOnce(request, fetch.results, config)) {
    const partitions = answersOf(fetch.results)
    respond(state, ctx, connection, { type: 'FetchResponse', correlationId: request.correlationId, partitions })
  } else parkFetch(state, ctx, config, fetch)
}

/** Nothing to wait for: no patience, no partitions, enough bytes, an error, logs that part, or news about committed data. */
function answersAtOnce(
  request: FetchRequest,
  results: Readonly<Record<TopicPartition, ReadResult>>,
  { mechanisms }: BrokerConfig,
): boolean {
  const names = Object.keys(results)
  if (request.maxWaitMs <= 0 || names.length === 0) return true
  let bytes = 0
  for (const name of names) {
    const { fetched, followerNeedsHighWatermark } = results[name]!
    if (fetched.error !== 'NONE' || fetched.divergingEpoch !== null || followerNeedsHighWatermark) return true
    // To 3.2 also who is sent to another replica waits for bytes that do not come (3.3 hasPreferredReadReplica).
    if (fetched.preferredReadReplica !== undefined && mechanisms.readReplicaToldAtOnce) return true
    bytes += bytesOf(fetched.batches)
  }
  return bytes >= request.minBytes
}
