import type { RemovedRecord } from '../kafka/facts/log.ts'
import { lastOffset, type RecordBatch } from '../kafka/records.ts'
import { cutDamage } from './damage.ts'
import { addTail, segmentBaseOf } from './disk-damage.ts'
import { bytesOfBatch, cutLayout } from './layout.ts'
import type { OffsetIndexEntry } from './offset-index.ts'
import { batchIndexOf, type ReplicaLog, removeRecordsFrom } from './replica-log.ts'

/** The end that a broker finds when it reads the log from disk: behind its last batch. */
function endOfLastBatch(log: ReplicaLog): number {
  const last = log.batches.at(-1)
  return last === undefined ? log.logStartOffset : Math.max(log.logStartOffset, lastOffset(last) + 1)
}

/** The entry of the offset index that names a record of a batch. */
const entryOf = (log: ReplicaLog, batch: RecordBatch): OffsetIndexEntry | undefined =>
  log.layout?.segments
    .flatMap(({ offsetIndex }) => offsetIndex)
    .find(({ offset }) => offset >= batch.baseOffset && offset <= lastOffset(batch))

/**
 * A power loss: only records below `keepBelow` are left, a batch across it is lost whole, or (`tornShare` of its bytes,
 * in [0, 1)) leaves its beginning in the file. The epoch cache stays as it is, since its file is flushed with every
 * change; the load cuts it. Returns what was lost.
 */
export function losePower(log: ReplicaLog, keepBelow: number, tornShare = 0): RemovedRecord[] {
  const torn = log.batches[batchIndexOf(log, keepBelow)]
  const entry = torn === undefined ? undefined : entryOf(log, torn)
  const removed = removeRecordsFrom(log, keepBelow)
  if (removed.length > 0) {
    log.logEndOffset = endOfLastBatch(log)
    if (log.layout !== undefined) cutLayout(log.layout, log.batches, log.logEndOffset)
    cutDamage(log, log.logEndOffset)
    if (torn !== undefined && log.layout !== undefined) {
      const bytes = Math.floor(tornShare * bytesOfBatch(torn, log.layout.format))
      // The index file is written by itself: an entry for the torn batch may well be in it.
      if (bytes > 0 && entry !== undefined) log.layout.segments.at(-1)!.offsetIndex.push(entry)
      addTail(log, segmentBaseOf(log, log.logEndOffset), { kind: 'torn', bytes, before: log.logEndOffset })
    }
  }
  log.flushedOffset = Math.min(log.flushedOffset, log.logEndOffset)
  return removed
}
