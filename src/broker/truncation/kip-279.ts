/**
 * KIP-279 (2.0): the leader's answer names the epoch it found, and a follower that does not know that epoch cuts to
 * the end of its own largest smaller one and asks again, until both know the epoch they agree on.
 */
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import { endOffsetForEpoch, UNDEFINED_EPOCH, UNDEFINED_OFFSET } from '../../log/epoch-cache.ts'
import type { ReplicaLog } from '../../log/replica-log.ts'
import type { LeaderAnswer, TruncationDecision } from './decision.ts'
import { toHighWatermark } from './to-high-watermark.ts'

/**
 * One round (2.0 AbstractFetcherThread.getOffsetTruncationState). `fallback`, the fetch offset the partition started
 * with, is where to cut when the leader does not know the epoch.
 */
export function decideByEpochPair(
  log: ReplicaLog,
  answer: LeaderAnswer,
  fallback: number,
  m: Mechanisms,
): TruncationDecision {
  const end = log.logEndOffset
  if (answer.endOffset === UNDEFINED_OFFSET) {
    return toHighWatermark(fallback, 'KIP-279, the leader does not know the epoch')
  }
  if (answer.epoch === UNDEFINED_EPOCH) {
    return {
      to: Math.min(answer.endOffset, end),
      complete: true,
      rule: 'KIP-101: truncate to the end of the last epoch at the leader, which names no epoch',
    }
  }
  const own = endOffsetForEpoch(log, answer.epoch, m)
  if (own.endOffset === UNDEFINED_OFFSET) {
    return {
      to: Math.min(answer.endOffset, end),
      complete: true,
      rule: 'KIP-279: truncate to the end at the leader of an epoch below all that this log knows',
    }
  }
  if (own.epoch !== answer.epoch) {
    return {
      to: Math.min(own.endOffset, end),
      complete: false,
      rule: 'KIP-279: truncate to the end of the largest epoch below one that this log does not know, and ask again',
    }
  }
  return {
    to: Math.min(own.endOffset, answer.endOffset, end),
    complete: true,
    rule: 'KIP-279: truncate to where the largest common epoch ends',
  }
}
