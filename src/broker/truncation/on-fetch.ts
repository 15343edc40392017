/**
 * KAFKA-10554 (2.8): a follower whose log knows an epoch starts to fetch at its log end at once and names the last
 * epoch it has. A leader that sees the logs part answers with the epoch pair of KIP-279 instead of records; the
 * follower takes one round of KIP-279 and fetches again, until the leader agrees.
 */
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import { latestEpoch, UNDEFINED_EPOCH } from '../../log/epoch-cache.ts'
import type { ReplicaLog } from '../../log/replica-log.ts'
import type { LeaderAnswer, TruncationDecision } from './decision.ts'
import { decideByEpochPair } from './kip-279.ts'

/** Whether the log can be compared while fetching (2.8 AbstractFetcherThread.partitionFetchState). */
export const canTruncateOnFetch = (log: ReplicaLog, m: Mechanisms): boolean =>
  m.truncation === 'on-fetch' && latestEpoch(log) !== UNDEFINED_EPOCH

/** The epoch a fetch names, -1 where the generation or the log has none. */
export const lastFetchedEpoch = (log: ReplicaLog, m: Mechanisms): number =>
  m.truncation === 'on-fetch' ? latestEpoch(log) : UNDEFINED_EPOCH

/** One round; the next fetch asks again, so it is always complete (2.8 truncateOnFetchResponse). */
export function decideOnDivergence(
  log: ReplicaLog,
  answer: LeaderAnswer,
  fallback: number,
  m: Mechanisms,
): TruncationDecision {
  return { ...decideByEpochPair(log, answer, fallback, m), complete: true }
}
