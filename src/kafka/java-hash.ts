/** The hash codes that Java gives to strings and topic partitions. They decide where a group lives and in which order a HashMap is walked. */
import type { TopicPartition } from './ids.ts'
import { splitTopicPartition } from './ids.ts'

/** `String.hashCode`: over UTF-16 code units, as a signed 32-bit integer. */
export function javaStringHash(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0
  return hash
}

/** `TopicPartition.hashCode` (clients, all versions). */
export function topicPartitionHash(name: TopicPartition): number {
  const { topic, partition } = splitTopicPartition(name)
  return (Math.imul(31, 31 + partition) + javaStringHash(topic)) | 0
}
