/** What was seen of a recorded broker's files, held against the files of the replay at the same point. */

import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import type { Json } from '../../kernel/json.ts'
import { batchesOfSegment, type PartitionDirectory, partitionDirectory } from '../../log/directory.ts'
import { appendOf, type LogLayout } from '../../log/layout.ts'
import type { ReplicaLog } from '../../log/replica-log.ts'
import type { SegmentSettings } from '../../log/segment.ts'
import type { World } from '../../world/world.ts'
import type { Comparison } from '../comparison.ts'
import { compareSegmentHistory, type SegmentHistory } from '../segment-watch.ts'
import { comparePhase, compareSyncTimes } from '../sync-watch.ts'
import { COMPARED_AT_START, compareAtStart } from './compare-start.ts'
import type { SeenCheckpoints, SeenDirectory, SeenSegment, StorageSeen } from './recording.ts'

/** The durable side of a broker at the moment that is compared. */
export interface BrokerFiles {
  readonly logs: Readonly<Record<string, ReplicaLog>>
  readonly highWatermarkCheckpoint: Readonly<Record<string, number>> | null
  readonly recoveryPointCheckpoint: Readonly<Record<string, number>> | null
  readonly logStartOffsetCheckpoint: Readonly<Record<string, number>> | null
  readonly cleanShutdown: boolean
  /** What the next writing of the high watermarks would say. */
  readonly highWatermarks: Readonly<Record<string, number>>
  readonly running: boolean
}

/** Files of offsets that were watched; the high watermarks' is written on a phase of its own and left out. */
export const WATCHED = ['recovery-point-offset-checkpoint', 'log-start-offset-checkpoint'] as const
export type WatchedFile = (typeof WATCHED)[number]

/** What a comparison knows besides the files. */
export interface StoragePoint {
  readonly label: string
  readonly mechanisms: Mechanisms
  readonly files: (broker: number) => BrokerFiles
  readonly settingsOf: (partition: string) => SegmentSettings
  /** Log end and recovery point after each of the last so many requests. */
  readonly flushed: (partition: string, count: number) => readonly (readonly [number, number])[]
  /** What was written to a file since a time of the recording, with what stood in it then, as lines. */
  readonly written: (broker: number, file: WatchedFile, sinceMs: number) => readonly (readonly string[])[]
  /** How segments went since a time of the recording. */
  readonly segments: (broker: number, partition: string, sinceMs: number) => SegmentHistory
  /** Calls that forced files of a broker to the disk, between two times of the recording. */
  readonly synced: (broker: number, fromMs: number, toMs: number) => Readonly<Record<string, number>>
  /** When a broker made such a call, in ms, from a time of the recording on. */
  readonly syncTimesMs: (broker: number, call: string, fromMs: number) => readonly number[]
  readonly atUs: number
  /** Answers to the questions of this entry, in order. */
  readonly asked: readonly Json[]
  /** Answers to the requests of the entry that wrote last. */
  readonly answers: readonly Json[]
  /** Topics that were created together. */
  readonly topics: readonly string[]
  readonly world: World
}

/** What begins a phase of a recording may come so much earlier in the replay, in ms. */
const BORDER_MS = 50

/** The first flush by age may come so much earlier than the recorded one, as the scheduler's phase has it, in ms. */
const FIRST_SYNC_MS = 250

