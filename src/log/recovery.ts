/** A log is read from its files at the start of a process: scanned after an unclean stop, believed after a clean one. */
import type { RemovedRecord } from '../kafka/facts/log.ts'
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import { lastOffset, type RecordBatch } from '../kafka/records.ts'
import { type LogDamage, tidyDamage } from './damage.ts'
import { assignEpoch, cutEpochCacheToLog } from './epoch-cache.ts'
import { appendOf, bytesOfBatch, type LogLayout } from './layout.ts'
import { batchIndexOf, type ReplicaLog, removedRecords } from './replica-log.ts'
import { closeSegment, emptySegment, type LogSegment, type SegmentSettings, writeToSegment } from './segment.ts'
import { snapshotsAfterLoad } from './snapshots.ts'

export interface LoadSource {
  /** The marker of a clean stop was there: nothing is scanned. */
  readonly clean: boolean
  /** From their checkpoints; 0 where a log is not listed. */
  readonly recoveryPoint: number
  readonly logStartOffset: number
  readonly settings: SegmentSettings
  readonly nowMs: number
}

export interface LoadedLog {
  /** Why the process cannot go on with this log; null: it can. */
  readonly failure: string | null
  /** Base offsets of the segments that were scanned. */
  readonly scanned: readonly number[]
  /** What is not in the log any more, and by which rule; empty: nothing. */
  readonly removed: readonly RemovedRecord[]
  readonly rule: string
}

/** The first segment that an unclean start scans, as an index. */
function firstScanned(layout: LogLayout, recoveryPoint: number, m: Mechanisms): number {
  if (m.recoveryScan === 'last-segment') return layout.segments.length - 1
  const above = layout.segments.findIndex(({ baseOffset }) => baseOffset > recoveryPoint)
  return Math.max(0, (above < 0 ? layout.segments.length : above) - 1)
}

/** Bytes that a start reads and checks. */
export function bytesToScan(log: ReplicaLog, clean: boolean, recoveryPoint: number, m: Mechanisms): number {
  const { layout } = log
  if (clean || layout === undefined) return 0
  return layout.segments
    .slice(firstScanned(layout, recoveryPoint, m))
    .reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0)
}

const batchesFrom = (log: ReplicaLog, layout: LogLayout, index: number): [number, number] => [
  batchIndexOf(log, layout.segments[index]!.baseOffset),
  index + 1 < layout.segments.length ? batchIndexOf(log, layout.segments[index + 1]!.baseOffset) : log.batches.length,
]

/** Number of whole, sound batches at the beginning of a segment, before any other bytes. */
function soundBatches(batches: readonly RecordBatch[], base: number, damage: LogDamage | undefined): number {
  const before = damage?.tails[base]?.before ?? Number.MAX_SAFE_INTEGER
  const bad = batches.findIndex((batch) => batch.corrupt === true || batch.baseOffset >= before)
  return bad < 0 ? batches.length : bad
}

/** LogSegment.recover: indexes and times from the batches, in which every batch is an append of its own. */
function rebuildSegment(
  segment: LogSegment,
  batches: readonly RecordBatch[],
  layout: LogLayout,
  { settings }: LoadSource,
  m: Mechanisms,
): void {
  const fresh = emptySegment(segment.baseOffset, segment.createdMs)
  for (const batch of batches) {
    writeToSegment(fresh, appendOf([batch], layout.format), settings.indexIntervalBytes, m)
  }
  closeSegment(fresh, m)
  const { offsetIndex, timeIndex, largestTimestampMs, largestTimestampOffset, firstTimestampMs, sizeBytes } = fresh
  Object.assign(segment, { offsetIndex, timeIndex, largestTimestampMs, largestTimestampOffset, firstTimestampMs })
  segment.sizeBytes = sizeBytes
  delete segment.leftEntries
}

/** Checks every batch of a segment and cuts at the first bad byte; returns what went, and whether bytes were cut. */
function recoverSegment(
  log: ReplicaLog,
  layout: LogLayout,
  index: number,
  source: LoadSource,
  m: Mechanisms,
): { readonly removed: RemovedRecord[]; readonly cut: boolean } {
  const segment = layout.segments[index]!
  const { damage } = log
  const [from, to] = batchesFrom(log, layout, index)
  const batches = log.batches.slice(from, to)
  const sound = soundBatches(batches, segment.baseOffset, damage)
  const cut = sound < batches.length || damage?.tails[segment.baseOffset] !== undefined
  const removed = removedRecords(log.batches.splice(from + sound, batches.length - sound))
  if (damage !== undefined) {
    delete damage.tails[segment.baseOffset]
    delete damage.indexes[segment.baseOffset]
  }
  rebuildSegment(segment, batches.slice(0, sound), layout, source, m)
  if (cut) segment.lastModifiedMs = source.nowMs
  return { removed, cut }
}

