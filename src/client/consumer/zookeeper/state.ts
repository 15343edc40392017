/** A consumer of 0.8 in its group, as plain data (core: ZookeeperConsumerConnector). The group lives in the registry. */
import type { TopicPartition } from '../../../kafka/ids.ts'

/** What a consumer writes into its node: the topics it reads, or the filter that chooses them. */
export type ConsumerZnode = { readonly topics: readonly string[] } | { readonly pattern: string }

/** What a rebalance has read so far. */
export interface GroupView {
  /** Topics that each consumer reads, by its id. */
  consumers: Record<string, readonly string[]>
  /** Partitions of the topics that this one reads. */
  partitions: Record<string, number>
}

export interface OldMembership {
  readonly group: string
  /** `<group>_<name>`; its one thread is `<id>-0`. */
  readonly id: string
  /** `out`: no session, or not registered in it. `idle`: what it owns is what it fetches. */
  phase:
    | 'out'
    | 'registering'
    | 'releasing'
    | 'reading'
    | 'positioning'
    | 'claiming'
    | 'undoing'
    | 'backing-off'
    | 'idle'
  /** Answers to earlier rounds are stale. */
  round: number
  /** Requests of the present phase without an answer. */
  waiting: number
  attempt: number
  /** A watch fired while a rebalance ran: another one follows. */
  triggered: boolean
  view: GroupView
  /** What the present attempt wants, then what it owns. */
  owned: TopicPartition[]
  /** Committed offsets that the present attempt has read. */
  offsets: Record<TopicPartition, number>
  /** Of the present attempt: owner nodes that it made, and whether one was another's. */
  claimed: TopicPartition[]
  refused: boolean
  /** What it wrote last as its offset of each partition. */
  committed: Record<TopicPartition, number>
}
