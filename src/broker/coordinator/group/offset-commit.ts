/** OffsetCommit: the offsets are written to the group's partition, and count once the write has its acks. */

import type { ErrorName } from '../../../kafka/errors.ts'
import { type CommittedOffset, offsetKey, offsetValue } from '../../../kafka/group-records.ts'
import { comparePartitions, type TopicPartition } from '../../../kafka/ids.ts'
import type { OffsetCommitRequest } from '../../../kafka/messages/coordinator.ts'
import { isMutant } from '../../../kafka/mutants.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { own } from '../../../kernel/own.ts'
import { type BrokerContext, numberSetting, running } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { consumerGroupCommitRefusal } from '../consumer-group/commit.ts'
import { coordinated } from '../coordination.ts'
import { appendToCoordinatorLog } from '../log-append.ts'
import type { AppendContinuation, CoordinatedPartition } from '../state.ts'
import { answerCommit } from './commit-answer.ts'
import { storeSettings } from './group-store.ts'
import { commitError } from './log-errors.ts'
import { isFenced, memberOf, memberRefusal } from './membership.ts'
import { type GroupScope, nowMs } from './scope.ts'
import { type GroupState, newGroup } from './state.ts'
import { SESSION_TIMER, setGroupTimer } from './timers.ts'

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
  const { group: id, correlationId } = request
  const found = coordinated(state, config, 'group', id)
  const scope = found.ok ? groupFor(state, ctx, config, found.partition, request) : null
  const error = found.ok ? (scope === null ? 'ILLEGAL_GENERATION' : refusal(scope, request)) : found.error
  if (scope === null || error !== 'NONE') {
    answerCommit(state, ctx, 'OffsetCommitResponse', { connection, correlationId }, Object.keys(request.offsets), error)
    return
  }
  const offsets = offsetsOf(scope, request)
  storeOffsets(scope, offsets, { kind: 'offset-commit', group: id, connection, correlationId, offsets })
}

/** A generation of a group that nobody knows is old: null. Without one a consumer only keeps its offsets here. */
function groupFor(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: CoordinatedPartition,
  { group: id, generation }: OffsetCommitRequest,
): GroupScope | null {
  if (own(partition.groups, id) === undefined) {
    if (generation >= 0 && own(partition.consumerGroups, id) === undefined) return null
    partition.groups[id] = newGroup(id, nowMs(ctx))
  }
  return { state, ctx, config, partition, group: partition.groups[id]! }
}

/** Why a commit is refused. While members join again it is taken: those who had the partitions may finish. */
function refusal(scope: GroupScope, request: OffsetCommitRequest): ErrorName {
  const { group, ctx, config } = scope
  const consumerGroup = own(scope.partition.consumerGroups, group.id)
  if (consumerGroup !== undefined) return consumerGroupCommitRefusal(consumerGroup, request)
  const fenced = isFenced(group, request.memberId, request.instanceId)
  if (request.generation < 0 && group.phase === 'Empty' && !fenced) return 'NONE'
  const refused = memberRefusal(group, request)
  const planted =
    (refused === 'ILLEGAL_GENERATION' && isMutant(config, 'old-generation-commits')) ||
    (refused !== 'ILLEGAL_GENERATION' && isMutant(config, 'former-member-commits'))
  if (refused !== 'NONE' && !planted) return refused
  // It has its generation and no assignment yet: what it had may be another's by now.
  if (group.phase === 'CompletingRebalance') return 'REBALANCE_IN_PROGRESS'
  const { memberId, generation } = request
  const member = memberOf(group, memberId)
  if (member !== undefined) setGroupTimer(scope, SESSION_TIMER, member.sessionTimeoutMs, memberId)
  const isMember = member !== undefined && !fenced
  ctx.fact({ kind: 'groupCommit', group: group.id, member: memberId, generation, current: group.generation, isMember })
  return 'NONE'
}

function offsetsOf({ ctx, config }: GroupScope, request: OffsetCommitRequest): Record<TopicPartition, CommittedOffset> {
  const offsets: Record<TopicPartition, CommittedOffset> = {}
  const commitTimestampMs = nowMs(ctx)
  const expireTimestampMs = expiryOf(config, request.retentionMs, commitTimestampMs)
  for (const name of Object.keys(request.offsets).sort(comparePartitions)) {
    offsets[name] = { ...request.offsets[name]!, commitTimestampMs, expireTimestampMs }
  }
  return offsets
}

/** Writes offsets to the group's partition and goes on with `next`. */
function storeOffsets(
  { state, ctx, config, partition, group }: GroupScope,
  offsets: Readonly<Record<TopicPartition, CommittedOffset>>,
  next: AppendContinuation,
): void {
  const names = Object.keys(offsets)
  for (const name of names) group.pendingOffsets[name] = (group.pendingOffsets[name] ?? 0) + 1
  appendToCoordinatorLog(state, ctx, config, {
    partition: partition.partition,
    records: offsetRecords(group.id, offsets),
    ...storeSettings(config),
    ...(isMutant(config, 'offsets-answered-before-replication') ? { acks: 1 } : {}),
    next,
  })
}

/** What is written for offsets of a group, in their order. */
export const offsetRecords = (group: string, offsets: Readonly<Record<TopicPartition, CommittedOffset>>) =>
  Object.keys(offsets).map((name) => ({ key: offsetKey(group, name), value: offsetValue(offsets[name]!) }))

/** To 2.0 every offset has a retention of its own; from 2.1 (KIP-211) only where an old client asked for one. */
export function expiryOf(config: BrokerConfig, retentionMs: number, commitTimestampMs: number): number | null {
  if (retentionMs >= 0) return commitTimestampMs + retentionMs
  if (config.mechanisms.offsetsExpireWithGroup) return null
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
  const group = own(running(state).coordination?.partitions[partition]?.groups, append.group)
  const names = Object.keys(append.offsets)
  if (group !== undefined)
    for (const [index, name] of names.entries()) settle(group, append, name, error, baseOffset + index)
  answerCommit(state, ctx, 'OffsetCommitResponse', append, names, commitError(error))
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
  if (error === 'NONE') keepLater(group, name, { committed: append.offsets[name]!, appendedAt })
}

/** Of two commits the one that lies later in the log stands, whichever comes to count first. */
export function keepLater(group: GroupState, name: TopicPartition, stored: GroupState['offsets'][string]): void {
  const before = group.offsets[name]
  if (before === undefined || before.appendedAt <= stored.appendedAt) group.offsets[name] = stored
}
