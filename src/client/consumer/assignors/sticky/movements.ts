/** Moves of partitions during one assignment: of two moves of one topic that would cancel out, neither is made. */
import type { TopicPartition } from '../../../../kafka/ids.ts'
import { splitTopicPartition } from '../../../../kafka/ids.ts'
import { topicPartitionHash } from '../../../../kafka/java-hash.ts'
import type { JavaHashMap } from '../../../../kafka/java-hash-map.ts'
import { javaHashSet } from '../../../../kafka/java-hash-map.ts'

interface Move {
  readonly from: string
  readonly to: string
}

export class PartitionMovements {
  readonly #moves = new Map<TopicPartition, Move>()
  /** Topic, then pair of members: what moved between them. */
  readonly #byTopic = new Map<string, Map<string, JavaHashMap<true>>>()

  record(name: TopicPartition, from: string, to: string): void {
    const earlier = this.#moves.get(name)
    if (earlier !== undefined) this.#forget(name, earlier)
    // Back where it came from, it has not moved at all.
    const source = earlier?.from ?? from
    if (source !== to) this.#add(name, { from: source, to })
  }

  /** The partition to move instead: one of the same topic that went the other way before, if there is one. */
  partitionToMove(name: TopicPartition, from: string, to: string): TopicPartition {
    const source = this.#moves.get(name)?.from ?? from
    const opposite = this.#byTopic.get(topicOf(name))?.get(pairKey({ from: to, to: source }))
    return opposite?.keys()[0] ?? name
  }

  #add(name: TopicPartition, move: Move): void {
    this.#moves.set(name, move)
    const topic = topicOf(name)
    const pairs = this.#byTopic.get(topic) ?? new Map<string, JavaHashMap<true>>()
    this.#byTopic.set(topic, pairs)
    const moved = pairs.get(pairKey(move)) ?? javaHashSet([], topicPartitionHash)
    pairs.set(pairKey(move), moved)
    moved.set(name, true)
  }

  #forget(name: TopicPartition, move: Move): void {
    this.#moves.delete(name)
    const pairs = this.#byTopic.get(topicOf(name))
    const moved = pairs?.get(pairKey(move))
    moved?.delete(name)
    if (moved?.size === 0) pairs?.delete(pairKey(move))
  }
}

const topicOf = (name: TopicPartition): string => splitTopicPartition(name).topic

const pairKey = ({ from, to }: Move): string => JSON.stringify([from, to])
