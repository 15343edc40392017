/**
 * The short way of a sticky assignor, when all members subscribe to the same topics (KAFKA-9987, 2.5.1): keep what is
 * owned up to a quota, and deal out the rest. From 3.0 (KAFKA-12675) the number of members that may have one more is
 * counted from the beginning, so nobody is robbed at the end.
 */
import type { TopicPartition } from '../../../../kafka/ids.ts'
import { comparePartitions, splitTopicPartition } from '../../../../kafka/ids.ts'
import { assert } from '../../../../kernel/assert.ts'
import { compareStrings } from '../assignor.ts'
import type { Ownership } from './member-claims.ts'
import { remove } from './member-claims.ts'
import { unclaimed } from './unclaimed.ts'

export interface Constrained {
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

/** From 3.0 on. `all`: every partition, sorted. `keepsLowest`: of what it owns a member keeps the lowest numbers (3.8). */
export function assignByCount(ownership: Ownership, all: readonly TopicPartition[], keepsLowest: boolean): Constrained {
  const { least, most, withMost } = quotasOf(all.length, ownership.owned.size)
  const assignment = new Map<string, TopicPartition[]>()
  const changingHands = new Map<TopicPartition, string>()
  const revoked = new Set<TopicPartition>(ownership.doublyClaimed)
  const kept: TopicPartition[] = []
  const below: string[] = []
  let atLeast: string[] = []
  let counted = 0
  for (const [memberId, owned] of believed(ownership)) {
    if (keepsLowest) owned.sort(byNumber)
    let quota = least
    if (owned.length < least) below.push(memberId)
    else if (owned.length >= most && counted < withMost) {
      quota = most
      counted += 1
      if (counted === withMost) atLeast = []
    } else if (counted < withMost) atLeast.push(memberId)
    const mine = owned.slice(0, quota)
    assignment.set(memberId, mine)
    kept.push(...mine)
    for (const name of owned.slice(quota)) revoked.add(name)
  }
  below.sort(compareStrings)
  atLeast.sort(compareStrings)

  let turn = 0
  for (const name of unclaimed(all, kept, comparePartitions)) {
    if (turn >= below.length) turn = 0
    const memberId = below.length > 0 ? below[turn++] : atLeast.shift()
    assert(memberId !== undefined, 'partitions are left and every member is full')
    if (revoked.has(name)) changingHands.set(name, memberId)
    const mine = assignment.get(memberId) ?? []
    mine.push(name)
    if (mine.length !== least) continue
    turn -= 1
    below.splice(turn, 1)
    atLeast.push(memberId)
  }
  return { assignment, changingHands }
}
