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

/**
 * What one append put into the log, never changed once made. Offsets are dense inside a batch. Before 0.11 (message
 * formats 0 and 1, uncompressed) every record is a batch of its own, as it is in the file.
 */
export interface RecordBatch {
  readonly baseOffset: number
  /** Leader epoch stamped at append (0.11, KIP-101); -1 in older formats. */
  readonly leaderEpoch: number
  readonly records: readonly KafkaRecord[]
}

/** The last offset of a batch, inclusive. */
export const lastOffset = (batch: RecordBatch): number => batch.baseOffset + batch.records.length - 1