/** What the load of index files does to those that are missing or bad: a segment whose index is made anew is scanned. */
function checkIndexes(log: ReplicaLog, layout: LogLayout, source: LoadSource, m: Mechanisms): RemovedRecord[] {
  const { damage } = log
  if (damage === undefined) return []
  const removed: RemovedRecord[] = []
  layout.segments.forEach((segment, index) => {
    const found = damage.indexes[segment.baseOffset]
    if (found === undefined) return
    if (found.kind === 'missing' && m.missingIndexLeftEmpty) {
      segment.offsetIndex = []
      segment.timeIndex = []
      const bytes = Math.floor(source.settings.segmentIndexBytes / 8) * 8
      damage.indexes[segment.baseOffset] = { kind: 'zeros', bytes, timeIndexBytes: 0 }
    } else if (found.kind === 'missing' || m.indexCheck === 'rebuild') {
      removed.push(...recoverSegment(log, layout, index, source, m).removed)
    }
  })
  return removed
}

/** 0.8 Log.loadSegments ends with a look at every index: one of a scanned segment has been made anew by then. */
const badIndex = (log: ReplicaLog, m: Mechanisms): boolean =>
  m.indexCheck === 'fatal' && Object.keys(log.damage?.indexes ?? {}).length > 0

/** LogSegment.readNextOffset: the end of the last whole batch from the last entry of the index on, else the base. */
function nextOffsetOf(log: ReplicaLog, layout: LogLayout): number {
  const active = layout.segments.at(-1)!
  const [from] = batchesFrom(log, layout, layout.segments.length - 1)
  const batches = log.batches.slice(from)
  const sound = batches.slice(0, soundBytes(batches, active.baseOffset, log.damage))
  const entry = active.offsetIndex.at(-1)
  let position = 0
  let end = active.baseOffset
  for (const batch of sound) {
    if (position >= (entry?.position ?? 0)) end = lastOffset(batch) + 1
    position += bytesOfBatch(batch, layout.format)
  }
  return end
}

/** As {@link soundBatches}, by sizes only: nobody looks at checksums here. */
function soundBytes(batches: readonly RecordBatch[], base: number, damage: LogDamage | undefined): number {
  const before = damage?.tails[base]?.before ?? Number.MAX_SAFE_INTEGER
  const bad = batches.findIndex((batch) => batch.baseOffset >= before)
  return bad < 0 ? batches.length : bad
}

/** Batches that an earlier load left behind its log end are in the file: a scan finds them, not what came after. */
function findBeyond(log: ReplicaLog, layout: LogLayout): RemovedRecord[] {
  const { damage } = log
  if (damage === undefined || damage.beyond.length === 0) return []
  const [from] = batchesFrom(log, layout, layout.segments.length - 1)
  const after = log.batches.splice(from, log.batches.length - from, ...damage.beyond)
  damage.beyond = []
  return removedRecords(after)
}

/** What lies behind a log end that was found too low stays in the file, out of reach. */
function leaveBeyond(log: ReplicaLog, end: number): RemovedRecord[] {
  const left = log.batches.splice(batchIndexOf(log, end))
  if (left.length === 0) return []
  if (log.damage !== undefined && log.damage.beyond.length === 0) log.damage.beyond = left
  return removedRecords(left)
}

const NOTHING = { scanned: [], removed: [], rule: '' }
const failed = (failure: string): LoadedLog => ({ ...NOTHING, failure })

/**
 * Loads a log. After an unclean stop every segment from the recovery point on is read through, cut at its first bad
 * byte and loses its successors; indexes, epochs and snapshots follow. After a clean stop nothing is read, so that a
 * tail which is torn all the same makes the log end at what the index still leads to.
 */
