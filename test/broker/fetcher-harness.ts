/** A follower under test: its state, a context that only writes down what is asked of it, and a leader that answers. */
import { divergingEpochOf } from '../../src/broker/leader-epoch.ts'
import { newLife } from '../../src/broker/new-life.ts'
import { followPartition, onFetcherMessage, onFetcherTimer } from '../../src/broker/replica-fetcher.ts'
import type { BrokerConfig, BrokerState, BrokerVolatile, FetcherState, PartitionState } from '../../src/broker/state.ts'
import type { Settings } from '../../src/kafka/config.ts'
import type { ErrorName } from '../../src/kafka/errors.ts'
import type { Fact, FactKind } from '../../src/kafka/facts.ts'
import type { Mechanisms } from '../../src/kafka/generation/mechanisms.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import type { FetchedPartition, FetchResponse } from '../../src/kafka/messages/data.ts'
import type { KafkaMessage } from '../../src/kafka/messages/message.ts'
import type { Context } from '../../src/kernel/machine.ts'
import { endOffsetForEpoch } from '../../src/log/epoch-cache.ts'
import { appendAsLeader, emptyLog, type ReplicaLog, readLog } from '../../src/log/replica-log.ts'

export const PARTITION = 't-0'

export const mechanismsOf = (name: string): Mechanisms => generationNamed(name)!.mechanisms

/** A log written by leaders: each append is [epoch, value, value...]. */
export function writtenLog(m: Mechanisms, ...appends: readonly (readonly [number, ...string[]])[]): ReplicaLog {
  const log = emptyLog()
  for (const [epoch, ...values] of appends) {
    const records = values.map((value) => ({ id: `p/${value}`, key: null, value, timestampMs: 0 }))
    appendAsLeader(log, records, epoch, m)
  }
  return log
}

/** [offset, epoch, value] of every record, as recordings print them. */
export const recordsOf = (log: ReplicaLog): [number, number, string | null][] =>
  log.batches.flatMap((batch) =>
    batch.records.map((it, i): [number, number, string | null] => [batch.baseOffset + i, batch.leaderEpoch, it.value]),
  )

export const cacheOf = (log: ReplicaLog): [number, number][] =>
  log.epochCache.map((entry) => [entry.epoch, entry.startOffset])

export interface Recorder extends Context<KafkaMessage, Fact> {
  nowUs: number
  readonly sent: { readonly to: string; readonly channel: string; readonly message: KafkaMessage }[]
  readonly facts: Fact[]
  readonly timers: Record<string, number>
  readonly closed: string[]
  readonly replies: KafkaMessage[]
  readonly exits: number[]
}

export function recorder(self: string, draw = 0): Recorder {
  const ctx: Recorder = {
    self,
    nowUs: 1_000_000,
    sent: [],
    facts: [],
    timers: {},
    closed: [],
    replies: [],
    exits: [],
    random: () => draw,
    send: (to, channel, message) => void ctx.sent.push({ to, channel, message }),
    reply: (_connection, message) => void ctx.replies.push(message),
    close: (to, channel) => void ctx.closed.push(`${to}#${channel}`),
    closeConnection: () => {},
    tell: () => {},
    setTimer: (name, delayUs) => {
      ctx.timers[name] = ctx.nowUs + delayUs
    },
    cancelTimer: (name) => {
      delete ctx.timers[name]
    },
    complete: () => {},
    fact: (fact) => void ctx.facts.push(fact),
    probe: () => {},
    exit: (code) => void ctx.exits.push(code),
  }
  return ctx
}

export function partitionState(over: Partial<PartitionState> = {}): PartitionState {
  return {
    partition: PARTITION,
    role: 'follower',
    leader: 1,
    leaderEpoch: 1,
    controllerEpoch: 1,
    isr: [],
    partitionEpoch: 0,
    replicas: [1, 2],
    highWatermark: 0,
    leaderEpochStartOffset: 0,
    remoteReplicas: {},
    pendingIsr: null,
    lockedSinceUs: null,
    ...over,
  }
}

