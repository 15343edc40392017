/** Which topics a group reads, and how many partitions they have now, by this broker's metadata. */
import { splitTopicPartition } from '../../../kafka/ids.ts'
import { running } from '../../running.ts'
import type { ConsumerGroupScope } from './scope.ts'
import type { ConsumerGroupState } from './state.ts'

/** Subscribed topics with their partitions; null when they are what the group last knew. */
export function subscribedTopics(
  { state }: ConsumerGroupScope,
  { members, topics: known }: ConsumerGroupState,
): Record<string, number> | null {
  const subscribed = new Set(Object.values(members).flatMap(({ topics }) => topics))
  const counts: Record<string, number> = {}
  for (const name of Object.keys(running(state).metadata.partitions)) {
    const { topic } = splitTopicPartition(name)
    if (subscribed.has(topic)) counts[topic] = (counts[topic] ?? 0) + 1
  }
  const sorted = Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))
  const same =
    Object.keys(sorted).length === Object.keys(known).length &&
    Object.entries(sorted).every(([topic, partitions]) => known[topic] === partitions)
  return same ? null : sorted
}
