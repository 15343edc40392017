/**
 * A leader that does not have the offset a follower asked for: the follower asks for the leader's log end, and then,
 * unless its own log is the longer one, for the leader's log start.
 *
 * Logs are taken to be equal at equal offsets here, so a log that lies inside the leader's range may stay different.
 */

import { topicSetting } from '../../kafka/config.ts'
import { splitTopicPartition, type TopicPartition } from '../../kafka/ids.ts'
import type { ListOffsetsResponse } from '../../kafka/messages/data.ts'
import { own } from '../../kernel/own.ts'
import { sortedKeys } from '../../kernel/sorted-keys.ts'
import { haltProcess } from '../lifecycle.ts'
import { type BrokerContext, logOf, running } from '../running.ts'
import type { BrokerConfig, BrokerState, FetcherState } from '../state.ts'
import { truncateReplica, truncateReplicaFully } from '../truncation/truncate-replica.ts'
import { fencePartition } from './failed-partition.ts'
import { delayPartition, pauseUs, send } from './fetcher-thread.ts'

export const LATEST = -1
export const EARLIEST = -2

type Asked = NonNullable<FetcherState['outstanding']>['partitions']

/** Asks the leader for the end (LATEST) or the start (EARLIEST) of its logs. */
export function askForOffsets(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  fetcher: FetcherState,
  names: readonly TopicPartition[],
  timestamp: typeof LATEST | typeof EARLIEST,
): void {
  const m = config.mechanisms
  const asked: Asked = {}
  const partitions: Record<TopicPartition, { timestamp: number; currentLeaderEpoch: number }> = {}
  for (const name of names) {
    const { fetchOffset, leaderEpoch } = fetcher.partitions[name]!
    asked[name] = { fetchOffset, leaderEpoch, asked: timestamp }
    partitions[name] = { timestamp, currentLeaderEpoch: m.leaderEpochFencing ? leaderEpoch : -1 }
  }
  send(state, ctx, config, fetcher, 'list-offsets', asked, (correlationId) => ({
    type: 'ListOffsetsRequest',
    correlationId,
    replicaId: config.id,
    version: m.offsetNotAvailable ? 5 : 0,
    partitions,
  }))
}

/** What is left to do after an answer: ask for the start of these logs, or nothing at all: the process is halting. */
type OffsetsOutcome =
  | { readonly halted: false; readonly askEarliest: readonly TopicPartition[] }
  | { readonly halted: true }

export function applyOffsetsAnswer(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  fetcher: FetcherState,
  asked: Asked,
  answer: ListOffsetsResponse,
): OffsetsOutcome {
  const askEarliest: TopicPartition[] = []
  for (const name of sortedKeys(asked)) {
    const found = answer.partitions[name]
    const question = asked[name]!
    const current = fetcher.partitions[name]
    const moved = current?.fetchOffset !== question.fetchOffset || current.leaderEpoch !== question.leaderEpoch
    if (found === undefined || current?.phase !== 'fetching' || moved) continue
    if (found.error === 'FENCED_LEADER_EPOCH') fencePartition(ctx, config, fetcher, name, question.leaderEpoch)
    else if (found.error !== 'NONE') delayPartition(ctx, current, pauseUs(config))
    else if (question.asked === EARLIEST) startAtLeadersStart(state, ctx, config, fetcher, name, found.offset)
    else if (found.offset >= logOf(state, name).logEndOffset) askEarliest.push(name)
    else if (mustNotTruncate(state, config, name)) {
      ctx.probe('follower-ahead-of-its-leader-may-not-truncate')
      haltProcess(state, ctx, config, name)
      return { halted: true }
    } else truncateToLeadersEnd(state, ctx, config, fetcher, name, found.offset)
  }
  return { halted: false, askEarliest }
}

/**
 * 0.8.2 ReplicaFetcherThread.handleOffsetOutOfRange: with unclean election off a leader can only be behind because the
 * setting was changed or the leader lost records, and the broker stops rather than lose its own. KAFKA-7414 (2.0.1)
 * took that away.
 */
function mustNotTruncate(state: BrokerState, config: BrokerConfig, name: TopicPartition): boolean {
  if (config.mechanisms.followerAheadOfLeader === 'truncate') return false
  const ofTopic = own(running(state).topicSettings, splitTopicPartition(name).topic)
  return topicSetting(config.settings, ofTopic, 'unclean.leader.election.enable') === false
}

/** The follower's log is the longer one: cut it to the leader's end. What lies below may differ. */
function truncateToLeadersEnd(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  fetcher: FetcherState,
  name: TopicPartition,
  to: number,
): void {
  const { leaderEpoch } = fetcher.partitions[name]!
  const rule = 'offset out of range, the leader ends earlier: truncate to its log end'
  truncateReplica(state, ctx, config, { partition: name, to, rule, leader: fetcher.leader, leaderEpoch })
  resetFetchOffset(ctx, fetcher, name, to)
}

/** To 0.9.0.0 the whole log goes; KAFKA-2143 (0.9.0.1) keeps it unless it ends below the leader's start. */
function startAtLeadersStart(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  fetcher: FetcherState,
  name: TopicPartition,
  start: number,
): void {
  const log = logOf(state, name)
  const { leaderEpoch } = fetcher.partitions[name]!
  if (config.mechanisms.outOfRangeReset === 'wipe' || start > log.logEndOffset) {
    const rule = 'offset out of range: drop the whole log and begin at the leader start'
    truncateReplicaFully(state, ctx, config, { partition: name, to: start, rule, leader: fetcher.leader, leaderEpoch })
  }
  resetFetchOffset(ctx, fetcher, name, log.logEndOffset)
}

function resetFetchOffset(ctx: BrokerContext, fetcher: FetcherState, name: TopicPartition, to: number): void {
  const current = fetcher.partitions[name]!
  ctx.fact({ kind: 'fetchOffsetReset', partition: name, at: current.fetchOffset, to })
  current.fetchOffset = to
}
