/** The beginning of a log: records before it are gone for readers, their files go when a whole segment lies before it. */
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import { truncateEpochsFromStart } from './epoch-cache.ts'
import { noteBatchAtLogStart } from './log-producers.ts'
import { onProducersLogStart } from './producer-state.ts'
import type { ReplicaLog } from './replica-log.ts'

/**
 * Moves the log start up to `offset`, which lies inside the log; it never goes back. Returns whether it moved. The
 * leader-epoch file is cut at once; producer snapshots below the start go too, where segments have none of their own.
 */
export function raiseLogStart(log: ReplicaLog, offset: number, m: Mechanisms): boolean {
  if (offset <= log.logStartOffset) return false
  log.logStartOffset = Math.min(offset, log.logEndOffset)
  if (m.epochCache !== 'none') truncateEpochsFromStart(log, log.logStartOffset)
  if (log.producers !== undefined) onProducersLogStart(log.producers, log.logStartOffset, m)
  noteBatchAtLogStart(log, m)
  const { layout } = log
  if (layout !== undefined && m.producerSnapshots === 'newest') {
    layout.snapshots = layout.snapshots.filter((snapshot) => snapshot >= log.logStartOffset)
  }
  return true
}
