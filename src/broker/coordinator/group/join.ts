/** JoinGroup: a member comes, or comes again (GroupCoordinator.handleJoinGroup). */

import type { JoinGroupRequest } from '../../../kafka/messages/coordinator.ts'
import { isMutant } from '../../../kafka/mutants.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { own } from '../../../kernel/own.ts'
import { type BrokerContext, numberSetting } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { coordinated } from '../coordination.ts'
import { answerJoin, type JoinAnswer, joinedGeneration, joinedMembers } from './answers.ts'
import {
  addMember,
  isFenced,
  matches,
  memberOf,
  removeMember,
  staticMemberOf,
  supportsProtocols,
} from './membership.ts'
import { maybePrepareRebalance, tryCompleteJoin } from './rebalance.ts'
import { type GroupScope, nowMs } from './scope.ts'
import { type GroupMember, newGroup, type Waiter } from './state.ts'
import { replaceStaticMember } from './static-members.ts'
import { SESSION_TIMER, setGroupTimer } from './timers.ts'

/**
 * KAFKA-7610 (2.2): a new member has no id to send heartbeats with, and its coordinator cannot see that it has gone while
 * the join waits: after this long it must try again.
 */
const NEW_MEMBER_JOIN_TIMEOUT_MS = 300_000

export function handleJoinGroup(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: JoinGroupRequest,
  connection: ConnectionId,
): void {
  const waiter: Waiter = { connection, correlationId: request.correlationId }
  const scope = groupFor(state, ctx, config, request)
  const answer = 'error' in scope ? scope : join(scope, request, waiter)
  if (answer !== null) answerJoin(state, ctx, waiter, answer)
  if (!('error' in scope)) tryCompleteJoin(scope)
}

/** The group that is joined, made by its first member; or why it cannot be. */
function groupFor(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: JoinGroupRequest,
): GroupScope | JoinAnswer {
  const { group: id, memberId, sessionTimeoutMs } = request
  if (id === '') return { error: 'INVALID_GROUP_ID', memberId }
  const found = coordinated(state, config, 'group', id)
  if (!found.ok) return { error: found.error, memberId }
  const least = numberSetting(config, 'group.min.session.timeout.ms') ?? 0
  const most = numberSetting(config, 'group.max.session.timeout.ms') ?? Number.MAX_SAFE_INTEGER
  if (sessionTimeoutMs < least || sessionTimeoutMs > most) return { error: 'INVALID_SESSION_TIMEOUT', memberId }
  const { partition } = found
  if (own(partition.groups, id) === undefined) {
    if (memberId !== '') return { error: 'UNKNOWN_MEMBER_ID', memberId }
    partition.groups[id] = newGroup(id, nowMs(ctx))
  }
  return { state, ctx, config, partition, group: partition.groups[id]! }
}

/** What the member is told at once; null: it waits. */
function join(scope: GroupScope, request: JoinGroupRequest, waiter: Waiter): JoinAnswer | null {
  const { memberId } = request
  if (!isAccepted(scope, memberId)) {
    removeMember(scope.group, memberId)
    return { error: 'GROUP_MAX_SIZE_REACHED', memberId: '' }
  }
  return memberId === '' ? joinAsNew(scope, request, waiter) : joinAgain(scope, request, waiter)
}

/** KIP-389 (2.2): a group may have a largest size. */
function isAccepted({ config, group }: GroupScope, memberId: string): boolean {
  const most = numberSetting(config, 'group.max.size')
  if (most === null || group.phase === 'Empty') return true
  const member = memberOf(group, memberId)
  if (group.phase !== 'PreparingRebalance') return member !== undefined || group.members.length < most
  const waiting = group.members.filter(({ awaitingJoin }) => awaitingJoin !== null).length
  return member?.awaitingJoin != null || waiting < most
}

