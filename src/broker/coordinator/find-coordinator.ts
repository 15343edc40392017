/** Who coordinates a group or a transactional id: the leader of its partition of the internal topic. */
import type { ErrorName } from '../../kafka/errors.ts'
import { topicOfCoordinator } from '../../kafka/internal-topics.ts'
import type { FindCoordinatorRequest } from '../../kafka/messages/coordinator.ts'
import type { ConnectionId } from '../../kernel/machine.ts'
import { respond } from '../client-connection.ts'
import { type BrokerContext, running } from '../running.ts'
import type { BrokerConfig, BrokerState } from '../state.ts'
import { partitionOf } from './coordination.ts'
import { createInternalTopic } from './topic-creation.ts'

/** Any broker answers from its metadata. The first one that is asked creates the topic, and has no answer yet. */
export function handleFindCoordinator(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: FindCoordinatorRequest,
  connection: ConnectionId,
): void {
  const { key, keyType, correlationId } = request
  const { metadata } = running(state)
  const cached = metadata.partitions[partitionOf(state, config, keyType, key)]
  if (cached === undefined) createInternalTopic(state, ctx, config, topicOfCoordinator(keyType))
  const coordinator = cached !== undefined && metadata.liveBrokers.includes(cached.leader) ? cached.leader : -1
  const error: ErrorName = coordinator < 0 ? 'COORDINATOR_NOT_AVAILABLE' : 'NONE'
  respond(state, ctx, connection, { type: 'FindCoordinatorResponse', correlationId, error, coordinator })
}