export interface Follower {
  readonly state: BrokerState & { volatile: BrokerVolatile }
  readonly config: BrokerConfig
  readonly ctx: Recorder
  readonly m: Mechanisms
  readonly log: ReplicaLog
}

export interface FollowerOptions {
  readonly log?: ReplicaLog
  readonly highWatermark?: number
  readonly settings?: Settings
  readonly topicSettings?: Record<string, string>
  readonly mechanisms?: Partial<Mechanisms>
  readonly draw?: number
}

/** Broker 2 of a generation, with one partition that broker 1 leads. */
export function follower(generation: string, options: FollowerOptions = {}): Follower {
  const m: Mechanisms = { ...mechanismsOf(generation), ...options.mechanisms }
  const log = options.log ?? emptyLog()
  const volatile: BrokerVolatile = {
    ...newLife(),
    phase: 'running',
    brokerEpoch: 42,
    registered: true,
    partitions: { [PARTITION]: partitionState({ highWatermark: options.highWatermark ?? 0 }) },
    topicSettings: { t: options.topicSettings ?? {} },
  }
  const state = {
    durable: {
      logs: { [PARTITION]: log },
      highWatermarkCheckpoint: null,
      recoveryPointCheckpoint: null,
      logStartOffsetCheckpoint: null,
      cleanShutdown: false,
    },
    volatile,
  }
  const settings: Settings = { 'replica.fetch.backoff.ms': 1000, 'replica.fetch.wait.max.ms': 500, ...options.settings }
  const config: BrokerConfig = { id: 2, rack: null, mechanisms: m, settings }
  return { state, config, ctx: recorder('broker-2', options.draw), m, log }
}

export function follow(it: Follower, leaderEpoch: number, leader = 1): void {
  Object.assign(it.state.volatile.partitions[PARTITION]!, { role: 'follower', leader, leaderEpoch })
  followPartition(it.state, it.ctx, it.config, PARTITION, { leader, leaderEpoch })
}

/** Lets time pass until the timer of that name and fires it. */
export function fire(it: Follower, name: string): void {
  const dueUs = it.ctx.timers[name]
  if (dueUs === undefined) throw new Error(`no timer ${name}: ${Object.keys(it.ctx.timers).join()}`)
  it.ctx.nowUs = Math.max(it.ctx.nowUs, dueUs)
  delete it.ctx.timers[name]
  onFetcherTimer(it.state, it.ctx, it.config, { name })
}

export const wake = (it: Follower, leader = 1): void => fire(it, `fetcher:${leader}:wake`)

export const fetcherOf = (it: Follower, leader = 1): FetcherState => it.state.volatile.fetchers[leader]!

export function lastSent<T extends KafkaMessage['type']>(it: Follower, type: T): Extract<KafkaMessage, { type: T }> {
  const message = it.ctx.sent.at(-1)?.message
  if (message?.type !== type) throw new Error(`the last request is ${message?.type}, not ${type}`)
  return message as Extract<KafkaMessage, { type: T }>
}

export function answer(it: Follower, message: KafkaMessage, leader = 1): void {
  onFetcherMessage(it.state, it.ctx, it.config, { from: `broker-${leader}`, message })
}

/** Answers the fetch that is out with this for the one partition. */
export function answerFetch(it: Follower, data: Partial<FetchedPartition>): void {
  const { correlationId } = lastSent(it, 'FetchRequest')
  const response: FetchResponse = {
    type: 'FetchResponse',
    correlationId,
    partitions: {
      [PARTITION]: { error: 'NONE', highWatermark: 0, logStartOffset: 0, batches: [], divergingEpoch: null, ...data },
    },
  }
  answer(it, response)
}

export function refuseEpoch(it: Follower, error: ErrorName): void {
  const { correlationId } = lastSent(it, 'OffsetsForLeaderEpochRequest')
  const partitions = { [PARTITION]: { error, leaderEpoch: -1, endOffset: -1 } }
  answer(it, { type: 'OffsetsForLeaderEpochResponse', correlationId, partitions })
}

