/**
 * The files that a log is cut into. A segment is named by its base offset and holds the batches from there to the base
 * of the next one; only the last is appended to. Batches themselves are kept by the log: this is their layout.
 */
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import { OFFSET_INDEX_ENTRY_BYTES, type OffsetIndexEntry } from './offset-index.ts'
import { enterTimestamp, TIME_INDEX_ENTRY_BYTES, type TimeIndexEntry } from './time-index.ts'

export interface LogSegment {
  readonly baseOffset: number
  sizeBytes: number
  offsetIndex: OffsetIndexEntry[]
  timeIndex: TimeIndexEntry[]
  /** Bytes appended since the last entry of the indexes. */
  unindexedBytes: number
  /** Of all records; -1 when none has a timestamp. */
  largestTimestampMs: number
  /** Offset that the time index gives for it. */
  largestTimestampOffset: number
  /** Largest timestamp of the first append, from which the age is counted; null while empty. */
  firstTimestampMs: number | null
  createdMs: number
  /** Of the file: the last append. */
  lastModifiedMs: number
  /** Entries whose bytes a cut left in the index files, as long as these are in use; absent: none. */
  leftEntries?: { readonly index: number; readonly timeIndex: number }
}

/** What decides where one segment ends, in bytes and ms. */
export interface SegmentSettings {
  readonly segmentBytes: number
  readonly segmentMs: number
  readonly indexIntervalBytes: number
  readonly segmentIndexBytes: number
}

/** What one request, or one answer to a follower's fetch, appends: always to one segment. */
export interface SegmentAppend {
  readonly firstOffset: number
  readonly lastOffset: number
  readonly sizeBytes: number
  readonly largestTimestampMs: number
  readonly largestTimestampOffset: number
}

export const emptySegment = (baseOffset: number, nowMs: number): LogSegment => ({
  baseOffset,
  sizeBytes: 0,
  offsetIndex: [],
  timeIndex: [],
  unindexedBytes: 0,
  largestTimestampMs: -1,
  largestTimestampOffset: baseOffset,
  firstTimestampMs: null,
  createdMs: nowMs,
  lastModifiedMs: nowMs,
})

/** Entries that fit into an index file. */
const offsetEntries = (settings: SegmentSettings): number =>
  Math.floor(settings.segmentIndexBytes / OFFSET_INDEX_ENTRY_BYTES)
const timeEntries = (settings: SegmentSettings): number =>
  Math.floor(settings.segmentIndexBytes / TIME_INDEX_ENTRY_BYTES)

/** Time indexes came with the timestamps of format 1. */
const hasTimeIndex = (m: Mechanisms): boolean => m.recordFormat >= 1

/** The time index counts as full one entry early, for the entry that is made when the segment is closed. */
const isIndexFull = (segment: LogSegment, settings: SegmentSettings, m: Mechanisms): boolean =>
  segment.offsetIndex.length >= offsetEntries(settings) ||
  (hasTimeIndex(m) && segment.timeIndex.length >= timeEntries(settings) - 1)

/** From 0.10 by timestamps, where the first append has one; else by the wall clock. */
const ageMs = (segment: LogSegment, append: SegmentAppend, m: Mechanisms, nowMs: number): number =>
  hasTimeIndex(m) && segment.firstTimestampMs !== null && segment.firstTimestampMs >= 0
    ? append.largestTimestampMs - segment.firstTimestampMs
    : nowMs - segment.createdMs

/** Whether an append goes to a new segment: by size, age or a full index. A segment may be filled exactly. */
const shouldRoll = (
  segment: LogSegment,
  append: SegmentAppend,
  settings: SegmentSettings,
  m: Mechanisms,
  nowMs: number,
): boolean =>
  segment.sizeBytes + append.sizeBytes > settings.segmentBytes ||
  (segment.sizeBytes > 0 && ageMs(segment, append, m, nowMs) > settings.segmentMs) ||
  isIndexFull(segment, settings, m)

/** A segment that is appended to no more has its largest timestamp in the index. */
export function closeSegment(segment: LogSegment, m: Mechanisms): void {
  delete segment.leftEntries
  if (hasTimeIndex(m)) enterTimestamp(segment.timeIndex, segment.largestTimestampMs, segment.largestTimestampOffset)
}

