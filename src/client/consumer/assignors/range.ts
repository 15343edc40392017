/** RangeAssignor: each topic by itself is cut into ranges, and the members are served in their order. */
import type { TopicPartition } from '../../../kafka/ids.ts'
import { comparePartitions, topicPartition } from '../../../kafka/ids.ts'
import { JavaHashMap } from '../../../kafka/java-hash-map.ts'
import type { Assignment, AssignorInput, AssignorMember } from './assignor.ts'
import { compareMembers, knownTopics, membersInMapOrder, partitionsOf, placeInBucket } from './assignor.ts'
import type { Racks } from './racks.ts'
import { racksAmong, racksMatch } from './racks.ts'

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

/** One topic while it is divided. */
interface Division {
  readonly topic: string
  readonly memberIds: readonly string[]
  readonly racks: Racks
  free: TopicPartition[]
  /** How many each member has of it. */
  readonly given: Map<string, number>
  readonly each: number
  /** How many members may still have one more. */
  extra: number
}

function divisionOf(topic: string, members: readonly AssignorMember[], input: AssignorInput): Division {
  const free = partitionsOf(topic, input)
  return {
    topic,
    memberIds: members.map(({ memberId }) => memberId),
    racks: racksAmong(members, free, input),
    free,
    given: new Map(),
    each: Math.floor(free.length / members.length),
    extra: free.length % members.length,
  }
}

const room = ({ each, extra, given }: Division, memberId: string): number =>
  Math.max(0, each + (extra > 0 ? 1 : 0) - (given.get(memberId) ?? 0))

function give(division: Division, memberId: string, names: readonly TopicPartition[], to: Assignment): void {
  to[memberId]?.push(...names)
  const now = (division.given.get(memberId) ?? 0) + names.length
  division.given.set(memberId, now)
  if (now > division.each) division.extra -= 1
  division.free = division.free.filter((name) => !names.includes(name))
}

/** Each member gets the first ones of what is left and may be its own, up to its share. */
function giveRanges(division: Division, may: (memberId: string, name: TopicPartition) => boolean, to: Assignment) {
  for (const memberId of division.memberIds) {
    const names = division.free.filter((name) => may(memberId, name)).slice(0, room(division, memberId))
    if (names.length > 0) give(division, memberId, names, to)
  }
}

/** KIP-881: topics with the same members and as many partitions are kept together, others matched one by one. */
function matchRacks(divisions: readonly Division[], to: Assignment): void {
  const groups = new Map<string, Division[]>()
  for (const division of divisions) {
    const key = JSON.stringify([division.memberIds, division.racks.ofPartition.size])
    groups.set(key, [...(groups.get(key) ?? []), division])
  }
  for (const group of groups.values()) {
    const [only] = group
    if (group.length > 1) matchTogether(group, to)
    else if (only?.racks.decide === true) giveRanges(only, (id, name) => racksMatch(only.racks, id, name), to)
  }
}

/** Partition i of all topics goes to the first member with room for each of them in whose rack each has a replica. */
function matchTogether(group: readonly Division[], to: Assignment): void {
  let memberIds = group[0]?.memberIds ?? []
  const partitions = group[0]?.racks.ofPartition.size ?? 0
  for (let i = 0; i < partitions && memberIds.length > 0; i++) {
    const found = memberIds.find((id) =>
      group.every((each) => racksMatch(each.racks, id, topicPartition(each.topic, i)) && room(each, id) > 0),
    )
    if (found === undefined) continue
    for (const each of group) give(each, found, [topicPartition(each.topic, i)], to)
    if (group.every((each) => room(each, found) === 0)) memberIds = memberIds.filter((id) => id !== found)
  }
}

export function assignRange(input: AssignorInput): Assignment {
  const byTopic = membersByTopic(input)
  const assignment: Assignment = Object.fromEntries(input.members.map(({ memberId }) => [memberId, []]))
  // The rack-aware assignor goes by the map of partitions, not by that of members (KIP-881, 3.5).
  const topics = input.mechanisms.rangeWalksPartitions ? knownTopics(input) : byTopic.keys()
  const divisions = topics.map((topic) => divisionOf(topic, byTopic.get(topic) ?? [], input))
  const rackAware = divisions.some(({ racks }) => racks.decide)
  if (rackAware) matchRacks(divisions, assignment)
  for (const division of divisions) giveRanges(division, () => true, assignment)
  if (rackAware) for (const names of Object.values(assignment)) names.sort(comparePartitions)
  return assignment
}
