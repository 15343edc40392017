/** The coordinator's part of a running broker, made when it is first needed, and whom it coordinates. */
import type { ErrorName } from '../../kafka/errors.ts'
import { splitTopicPartition, type TopicPartition, topicPartition } from '../../kafka/ids.ts'
import { type CoordinatorType, coordinatorPartition, topicOfCoordinator } from '../../kafka/internal-topics.ts'
import { numberSetting, running } from '../running.ts'
import type { BrokerConfig, BrokerState } from '../state.ts'
import type { CoordinatedPartition, CoordinationState } from './state.ts'

export function coordinationOf(state: BrokerState): CoordinationState {
  const volatile = running(state)
  volatile.coordination ??= {
    partitions: {},
    appends: {},
    answered: [],
    loadsUntilUs: 0,
    expiryArmed: false,
    creating: {},
  }
  return volatile.coordination
}

/** Partitions of an internal topic: of the topic as this broker knows it, else as it would be created. */
function partitionCount(state: BrokerState, config: BrokerConfig, type: CoordinatorType): number {
  const topic = topicOfCoordinator(type)
  let known = 0
  for (const name of Object.keys(running(state).metadata.partitions)) {
    if (splitTopicPartition(name).topic === topic) known += 1
  }
  if (known > 0) return known
  const key = type === 'group' ? 'offsets.topic.num.partitions' : 'transaction.state.log.num.partitions'
  return numberSetting(config, key) ?? 50
}

/** The partition of the internal topic that a group or a transactional id belongs to. */
export const partitionOf = (
  state: BrokerState,
  config: BrokerConfig,
  type: CoordinatorType,
  id: string,
): TopicPartition =>
  topicPartition(topicOfCoordinator(type), coordinatorPartition(id, partitionCount(state, config, type)))

export type Coordinated =
  | { readonly ok: true; readonly partition: CoordinatedPartition }
  | { readonly ok: false; readonly error: ErrorName }

/** The partition of a group or transactional id if this broker coordinates it now, else what its client is told. */
export function coordinated(state: BrokerState, config: BrokerConfig, type: CoordinatorType, id: string): Coordinated {
  const { coordination } = running(state)
  const partition = coordination?.partitions[partitionOf(state, config, type, id)]
  if (partition === undefined) return { ok: false, error: 'NOT_COORDINATOR' }
  return partition.phase === 'active' ? { ok: true, partition } : { ok: false, error: 'COORDINATOR_LOAD_IN_PROGRESS' }
}
