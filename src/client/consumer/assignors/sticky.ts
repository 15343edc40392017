/** StickyAssignor (KIP-54) and CooperativeStickyAssignor (KIP-429): members keep what they have, as far as that is fair. */

import type { Mechanisms } from '../../../kafka/generation/mechanisms.ts'
import type { TopicPartition } from '../../../kafka/ids.ts'
import { comparePartitions } from '../../../kafka/ids.ts'
import { JavaHashMap } from '../../../kafka/java-hash-map.ts'
import { own } from '../../../kernel/own.ts'
import type { Assignment, AssignorInput, AssignorMember } from './assignor.ts'
import { knownTopics, membersInMapOrder, partitionsOf } from './assignor.ts'
import { byTopic } from './by-topic.ts'
import { racksAmong } from './racks.ts'
import { assignByCount, assignByFilling } from './sticky/constrained.ts'
import { assignGenerally } from './sticky/general.ts'
import type { History, MemberClaim, Ownership } from './sticky/member-claims.ts'
import { firstToDiffer, historyByPartition, historyOfOldClaims, ownership, remove } from './sticky/member-claims.ts'

type Algorithm = Mechanisms['stickyAssignor']

/** With the same algorithm from 3.0 on. */
const COUNTED: ReadonlySet<Algorithm> = new Set<Algorithm>(['count-to-quota', 'count-sorted-to-quota'])
/** With a short way when all members subscribe to the same topics. */
const CONSTRAINED: ReadonlySet<Algorithm> = new Set<Algorithm>(['fill-to-quota', ...COUNTED])

interface Sticky {
  readonly assignment: Map<string, TopicPartition[]>
  /** Partitions that another member must give up first, with their new owner; null: to be found by comparing. */
  readonly changingHands: Map<TopicPartition, string> | null
}

export const assignSticky = (input: AssignorInput): Assignment =>
  toAssignment(
    stick(
      membersInMapOrder(input).map((member) => claimInUserData(member, input)),
      input,
    ).assignment,
    input,
  )

/** What must be given up first is given to nobody in this round: the members that lost it rejoin, and the next round gives it out. */
export function assignCooperativeSticky(input: AssignorInput): Assignment {
  const claims = membersInMapOrder(input).map((member) => claimOfOwned(member, input))
  const { assignment, changingHands } = stick(claims, input)
  for (const [name, memberId] of changingHands ?? changedHands(claims, assignment)) {
    remove(assignment.get(memberId), name)
  }
  return toAssignment(assignment, input)
}

function stick(claims: readonly MemberClaim[], input: AssignorInput): Sticky {
  const { stickyAssignor: algorithm, stickyClaims } = input.mechanisms
  const members = claims.map(({ member }) => member)
  const topics = new Map(knownTopics(input).map((topic) => [topic, own(input.partitions, topic) ?? 0]))
  const believed = ownership(claims, new Set(topics.keys()), stickyClaims)
  const constrained = CONSTRAINED.has(algorithm)
  const differs = firstToDiffer(members)
  const all = [...topics.keys()].flatMap((topic) => partitionsOf(topic, input)).sort(comparePartitions)
  const among = racksAmong(members, all, input)
  const racks = among.decide ? among : null
  if (constrained && differs < 0) {
    if (algorithm === 'fill-to-quota') return assignByFilling(believed, all)
    return assignByCount(believed, all, { keepsLowest: algorithm === 'count-sorted-to-quota', racks })
  }
  const assignment = assignGenerally({
    members,
    topics,
    history: historyOf(algorithm === 'fill-to-quota' ? claims.map(readAgain(differs)) : claims, believed, input),
    roundRobinOrder: !constrained,
    freeFirst: algorithm !== 'kip-54' && algorithm !== 'kip-341',
    walksOnce: COUNTED.has(algorithm),
    racks,
    balancedWithinOne: input.mechanisms.rangeWalksPartitions,
  })
  return { assignment, changingHands: null }
}

/** The look at subscriptions read the claims up to the first member that differs. */
const readAgain =
  (differs: number) =>
  (claim: MemberClaim, index: number): MemberClaim =>
    index < differs ? { ...claim, ...claim.again } : claim

function historyOf(claims: readonly MemberClaim[], believed: Ownership, { mechanisms }: AssignorInput): History {
  if (COUNTED.has(mechanisms.stickyAssignor)) return historyOfOldClaims(claims, believed)
  if (mechanisms.stickyAssignor !== 'kip-54') return historyByPartition(claims)
  // Before KIP-341 every claim was taken as it came.
  const told = claims.filter(({ generation }) => generation !== null)
  return {
    current: new Map(told.map(({ member, partitions }) => [member.memberId, [...partitions]])),
    previous: new JavaHashMap<string>(),
  }
}

/** The eager assignor keeps its last assignment in user data, by topic; a member that never had one sends none. */
function claimInUserData(member: AssignorMember, { mechanisms }: AssignorInput): MemberClaim {
  const generation = member.generation < 0 ? null : member.generation
  return {
    member,
    partitions: byTopic(member.owned, mechanisms),
    generation,
    again: { partitions: [], generation: null },
  }
}

/** The cooperative assignor believes what the member says it owns; with the generation of that from 2.8.1 on (KAFKA-12984). */
function claimOfOwned(member: AssignorMember, { mechanisms }: AssignorInput): MemberClaim {
  const carried = mechanisms.cooperativeClaimsCarryGeneration
  const partitions = member.owned
  const again = { partitions, generation: carried ? -1 : null }
  return { member, partitions, generation: carried ? member.generation : null, again }
}

/** Partitions given to one member that another one owned and has no more. */
function changedHands(
  claims: readonly MemberClaim[],
  assignment: ReadonlyMap<string, readonly TopicPartition[]>,
): Map<TopicPartition, string> {
  const added = new Map<TopicPartition, string>()
  const revoked = new Set<TopicPartition>()
  for (const { member } of claims) {
    const assigned = assignment.get(member.memberId) ?? []
    for (const name of assigned) if (!member.owned.includes(name)) added.set(name, member.memberId)
    for (const name of member.owned) if (!assigned.includes(name)) revoked.add(name)
  }
  return new Map([...added].filter(([name]) => revoked.has(name)))
}

const toAssignment = (lists: ReadonlyMap<string, TopicPartition[]>, input: AssignorInput): Assignment =>
  Object.fromEntries(input.members.map(({ memberId }) => [memberId, lists.get(memberId) ?? []]))
