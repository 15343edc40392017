/**
 * The general way of a sticky assignor (KIP-54): keep what is owned, give the rest to those with the least, then move
 * single partitions for as long as that makes the whole more even.
 */
import type { TopicPartition } from '../../../../kafka/ids.ts'
import { splitTopicPartition } from '../../../../kafka/ids.ts'
import { topicPartitionHash } from '../../../../kafka/java-hash.ts'
import { JavaHashMap } from '../../../../kafka/java-hash-map.ts'
import type { AssignorMember } from '../assignor.ts'
import { compareStrings } from '../assignor.ts'
import type { Racks } from '../racks.ts'
import { racksMatch } from '../racks.ts'
import type { History } from './member-claims.ts'
import { remove } from './member-claims.ts'
import { PartitionMovements } from './movements.ts'
import { unclaimed } from './unclaimed.ts'

interface GeneralInput {
  /** In the order of the leader's map. */
  readonly members: readonly AssignorMember[]
  /** Subscribed topics that the leader knows, in the order of its map: number of partitions. */
  readonly topics: ReadonlyMap<string, number>
  readonly history: History
  /** Partitions are tried in the order of who has most, when all subscribe equally and somebody owned something (to 2.5.0). */
  readonly roundRobinOrder: boolean
  /** Members are first given a chance at what was free only (2.4). */
  readonly freeFirst: boolean
  /** What is owned is told from what is free by one walk over both (3.0). */
  readonly walksOnce: boolean
  /** A member with one less than an owner is no reason to look on (3.5); it shows where claims to partitions that are gone made others be given twice. */
  readonly balancedWithinOne: boolean
  /** null: racks decide nothing. */
  readonly racks: Racks | null
}

export function assignGenerally(input: GeneralInput): Map<string, TopicPartition[]> {
  const general = new GeneralAssignment(input)
  general.dropWhatCannotStay()
  general.balance()
  return general.current
}

class GeneralAssignment {
  readonly current: Map<string, TopicPartition[]>
  readonly #input: GeneralInput
  /** Whether anybody owned anything before. */
  readonly #fresh: boolean
  /** All partitions in the order in which they are tried. */
  #order: TopicPartition[]
  #free: TopicPartition[] = []
  #owner = new Map<TopicPartition, string>()
  readonly #readers: ReadonlyMap<string, readonly string[]>
  readonly #topicsOf: ReadonlyMap<string, ReadonlySet<string>>
  /** Members that take part in moving partitions. */
  readonly #active: Set<string>
  readonly #movements = new PartitionMovements()
  #revocationRequired = false

  constructor(input: GeneralInput) {
    this.#input = input
    this.current = input.history.current
    this.#fresh = this.current.size === 0
    this.#readers = readersOf(input)
    this.#topicsOf = new Map(
      input.members.map((it) => [it.memberId, new Set(it.topics.filter((topic) => input.topics.has(topic)))]),
    )
    for (const { memberId } of input.members) if (!this.current.has(memberId)) this.current.set(memberId, [])
    for (const { memberId } of input.members) {
      for (const name of this.#of(memberId)) this.#owner.set(name, memberId)
    }
    this.#order = this.#partitionsInOrder()
    this.#active = new Set(input.members.map(({ memberId }) => memberId))
  }

