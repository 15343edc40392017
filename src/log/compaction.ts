/**
 * The log cleaner: of every key only the last value stays in the part of a log that has been rolled. Offsets never
 * change, so cleaned logs have gaps. Pure: segments in, segments out.
 */
import { type KafkaRecord, lastOffset, offsetAt, type RecordBatch } from '../kafka/records.ts'
import { type AbortedRange, transactionFilter } from './compaction-transactions.ts'

/** A segment as the cleaner reads and writes it. */
export interface StoredSegment {
  readonly baseOffset: number
  readonly batches: readonly RecordBatch[]
  readonly sizeBytes: number
  readonly offsetIndexBytes: number
  readonly timeIndexBytes: number
  readonly largestTimestampMs: number
  /** The file's time: that of the last append, kept by the cleaner. */
  readonly lastModifiedMs: number
}

/** The last offset with data that a producer wrote; null when all that is known of it is a marker. */
export interface ActiveProducer {
  readonly lastDataOffset: number | null
  readonly epoch: number
}

export interface CleaningSettings {
  readonly segmentBytes: number
  readonly segmentIndexBytes: number
  readonly deleteRetentionMs: number
  readonly minCompactionLagMs: number
  /** Keys that fit into the cleaner's memory. */
  readonly maxKeys: number
}

export interface CleaningRules {
  /**
   * When a tombstone goes: with a segment last written before the last clean one less delete.retention.ms (to 3.0),
   * or at a horizon stamped into the batch by the first pass that keeps it (KIP-534, 3.1).
   */
  readonly tombstones: 'by-clean-segment' | 'by-stamp'
  /** Nothing above the high watermark is cleaned (KAFKA-13194, 3.1). */
  readonly stopsAtHighWatermark: boolean
}

export interface CleanableLog {
  /** Sorted by base offset, the active one last. Never empty. */
  readonly segments: readonly StoredSegment[]
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly highWatermark: number
  /** First offset of a transaction that is not decided; null when there is none. */
  readonly firstUnstableOffset: number | null
  /** By producer id. */
  readonly activeProducers: Readonly<Record<string, ActiveProducer>>
  readonly abortedTransactions: readonly AbortedRange[]
}

/** What of a log may be cleaned, in offsets (`firstUncleanableOffset` is exclusive) and in bytes. */
export interface CleanableRange {
  readonly firstDirtyOffset: number
  readonly firstUncleanableOffset: number
  readonly cleanBytes: number
  readonly cleanableBytes: number
}

interface CleanedLog {
  readonly segments: readonly StoredSegment[]
  /** What the cleaner's checkpoint says afterwards: all before is clean. */
  readonly nextDirtyOffset: number
  /** Bases of the segments that were rewritten, in groups that became one. */
  readonly groups: readonly (readonly number[])[]
}

/** Segments that hold offsets from `from` on and begin below `to`, the one around `from` included. */
function segmentsBetween(segments: readonly StoredSegment[], from: number, to: number): StoredSegment[] {
  let first = 0
  while (first + 1 < segments.length && segments[first + 1]!.baseOffset <= from) first += 1
  return segments.slice(first).filter((segment) => segment.baseOffset < to)
}

/** The base of the segment that an offset belongs to. */
const baseOf = (segments: readonly StoredSegment[], offset: number): number =>
  segmentsBetween(segments, offset, Number.MAX_SAFE_INTEGER)[0]?.baseOffset ?? offset

const sumOfBytes = (segments: readonly StoredSegment[]): number =>
  segments.reduce((sum, segment) => sum + segment.sizeBytes, 0)

/**
 * The dirty part of a log: from the cleaner's checkpoint to the active segment, an open transaction, a record that is
 * too young, or (3.1) the high watermark, whichever comes first. 2.4.1 LogCleanerManager.cleanableOffsets.
 */
