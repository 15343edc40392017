/** Which broker gets what: partitions chosen, records grouped by leader (0.8 DefaultEventHandler.partitionAndCollate). */

import { NO_LEADER, splitTopicPartition, type TopicPartition, topicPartition } from '../../../kafka/ids.ts'
import { javaStringHash } from '../../../kafka/java-hash.ts'
import { toPositive } from '../../../kafka/murmur2.ts'
import type { SendOperation } from '../../../kafka/operations.ts'
import { own } from '../../../kernel/own.ts'
import { leaderOf, partitionsOf } from '../../cluster-view.ts'
import type { ClientContext } from '../../links.ts'
import type { ProducerConfig } from '../state.ts'
import type { BrokerRequest, ScalaMemory } from './state.ts'

/** Stream `producer.partitioner/<client>`, as for the Java producer. */
const stream = (config: ProducerConfig): string => `producer.partitioner/${config.name}`

/**
 * The partition of a record; null: none can be had. A record without a key goes to a random partition that has a leader, and
 * all others to the same one until metadata is renewed, ten minutes by default: also when its leader is gone meanwhile.
 */
function partitionOf(
  memory: ScalaMemory,
  { topic, partition, record }: SendOperation,
  config: ProducerConfig,
  ctx: ClientContext,
): number | null {
  const names = partitionsOf(memory.view, topic) ?? []
  if (names.length === 0) return null
  if (partition !== null) return partition < names.length ? partition : null
  // DefaultPartitioner: the hash of the key as a Java object.
  if (record.key !== null) return toPositive(javaStringHash(record.key)) % names.length
  const known = own(memory.sticky, topic)
  if (known !== undefined) return known
  const available = names.filter((name) => leaderOf(memory.view, name) !== NO_LEADER)
  if (available.length === 0) return null
  const chosen = available[Math.floor(ctx.random(stream(config)) * available.length)]!
  memory.sticky[topic] = splitTopicPartition(chosen).partition
  return memory.sticky[topic]
}

/** Requests by broker, ascending; null: for one record no partition can be had, which fails all of them. */
export function collate(
  memory: ScalaMemory,
  records: readonly SendOperation[],
  config: ProducerConfig,
  ctx: ClientContext,
): BrokerRequest[] | null {
  const byBroker: Record<string, Record<TopicPartition, SendOperation[]>> = {}
  for (const send of records) {
    const partition = partitionOf(memory, send, config, ctx)
    if (partition === null) return null
    const name = topicPartition(send.topic, partition)
    const broker = leaderOf(memory.view, name)
    byBroker[broker] ??= {}
    byBroker[broker][name] ??= []
    byBroker[broker][name].push(send)
  }
  return Object.keys(byBroker)
    .map(Number)
    .sort((a, b) => a - b)
    .map((broker) => ({ broker, partitions: byBroker[broker]! }))
}
