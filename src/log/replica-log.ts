import type { RecordBatch } from '../kafka/records.ts'

/** One entry of the leader-epoch cache: the first offset of the epoch in this log. */
export interface EpochEntry {
  readonly epoch: number
  readonly startOffset: number
}

/**
 * A broker's copy of a partition, as the simple model has it: one segment and a durable frontier. All of it survives a
 * kill of the process (page cache); a power loss keeps the durable prefix and whatever more was drawn.
 */
export interface ReplicaLog {
  /** In offset order; offsets inside and between batches only grow. */
  batches: RecordBatch[]
  /** First offset of the log. Never above logEndOffset. */
  logStartOffset: number
  /** Exclusive end: the next offset to be written. */
  logEndOffset: number
  /** Sorted by epoch; epochs and start offsets grow. Empty before 0.11. */
  epochCache: EpochEntry[]
  /** Exclusive end of what has been flushed to disk: the durable frontier. Never above logEndOffset. */
  flushedOffset: number
}