export function cleanableRange(
  log: CleanableLog,
  cleanerCheckpoint: number | null,
  nowMs: number,
  settings: CleaningSettings,
  rules: CleaningRules,
): CleanableRange {
  const { segments, logStartOffset } = log
  const checkpoint = cleanerCheckpoint ?? logStartOffset
  const valid = checkpoint >= logStartOffset && checkpoint <= log.logEndOffset
  const firstDirtyOffset = valid ? checkpoint : logStartOffset

  const active = segments.at(-1)!
  const inactive = segments.slice(0, -1)
  const bounds = [active.baseOffset]
  if (log.firstUnstableOffset !== null) bounds.push(log.firstUnstableOffset)
  if (rules.stopsAtHighWatermark) bounds.push(log.highWatermark)
  if (settings.minCompactionLagMs > 0) {
    const youngest = nowMs - settings.minCompactionLagMs
    const young = segmentsBetween(inactive, firstDirtyOffset, active.baseOffset).find(
      (segment) => segment.largestTimestampMs > youngest,
    )
    if (young !== undefined) bounds.push(young.baseOffset)
  }
  const bound = Math.max(firstDirtyOffset, Math.min(...bounds))

  const firstUncleanableOffset = bound >= active.baseOffset ? active.baseOffset : baseOf(inactive, bound)
  const upTo = Math.max(firstDirtyOffset, firstUncleanableOffset)
  const dirty = segmentsBetween(segments, firstDirtyOffset, upTo)
  return {
    firstDirtyOffset,
    firstUncleanableOffset,
    cleanBytes: sumOfBytes(segments.filter((segment) => segment.baseOffset < firstDirtyOffset)),
    cleanableBytes: sumOfBytes(dirty),
  }
}

/** The last offset of every key in the dirty part, up to where the cleaner's memory lasted. */
interface OffsetMap {
  readonly offsets: Map<string, number>
  latestOffset: number
}

function buildOffsetMap(log: CleanableLog, range: CleanableRange, maxKeys: number): OffsetMap {
  const { firstDirtyOffset, firstUncleanableOffset } = range
  const map: OffsetMap = { offsets: new Map(), latestOffset: -1 }
  const dirty = segmentsBetween(log.segments, firstDirtyOffset, firstUncleanableOffset)
  const filter = transactionFilter()
  filter.addAborted(log.abortedTransactions)
  for (const [index, segment] of dirty.entries()) {
    for (const batch of segment.batches) {
      if (batch.control !== undefined) filter.readMarker(batch)
      else if (!filter.readData(batch) && !noteKeys(map, batch, firstDirtyOffset, maxKeys)) return map
      const last = lastOffset(batch)
      if (last >= firstDirtyOffset) map.latestOffset = Math.max(map.latestOffset, last)
    }
    // KAFKA-6834: behind a gap the map reaches to the next segment.
    const next = dirty[index + 1]?.baseOffset ?? firstUncleanableOffset
    map.latestOffset = Math.max(map.latestOffset, next - 1)
  }
  return map
}

/** Takes the keys of a batch from an offset on into the map; false when they do not all fit. */
function noteKeys({ offsets }: OffsetMap, batch: RecordBatch, from: number, maxKeys: number): boolean {
  for (const [index, { key }] of batch.records.entries()) {
    const offset = offsetAt(batch, index)
    if (key === null || offset < from) continue
    if (offsets.size >= maxKeys) return false
    offsets.set(key, offset)
  }
  return true
}

/** Neighbours that together fit into one segment are written into one. */
function groupSegments(
  segments: readonly StoredSegment[],
  settings: CleaningSettings,
): readonly (readonly StoredSegment[])[] {
  const groups: StoredSegment[][] = []
  for (const segment of segments) {
    const group = groups.at(-1)
    if (group !== undefined && fits([...group, segment], settings)) group.push(segment)
    else groups.push([segment])
  }
  return groups
}

function fits(group: readonly StoredSegment[], settings: CleaningSettings): boolean {
  const indexBytes = group.reduce((sum, segment) => sum + segment.offsetIndexBytes, 0)
  const timeIndexBytes = group.reduce((sum, segment) => sum + segment.timeIndexBytes, 0)
  return (
    sumOfBytes(group) <= settings.segmentBytes &&
    indexBytes <= settings.segmentIndexBytes &&
    timeIndexBytes <= settings.segmentIndexBytes
  )
}

/** How a segment is made of what is left; the sizes are the caller's business. */
type SegmentOf = (baseOffset: number, batches: readonly RecordBatch[], lastModifiedMs: number) => StoredSegment

