/**
 * KIP-101 (0.11 to 1.1): a follower asks where its last epoch ends at the leader and cuts there, once.
 *
 * The answer names an offset and no epoch, which is not enough after a fast failover: (1) the follower asks for the end
 * of an epoch the leader never saw; (2) the leader answers the start of its next larger epoch; (3) that lies above the
 * follower's log end, so the follower keeps records that the leader does not have. KIP-279 repairs it.
 */
import { UNDEFINED_OFFSET } from '../../log/epoch-cache.ts'
import type { ReplicaLog } from '../../log/replica-log.ts'
import type { LeaderAnswer, TruncationDecision } from './decision.ts'
import { toHighWatermark } from './to-high-watermark.ts'

/** Whether the answer leaves the whole log as it is, which a broker of that time mentions. */
export const isNotBelowLogEnd = (log: ReplicaLog, answer: LeaderAnswer): boolean =>
  answer.endOffset !== UNDEFINED_OFFSET && answer.endOffset >= log.logEndOffset

/** 0.11 ReplicaFetcherThread.maybeTruncate. `fallback` is where to cut when the leader does not know the epoch. */
export function decideByEpochEnd(log: ReplicaLog, answer: LeaderAnswer, fallback: number): TruncationDecision {
  if (answer.endOffset === UNDEFINED_OFFSET) {
    return toHighWatermark(fallback, 'KIP-101, the leader does not know the epoch')
  }
  return {
    to: Math.min(answer.endOffset, log.logEndOffset),
    complete: true,
    rule: 'KIP-101: truncate to the end of the last epoch at the leader',
  }
}
