import type { ErrorName } from '../errors.ts'
import type { TopicPartition } from '../ids.ts'

/** Asks a leader to let records below an offset go (KIP-107, 0.11). */
export interface DeleteRecordsRequest {
  readonly type: 'DeleteRecordsRequest'
  readonly correlationId: number
  /** How long the leader waits for its followers to follow. */
  readonly timeoutMs: number
  /** First offset that stays; -1: the high watermark. */
  readonly partitions: Readonly<Record<TopicPartition, number>>
}

export interface DeleteRecordsResponse {
  readonly type: 'DeleteRecordsResponse'
  readonly correlationId: number
  /** `lowWatermark` is the least log start among the live replicas; -1 where nothing was done. */
  readonly partitions: Readonly<Record<TopicPartition, { readonly error: ErrorName; readonly lowWatermark: number }>>
}
