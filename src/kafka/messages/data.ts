import type { BatchCompression } from '../compression.ts'
import type { ErrorName } from '../errors.ts'
import type { BrokerId, TopicPartition } from '../ids.ts'
import type { BatchProducer, KafkaRecord, RecordBatch } from '../records.ts'

/** 0: no answer; 1: the leader's log; -1 ("all"): the whole ISR; N > 1: N ISR members (to 0.8.2 only). */
export type Acks = number

/** One Produce request; a batch a partition. Carries no leader epoch in any released Kafka (KIP-359 never shipped). */
export interface ProduceRequest {
  readonly type: 'ProduceRequest'
  readonly correlationId: number
  readonly clientId: string
  readonly acks: Acks
  readonly timeoutMs: number
  readonly partitions: Readonly<Record<TopicPartition, readonly KafkaRecord[]>>
  /** Who made the batch of a partition; absent: a producer that is neither idempotent nor transactional. */
  readonly producers?: Readonly<Record<TopicPartition, BatchProducer>>
  /** Of a transactional producer. */
  readonly transactionalId?: string
  /** How the producer has compressed its batches; absent: not at all. */
  readonly compression?: BatchCompression
}

export interface ProduceResponse {
  readonly type: 'ProduceResponse'
  readonly correlationId: number
  /** baseOffset is -1 when nothing was appended. */
  readonly partitions: Readonly<
    Record<TopicPartition, { readonly error: ErrorName; readonly baseOffset: number; readonly logStartOffset: number }>
  >
}

export interface FetchPartition {
  readonly fetchOffset: number
  readonly maxBytes: number
  /** -1: no fencing wanted (before 2.1, KIP-320). */
  readonly currentLeaderEpoch: number
  /** -1: no divergence check wanted (before 2.7/2.8, KIP-595 style truncation on fetch). */
  readonly lastFetchedEpoch: number
  readonly logStartOffset: number
}

/** A fetch by a follower (replicaId is its broker id) or by a consumer (replicaId -1). */
export interface FetchRequest {
  readonly type: 'FetchRequest'
  readonly correlationId: number
  readonly replicaId: BrokerId
  /** The follower's broker epoch (3.5, KIP-903); -1 before and for consumers. */
  readonly replicaEpoch: number
  readonly maxWaitMs: number
  readonly minBytes: number
  /** read_committed: a consumer is shown nothing at or above the last stable offset (KIP-98). Absent: all that is committed. */
  readonly isolation?: 'read_committed'
  /** Where a consumer stands that may be sent to a follower (KIP-392, 2.4); absent: only leaders serve it. */
  readonly rack?: string
  readonly partitions: Readonly<Record<TopicPartition, FetchPartition>>
}

/** A transaction whose records a read_committed consumer must leave out, from `firstOffset` to the producer's next abort marker. */
interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
}

export interface FetchedPartition {
  readonly error: ErrorName
  readonly highWatermark: number
  readonly logStartOffset: number
  readonly batches: readonly RecordBatch[]
  /** Absent: the high watermark. */
  readonly lastStableOffset?: number
  /** For read_committed only: those that overlap `batches`, by the offset of their markers. */
  readonly abortedTransactions?: readonly AbortedTransaction[]
  readonly divergingEpoch: { readonly epoch: number; readonly endOffset: number } | null
  /** The replica to be asked from now on (KIP-392): the answer holds no records then. Absent: the one that answers. */
  readonly preferredReadReplica?: BrokerId
}

export interface FetchResponse {
  readonly type: 'FetchResponse'
  readonly correlationId: number
  readonly partitions: Readonly<Record<TopicPartition, FetchedPartition>>
}

/** `timestamp`: -1 latest, -2 earliest, -3 the largest timestamp (3.0), else the first at or after that time in ms. */
export interface ListOffsetsRequest {
  readonly type: 'ListOffsetsRequest'
  readonly correlationId: number
  readonly replicaId: BrokerId
  /** Version 5 and later may be told OFFSET_NOT_AVAILABLE (KAFKA-2334, 2.2). */
  readonly version: number
  /** read_committed: the latest offset is the last stable one (KIP-98). */
  readonly isolation?: 'read_committed'
  readonly partitions: Readonly<
    Record<
      TopicPartition,
      {
        readonly timestamp: number
        readonly currentLeaderEpoch: number
        /** Version 0: how many offsets are wanted; absent: one. */
        readonly maxOffsets?: number
      }
    >
  >
}

export interface ListOffsetsResponse {
  readonly type: 'ListOffsetsResponse'
  readonly correlationId: number
  readonly partitions: Readonly<
    Record<
      TopicPartition,
      {
        readonly error: ErrorName
        readonly offset: number
        readonly leaderEpoch: number
        /** Of the record found by time; absent: none was asked for, or found. */
        readonly timestampMs?: number
        /** Version 0, asked for a time: bases of segments and perhaps the log end, newest first. */
        readonly offsets?: readonly number[]
      }
    >
  >
}

/** Asks for the end offset of an epoch (KIP-101, 0.11); as a pair with the epoch found from KIP-279 (2.0). */
export interface OffsetsForLeaderEpochRequest {
  readonly type: 'OffsetsForLeaderEpochRequest'
  readonly correlationId: number
  readonly replicaId: BrokerId
  readonly partitions: Readonly<
    Record<TopicPartition, { readonly leaderEpoch: number; readonly currentLeaderEpoch: number }>
  >
}

export interface OffsetsForLeaderEpochResponse {
  readonly type: 'OffsetsForLeaderEpochResponse'
  readonly correlationId: number
  /** leaderEpoch -1: old answer form or undefined; endOffset -1: undefined. */
  readonly partitions: Readonly<
    Record<TopicPartition, { readonly error: ErrorName; readonly leaderEpoch: number; readonly endOffset: number }>
  >
}

export interface MetadataRequest {
  readonly type: 'MetadataRequest'
  readonly correlationId: number
  /** Version 0 leaves dead replicas out of `replicas` and answers REPLICA_NOT_AVAILABLE. */
  readonly version: number
  /** null: every topic. */
  readonly topics: readonly string[] | null
}

export interface PartitionMetadata {
  readonly error: ErrorName
  readonly leader: BrokerId
  /** -1 where the version does not carry it. */
  readonly leaderEpoch: number
  readonly replicas: readonly BrokerId[]
  readonly isr: readonly BrokerId[]
}

export interface MetadataResponse {
  readonly type: 'MetadataResponse'
  readonly correlationId: number
  readonly brokers: readonly BrokerId[]
  /** -1: not known. */
  readonly controller: BrokerId
  readonly partitions: Readonly<Record<TopicPartition, PartitionMetadata>>
  /** Topics asked for by name that this broker has never heard of. */
  readonly unknownTopics: readonly string[]
}
