/** How many bytes records take in Kafka's own formats, without compression and headers. */
import type { KafkaRecord, RecordBatch } from '../kafka/records.ts'

/** Offset, size, CRC, magic, attributes, timestamp and the two length fields of a message of format 1 (0.10). */
const MESSAGE_OVERHEAD = 34
/** The header of a batch of format 2 (0.11). */
const BATCH_HEADER = 61

/** The length of a text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) bytes += 1
    else if (code < 0x800) bytes += 2
    else if (code >= 0xd800 && code < 0xdc00) {
      bytes += 4
      i += 1
    } else bytes += 3
  }
  return bytes
}

/** The length of a signed number as a zigzag varint. */
function varintLength(value: number): number {
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  let bytes = 1
  while (rest >= 128) {
    rest = Math.floor(rest / 128)
    bytes += 1
  }
  return bytes
}

const fieldLength = (text: string | null): number => {
  if (text === null) return 1
  const length = utf8Length(text)
  return varintLength(length) + length
}

/** Bytes of one record of format 2: attributes, deltas, key, value, no headers, behind its own length. */
function recordBytes(record: KafkaRecord, offsetDelta: number, timestampDelta: number): number {
  const body =
    1 +
    varintLength(timestampDelta) +
    varintLength(offsetDelta) +
    fieldLength(record.key) +
    fieldLength(record.value) +
    varintLength(0)
  return varintLength(body) + body
}

/** Bytes of a batch in the log and in a fetch answer. A batch without epoch counts as messages of format 1. */
export function batchBytes(batch: RecordBatch): number {
  if (batch.leaderEpoch < 0) {
    let bytes = 0
    for (const record of batch.records) {
      bytes += MESSAGE_OVERHEAD + utf8Length(record.key ?? '') + utf8Length(record.value ?? '')
    }
    return bytes
  }
  const first = batch.records[0]?.timestampMs ?? 0
  let bytes = BATCH_HEADER
  batch.records.forEach((record, index) => {
    bytes += recordBytes(record, index, record.timestampMs - first)
  })
  return bytes
}
