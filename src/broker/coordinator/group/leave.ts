/** LeaveGroup: a member goes by itself, or an administrator removes a static one (KIP-345, 2.4). */

import type { ErrorName } from '../../../kafka/errors.ts'
import type { LeaveGroupRequest } from '../../../kafka/messages/coordinator.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { own } from '../../../kernel/own.ts'
import { respond } from '../../client-connection.ts'
import type { BrokerContext } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { coordinated } from '../coordination.ts'
import { isFenced, memberOf, staticMemberOf } from './membership.ts'
import { dropMember, tryCompleteJoin } from './rebalance.ts'
import { cancelGroupTimer, SESSION_TIMER } from './timers.ts'

export function handleLeaveGroup(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: LeaveGroupRequest,
  connection: ConnectionId,
): void {
  const { correlationId } = request
  const error = leave(state, ctx, config, request)
  respond(state, ctx, connection, { type: 'LeaveGroupResponse', correlationId, error })
}

function leave(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, request: LeaveGroupRequest): ErrorName {
  const { memberId, instanceId } = request
  const found = coordinated(state, config, 'group', request.group)
  if (!found.ok) return found.error
  const group = own(found.partition.groups, request.group)
  if (group === undefined) return 'UNKNOWN_MEMBER_ID'
  const scope = { state, ctx, config, partition: found.partition, group }
  if (memberId !== '' && isFenced(group, memberId, instanceId)) return 'FENCED_INSTANCE_ID'
  if (group.pendingMembers.includes(memberId)) {
    group.pendingMembers = group.pendingMembers.filter((pending) => pending !== memberId)
    cancelGroupTimer(scope, SESSION_TIMER, memberId)
    tryCompleteJoin(scope)
    return 'NONE'
  }
  const member = staticMemberOf(group, instanceId) ?? memberOf(group, memberId)
  if (member === undefined) return 'UNKNOWN_MEMBER_ID'
  dropMember(scope, member, 'it left')
  return 'NONE'
}
