/** Heartbeat: a member is there, and hears whether it must join again (GroupCoordinator.handleHeartbeat). */

import type { ErrorName } from '../../../kafka/errors.ts'
import type { HeartbeatRequest } from '../../../kafka/messages/coordinator.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { own } from '../../../kernel/own.ts'
import { respond } from '../../client-connection.ts'
import type { BrokerContext } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { coordinated } from '../coordination.ts'
import { memberOf, memberRefusal } from './membership.ts'
import type { GroupScope } from './scope.ts'
import { SESSION_TIMER, setGroupTimer } from './timers.ts'

export function handleHeartbeat(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: HeartbeatRequest,
  connection: ConnectionId,
): void {
  const { correlationId } = request
  const error = errorOf(state, ctx, config, request)
  respond(state, ctx, connection, { type: 'HeartbeatResponse', correlationId, error })
}

function errorOf(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, request: HeartbeatRequest): ErrorName {
  const found = coordinated(state, config, 'group', request.group)
  // The members of a group that is being loaded are not known yet: they are told that all is well.
  if (!found.ok) return found.error === 'COORDINATOR_LOAD_IN_PROGRESS' ? 'NONE' : found.error
  const group = own(found.partition.groups, request.group)
  const refused = memberRefusal(group, request)
  if (group === undefined || refused !== 'NONE') return refused
  const scope: GroupScope = { state, ctx, config, partition: found.partition, group }
  const member = memberOf(group, request.memberId)!
  const heard = (): void => setGroupTimer(scope, SESSION_TIMER, member.sessionTimeoutMs, member.id)
  switch (group.phase) {
    case 'Stable':
      heard()
      return 'NONE'
    case 'PreparingRebalance':
      heard()
      return 'REBALANCE_IN_PROGRESS'
    case 'CompletingRebalance':
      // 2.6: it has its generation and waits for its assignment. Before it is sent back to join again.
      if (!config.mechanisms.heartbeatWhileCompleting) return 'REBALANCE_IN_PROGRESS'
      heard()
      return 'NONE'
    default:
      return 'UNKNOWN_MEMBER_ID'
  }
}
