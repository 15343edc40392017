/** SyncGroup: the leader brings the assignment, everybody gets a part of it (GroupCoordinator.handleSyncGroup). */

import type { ErrorName } from '../../../kafka/errors.ts'
import type { TopicPartition } from '../../../kafka/ids.ts'
import type { SyncGroupRequest } from '../../../kafka/messages/coordinator.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { own } from '../../../kernel/own.ts'
import type { BrokerContext } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { coordinated } from '../coordination.ts'
import { answerSync } from './answers.ts'
import { type GroupAppend, storeGroup } from './group-store.ts'
import { memberOf, memberRefusal } from './membership.ts'
import { failAssignment, maybePrepareRebalance, propagateAssignment, synced } from './rebalance.ts'
import { type GroupScope, moveTo } from './scope.ts'
import type { Waiter } from './state.ts'
import { SESSION_TIMER, setGroupTimer } from './timers.ts'

export function handleSyncGroup(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: SyncGroupRequest,
  connection: ConnectionId,
): void {
  const waiter: Waiter = { connection, correlationId: request.correlationId }
  const found = coordinated(state, config, 'group', request.group)
  const group = found.ok ? own(found.partition.groups, request.group) : undefined
  const error = found.ok ? memberRefusal(group, request) : moved(found.error)
  if (!found.ok || group === undefined || error !== 'NONE') {
    answerSync(state, ctx, waiter, error, [])
    return
  }
  const scope: GroupScope = { state, ctx, config, partition: found.partition, group }
  const member = memberOf(group, request.memberId)!
  switch (group.phase) {
    case 'PreparingRebalance':
      answerSync(state, ctx, waiter, 'REBALANCE_IN_PROGRESS', [])
      return
    case 'CompletingRebalance':
      member.awaitingSync = waiter
      synced(scope, member.id)
      if (group.leader === member.id) storeAssignment(scope, request)
      return
    case 'Stable':
      synced(scope, member.id)
      answerSync(state, ctx, waiter, 'NONE', member.assignment)
      setGroupTimer(scope, SESSION_TIMER, member.sessionTimeoutMs, member.id)
      return
    default:
      answerSync(state, ctx, waiter, 'UNKNOWN_MEMBER_ID', [])
  }
}

/** A rebalance that was under way is lost with the coordinator that led it. The client need not look for another one. */
const moved = (error: ErrorName): ErrorName =>
  error === 'COORDINATOR_LOAD_IN_PROGRESS' ? 'REBALANCE_IN_PROGRESS' : error

function storeAssignment(scope: GroupScope, request: SyncGroupRequest): void {
  const { group } = scope
  const assignments: Record<string, readonly TopicPartition[]> = {}
  for (const { id } of group.members) assignments[id] = [...(request.assignments[id] ?? [])]
  storeGroup(scope, assignments, {
    kind: 'group-assignment',
    group: group.id,
    generation: group.generation,
    assignments,
  })
}

/** The assignment is in the log, or could not be written. Meanwhile the group may have begun to rebalance again. */
export function onAssignmentStored(
  scope: GroupScope,
  append: Extract<GroupAppend, { kind: 'group-assignment' }>,
  error: ErrorName,
): void {
  const { group, ctx } = scope
  if (group.phase !== 'CompletingRebalance' || group.generation !== append.generation) return
  if (error !== 'NONE') {
    failAssignment(scope, error)
    maybePrepareRebalance(scope, 'the assignment could not be stored')
    return
  }
  for (const member of group.members) member.assignment = append.assignments[member.id] ?? []
  propagateAssignment(scope, 'NONE')
  moveTo(scope, 'Stable')
  ctx.fact({
    kind: 'groupStable',
    group: group.id,
    generation: group.generation,
    assignments: { ...append.assignments },
  })
}
