/** Passes of the real cleaner over real logs: what was dirty, what stayed, in which segments. */
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import { type KafkaRecord, lastOffset, offsetAt, type RecordBatch } from '../../kafka/records.ts'
import { cleaningRules } from '../../log/clean.ts'
import {
  type CleanableLog,
  type CleaningSettings,
  cleanableRange,
  cleanLog,
  type StoredSegment,
} from '../../log/compaction.ts'
import {
  emptyProducerState,
  firstUnstableOffset,
  onProducersHighWatermark,
  type ProducerState,
  takeBatch,
} from '../../log/producer-state.ts'
import { batchBytes } from '../../log/record-size.ts'
import type { Comparison } from '../comparison.ts'
import type { CompactionCase } from './forms.ts'

type CompactionStep = CompactionCase['steps'][number]
type CleanStep = Extract<CompactionStep, { op: 'clean' }>
type SegmentShape = CleanStep['before'][number]

/** The vectors count from the beginning of a case; real clocks stand far above 0, which means never to the cleaner. */
const BEGINNING_MS = 1_700_000_000_000

/** A log under the cleaner, one case long. */
interface CleanedLogState {
  segments: StoredSegment[]
  logEndOffset: number
  highWatermark: number
  nowMs: number
  cleanerCheckpoint: number | null
  readonly producers: ProducerState
  readonly nextSequence: Record<string, number>
  readonly settings: CleaningSettings
}

const ONE_GIB = 1_073_741_824
const TEN_MIB = 10_485_760
/** 128 MiB of log.cleaner.dedupe.buffer.size at 24 bytes a key, nine tenths full. */
const MAX_KEYS = 5_033_164

export function runCompactions(
  { name, settings, steps }: CompactionCase,
  mechanisms: Mechanisms,
  to: Comparison,
): void {
  const number = (key: keyof typeof settings, otherwise: number): number => Number(settings[key] ?? otherwise)
  const log: CleanedLogState = {
    segments: [segmentOf(0, [], BEGINNING_MS)],
    logEndOffset: 0,
    highWatermark: 0,
    nowMs: BEGINNING_MS,
    cleanerCheckpoint: null,
    producers: emptyProducerState(0),
    nextSequence: {},
    settings: {
      segmentBytes: number('segment.bytes', ONE_GIB),
      segmentIndexBytes: number('segment.index.bytes', TEN_MIB),
      deleteRetentionMs: number('delete.retention.ms', 86_400_000),
      minCompactionLagMs: number('min.compaction.lag.ms', 0),
      maxKeys: MAX_KEYS,
    },
  }
  steps.forEach((step, index) => {
    runStep(log, step, mechanisms, `${name}, step ${index + 1}`, to)
  })
}

function runStep(log: CleanedLogState, step: CompactionStep, m: Mechanisms, label: string, to: Comparison): void {
  switch (step.op) {
    case 'append':
      append(log, recordsOf(step.records, log.nowMs), step, null, m)
      return
    case 'abort':
      append(
        log,
        [{ id: '', key: '<control>', value: null, timestampMs: log.nowMs }],
        { ...step, transactional: true },
        'ABORT',
        m,
      )
      return
    case 'roll':
      log.segments.push(segmentOf(log.logEndOffset, [], log.nowMs))
      to.equal(label, 'base of the new segment', step.newSegmentBase, log.logEndOffset)
      return
    case 'highWatermarkTo':
      log.highWatermark = step.offset
      onProducersHighWatermark(log.producers, log.highWatermark)
      return
    case 'clock':
      log.nowMs = BEGINNING_MS + step.ms
      return
    case 'clean':
      clean(log, step, m, label, to)
  }
}

const recordsOf = (text: string, timestampMs: number): KafkaRecord[] =>
  text.split(' ').map((pair) => {
    const [key = '', value = ''] = pair.split('=')
    return { id: '', key, value: value === 'null' ? null : value, timestampMs }
  })

