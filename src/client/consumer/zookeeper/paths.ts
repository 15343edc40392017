/** Where the consumers of 0.8 keep their groups in the registry. */
import { splitTopicPartition, type TopicPartition } from '../../../kafka/ids.ts'

export const groupPath = (group: string): string => `/consumers/${group}`
export const idsPath = (group: string): string => `/consumers/${group}/ids`
export const idPath = (group: string, consumer: string): string => `/consumers/${group}/ids/${consumer}`

const ofPartition = (group: string, kind: 'owners' | 'offsets', name: TopicPartition): string => {
  const { topic, partition } = splitTopicPartition(name)
  return `/consumers/${group}/${kind}/${topic}/${partition}`
}

export const ownerPath = (group: string, name: TopicPartition): string => ofPartition(group, 'owners', name)
export const offsetPath = (group: string, name: TopicPartition): string => ofPartition(group, 'offsets', name)

/** Persistent nodes above those of one group, parents first. */
export const groupParents = (group: string): string[] => [
  '/consumers',
  groupPath(group),
  idsPath(group),
  `${groupPath(group)}/owners`,
  `${groupPath(group)}/offsets`,
]

/** Persistent nodes above those of its topics. */
export const topicParents = (group: string, topics: readonly string[]): string[] =>
  topics.flatMap((topic) => [`${groupPath(group)}/owners/${topic}`, `${groupPath(group)}/offsets/${topic}`])
