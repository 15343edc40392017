import type { RemovedRecord } from '../kafka/facts.ts'
import { lastOffset } from '../kafka/records.ts'
import { cutEpochCacheToLog } from './epoch-cache.ts'
import { cutLayout } from './layout.ts'
import { type ReplicaLog, removeRecordsFrom } from './replica-log.ts'

/** The end that a broker finds when it reads the log from disk: behind its last batch. */
function endOfLastBatch(log: ReplicaLog): number {
  const last = log.batches.at(-1)
  return last === undefined ? log.logStartOffset : Math.max(log.logStartOffset, lastOffset(last) + 1)
}

/**
 * A power loss: only records below `keepBelow` are left, a batch across it is lost whole. The epoch cache stays as it
 * is, since its file is flushed with every change; {@link loadLog} cuts it. Returns what was lost.
 */
export function losePower(log: ReplicaLog, keepBelow: number): RemovedRecord[] {
  const removed = removeRecordsFrom(log, keepBelow)
  if (removed.length > 0) {
    log.logEndOffset = endOfLastBatch(log)
    if (log.layout !== undefined) cutLayout(log.layout, log.batches, log.logEndOffset)
  }
  log.flushedOffset = Math.min(log.flushedOffset, log.logEndOffset)
  return removed
}

/**
 * Reads a log back at the start of a process: it ends behind its last batch, so a gap that a truncation left at the
 * end closes (2.4.1 LogSegment.readNextOffset), and the epoch cache is cut to what is there.
 */
export function loadLog(log: ReplicaLog): void {
  log.logEndOffset = endOfLastBatch(log)
  log.flushedOffset = Math.min(log.flushedOffset, log.logEndOffset)
  cutEpochCacheToLog(log)
}
