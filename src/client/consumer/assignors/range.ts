/** RangeAssignor: each topic by itself is cut into ranges, and the members are served in their order. */
import type { TopicPartition } from '../../../kafka/ids.ts'
import { JavaHashMap } from '../../../kafka/java-hash-map.ts'
import type { Assignment, AssignorInput, AssignorMember } from './assignor.ts'
import { compareMembers, knownTopics, membersInMapOrder, partitionsOf, placeInBucket } from './assignor.ts'

/** Members of each topic, by the order of a HashMap of topics; sorted as the assignor serves them. */
function membersByTopic(input: AssignorInput): JavaHashMap<AssignorMember[]> {
  const byTopic = new JavaHashMap<AssignorMember[]>()
  const place = placeInBucket(input.mechanisms)
  for (const member of membersInMapOrder(input)) {
    for (const topic of member.topics) byTopic.getOrMake(topic, () => [], place).push(member)
  }
  for (const members of byTopic.values()) members.sort((a, b) => compareMembers(a, b, input.mechanisms))
  return byTopic
}

/** How many of a topic's partitions the member at an index gets: the first ones get what is left over, one each. */
export const rangeLength = (index: number, partitions: number, members: number): number =>
  Math.floor(partitions / members) + (index < partitions % members ? 1 : 0)

export function assignRange(input: AssignorInput): Assignment {
  const byTopic = membersByTopic(input)
  const assignment: Assignment = Object.fromEntries(input.members.map(({ memberId }) => [memberId, []]))
  // The rack-aware assignor goes by the map of partitions, not by that of members (KIP-881, 3.5).
  for (const topic of input.mechanisms.rangeWalksPartitions ? knownTopics(input) : byTopic.keys()) {
    const partitions: TopicPartition[] = partitionsOf(topic, input)
    const members = byTopic.get(topic) ?? []
    let start = 0
    members.forEach((member, index) => {
      const end = start + rangeLength(index, partitions.length, members.length)
      assignment[member.memberId]?.push(...partitions.slice(start, end))
      start = end
    })
  }
  return assignment
}
