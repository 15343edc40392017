/** The checksum that a batch of a log has in its file, from its bytes. */
import type { RecordBatch } from '../../kafka/records.ts'
import { utf8Bytes } from '../../kafka/utf8.ts'
import { writeMessageSet } from './message-set.ts'
import { writeRecordBatch } from './record-batch.ts'
import type { RecordData } from './record-data.ts'

const CRC_AT = { messageSet: 12, recordBatch: 17 } as const

const bytesOf = (text: string | null): number[] | null => (text === null ? null : utf8Bytes(text))

/** Null for markers, for what a cleaner has rewritten and for what is compressed, whose bytes are not kept. */
export function crcOf(batch: RecordBatch, format: 0 | 1 | 2): number | null {
  if (batch.control !== undefined || batch.cleaned !== undefined || batch.compression !== undefined) return null
  const records = batch.records.map(
    ({ key, value, timestampMs }): RecordData => ({
      key: bytesOf(key),
      value: bytesOf(value),
      timestampMs,
      headers: [],
    }),
  )
  const bytes =
    format === 2
      ? writeRecordBatch(
          {
            baseOffset: batch.baseOffset,
            partitionLeaderEpoch: batch.leaderEpoch,
            producerId: batch.producer?.id ?? -1,
            producerEpoch: batch.producer?.epoch ?? -1,
            baseSequence: batch.producer?.baseSequence ?? -1,
            transactional: batch.producer?.transactional === true,
            control: false,
            logAppendTimeMs: null,
          },
          records,
        )
      : writeMessageSet({ magic: format, baseOffset: batch.baseOffset, logAppendTimeMs: null }, records)
  const at = format === 2 ? CRC_AT.recordBatch : CRC_AT.messageSet
  return bytes.slice(at, at + 4).reduce((number, byte) => number * 256 + (byte & 0xff), 0)
}
