/**
 * UniformHeterogeneousAssignmentBuilder of the coordinator (4.0): members subscribe differently, so that each topic is dealt out
 * among its own readers, and then partitions move from who has most to who has least, topic by topic, until none does.
 */
import { splitTopicPartition, type TopicPartition, topicPartition } from '../../../kafka/ids.ts'
import { assert } from '../../../kernel/assert.ts'

export interface Reader {
  readonly id: string
  readonly topics: readonly string[]
  /** Its target so far. */
  readonly target: readonly TopicPartition[]
}

const MOST_ROUNDS = 16
const NOBODY = -1

/** `counts`: partitions of every topic that somebody subscribes to. Members by the order of the coordinator's map. */
export function uniformByTopics(
  members: readonly Reader[],
  counts: ReadonlyMap<string, number>,
): Map<string, TopicPartition[]> {
  const assignment = new ByTopics(members, counts)
  assignment.keep()
  assignment.deal()
  assignment.balance()
  return assignment.targets()
}

class ByTopics {
  readonly #members: readonly Reader[]
  readonly #counts: ReadonlyMap<string, number>
  /** Of each topic the indexes of its subscribers. */
  readonly #readers: ReadonlyMap<string, readonly number[]>
  readonly #sizes: number[]
  /** Of each topic who has which partition. */
  readonly #owners: ReadonlyMap<string, number[]>

  constructor(members: readonly Reader[], counts: ReadonlyMap<string, number>) {
    this.#members = members
    this.#counts = counts
    this.#sizes = members.map(() => 0)
    const indexes = (topic: string): number[] =>
      members.flatMap((member, index) => (member.topics.includes(topic) ? [index] : []))
    this.#readers = new Map([...counts.keys()].map((topic) => [topic, indexes(topic)]))
    this.#owners = new Map([...counts].map(([topic, count]) => [topic, Array.from({ length: count }, () => NOBODY)]))
  }

  /** Everybody keeps what it has of the topics that it still subscribes to. */
  keep(): void {
    this.#members.forEach(({ topics, target }, index) => {
      for (const name of target) {
        const { topic, partition } = splitTopicPartition(name)
        const owners = this.#owners.get(topic)
        if (owners === undefined || !topics.includes(topic) || partition >= owners.length) continue
        owners[partition] = index
        this.#sizes[index]! += 1
      }
    })
  }

  deal(): void {
    for (const topic of this.#topicsInOrder([...this.#counts.keys()])) {
      const balancer = new Balancer(this.#readers.get(topic)!, this.#sizes)
      this.#owners.get(topic)!.forEach((owner, partition) => {
        if (owner === NOBODY) this.#give(topic, partition, balancer.nextLeastLoaded())
      })
    }
  }

  /** Ends when a round comes to the topic that was the last to lose anything, or after sixteen rounds. */
  balance(): void {
    const shared = [...this.#counts.keys()].filter((topic) => this.#readers.get(topic)!.length > 1)
    const topics = this.#topicsInOrder(shared)
    let lastMoved = -1
    for (let round = 0; round < MOST_ROUNDS; round++) {
      for (const [index, topic] of topics.entries()) {
        if (index === lastMoved) return
        if (this.#balanceTopic(topic) > 0 || lastMoved === -1) lastMoved = index
      }
    }
  }

  #balanceTopic(topic: string): number {
    const balancer = new Balancer(this.#readers.get(topic)!, this.#sizes)
    if (balancer.imbalance <= 1) return 0
    // What each member had when the topic's turn came; its highest partition goes first.
    const had = new Map<number, number[]>()
    this.#owners.get(topic)!.forEach((owner, partition) => {
      had.set(owner, [...(had.get(owner) ?? []), partition])
    })
    let moved = 0
    while (!balancer.isBalanced()) {
      let most = balancer.nextMostLoaded()
      while (most !== NOBODY && (had.get(most)?.length ?? 0) === 0) {
        balancer.excludeMostLoaded()
        most = balancer.nextMostLoaded()
      }
      if (most === NOBODY) break
      const partition = had.get(most)!.pop()!
      const least = balancer.nextLeastLoaded()
      if (balancer.isBalanced()) break
      this.#give(topic, partition, least)
      moved += 1
    }
    return moved
  }

  #give(topic: string, partition: number, to: number): void {
    const owners = this.#owners.get(topic)!
    const from = owners[partition]!
    if (from !== NOBODY) this.#sizes[from]! -= 1
    owners[partition] = to
    this.#sizes[to]! += 1
  }

  /** Most partitions a reader first, then fewest readers; then by topic, which are ids in Kafka. */
  #topicsInOrder(topics: readonly string[]): string[] {
    const load = (topic: string): number => this.#counts.get(topic)! / this.#readers.get(topic)!.length
    const readers = (topic: string): number => this.#readers.get(topic)!.length
    return [...topics].sort((a, b) => load(b) - load(a) || readers(a) - readers(b) || (a < b ? -1 : 1))
  }

  targets(): Map<string, TopicPartition[]> {
    const targets = new Map<string, TopicPartition[]>(this.#members.map(({ id }) => [id, []]))
    for (const [topic, owners] of this.#owners) {
      owners.forEach((owner, partition) => {
        const member = this.#members[owner]
        assert(member !== undefined, `nobody has partition ${partition} of ${topic}`)
        targets.get(member.id)!.push(topicPartition(topic, partition))
      })
    }
    return targets
  }
}

