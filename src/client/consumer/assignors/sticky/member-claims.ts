/**
 * Who owns what before a sticky assignor begins, as far as the members' claims can be believed. A member that missed
 * rebalances still claims what it had; how such claims are told from good ones is what the generations differ in.
 */
import type { TopicPartition } from '../../../../kafka/ids.ts'
import { splitTopicPartition } from '../../../../kafka/ids.ts'
import { topicPartitionHash } from '../../../../kafka/java-hash.ts'
import { JavaHashMap } from '../../../../kafka/java-hash-map.ts'
import type { AssignorMember } from '../assignor.ts'

const NO_GENERATION = -1

/** What a sticky assignor reads out of a member's subscription. */
export interface MemberClaim {
  readonly member: AssignorMember
  readonly partitions: readonly TopicPartition[]
  /** null: the claim carries none (a new member, or the cooperative assignor before 2.8.1, KAFKA-12984). */
  readonly generation: number | null
  /**
   * What is left of the claim for a second reader: before 3.0 user data is a buffer that the first one has read to its
   * end, so a member's generation is lost then, and an eager member's partitions too.
   */
  readonly again: { readonly partitions: readonly TopicPartition[]; readonly generation: number | null }
}

export interface Ownership {
  /** By member id, in the order of the leader's map; the order of a list is the order of the claim. */
  readonly owned: JavaHashMap<TopicPartition[]>
  /** Claimed by two members of one generation: nobody keeps it, and it counts as changing hands. */
  readonly doublyClaimed: ReadonlySet<TopicPartition>
  /** The newest generation that a claim carries; -1 none. */
  readonly newestGeneration: number
}

/** How much of the claims is believed. */
type ClaimRule =
  /** Only those of the newest generation (2.5.1). */
  | 'newest-generation'
  /** The same, and what two of them claim is nobody's (KAFKA-12984, 2.8.1). */
  | 'newest-generation-unique'
  /** Each partition is its newest claimant's, and nobody's when two are as new (KAFKA-14639, 3.4.1). */
  | 'newest-claim'

/**
 * Index of the first member that subscribes to other topics than the first one that subscribes to any; -1 when all
 * subscribe equally. Members without topics before that one are passed over (AbstractStickyAssignor.allSubscriptionsEqual
 * fills a set for as long as it is empty), so they count as equal and are given partitions that they do not want.
 */
export function firstToDiffer(members: readonly AssignorMember[]): number {
  const topics = new Set<string>()
  return members.findIndex((it) => {
    if (topics.size > 0) return it.topics.length !== topics.size || !it.topics.every((topic) => topics.has(topic))
    for (const topic of it.topics) topics.add(topic)
    return false
  })
}

/** Sorts the claims to partitions of known topics by the rule. Members in the order of the leader's map. */
export function ownership(claims: readonly MemberClaim[], topics: ReadonlySet<string>, rule: ClaimRule): Ownership {
  const known = claims.map((claim) => ({
    ...claim,
    partitions: claim.partitions.filter((name) => topics.has(splitTopicPartition(name).topic)),
  }))
  return rule === 'newest-claim' ? byNewestClaim(known) : byNewestGeneration(known, rule)
}

function byNewestGeneration(claims: readonly MemberClaim[], rule: ClaimRule): Ownership {
  const newestGeneration = Math.max(NO_GENERATION, ...claims.map(({ generation }) => generation ?? NO_GENERATION))
  const owned = new JavaHashMap<TopicPartition[]>()
  const owners = new Map<TopicPartition, string>()
  const doublyClaimed = new Set<TopicPartition>()
  for (const { member, partitions, generation } of claims) {
    owned.set(member.memberId, [])
    if ((generation ?? NO_GENERATION) < newestGeneration) continue
    for (const name of partitions) {
      const other = owners.get(name)
      if (other === undefined || rule === 'newest-generation') owned.get(member.memberId)?.push(name)
      else {
        remove(owned.get(other), name)
        doublyClaimed.add(name)
      }
      owners.set(name, member.memberId)
    }
  }
  return { owned, doublyClaimed, newestGeneration }
}

function byNewestClaim(claims: readonly MemberClaim[]): Ownership {
  const owned = new JavaHashMap<TopicPartition[]>()
  const owners = new Map<TopicPartition, AssignorMember>()
  const doublyClaimed = new Set<TopicPartition>()
  let newestGeneration = NO_GENERATION
  for (const { member, partitions, generation: claimed } of claims) {
    const generation = claimed ?? NO_GENERATION
    newestGeneration = Math.max(newestGeneration, generation)
    const mine: TopicPartition[] = []
    owned.set(member.memberId, mine)
    for (const name of partitions) {
      const other = owners.get(name)
      if (other !== undefined && generation < other.generation) continue
      if (other !== undefined) remove(owned.get(other.memberId), name)
      if (other !== undefined && generation === other.generation) doublyClaimed.add(name)
      else mine.push(name)
      owners.set(name, member)
    }
  }
  return { owned, doublyClaimed, newestGeneration }
}

export interface History {
  readonly current: Map<string, TopicPartition[]>
  /** The member that had a partition before its present owner; walked in this order. */
  readonly previous: JavaHashMap<string>
}

/** Before 3.0 the general algorithm gives each partition to its newest claimant and remembers the one before (KIP-341). */
export function historyByPartition(claims: readonly MemberClaim[]): History {
  const claimants = new JavaHashMap<Map<number, string>>(topicPartitionHash)
  for (const { member, partitions, generation } of claims) {
    for (const name of partitions) {
      const byGeneration = claimants.getOrMake(name, () => new Map())
      // Two claims of one generation: the first one counts. A claim without generation is always written.
      if (generation !== null && byGeneration.has(generation)) continue
      byGeneration.set(generation ?? NO_GENERATION, member.memberId)
    }
  }
  const current = new Map<string, TopicPartition[]>()
  const previous = new JavaHashMap<string>(topicPartitionHash)
  for (const [name, byGeneration] of claimants.entries()) {
    const [newest, before] = [...byGeneration].sort(([a], [b]) => b - a)
    if (newest === undefined) continue
    const owned = current.get(newest[1]) ?? []
    owned.push(name)
    current.set(newest[1], owned)
    if (before !== undefined) previous.set(name, before[1])
  }
  return { current, previous }
}

/** From 3.0 on the claims that were not believed say who had a partition before. */
export function historyOfOldClaims(claims: readonly MemberClaim[], { owned, newestGeneration }: Ownership): History {
  const previous = new JavaHashMap<string>(topicPartitionHash)
  const generations = new Map<TopicPartition, number>()
  for (const { member, partitions, generation: claimed } of claims) {
    const generation = claimed ?? NO_GENERATION
    if (generation >= newestGeneration) continue
    for (const name of partitions) {
      if (generation <= (generations.get(name) ?? NO_GENERATION - 1)) continue
      generations.set(name, generation)
      previous.set(name, member.memberId)
    }
  }
  return { current: new Map(owned.entries()), previous }
}

export function remove(list: TopicPartition[] | undefined, name: TopicPartition): void {
  const index = list?.indexOf(name) ?? -1
  if (index >= 0) list?.splice(index, 1)
}
