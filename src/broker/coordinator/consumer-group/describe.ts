/** ConsumerGroupDescribe: what an administrator sees of a group of KIP-848. */

import type { ConsumerGroupDescribeRequest } from '../../../kafka/messages/consumer-group.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { own } from '../../../kernel/own.ts'
import { respond } from '../../client-connection.ts'
import type { BrokerContext } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { coordinated } from '../coordination.ts'
import { described } from './state.ts'

export function handleConsumerGroupDescribe(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  { correlationId, group: id }: ConsumerGroupDescribeRequest,
  connection: ConnectionId,
): void {
  const found = coordinated(state, config, 'group', id)
  const group = found.ok ? own(found.partition.consumerGroups, id) : undefined
  respond(state, ctx, connection, {
    type: 'ConsumerGroupDescribeResponse',
    correlationId,
    error: found.ok ? (group === undefined ? 'GROUP_ID_NOT_FOUND' : 'NONE') : found.error,
    described: group === undefined ? null : described(group),
  })
}
