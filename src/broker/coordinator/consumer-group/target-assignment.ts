/** The server-side assignors of KIP-848: `uniform`, which keeps what it can, and `range`, which does not. */

import { comparePartitions, splitTopicPartition, type TopicPartition, topicPartition } from '../../../kafka/ids.ts'
import { javaHashSet } from '../../../kafka/java-hash-map.ts'
import { assert } from '../../../kernel/assert.ts'
import { own } from '../../../kernel/own.ts'
import { type ConsumerGroupMember, type ConsumerGroupState, idsInMapOrder, preferredAssignor } from './state.ts'
import { topicsOfMember } from './subscriptions.ts'
import { uniformByTopics } from './uniform-by-topics.ts'

type Targets = Record<string, TopicPartition[]>

/** What every member shall have at the group's present epoch, in the order of the map of members. */
export function targetAssignment(group: ConsumerGroupState): {
  readonly ids: readonly string[]
  readonly targets: Targets
} {
  const ids = idsInMapOrder(Object.keys(group.members).sort())
  const present = Object.keys(group.topics)
  const members = ids.map((id): ConsumerGroupMember => {
    const member = group.members[id]!
    return { ...member, topics: topicsOfMember(member, present) }
  })
  if (preferredAssignor(group) === 'range') return { ids, targets: byRange(group, members) }
  return { ids, targets: subscribeEqually(members) ? uniform(group, members) : uniformForEach(group, members) }
}

const subscribeEqually = (members: readonly ConsumerGroupMember[]): boolean => {
  const first = new Set(members[0]?.topics)
  return members.every(({ topics }) => topics.length === first.size && topics.every((topic) => first.has(topic)))
}

/**
 * Topics in the order of a HashMap. Simplified: Kafka's is one of topic ids, which are drawn when a topic is made; here it is
 * one of names.
 */
const topicsOf = (group: ConsumerGroupState, members: readonly ConsumerGroupMember[]): string[] =>
  javaHashSet(members.flatMap(({ topics }) => topics).sort())
    .keys()
    .filter((topic) => (own(group.topics, topic) ?? 0) > 0)

const partitionsOf = (group: ConsumerGroupState, topic: string): TopicPartition[] =>
  Array.from({ length: own(group.topics, topic) ?? 0 }, (_, i) => topicPartition(topic, i))

/**
 * UniformHomogeneousAssignmentBuilder: members keep up to their quota in the order of the map; the rest is dealt out. Who
 * cannot fill the one partition more that some may have leaves it to a later member, while there are enough of them.
 */
function uniform(group: ConsumerGroupState, members: readonly ConsumerGroupMember[]): Targets {
  const topics = topicsOf(group, members)
  const all = topics.flatMap((topic) => partitionsOf(group, topic))
  const targeted = new Set(members.flatMap(({ id }) => group.targets[id] ?? []))
  const free = all.filter((name) => !targeted.has(name))
  const least = Math.floor(all.length / members.length)
  let extras = all.length % members.length
  const targets: Targets = {}
  const missing: Record<string, number> = {}
  members.forEach(({ id }, index) => {
    const mine: TopicPartition[] = []
    let hasExtra = extras > 0
    let quota = least + (hasExtra ? 1 : 0)
    // Topic by topic: of one that does not fit whole the lowest partitions are kept.
    for (const name of byTopic(group.targets[id] ?? [], topics)) {
      if (mine.length < quota) mine.push(name)
      else free.push(name)
    }
    if (mine.length < quota && hasExtra && members.length - index > extras) {
      quota -= 1
      hasExtra = false
    }
    if (hasExtra) extras -= 1
    targets[id] = mine
    missing[id] = quota - mine.length
  })
  for (const { id } of members) {
    const mine = targets[id]!
    mine.push(...free.splice(0, missing[id]!))
    mine.sort(comparePartitions)
  }
  assert(free.length === 0, 'partitions were left unassigned')
  return targets
}

/** Of these partitions those of the topics, in their order. */
const byTopic = (names: readonly TopicPartition[], topics: readonly string[]): TopicPartition[] =>
  topics.flatMap((topic) => names.filter((name) => splitTopicPartition(name).topic === topic).sort(comparePartitions))

/** Members that subscribe differently. */
function uniformForEach(group: ConsumerGroupState, members: readonly ConsumerGroupMember[]): Targets {
  const readers = members.map(({ id, topics }) => ({ id, topics, target: group.targets[id] ?? [] }))
  const counts = new Map(topicsOf(group, members).map((topic) => [topic, own(group.topics, topic) ?? 0]))
  const targets = Object.fromEntries(uniformByTopics(readers, counts))
  for (const list of Object.values(targets)) list.sort(comparePartitions)
  return targets
}

/** RangeAssignor of the coordinator: static members first, by instance id; of each topic a range each. */
function byRange(group: ConsumerGroupState, members: readonly ConsumerGroupMember[]): Targets {
  const sorted = [...members].sort(
    (a, b) =>
      Number(a.instanceId === null) - Number(b.instanceId === null) ||
      compare(a.instanceId ?? a.id, b.instanceId ?? b.id),
  )
  const targets: Targets = Object.fromEntries(members.map(({ id }) => [id, []]))
  for (const topic of topicsOf(group, members)) {
    const readers = sorted.filter(({ topics }) => topics.includes(topic))
    const partitions = partitionsOf(group, topic)
    const least = Math.floor(partitions.length / readers.length)
    readers.forEach(({ id }, index) => {
      const length = least + (index < (own(group.topics, topic) ?? 0) % readers.length ? 1 : 0)
      targets[id]!.push(...partitions.splice(0, length))
    })
  }
  for (const list of Object.values(targets)) list.sort(comparePartitions)
  return targets
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
