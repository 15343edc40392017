/** Record batches as real classes wrote them: their sizes, and their bytes where the vector has them. */
import { utf8Bytes } from '../kafka/utf8.ts'
import { toHex } from '../log/format/bytes.ts'
import { writeEndTransactionMarker } from '../log/format/control-batch.ts'
import { entryBytes, writeMessageSet } from '../log/format/message-set.ts'
import { BATCH_OVERHEAD, recordBytes, writeRecordBatch } from '../log/format/record-batch.ts'
import type { HeaderData, RecordData } from '../log/format/record-data.ts'
import { varintLength } from '../log/format/varint.ts'
import type { Comparison } from './comparison.ts'

interface RecordShape {
  readonly timestamp: number
  readonly keyBytes: number
  readonly valueBytes: number
  readonly headers?: readonly { readonly key: string; readonly valueBytes: number }[]
}

interface BatchCase {
  readonly name: string
  readonly magic: 0 | 1 | 2
  readonly control?: 'COMMIT' | 'ABORT'
  readonly coordinatorEpoch?: number
  readonly timestamp?: number
  readonly baseOffset: number
  readonly partitionLeaderEpoch: number
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly transactional: boolean
  readonly logAppendTime?: number
  readonly compression?: string
  readonly records: readonly RecordShape[]
  /** So many records like the only one, each `timestampStep` after the one before. */
  readonly recordCount?: number
  readonly timestampStep?: number
  readonly recordBatches?: number
  readonly compressedIsBatches?: number
  readonly recordsReadBack?: number
  readonly sizeInBytes?: number
  readonly uncompressedSizeInBytes?: number
  readonly hex?: string
}

/** The vectors' alphabet: byte j of something is a letter `shift` places after the j-th. */
const letters = (count: number, shift: number): number[] | null =>
  count < 0 ? null : Array.from({ length: count }, (_, j) => 97 + ((j + shift) % 26))

function shapesOf(each: BatchCase): RecordShape[] {
  const { recordCount, timestampStep = 0, records } = each
  const [only] = records
  if (recordCount === undefined || only === undefined) return [...records]
  return Array.from({ length: recordCount }, (_, index) => ({
    ...only,
    timestamp: only.timestamp + index * timestampStep,
  }))
}

const dataOf = (shape: RecordShape, index: number): RecordData => ({
  timestampMs: shape.timestamp,
  key: letters(shape.keyBytes, index),
  value: letters(shape.valueBytes, index + 3),
  headers: (shape.headers ?? []).map(({ key, valueBytes }, h) => ({ key, value: letters(valueBytes, h) })),
})

const headerBytes = (headers: readonly HeaderData[]): number =>
  headers.reduce((sum, { key, value }) => {
    const name = utf8Bytes(key).length
    return sum + varintLength(name) + name + varintLength(value?.length ?? -1) + (value?.length ?? 0)
  }, 0)

/** The size by lengths alone, as the log counts it, apart from writing the bytes. */
function sizeOf(each: BatchCase, shapes: readonly RecordShape[]): number {
  const { magic } = each
  if (magic !== 2) {
    return shapes.reduce(
      (sum, { keyBytes, valueBytes }) => sum + entryBytes(magic, Math.max(0, keyBytes), Math.max(0, valueBytes)),
      0,
    )
  }
  const first = shapes[0]?.timestamp ?? -1
  return shapes.reduce((sum, shape, offsetDelta) => {
    const { headers } = dataOf({ ...shape, keyBytes: 0, valueBytes: 0 }, offsetDelta)
    return (
      sum +
      recordBytes({
        offsetDelta,
        timestampDeltaMs: shape.timestamp - first,
        keyBytes: shape.keyBytes < 0 ? null : shape.keyBytes,
        valueBytes: shape.valueBytes < 0 ? null : shape.valueBytes,
        headerBytes: headerBytes(headers),
        headerCount: headers.length,
      })
    )
  }, BATCH_OVERHEAD)
}

function bytesOf(each: BatchCase, shapes: readonly RecordShape[]): number[] {
  const { magic, baseOffset } = each
  if (each.control !== undefined) {
    const { control: type, coordinatorEpoch = 0, timestamp: timestampMs = -1 } = each
    const { partitionLeaderEpoch, producerId, producerEpoch } = each
    return writeEndTransactionMarker({
      type,
      coordinatorEpoch,
      baseOffset,
      timestampMs,
      partitionLeaderEpoch,
      producerId,
      producerEpoch,
    })
  }
  const logAppendTimeMs = each.logAppendTime ?? null
  const records = shapes.map(dataOf)
  return magic === 2
    ? writeRecordBatch({ ...each, control: false, logAppendTimeMs }, records)
    : writeMessageSet({ magic, baseOffset, logAppendTimeMs }, records)
}

/** A compressed set counts as one entry in every format; how small it gets is the codec's business. */
const entriesOf = (each: BatchCase, records: number): number =>
  each.magic === 2 || (each.compression ?? 'none') !== 'none' ? 1 : records

export function runBatchSizes(cases: readonly unknown[], to: Comparison): void {
  for (const each of cases as readonly BatchCase[]) {
    const { name } = each
    const shapes = each.control === undefined ? shapesOf(each) : []
    const bytes = bytesOf(each, shapes)
    const size = each.sizeInBytes ?? each.uncompressedSizeInBytes
    to.equal(name, 'bytes', size, bytes.length)
    if (each.control === undefined) to.equal(name, 'bytes by lengths', size, sizeOf(each, shapes))
    if (each.hex !== undefined) to.equal(name, 'content', each.hex, toHex(bytes))
    const count = each.compressedIsBatches ?? each.recordBatches
    if (count !== undefined) to.equal(name, 'entries of the log', count, entriesOf(each, shapes.length))
    if (each.recordsReadBack !== undefined) to.equal(name, 'records', each.recordsReadBack, shapes.length)
  }
}
