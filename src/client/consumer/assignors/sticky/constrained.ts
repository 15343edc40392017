/**
 * The short way of a sticky assignor, when all members subscribe to the same topics (KAFKA-9987, 2.5.1): keep what is
 * owned up to a quota, and deal out the rest. From 3.0 (KAFKA-12675) the number of members that may have one more is
 * counted from the beginning, so nobody is robbed at the end.
 */
import type { TopicPartition } from '../../../../kafka/ids.ts'
import { comparePartitions, splitTopicPartition } from '../../../../kafka/ids.ts'
import { assert } from '../../../../kernel/assert.ts'
import { compareStrings } from '../assignor.ts'
import type { Racks } from '../racks.ts'
import { membersNear, nextInRack, racksMatch } from '../racks.ts'
import type { Ownership } from './member-claims.ts'
import { remove } from './member-claims.ts'
import { unclaimed } from './unclaimed.ts'

interface Constrained {
  readonly assignment: Map<string, TopicPartition[]>
  /** Partitions that another member must give up first, with their new owner. */
  readonly changingHands: Map<TopicPartition, string>
}

interface Quotas {
  readonly least: number
  readonly most: number
  /** How many members get `most`, where that is one more. */
  readonly withMost: number
}

function quotasOf(partitions: number, members: number): Quotas {
  const least = Math.floor(partitions / members)
  const withMost = partitions % members
  return { least, most: withMost === 0 ? least : least + 1, withMost }
}

/** What each member owns without what two members claim, in the order of the map of members. */
function believed({ owned, doublyClaimed }: Ownership): [string, TopicPartition[]][] {
  return owned.entries().map(([memberId, partitions]) => {
    const mine = [...partitions]
    for (const name of doublyClaimed) remove(mine, name)
    return [memberId, mine]
  })
}

/** By partition number, then by topic (KAFKA-16277). */
function byNumber(a: TopicPartition, b: TopicPartition): number {
  const left = splitTopicPartition(a)
  const right = splitTopicPartition(b)
  return left.partition - right.partition || compareStrings(left.topic, right.topic)
}

/** 2.5.1 to 2.8. `all`: every partition, sorted. */
export function assignByFilling(ownership: Ownership, all: readonly TopicPartition[]): Constrained {
  const { least, most } = quotasOf(all.length, ownership.owned.size)
  const assignment = new Map<string, TopicPartition[]>()
  const changingHands = new Map<TopicPartition, string>()
  const revoked = new Set<TopicPartition>(ownership.doublyClaimed)
  const kept = new Set<TopicPartition>()
  let unfilled: string[] = []
  const atMost: string[] = []
  const atLeast: string[] = []
  for (const [memberId, owned] of believed(ownership)) {
    const mine = owned.slice(0, most)
    assignment.set(memberId, mine)
    for (const name of mine) kept.add(name)
    for (const name of owned.slice(most)) revoked.add(name)
    if (owned.length < least) unfilled.push(memberId)
    else {
      if (mine.length === least) atLeast.push(memberId)
      if (mine.length === most) atMost.push(memberId)
    }
  }
  const free = all.filter((name) => !kept.has(name))
  const give = (memberId: string, name: TopicPartition): number => {
    if (revoked.has(name)) changingHands.set(name, memberId)
    const mine = assignment.get(memberId) ?? []
    mine.push(name)
    return mine.length
  }

  unfilled.sort(compareStrings)
  while (unfilled.length > 0 && free.length > 0) {
    unfilled = unfilled.filter((memberId) => {
      const name = free.shift()
      if (name === undefined || give(memberId, name) < least) return true
      atLeast.push(memberId)
      return false
    })
  }
  // Nothing is left and some have too little: those with one more give it up.
  for (const memberId of unfilled) {
    const mine = assignment.get(memberId) ?? []
    while (mine.length < least) {
      const robbed = atMost.shift()
      const name = robbed === undefined ? undefined : assignment.get(robbed)?.shift()
      assert(name !== undefined, 'members are below the quota and nobody is above it')
      mine.push(name)
      changingHands.set(name, memberId)
    }
    atLeast.push(memberId)
  }
  for (const name of free) {
    const memberId = atLeast.shift()
    assert(memberId !== undefined, 'partitions are left and every member is full')
    give(memberId, name)
  }
  return { assignment, changingHands }
}

/** Rules of the versions from 3.0 on. */
interface Counting {
  /**
   * Of what it owns a member keeps the lowest numbers, and with racks it counts who has one more and who loses a
   * partition to whom (KAFKA-16277, 3.7.1).
   */
  readonly keepsLowest: boolean
  /** null: racks decide nothing. */
  readonly racks: Racks | null
}

