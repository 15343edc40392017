/**
 * How the batches of a log lie in files: segments, the files that wait for their deletion, producer snapshots. The
 * batches themselves stay in one list, so that whoever reads records need not know of files.
 */
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import type { RecordBatch } from '../kafka/records.ts'
import { lastOffset } from '../kafka/records.ts'
import { batchBytes } from './record-size.ts'
import {
  appendToSegments,
  closeSegment,
  emptySegment,
  indexFileBytes,
  type LogSegment,
  rollSegment,
  type SegmentAppend,
  type SegmentSettings,
  segmentIndexOf,
  truncateSegment,
} from './segment.ts'

/** A segment whose files are renamed to `.deleted` and go for good at a later time. */
export interface DeletedSegment {
  readonly baseOffset: number
  readonly sizeBytes: number
  readonly indexBytes: number
  readonly timeIndexBytes: number
  /** Its producer snapshot waits with it (from 2.8, where each segment has its own). */
  readonly snapshot: boolean
  /** When the files go, by the broker's clock. */
  readonly goneAtMs: number
}

export interface LogLayout {
  readonly format: 0 | 1 | 2
  /** The topic's, as of the first role of the last life: a broker reads them before it loads its logs. */
  settings?: SegmentSettings
  /** Sorted by base offset; never empty. The last one is active: the only one that is appended to. */
  segments: LogSegment[]
  /** In the order of their renaming. */
  deleted: DeletedSegment[]
  /** Offsets of the producer snapshot files, sorted. Formats before 2 have none. */
  snapshots: number[]
}

/** What an append needs to know to be laid out. */
export interface LogDisk {
  readonly settings: SegmentSettings
  readonly nowMs: number
  /** The disk says that it has flushed and has not. */
  readonly lies?: boolean
}

/** How a running broker deletes segments. */
export interface Deletion {
  readonly settings: SegmentSettings
  readonly goneAtMs: number
  /** Each segment's producer snapshot goes with it (2.8). */
  readonly snapshots: boolean
}

export const emptyLayout = (baseOffset: number, format: 0 | 1 | 2, nowMs: number): LogLayout => ({
  format,
  segments: [emptySegment(baseOffset, nowMs)],
  deleted: [],
  snapshots: [],
})

/** Bytes of a batch in the file. */
export const bytesOfBatch = (batch: RecordBatch, format: 0 | 1 | 2): number => batchBytes(batch, format === 0 ? 0 : 1)

/**
 * What batches are to a segment as one append. Of equal timestamps the first counts; in format 2 the time index names
 * the last offset of the batch that has it.
 */
export function appendOf(batches: readonly RecordBatch[], format: 0 | 1 | 2): SegmentAppend {
  let sizeBytes = 0
  let largestTimestampMs = -1
  let largestTimestampOffset = batches[0]!.baseOffset
  for (const batch of batches) {
    sizeBytes += bytesOfBatch(batch, format)
    for (const { timestampMs } of batch.records) {
      if (timestampMs <= largestTimestampMs) continue
      largestTimestampMs = timestampMs
      largestTimestampOffset = lastOffset(batch)
    }
  }
  if (format === 0) largestTimestampMs = -1
  return {
    firstOffset: batches[0]!.baseOffset,
    lastOffset: lastOffset(batches.at(-1)!),
    sizeBytes,
    largestTimestampMs,
    largestTimestampOffset,
  }
}

/** The parts of an append of which each may have an index entry: it as a whole, or its batches (3.9.1 LogSegment.append). */
export const indexedParts = (batches: readonly RecordBatch[], format: 0 | 1 | 2, m: Mechanisms): SegmentAppend[] =>
  m.indexEntryOffset === 'last-of-batch'
    ? batches.map((batch) => appendOf([batch], format))
    : [appendOf(batches, format)]

