/** A transactional id as its coordinator knows it, and the ways in which its state may move (0.11 TransactionMetadata). */
import type { TopicPartition } from '../../../kafka/ids.ts'
import { comparePartitions } from '../../../kafka/ids.ts'

/** PrepareEpochFence is never written down: a decision to abort, before the abort is. */
export type TransactionStatus =
  | 'Empty'
  | 'Ongoing'
  | 'PrepareCommit'
  | 'PrepareAbort'
  | 'CompleteCommit'
  | 'CompleteAbort'
  | 'Dead'
  | 'PrepareEpochFence'

/** What a record of `__transaction_state` says. */
export interface TransactionMetadata {
  readonly producerId: number
  readonly producerEpoch: number
  /** Epoch before the last bump, by which a retry is told (KIP-360, 2.5); -1 none. */
  readonly lastProducerEpoch: number
  readonly timeoutMs: number
  readonly status: TransactionStatus
  /** Sorted. */
  readonly partitions: readonly TopicPartition[]
  /** When the transaction was begun, in ms of the coordinator's clock; -1 none is open. */
  readonly startMs: number
  readonly lastUpdateMs: number
  /** KIP-890 (4.0): the id to go on with when the epoch is used up; -1 none. */
  readonly nextProducerId: number
  /** KIP-890 (4.0): its epoch is bumped with every end of a transaction. */
  readonly bumpsEpoch: boolean
}

/** A transactional id in memory. */
export interface TransactionalId {
  readonly transactionalId: string
  metadata: TransactionMetadata
  /** The state that is being written; null: none. Nothing else may begin meanwhile. */
  pending: TransactionStatus | null
  /** A fence failed to be written: its epoch is not bumped once more (KAFKA-9666, 2.6). */
  hasFailedEpochFence: boolean
  /** Partitions whose marker is not confirmed yet, sorted; null: no markers are being sent. */
  unmarked: TopicPartition[] | null
}

/** Largest epoch a producer is given; the one above is kept for fencing. */
const LARGEST_EPOCH = 32_767

export const isEpochExhausted = (epoch: number): boolean => epoch >= LARGEST_EPOCH - 1

export const newTransactionalId = (
  transactionalId: string,
  { producerId, timeoutMs, nowMs }: { producerId: number; timeoutMs: number; nowMs: number },
): TransactionalId => ({
  transactionalId,
  metadata: {
    producerId,
    producerEpoch: -1,
    lastProducerEpoch: -1,
    timeoutMs,
    status: 'Empty',
    partitions: [],
    startMs: -1,
    lastUpdateMs: nowMs,
    nextProducerId: -1,
    bumpsEpoch: false,
  },
  pending: null,
  hasFailedEpochFence: false,
  unmarked: null,
})

/** How a new producer takes a transactional id over. */
interface TakeOver {
  readonly timeoutMs: number
  readonly nowMs: number
  /** Whether the former epoch is remembered, for a producer that asks again (KIP-360). */
  readonly keepsLast: boolean
}

/** A new producer begins: the epoch goes up, which fences the one before. */
export const withBumpedEpoch = (
  metadata: TransactionMetadata,
  { timeoutMs, nowMs, keepsLast }: TakeOver,
): TransactionMetadata => ({
  ...metadata,
  producerEpoch: metadata.producerEpoch + 1,
  lastProducerEpoch: keepsLast ? metadata.producerEpoch : -1,
  timeoutMs,
  status: 'Empty',
  partitions: [],
  startMs: -1,
  lastUpdateMs: nowMs,
})

/** The epoch is used up: the same transactional id under another producer id. */
export const withNewProducerId = (
  metadata: TransactionMetadata,
  { producerId, ...takeOver }: TakeOver & { readonly producerId: number },
): TransactionMetadata => ({ ...withBumpedEpoch(metadata, takeOver), producerId, producerEpoch: 0 })

export function withPartitions(
  metadata: TransactionMetadata,
  added: readonly TopicPartition[],
  nowMs: number,
): TransactionMetadata {
  const known = metadata.status === 'Ongoing' ? metadata.partitions : []
  return {
    ...metadata,
    status: 'Ongoing',
    partitions: [...new Set([...known, ...added])].sort(comparePartitions),
    startMs: metadata.status === 'Ongoing' ? metadata.startMs : nowMs,
    lastUpdateMs: nowMs,
  }
}

/** The transaction is decided. KIP-890 (4.0): at an epoch of its own, unless it was bumped to fence the producer. */
export const prepared = (
  metadata: TransactionMetadata,
  result: 'COMMIT' | 'ABORT',
  nowMs: number,
): TransactionMetadata => ({
  ...metadata,
  status: result === 'COMMIT' ? 'PrepareCommit' : 'PrepareAbort',
  startMs: metadata.startMs < 0 ? nowMs : metadata.startMs,
  lastUpdateMs: nowMs,
})

/** Every partition has its marker. */
export function completed(metadata: TransactionMetadata, nowMs: number): TransactionMetadata {
  const goesOn = metadata.nextProducerId < 0
  return {
    ...metadata,
    producerId: goesOn ? metadata.producerId : metadata.nextProducerId,
    producerEpoch: goesOn ? metadata.producerEpoch : 0,
    nextProducerId: -1,
    status: metadata.status === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort',
    partitions: [],
    startMs: -1,
    lastUpdateMs: nowMs,
  }
}

/** As a record of `__transaction_state` holds it. */
export const encodeTransaction = (metadata: TransactionMetadata): string => JSON.stringify(metadata)

export const decodeTransaction = (value: string): TransactionMetadata => JSON.parse(value) as TransactionMetadata

/** A state is being written; behind a decision its completion is, from the moment that markers are sent. */
export const isMoving = ({ metadata, pending }: TransactionalId): boolean =>
  pending !== null || metadata.status === 'PrepareCommit' || metadata.status === 'PrepareAbort'
