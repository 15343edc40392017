import type { NodeId } from '../kernel/machine.ts'
import { remembered } from '../kernel/remembered.ts'

/** A Kafka broker's id, from 1 in scenarios; -1 means none. */
export type BrokerId = number

/** A topic partition, written as Kafka's tools write it: `orders-0`. */
export type TopicPartition = string

export const NO_LEADER = -1
/** The leader that UpdateMetadata names while the topic is being deleted. */
export const LEADER_DURING_DELETE = -2

export const topicPartition = (topic: string, partition: number): TopicPartition => `${topic}-${partition}`

interface SplitPartition {
  readonly topic: string
  readonly partition: number
}

/** Splits `orders-0` at its last hyphen. */
export const splitTopicPartition = remembered((name: TopicPartition): SplitPartition => {
  const hyphen = name.lastIndexOf('-')
  return { topic: name.slice(0, hyphen), partition: Number(name.slice(hyphen + 1)) }
})

/** Orders topic partitions by topic (code units), then by partition number. */
export function comparePartitions(a: TopicPartition, b: TopicPartition): number {
  if (a === b) return 0
  const left = splitTopicPartition(a)
  const right = splitTopicPartition(b)
  if (left.topic !== right.topic) return left.topic < right.topic ? -1 : 1
  return left.partition - right.partition
}

/** The partitions that a record has entries of, in their order. */
export function partitionNames(record: Readonly<Record<TopicPartition, unknown>>): TopicPartition[] {
  const names = Object.keys(record)
  // Mostly they were written in that order.
  for (let i = 1; i < names.length; i++) {
    if (comparePartitions(names[i - 1]!, names[i]!) > 0) return names.sort(comparePartitions)
  }
  return names
}

/** Small ids are asked for several times an event. */
const BROKER_NODES: readonly NodeId[] = Array.from({ length: 100 }, (_, id) => `broker-${id}`)

export const brokerNode = (id: BrokerId): NodeId => BROKER_NODES[id] ?? `broker-${id}`
export const controllerNode = (id: BrokerId): NodeId => `controller-${id}`
export const quorumNode = (id: number): NodeId => `quorum-${id}`
export const sessionNode = (id: BrokerId): NodeId => `session-${id}`
export const applicationNode = (name: string): NodeId => `application-${name}`
export const REGISTRY_NODE: NodeId = 'registry'
export const ADMIN_NODE: NodeId = 'admin'

/** The number at the end of `broker-3`, `controller-3` or `session-3`; -1 when there is none. */
export function nodeNumber(node: NodeId): BrokerId {
  let number = 0
  let digits = 1
  for (let at = node.length - 1; at >= 0; at--) {
    const code = node.charCodeAt(at) - 48
    if (code < 0 || code > 9) return digits > 1 && node[at] === '-' ? number : -1
    number += code * digits
    digits *= 10
  }
  return -1
}
