/** Racks of members and of replicas (KIP-881, 3.5): a member is given what has a replica in its rack, as far as that is fair. */
import type { TopicPartition } from '../../../kafka/ids.ts'
import { own } from '../../../kernel/own.ts'
import type { AssignorInput, AssignorMember } from './assignor.ts'

export interface Racks {
  /** Members that say where they are. */
  readonly ofMember: ReadonlyMap<string, string>
  /** Empty when no member says where it is. */
  readonly ofPartition: ReadonlyMap<TopicPartition, ReadonlySet<string>>
  /** Some member is where replicas are, and not every partition is everywhere (AbstractPartitionAssignor.useRackAwareAssignment). */
  readonly decide: boolean
}

export function racksAmong(
  members: readonly AssignorMember[],
  partitions: readonly TopicPartition[],
  { racks, mechanisms }: AssignorInput,
): Racks {
  const ofMember = new Map<string, string>()
  const ofPartition = new Map<TopicPartition, ReadonlySet<string>>()
  if (!mechanisms.rangeWalksPartitions) return { ofMember, ofPartition, decide: false }
  for (const { memberId, rack } of members) if (rack !== null && rack !== '') ofMember.set(memberId, rack)
  if (ofMember.size === 0) return { ofMember, ofPartition, decide: false }
  for (const name of partitions) ofPartition.set(name, new Set(own(racks ?? {}, name)))
  const known = new Set([...ofPartition.values()].flatMap((each) => [...each]))
  const meet = [...ofMember.values()].some((rack) => known.has(rack))
  const everywhere = [...ofPartition.values()].every((each) => each.size === known.size)
  return { ofMember, ofPartition, decide: meet && !everywhere }
}

/** A member that does not say where it is takes any partition. */
export function racksMatch({ ofMember, ofPartition }: Racks, memberId: string, name: TopicPartition): boolean {
  const rack = ofMember.get(memberId)
  return rack === undefined || ofPartition.get(name)?.has(rack) === true
}

/** Index of the next member, from one on round the list, that is in a rack of the partition; -1 none. */
export function nextInRack(racks: Racks, name: TopicPartition, memberIds: readonly string[], from: number): number {
  const places = racks.ofPartition.get(name)
  if (places === undefined) return -1
  for (let i = 0; i < memberIds.length; i++) {
    const index = (from + i) % memberIds.length
    const rack = racks.ofMember.get(memberIds[index]!)
    if (rack !== undefined && places.has(rack)) return index
  }
  return -1
}

/** How many members are where the partition has replicas. */
export function membersNear({ ofMember, ofPartition }: Racks, name: TopicPartition): number {
  const places = ofPartition.get(name)
  return [...ofMember.values()].filter((rack) => places?.has(rack) === true).length
}
