/** Followers: which partitions are fetched from whom, and what their fetchers do with answers, failures and time. */
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import { type BrokerId, brokerNode, nodeNumber, type TopicPartition } from '../kafka/ids.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import { isMutant } from '../kafka/mutants.ts'
import { assert } from '../kernel/assert.ts'
import type { ConnectionId, NodeId } from '../kernel/machine.ts'
import { applyEpochAnswer } from './fetcher/epoch-answer.ts'
import { applyFetchAnswer } from './fetcher/fetch-answer.ts'
import {
  delayPartition,
  fetchFromLeader,
  pauseUs,
  REPLICA_CHANNEL,
  runFetcher,
  sleep,
  timeoutTimer,
  wakeTimer,
} from './fetcher/fetcher-thread.ts'
import { applyOffsetsAnswer, askForOffsets, EARLIEST, LATEST } from './fetcher/out-of-range.ts'
import { type BrokerContext, logOf, running } from './running.ts'
import type {
  BrokerConfig,
  BrokerState,
  BrokerVolatile,
  FetchedPartitionState,
  FetcherState,
  PartitionState,
} from './state.ts'
import { canTruncateOnFetch } from './truncation/on-fetch.ts'
import { toHighWatermark } from './truncation/to-high-watermark.ts'
import { truncateReplica } from './truncation/truncate-replica.ts'

/** Longest time a new fetcher thread takes to its first request, in us: which of two followers is first is a race. */
const THREAD_START_US = 10_000

const IDLE_TIMER = 'fetcher:idle'

/**
 * Whether a role change restarts the fetcher of a partition, asked before `partition` takes it over. To 2.0 a leader
 * of the same id is mostly passed over, so that nothing is truncated (KAFKA-6880, KAFKA-7164 tell what that costs).
 */
export function shouldRestartFetcher(
  partition: PartitionState,
  newLeader: BrokerId,
  newEpoch: number,
  m: Mechanisms,
): boolean {
  if (partition.role !== 'follower' || partition.leader !== newLeader) return true
  switch (m.sameLeaderNewEpoch) {
    case 'truncate':
      return true
    case 'skip':
      return false
    case 'skip-unless-epoch-jumped':
      return newEpoch > partition.leaderEpoch + 1
    case 'restart-fetcher':
      return newEpoch !== partition.leaderEpoch
  }
}

/** Whom a broker follows, in which epoch. */
interface Followed {
  readonly leader: BrokerId
  readonly leaderEpoch: number
}

/**
 * Follows a partition under a leader and epoch, from now on and no other. Its PartitionState must hold the role
 * already. Up to 0.10.2 this is where the log is cut to the high watermark; a broker on its way down does that too but
 * starts no fetcher (0.10.2 ReplicaManager.makeFollowers).
 */
export function followPartition(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: TopicPartition,
  { leader, leaderEpoch }: Followed,
): void {
  unfollowPartition(state, ctx, partition)
  const volatile = running(state)
  const fetched = firstState(state, ctx, config, partition, { leader, leaderEpoch })
  if (volatile.phase === 'shutting-down') return
  const fetcher = volatile.fetchers[leader]
  if (fetcher === undefined) startFetcher(volatile, ctx, leader, partition, fetched)
  else {
    fetcher.partitions[partition] = fetched
    // A thread that waits for partitions, also one that waits out a failure, is woken by the next one. It runs after
    // this step, so that it asks for all partitions of one instruction in one request.
    if (fetcher.asleep === 'idle' || fetcher.asleep === 'failed') sleep(ctx, fetcher, 'starting', 0)
  }
}

