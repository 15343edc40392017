/** RoundRobinAssignor: all partitions of all topics, sorted, go round the members that subscribe to their topic. */
import type { Assignment, AssignorInput } from './assignor.ts'
import { compareMembers, compareStrings, partitionsOf } from './assignor.ts'

export function assignRoundRobin(input: AssignorInput): Assignment {
  const members = [...input.members].sort((a, b) => compareMembers(a, b, input.mechanisms))
  const assignment: Assignment = Object.fromEntries(members.map(({ memberId }) => [memberId, []]))
  const topics = [...new Set(members.flatMap((member) => member.topics))].sort(compareStrings)
  let turn = 0
  for (const topic of topics) {
    for (const partition of partitionsOf(topic, input)) {
      while (members[turn]?.topics.includes(topic) === false) turn = (turn + 1) % members.length
      const member = members[turn]
      if (member !== undefined) assignment[member.memberId]?.push(partition)
      turn = (turn + 1) % members.length
    }
  }
  return assignment
}
