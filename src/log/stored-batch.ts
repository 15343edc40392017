/** Batches and segments as the cleaner reads and writes them. */
import type { KafkaRecord } from '../kafka/records.ts'
import { utf8Length } from '../kafka/utf8.ts'
import { CONTROL_BATCH_BYTES } from './format/control-batch.ts'
import { entryBytes } from './format/message-set.ts'
import { BATCH_OVERHEAD, recordBytes } from './format/record-batch.ts'

export interface StoredRecord {
  readonly offset: number
  readonly record: KafkaRecord
}

/** A batch that may have lost records: it keeps its range of offsets, and may be left with none. */
export interface StoredBatch {
  readonly baseOffset: number
  readonly lastOffset: number
  /** -1 in formats before 0.11. */
  readonly leaderEpoch: number
  /** -1 for a producer that is not idempotent. */
  readonly producerId: number
  readonly producerEpoch: number
  readonly transactional: boolean
  /** The marker that it is; null for data. */
  readonly control: 'COMMIT' | 'ABORT' | null
  /** From when its tombstones and its marker may go; null until a pass of the cleaner sets it (KIP-534). */
  readonly deleteHorizonMs: number | null
  readonly records: readonly StoredRecord[]
}

export interface StoredSegment {
  readonly baseOffset: number
  readonly batches: readonly StoredBatch[]
  readonly sizeBytes: number
  readonly offsetIndexBytes: number
  readonly timeIndexBytes: number
  readonly largestTimestampMs: number
  /** The file's time: that of the last append, kept by the cleaner. */
  readonly lastModifiedMs: number
}

const lengthOf = (text: string | null): number | null => (text === null ? null : utf8Length(text))

/**
 * Bytes of a batch in format 2, or of its entries in format 0 or 1. A batch that was cleaned counts timestamps from its
 * first record that is left, one with a delete horizon from that horizon.
 */
export function storedBatchBytes(batch: StoredBatch, format: 0 | 1 | 2): number {
  if (format !== 2) {
    return batch.records.reduce(
      (sum, { record }) => sum + entryBytes(format, lengthOf(record.key) ?? 0, lengthOf(record.value) ?? 0),
      0,
    )
  }
  if (batch.control !== null) return batch.records.length === 0 ? BATCH_OVERHEAD : CONTROL_BATCH_BYTES
  const baseTimestampMs = batch.deleteHorizonMs ?? batch.records[0]?.record.timestampMs ?? 0
  return batch.records.reduce(
    (sum, { offset, record }) =>
      sum +
      recordBytes({
        offsetDelta: offset - batch.baseOffset,
        timestampDeltaMs: record.timestampMs - baseTimestampMs,
        keyBytes: lengthOf(record.key),
        valueBytes: lengthOf(record.value),
        headerBytes: 0,
        headerCount: 0,
      }),
    BATCH_OVERHEAD,
  )
}
