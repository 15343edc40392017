/** A pass of the cleaner over a log and its files: segments are read, rewritten in groups, and swapped in. */
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import { lastOffset, type RecordBatch } from '../kafka/records.ts'
import {
  type ActiveProducer,
  type CleanableLog,
  type CleanableRange,
  type CleaningRules,
  type CleaningSettings,
  cleanLog,
  type StoredSegment,
} from './compaction.ts'
import { batchesOfSegment } from './directory.ts'
import { appendOf, indexedParts, type LogLayout } from './layout.ts'
import { firstUnstableOffset } from './producer-state.ts'
import type { ReplicaLog } from './replica-log.ts'
import { renameToDeleted } from './retention.ts'
import { closeSegment, emptySegment, indexFileBytes, type LogSegment, writeToSegment } from './segment.ts'

export const cleaningRules = (m: Mechanisms): CleaningRules => ({
  tombstones: m.tombstoneHorizon,
  stopsAtHighWatermark: m.cleanerStopsAtHighWatermark,
})

function storedSegment(log: ReplicaLog, layout: LogLayout, index: number): StoredSegment {
  const segment = layout.segments[index]!
  const { index: offsetIndexBytes, timeindex: timeIndexBytes } = indexFileBytes(segment, null)
  return {
    baseOffset: segment.baseOffset,
    batches: batchesOfSegment(log, layout.segments, index),
    sizeBytes: segment.sizeBytes,
    offsetIndexBytes,
    timeIndexBytes,
    largestTimestampMs: segment.largestTimestampMs >= 0 ? segment.largestTimestampMs : segment.lastModifiedMs,
    lastModifiedMs: segment.lastModifiedMs,
  }
}

function activeProducers(log: ReplicaLog): Record<string, ActiveProducer> {
  const found: Record<string, ActiveProducer> = {}
  for (const [id, { epoch, batches }] of Object.entries(log.producers?.producers ?? {})) {
    found[id] = { epoch, lastDataOffset: batches.at(-1)?.lastOffset ?? null }
  }
  return found
}

/** A log as the cleaner sees it. */
export function cleanableLog(log: ReplicaLog, layout: LogLayout, highWatermark: number): CleanableLog {
  return {
    segments: layout.segments.map((_, index) => storedSegment(log, layout, index)),
    logStartOffset: log.logStartOffset,
    logEndOffset: log.logEndOffset,
    highWatermark,
    firstUnstableOffset: log.producers === undefined ? null : firstUnstableOffset(log.producers, log.logStartOffset),
    activeProducers: activeProducers(log),
    abortedTransactions: log.producers?.abortedTransactions ?? [],
  }
}

/** How files are written anew. */
interface Rewriting {
  readonly indexIntervalBytes: number
  /** Source bytes that are read at once: what is left of them is one append to the new file. */
  readonly readBufferBytes: number
  readonly fileDeleteDelayMs: number
}

/** A new file of what is left: an append for each read of the source, and the time of the last file that went in. */
function rewrite(
  layout: LogLayout,
  stored: StoredSegment,
  sources: readonly RecordBatch[],
  { indexIntervalBytes, readBufferBytes }: Rewriting,
  m: Mechanisms,
): LogSegment {
  const segment = emptySegment(stored.baseOffset, stored.lastModifiedMs)
  const kept = [...stored.batches]
  let read = 0
  let pending: RecordBatch[] = []
  const flush = (): void => {
    const parts = pending.length > 0 ? indexedParts(pending, layout.format, m) : []
    for (const part of parts) writeToSegment(segment, part, indexIntervalBytes, m)
    pending = []
    read = 0
  }
  for (const source of sources) {
    const { sizeBytes } = appendOf([source], layout.format)
    if (read > 0 && read + sizeBytes > readBufferBytes) flush()
    read += sizeBytes
    if (kept[0] !== undefined && lastOffset(kept[0]) === lastOffset(source)) pending.push(kept.shift()!)
  }
  flush()
  closeSegment(segment, m)
  segment.lastModifiedMs = stored.lastModifiedMs
  return segment
}

interface Cleaned {
  readonly nextDirtyOffset: number
  readonly bytesBefore: number
  readonly bytesAfter: number
  readonly recordsRemoved: number
}

const recordsIn = (batches: readonly RecordBatch[]): number =>
  batches.reduce((sum, { records }) => sum + records.length, 0)

const bytesIn = (layout: LogLayout): number => layout.segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)

/** Cleans a range of a log. Old files wait as `.deleted`; the cleaner's checkpoint is the caller's business. */
export function cleanReplicaLog(
  log: ReplicaLog,
  layout: LogLayout,
  seen: CleanableLog,
  range: CleanableRange,
  settings: CleaningSettings,
  rewriting: Rewriting,
  nowMs: number,
  m: Mechanisms,
): Cleaned {
  const bytesBefore = bytesIn(layout)
  const recordsBefore = recordsIn(log.batches)
  const cleaned = cleanLog(seen, range, nowMs, settings, cleaningRules(m), (baseOffset, batches, lastModifiedMs) => ({
    baseOffset,
    batches,
    sizeBytes: batches.reduce((sum, batch) => sum + appendOf([batch], layout.format).sizeBytes, 0),
    offsetIndexBytes: 0,
    timeIndexBytes: 0,
    largestTimestampMs: -1,
    lastModifiedMs,
  }))
  const bases = new Set(cleaned.groups.flat())
  const old = layout.segments.filter(({ baseOffset }) => bases.has(baseOffset))
  const sourcesOf = (group: readonly number[]): RecordBatch[] =>
    seen.segments.filter(({ baseOffset }) => group.includes(baseOffset)).flatMap(({ batches }) => batches)
  const written = cleaned.groups.map((group, index) =>
    rewrite(layout, cleaned.segments[index]!, sourcesOf(group), rewriting, m),
  )
  const untouched = layout.segments.filter(({ baseOffset }) => !bases.has(baseOffset))
  const snapshots = layout.snapshots
  renameToDeleted(layout, old, rewriting, m, nowMs)
  // A segment that goes on under its name keeps its snapshot; one that went into another loses it (2.8).
  const named = written.map(({ baseOffset }) => baseOffset)
  layout.snapshots = snapshots.filter((offset) => layout.snapshots.includes(offset) || named.includes(offset))
  layout.segments = [...written, ...untouched]
  log.batches = cleaned.segments.flatMap(({ batches }) => batches)
  log.cleanedTo = Math.max(log.cleanedTo ?? 0, cleaned.nextDirtyOffset)
  return {
    nextDirtyOffset: cleaned.nextDirtyOffset,
    bytesBefore,
    bytesAfter: bytesIn(layout),
    recordsRemoved: recordsBefore - recordsIn(log.batches),
  }
}
