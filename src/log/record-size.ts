/** How many bytes records take in Kafka's own formats, without headers. */
import { compressedBytes, isCompressed } from '../kafka/compression.ts'
import type { KafkaRecord, RecordBatch } from '../kafka/records.ts'
import { utf8Length } from '../kafka/utf8.ts'
import { CONTROL_BATCH_BYTES } from './format/control-batch.ts'
import { entryOverhead } from './format/message-set.ts'
import { BATCH_OVERHEAD } from './format/record-batch.ts'
import { varintLength } from './format/varint.ts'

const ENTRY_OVERHEAD = [entryOverhead(0), entryOverhead(1)] as const

const fieldLength = (text: string | null): number => {
  if (text === null) return 1
  const length = utf8Length(text)
  return varintLength(length) + length
}

/** Bytes of one record of format 2 without headers. No object is made: every fetch answer asks for sizes. */
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

/**
 * Bytes of a batch in the log and in a fetch answer. A batch without epoch is entries of format 0 or 1. One that was
 * cleaned counts timestamps from its first record that is left, one with a delete horizon from that horizon.
 */
export function batchBytes(batch: RecordBatch, format: 0 | 1 = 1): number {
  if (batch.leaderEpoch < 0) {
    let bytes = 0
    for (const record of batch.records) {
      bytes += ENTRY_OVERHEAD[format] + utf8Length(record.key ?? '') + utf8Length(record.value ?? '')
    }
    // A wrapper message without key, whose value is the compressed entries.
    const { compression } = batch
    return isCompressed(compression) ? ENTRY_OVERHEAD[format] + compressedBytes(bytes, compression) : bytes
  }
  if (batch.control !== undefined) return batch.records.length === 0 ? BATCH_OVERHEAD : CONTROL_BATCH_BYTES
  const { cleaned } = batch
  const first = cleaned?.deleteHorizonMs ?? batch.records[0]?.timestampMs ?? 0
  let bytes = 0
  batch.records.forEach((record, index) => {
    const delta = cleaned === undefined ? index : cleaned.offsets[index]! - batch.baseOffset
    bytes += recordBytes(record, delta, record.timestampMs - first)
  })
  return BATCH_OVERHEAD + compressedBytes(bytes, batch.compression)
}
