/**
 * Format 2 (0.11, KIP-98): a header of 61 bytes with the leader epoch and the producer's identity, then records whose
 * offsets and timestamps are distances from the first one's.
 */
import { utf8Bytes } from '../../kafka/utf8.ts'
import { writeBytes, writeInt } from './bytes.ts'
import { crc32c } from './crc.ts'
import type { RecordData } from './record-data.ts'
import { varintLength, writeVarint } from './varint.ts'

/** Everything before the first record. */
export const BATCH_OVERHEAD = 61

const LOG_APPEND_TIME = 0x08
const TRANSACTIONAL = 0x10
const CONTROL = 0x20

interface BatchHeader {
  readonly baseOffset: number
  readonly partitionLeaderEpoch: number
  /** -1 three times for a producer that is not idempotent. */
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly transactional: boolean
  readonly control: boolean
  /** The broker's clock in place of the records' own timestamps; null is CreateTime. */
  readonly logAppendTimeMs: number | null
}

/** Lengths that make up a record's size; null is no key or no value. */
interface RecordLengths {
  readonly offsetDelta: number
  readonly timestampDeltaMs: number
  readonly keyBytes: number | null
  readonly valueBytes: number | null
  /** Bytes of all headers, without their count. */
  readonly headerBytes: number
  readonly headerCount: number
}

const fieldLength = (bytes: number | null): number => (bytes === null ? 1 : varintLength(bytes) + bytes)

/** Bytes of one record: attributes, two distances, key, value and headers, behind its own length. */
export function recordBytes(record: RecordLengths): number {
  const body =
    1 +
    varintLength(record.timestampDeltaMs) +
    varintLength(record.offsetDelta) +
    fieldLength(record.keyBytes) +
    fieldLength(record.valueBytes) +
    varintLength(record.headerCount) +
    record.headerBytes
  return varintLength(body) + body
}

/** An uncompressed batch as it stands in a segment file. */
export function writeRecordBatch(header: BatchHeader, records: readonly RecordData[]): number[] {
  const appendTime = header.logAppendTimeMs
  const first = records[0]?.timestampMs ?? -1
  const largest = appendTime ?? records.reduce((max, record) => Math.max(max, record.timestampMs), -1)

  const checked: number[] = []
  writeInt(checked, attributesOf(header), 2)
  writeInt(checked, records.length - 1, 4)
  writeInt(checked, appendTime ?? first, 8)
  writeInt(checked, largest, 8)
  writeInt(checked, header.producerId, 8)
  writeInt(checked, header.producerEpoch, 2)
  writeInt(checked, header.baseSequence, 4)
  writeInt(checked, records.length, 4)
  records.forEach((record, index) => {
    const timestampDeltaMs = appendTime === null ? record.timestampMs - first : 0
    writeRecord(checked, record, index, timestampDeltaMs)
  })

  const bytes: number[] = []
  writeInt(bytes, header.baseOffset, 8)
  writeInt(bytes, checked.length + 9, 4)
  writeInt(bytes, header.partitionLeaderEpoch, 4)
  writeInt(bytes, 2, 1)
  writeInt(bytes, crc32c(checked), 4)
  writeBytes(bytes, checked)
  return bytes
}

const attributesOf = (header: BatchHeader): number =>
  (header.logAppendTimeMs === null ? 0 : LOG_APPEND_TIME) |
  (header.transactional ? TRANSACTIONAL : 0) |
  (header.control ? CONTROL : 0)

function writeRecord(to: number[], record: RecordData, offsetDelta: number, timestampDeltaMs: number): void {
  const body: number[] = [0]
  writeVarint(body, timestampDeltaMs)
  writeVarint(body, offsetDelta)
  writeNullable(body, record.key)
  writeNullable(body, record.value)
  writeVarint(body, record.headers.length)
  for (const { key, value } of record.headers) {
    writeNullable(body, utf8Bytes(key))
    writeNullable(body, value)
  }
  writeVarint(to, body.length)
  writeBytes(to, body)
}

/** A varint length, -1 for null, before the bytes. */
function writeNullable(to: number[], bytes: readonly number[] | null): void {
  writeVarint(to, bytes === null ? -1 : bytes.length)
  if (bytes !== null) writeBytes(to, bytes)
}