/**
 * Readers of one topic by their load (MemberAssignmentBalancer). Those with least are gone round while their load is the
 * same, then the range of them grows by those with one more; likewise from the other end.
 */
class Balancer {
  readonly imbalance: number
  readonly #sizes: readonly number[]
  readonly #sorted: number[]
  #leastEnd = 0
  #leastSize: number
  #nextLeast = 0
  #mostStart: number
  #mostEnd: number
  #mostSize: number
  #nextMost: number

  constructor(readers: readonly number[], sizes: readonly number[]) {
    this.#sizes = sizes
    this.#sorted = [...readers].sort((a, b) => sizes[a]! - sizes[b]! || a - b)
    const [least, most] = [this.#size(0), this.#size(this.#sorted.length - 1)]
    this.imbalance = most - least
    this.#leastSize = least - 1
    this.#mostStart = this.#sorted.length
    this.#mostEnd = this.#sorted.length
    this.#mostSize = most + 1
    this.#nextMost = this.#sorted.length - 1
  }

  #size(at: number): number {
    return this.#sizes[this.#sorted[at]!]!
  }

  nextLeastLoaded(): number {
    if (this.#nextLeast >= this.#leastEnd) {
      this.#leastSize += 1
      while (this.#leastEnd < this.#sorted.length && this.#size(this.#leastEnd) === this.#leastSize) this.#leastEnd += 1
      this.#nextLeast = 0
    }
    return this.#sorted[this.#nextLeast++]!
  }

  /** -1: there is none. */
  nextMostLoaded(): number {
    if (this.#nextMost < this.#mostStart) {
      const isEmpty = this.#mostEnd <= this.#mostStart && this.#mostStart > 0
      this.#mostSize = isEmpty ? this.#size(this.#mostStart - 1) : this.#mostSize - 1
      while (this.#mostStart > 0 && this.#size(this.#mostStart - 1) === this.#mostSize) this.#mostStart -= 1
      this.#nextMost = this.#mostEnd - 1
    }
    return this.#nextMost < 0 ? NOBODY : this.#sorted[this.#nextMost--]!
  }

  /** The one that was named last has nothing of the topic to give. */
  excludeMostLoaded(): void {
    const at = this.#nextMost + 1
    const excluded = this.#sorted[at]!
    this.#mostEnd -= 1
    this.#sorted[at] = this.#sorted[this.#mostEnd]!
    this.#sorted[this.#mostEnd] = excluded
  }

  isBalanced(): boolean {
    return this.#mostSize - this.#leastSize <= 1
  }
}
