/** Which partition a record goes to. */
import { NO_LEADER, splitTopicPartition } from '../../kafka/ids.ts'
import { partitionForKey, toPositive } from '../../kafka/murmur2.ts'
import type { SendOperation } from '../../kafka/operations.ts'
import { leaderOf } from '../cluster-view.ts'
import type { ClientContext } from '../links.ts'
import { booleanSetting } from '../settings.ts'
import type { ProducerConfig, ProducerVolatile } from './state.ts'

const isSticky = (config: ProducerConfig): boolean =>
  booleanSetting(config.settings, 'partitioner.sticky', config.mechanisms.stickyPartitioner)

/** Random stream of a producer's choices among partitions. */
const stream = (config: ProducerConfig): string => `producer.partitioner/${config.name}`

function availablePartitions(memory: ProducerVolatile, topic: string): number[] {
  const available: number[] = []
  for (const name of memory.view.topics[topic] ?? []) {
    if (leaderOf(memory.view, name) !== NO_LEADER) available.push(splitTopicPartition(name).partition)
  }
  return available
}

/** Which partition the next record goes to; the topic is known. Named, keyed and keyless records are told apart here. */
export function choosePartition(
  memory: ProducerVolatile,
  operation: SendOperation,
  config: ProducerConfig,
  ctx: ClientContext,
): number {
  if (operation.partition !== null) return operation.partition
  const { topic } = operation
  const count = memory.view.topics[topic]!.length
  if (operation.record.key !== null) return partitionForKey(operation.record.key, count)
  if (isSticky(config)) return memory.sticky[topic] ?? moveOn(memory, topic, config, ctx)
  return roundRobin(memory, topic, count, config, ctx)
}

/**
 * 2.0 DefaultPartitioner: a counter with a random start over the partitions that have a leader, or over all when none
 * has. The real order is that of the metadata answer, which is arbitrary but fixed; here it is by partition number.
 */
function roundRobin(
  memory: ProducerVolatile,
  topic: string,
  count: number,
  config: ProducerConfig,
  ctx: ClientContext,
): number {
  const value = memory.roundRobin[topic] ?? Math.floor(ctx.random(stream(config)) * 0x80000000)
  memory.roundRobin[topic] = toPositive(value + 1)
  const available = availablePartitions(memory, topic)
  return available.length > 0 ? available[value % available.length]! : value % count
}

/** Chooses another partition with a leader at random, never the present one when there is a choice (2.4, KIP-480). */
function moveOn(memory: ProducerVolatile, topic: string, config: ProducerConfig, ctx: ClientContext): number {
  const present = memory.sticky[topic]
  const available = availablePartitions(memory, topic)
  const count = memory.view.topics[topic]!.length
  let next: number
  if (available.length === 0) next = Math.floor(ctx.random(stream(config)) * count)
  else if (available.length === 1) next = available[0]!
  else {
    const others = available.filter((partition) => partition !== present)
    next = others[Math.floor(ctx.random(stream(config)) * others.length)]!
  }
  memory.sticky[topic] = next
  return next
}

/**
 * A record would open a new batch on `partition`: the sticky partitioner leaves it, whoever the record was for, and a
 * keyless record then goes to the partition chosen instead (2.4 KafkaProducer.doSend).
 */
export function partitionForNewBatch(
  memory: ProducerVolatile,
  operation: SendOperation,
  partition: number,
  config: ProducerConfig,
  ctx: ClientContext,
): number {
  if (!isSticky(config)) return partition
  const { topic } = operation
  if (memory.sticky[topic] === undefined || memory.sticky[topic] === partition) moveOn(memory, topic, config, ctx)
  return operation.partition === null && operation.record.key === null ? memory.sticky[topic]! : partition
}