/** Where a partition starts: cut to its high watermark, about to be compared with the leader, or fetching at once. */
function firstState(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: TopicPartition,
  { leader, leaderEpoch }: Followed,
): FetchedPartitionState {
  const m = config.mechanisms
  const log = logOf(state, partition)
  const highWatermark = running(state).partitions[partition]?.highWatermark ?? 0
  if (m.truncation === 'high-watermark' || isMutant(config, 'truncate-to-high-watermark')) {
    const planted = isMutant(config, 'cut-below-high-watermark') ? 1 : 0
    const { to, rule } = toHighWatermark(Math.max(0, highWatermark - planted), 'before KIP-101, a new leader')
    truncateReplica(state, ctx, config, { partition, to, rule, leader, leaderEpoch })
    return { phase: 'fetching', fetchOffset: log.logEndOffset, leaderEpoch, delayedUntilUs: 0 }
  }
  if (canTruncateOnFetch(log, m)) {
    return { phase: 'fetching', fetchOffset: log.logEndOffset, leaderEpoch, delayedUntilUs: 0 }
  }
  const fetchOffset = m.initialFetchOffset === 'log-end' ? log.logEndOffset : highWatermark
  return { phase: 'truncating', fetchOffset, leaderEpoch, delayedUntilUs: 0 }
}

function startFetcher(
  volatile: BrokerVolatile,
  ctx: BrokerContext,
  leader: BrokerId,
  partition: TopicPartition,
  fetched: FetchedPartitionState,
): void {
  const fetcher: FetcherState = {
    leader,
    partitions: { [partition]: fetched },
    outstanding: null,
    dead: false,
    throttleUs: volatile.fetchThrottleUs ?? 0,
    asleep: null,
    lagWaited: false,
  }
  volatile.fetchers[leader] = fetcher
  // Stream `replica-fetcher.start/<follower>><leader>`: how long the new thread takes to its first request. A follower
  // that is faster than its leader's own instruction is refused and comes again one back-off later.
  const draw = ctx.random(`replica-fetcher.start/${ctx.self}>${brokerNode(leader)}`)
  sleep(ctx, fetcher, 'starting', Math.floor(draw * THREAD_START_US))
}

/**
 * Stops following a partition. A request that is on its way for it goes on, its answer is then ignored; a fetcher left
 * without partitions is shut down after this step (AbstractFetcherManager.shutdownIdleFetcherThreads).
 */
export function unfollowPartition(state: BrokerState, ctx: BrokerContext, partition: TopicPartition): void {
  for (const fetcher of Object.values(running(state).fetchers)) {
    if (fetcher.partitions[partition] === undefined) continue
    delete fetcher.partitions[partition]
    ctx.setTimer(IDLE_TIMER, 0)
  }
}

const leadersOf = (volatile: BrokerVolatile): string[] => Object.keys(volatile.fetchers).sort()

function shutDown(volatile: BrokerVolatile, ctx: BrokerContext, fetcher: FetcherState): void {
  ctx.cancelTimer(wakeTimer(fetcher.leader))
  ctx.cancelTimer(timeoutTimer(fetcher.leader))
  ctx.close(brokerNode(fetcher.leader), REPLICA_CHANNEL)
  delete volatile.fetchers[fetcher.leader]
}

function shutDownIdleFetchers(volatile: BrokerVolatile, ctx: BrokerContext): void {
  for (const leader of leadersOf(volatile)) {
    const fetcher = volatile.fetchers[leader]!
    if (Object.keys(fetcher.partitions).length === 0) shutDown(volatile, ctx, fetcher)
  }
}

/** Stops every fetcher, as a broker does that is going down. */
export function stopAllFetchers(state: BrokerState, ctx: BrokerContext): void {
  const volatile = running(state)
  for (const leader of leadersOf(volatile)) shutDown(volatile, ctx, volatile.fetchers[leader]!)
}

/** A fault: every fetcher waits this much longer before each fetch, also those that start later; 0 ends it. In us. */
export function setFetchThrottle(state: BrokerState, us: number): void {
  if (state.volatile === null) return
  state.volatile.fetchThrottleUs = us
  for (const fetcher of Object.values(state.volatile.fetchers)) fetcher.throttleUs = us
}