/** Begins a new segment at `baseOffset`. */
export function rollSegment(segments: LogSegment[], baseOffset: number, m: Mechanisms, nowMs: number): void {
  const active = segments.at(-1)
  if (active !== undefined) closeSegment(active, m)
  segments.push(emptySegment(baseOffset, nowMs))
}

/** Lays an append out at the end, as the `parts` that index entries are made of; returns whether a segment was rolled for it. */
export function appendToSegments(
  segments: LogSegment[],
  append: SegmentAppend,
  parts: readonly SegmentAppend[],
  settings: SegmentSettings,
  m: Mechanisms,
  nowMs: number,
): boolean {
  const rolled = shouldRoll(segments.at(-1)!, append, settings, m, nowMs)
  if (rolled) rollSegment(segments, append.firstOffset, m, nowMs)
  for (const part of parts) writeToSegment(segments.at(-1)!, part, settings.indexIntervalBytes, m)
  segments.at(-1)!.lastModifiedMs = nowMs
  return rolled
}

/** The entry of an append, or of a part of it, is made, or not, by what was appended before it. 2.4.1 LogSegment.append. */
export function writeToSegment(
  segment: LogSegment,
  append: SegmentAppend,
  indexIntervalBytes: number,
  m: Mechanisms,
): void {
  const position = segment.sizeBytes
  if (position === 0) segment.firstTimestampMs = append.largestTimestampMs
  segment.sizeBytes += append.sizeBytes
  if (append.largestTimestampMs > segment.largestTimestampMs) {
    segment.largestTimestampMs = append.largestTimestampMs
    segment.largestTimestampOffset = append.largestTimestampOffset
  }
  if (segment.unindexedBytes > indexIntervalBytes) {
    const offset = m.indexEntryOffset === 'first' ? append.firstOffset : append.lastOffset
    segment.offsetIndex.push({ offset, position })
    if (hasTimeIndex(m)) enterTimestamp(segment.timeIndex, segment.largestTimestampMs, segment.largestTimestampOffset)
    segment.unindexedBytes = 0
  }
  segment.unindexedBytes += append.sizeBytes
}

/** Cuts a segment to what lies below `target`, which ends at `sizeBytes`. Its time is known from the index only. */
export function truncateSegment(segment: LogSegment, target: number, sizeBytes: number, nowMs: number): void {
  const left = { index: segment.offsetIndex.length, timeIndex: segment.timeIndex.length }
  segment.sizeBytes = sizeBytes
  segment.offsetIndex = segment.offsetIndex.filter((entry) => entry.offset < target)
  segment.timeIndex = segment.timeIndex.filter((entry) => entry.offset < target)
  segment.unindexedBytes = 0
  if (left.index > segment.offsetIndex.length || left.timeIndex > segment.timeIndex.length) segment.leftEntries = left
  if (sizeBytes === 0) {
    segment.firstTimestampMs = null
    segment.createdMs = nowMs
  }
  segment.lastModifiedMs = nowMs
}

/** The index of the segment that holds an offset: the last whose base is not above it, else the first. */
export function segmentIndexOf(segments: readonly LogSegment[], offset: number): number {
  let low = 0
  let high = segments.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (segments[middle]!.baseOffset <= offset) low = middle + 1
    else high = middle
  }
  return Math.max(0, low - 1)
}

/** Sizes of the index files: those in use (`settings`) are made as large as they may become, at once. */
export const indexFileBytes = (
  segment: LogSegment,
  settings: SegmentSettings | null,
): { readonly index: number; readonly timeindex: number } =>
  settings !== null
    ? {
        index: offsetEntries(settings) * OFFSET_INDEX_ENTRY_BYTES,
        timeindex: timeEntries(settings) * TIME_INDEX_ENTRY_BYTES,
      }
    : {
        index: segment.offsetIndex.length * OFFSET_INDEX_ENTRY_BYTES,
        timeindex: segment.timeIndex.length * TIME_INDEX_ENTRY_BYTES,
      }

/** `00000000000000000979`: how the files of a segment are named. */
export const segmentName = (baseOffset: number): string => String(baseOffset).padStart(20, '0')