/** One assignment by counting: who has less than its share, who has just that, and how many have one more. */
class Count {
  readonly assignment = new Map<string, TopicPartition[]>()
  readonly changingHands = new Map<TopicPartition, string>()
  readonly kept: TopicPartition[] = []
  below: string[] = []
  atLeast: string[] = []
  counted = 0
  readonly #revokedFrom = new Map<TopicPartition, string>()
  readonly #ownership: Ownership
  readonly #quotas: Quotas
  readonly #rules: Counting

  constructor(ownership: Ownership, quotas: Quotas, rules: Counting) {
    this.#ownership = ownership
    this.#quotas = quotas
    this.#rules = rules
  }

  keepOwned(): void {
    const { least, most, withMost } = this.#quotas
    for (const [memberId, claimed] of believed(this.#ownership)) {
      const owned = this.#inRack(memberId, claimed)
      if (this.#rules.keepsLowest) owned.sort(byNumber)
      let quota = least
      if (owned.length < least) this.below.push(memberId)
      else if (owned.length >= most && this.counted < withMost) {
        quota = most
        this.#countOneMore()
      } else if (this.counted < withMost) this.atLeast.push(memberId)
      const mine = owned.slice(0, quota)
      this.assignment.set(memberId, mine)
      this.kept.push(...mine)
      for (const name of owned.slice(quota)) this.#revokedFrom.set(name, memberId)
    }
    this.below.sort(compareStrings)
    this.atLeast.sort(compareStrings)
  }

  /** A partition of another rack is given up. */
  #inRack(memberId: string, claimed: readonly TopicPartition[]): TopicPartition[] {
    const { racks, keepsLowest } = this.#rules
    if (racks === null) return [...claimed]
    return claimed.filter((name) => {
      const matches = racksMatch(racks, memberId, name)
      if (!matches && keepsLowest) this.#revokedFrom.set(name, memberId)
      return matches
    })
  }

  #countOneMore(): void {
    this.counted += 1
    if (this.counted === this.#quotas.withMost) this.atLeast = []
  }

  /** Gives out what has a replica in the rack of a member with room; answers what is left. */
  matchRacks(free: readonly TopicPartition[], racks: Racks): TopicPartition[] {
    let from = 0
    return free.filter((name) => {
      const index = nextInRack(racks, name, this.below, from)
      if (index >= 0) {
        const memberId = this.below[index]!
        from = this.#fillBelow(index, memberId)
        this.give(memberId, name)
        return false
      }
      const other = nextInRack(racks, name, this.atLeast, 0)
      if (other < 0) return true
      const memberId = this.atLeast[other]!
      if (this.#size(memberId) + 1 === this.#quotas.most) {
        this.atLeast.splice(other, 1)
        if (this.#rules.keepsLowest) this.#countOneMore()
      }
      this.give(memberId, name)
      return false
    })
  }

  /** The member at the index is about to get one more; answers where the next search begins. */
  #fillBelow(index: number, memberId: string): number {
    const { least, most, withMost } = this.#quotas
    const size = this.#size(memberId) + 1
    let next = index + 1
    if (size >= least) {
      next = index
      this.below.splice(index, 1)
      if (size < most && (!this.#rules.keepsLowest || this.counted < withMost)) this.atLeast.push(memberId)
    }
    return this.below.length === 0 ? 0 : next % this.below.length
  }

  giveRound(free: readonly TopicPartition[]): void {
    let turn = 0
    for (const name of free) {
      if (turn >= this.below.length) turn = 0
      const memberId = this.below.length > 0 ? this.below[turn++] : this.atLeast.shift()
      assert(memberId !== undefined, 'partitions are left and every member is full')
      if (this.give(memberId, name) !== this.#quotas.least) continue
      turn -= 1
      this.below.splice(turn, 1)
      this.atLeast.push(memberId)
    }
  }

  give(memberId: string, name: TopicPartition): number {
    const from = this.#revokedFrom.get(name)
    const lost = from !== undefined && (!this.#rules.keepsLowest || from !== memberId)
    if (lost || this.#ownership.doublyClaimed.has(name)) this.changingHands.set(name, memberId)
    const mine = this.assignment.get(memberId) ?? []
    return mine.push(name)
  }

  #size(memberId: string): number {
    return this.assignment.get(memberId)?.length ?? 0
  }
}

/** From 3.0 on. `all`: every partition, sorted. */
export function assignByCount(ownership: Ownership, all: readonly TopicPartition[], rules: Counting): Constrained {
  const count = new Count(ownership, quotasOf(all.length, ownership.owned.size), rules)
  count.keepOwned()
  const { racks } = rules
  let free = unclaimed(all, count.kept, comparePartitions)
  if (racks !== null) {
    // Those that the fewest members are near come first.
    const near = new Map(free.map((name) => [name, membersNear(racks, name)]))
    free.sort((a, b) => near.get(a)! - near.get(b)!)
    free = count.matchRacks(free, racks)
  }
  count.giveRound(free)
  return { assignment: count.assignment, changingHands: count.changingHands }
}
