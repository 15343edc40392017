/** What transactional producers, their coordinator and partition leaders tell each other (KIP-98, 0.11). */
import type { ErrorName } from '../errors.ts'
import type { TopicPartition } from '../ids.ts'

/** Asks for a partition to be added before the first write to it; several at once. */
export interface AddPartitionsToTxnRequest {
  readonly type: 'AddPartitionsToTxnRequest'
  readonly correlationId: number
  readonly transactionalId: string
  readonly producerId: number
  readonly producerEpoch: number
  readonly partitions: readonly TopicPartition[]
  /** KIP-890: a leader asks whether the partitions are in the open transaction, and adds nothing. */
  readonly verifyOnly?: true
}

export interface AddPartitionsToTxnResponse {
  readonly type: 'AddPartitionsToTxnResponse'
  readonly correlationId: number
  /** One partition's error is every partition's, except in answers to `verifyOnly`. */
  readonly partitions: Readonly<Record<TopicPartition, ErrorName>>
}

/** Adds the partition of `__consumer_offsets` that the group belongs to. */
export interface AddOffsetsToTxnRequest {
  readonly type: 'AddOffsetsToTxnRequest'
  readonly correlationId: number
  readonly transactionalId: string
  readonly producerId: number
  readonly producerEpoch: number
  readonly groupId: string
}

export interface AddOffsetsToTxnResponse {
  readonly type: 'AddOffsetsToTxnResponse'
  readonly correlationId: number
  readonly error: ErrorName
}

export interface EndTxnRequest {
  readonly type: 'EndTxnRequest'
  readonly correlationId: number
  readonly transactionalId: string
  readonly producerId: number
  readonly producerEpoch: number
  readonly committed: boolean
  /** KIP-890 (version 5, 4.0): the epoch is bumped with every end. */
  readonly bumpsEpoch?: true
}

export interface EndTxnResponse {
  readonly type: 'EndTxnResponse'
  readonly correlationId: number
  readonly error: ErrorName
  /** KIP-890 (version 5): what the producer goes on with; -1 with an error and before. */
  readonly producerId: number
  readonly producerEpoch: number
}

/** Tells a leader, which may be the coordinator's own broker, to write the end of a transaction into its partitions. */
export interface TransactionMarker {
  readonly producerId: number
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
  readonly result: 'COMMIT' | 'ABORT'
  readonly partitions: readonly TopicPartition[]
}

export interface WriteTxnMarkersRequest {
  readonly type: 'WriteTxnMarkersRequest'
  readonly correlationId: number
  readonly markers: readonly TransactionMarker[]
}

export interface WriteTxnMarkersResponse {
  readonly type: 'WriteTxnMarkersResponse'
  readonly correlationId: number
  /** In the order of the request's markers. */
  readonly markers: readonly Readonly<Record<TopicPartition, ErrorName>>[]
}

/** Who commits offsets, as the consumer knows itself (KIP-447, 2.5). */
export interface GroupMemberIdentity {
  /** -1: none. */
  readonly generation: number
  /** Empty: none. */
  readonly memberId: string
  /** KIP-345; null: a dynamic member. */
  readonly instanceId: string | null
}

/** Offsets that count when, and only if, the transaction commits. To the group's coordinator. */
export interface TxnOffsetCommitRequest {
  readonly type: 'TxnOffsetCommitRequest'
  readonly correlationId: number
  readonly transactionalId: string
  readonly group: string
  readonly producerId: number
  readonly producerEpoch: number
  /** null: the group id only (to 2.4, and by choice). */
  readonly member: GroupMemberIdentity | null
  readonly offsets: Readonly<Record<TopicPartition, number>>
}

export interface TxnOffsetCommitResponse {
  readonly type: 'TxnOffsetCommitResponse'
  readonly correlationId: number
  readonly partitions: Readonly<Record<TopicPartition, ErrorName>>
}