/** Stream `broker.member-id/<group>`: the random part of a member id (a UUID). */
const memberIdFor = ({ ctx, group }: GroupScope, prefix: string): string =>
  `${prefix}-${Math.floor(ctx.random(`broker.member-id/${group.id}`) * 2 ** 48)
    .toString(16)
    .padStart(12, '0')}`

function joinAsNew(scope: GroupScope, request: JoinGroupRequest, waiter: Waiter): JoinAnswer | null {
  const { group } = scope
  const { instanceId, clientId, requireKnownMemberId, sessionTimeoutMs } = request
  if (!supportsProtocols(group, request.protocolType, request.protocols)) {
    return { error: 'INCONSISTENT_GROUP_PROTOCOL', memberId: '' }
  }
  const memberId = memberIdFor(scope, instanceId ?? clientId)
  const former = isMutant(scope.config, 'static-member-not-replaced') ? undefined : staticMemberOf(group, instanceId)
  if (former !== undefined) replaceStaticMember(scope, former, memberId, request, waiter)
  else if (requireKnownMemberId && instanceId === null) {
    // KIP-394 (2.2): a client that never hears of its join does not stay behind as a member.
    group.pendingMembers.push(memberId)
    setGroupTimer(scope, SESSION_TIMER, sessionTimeoutMs, memberId)
    return { error: 'MEMBER_ID_REQUIRED', memberId }
  } else addAndRebalance(scope, request, memberId, waiter)
  return null
}

function addAndRebalance(scope: GroupScope, request: JoinGroupRequest, memberId: string, waiter: Waiter): void {
  const { group } = scope
  const { instanceId, clientId, sessionTimeoutMs, rebalanceTimeoutMs, protocols, protocolType } = request
  const member: GroupMember = {
    id: memberId,
    instanceId,
    clientId,
    sessionTimeoutMs,
    rebalanceTimeoutMs,
    protocols,
    assignment: [],
    isNew: true,
    awaitingJoin: waiter,
    awaitingSync: null,
  }
  // KIP-134: only in a group that has never had a generation.
  if (group.phase === 'PreparingRebalance' && group.generation === 0) group.newMemberAdded = true
  addMember(group, member, protocolType)
  group.pendingMembers = group.pendingMembers.filter((pending) => pending !== memberId)
  setGroupTimer(scope, SESSION_TIMER, NEW_MEMBER_JOIN_TIMEOUT_MS, memberId)
  maybePrepareRebalance(scope, `${memberId} joins`)
}

function joinAgain(scope: GroupScope, request: JoinGroupRequest, waiter: Waiter): JoinAnswer | null {
  const { group } = scope
  const { memberId, instanceId, protocols, protocolType } = request
  if (!supportsProtocols(group, protocolType, protocols)) return { error: 'INCONSISTENT_GROUP_PROTOCOL', memberId }
  if (group.pendingMembers.includes(memberId)) {
    addAndRebalance(scope, request, memberId, waiter)
    return null
  }
  if (isFenced(group, memberId, instanceId)) return { error: 'FENCED_INSTANCE_ID', memberId }
  const member = memberOf(group, memberId)
  if (member === undefined || group.phase === 'Empty' || group.phase === 'Dead') {
    return { error: 'UNKNOWN_MEMBER_ID', memberId }
  }
  const leads = group.leader === memberId
  if (group.phase !== 'PreparingRebalance' && matches(member, protocols)) {
    // A member that has not had its answer is told again.
    if (group.phase === 'CompletingRebalance')
      return joinedGeneration(group, memberId, leads ? joinedMembers(group) : [])
    // The leader joins again when the topics have changed, of which members say nothing.
    if (!leads) return joinedGeneration(group, memberId, [])
  }
  member.protocols = protocols
  member.sessionTimeoutMs = request.sessionTimeoutMs
  member.rebalanceTimeoutMs = request.rebalanceTimeoutMs
  member.awaitingJoin = waiter
  maybePrepareRebalance(scope, `${member.id} joins again`)
  return null
}