export function loadLog(log: ReplicaLog, source: LoadSource, m: Mechanisms): LoadedLog {
  const { layout } = log
  if (layout === undefined) return loadWithoutFiles(log)
  if (log.damage?.epochFile === 'garbage' && m.epochCache !== 'none') {
    return failed('leader-epoch-checkpoint cannot be read')
  }
  for (const segment of layout.segments) {
    segment.unindexedBytes = 0
    segment.createdMs = source.nowMs
  }
  const removed = checkIndexes(log, layout, source, m)
  const first = firstScanned(layout, source.recoveryPoint, m)
  const bases = layout.segments.map(({ baseOffset }) => baseOffset)
  if (!source.clean) removed.push(...scan(log, layout, first, source, m))
  if (badIndex(log, m)) return failed('an index file is corrupt')
  const active = layout.segments.at(-1)!
  if (log.damage?.tails[active.baseOffset]?.kind === 'junk' && m.trailingGarbageIsFatal) {
    return failed(`the log of the segment at ${active.baseOffset} ends in garbage`)
  }
  log.logEndOffset = source.clean ? nextOffsetOf(log, layout) : endOfBatches(log, active)
  if (source.clean) removed.push(...leaveBeyond(log, log.logEndOffset))
  removed.push(...takeLogStart(log, layout, source, m))
  settleOffsets(log, source, m)
  cutEpochCacheToLog(log)
  snapshotsAfterLoad(layout, log, source.clean ? null : first, m)
  tidyDamage(log)
  const rule = source.clean ? 'a torn tail behind the marker of a clean stop' : 'recovery cuts at the first bad byte'
  // A cut takes the segments behind it away unread.
  const scanned = source.clean ? [] : bases.slice(first, Math.max(first + 1, layout.segments.length))
  return { failure: null, scanned, removed, rule }
}

function scan(log: ReplicaLog, layout: LogLayout, first: number, source: LoadSource, m: Mechanisms): RemovedRecord[] {
  const removed = findBeyond(log, layout)
  for (let index = first; index < layout.segments.length; index++) {
    const recovered = recoverSegment(log, layout, index, source, m)
    removed.push(...recovered.removed)
    const [from, to] = batchesFrom(log, layout, index)
    // LogSegment.recover (0.11): an epoch that the cache does not know of yet is entered.
    for (const batch of log.batches.slice(from, to)) {
      if (batch.leaderEpoch > (log.epochCache.at(-1)?.epoch ?? -1)) {
        assignEpoch(log, batch.leaderEpoch, batch.baseOffset, m)
      }
    }
    if (!recovered.cut) continue
    removed.push(...removedRecords(log.batches.splice(to)))
    layout.segments.length = index + 1
    break
  }
  return removed
}

function endOfBatches(log: ReplicaLog, active: LogSegment): number {
  const last = log.batches.at(-1)
  return last === undefined ? active.baseOffset : Math.max(active.baseOffset, lastOffset(last) + 1)
}

/** The log start: as its checkpoint says, or where the first segment begins. */
function takeLogStart(log: ReplicaLog, layout: LogLayout, source: LoadSource, m: Mechanisms): RemovedRecord[] {
  log.logStartOffset = Math.max(source.logStartOffset, layout.segments[0]!.baseOffset)
  if (log.logStartOffset <= log.logEndOffset || m.logStartPastEnd === 'kept') return []
  const removed = removedRecords(log.batches.splice(0))
  layout.segments = [emptySegment(log.logStartOffset, source.nowMs)]
  layout.snapshots = []
  log.logEndOffset = log.logStartOffset
  log.epochCache = []
  return removed
}

function settleOffsets(log: ReplicaLog, source: LoadSource, m: Mechanisms): void {
  log.flushedOffset = Math.min(log.flushedOffset, log.logEndOffset)
  log.recoveryPoint = source.recoveryPoint
  if (source.clean || m.recoveryPointAfterRecovery === 'log-end') log.recoveryPoint = log.logEndOffset
  else if (m.recoveryPointAfterRecovery === 'not-above-log-end') {
    log.recoveryPoint = Math.min(log.recoveryPoint, log.logEndOffset)
  }
}

/** A log that nobody keeps in files ends behind its last batch. */
function loadWithoutFiles(log: ReplicaLog): LoadedLog {
  const last = log.batches.at(-1)
  log.logEndOffset = last === undefined ? log.logStartOffset : Math.max(log.logStartOffset, lastOffset(last) + 1)
  log.flushedOffset = Math.min(log.flushedOffset, log.logEndOffset)
  log.recoveryPoint = Math.min(log.recoveryPoint, log.logEndOffset)
  cutEpochCacheToLog(log)
  return { ...NOTHING, failure: null }
}
