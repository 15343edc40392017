/**
 * KIP-320 (2.1): the rounds of KIP-279 under a current leader epoch. A leader refuses questions of another epoch, a
 * follower ignores answers to a question it asked under another epoch, and a log that knows no epoch is cut to its
 * high watermark without asking.
 */

import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import { latestEpoch, UNDEFINED_EPOCH } from '../../log/epoch-cache.ts'
import type { ReplicaLog } from '../../log/replica-log.ts'
import type { FetchedPartitionState } from '../state.ts'

interface EpochQuestion {
  readonly leaderEpoch: number
  /** -1: the leader shall not check it. */
  readonly currentLeaderEpoch: number
}

/** What to ask the leader; null: cut to the high watermark without a question (2.1 fetchTruncatingPartitions). */
export function epochQuestion(log: ReplicaLog, partition: FetchedPartitionState, m: Mechanisms): EpochQuestion | null {
  const leaderEpoch = latestEpoch(log)
  // KIP-101 and KIP-279 ask for the end of epoch -1.
  const asksWithoutEpoch = m.truncation === 'kip-101' || m.truncation === 'kip-279'
  if (leaderEpoch === UNDEFINED_EPOCH && !asksWithoutEpoch) return null
  return { leaderEpoch, currentLeaderEpoch: m.leaderEpochFencing ? partition.leaderEpoch : -1 }
}

/**
 * Whether an answer is still an answer. KAFKA-7786 (2.1.1): not when the leader epoch has moved since the question;
 * before, any answer for a partition that the fetcher has is taken.
 */
export function answersCurrentEpoch(askedUnder: number, partition: FetchedPartitionState, m: Mechanisms): boolean {
  return !m.leaderEpochFencing || askedUnder === partition.leaderEpoch
}
