/** The loop of one replica fetcher: first the partitions that must truncate, then a fetch; one request at a time. */
import { type BrokerId, brokerNode, type TopicPartition } from '../../kafka/ids.ts'
import type { FetchPartition, OffsetsForLeaderEpochRequest } from '../../kafka/messages/data.ts'
import type { KafkaMessage } from '../../kafka/messages/message.ts'
import { remembered } from '../../kernel/remembered.ts'
import { sortedKeys } from '../../kernel/sorted-keys.ts'
import { type BrokerContext, durationSetting, logOf, numberSetting, running } from '../running.ts'
import type { BrokerConfig, BrokerState, FetchedPartitionState, FetcherState } from '../state.ts'
import { epochQuestion } from '../truncation/kip-320.ts'
import { lastFetchedEpoch } from '../truncation/on-fetch.ts'
import { toHighWatermark } from '../truncation/to-high-watermark.ts'
import { truncateReplica } from '../truncation/truncate-replica.ts'

/** The channel of everything a follower asks its leader. */
export const REPLICA_CHANNEL = 'replica'

/**
 * The shortest pause after a refusal, in us. 0.8 has no replica.fetch.backoff.ms and asks again as fast as the network
 * allows; one try each 10 ms shows the same and keeps a run with a dead leader finite.
 */
const SHORTEST_PAUSE_US = 10_000

export const wakeTimer = remembered((leader: BrokerId): string => `fetcher:${leader}:wake`)
export const timeoutTimer = remembered((leader: BrokerId): string => `fetcher:${leader}:timeout`)

/** replica.fetch.backoff.ms in us. */
export const pauseUs = (config: BrokerConfig): number =>
  Math.max(durationSetting(config, 'replica.fetch.backoff.ms', 0), SHORTEST_PAUSE_US)

/**
 * Leaves a partition alone for a while; one that is delayed already keeps its time. Fetches go out without it meanwhile,
 * and so the leader's session forgets it.
 */
export function delayPartition(ctx: BrokerContext, partition: FetchedPartitionState, delayUs: number): void {
  if (partition.leftAside !== undefined) delete partition.leftAside
  if (partition.delayedUntilUs <= ctx.nowUs) partition.delayedUntilUs = ctx.nowUs + delayUs
}

/** The thread sleeps; its wake timer runs it again. */
export function sleep(
  ctx: BrokerContext,
  fetcher: FetcherState,
  why: NonNullable<FetcherState['asleep']>,
  forUs: number,
): void {
  fetcher.asleep = why
  ctx.setTimer(wakeTimer(fetcher.leader), forUs)
}

/** One turn of the thread (AbstractFetcherThread.doWork). Does nothing while it waits for an answer, sleeps or is dead. */
export function runFetcher(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, fetcher: FetcherState): void {
  if (fetcher.dead || fetcher.outstanding !== null || fetcher.asleep !== null) return
  if (!askForEpochs(state, ctx, config, fetcher)) fetchFromLeader(state, ctx, config, fetcher)
}

/** At nearly every turn none is. */
function isAnyTruncating({ partitions }: FetcherState): boolean {
  for (const name in partitions) if (partitions[name]!.phase === 'truncating') return true
  return false
}

const namesOf = (fetcher: FetcherState): TopicPartition[] => sortedKeys(fetcher.partitions)

/**
 * The truncating half of the turn: asks for the ends of epochs, and cuts partitions without any epoch to their high
 * watermark at once (KIP-320). True when a question went out.
 */
function askForEpochs(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, fetcher: FetcherState): boolean {
  if (!isAnyTruncating(fetcher)) return false
  const truncating = namesOf(fetcher).filter((name) => fetcher.partitions[name]!.phase === 'truncating')
  const questions: Record<TopicPartition, OffsetsForLeaderEpochRequest['partitions'][string]> = {}
  const asked: NonNullable<FetcherState['outstanding']>['partitions'] = {}
  for (const name of truncating) {
    const partition = fetcher.partitions[name]!
    if (partition.phase !== 'truncating' || partition.delayedUntilUs > ctx.nowUs) continue
    const question = epochQuestion(logOf(state, name), partition, config.mechanisms)
    if (question === null) {
      truncateWithoutEpoch(state, ctx, config, fetcher, name)
      continue
    }
    questions[name] = question
    const { fetchOffset, leaderEpoch } = partition
    asked[name] = { fetchOffset, leaderEpoch, asked: question.leaderEpoch }
  }
  if (Object.keys(questions).length === 0) return false
  send(state, ctx, config, fetcher, 'epoch', asked, (correlationId) => ({
    type: 'OffsetsForLeaderEpochRequest',
    correlationId,
    replicaId: config.id,
    partitions: questions,
  }))
  return true
}

