/** Where the replicas of partitions are, as far as a member's metadata tells (KIP-881, 3.5). */
import type { TopicPartition } from '../../../kafka/ids.ts'
import { type ClusterView, partitionsOf } from '../../cluster-view.ts'
import type { ConsumerConfig } from '../state.ts'

/** Where a replica is whose broker is not among the live ones, or has no rack. */
const NOWHERE = ''

/** By partition, sorted and each rack once. Metadata lists only live brokers, so a dead one's replicas are nowhere. */
export function racksOfReplicas(
  view: ClusterView,
  topics: readonly string[],
  { racks }: ConsumerConfig,
): Record<TopicPartition, readonly string[]> {
  const places: Record<TopicPartition, readonly string[]> = {}
  if (racks === undefined) return places
  for (const name of topics.flatMap((topic) => partitionsOf(view, topic) ?? [])) {
    const replicas = view.partitions[name]?.replicas ?? []
    const found = replicas.map((id) => (view.brokers.includes(id) ? (racks[id] ?? NOWHERE) : NOWHERE))
    places[name] = [...new Set(found)].sort()
  }
  return places
}

/** What an assignor is told: known racks only. */
export const knownRacks = (
  places: Readonly<Record<TopicPartition, readonly string[]>>,
): Record<TopicPartition, readonly string[]> =>
  Object.fromEntries(Object.entries(places).map(([name, racks]) => [name, racks.filter((rack) => rack !== NOWHERE)]))
