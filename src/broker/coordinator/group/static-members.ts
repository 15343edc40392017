/** KIP-345 (2.3): a static member that comes back takes its own place, under a new member id, without a rebalance. */
import type { ErrorName } from '../../../kafka/errors.ts'
import type { JoinGroupRequest } from '../../../kafka/messages/coordinator.ts'
import { answerJoin, completeJoin, completeSync, joinedGeneration, joinedMembers } from './answers.ts'
import { type GroupAppend, storeGroup } from './group-store.ts'
import { memberOf, selectProtocol } from './membership.ts'
import { maybePrepareRebalance, prepareRebalance } from './rebalance.ts'
import type { GroupScope } from './scope.ts'
import type { GroupMember, Waiter } from './state.ts'
import { cancelGroupTimer, SESSION_TIMER, setGroupTimer } from './timers.ts'

export function replaceStaticMember(
  scope: GroupScope,
  member: GroupMember,
  memberId: string,
  request: JoinGroupRequest,
  waiter: Waiter,
): void {
  const { group, ctx, config } = scope
  const oldMemberId = member.id
  const oldLeader = group.leader
  const instanceId = member.instanceId!
  // Whoever waits under the old id is told at once that it has lost its place.
  completeJoin(scope, member, { error: 'FENCED_INSTANCE_ID', memberId: oldMemberId })
  completeSync(scope, member, 'FENCED_INSTANCE_ID')
  rename(scope, member, memberId)
  member.protocols = request.protocols
  member.sessionTimeoutMs = request.sessionTimeoutMs
  member.rebalanceTimeoutMs = request.rebalanceTimeoutMs
  member.awaitingJoin = waiter
  ctx.fact({
    kind: 'groupMemberReplaced',
    group: group.id,
    instanceId,
    from: oldMemberId,
    to: memberId,
    state: group.phase,
    members: group.members.map(({ id }) => id),
  })
  const m = config.mechanisms
  if (group.phase === 'CompletingRebalance' && m.staticRejoinWhileCompleting === 'rebalance') {
    // KAFKA-9801 (2.5): the leader's assignment will name the old id, and the new one would get nothing.
    prepareRebalance(scope, `${instanceId} comes back during a rebalance`)
    return
  }
  if (group.phase !== 'Stable' && group.phase !== 'CompletingRebalance') return
  if (!m.staticReplacementStored) {
    completeJoin(scope, member, { ...joinedGeneration(group, memberId, []), leader: oldLeader ?? '' })
    return
  }
  if (selectProtocol(group) !== group.protocol) {
    maybePrepareRebalance(scope, `${instanceId} comes back with other assignors`)
    return
  }
  // KAFKA-10284 (2.6.1): without this a new coordinator knows the old id only, and fences the new one.
  const assignments = Object.fromEntries(group.members.map(({ id, assignment }) => [id, assignment]))
  const skippingAssignment = m.joinSkipsAssignment && request.supportsSkippingAssignment
  storeGroup(scope, assignments, {
    kind: 'group-replacement',
    group: group.id,
    instanceId,
    oldMemberId,
    oldLeader,
    newMemberId: memberId,
    skippingAssignment,
  })
}

function rename(scope: GroupScope, member: GroupMember, to: string): void {
  const { group } = scope
  cancelGroupTimer(scope, SESSION_TIMER, member.id)
  group.pendingSync = group.pendingSync.map((id) => (id === member.id ? to : id))
  if (group.leader === member.id) group.leader = to
  member.id = to
  setGroupTimer(scope, SESSION_TIMER, member.sessionTimeoutMs, to)
}

/** The replacement is in the log, or could not be written: then it did not happen. */
export function onReplacementStored(
  scope: GroupScope,
  append: Extract<GroupAppend, { kind: 'group-replacement' }>,
  error: ErrorName,
): void {
  const { group, state, ctx } = scope
  const member = memberOf(group, append.newMemberId)
  if (member === undefined) return
  if (error !== 'NONE') {
    const waiter = member.awaitingJoin
    member.awaitingJoin = null
    rename(scope, member, append.oldMemberId)
    if (waiter !== null) answerJoin(state, ctx, waiter, { error, memberId: '' })
    return
  }
  const { id } = member
  // KIP-814 (3.2): a leader is told that it leads and that there is nothing to divide. Before, it is told that its old
  // id leads, so that it does not try.
  const leads = append.skippingAssignment && group.leader === id
  const told = joinedGeneration(group, id, leads ? joinedMembers(group) : [])
  const leader = append.skippingAssignment ? (group.leader ?? '') : (append.oldLeader ?? '')
  completeJoin(scope, member, { ...told, leader, skipAssignment: leads })
}