export function compareStorage(seen: StorageSeen, point: StoragePoint, to: Comparison): void {
  if (compareAtStart(seen, point, to)) return
  switch (seen.saw) {
    case 'directory':
      compareDirectory(seen, point, to)
      return
    case 'checkpoints':
      compareCheckpoints(seen, point, to)
      return
    case 'rolls':
      compareRolls(seen, point, to)
      return
    case 'indexEntries':
      compareIndexEntries(seen, point, to)
      return
    case 'produceResults':
      compareProduceResults(seen, point, to)
      return
    case 'listOffsets': {
      const log = logOf(seen.partition, 1, point)
      to.equal(point.label, 'earliest offset', seen.earliest, log?.logStartOffset ?? null)
      if (seen.latest !== undefined) to.equal(point.label, 'latest offset', seen.latest, log?.logEndOffset ?? null)
      return
    }
    case 'deleteRecordsResult': {
      const { error = '', lowWatermark = -1 } = (point.answers.at(-1) ?? {}) as {
        error?: string
        lowWatermark?: number
      }
      to.equal(point.label, 'answer', [seen.error, seen.lowWatermark], [error, lowWatermark])
      return
    }
    case 'logStart':
      compareLogStarts(seen, point, to)
      return
    case 'fetchResult': {
      const { error = '', values = [] } = (point.asked[0] ?? {}) as { error?: string; values?: string[] }
      to.equal(point.label, 'answer', [seen.error, [...seen.values]], [error, values])
      return
    }
    case 'offsetsForTimes':
      compareOffsetsForTimes(seen, point, to)
      return
    case 'offsetsBefore':
      seen.answers.forEach(([asked, error, offsets], n) => {
        const told = (point.asked[n] ?? {}) as { error?: string; offsets?: number[] }
        to.equal(point.label, `at or before ${asked}`, [error, [...offsets]], [told.error ?? '', told.offsets ?? []])
      })
      return
    case 'produceResult': {
      const { error = '', baseOffset = null } = (point.answers.at(-1) ?? {}) as { error?: string; baseOffset?: number }
      to.equal(point.label, 'answer', [seen.error, seen.baseOffset ?? -1], [error, baseOffset ?? -1])
      return
    }
    case 'recoveryPoints':
      to.equal(point.label, 'recovery points', seen.points, point.flushed(seen.partition, seen.points.length))
      return
    case 'syncCalls':
      seen.phases.forEach(({ phase, fromMs, seconds, calls }, n) => {
        // A phase lasts until the next one; how long it lasted was rounded.
        const toMs = seen.phases[n + 1]?.fromMs ?? fromMs + seconds * 1000
        const ours = point.synced(seen.broker, fromMs - BORDER_MS, toMs - BORDER_MS)
        comparePhase(`${point.label}: ${phase}`, calls, ours, to)
      })
      return
    case 'syncTimes': {
      const [first] = seen.calls
      if (first === undefined) return
      const [fromMs, call, file] = first
      const ours = point.syncTimesMs(seen.broker ?? 1, `${call} ${file}`, fromMs - FIRST_SYNC_MS)
      const recorded = seen.calls.map(([atMs]) => atMs)
      compareSyncTimes(`${point.label}: ${file}`, recorded, ours.slice(0, recorded.length), to)
      return
    }
    case 'fileEvents':
      compareFileEvents(seen, point, to)
      return
    // What a compacted log holds is compared when the whole story is known.
    case 'segmentContents':
    case 'batchesSent':
    case 'brokerEvents':
    case 'registered':
    case 'stopped':
    case 'sessionEnded':
      return
  }
}

/** Whether a kind of entry is compared; others are counted as not known. */
export const COMPARED: readonly string[] = [
  ...COMPARED_AT_START,
  'syncCalls',
  'syncTimes',
  'directory',
  'checkpoints',
  'rolls',
  'indexEntries',
  'produceResults',
  'listOffsets',
  'produceResult',
  'deleteRecordsResult',
  'logStart',
  'fetchResult',
  'segmentContents',
  'offsetsForTimes',
  'offsetsBefore',
  'recoveryPoints',
  'fileEvents',
]

/** Append times differ by moments between a run and its recording: of those only the offsets count. */
function compareOffsetsForTimes(
  seen: StorageSeen & { saw: 'offsetsForTimes' },
  point: StoragePoint,
  to: Comparison,
): void {
  const zero = seen.timesRelativeTo
  seen.answers.forEach(([asked, error, timestamp, offset], n) => {
    const told = (point.asked[n] ?? {}) as { error?: string; timestampMs?: number; offset?: number }
    const ours = told.timestampMs ?? -1
    const relative = ours < 0 || zero === undefined ? ours : ours - zero
    to.equal(
      point.label,
      `at or after ${asked}`,
      zero === undefined ? [error, offset] : [error, timestamp, offset],
      zero === undefined ? [told.error ?? '', told.offset ?? -1] : [told.error ?? '', relative, told.offset ?? -1],
    )
  })
}

/** A fetch from the end of the only partition there is tells where its log begins. */
function compareLogStarts(seen: StorageSeen & { saw: 'logStart' }, point: StoragePoint, to: Comparison): void {
  const at = seen.fields.indexOf('logStartOffset')
  const watermarkAt = seen.fields.indexOf('highWatermark')
  for (const [broker, told] of Object.entries(seen.byBroker)) {
    const files = point.files(Number(broker))
    const [name = ''] = Object.keys(files.logs)
    const ours = [files.highWatermarks[name] ?? null, files.logs[name]?.logStartOffset ?? null]
    to.equal(point.label, `high watermark and log start of broker ${broker}`, [told[watermarkAt]!, told[at]!], ours)
  }
}

const logOf = (partition: string, broker: number, point: StoragePoint): ReplicaLog | null =>
  point.files(broker).logs[partition] ?? null

