/** Topics that brokers keep for themselves, and which of their partitions a group or transactional id belongs to. */

import { javaStringHash } from './java-hash.ts'

/** Committed offsets and group metadata (0.8.2). */
export const OFFSETS_TOPIC = '__consumer_offsets'
/** States of transactional ids (KIP-98, 0.11). */
export const TRANSACTIONS_TOPIC = '__transaction_state'

export type InternalTopic = typeof OFFSETS_TOPIC | typeof TRANSACTIONS_TOPIC

/** What a coordinator coordinates: a consumer group or a transactional id. */
export type CoordinatorType = 'group' | 'transaction'

export const topicOfCoordinator = (type: CoordinatorType): InternalTopic =>
  type === 'group' ? OFFSETS_TOPIC : TRANSACTIONS_TOPIC

export const isInternalTopic = (topic: string): topic is InternalTopic =>
  topic === OFFSETS_TOPIC || topic === TRANSACTIONS_TOPIC

/** Utils.abs, of which the least integer's is 0. */
const abs = (value: number): number => (value === -2147483648 ? 0 : Math.abs(value))

/** The partition of an internal topic that holds a group or a transactional id (GroupMetadataManager.partitionFor). */
export const coordinatorPartition = (id: string, partitionCount: number): number =>
  abs(javaStringHash(id)) % partitionCount
