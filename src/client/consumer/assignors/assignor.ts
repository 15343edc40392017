/** What the leader of a group is given to divide, and what it answers. */

import type { Mechanisms } from '../../../kafka/generation/mechanisms.ts'
import type { TopicPartition } from '../../../kafka/ids.ts'
import { topicPartition } from '../../../kafka/ids.ts'
import { JavaHashMap, javaHashSet } from '../../../kafka/java-hash-map.ts'
import { own } from '../../../kernel/own.ts'

/** A member as the leader sees it: its subscription with what it says it has. */
export interface AssignorMember {
  readonly memberId: string
  /** `group.instance.id` of a static member (KIP-345). */
  readonly instanceId: string | null
  /** In the order of its subscription. */
  readonly topics: readonly string[]
  /** What it owns, in the order of its last assignment. */
  readonly owned: readonly TopicPartition[]
  /** The generation in which it got that; -1 none, or unknown. */
  readonly generation: number
  /** `client.rack` (KIP-881). */
  readonly rack: string | null
}

export interface AssignorInput {
  /** In the order of the coordinator's answer. */
  readonly members: readonly AssignorMember[]
  /** Topics of the leader's metadata: number of partitions. A topic that is absent is skipped. */
  readonly partitions: Readonly<Record<string, number>>
  /** Racks of the replicas of a partition (KIP-881); absent: not known. */
  readonly racks?: Readonly<Record<TopicPartition, readonly string[]>>
  readonly mechanisms: Mechanisms
}

/** By member, partitions in the order in which the assignor gave them: the next round of a sticky assignor depends on it. */
export type Assignment = Record<string, TopicPartition[]>

export type AssignorName = 'range' | 'roundrobin' | 'sticky' | 'cooperative-sticky'

/** Every partition of a topic in order; none when the leader does not know the topic. */
export const partitionsOf = (topic: string, input: AssignorInput): TopicPartition[] =>
  Array.from({ length: own(input.partitions, topic) ?? 0 }, (_, i) => topicPartition(topic, i))

/** Java's `String.compareTo`: by code units. */
export const compareStrings = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Members sorted by id; from 2.4 on those with an instance id come first, by that (AbstractPartitionAssignor.MemberInfo). */
export function compareMembers(a: AssignorMember, b: AssignorMember, mechanisms: Mechanisms): number {
  if (mechanisms.assignorsSortByInstanceId) {
    if (a.instanceId !== null && b.instanceId !== null) return compareStrings(a.instanceId, b.instanceId)
    if (a.instanceId !== null) return -1
    if (b.instanceId !== null) return 1
  }
  return compareStrings(a.memberId, b.memberId)
}

/** Members in the order of the HashMap by member id that the leader makes of the coordinator's list. */
export function membersInMapOrder({ members }: AssignorInput): AssignorMember[] {
  const byId = new JavaHashMap<AssignorMember>()
  for (const member of members) byId.set(member.memberId, member)
  return byId.values()
}

/** Subscribed topics that the leader knows, in the order of its HashMap of topics. */
export function knownTopics(input: AssignorInput): string[] {
  const subscribed = javaHashSet(membersInMapOrder(input).flatMap((member) => member.topics)).keys()
  return javaHashSet(subscribed.filter((topic) => (own(input.partitions, topic) ?? 0) > 0)).keys()
}

/** Where a topic comes to stand in a map that is filled by topic. */
export const placeInBucket = (mechanisms: Mechanisms): 'first' | 'last' =>
  mechanisms.assignorMapsComputeIfAbsent ? 'first' : 'last'
