/** Where Kafka keeps its state in the registry, and the plain data of each znode. */
import { remembered } from '../kernel/remembered.ts'
import type { BrokerId, TopicPartition } from './ids.ts'
import { splitTopicPartition } from './ids.ts'

export const BROKER_IDS = '/brokers/ids'
export const TOPICS = '/brokers/topics'
export const CONTROLLER = '/controller'
export const CONTROLLER_EPOCH = '/controller_epoch'
export const ISR_CHANGES = '/isr_change_notification'
/** A broker says here that one of its log directories has failed (KIP-112, 1.0). */
export const LOG_DIR_EVENTS = '/log_dir_event_notification'
export const REASSIGN_PARTITIONS = '/admin/reassign_partitions'
export const PREFERRED_ELECTION = '/admin/preferred_replica_election'
/**
 * Where an administrator asks for an unclean election. Simplified: real brokers take that request by RPC (KIP-460, 2.4);
 * the znode goes the way of the preferred election.
 */
export const UNCLEAN_ELECTION = '/admin/unclean_leader_election'
export const DELETE_TOPICS = '/admin/delete_topics'
const TOPIC_CONFIGS = '/config/topics'
export const CONFIG_CHANGES = '/config/changes'
/** The last block of producer ids that a broker took (0.11, KIP-98). */
export const PRODUCER_ID_BLOCKS = '/latest_producer_id_block'

export interface ProducerIdBlockZnode {
  readonly broker: BrokerId
  readonly start: number
  /** Inclusive. */
  readonly end: number
}

export const brokerIdPath = (id: BrokerId): string => `${BROKER_IDS}/${id}`
export const topicPath = remembered((topic: string): string => `${TOPICS}/${topic}`)
export const partitionsPath = (topic: string): string => `${TOPICS}/${topic}/partitions`
export const topicConfigPath = (topic: string): string => `${TOPIC_CONFIGS}/${topic}`
export function partitionPath(name: TopicPartition): string {
  const { topic, partition } = splitTopicPartition(name)
  return `${TOPICS}/${topic}/partitions/${partition}`
}
export const statePath = remembered((name: TopicPartition): string => `${partitionPath(name)}/state`)

/** `orders-0` for `/brokers/topics/orders/partitions/0/state`; null for any other path. */
export function partitionOfStatePath(path: string): TopicPartition | null {
  const match = /^\/brokers\/topics\/([^/]+)\/partitions\/(\d+)\/state$/.exec(path)
  return match === null ? null : `${match[1]}-${match[2]}`
}

/** Persistent nodes that exist in every registry from the start, parents first. */
export const PERSISTENT_PATHS: readonly string[] = [
  '/brokers',
  BROKER_IDS,
  TOPICS,
  '/admin',
  DELETE_TOPICS,
  '/config',
  TOPIC_CONFIGS,
  CONFIG_CHANGES,
  ISR_CHANGES,
  LOG_DIR_EVENTS,
]

/** `/brokers/ids/<id>` (ephemeral). */
export type BrokerZnode = { readonly broker: BrokerId }
/** `/controller` (ephemeral). */
export type ControllerZnode = { readonly broker: BrokerId }
/** `/brokers/topics/<t>/partitions/<p>/state`. */
export type StateZnode = {
  readonly leader: BrokerId
  readonly leaderEpoch: number
  readonly isr: readonly BrokerId[]
  readonly controllerEpoch: number
}
/** `/brokers/topics/<t>`; adding and removing only while a reassignment of 2.4+ (KIP-455) runs. */
export type TopicZnode = {
  readonly partitions: Readonly<Record<string, readonly BrokerId[]>>
  readonly adding?: Readonly<Record<string, readonly BrokerId[]>>
  readonly removing?: Readonly<Record<string, readonly BrokerId[]>>
  /** Given by the controller to a topic that has none (KIP-516, 2.8). */
  readonly topicId?: string
}
/** `/isr_change_notification/isr_change_<n>` (0.9, KAFKA-1367) and `/admin/preferred_replica_election`. */
export type PartitionListZnode = { readonly partitions: readonly TopicPartition[] }
/** `/log_dir_event_notification/log_dir_event_<n>`: event 1 is a failed directory; which one is not said. */
export type LogDirEventZnode = { readonly broker: BrokerId; readonly event: 1 }
/** `/admin/reassign_partitions`. */
export type ReassignZnode = { readonly partitions: Readonly<Record<TopicPartition, readonly BrokerId[]>> }
/** `/config/topics/<t>` and what `/config/changes/config_change_<n>` names. */
export type TopicConfigZnode = { readonly settings: Readonly<Record<string, string>> }
export type ConfigChangeZnode = { readonly topic: string }