/** Lays out what was appended; returns the base of the new segment if one was rolled for it, else null. */
export function layOut(
  layout: LogLayout,
  batches: readonly RecordBatch[],
  { settings, nowMs }: LogDisk,
  m: Mechanisms,
): number | null {
  const append = appendOf(batches, layout.format)
  const parts = batches.length === 1 ? [append] : indexedParts(batches, layout.format, m)
  if (!appendToSegments(layout.segments, append, parts, settings, m, nowMs)) return null
  if (layout.format === 2) takeSnapshot(layout, append.firstOffset)
  return append.firstOffset
}

/** Begins a new segment at the end of the log. */
export function rollLayout(layout: LogLayout, logEndOffset: number, m: Mechanisms, nowMs: number): void {
  rollSegment(layout.segments, logEndOffset, m, nowMs)
  if (layout.format === 2) takeSnapshot(layout, logEndOffset)
}

function takeSnapshot(layout: LogLayout, offset: number): void {
  if (offset > (layout.snapshots.at(-1) ?? 0)) layout.snapshots.push(offset)
}

/** Bytes of the batches of a segment below `target`, as they stand in the list. */
function bytesBelow(layout: LogLayout, batches: readonly RecordBatch[], segment: LogSegment, target: number): number {
  let bytes = 0
  for (let index = batches.length - 1; index >= 0; index--) {
    const batch = batches[index]!
    if (batch.baseOffset < segment.baseOffset) break
    if (lastOffset(batch) < target) bytes += bytesOfBatch(batch, layout.format)
  }
  return bytes
}

/**
 * Follows a cut of the batches to `target` (exclusive). A segment that begins above it goes at once; one that begins at
 * it stays, empty, and is appended to (2.4.1 Log.truncateTo).
 */
export function cutLayout(
  layout: LogLayout,
  batches: readonly RecordBatch[],
  target: number,
  deletion?: Deletion,
): void {
  const kept = segmentIndexOf(layout.segments, target)
  const gone = layout.segments.splice(kept + 1)
  if (deletion !== undefined) leaveDeleted(layout, gone, deletion)
  const active = layout.segments[kept]!
  truncateSegment(active, target, bytesBelow(layout, batches, active, target), active.lastModifiedMs)
  layout.snapshots = layout.snapshots.filter((offset) => offset <= target)
}

/** Files of segments that a cut takes wait under another name; those of the last one are as large as in use. */
function leaveDeleted(
  layout: LogLayout,
  gone: readonly LogSegment[],
  { settings, goneAtMs, snapshots }: Deletion,
): void {
  gone.forEach((segment, index) => {
    const { index: indexBytes, timeindex } = indexFileBytes(segment, index === gone.length - 1 ? settings : null)
    layout.deleted.push({
      baseOffset: segment.baseOffset,
      sizeBytes: segment.sizeBytes,
      indexBytes,
      timeIndexBytes: timeindex,
      snapshot: snapshots && layout.snapshots.includes(segment.baseOffset),
      goneAtMs,
    })
  })
}

/** The log was emptied and begins at `newStart`. */
export function restartLayout(layout: LogLayout, newStart: number): void {
  const nowMs = layout.segments.at(-1)?.lastModifiedMs ?? 0
  layout.segments = [emptySegment(newStart, nowMs)]
  layout.snapshots = []
}

/** A clean stop: the indexes are complete, and the producers' state is written down. */
export function closeLayout(layout: LogLayout, logEndOffset: number, m: Mechanisms): void {
  for (const segment of layout.segments) closeSegment(segment, m)
  if (layout.format === 2) takeSnapshot(layout, logEndOffset)
}

/** Once the recovery point is on disk older snapshots are of no use (to 2.7; then each segment keeps its own). */
export function dropOldSnapshots(layout: LogLayout, recoveryPoint: number, m: Mechanisms): void {
  if (m.producerSnapshots === 'per-segment') return
  const flushed = layout.segments.filter((segment) => segment.baseOffset <= recoveryPoint)
  const from = flushed.at(-2)?.baseOffset ?? flushed.at(-1)?.baseOffset ?? 0
  layout.snapshots = layout.snapshots.filter((offset) => offset >= from)
}
