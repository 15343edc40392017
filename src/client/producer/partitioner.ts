/** Which partition a record goes to. */

import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import { partitionForKey, toPositive } from '../../kafka/murmur2.ts'
import type { SendOperation } from '../../kafka/operations.ts'
import { own } from '../../kernel/own.ts'
import { partitionsOf } from '../cluster-view.ts'
import type { ClientContext } from '../links.ts'
import { booleanSetting } from '../settings.ts'
import { availablePartitions, partitionerStream as stream } from './available.ts'
import { byBytes } from './by-bytes.ts'
import type { ProducerConfig, ProducerVolatile } from './state.ts'

const isNamed = (config: ProducerConfig, name: string): boolean =>
  String(config.settings['partitioner.class'] ?? '').endsWith(name)

/** `partitioner.class` where it names one of Kafka's own, else the generation's. */
function kindOf(config: ProducerConfig): Mechanisms['keylessPartitioner'] {
  const { keylessPartitioner } = config.mechanisms
  if (isNamed(config, 'RoundRobinPartitioner')) return 'round-robin'
  if (isNamed(config, 'UniformStickyPartitioner')) return 'sticky'
  // 3.3 to 3.9: named, it is the partitioner of 2.4 still.
  return isNamed(config, 'DefaultPartitioner') && keylessPartitioner === 'by-bytes' ? 'sticky' : keylessPartitioner
}

/** RoundRobinPartitioner and UniformStickyPartitioner (KIP-369 and KIP-480, 2.4) look at no key. */
const looksAtNoKey = (config: ProducerConfig): boolean =>
  isNamed(config, 'RoundRobinPartitioner') || isNamed(config, 'UniformStickyPartitioner')

const isSticky = (config: ProducerConfig): boolean => kindOf(config) === 'sticky'

/** Whether the record stays on a partition until enough bytes went there (KIP-794, 3.3). */
export const isByBytes = (operation: SendOperation, config: ProducerConfig): boolean =>
  operation.partition === null && isKeyless(operation, config) && kindOf(config) === 'by-bytes'

/** 3.3 `partitioner.ignore.keys`: keys do not decide; a partitioner that is named does not look at it. */
const isKeyless = (operation: SendOperation, config: ProducerConfig): boolean =>
  operation.record.key === null ||
  looksAtNoKey(config) ||
  (kindOf(config) === 'by-bytes' && booleanSetting(config.settings, 'partitioner.ignore.keys', false))

/** Which partition the next record goes to; the topic is known. Named, keyed and keyless records are told apart here. */
export function choosePartition(
  memory: ProducerVolatile,
  operation: SendOperation,
  config: ProducerConfig,
  ctx: ClientContext,
): number {
  if (operation.partition !== null) return operation.partition
  const { topic } = operation
  const count = partitionsOf(memory.view, topic)!.length
  const { key } = operation.record
  if (key !== null && !isKeyless(operation, config)) return partitionForKey(key, count)
  if (kindOf(config) === 'by-bytes') return byBytes(memory, topic, config, ctx).partition
  if (isSticky(config)) return own(memory.sticky, topic) ?? moveOn(memory, topic, config, ctx)
  return roundRobin(memory, topic, count, config, ctx)
}

/**
 * 2.0 DefaultPartitioner: a counter with a random start (2.4 RoundRobinPartitioner: from 0) over the partitions that have a leader, or over all when none
 * has. The real order is that of the metadata answer, which is arbitrary but fixed; here it is by partition number.
 */
function roundRobin(
  memory: ProducerVolatile,
  topic: string,
  count: number,
  config: ProducerConfig,
  ctx: ClientContext,
): number {
  const first = (): number =>
    isNamed(config, 'RoundRobinPartitioner') ? 0 : Math.floor(ctx.random(stream(config)) * 0x80000000)
  const value = own(memory.roundRobin, topic) ?? first()
  memory.roundRobin[topic] = toPositive(value + 1)
  const available = availablePartitions(memory, topic)
  return available.length > 0 ? available[value % available.length]! : value % count
}

/** Chooses another partition with a leader at random, never the present one when there is a choice (2.4, KIP-480). */
function moveOn(memory: ProducerVolatile, topic: string, config: ProducerConfig, ctx: ClientContext): number {
  const present = own(memory.sticky, topic)
  const available = availablePartitions(memory, topic)
  const count = partitionsOf(memory.view, topic)!.length
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
  const present = own(memory.sticky, topic)
  if (present === undefined || present === partition) moveOn(memory, topic, config, ctx)
  return operation.partition === null && isKeyless(operation, config) ? memory.sticky[topic]! : partition
}
