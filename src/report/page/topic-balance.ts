/** How evenly a topic lies on its brokers, in the words of the Kafka consoles. */
import type { BrokerId } from '../../kafka/ids.ts'

export interface PlacedPartition {
  readonly replicas: readonly BrokerId[]
  /** -1: none. */
  readonly leader: BrokerId
}

interface TopicBalance {
  readonly partitions: number
  /** Brokers that have a replica of the topic. */
  readonly brokers: number
  /** Of all brokers, how many have a replica, in percent. */
  readonly spreadPercent: number
  /** Of the brokers that have one, how many have more replicas than an even share, rounded up, in percent. */
  readonly skewPercent: number
  /** The same of the brokers' leaders. */
  readonly leaderSkewPercent: number
}

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((100 * part) / whole))

function above(counts: ReadonlyMap<BrokerId, number>, holders: number): number {
  let total = 0
  for (const count of counts.values()) total += count
  const share = Math.ceil(total / Math.max(1, holders))
  let found = 0
  for (const count of counts.values()) if (count > share) found += 1
  return found
}

function counted(ids: readonly BrokerId[]): Map<BrokerId, number> {
  const counts = new Map<BrokerId, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

export function topicBalance(partitions: readonly PlacedPartition[], brokers: number): TopicBalance {
  const replicas = counted(partitions.flatMap((each) => each.replicas))
  const leaders = counted(partitions.flatMap(({ leader }) => (leader < 0 ? [] : [leader])))
  const holders = replicas.size
  return {
    partitions: partitions.length,
    brokers: holders,
    spreadPercent: percent(holders, brokers),
    skewPercent: percent(above(replicas, holders), holders),
    leaderSkewPercent: percent(above(leaders, holders), holders),
  }
}
