import type { ErrorName } from '../errors.ts'
import type { BrokerId, TopicPartition } from '../ids.ts'
import type { CoordinatorType } from '../internal-topics.ts'

/** Who coordinates a group or (0.11) a transactional id? GroupCoordinatorRequest in 0.9 and 0.10. Any broker knows. */
export interface FindCoordinatorRequest {
  readonly type: 'FindCoordinatorRequest'
  readonly correlationId: number
  readonly key: string
  readonly keyType: CoordinatorType
}

export interface FindCoordinatorResponse {
  readonly type: 'FindCoordinatorResponse'
  readonly correlationId: number
  /** COORDINATOR_NOT_AVAILABLE while the internal topic or its leader is not there. */
  readonly error: ErrorName
  /** -1 with an error. */
  readonly coordinator: BrokerId
}

export interface OffsetToCommit {
  readonly offset: number
  /** -1: not told (to 2.0). */
  readonly leaderEpoch: number
  readonly metadata: string
}

export interface OffsetCommitRequest {
  readonly type: 'OffsetCommitRequest'
  readonly correlationId: number
  readonly group: string
  /** -1: not as a member of a group. */
  readonly generation: number
  readonly memberId: string
  /** KIP-345 (2.3). */
  readonly instanceId: string | null
  /** -1: the broker's own. Not in version 5 and later (KIP-211, 2.1). */
  readonly retentionMs: number
  readonly offsets: Readonly<Record<TopicPartition, OffsetToCommit>>
}

export interface OffsetCommitResponse {
  readonly type: 'OffsetCommitResponse'
  readonly correlationId: number
  readonly partitions: Readonly<Record<TopicPartition, ErrorName>>
}

export interface OffsetFetchRequest {
  readonly type: 'OffsetFetchRequest'
  readonly correlationId: number
  readonly group: string
  /** null: every partition that has one. */
  readonly partitions: readonly TopicPartition[] | null
  /** Rather an error than an offset that a transaction may replace (KIP-447, 2.5). */
  readonly requireStable: boolean
}

export interface FetchedOffset {
  readonly error: ErrorName
  /** -1: none is committed. */
  readonly offset: number
  readonly leaderEpoch: number
  readonly metadata: string
}

export interface OffsetFetchResponse {
  readonly type: 'OffsetFetchResponse'
  readonly correlationId: number
  readonly error: ErrorName
  readonly partitions: Readonly<Record<TopicPartition, FetchedOffset>>
}
