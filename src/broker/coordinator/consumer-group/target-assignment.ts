/** The server-side assignors of KIP-848: `uniform`, which keeps what it can, and `range`, which does not. */

import { comparePartitions, splitTopicPartition, type TopicPartition, topicPartition } from '../../../kafka/ids.ts'
import { javaHashSet } from '../../../kafka/java-hash-map.ts'
import { assert } from '../../../kernel/assert.ts'
import { own } from '../../../kernel/own.ts'
import { type ConsumerGroupMember, type ConsumerGroupState, idsInMapOrder, preferredAssignor } from './state.ts'
import { topicsOfMember } from './subscriptions.ts'

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
  return { ids, targets: subscribeEqually(members) ? uniform(group, members) : uniformByTopics(group, members) }
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

/** UniformHomogeneousAssignmentBuilder: members keep up to their quota in the order of the map; the rest is dealt out. */
function uniform(group: ConsumerGroupState, members: readonly ConsumerGroupMember[]): Targets {
  const topics = topicsOf(group, members)
  const all = topics.flatMap((topic) => partitionsOf(group, topic))
  const targeted = new Set(members.flatMap(({ id }) => group.targets[id] ?? []))
  const free = all.filter((name) => !targeted.has(name))
  const least = Math.floor(all.length / members.length)
  let extras = all.length % members.length
  const targets: Targets = {}
  const quotas: Record<string, number> = {}
  for (const { id } of members) {
    let quota = least
    if (extras > 0) {
      quota += 1
      extras -= 1
    }
    const mine: TopicPartition[] = []
    // Topic by topic: of one that does not fit whole the lowest partitions are kept.
    for (const name of byTopic(group.targets[id] ?? [], topics)) {
      if (mine.length < quota) mine.push(name)
      else free.push(name)
    }
    targets[id] = mine
    quotas[id] = quota
  }
  for (const { id } of members) {
    const mine = targets[id]!
    mine.push(...free.splice(0, quotas[id]! - mine.length))
    mine.sort(comparePartitions)
  }
  assert(free.length === 0, 'partitions were left unassigned')
  return targets
}

/** Of these partitions those of the topics, in their order. */
const byTopic = (names: readonly TopicPartition[], topics: readonly string[]): TopicPartition[] =>
  topics.flatMap((topic) => names.filter((name) => splitTopicPartition(name).topic === topic).sort(comparePartitions))

/**
 * Members that subscribe differently. Simplified: Kafka moves partitions until the spread is even for each topic; here
 * a topic with few readers is dealt out first, to whoever of them has least.
 */
function uniformByTopics(group: ConsumerGroupState, members: readonly ConsumerGroupMember[]): Targets {
  const targets: Targets = Object.fromEntries(members.map(({ id }) => [id, []]))
  const readers = (topic: string): ConsumerGroupMember[] => members.filter(({ topics }) => topics.includes(topic))
  const topics = topicsOf(group, members).sort((a, b) => readers(a).length - readers(b).length)
  for (const topic of topics) {
    const able = readers(topic)
    const quota = Math.ceil((own(group.topics, topic) ?? 0) / able.length)
    const kept = new Set<TopicPartition>()
    for (const { id } of able) {
      for (const name of byTopic(group.targets[id] ?? [], [topic]).slice(0, quota)) {
        kept.add(name)
        targets[id]!.push(name)
      }
    }
    for (const name of partitionsOf(group, topic)) {
      if (kept.has(name)) continue
      const least = able.reduce((a, b) => (targets[b.id]!.length < targets[a.id]!.length ? b : a))
      targets[least.id]!.push(name)
    }
  }
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
