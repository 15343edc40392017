/** What consumers of a plan subscribe to. */
import { splitTopicPartition, type TopicPartition } from '../kafka/ids.ts'
import { matchingTopics } from '../kafka/topic-pattern.ts'
import type { PlanConsumer } from './plan.ts'

/** Whether a consumer reads a partition by the name of its topic, or by a pattern that matches it. */
export function subscribes(
  { topics, pattern }: Pick<PlanConsumer, 'topics' | 'pattern'>,
  partition: TopicPartition,
): boolean {
  const { topic } = splitTopicPartition(partition)
  return topics.includes(topic) || (pattern !== undefined && matchingTopics(pattern, [topic]).length > 0)
}
