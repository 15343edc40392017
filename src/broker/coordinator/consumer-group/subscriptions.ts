/** Which topics a group reads, and how many partitions they have now, by this broker's metadata. */

import type { MemberMetadata } from '../../../kafka/consumer-group-records.ts'
import { splitTopicPartition } from '../../../kafka/ids.ts'
import { isInternalTopic } from '../../../kafka/internal-topics.ts'
import { matchingTopics } from '../../../kafka/topic-pattern.ts'
import { own } from '../../../kernel/own.ts'
import { running } from '../../running.ts'
import type { ConsumerGroupScope } from './scope.ts'
import type { ConsumerGroupState } from './state.ts'

/**
 * What a member subscribes to, by name and by what matches its pattern among the topics that are there. Simplified: Kafka
 * resolves patterns (RE2J) in a thread of its own, writes down what it found, and looks again when topics have changed, at
 * most every 10 s; here every heartbeat looks.
 */
export function topicsOfMember({ topics, topicPattern }: MemberMetadata, present: readonly string[]): string[] {
  const matching = topicPattern === undefined ? [] : matchingTopics(topicPattern, present)
  return [...new Set([...topics, ...matching.filter((topic) => !isInternalTopic(topic))])].sort()
}

/** Subscribed topics with their partitions; null when they are what the group last knew. */
export function subscribedTopics(
  { state }: ConsumerGroupScope,
  { members, topics: known }: ConsumerGroupState,
): Record<string, number> | null {
  const counts: Record<string, number> = {}
  for (const name of Object.keys(running(state).metadata.partitions)) {
    const { topic } = splitTopicPartition(name)
    counts[topic] = (own(counts, topic) ?? 0) + 1
  }
  const subscribed = new Set(Object.values(members).flatMap((member) => topicsOfMember(member, Object.keys(counts))))
  for (const topic of Object.keys(counts)) if (!subscribed.has(topic)) delete counts[topic]
  const sorted = Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))
  const same =
    Object.keys(sorted).length === Object.keys(known).length &&
    Object.entries(sorted).every(([topic, partitions]) => own(known, topic) === partitions)
  return same ? null : sorted
}
