/** What a broker holds as transaction coordinator besides the transactional ids of each partition. */
import type { ErrorName } from '../../../kafka/errors.ts'
import type { TopicPartition } from '../../../kafka/ids.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import type { TransactionMetadata } from './transaction.ts'

/** Who asked for a change of state and waits for it to be written. */
type TransactionCall = 'init' | 'addPartitions' | 'addOffsets' | 'end'

export interface TransactionCaller {
  readonly call: TransactionCall
  readonly connection: ConnectionId
  readonly correlationId: number
  /** Of addPartitions: what was asked for. */
  readonly partitions: readonly TopicPartition[]
}

/** A state that is being appended to `__transaction_state`; it holds once it has its acks. */
export interface TransactionAppend {
  readonly kind: 'transaction'
  readonly transactionalId: string
  readonly coordinatorEpoch: number
  /** null: the id has expired, a tombstone is written. */
  readonly next: TransactionMetadata | null
  /** null: the coordinator does it by itself (a time-out, the end of a transaction, an expiry). */
  readonly caller: TransactionCaller | null
  /** The abort fences a producer: a caller is told to come again, and a failure is remembered (KAFKA-9666). */
  readonly fences: boolean
}

/** Markers of one transaction for the leaders of its partitions. */
export interface MarkerJob {
  readonly transactionalId: string
  /** Partition of `__transaction_state` that it belongs to. */
  readonly owner: TopicPartition
  readonly producerId: number
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
  readonly result: 'COMMIT' | 'ABORT'
  readonly partitions: readonly TopicPartition[]
}

export interface MarkerLink {
  /** Not sent yet, oldest first. */
  queued: MarkerJob[]
  /** One request a broker at a time (TransactionMarkerChannelManager). */
  outstanding: { readonly correlationId: number; readonly sentAtUs: number; readonly jobs: readonly MarkerJob[] } | null
  /** Not sent to before this time, in us: the connection broke. */
  retryAtUs: number
}

/** A marker request whose markers are being appended by this broker as leader. */
interface MarkerWrite {
  readonly connection: ConnectionId
  readonly correlationId: number
  /** Answers so far, by marker. */
  readonly answers: Record<TopicPartition, ErrorName>[]
  /** Markers that are not answered yet. */
  waiting: number
}

export interface TransactionsState {
  /** By broker. */
  links: Record<string, MarkerLink>
  /** Markers for partitions without a known leader. */
  leaderless: MarkerJob[]
  /** Completions that could not be written, to be tried again: with the partition of the transaction log. */
  unwritten: { readonly owner: TopicPartition; readonly append: TransactionAppend }[]
  /** Requests to write markers, by number. */
  writes: Record<string, MarkerWrite>
  /** The sweep for transactions past their time is running. */
  sweeping: boolean
}

/** The markers of one entry of a request, appended and waiting for acks. */
export interface MarkerAppend {
  readonly kind: 'marker'
  readonly write: string
  readonly index: number
  readonly producerId: number
  readonly result: 'COMMIT' | 'ABORT'
}
