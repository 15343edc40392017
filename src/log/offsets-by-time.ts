/** Offsets by time, through the indexes: the first record at or after a timestamp, or whole segments by file time. */
import { offsetAt } from '../kafka/records.ts'
import { lookupOffset } from './offset-index.ts'
import { batchIndexOf, type ReplicaLog } from './replica-log.ts'
import { newestMs } from './retention.ts'
import { lookupTimestamp } from './time-index.ts'

interface FoundByTime {
  readonly offset: number
  readonly timestampMs: number
  /** Entries of both indexes that were looked at. */
  readonly probes: number
  /** Batches that were read behind the entry found. */
  readonly scanned: number
}

/**
 * The first record by offset whose timestamp is at or after `timestampMs`, looked for in the first segment whose newest
 * record is (2.4.1 Log.fetchOffsetByTimestamp): a later record may be nearer in time. Null when there is none. A
 * segment without timestamps counts by its file's time, and is then found to have no such record.
 */
export function firstAtOrAfter(log: ReplicaLog, timestampMs: number): FoundByTime | null {
  const { layout } = log
  const segments = layout?.segments ?? []
  const at = segments.findIndex((each) => newestMs(each) >= timestampMs)
  const segment = segments[at]
  if (segment === undefined) return null
  const byTime = lookupTimestamp(segment.timeIndex, timestampMs)
  const from = Math.max(byTime.entry?.offset ?? segment.baseOffset, log.logStartOffset)
  const byOffset = lookupOffset(segment.offsetIndex, from)
  const probes = byTime.probes + byOffset.probes
  const end = segments[at + 1]?.baseOffset ?? log.logEndOffset
  const first = batchIndexOf(log, byOffset.entry?.offset ?? segment.baseOffset)
  let scanned = 0
  for (let index = first; index < log.batches.length; index++) {
    const batch = log.batches[index]!
    if (batch.baseOffset >= end) return null
    scanned += 1
    for (const [position, record] of batch.records.entries()) {
      const offset = offsetAt(batch, position)
      if (record.timestampMs < timestampMs || offset < log.logStartOffset) continue
      return { offset, timestampMs: record.timestampMs, probes, scanned }
    }
  }
  return null
}

/** The largest timestamp and an offset that has it (KIP-734, 3.0); null in a log without timestamps. */
export function largestTimestamp(log: ReplicaLog): { readonly offset: number; readonly timestampMs: number } | null {
  let found: { offset: number; timestampMs: number } | null = null
  for (const { largestTimestampMs, largestTimestampOffset } of log.layout?.segments ?? []) {
    if (largestTimestampMs < 0 || (found !== null && largestTimestampMs <= found.timestampMs)) continue
    found = { offset: largestTimestampOffset, timestampMs: largestTimestampMs }
  }
  return found
}

/**
 * Version 0 of ListOffsets: bases of segments whose file was last written at or before a time, newest first, at most
 * `most`; the end of the log counts as written now.
 */
export function offsetsBefore(log: ReplicaLog, timestampMs: number, most: number, nowMs: number): number[] {
  const segments = log.layout?.segments ?? []
  const entries = segments.map(({ baseOffset, lastModifiedMs }) => ({
    offset: Math.max(baseOffset, log.logStartOffset),
    atMs: lastModifiedMs,
  }))
  if ((segments.at(-1)?.sizeBytes ?? 0) > 0) entries.push({ offset: log.logEndOffset, atMs: nowMs })
  const last = entries.findLastIndex(({ atMs }) => atMs <= timestampMs)
  return entries
    .slice(0, last + 1)
    .map(({ offset }) => offset)
    .reverse()
    .slice(0, most)
}
