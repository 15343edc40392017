/** Kafka's placement of replicas, the same in every recorded release (AdminUtils.assignReplicasToBrokers). */
import type { BrokerId } from './ids.ts'

interface AssignmentInput {
  /** Broker ids, sorted. Not empty. */
  readonly brokers: readonly BrokerId[]
  /** Rack by broker id; null: racks are not looked at. */
  readonly racks: Readonly<Record<string, string>> | null
  readonly partitions: number
  /** At most the number of brokers. */
  readonly replicationFactor: number
  /** Where in the list of brokers the first partition's leader is; Kafka draws it. */
  readonly startIndex: number
  /** How far the second replica is from the first; Kafka draws it, and it grows by one each round. */
  readonly startShift: number
  /** Number of the first partition; above 0 when partitions are added to a topic. */
  readonly firstPartition: number
}

/** Assigned replicas in order, by partition number. Leaders go round the brokers, followers at a growing distance. */
export function assignReplicas(input: AssignmentInput): Record<string, BrokerId[]> {
  const { racks, partitions, startIndex, firstPartition } = input
  const brokers = racks === null ? input.brokers : alternateByRack(input.brokers, racks)
  const assignment: Record<string, BrokerId[]> = {}
  let shift = input.startShift
  for (let partition = firstPartition; partition < firstPartition + partitions; partition++) {
    if (partition > 0 && partition % brokers.length === 0) shift += 1
    const first = (partition + startIndex) % brokers.length
    const place: Place = { brokers, first, shift, count: input.replicationFactor }
    assignment[partition] = racks === null ? inOrder(place) : acrossRacks(place, racks)
  }
  return assignment
}

interface Place {
  readonly brokers: readonly BrokerId[]
  readonly first: number
  readonly shift: number
  readonly count: number
}

/** Index of follower number `follower`: never that of the first replica. */
function followerIndex(first: number, shift: number, follower: number, brokerCount: number): number {
  const distance = 1 + ((shift + follower) % (brokerCount - 1))
  return (first + distance) % brokerCount
}

function inOrder({ brokers, first, shift, count }: Place): BrokerId[] {
  const replicas = [brokers[first]!]
  for (let follower = 0; follower < count - 1; follower++) {
    replicas.push(brokers[followerIndex(first, shift, follower, brokers.length)]!)
  }
  return replicas
}

/** Each rack gets a replica before any gets a second one (KIP-36, 0.10). */
function acrossRacks({ brokers, first, shift, count }: Place, racks: Readonly<Record<string, string>>): BrokerId[] {
  const rackCount = new Set(brokers.map((id) => racks[id])).size
  const replicas = [brokers[first]!]
  for (let follower = 0; replicas.length < count; follower++) {
    const broker = brokers[followerIndex(first, shift * rackCount, follower, brokers.length)]!
    const used = new Set(replicas.map((id) => racks[id]))
    const rackIsFree = !used.has(racks[broker]) || used.size === rackCount
    if (rackIsFree && !replicas.includes(broker)) replicas.push(broker)
  }
  return replicas
}

/** Brokers so ordered that neighbours are in different racks: the first of each rack, then the second of each. */
function alternateByRack(brokers: readonly BrokerId[], racks: Readonly<Record<string, string>>): BrokerId[] {
  const names = [...new Set(brokers.map((id) => racks[id] ?? ''))].sort()
  const byRack = names.map((name) => brokers.filter((id) => (racks[id] ?? '') === name).sort((a, b) => a - b))
  const longest = Math.max(...byRack.map((it) => it.length))
  const alternated: BrokerId[] = []
  for (let round = 0; round < longest; round++) {
    for (const members of byRack) {
      const member = members[round]
      if (member !== undefined) alternated.push(member)
    }
  }
  return alternated
}
