/** Record batches as real classes wrote them: their sizes, and their bytes where the vector has them. */
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import { utf8Bytes } from '../../kafka/utf8.ts'
import { toHex } from '../../log/format/bytes.ts'
import { writeEndTransactionMarker } from '../../log/format/control-batch.ts'
import { entryBytes, writeMessageSet } from '../../log/format/message-set.ts'
import { BATCH_OVERHEAD, recordBytes, writeRecordBatch } from '../../log/format/record-batch.ts'
import type { HeaderData, RecordData } from '../../log/format/record-data.ts'
import { varintLength } from '../../log/format/varint.ts'
import type { Comparison } from '../comparison.ts'
import type { BatchCase } from './forms.ts'

type MarkerBatch = Extract<BatchCase, { control: string }>
type DataBatch = Exclude<BatchCase, MarkerBatch>
type RecordShape = DataBatch['records'][number]

/** The vectors' alphabet: byte j of something is a letter `shift` places after the j-th. */
const letters = (count: number, shift: number): number[] | null =>
  count < 0 ? null : Array.from({ length: count }, (_, j) => 97 + ((j + shift) % 26))

function shapesOf({ recordCount, timestampStep, records }: DataBatch): RecordShape[] {
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
  headers: shape.headers.map(({ key, valueBytes }, h) => ({ key, value: letters(valueBytes, h) })),
})

const headerBytes = (headers: readonly HeaderData[]): number =>
  headers.reduce((sum, { key, value }) => {
    const name = utf8Bytes(key).length
    return sum + varintLength(name) + name + varintLength(value?.length ?? -1) + (value?.length ?? 0)
  }, 0)

/** The size by lengths alone, as the log counts it, apart from writing the bytes. */
function sizeOf({ magic }: DataBatch, shapes: readonly RecordShape[]): number {
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

function markerBytes(given: MarkerBatch): number[] {
  const { control: type, timestamp: timestampMs, baseOffset, partitionLeaderEpoch } = given
  const { coordinatorEpoch, producerId, producerEpoch } = given
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

function dataBytes(given: DataBatch, shapes: readonly RecordShape[]): number[] {
  const { magic, baseOffset, logAppendTime: logAppendTimeMs } = given
  const records = shapes.map(dataOf)
  return magic === 2
    ? writeRecordBatch({ ...given, control: false, logAppendTimeMs }, records)
    : writeMessageSet({ magic, baseOffset, logAppendTimeMs }, records)
}

/** A compressed set counts as one entry in every format; how small it gets is the codec's business. */
const entriesOf = ({ magic, compression }: DataBatch, records: number): number =>
  magic === 2 || compression !== 'none' ? 1 : records

export function runBatchSizes(given: BatchCase, _: Mechanisms, to: Comparison): void {
  const { name } = given
  const sizeInBytes = given.sizeInBytes ?? given.uncompressedSizeInBytes
  const written = (bytes: readonly number[]): void => {
    to.equal(name, 'bytes', sizeInBytes, bytes.length)
    if (given.hex !== undefined) to.equal(name, 'content', given.hex, toHex(bytes))
  }
  if (given.control !== undefined) {
    written(markerBytes(given))
    return
  }
  const shapes = shapesOf(given)
  written(dataBytes(given, shapes))
  to.equal(name, 'bytes by lengths', sizeInBytes, sizeOf(given, shapes))
  const count = given.compressedIsBatches ?? given.recordBatches
  if (count !== undefined) to.equal(name, 'entries of the log', count, entriesOf(given, shapes.length))
  if (given.recordsReadBack !== undefined) to.equal(name, 'records', given.recordsReadBack, shapes.length)
}