/** 2.1 AbstractFetcherThread.truncateToHighWatermark: the fetch offset it was added with is the high watermark. */
function truncateWithoutEpoch(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  fetcher: FetcherState,
  name: TopicPartition,
): void {
  const partition = fetcher.partitions[name]!
  const { to, rule } = toHighWatermark(partition.fetchOffset, 'KIP-320, a log without epochs')
  if (config.mechanisms.truncationDecisionLogged) {
    ctx.fact({ kind: 'truncationDecided', partition: name, to, rule })
  } else ctx.fact({ kind: 'truncatedToHighWatermark', partition: name, to })
  const { leaderEpoch } = partition
  truncateReplica(state, ctx, config, { partition: name, to, rule, leader: fetcher.leader, leaderEpoch })
  partition.phase = 'fetching'
}

/** The fetching half of the turn: one fetch of every partition that is ready; without any, the thread sleeps. */
export function fetchFromLeader(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  fetcher: FetcherState,
): void {
  const ready = namesOf(fetcher).filter((name) => {
    const partition = fetcher.partitions[name]!
    return partition.phase === 'fetching' && partition.delayedUntilUs <= ctx.nowUs
  })
  if (ready.length === 0) sleepIdle(ctx, config, fetcher)
  else if (fetcher.throttleUs > 0 && !fetcher.lagWaited) sleep(ctx, fetcher, 'lag', fetcher.throttleUs)
  else sendFetch(state, ctx, config, fetcher, ready)
}

function sendFetch(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  fetcher: FetcherState,
  ready: readonly TopicPartition[],
): void {
  fetcher.lagWaited = false
  const m = config.mechanisms
  const partitions: Record<TopicPartition, FetchPartition> = {}
  const asked: NonNullable<FetcherState['outstanding']>['partitions'] = {}
  const maxBytes = numberSetting(config, 'replica.fetch.max.bytes') ?? 1_048_576
  for (const name of ready) {
    const log = logOf(state, name)
    const { fetchOffset, leaderEpoch } = fetcher.partitions[name]!
    partitions[name] = {
      fetchOffset,
      maxBytes,
      currentLeaderEpoch: m.leaderEpochFencing ? leaderEpoch : -1,
      lastFetchedEpoch: lastFetchedEpoch(log, m),
      logStartOffset: log.logStartOffset,
    }
    asked[name] = { fetchOffset, leaderEpoch, asked: fetchOffset }
  }
  // KIP-903 (3.5): the leader checks that the fetch comes from this life of the broker.
  const namesBrokerEpoch = m.isrEligibility === 'alive-epoch' || m.isrEligibility === 'unfenced-epoch'
  send(state, ctx, config, fetcher, 'fetch', asked, (correlationId) => ({
    type: 'FetchRequest',
    correlationId,
    replicaId: config.id,
    replicaEpoch: namesBrokerEpoch ? running(state).brokerEpoch : -1,
    maxWaitMs: numberSetting(config, 'replica.fetch.wait.max.ms') ?? 500,
    minBytes: numberSetting(config, 'replica.fetch.min.bytes') ?? 1,
    partitions,
  }))
}

/** Nothing is ready: look again after the back-off, or when a partition is added. */
function sleepIdle(ctx: BrokerContext, config: BrokerConfig, fetcher: FetcherState): void {
  fetcher.asleep = 'idle'
  const waiting = namesOf(fetcher).some((name) => fetcher.partitions[name]!.phase !== 'failed')
  if (waiting) ctx.setTimer(wakeTimer(fetcher.leader), pauseUs(config))
}

/** Sends the one request the thread then waits for, at most replica.socket.timeout.ms. */
export function send(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  fetcher: FetcherState,
  request: NonNullable<FetcherState['outstanding']>['request'],
  partitions: NonNullable<FetcherState['outstanding']>['partitions'],
  message: (correlationId: number) => KafkaMessage,
): void {
  const correlationId = running(state).nextId++
  fetcher.outstanding = { correlationId, request, sentAtUs: ctx.nowUs, partitions }
  ctx.send(brokerNode(fetcher.leader), REPLICA_CHANNEL, message(correlationId))
  ctx.setTimer(timeoutTimer(fetcher.leader), durationSetting(config, 'replica.socket.timeout.ms', 30_000))
}
