/**
 * Which segments of a log go: those that are too old, those beyond the size, those before the log start. Always the
 * oldest ones, always whole segments, and always one stays.
 */
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import { type LogLayout, rollLayout } from './layout.ts'
import { raiseLogStart } from './log-start.ts'
import { takeProducerSnapshot } from './producer-state.ts'
import { batchIndexOf, flushLog, type ReplicaLog } from './replica-log.ts'
import { indexFileBytes, type LogSegment } from './segment.ts'

type RetentionReason = 'retention.ms' | 'retention.bytes' | 'log start'

export interface RetentionSettings {
  /** null: no limit. */
  readonly retentionMs: number | null
  readonly retentionBytes: number | null
  readonly fileDeleteDelayMs: number
  /** The disk only says that it has flushed. */
  readonly diskLies: boolean
}

interface DeletedSegments {
  readonly reason: RetentionReason
  /** Base offsets, ascending. */
  readonly bases: readonly number[]
  readonly endOffset: number
}

/** The newest record of a segment; without timestamps, the file's own time. */
export const newestMs = (segment: LogSegment): number =>
  segment.largestTimestampMs >= 0 ? segment.largestTimestampMs : segment.lastModifiedMs

/**
 * How many of the oldest segments satisfy `goes`. An empty last segment never does, and none that reaches above
 * `highWatermark` (null: that is not looked at, to 0.11.0.0; KAFKA-5634).
 */
function countDeletable(
  log: ReplicaLog,
  layout: LogLayout,
  highWatermark: number | null,
  goes: (segment: LogSegment, next: LogSegment | undefined) => boolean,
): number {
  const { segments } = layout
  let count = 0
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1]
    const end = next?.baseOffset ?? log.logEndOffset
    if (next === undefined && segment.sizeBytes === 0) break
    if ((highWatermark !== null && highWatermark < end) || !goes(segment, next)) break
    count += 1
  }
  return count
}

/** Renames the first `count` segments to `.deleted`; if they are all, an empty one is rolled at the log end first. */
function deleteFirstSegments(
  log: ReplicaLog,
  layout: LogLayout,
  count: number,
  settings: RetentionSettings,
  m: Mechanisms,
  nowMs: number,
): readonly LogSegment[] {
  if (count === layout.segments.length) {
    rollLayout(layout, log.logEndOffset, m, nowMs)
    if (log.producers !== undefined) takeProducerSnapshot(log.producers)
    // The closed segment is flushed, as at every roll.
    flushLog(log, log.logEndOffset, settings.diskLies)
  }
  const gone = layout.segments.splice(0, count)
  renameToDeleted(layout, gone, settings, m, nowMs)
  const start = layout.segments[0]!.baseOffset
  log.batches.splice(0, batchIndexOf(log, start))
  raiseLogStart(log, start, m)
  return gone
}

/** Files of segments wait under another name until nobody can be reading them any more. */
export function renameToDeleted(
  layout: LogLayout,
  gone: readonly LogSegment[],
  settings: Pick<RetentionSettings, 'fileDeleteDelayMs'>,
  m: Mechanisms,
  nowMs: number,
): void {
  const perSegment = m.producerSnapshots === 'per-segment'
  for (const segment of gone) {
    const { index, timeindex } = indexFileBytes(segment, null)
    layout.deleted.push({
      baseOffset: segment.baseOffset,
      sizeBytes: segment.sizeBytes,
      indexBytes: index,
      timeIndexBytes: timeindex,
      snapshot: perSegment && layout.snapshots.includes(segment.baseOffset),
      goneAtMs: nowMs + settings.fileDeleteDelayMs,
    })
  }
  if (perSegment) {
    const bases = gone.map(({ baseOffset }) => baseOffset)
    layout.snapshots = layout.snapshots.filter((offset) => !bases.includes(offset))
  }
}

/** One look at a log. What goes by time goes before what goes by size, and that before what lies below the log start. */
export function deleteOldSegments(
  log: ReplicaLog,
  settings: RetentionSettings,
  highWatermark: number | null,
  m: Mechanisms,
  nowMs: number,
): DeletedSegments[] {
  const { layout } = log
  const { retentionMs, retentionBytes } = settings
  if (layout === undefined) return []
  const deleted: DeletedSegments[] = []
  const look = (
    reason: RetentionReason,
    goes: (segment: LogSegment, next: LogSegment | undefined) => boolean,
  ): void => {
    const count = countDeletable(log, layout, highWatermark, goes)
    if (count === 0) return
    const gone = deleteFirstSegments(log, layout, count, settings, m, nowMs)
    const bases = gone.map(({ baseOffset }) => baseOffset)
    deleted.push({ reason, bases, endOffset: layout.segments[0]!.baseOffset })
  }
  if (retentionMs !== null) look('retention.ms', (segment) => nowMs - newestMs(segment) > retentionMs)
  if (retentionBytes !== null) {
    let excess = layout.segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) - retentionBytes
    if (excess >= 0) {
      look('retention.bytes', ({ sizeBytes }) => {
        if (excess < sizeBytes) return false
        excess -= sizeBytes
        return true
      })
    }
  }
  if (m.deleteRecords) {
    const start = log.logStartOffset
    look('log start', (_, next) => next !== undefined && next.baseOffset <= start)
  }
  return deleted
}
