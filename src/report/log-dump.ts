/** What Kafka's dump tool prints of a file: batches and records of a segment, entries of an index, lines of a checkpoint. */
import { type KafkaRecord, lastOffset, offsetAt, type RecordBatch } from '../kafka/records.ts'
import { utf8Length } from '../kafka/utf8.ts'
import { batchesOfSegment } from '../log/directory.ts'
import { crcOf } from '../log/format/batch-crc.ts'
import { batchBytes } from '../log/record-size.ts'
import type { ReplicaLog } from '../log/replica-log.ts'
import { segmentName } from '../log/segment.ts'
import type { World } from '../world/world.ts'
import { brokerState } from '../world/world.ts'
import { offsetFiles, offsetsText, placeOf } from './log-files.ts'

const lengthOf = (text: string | null): number => (text === null ? -1 : utf8Length(text))

function batchLine(batch: RecordBatch, position: number, format: 0 | 1 | 2): string {
  const size = batchBytes(batch, format === 0 ? 0 : 1)
  const largest = batch.records.reduce((most, { timestampMs }) => Math.max(most, timestampMs), -1)
  const crc = crcOf(batch, format)
  const codec = (batch.compression?.codec ?? 'none').toUpperCase()
  const checked = crc === null ? '' : ` crc: ${crc}`
  if (format !== 2) {
    const time = format === 1 ? ` CreateTime: ${largest}` : ''
    return `offset: ${batch.baseOffset} position: ${position}${time} isvalid: true size: ${size} magic: ${format} compresscodec: ${codec}${checked}`
  }
  const { producer } = batch
  const sequence = producer?.baseSequence ?? -1
  return [
    `baseOffset: ${batch.baseOffset} lastOffset: ${lastOffset(batch)} count: ${batch.records.length}`,
    `baseSequence: ${sequence} lastSequence: ${sequence < 0 ? -1 : sequence + lastOffset(batch) - batch.baseOffset}`,
    `producerId: ${producer?.id ?? -1} producerEpoch: ${producer?.epoch ?? -1}`,
    `partitionLeaderEpoch: ${batch.leaderEpoch} isTransactional: ${producer?.transactional === true} isControl: ${batch.control !== undefined}`,
    ...(batch.cleaned?.deleteHorizonMs == null ? [] : [`deleteHorizonMs: ${batch.cleaned.deleteHorizonMs}`]),
    `position: ${position} CreateTime: ${largest} size: ${size} magic: 2 compresscodec: ${codec}${checked} isvalid: true`,
  ].join(' ')
}

function recordLine(batch: RecordBatch, record: KafkaRecord, index: number, format: 0 | 1 | 2): string {
  const offset = offsetAt(batch, index)
  const time = format === 0 ? '' : ` CreateTime: ${record.timestampMs}`
  const head = `| offset: ${offset}${time} keysize: ${lengthOf(record.key)} valuesize: ${lengthOf(record.value)}`
  const base = batch.producer?.baseSequence ?? -1
  const sequence = format === 2 ? ` sequence: ${base < 0 ? -1 : base + offset - batch.baseOffset} headerKeys: []` : ''
  if (batch.control !== undefined) {
    return `${head}${sequence} endTxnMarker: ${batch.control.type} coordinatorEpoch: ${batch.control.coordinatorEpoch}`
  }
  const key = record.key === null ? '' : ` key: ${record.key}`
  const payload = record.value === null ? '' : ` payload: ${shown(record.value)}`
  return `${head}${sequence}${key}${payload}`
}

const MOST_SHOWN = 60

/** Long values are cut: their size is told anyway. */
const shown = (value: string): string => (value.length > MOST_SHOWN ? `${value.slice(0, MOST_SHOWN)}…` : value)

function dumpSegment(log: ReplicaLog, index: number): string[] {
  const layout = log.layout!
  const { format } = layout
  const segment = layout.segments[index]!
  const lines = [`Starting offset: ${segment.baseOffset}`]
  let position = 0
  for (const batch of batchesOfSegment(log, layout.segments, index)) {
    lines.push(batchLine(batch, position, format))
    position += batchBytes(batch, format === 0 ? 0 : 1)
    if (format === 2) {
      batch.records.forEach((record, at) => {
        lines.push(recordLine(batch, record, at, format))
      })
    }
  }
  const rest = segment.sizeBytes - position
  if (rest > 0) lines.push(`Found ${rest} invalid bytes at the end of ${segmentName(segment.baseOffset)}.log`)
  return lines
}

function dumpOfPartition(log: ReplicaLog, file: string): string[] | null {
  if (file === 'leader-epoch-checkpoint') {
    const lines = log.epochCache.map(({ epoch, startOffset }) => `${epoch} ${startOffset}`)
    return ['0', String(lines.length), ...lines]
  }
  const [base = '', kind] = file.split('.')
  const segments = log.layout?.segments ?? []
  const index = segments.findIndex(({ baseOffset }) => segmentName(baseOffset) === base)
  if (kind === 'snapshot' && log.layout?.snapshots.some((offset) => segmentName(offset) === base) === true) {
    return dumpSnapshot(log, base)
  }
  const segment = segments[index]
  if (segment === undefined) return null
  if (kind === 'log') return dumpSegment(log, index)
  if (kind === 'index')
    return segment.offsetIndex.map(({ offset, position }) => `offset: ${offset} position: ${position}`)
  if (kind === 'timeindex' && log.layout?.format !== 0) {
    return segment.timeIndex.map(({ timestampMs, offset }) => `timestamp: ${timestampMs} offset: ${offset}`)
  }
  return null
}

function dumpSnapshot(log: ReplicaLog, base: string): string[] {
  const snapshot = log.producers?.snapshots.find(({ offset }) => segmentName(offset) === base)
  return Object.entries(snapshot?.producers ?? {}).map(([id, { epoch, batches }]) => {
    const last = batches.at(-1)
    const data =
      last === undefined
        ? 'None'
        : `firstSequence: ${last.firstSequence} lastSequence: ${last.lastSequence} lastOffset: ${last.lastOffset}`
    return `producerId: ${id} producerEpoch: ${epoch} ${data}`
  })
}

/**
 * The lines of a file of a broker as the listing names it, `orders-0/00000000000000000000.log` or a file of offsets;
 * null: there is none.
 */
export function dumpFile(world: World, broker: number, path: string): string[] | null {
  const slash = path.lastIndexOf('/')
  if (slash < 0) {
    const offsets = offsetFiles(world, broker)[path]
    if (offsets === undefined) return null
    return Object.keys(offsets).length === 0 ? [] : offsetsText(offsets).trimEnd().split('\n')
  }
  const { logs = {} } = brokerState(world, broker)?.durable ?? {}
  const partition = Object.keys(logs).find((name) => placeOf(world, broker, name) === path.slice(0, slash))
  const log = partition === undefined ? undefined : logs[partition]
  return log === undefined ? null : dumpOfPartition(log, path.slice(slash + 1))
}
