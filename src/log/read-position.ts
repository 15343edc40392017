/** Where a read of an offset begins in the files: the segment, the entry of its index, and what is read behind it. */
import { lastOffset } from '../kafka/records.ts'
import { lookupOffset, type OffsetIndexEntry } from './offset-index.ts'
import { batchIndexOf, type ReplicaLog } from './replica-log.ts'
import { segmentIndexOf } from './segment.ts'

interface ReadPosition {
  /** Base of the segment. */
  readonly segment: number
  /** The entry of the offset index that the read starts from; null: from the beginning of the file. */
  readonly entry: OffsetIndexEntry | null
  /** Entries of the index that the binary search looked at. */
  readonly probes: number
  /** Batches that are read from there to the one that holds the offset, that one included. */
  readonly scanned: number
}

/** Finds an offset as a fetch does; null when the log has no files or no batch at or behind the offset. */
export function readPosition(log: ReplicaLog, offset: number): ReadPosition | null {
  const target = batchIndexOf(log, offset)
  const batch = log.batches[target]
  const { layout } = log
  if (layout === undefined || batch === undefined) return null
  // A gap at the end of a segment is read over: the batch may lie in the next one.
  const segment = layout.segments[segmentIndexOf(layout.segments, batch.baseOffset)]!
  const { entry, probes } = lookupOffset(segment.offsetIndex, Math.min(offset, lastOffset(batch)))
  const first = batchIndexOf(log, entry?.offset ?? segment.baseOffset)
  return { segment: segment.baseOffset, entry, probes, scanned: target - first + 1 }
}