function compareDirectory(seen: SeenDirectory, point: StoragePoint, to: Comparison): void {
  const files = point.files(seen.broker ?? 1)
  const log = files.logs[seen.partition]
  // A process that was killed leaves its index files as large as they were in use.
  const settings = files.running || !files.cleanShutdown ? point.settingsOf(seen.partition) : null
  const ours: PartitionDirectory =
    log === undefined ? { segments: [], files: {} } : partitionDirectory(log, settings, point.mechanisms)
  const { label } = point
  to.equal(
    label,
    'segments',
    seen.segments.map(({ base }) => base),
    ours.segments.map(({ baseOffset }) => baseOffset),
  )
  seen.segments.forEach((segment, index) => {
    const own = ours.segments[index]
    if (own === undefined) return
    to.equal(label, `segment ${segment.base}`, shapeOfSeen(segment), {
      bytes: own.sizeBytes,
      first: own.firstOffset,
      last: own.lastOffset,
      batches: own.batchCount,
    })
    if (segment.index !== undefined) {
      const { bytes, entries } = segment.index
      to.equal(label, `index of ${segment.base}`, [bytes, entries], [own.indexBytes, own.indexEntries])
    }
    if (segment.timeindex !== undefined) {
      const { bytes, entries } = segment.timeindex
      to.equal(label, `time index of ${segment.base}`, [bytes, entries], [own.timeIndexBytes, own.timeIndexEntries])
    }
  })
  // The topic's id is kept in a file that says nothing of the log.
  if (seen.files !== undefined) {
    const { 'partition.metadata': _, ...others } = seen.files
    to.equal(label, 'other files', others, ours.files)
  }
  if (seen.epochCache !== undefined && point.mechanisms.epochCache !== 'none') {
    const entries = log?.epochCache.map(({ epoch, startOffset }) => [epoch, startOffset]) ?? []
    to.equal(label, 'epoch cache', seen.epochCache, entries)
  }
}

const shapeOfSeen = (segment: SeenSegment): Json => ({
  bytes: segment.bytes,
  first: segment.first ?? null,
  last: segment.last ?? null,
  batches: segment.batches ?? 0,
})

/**
 * A killed broker's high watermarks are those of the moment at which their file was last due: each between what was
 * flushed and the log end.
 */
function isOfSomeMoment(recorded: readonly string[] | null, files: BrokerFiles): boolean {
  if (recorded === null || recorded.length === 0 || files.running || files.cleanShutdown) return false
  return recorded.every((line) => {
    const [topic, partition, offset] = line.split(' ')
    const log = files.logs[`${topic}-${partition}`]
    return log !== undefined && Number(offset) >= log.recoveryPoint && Number(offset) <= log.logEndOffset
  })
}

/** The three files of offsets, and whether the marker of a clean stop is there. */
function compareCheckpoints(seen: SeenCheckpoints, point: StoragePoint, to: Comparison): void {
  const files = point.files(seen.broker)
  const compareFile = (file: string, ours: Readonly<Record<string, number>> | null): void => {
    const recorded = seen.files[file]
    if (recorded === undefined) return
    const lines = linesOfSeen(recorded, point)
    const own = ours === null ? null : linesOf(ours)
    to.equal(point.label, file, lines === null ? null : [...lines].sort(), own)
  }
  // This file is written on a phase of its own: it says what the high watermarks were then, or are by now.
  const file = 'replication-offset-checkpoint'
  const recorded = linesOfSeen(seen.files[file], point)
  const now = [...(recorded ?? [])].sort().join() === linesOf(files.highWatermarks).join()
  if (!isOfSomeMoment(recorded, files)) compareFile(file, now ? files.highWatermarks : files.highWatermarkCheckpoint)
  else to.holds(point.label, file, true, 'high watermarks of a moment', 'the same')
  compareFile('recovery-point-offset-checkpoint', files.recoveryPointCheckpoint)
  compareFile('log-start-offset-checkpoint', files.logStartOffsetCheckpoint)
  const marker = seen.files['.kafka_cleanshutdown']
  if (marker !== undefined) to.equal(point.label, '.kafka_cleanshutdown', marker !== null, files.cleanShutdown)
}

/**
 * The lines of a recorded file; null: there is none. An empty file reads as one without lines. Of many partitions only
 * those are named that differ from `intact`.
 */
function linesOfSeen(file: unknown, point: StoragePoint): readonly string[] | null {
  const seen = file as {
    readonly entries?: readonly string[]
    readonly bytes?: number
    readonly intact?: number
    readonly others?: Readonly<Record<string, number>>
  } | null
  if (seen === null || seen === undefined) return null
  const { intact, others = {} } = seen
  if (intact !== undefined) return point.topics.map((topic) => `${topic} 0 ${others[topic] ?? intact}`)
  return seen.entries ?? (seen.bytes === 0 ? [] : null)
}

