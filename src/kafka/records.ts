import type { BatchCompression } from './compression.ts'

/**
 * A record's identity is (client, send number), written `p1/17`, never its value: a retry that is appended twice is
 * one identity at two offsets.
 */
export type RecordIdentity = string

/** One record. Never changed once made. */
export interface KafkaRecord {
  readonly id: RecordIdentity
  readonly key: string | null
  readonly value: string | null
  readonly timestampMs: number
}

const FILL = '.'

/** A value of the size wanted, where its text is shorter. */
export const filled = (text: string, bytes: number): string => text.padEnd(bytes, FILL)

/** The text of a value without what only makes it larger. */
export function withoutFill(value: string): string {
  let end = value.length
  while (end > 0 && value[end - 1] === FILL) end -= 1
  return value.slice(0, end)
}

/** Who produced a batch: an idempotent or transactional producer (KIP-98, 0.11). */
export interface BatchProducer {
  readonly id: number
  readonly epoch: number
  /** Sequence of the first record; -1 in a control batch. */
  readonly baseSequence: number
  readonly transactional: boolean
}

/** The end of a transaction, written into a partition by the transaction coordinator (KIP-98, 0.11). */
export interface ControlMarker {
  readonly type: 'COMMIT' | 'ABORT'
  /** Leader epoch of the coordinator's partition of `__transaction_state`. */
  readonly coordinatorEpoch: number
}

/** What the cleaner left of a batch: its range of offsets stays, records in between may have gone. */
interface CleanedBatch {
  /** Offset of each record that is left, at the same index as `records`. */
  readonly offsets: readonly number[]
  /** Inclusive. */
  readonly lastOffset: number
  /** From when its tombstones and its marker may go; null until a pass of the cleaner sets it (KIP-534). */
  readonly deleteHorizonMs: number | null
}

/**
 * What one append put into the log, never changed once made. Offsets are dense inside a batch unless it was cleaned.
 * Before 0.11 (message formats 0 and 1) every record is a batch of its own, as it is in the file; compressed ones stand
 * together in one, the wrapper message.
 */
export interface RecordBatch {
  readonly baseOffset: number
  /** Leader epoch stamped at append (0.11, KIP-101); -1 in older formats. */
  readonly leaderEpoch: number
  /** A control batch has one record, whose key and value are the marker's. */
  readonly records: readonly KafkaRecord[]
  /** Absent when the producer is neither idempotent nor transactional. */
  readonly producer?: BatchProducer
  /** Absent in a batch of data. */
  readonly control?: ControlMarker
  /** Absent in a batch that no cleaner has rewritten. */
  readonly cleaned?: CleanedBatch
  /** Absent: its records stand in it as they are. */
  readonly compression?: BatchCompression
  /** Bit rot: its checksum does not match. Brokers hand it out; whoever checks it refuses it. Absent: it is sound. */
  readonly corrupt?: true
}

/** The last offset of a batch, inclusive. */
export const lastOffset = (batch: RecordBatch): number =>
  batch.cleaned?.lastOffset ?? batch.baseOffset + batch.records.length - 1

/** The index of the record at `offset` in a batch; -1 when it has none there. */
export const indexAt = (batch: RecordBatch, offset: number): number => {
  if (batch.cleaned !== undefined) return batch.cleaned.offsets.indexOf(offset)
  const index = offset - batch.baseOffset
  return index >= 0 && index < batch.records.length ? index : -1
}

/** The offset of the record at `index` of a batch. */
export const offsetAt = (batch: RecordBatch, index: number): number =>
  batch.cleaned?.offsets[index] ?? batch.baseOffset + index
