/** DescribeGroups and ListGroups: what an administrator sees of the groups of one coordinator. */

import type { DescribedGroup, DescribeGroupsRequest, ListGroupsRequest } from '../../../kafka/messages/coordinator.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { own } from '../../../kernel/own.ts'
import { respond } from '../../client-connection.ts'
import { type BrokerContext, running } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { coordinated } from '../coordination.ts'
import type { GroupState } from './state.ts'

export function handleDescribeGroups(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: DescribeGroupsRequest,
  connection: ConnectionId,
): void {
  const { correlationId } = request
  const groups: Record<string, DescribedGroup> = {}
  for (const id of request.groups) {
    const found = coordinated(state, config, 'group', id)
    if (!found.ok) groups[id] = { error: found.error, state: '', protocol: '', members: {} }
    else groups[id] = described(own(found.partition.groups, id), config)
  }
  respond(state, ctx, connection, { type: 'DescribeGroupsResponse', correlationId, groups })
}

function described(group: GroupState | undefined, config: BrokerConfig): DescribedGroup {
  if (group === undefined) return { error: 'NONE', state: 'Dead', protocol: '', members: {} }
  const stable = group.phase === 'Stable'
  const state = group.phase === 'CompletingRebalance' ? config.mechanisms.completingRebalanceCalled : group.phase
  const members = Object.fromEntries(group.members.map(({ id, assignment }) => [id, stable ? [...assignment] : []]))
  return { error: 'NONE', state, protocol: stable ? (group.protocol ?? '') : '', members }
}

export function handleListGroups(
  state: BrokerState,
  ctx: BrokerContext,
  request: ListGroupsRequest,
  connection: ConnectionId,
): void {
  const { correlationId } = request
  const partitions = Object.values(running(state).coordination?.partitions ?? {})
  const groups = partitions.flatMap((partition) => Object.keys(partition.groups)).sort()
  const loading = partitions.some(({ phase }) => phase === 'loading')
  const error = loading ? 'COORDINATOR_LOAD_IN_PROGRESS' : 'NONE'
  respond(state, ctx, connection, { type: 'ListGroupsResponse', correlationId, error, groups })
}