  /** Takes away what no longer exists or is no longer subscribed to; the rest is the members' own. */
  dropWhatCannotStay(): void {
    const stays: TopicPartition[] = []
    for (const { memberId } of this.#input.members) {
      const kept = this.#of(memberId).filter((name) => {
        const { topic, partition } = splitTopicPartition(name)
        const partitions = this.#input.topics.get(topic)
        const exists = partitions !== undefined && (this.#input.walksOnce || partition < partitions)
        if (!exists) this.#owner.delete(name)
        else if (!this.#reads(memberId, topic) || !this.#inRack(memberId, name)) this.#revocationRequired = true
        else return true
        return false
      })
      this.current.set(memberId, kept)
      stays.push(...kept)
    }
    if (this.#input.walksOnce) this.#free = unclaimed(this.#order, stays, this.#compare)
    else {
      const staying = new Set(stays)
      this.#free = this.#order.filter((name) => !staying.has(name))
    }
  }

  balance(): void {
    const initializing = this.#of(this.#fullest()).length === 0
    const left =
      this.#input.racks === null ? this.#free : this.#free.filter((name) => !this.#giveToEmptiest(name, true))
    for (const name of left) this.#giveToEmptiest(name, false)
    const movable = (name: TopicPartition): boolean => (this.#readers.get(topicOf(name))?.length ?? 0) > 1
    this.#order = this.#order.filter(movable)
    this.#free = this.#free.filter(movable)
    for (const { memberId } of this.#input.members) {
      if (!this.#canTakePart(memberId, movable)) this.#active.delete(memberId)
    }

    const before = new Map([...this.#active].map((memberId) => [memberId, [...this.#of(memberId)]]))
    if (this.#input.freeFirst && !this.#revocationRequired) this.#move(this.#free)
    const moved = this.#move(this.#order)
    if (initializing || !moved || this.#score(this.current) < this.#score(before)) return
    for (const [memberId, partitions] of before) this.current.set(memberId, partitions)
  }

  /** Moves partitions to members that have at least two less, until no move is left. Whether any was made. */
  #move(candidates: readonly TopicPartition[]): boolean {
    let moved = false
    for (let again = true; again; ) {
      again = false
      for (const name of candidates) {
        if (this.#isBalanced()) break
        const to = this.#betterOwner(name)
        if (to === null) continue
        this.#moveTo(name, to)
        moved = true
        again = true
      }
    }
    return moved
  }

  #betterOwner(name: TopicPartition): string | null {
    const size = this.#of(this.#owner.get(name) ?? '').length
    const previous = this.#input.history.previous.get(name)
    if (previous !== undefined && this.#active.has(previous) && size > this.#of(previous).length + 1) return previous
    const readers = (this.#readers.get(topicOf(name)) ?? []).filter((it) => this.#active.has(it))
    if (!readers.some((memberId) => size > this.#of(memberId).length + 1)) return null
    return this.#sorted().find((memberId) => this.#reads(memberId, topicOf(name))) ?? null
  }

  #moveTo(wanted: TopicPartition, to: string): void {
    const name = this.#movements.partitionToMove(wanted, this.#owner.get(wanted) ?? '', to)
    const from = this.#owner.get(name) ?? ''
    this.#movements.record(name, from, to)
    remove(this.#of(from), name)
    this.#of(to).push(name)
    this.#owner.set(name, to)
  }

  /** False: nobody reads it, or nobody of its racks. */
  #giveToEmptiest(name: TopicPartition, inRack: boolean): boolean {
    const memberId = this.#sorted().find((it) => this.#reads(it, topicOf(name)) && (!inRack || this.#inRack(it, name)))
    if (memberId === undefined) return false
    this.#of(memberId).push(name)
    this.#owner.set(name, memberId)
    return true
  }

  #inRack(memberId: string, name: TopicPartition): boolean {
    return this.#input.racks === null || racksMatch(this.#input.racks, memberId, name)
  }

  /** No member could take a partition of one that has at least two more. */
  #isBalanced(): boolean {
    const sizes = new Map([...this.#active].map((memberId) => [memberId, this.#of(memberId).length]))
    const counts = [...sizes.values()]
    if (Math.min(...counts) >= Math.max(...counts) - 1) return true
    const ownersSize = new Map<TopicPartition, number>()
    for (const [memberId, size] of sizes) for (const name of this.#of(memberId)) ownersSize.set(name, size)
    // A claim to a partition that is gone stays with its claimant from 3.0 on; only what exists could be taken.
    const owned = [...ownersSize].filter(([name]) => this.#exists(name))
    const tolerated = this.#input.balancedWithinOne ? 1 : 0
    return [...sizes].every(([memberId, size]) => {
      const mine = this.#of(memberId)
      if (size === this.#possible(memberId)) return true
      return !owned.some(
        ([name, ofOwner]) => size + tolerated < ofOwner && this.#reads(memberId, topicOf(name)) && !mine.includes(name),
      )
    })
  }

  #exists(name: TopicPartition): boolean {
    const { topic, partition } = splitTopicPartition(name)
    return partition < (this.#input.topics.get(topic) ?? 0)
  }

  /** How many partitions a member could have at most. */
  #possible(memberId: string): number {
    let possible = 0
    for (const topic of this.#topicsOf.get(memberId) ?? []) possible += this.#input.topics.get(topic) ?? 0
    return possible
  }

  #canTakePart(memberId: string, movable: (name: TopicPartition) => boolean): boolean {
    return this.#of(memberId).length < this.#possible(memberId) || this.#of(memberId).some(movable)
  }

  /** Sum of the differences of all pairs: 0 when all have as many. */
  #score(assignment: ReadonlyMap<string, readonly TopicPartition[]>): number {
    const sizes = [...this.#active].map((memberId) => assignment.get(memberId)?.length ?? 0)
    let score = 0
    sizes.forEach((size, index) => {
      for (const other of sizes.slice(index + 1)) score += Math.abs(size - other)
    })
    return score
  }

  #partitionsInOrder(): TopicPartition[] {
    if (this.#input.roundRobinOrder && !this.#fresh && this.#allReadTheSame()) return this.#fullestFirst()
    return allPartitions(this.#input.topics).sort(this.#compare)
  }

  /** One of the fullest member, again and again; what had another owner before comes first. Then what is free. */
  #fullestFirst(): TopicPartition[] {
    const left = new Map([...this.current].map(([memberId, list]) => [memberId, list.filter((it) => this.#exists(it))]))
    const contested = this.#input.history.previous.keys()
    const order: TopicPartition[] = []
    for (;;) {
      const fullest = [...left.keys()].sort((a, b) => compareSizes(left, b, a))[0]
      const remaining = fullest === undefined ? undefined : left.get(fullest)
      if (remaining === undefined || remaining.length === 0) break
      const name = contested.find((it) => remaining.includes(it)) ?? (remaining[0] as TopicPartition)
      remove(remaining, name)
      order.push(name)
    }
    const taken = new Set(order)
    const inMapOrder = new JavaHashMap<true>(topicPartitionHash)
    for (const name of allPartitions(this.#input.topics)) inMapOrder.set(name, true)
    return [...order, ...inMapOrder.keys().filter((name) => !taken.has(name))]
  }

  #allReadTheSame(): boolean {
    const members = this.#input.members.length
    return [...this.#readers.values()].every((readers) => readers.length === members)
  }

  /** Fewest readers first, then by name. */
  readonly #compare = (a: TopicPartition, b: TopicPartition): number => {
    const left = splitTopicPartition(a)
    const right = splitTopicPartition(b)
    const readers = (topic: string): number => this.#readers.get(topic)?.length ?? 0
    return (
      readers(left.topic) - readers(right.topic) ||
      compareStrings(left.topic, right.topic) ||
      left.partition - right.partition
    )
  }

  /** Members that take part, emptiest first. */
  #sorted(): string[] {
    return [...this.#active].sort((a, b) => compareSizes(this.current, a, b))
  }

  #fullest(): string {
    return this.#sorted().at(-1) ?? ''
  }

  #of(memberId: string): TopicPartition[] {
    return this.current.get(memberId) ?? []
  }

  #reads(memberId: string, topic: string): boolean {
    return this.#topicsOf.get(memberId)?.has(topic) === true
  }
}

const topicOf = (name: TopicPartition): string => splitTopicPartition(name).topic

const compareSizes = (lists: ReadonlyMap<string, readonly TopicPartition[]>, a: string, b: string): number =>
  (lists.get(a)?.length ?? 0) - (lists.get(b)?.length ?? 0) || compareStrings(a, b)

const allPartitions = (topics: ReadonlyMap<string, number>): TopicPartition[] =>
  [...topics].flatMap(([topic, count]) => Array.from({ length: count }, (_, i) => `${topic}-${i}`))

const readersOf = ({ members, topics }: GeneralInput): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...topics.keys()].map((topic) => [
      topic,
      members.filter((it) => it.topics.includes(topic)).map((it) => it.memberId),
    ]),
  )
