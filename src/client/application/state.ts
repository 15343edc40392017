/** An application that reads, transforms and produces, as plain data: what it is doing, and what it has to do. */
import type { ReadRecord } from '../../kafka/calls.ts'
import type { TopicPartition } from '../../kafka/ids.ts'
import type { GroupMemberIdentity } from '../../kafka/messages/transactions.ts'
import type { MutantName } from '../../kafka/mutants.ts'
import type { NodeId } from '../../kernel/machine.ts'

/** How a consume-transform-produce loop is set up. */
export interface Transforms {
  /** The topic that it writes to. */
  readonly to: string
  /**
   * A producer of its own for each input partition, so that whoever gets the partition fences whoever had it (KIP-129); or
   * one for the instance, which is fenced by its consumer's generation (KIP-447).
   */
  readonly producers: 'per-partition' | 'per-instance'
  /** A transaction takes what is polled for so long, in us; 0: what one poll gave. */
  readonly commitEveryUs: number
}

export interface ApplicationConfig {
  readonly name: string
  readonly group: string
  readonly topics: readonly string[]
  readonly consumer: NodeId
  /** Its producers, by the input partition that each is for; null: for all. */
  readonly producers: readonly { readonly node: NodeId; readonly partition: TopicPartition | null }[]
  readonly transforms: Transforms
  /** How long it works at a record, in us. */
  readonly processUs: number
  /** Its consumer's member id and generation go along with the offsets of a transaction (KIP-447). */
  readonly sendsMember: boolean
  readonly mutants?: readonly MutantName[]
}

/** What the thread does next; all but `rest` are calls. */
export type Job =
  | { readonly do: 'subscribe' | 'poll' | 'describeMember' | 'unsubscribe' | 'closeConsumer' }
  | {
      readonly do: 'initialize' | 'begin' | 'sendOffsets' | 'commit' | 'abort' | 'closeProducer'
      readonly producer: NodeId
    }
  | {
      readonly do: 'send'
      readonly producer: NodeId
      readonly record: ReadRecord & { readonly value: string | null }
    }
  | { readonly do: 'seek'; readonly partitions: readonly TopicPartition[] }
  | { readonly do: 'rest'; readonly forUs: number }

export interface OpenTransaction {
  readonly sinceUs: number
  /** Behind the last record that it has taken, by partition. */
  offsets: Record<TopicPartition, number>
}

export interface ApplicationVolatile {
  /** In order. */
  jobs: Job[]
  /** The call that has not returned; null: none. */
  out: { readonly id: string; readonly job: Job } | null
  /** Calls so far: names them. */
  calls: number
  /** It works, or waits, until then; null: it does not. */
  restsUntilUs: number | null
  /** What its consumer has, sorted. */
  owned: TopicPartition[]
  /** Producers whose `initTransactions` has returned. */
  initialized: NodeId[]
  /** By producer. */
  open: Record<NodeId, OpenTransaction>
  /** What `groupMetadata` gave last; null: it was not asked. */
  member: GroupMemberIdentity | null
  /** The operation that it closes for; null: it goes on. */
  stopping: string | null
}

export interface ApplicationState {
  volatile: ApplicationVolatile | null
}

export const newVolatile = (): ApplicationVolatile => ({
  jobs: [],
  out: null,
  calls: 0,
  restsUntilUs: null,
  owned: [],
  initialized: [],
  open: {},
  member: null,
  stopping: null,
})