export interface Leader {
  readonly log: ReplicaLog
  readonly leaderEpoch: number
  readonly highWatermark: number
}

/** Answers the request that is out as a leader of the same generation would; null when none is out. */
function answerAs(it: Follower, leader: Leader): 'answered' | 'caught-up' | null {
  if (fetcherOf(it).outstanding === null) return null
  const { message } = it.ctx.sent.at(-1)!
  switch (message.type) {
    case 'OffsetsForLeaderEpochRequest': {
      const end = endOffsetForEpoch(leader.log, message.partitions[PARTITION]!.leaderEpoch, it.m)
      const found = { error: 'NONE' as const, leaderEpoch: end.epoch, endOffset: end.endOffset }
      const { correlationId } = message
      answer(it, { type: 'OffsetsForLeaderEpochResponse', correlationId, partitions: { [PARTITION]: found } })
      return 'answered'
    }
    case 'ListOffsetsRequest': {
      const { timestamp } = message.partitions[PARTITION]!
      const offset = timestamp === -1 ? leader.log.logEndOffset : leader.log.logStartOffset
      const { correlationId } = message
      const found = { error: 'NONE' as const, offset, leaderEpoch: -1 }
      answer(it, { type: 'ListOffsetsResponse', correlationId, partitions: { [PARTITION]: found } })
      return 'answered'
    }
    case 'FetchRequest': {
      const { fetchOffset, lastFetchedEpoch } = message.partitions[PARTITION]!
      const { log, highWatermark } = leader
      const leading = partitionState({ role: 'leader' })
      const divergingEpoch = divergingEpochOf(log, leading, fetchOffset, lastFetchedEpoch, it.m)
      const rest = { highWatermark, logStartOffset: log.logStartOffset }
      if (divergingEpoch !== null) answerFetch(it, { divergingEpoch, ...rest })
      else if (fetchOffset > log.logEndOffset || fetchOffset < log.logStartOffset) {
        answerFetch(it, { error: 'OFFSET_OUT_OF_RANGE', ...rest })
      } else {
        const batches = readLog(log, fetchOffset, 1_000_000, log.logEndOffset)
        if (batches.length === 0) return 'caught-up'
        answerFetch(it, { batches, ...rest })
      }
      return 'answered'
    }
    default:
      throw new Error(`a follower sent ${message.type}`)
  }
}

/** Follows the leader until its log is read to the end, or the fetcher gives up. */
export function replicate(it: Follower, leader: Leader): void {
  follow(it, leader.leaderEpoch)
  for (let round = 0; round < 50; round++) {
    const fetcher = fetcherOf(it)
    if (fetcher.dead || fetcher.partitions[PARTITION]?.phase === 'failed') return
    if (fetcher.asleep !== null) wake(it)
    else if (answerAs(it, leader) !== 'answered') return
  }
  throw new Error('the follower never comes to an end')
}

/** The facts of these kinds as recordings print broker events. */
export const eventsOf = (it: Follower, ...kinds: readonly FactKind[]): (readonly [FactKind, ...unknown[]])[] =>
  it.ctx.facts.flatMap((fact): (readonly [FactKind, ...unknown[]])[] => {
    if (!kinds.includes(fact.kind)) return []
    switch (fact.kind) {
      case 'truncated':
      case 'truncationDecided':
      case 'truncatedToHighWatermark':
        return [[fact.kind, fact.to]]
      case 'epochAnswerNotBelowLogEnd':
        return [[fact.kind, fact.end]]
      case 'fetchOffsetReset':
        return [[fact.kind, fact.at, fact.to]]
      default:
        return [[fact.kind]]
    }
  })

/** What a broker's own log says about cutting. */
export const cutsOf = (it: Follower): (readonly [FactKind, ...unknown[]])[] =>
  eventsOf(
    it,
    'truncated',
    'truncationDecided',
    'truncatedToHighWatermark',
    'epochAnswerNotBelowLogEnd',
    'fetchOffsetReset',
    'fetcherFailed',
    'processHalted',
    'processHung',
  )
