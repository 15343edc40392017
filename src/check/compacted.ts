/** Records that a cleaner may take: one whose key has a later value, a tombstone, and one without a key. */
import type { TopicPartition } from '../kafka/ids.ts'
import type { RecordIdentity } from '../kafka/records.ts'
import type { ReplicaLog } from '../log/replica-log.ts'
import type { World } from '../world/world.ts'
import { recordAt } from './logs.ts'

/** The highest offset at which each key was ever committed, by partition; made when it is first asked for. */
export type LastCommitted = Record<TopicPartition, ReadonlyMap<string, number>>

const keyOf = (world: World, id: RecordIdentity): string | null => world.ledger.sent[id]?.key ?? null

function lastCommitted(world: World, partition: TopicPartition, known: LastCommitted): ReadonlyMap<string, number> {
  const made = known[partition]
  if (made !== undefined) return made
  const last = new Map<string, number>()
  for (const entries of Object.values(world.ledger.committed[partition] ?? {})) {
    for (const { id, offset } of entries) {
      const key = keyOf(world, id)
      if (key !== null && offset > (last.get(key) ?? -1)) last.set(key, offset)
    }
  }
  known[partition] = last
  return last
}

/**
 * Whether a record is not at its offset because a cleaner took it, and rightly: what has taken its place in the eyes of
 * readers was committed itself. KAFKA-13194: a cleaner that goes by records above the high watermark is not right.
 */
export function isCompactedAway(
  world: World,
  partition: TopicPartition,
  log: ReplicaLog,
  record: { readonly id: RecordIdentity; readonly offset: number; readonly value: string | null },
  known: LastCommitted,
): boolean {
  if (record.offset >= (log.cleanedTo ?? 0) || recordAt(log, record.offset) !== null) return false
  const key = keyOf(world, record.id)
  if (key === null || record.value === null) return true
  return (lastCommitted(world, partition, known).get(key) ?? -1) > record.offset
}
