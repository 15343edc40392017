/** Offsets by time: the ends of a log, or the first record at or after a timestamp. Only a leader answers. */

import type { ErrorName } from '../kafka/errors.ts'
import { partitionNames, type TopicPartition } from '../kafka/ids.ts'
import type { ListOffsetsRequest, ListOffsetsResponse } from '../kafka/messages/data.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { MICROS_PER_MS } from '../kernel/time.ts'
import { firstAtOrAfter, largestTimestamp, offsetsBefore } from '../log/offsets-by-time.ts'
import type { ReplicaLog } from '../log/replica-log.ts'
import { respond } from './client-connection.ts'
import { endFor, isReplica, leaderError } from './read-partition.ts'
import { type BrokerContext, logOf, running } from './running.ts'
import type { BrokerConfig, BrokerState, PartitionState } from './state.ts'
import { firstLocked, waitForLock } from './waiting.ts'

const LATEST = -1
const EARLIEST = -2
const MAX_TIMESTAMP = -3

type Answer = ListOffsetsResponse['partitions'][string]

export function handleListOffsets(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: ListOffsetsRequest,
  connection: ConnectionId,
): void {
  const names = partitionNames(request.partitions)
  const locked = config.mechanisms.isrWriteBlocks === 'produce-and-fetch' ? firstLocked(state, names) : null
  if (locked !== null) {
    waitForLock(state, ctx, locked, { connection, message: request })
    return
  }
  const partitions: Record<TopicPartition, Answer> = {}
  for (const name of names) partitions[name] = answerFor(state, ctx, config, request, name)
  respond(state, ctx, connection, { type: 'ListOffsetsResponse', correlationId: request.correlationId, partitions })
}

const refused = (error: ErrorName): Answer => ({ error, offset: -1, leaderEpoch: -1 })

function answerFor(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: ListOffsetsRequest,
  name: TopicPartition,
): Answer {
  const { timestamp, currentLeaderEpoch } = request.partitions[name]!
  const error = leaderError(state, config, name, currentLeaderEpoch)
  if (error !== 'NONE') return refused(error)
  const partition = running(state).partitions[name]!
  const log = logOf(state, name)
  const end = endFor(partition, log, request, config)
  const unsure = highWatermarkBehindEpoch(config, request, partition)
  const found = (offset: number): Answer => ({ error: 'NONE', offset, leaderEpoch: partition.leaderEpoch })
  const asked = request.partitions[name]!
  if (timestamp === EARLIEST) return found(log.logStartOffset)
  if (request.version === 0 && (timestamp !== LATEST || asked.maxOffsets !== undefined)) {
    return foundSegments(log, ctx, found, asked, end)
  }
  if (timestamp !== LATEST) {
    const record = recordByTime(ctx, config, name, log, timestamp)
    if (record !== null && record.offset < end) return { ...found(record.offset), timestampMs: record.timestampMs }
  } else if (unsure === null) return found(end)
  if (unsure === null) return { error: 'NONE', offset: -1, leaderEpoch: -1 }
  ctx.probe('new leader does not know its high watermark yet')
  return refused(unsure)
}

/**
 * KAFKA-2334 (2.2): a new leader whose high watermark lies below the start of its epoch would answer an end that goes
 * back. Versions 1 to 4 of the request are told a retriable error they know, version 0 keeps the old answer.
 */
function highWatermarkBehindEpoch(
  config: BrokerConfig,
  request: ListOffsetsRequest,
  partition: PartitionState,
): ErrorName | null {
  const asks = config.mechanisms.offsetNotAvailable && request.version > 0 && !isReplica(request.replicaId)
  if (!asks || partition.highWatermark >= partition.leaderEpochStartOffset) return null
  return request.version >= 5 ? 'OFFSET_NOT_AVAILABLE' : 'LEADER_NOT_AVAILABLE'
}

/** In place of what lies above what the reader may see stands the end of that (2.4.1 KafkaApis.fetchOffsets). */
function foundSegments(
  log: ReplicaLog,
  ctx: BrokerContext,
  found: (offset: number) => Answer,
  asked: ListOffsetsRequest['partitions'][string],
  end: number,
): Answer {
  const nowMs = Math.floor(ctx.nowUs / MICROS_PER_MS)
  const before = asked.timestamp === LATEST ? Number.MAX_SAFE_INTEGER : asked.timestamp
  const all = offsetsBefore(log, before, asked.maxOffsets ?? 1, nowMs)
  const seen = all.filter((offset) => offset <= end)
  const offsets = seen.length < all.length && seen[0] !== end ? [end, ...seen] : seen
  return { ...found(offsets[0] ?? -1), offsets }
}

/** To 2.8 the sentinel of KIP-734 is a time like any other: that of the first record. */
function recordByTime(
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  log: ReplicaLog,
  timestampMs: number,
): { readonly offset: number; readonly timestampMs: number } | null {
  if (timestampMs === MAX_TIMESTAMP && config.mechanisms.listsLargestTimestamp) return largestTimestamp(log)
  const found = firstAtOrAfter(log, timestampMs)
  if (found !== null) {
    const { offset, probes, scanned } = found
    ctx.fact({ kind: 'foundByTime', partition: name, timestampMs, offset, probes, scanned })
  }
  return found
}
