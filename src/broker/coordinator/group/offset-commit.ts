/** OffsetCommit: the offsets are written to the group's partition, and count once the write has its acks. */
import type { ErrorName } from '../../../kafka/errors.ts'
import { type CommittedOffset, offsetKey, offsetValue } from '../../../kafka/group-records.ts'
import { comparePartitions, type TopicPartition } from '../../../kafka/ids.ts'
import type { OffsetCommitRequest } from '../../../kafka/messages/coordinator.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { MICROS_PER_MS } from '../../../kernel/time.ts'
import { respond } from '../../client-connection.ts'
import { type BrokerContext, numberSetting, running } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { coordinated } from '../coordination.ts'
import { appendToCoordinatorLog } from '../log-append.ts'
import type { CoordinatedPartition } from '../state.ts'
import { type GroupState, newGroup } from './state.ts'

/** A commit whose record is on its way. */
export interface OffsetCommitAppend {
  readonly kind: 'offset-commit'
  readonly group: string
  readonly connection: ConnectionId
  readonly correlationId: number
  readonly offsets: Readonly<Record<TopicPartition, CommittedOffset>>
}

export function handleOffsetCommit(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: OffsetCommitRequest,
  connection: ConnectionId,
): void {
  const found = coordinated(state, config, 'group', request.group)
  const error = found.ok ? refusal(found.partition, request) : found.error
  if (!found.ok || error !== 'NONE') {
    answer(state, ctx, connection, request.correlationId, Object.keys(request.offsets), error)
    return
  }
  const { groups, partition } = found.partition
  groups[request.group] ??= newGroup(request.group)
  const group = groups[request.group]!
  const offsets: Record<TopicPartition, CommittedOffset> = {}
  for (const name of Object.keys(request.offsets).sort(comparePartitions)) {
    const { offset, leaderEpoch, metadata } = request.offsets[name]!
    const commitTimestampMs = Math.floor(ctx.nowUs / MICROS_PER_MS)
    const expireTimestampMs = expiryOf(config, request.retentionMs, commitTimestampMs)
    offsets[name] = { offset, leaderEpoch, metadata, commitTimestampMs, expireTimestampMs }
    group.pendingOffsets[name] = (group.pendingOffsets[name] ?? 0) + 1
  }
  const { correlationId } = request
  appendToCoordinatorLog(state, ctx, config, {
    partition,
    records: Object.keys(offsets).map((name) => ({
      key: offsetKey(group.id, name),
      value: offsetValue(offsets[name]!),
    })),
    acks: numberSetting(config, 'offsets.commit.required.acks') ?? -1,
    timeoutMs: numberSetting(config, 'offsets.commit.timeout.ms') ?? 5_000,
    next: { kind: 'offset-commit', group: group.id, connection, correlationId, offsets },
  })
}

/** Why a member's commit is refused. */
function refusal({ groups }: CoordinatedPartition, request: OffsetCommitRequest): ErrorName {
  // Without a group only a consumer that manages its partitions by itself may commit.
  if (groups[request.group] === undefined && request.generation >= 0) return 'ILLEGAL_GENERATION'
  return 'NONE'
}

/** To 2.0 every offset has a retention of its own; from 2.1 (KIP-211) only where an old client asked for one. */
function expiryOf(config: BrokerConfig, retentionMs: number, commitTimestampMs: number): number | null {
  if (retentionMs >= 0) return commitTimestampMs + retentionMs
  if (config.mechanisms.offsetsExpireWithGroup === true) return null
  return commitTimestampMs + (numberSetting(config, 'offsets.retention.minutes') ?? 1_440) * 60_000
}

/** The commit is written, or cannot be. */
export function onOffsetsAppended(
  state: BrokerState,
  ctx: BrokerContext,
  partition: TopicPartition,
  append: OffsetCommitAppend,
  error: ErrorName,
  baseOffset: number,
): void {
  const group = running(state).coordination?.partitions[partition]?.groups[append.group]
  const names = Object.keys(append.offsets)
  if (group !== undefined)
    for (const [index, name] of names.entries()) settle(group, append, name, error, baseOffset + index)
  answer(state, ctx, append.connection, append.correlationId, names, commitError(error))
}

function settle(
  group: GroupState,
  append: OffsetCommitAppend,
  name: TopicPartition,
  error: ErrorName,
  appendedAt: number,
): void {
  const pending = (group.pendingOffsets[name] ?? 1) - 1
  if (pending > 0) group.pendingOffsets[name] = pending
  else delete group.pendingOffsets[name]
  // Of two commits the one that lies later in the log stands, whichever is answered first.
  const before = group.offsets[name]
  if (error !== 'NONE' || (before !== undefined && before.appendedAt > appendedAt)) return
  group.offsets[name] = { committed: append.offsets[name]!, appendedAt }
}

/** What a client is told of an error of the log (0.9 to 3.x GroupMetadataManager). */
function commitError(error: ErrorName): ErrorName {
  switch (error) {
    case 'UNKNOWN_TOPIC_OR_PARTITION':
    case 'NOT_ENOUGH_REPLICAS':
    case 'NOT_ENOUGH_REPLICAS_AFTER_APPEND':
      return 'COORDINATOR_NOT_AVAILABLE'
    case 'NOT_LEADER_FOR_PARTITION':
    case 'KAFKA_STORAGE_ERROR':
      return 'NOT_COORDINATOR'
    case 'MESSAGE_TOO_LARGE':
    case 'RECORD_LIST_TOO_LARGE':
      return 'INVALID_COMMIT_OFFSET_SIZE'
    default:
      return error
  }
}

function answer(
  state: BrokerState,
  ctx: BrokerContext,
  connection: ConnectionId,
  correlationId: number,
  names: readonly TopicPartition[],
  error: ErrorName,
): void {
  const partitions = Object.fromEntries(names.map((name) => [name, error]))
  respond(state, ctx, connection, { type: 'OffsetCommitResponse', correlationId, partitions })
}