function append(
  log: CleanedLogState,
  records: readonly KafkaRecord[],
  { producerId, transactional }: { readonly producerId: number; readonly transactional: boolean },
  control: 'ABORT' | null,
  m: Mechanisms,
): void {
  const baseOffset = log.logEndOffset
  const last = baseOffset + records.length - 1
  const baseSequence = log.nextSequence[producerId] ?? 0
  if (producerId >= 0) {
    if (control === null) log.nextSequence[producerId] = baseSequence + records.length
    const marker = control === null ? null : { type: control, coordinatorEpoch: 0 }
    const timestampMs = log.nowMs
    takeBatch(
      log.producers,
      { producerId, producerEpoch: 0, baseSequence, baseOffset, lastOffset: last, transactional, marker, timestampMs },
      m,
    )
  }
  const producer = { id: producerId, epoch: 0, baseSequence: control === null ? baseSequence : -1, transactional }
  const batch: RecordBatch = {
    baseOffset,
    leaderEpoch: 0,
    records,
    ...(producerId < 0 ? {} : { producer }),
    ...(control === null ? {} : { control: { type: control, coordinatorEpoch: 0 } }),
  }
  log.logEndOffset = last + 1
  const active = log.segments.at(-1)!
  const { segmentBytes } = log.settings
  const full = active.sizeBytes > 0 && active.sizeBytes + batchBytes(batch) > segmentBytes
  if (full) log.segments.push(segmentOf(baseOffset, [batch], log.nowMs))
  else log.segments[log.segments.length - 1] = segmentOf(active.baseOffset, [...active.batches, batch], log.nowMs)
}

/** The files' times were set to the largest time of their records, so an empty file keeps the time it had. */
function segmentOf(baseOffset: number, batches: readonly RecordBatch[], otherwiseMs: number): StoredSegment {
  const times = batches.flatMap((batch) => batch.records.map(({ timestampMs }) => timestampMs))
  const largestTimestampMs = times.reduce((largest, time) => Math.max(largest, time), -1)
  return {
    baseOffset,
    batches,
    sizeBytes: batches.reduce((sum, batch) => sum + batchBytes(batch), 0),
    offsetIndexBytes: 0,
    timeIndexBytes: 12,
    largestTimestampMs,
    lastModifiedMs: largestTimestampMs < 0 ? otherwiseMs : largestTimestampMs,
  }
}

function clean(log: CleanedLogState, step: CleanStep, m: Mechanisms, label: string, to: Comparison): void {
  const { settings, producers, segments, logEndOffset, highWatermark } = log
  const rules = cleaningRules(m)
  const cleanable: CleanableLog = {
    segments,
    logStartOffset: 0,
    logEndOffset,
    highWatermark,
    firstUnstableOffset: firstUnstableOffset(producers, 0),
    activeProducers: Object.fromEntries(
      Object.entries(producers.producers).map(([id, { epoch, batches }]) => [
        id,
        { epoch, lastDataOffset: batches.at(-1)?.lastOffset ?? null },
      ]),
    ),
    abortedTransactions: producers.abortedTransactions,
  }
  const range = cleanableRange(cleanable, log.cleanerCheckpoint, log.nowMs, settings, rules)
  to.equal(label, 'clock', step.clockMs, log.nowMs - BEGINNING_MS)
  to.equal(label, 'first dirty offset', step.firstDirtyOffset, range.firstDirtyOffset)
  to.equal(label, 'first uncleanable offset', step.firstUncleanableOffset, range.firstUncleanableOffset)
  to.equal(label, 'clean bytes', step.cleanBytes, range.cleanBytes)
  to.equal(label, 'cleanable bytes', step.cleanableBytes, range.cleanableBytes)
  to.equal(label, 'segments before', step.before, segments.map(shapeOf))
  to.equal(label, 'skipped', step.skipped, range.cleanableBytes === 0)
  if (range.cleanableBytes > 0) {
    const cleaned = cleanLog(cleanable, range, log.nowMs, settings, rules, segmentOf)
    to.equal(label, 'next dirty offset', step.nextDirtyOffset, cleaned.nextDirtyOffset)
    log.segments = [...cleaned.segments]
    log.cleanerCheckpoint = cleaned.nextDirtyOffset
  }
  to.equal(label, 'segments after', step.after, log.segments.map(shapeOf))
  to.equal(label, 'log end', step.logEndOffset, log.logEndOffset)
}

const shapeOf = ({ baseOffset, batches }: StoredSegment): SegmentShape => ({
  baseOffset,
  batches: batches.map((batch) => ({
    baseOffset: batch.baseOffset,
    lastOffset: lastOffset(batch),
    records: batch.records.map((record, index) => [offsetAt(batch, index), record.key, record.value]),
    ...(batch.producer === undefined ? {} : { producerId: batch.producer.id }),
  })),
})
