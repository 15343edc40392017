/** Partitions as the protocol of groups carries them: in lists by topic. */
import type { Mechanisms } from '../../../kafka/generation/mechanisms.ts'
import type { TopicPartition } from '../../../kafka/ids.ts'
import { splitTopicPartition } from '../../../kafka/ids.ts'
import { JavaHashMap } from '../../../kafka/java-hash-map.ts'
import { placeInBucket } from './assignor.ts'

/** Topics come in the order of a HashMap, the partitions of each as they stand (clients: CollectionUtils.groupPartitionsByTopic). */
export function byTopic(partitions: readonly TopicPartition[], mechanisms: Mechanisms): TopicPartition[] {
  const grouped = new JavaHashMap<TopicPartition[]>()
  const place = placeInBucket(mechanisms)
  for (const name of partitions) grouped.getOrMake(splitTopicPartition(name).topic, () => [], place).push(name)
  return grouped.values().flat()
}