/** One pass of the cleaner over a log. 2.4.1 and 3.5.2 Cleaner.doClean. */
export function cleanLog(
  log: CleanableLog,
  range: CleanableRange,
  nowMs: number,
  settings: CleaningSettings,
  rules: CleaningRules,
  segmentOf: SegmentOf,
): CleanedLog {
  const map = buildOffsetMap(log, range, settings.maxKeys)
  const end = map.latestOffset + 1
  const lastClean = log.segments.filter((segment) => segment.baseOffset < range.firstDirtyOffset).at(-1)
  const horizonMs = lastClean === undefined ? 0 : lastClean.lastModifiedMs - settings.deleteRetentionMs

  const groups = groupSegments(
    log.segments.filter((segment) => segment.baseOffset < end),
    settings,
  )
  const filter = transactionFilter()
  filter.addAborted(log.abortedTransactions)
  const cleaned = groups.map((group) => {
    const kept: RecordBatch[] = []
    for (const segment of group) {
      const pass: Pass = {
        map,
        nowMs,
        rules,
        deleteRetentionMs: settings.deleteRetentionMs,
        keepsDeletes: segment.lastModifiedMs > horizonMs,
        activeProducers: log.activeProducers,
      }
      for (const batch of segment.batches) {
        const done = batch.control === undefined ? filter.readData(batch) : filter.readMarker(batch)
        const left = cleanBatch(batch, done, pass)
        if (left !== null) kept.push(left)
      }
    }
    return segmentOf(group[0]!.baseOffset, kept, group.at(-1)!.lastModifiedMs)
  })
  return {
    segments: [...cleaned, ...log.segments.filter((segment) => segment.baseOffset >= end)],
    nextDirtyOffset: end,
    groups: groups.map((group) => group.map((segment) => segment.baseOffset)),
  }
}

interface Pass {
  readonly map: OffsetMap
  readonly nowMs: number
  readonly rules: CleaningRules
  readonly deleteRetentionMs: number
  /** By the segment's time: its tombstones and markers stay. */
  readonly keepsDeletes: boolean
  readonly activeProducers: Readonly<Record<string, ActiveProducer>>
}

/** What is left of a batch; null when it goes. `done`: of an aborted transaction, or a marker without a transaction. */
function cleanBatch(batch: RecordBatch, done: boolean, pass: Pass): RecordBatch | null {
  const byStamp = pass.rules.tombstones === 'by-stamp' && batch.leaderEpoch >= 0
  const horizonMs = batch.cleaned?.deleteHorizonMs ?? null
  const expired = byStamp ? horizonMs !== null && horizonMs <= pass.nowMs : !pass.keepsDeletes
  const discarded = done && (batch.control === undefined || expired)
  const records: KafkaRecord[] = []
  const offsets: number[] = []
  batch.records.forEach((record, index) => {
    const offset = offsetAt(batch, index)
    if (discarded || !staysIn(batch, offset, record, expired, pass.map)) return
    records.push(record)
    offsets.push(offset)
  })
  const last = lastOffset(batch)
  if (records.length === 0) {
    const cleaned = { offsets, lastOffset: last, deleteHorizonMs: horizonMs }
    return isLastOfProducer(batch, pass.activeProducers) ? { ...batch, records, cleaned } : null
  }
  const hasDeletes = (batch.control !== undefined && done) || records.some(({ value }) => value === null)
  const stamped = byStamp && hasDeletes && horizonMs === null
  if (records.length === batch.records.length && !stamped) return batch
  // Formats without a batch header have one record an entry: what is left is the entry itself.
  const deleteHorizonMs = stamped ? pass.nowMs + pass.deleteRetentionMs : horizonMs
  return { ...batch, records, cleaned: { offsets, lastOffset: last, deleteHorizonMs } }
}

function staysIn(batch: RecordBatch, offset: number, record: KafkaRecord, expired: boolean, map: OffsetMap): boolean {
  if (batch.control !== undefined || offset > map.latestOffset) return true
  if (record.key === null) return false
  const isLast = offset >= (map.offsets.get(record.key) ?? -1)
  return isLast && (record.value !== null || !expired)
}

/** The batch with a live producer's last sequence stays, empty if need be; so does a marker that is all it has. */
function isLastOfProducer(batch: RecordBatch, producers: Readonly<Record<string, ActiveProducer>>): boolean {
  const own = batch.producer
  const producer = own === undefined ? undefined : producers[own.id]
  if (own === undefined || producer === undefined) return false
  if (producer.lastDataOffset !== null) return lastOffset(batch) === producer.lastDataOffset
  return batch.control !== undefined && own.epoch === producer.epoch
}
