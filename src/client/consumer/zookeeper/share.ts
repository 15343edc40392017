/** What a consumer of 0.8 works out as its own share. Every consumer does so alone, from its own view of the registry. */

import { comparePartitions, type TopicPartition, topicPartition } from '../../../kafka/ids.ts'
import { javaStringHash } from '../../../kafka/java-hash.ts'
import { own } from '../../../kernel/own.ts'
import type { GroupView } from './state.ts'

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The one thread of a consumer, as the owner nodes name it. */
export const threadOf = (consumer: string): string => `${consumer}-0`

/** Threads that read a topic, sorted. */
const threads = (view: GroupView, topic: string): string[] =>
  Object.keys(view.consumers)
    .filter((id) => view.consumers[id]?.includes(topic))
    .map(threadOf)
    .sort(compare)

const all = (view: GroupView, topic: string): TopicPartition[] =>
  Array.from({ length: own(view.partitions, topic) ?? 0 }, (_, i) => topicPartition(topic, i))

export function shareOf(view: GroupView, id: string, strategy: string): TopicPartition[] {
  const topics = [...(view.consumers[id] ?? [])].sort(compare)
  return strategy === 'roundrobin' ? roundRobin(view, id, topics) : range(view, id, topics)
}

function range(view: GroupView, id: string, topics: readonly string[]): TopicPartition[] {
  return topics.flatMap((topic) => {
    const members = threads(view, topic)
    const position = members.indexOf(threadOf(id))
    const partitions = all(view, topic)
    const each = Math.floor(partitions.length / members.length)
    const extra = partitions.length % members.length
    const start = each * position + Math.min(position, extra)
    return partitions.slice(start, start + each + (position < extra ? 1 : 0))
  })
}

/**
 * 0.8.2: partitions in the order of their hashes go round all threads. Every consumer of the group must read the same
 * topics; who sees that they do not takes nothing.
 */
function roundRobin(view: GroupView, id: string, topics: readonly string[]): TopicPartition[] {
  const same = Object.values(view.consumers).every((others) => [...others].sort(compare).join(' ') === topics.join(' '))
  if (!same || topics.length === 0) return []
  const members = threads(view, topics[0] ?? '')
  const hash = (topic: string, partition: number): number => javaStringHash(`[${topic},${partition}]`)
  const partitions = topics.flatMap((topic) =>
    all(view, topic).map((name, partition) => ({ name, hash: hash(topic, partition) })),
  )
  partitions.sort((a, b) => a.hash - b.hash || comparePartitions(a.name, b.name))
  return partitions.flatMap(({ name }, index) => (members[index % members.length] === threadOf(id) ? [name] : []))
}