/** An answer of a leader to this broker's fetcher; one that nobody waits for any more is dropped. */
export function onFetcherMessage(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  input: { readonly from: NodeId; readonly message: KafkaMessage },
): void {
  const fetcher = running(state).fetchers[nodeNumber(input.from)]
  const { message } = input
  const correlationId = 'correlationId' in message ? message.correlationId : null
  if (fetcher === undefined || fetcher.dead || fetcher.outstanding?.correlationId !== correlationId) {
    ctx.probe('answer-that-no-fetcher-waits-for')
    return
  }
  const { partitions } = fetcher.outstanding
  fetcher.outstanding = null
  ctx.cancelTimer(timeoutTimer(fetcher.leader))
  switch (message.type) {
    case 'OffsetsForLeaderEpochResponse':
      applyEpochAnswer(state, ctx, config, fetcher, partitions, message)
      // The same turn of the thread goes on to fetch; a partition that must ask again does so in the next one.
      fetchFromLeader(state, ctx, config, fetcher)
      break
    case 'FetchResponse': {
      const outOfRange = applyFetchAnswer(state, ctx, config, fetcher, partitions, message)
      if (outOfRange.length > 0) askForOffsets(state, ctx, config, fetcher, outOfRange, LATEST)
      else runFetcher(state, ctx, config, fetcher)
      break
    }
    case 'ListOffsetsResponse': {
      const outcome = applyOffsetsAnswer(state, ctx, config, fetcher, partitions, message)
      if (outcome.halted) break
      if (outcome.askEarliest.length > 0) {
        askForOffsets(state, ctx, config, fetcher, outcome.askEarliest, EARLIEST)
      } else runFetcher(state, ctx, config, fetcher)
      break
    }
    default:
      assert(false, `a fetcher was answered with ${message.type}`)
  }
}

/** A connection broke. Only one that this broker opened, with a request on it, concerns a fetcher. */
export function onFetcherDisconnected(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  input: { readonly peer: NodeId; readonly connection: ConnectionId },
): void {
  const fetcher = running(state).fetchers[nodeNumber(input.peer)]
  // Two brokers that follow each other have a connection in each direction; names begin with the opener.
  if (fetcher === undefined || !input.connection.startsWith(`${ctx.self}>`)) return
  onRequestFailed(state, ctx, config, fetcher)
}

/**
 * No answer will come. After a fetch the thread sleeps one back-off, and every partition it has is delayed, until 3.0
 * by another one; after a question only the partitions asked about are delayed and the thread goes on.
 */
function onRequestFailed(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, fetcher: FetcherState): void {
  if (fetcher.dead || fetcher.outstanding === null) return
  const { request, partitions } = fetcher.outstanding
  fetcher.outstanding = null
  ctx.cancelTimer(timeoutTimer(fetcher.leader))
  ctx.probe('replica-fetcher-request-failed')
  const pause = pauseUs(config)
  if (request === 'fetch') {
    const sleeps = config.mechanisms.failedFetchBacksOffOnce !== true
    const delayUs = sleeps ? 2 * pause : pause
    for (const partition of Object.values(fetcher.partitions)) delayPartition(ctx, partition, delayUs)
    if (sleeps) sleep(ctx, fetcher, 'failed', pause)
    else runFetcher(state, ctx, config, fetcher)
    return
  }
  for (const name of Object.keys(partitions)) {
    const partition = fetcher.partitions[name]
    if (partition !== undefined) delayPartition(ctx, partition, pause)
  }
  if (request === 'epoch') fetchFromLeader(state, ctx, config, fetcher)
  else runFetcher(state, ctx, config, fetcher)
}

/** A timer named `fetcher:...`. */
export function onFetcherTimer(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  input: { readonly name: string },
): void {
  const volatile = running(state)
  if (input.name === IDLE_TIMER) {
    shutDownIdleFetchers(volatile, ctx)
    return
  }
  const [, leader = '', what] = input.name.split(':')
  const fetcher = volatile.fetchers[leader]
  if (fetcher === undefined) return
  if (what === 'timeout') {
    ctx.probe('replica-fetcher-request-timed-out')
    ctx.close(brokerNode(fetcher.leader), REPLICA_CHANNEL)
    onRequestFailed(state, ctx, config, fetcher)
    return
  }
  if (fetcher.asleep === 'lag') fetcher.lagWaited = true
  fetcher.asleep = null
  runFetcher(state, ctx, config, fetcher)
}
