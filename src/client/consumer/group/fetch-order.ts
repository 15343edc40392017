/** In which order a consumer fetches what it owns; from 2.4 to 2.7 it claims it in that order too. */
import type { TopicPartition } from '../../../kafka/ids.ts'
import { splitTopicPartition } from '../../../kafka/ids.ts'
import { topicPartitionHash } from '../../../kafka/java-hash.ts'
import { javaHashSet } from '../../../kafka/java-hash-map.ts'
import type { GroupMembership } from './state.ts'

/** The table of a set has 16 places at least; that of `new HashMap(n)` n: as numbers of entries that a copy would be sized for. */
const SIZED_AS_SET = 11.25
const sizedFor = (entries: number): number => (entries - 1) * 0.75

/** 2.4 SubscriptionState.assignFromSubscribed: a set, put into a map, whose topics are brought together. */
export function initialFetchOrder(partitions: readonly TopicPartition[]): TopicPartition[] {
  const set = javaHashSet(partitions, topicPartitionHash, Math.max(partitions.length, SIZED_AS_SET)).keys()
  const names = javaHashSet(set, topicPartitionHash, sizedFor(set.length)).keys()
  const topics = [...new Set(names.map((name) => splitTopicPartition(name).topic))]
  return topics.flatMap((topic) => names.filter((name) => splitTopicPartition(name).topic === topic))
}

/** A partition that records came from, or an error, is fetched last (2.4 SubscriptionState.movePartitionToEnd). */
export function fetchedLast(group: GroupMembership | undefined, name: TopicPartition): void {
  if (group?.fetchOrder === undefined || !group.fetchOrder.includes(name)) return
  group.fetchOrder = [...group.fetchOrder.filter((other) => other !== name), name]
}
