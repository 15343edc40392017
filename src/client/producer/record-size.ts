/** How many bytes records take in a batch, by record format: what `batch.size` counts. */
import type { KafkaRecord } from '../../kafka/records.ts'
import { utf8Length } from '../../kafka/utf8.ts'

type Format = 0 | 1 | 2

/** Offset and size before each entry of formats 0 and 1. */
const LOG_OVERHEAD = 12
/** The header of a batch of format 2. */
const BATCH_OVERHEAD = 61
/** The most that length, attributes, deltas and counts of a record of format 2 can take. */
const MAX_RECORD_OVERHEAD = 21

const bytesOf = (text: string | null): number => (text === null ? 0 : utf8Length(text))

/** Bytes of a signed number as a zigzag varint (or varlong). */
export function varintSize(value: number): number {
  let rest = value >= 0 ? value * 2 : -value * 2 - 1
  let size = 1
  while (rest >= 128) {
    rest = Math.floor(rest / 128)
    size += 1
  }
  return size
}

function fieldSize(text: string | null): number {
  if (text === null) return 1
  const length = utf8Length(text)
  return varintSize(length) + length
}

/** Bytes that a batch takes before its first record. */
export const emptyBatchSize = (format: Format): number => (format === 2 ? BATCH_OVERHEAD : 0)

/** Bytes that one more record takes; `index` is its place in the batch. */
export function recordSize(format: Format, record: KafkaRecord, index: number, firstTimestampMs: number): number {
  if (format < 2) return LOG_OVERHEAD + (format === 0 ? 14 : 22) + bytesOf(record.key) + bytesOf(record.value)
  const body =
    1 +
    varintSize(record.timestampMs - firstTimestampMs) +
    varintSize(index) +
    fieldSize(record.key) +
    fieldSize(record.value) +
    varintSize(0)
  return varintSize(body) + body
}

/** The memory set aside for a batch of this one record: never less than it can take. */
export function recordSizeUpperBound(format: Format, record: KafkaRecord): number {
  if (format < 2) return recordSize(format, record, 0, record.timestampMs)
  return BATCH_OVERHEAD + MAX_RECORD_OVERHEAD + fieldSize(record.key) + fieldSize(record.value) + varintSize(0)
}
