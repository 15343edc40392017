/** What a claim about groups, transactions or order loses with a record that went missing: by which hole it did. */
import type { RemovedRecord } from '../kafka/facts/log.ts'
import { splitTopicPartition, type TopicPartition } from '../kafka/ids.ts'
import {
  coordinatorPartition,
  type InternalTopic,
  OFFSETS_TOPIC,
  TRANSACTIONS_TOPIC,
} from '../kafka/internal-topics.ts'
import { knownPartitions } from '../world/targets.ts'
import type { World } from '../world/world.ts'
import { type Cuts, epochWhenCut } from './cuts.ts'
import type { DiskHole } from './disk-holes.ts'
import { lastNamedLeader } from './loss.ts'
import { lossHole } from './loss-holes.ts'

/**
 * The hole through which a committed record of a partition, one of those that are meant, went missing under some leader;
 * null: it is no issue of Kafka's; undefined: none of them did, or nothing which happened explains it.
 */
export function holeOfLost(
  world: World,
  cuts: Cuts,
  partition: TopicPartition | null,
  isMeant: (record: RemovedRecord) => boolean,
): DiskHole {
  const lastLeader = partition === null ? null : lastNamedLeader(world, partition)
  if (partition === null || lastLeader === null) return undefined
  const seen = new Set<string>()
  let found: DiskHole
  for (const { removed } of cuts.ofPartition.get(partition) ?? []) {
    for (const record of removed) {
      const { id, offset } = record
      if (seen.has(`${offset} ${id}`) || !isMeant(record)) continue
      seen.add(`${offset} ${id}`)
      const committed = world.ledger.committed[partition]?.[offset]?.find((entry) => entry.id === id)
      if (committed === undefined) continue
      const epoch = epochWhenCut(cuts, partition, id) ?? -1
      const hole = lossHole(world, cuts, { partition, id, offset, epoch, committed, lastLeader })
      if (typeof hole === 'string') return hole
      if (hole === null) found = null
    }
  }
  return found
}

/** The partition of an internal topic in which a group, or a transactional id, has its records; null: there is none yet. */
function partitionOf(world: World, topic: InternalTopic, id: string): TopicPartition | null {
  const count = knownPartitions(world).filter((name) => splitTopicPartition(name).topic === topic).length
  return count === 0 ? null : `${topic}-${coordinatorPartition(id, count)}`
}

export const offsetsPartitionOf = (world: World, group: string): TopicPartition | null =>
  partitionOf(world, OFFSETS_TOPIC, group)

export const transactionsPartitionOf = (world: World, transactionalId: string): TopicPartition | null =>
  partitionOf(world, TRANSACTIONS_TOPIC, transactionalId)

/** A number in the value of a record of an internal topic; null: it has none of that name. */
export function numberIn({ value }: RemovedRecord, name: string): number | null {
  if (value === null || !value.startsWith('{')) return null
  const found = (JSON.parse(value) as Readonly<Record<string, unknown>>)[name]
  return typeof found === 'number' ? found : null
}

/** The end of a transaction of that producer, as a leader wrote it. */
export const isMarkerOf = ({ id }: RemovedRecord, producerId: number): boolean => id.startsWith(`marker/${producerId}/`)
