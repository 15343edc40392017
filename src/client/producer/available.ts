/** Partitions that a keyless record may go to, and the draws among them. */
import { NO_LEADER, splitTopicPartition } from '../../kafka/ids.ts'
import { leaderOf, partitionsOf } from '../cluster-view.ts'
import type { ProducerConfig, ProducerVolatile } from './state.ts'

/** Random stream of a producer's choices among partitions. */
export const partitionerStream = (config: ProducerConfig): string => `producer.partitioner/${config.name}`

/** Those with a leader, ascending. */
export function availablePartitions(memory: ProducerVolatile, topic: string): number[] {
  const available: number[] = []
  for (const name of partitionsOf(memory.view, topic) ?? []) {
    if (leaderOf(memory.view, name) !== NO_LEADER) available.push(splitTopicPartition(name).partition)
  }
  return available
}