/** `t 0 75`: topic, partition, offset. */
export const linesOf = (offsets: Readonly<Record<string, number>>): string[] =>
  Object.keys(offsets)
    .map((name) => `${name.replace(/-(\d+)$/, ' $1')} ${offsets[name]}`)
    .sort()

function compareRolls(seen: StorageSeen & { saw: 'rolls' }, point: StoragePoint, to: Comparison): void {
  const log = logOf(seen.partition, 1, point)
  const layout: LogLayout | undefined = log?.layout
  const { label } = point
  const bases = layout?.segments.slice(1).map(({ baseOffset }) => baseOffset) ?? []
  to.equal(
    label,
    'rolled at',
    seen.rolls.map(({ newSegment }) => newSegment),
    bases,
  )
  if (log === null || layout === undefined) return
  seen.rolls.forEach((roll, index) => {
    const before = layout.segments[index]
    if (before === undefined) return
    to.equal(label, `bytes of the segment before ${roll.newSegment}`, roll.oldSegmentBytes, before.sizeBytes)
    if (roll.newSegmentBytesAfterRequest === undefined || index + 1 >= layout.segments.length) return
    const records = roll.recordsInRequest ?? 1
    const batches = batchesOfSegment(log, layout.segments, index + 1)
    const first = layout.format === 2 ? batches.slice(0, 1) : batches.slice(0, records)
    const bytes = appendOf(first, layout.format).sizeBytes
    to.equal(label, `bytes of the first request in ${roll.newSegment}`, roll.newSegmentBytesAfterRequest, bytes)
  })
}

/** The first entries of a segment's indexes: as many as were written down. */
function compareIndexEntries(seen: StorageSeen & { saw: 'indexEntries' }, point: StoragePoint, to: Comparison): void {
  const layout = logOf(seen.partition, 1, point)?.layout
  const segment = layout?.segments.find(({ baseOffset }) => baseOffset === seen.segment)
  const field = (name: string): string => `${name} of ${seen.partition}, segment ${seen.segment}`
  if (seen.index !== undefined) {
    const ours = segment?.offsetIndex.map(({ offset, position }) => [offset, position])
    to.equal(point.label, field('index'), seen.index, ours?.slice(0, Math.max(1, seen.index.length)) ?? null)
  }
  if (seen.timeindex !== undefined) {
    const zero = seen.timesRelativeTo ?? 0
    const ours = segment?.timeIndex.map(({ timestampMs, offset }) => [timestampMs - zero, offset])
    to.equal(
      point.label,
      field('time index'),
      seen.timeindex,
      ours?.slice(0, Math.max(1, seen.timeindex.length)) ?? null,
    )
  }
}

function compareProduceResults(
  seen: StorageSeen & { saw: 'produceResults' },
  point: StoragePoint,
  to: Comparison,
): void {
  const errorAt = seen.fields.indexOf('error')
  const offsetAt = seen.fields.indexOf('baseOffset')
  const answers = point.answers.slice(-seen.results.length) as readonly { error?: string; baseOffset?: number | null }[]
  seen.results.forEach((result, index) => {
    const { error = '', baseOffset = null } = answers[index] ?? {}
    const recorded = result[offsetAt] ?? -1
    to.equal(point.label, `answer ${index + 1}`, [result[errorAt], recorded], [error, baseOffset ?? -1])
  })
}

/** The pace of a cleaner is not that of a timer. */
const isCompacted = (log: ReplicaLog): boolean => log.batches.some((batch) => batch.cleaned !== undefined)

const withoutRepeats = (contents: readonly (readonly string[])[]): (readonly string[])[] =>
  contents.filter((lines, index) => index === 0 || lines.join() !== contents[index - 1]!.join())

/** The contents that the files of offsets had, one after another. */
function compareFileEvents(seen: StorageSeen & { saw: 'fileEvents' }, point: StoragePoint, to: Comparison): void {
  const sinceMs = seen.events[0]?.[0] ?? 0
  compareSegmentHistory(seen.events, (partition) => point.segments(seen.broker, partition, sinceMs), to, {
    label: point.label,
    atUs: point.atUs,
    atMs: seen.atMs,
    timed: !Object.values(point.files(seen.broker).logs).some(isCompacted),
  })
  for (const file of WATCHED) {
    const recorded = seen.events.flatMap(([, what, name, content]) =>
      what === 'written' && name === file ? [Array.isArray(content) ? ([...content].sort() as string[]) : []] : [],
    )
    if (recorded.length === 0) continue
    to.equal(point.label, file, withoutRepeats(recorded), withoutRepeats(point.written(seen.broker, file, sinceMs)))
  }
}
