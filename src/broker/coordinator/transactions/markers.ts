/**
 * Telling partition leaders that a transaction has ended (0.11 TransactionMarkerChannelManager): one request a broker at
 * a time with all that has gathered for it, repeated without end and to whoever leads then.
 */

import type { ErrorName } from '../../../kafka/errors.ts'
import { type BrokerId, brokerNode, comparePartitions, nodeNumber, type TopicPartition } from '../../../kafka/ids.ts'
import type { WriteTxnMarkersResponse } from '../../../kafka/messages/transactions.ts'
import { isMutant } from '../../../kafka/mutants.ts'
import type { NodeId } from '../../../kernel/machine.ts'
import { own } from '../../../kernel/own.ts'
import { msToUs } from '../../../kernel/time.ts'
import { type BrokerContext, durationSetting, numericKeys, running } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import type { CoordinatedPartition } from '../state.ts'
import type { MarkerJob, MarkerLink, TransactionsState } from './state.ts'
import { completed, type TransactionalId, type TransactionMetadata } from './transaction.ts'
import { appendTransition, clockMs, stillCoordinated, transactionsOf, writeTransition } from './transactions.ts'

export const MARKER_CHANNEL = 'transaction-markers'
export const MARKER_TIMER = 'transaction-markers'

/** Reconnect back-off of the sender, in us; partitions without a leader are looked at again as often. */
const BACKOFF_US = msToUs(50)

/** The decision is on disk: sends the markers, and completes the transaction when all are confirmed. */
export function sendMarkers(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: CoordinatedPartition,
  id: TransactionalId,
  decided: TransactionMetadata,
): void {
  const { transactionalId } = id
  const { producerId, producerEpoch, partitions } = decided
  id.pending = decided.status === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort'
  id.unmarked = [...partitions]
  const job: MarkerJob = {
    transactionalId,
    owner: partition.partition,
    producerId,
    producerEpoch,
    coordinatorEpoch: partition.leaderEpoch,
    result: decided.status === 'PrepareCommit' ? 'COMMIT' : 'ABORT',
    partitions,
  }
  if (isMutant(config, 'marker-lost') && partitions.length > 1) {
    id.unmarked = partitions.slice(0, 1)
    queueMarkers(state, { ...job, partitions: partitions.slice(0, 1) })
  } else if (isMutant(config, 'marker-of-another-outcome') && partitions.length > 1) {
    queueMarkers(state, { ...job, partitions: partitions.slice(0, 1) })
    queueMarkers(state, {
      ...job,
      partitions: partitions.slice(1),
      result: job.result === 'COMMIT' ? 'ABORT' : 'COMMIT',
    })
  } else queueMarkers(state, job)
  maybeComplete(state, ctx, config, partition, id)
  drainMarkers(state, ctx, config)
}

/** Puts a job to the leaders of its partitions, as the metadata names them now. A deleted partition needs no marker. */
function queueMarkers(state: BrokerState, job: MarkerJob): void {
  const { partitions, liveBrokers } = running(state).metadata
  const transactions = transactionsOf(state)
  const byLeader: Record<string, TopicPartition[]> = {}
  const leaderless: TopicPartition[] = []
  for (const name of [...job.partitions].sort(comparePartitions)) {
    const known = partitions[name]
    if (known === undefined) {
      confirm(state, job, name)
      continue
    }
    if (!liveBrokers.includes(known.leader)) leaderless.push(name)
    else byLeader[known.leader] = [...(byLeader[known.leader] ?? []), name]
  }
  if (leaderless.length > 0) transactions.leaderless.push({ ...job, partitions: leaderless })
  for (const leader of numericKeys(byLeader)) {
    linkTo(transactions, Number(leader)).queued.push({ ...job, partitions: byLeader[leader]! })
  }
}

function linkTo(transactions: TransactionsState, broker: BrokerId): MarkerLink {
  transactions.links[broker] ??= { queued: [], outstanding: null, retryAtUs: 0 }
  return transactions.links[broker]!
}

/** The transactional id a job is about, while this broker still coordinates it and the job is not out of date. */
function idOf(state: BrokerState, job: MarkerJob): { partition: CoordinatedPartition; id: TransactionalId } | null {
  const partition = stillCoordinated(state, job.owner, job.coordinatorEpoch)
  const id = own(partition?.transactions, job.transactionalId)
  if (partition === null || id === undefined || id.unmarked === null) return null
  const { producerId, producerEpoch } = id.metadata
  return producerId === job.producerId && producerEpoch === job.producerEpoch ? { partition, id } : null
}

function confirm(state: BrokerState, job: MarkerJob, name: TopicPartition): void {
  const found = idOf(state, job)
  if (found === null) return
  found.id.unmarked = found.id.unmarked!.filter((other) => other !== name)
}

/** All markers are there: the completion is written down. */
function maybeComplete(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: CoordinatedPartition,
  id: TransactionalId,
): void {
  if (id.unmarked === null || id.unmarked.length > 0) return
  const { status } = id.metadata
  if (status !== 'PrepareCommit' && status !== 'PrepareAbort') return
  id.unmarked = null
  appendTransition(state, ctx, config, { partition, id, next: completed(id.metadata, clockMs(ctx)), caller: null })
}

/** Sends what waits to every broker that has no request outstanding, and arms the timer for the next look. */
export function drainMarkers(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const transactions = transactionsOf(state)
  let lookUs = transactions.leaderless.length > 0 || transactions.unwritten.length > 0 ? ctx.nowUs + BACKOFF_US : null
  const earlier = (atUs: number): void => {
    lookUs = lookUs === null ? atUs : Math.min(lookUs, atUs)
  }
  for (const key of numericKeys(transactions.links)) {
    const link = transactions.links[key]!
    if (link.outstanding !== null) earlier(link.outstanding.sentAtUs + requestTimeoutUs(config))
    else if (link.queued.length > 0 && link.retryAtUs > ctx.nowUs) earlier(link.retryAtUs)
    else if (link.queued.length > 0) {
      const jobs = link.queued
      link.queued = []
      const correlationId = running(state).nextId++
      link.outstanding = { correlationId, sentAtUs: ctx.nowUs, jobs }
      ctx.send(brokerNode(Number(key)), MARKER_CHANNEL, {
        type: 'WriteTxnMarkersRequest',
        correlationId,
        markers: jobs.map(({ producerId, producerEpoch, coordinatorEpoch, result, partitions }) => ({
          producerId,
          producerEpoch,
          coordinatorEpoch,
          result,
          partitions: [...partitions],
        })),
      })
      earlier(ctx.nowUs + requestTimeoutUs(config))
    }
  }
  if (lookUs !== null) ctx.setTimer(MARKER_TIMER, lookUs - ctx.nowUs)
}

const requestTimeoutUs = (config: BrokerConfig): number => durationSetting(config, 'request.timeout.ms', 30_000)

/** Errors after which the marker is sent again, to whoever leads by then. */
const REPEATED: readonly ErrorName[] = [
  'UNKNOWN_TOPIC_OR_PARTITION',
  'NOT_LEADER_FOR_PARTITION',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'REQUEST_TIMED_OUT',
  'KAFKA_STORAGE_ERROR',
]

export function onMarkersWritten(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  from: NodeId,
  response: WriteTxnMarkersResponse,
): void {
  const link = running(state).coordination?.transactions?.links[nodeNumber(from)]
  if (link?.outstanding?.correlationId !== response.correlationId) return
  const { jobs } = link.outstanding
  link.outstanding = null
  jobs.forEach((job, index) => {
    onJobAnswered(state, ctx, config, job, response.markers[index] ?? {})
  })
  drainMarkers(state, ctx, config)
}

function onJobAnswered(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  job: MarkerJob,
  answers: Readonly<Record<TopicPartition, ErrorName>>,
): void {
  const found = idOf(state, job)
  if (found === null) {
    ctx.probe('marker answered after its coordinator has changed')
    return
  }
  const again: TopicPartition[] = []
  for (const name of job.partitions) {
    const error = answers[name] ?? 'UNKNOWN_SERVER_ERROR'
    if (error === 'NONE') confirm(state, job, name)
    else if (REPEATED.includes(error)) again.push(name)
    else {
      // A newer coordinator or producer has been there: nothing more is sent for this transaction.
      ctx.probe(`marker refused with ${error}`)
      found.id.unmarked = null
      return
    }
  }
  if (again.length > 0) queueMarkers(state, { ...job, partitions: again })
  maybeComplete(state, ctx, config, found.partition, found.id)
}

/** The connection is gone: what was asked on it is asked again, of whoever leads after the back-off. */
export function onMarkerLinkLost(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, peer: NodeId): void {
  const link = running(state).coordination?.transactions?.links[nodeNumber(peer)]
  if (link === undefined) return
  const jobs = [...(link.outstanding?.jobs ?? []), ...link.queued]
  link.outstanding = null
  link.queued = []
  link.retryAtUs = ctx.nowUs + BACKOFF_US
  for (const job of jobs) queueMarkers(state, job)
  drainMarkers(state, ctx, config)
}

/** Looks again: requests out of time, partitions without a leader, completions that could not be written. */
export function onMarkerTimer(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const transactions = running(state).coordination?.transactions
  if (transactions === undefined) return
  for (const key of numericKeys(transactions.links)) {
    const { outstanding } = transactions.links[key]!
    if (outstanding === null || outstanding.sentAtUs + requestTimeoutUs(config) > ctx.nowUs) continue
    ctx.probe('marker request timed out')
    ctx.close(brokerNode(Number(key)), MARKER_CHANNEL)
    onMarkerLinkLost(state, ctx, config, brokerNode(Number(key)))
  }
  const jobs = transactions.leaderless
  transactions.leaderless = []
  for (const job of jobs) if (idOf(state, job) !== null) queueMarkers(state, job)
  const unwritten = transactions.unwritten
  transactions.unwritten = []
  for (const { owner, append } of unwritten) {
    if (stillCoordinated(state, owner, append.coordinatorEpoch) === null) continue
    writeTransition(state, ctx, config, owner, append, append.next?.timeoutMs ?? 0)
  }
  drainMarkers(state, ctx, config)
}

/** This broker no longer coordinates the partition: its markers are another's business. */
export function forgetMarkers(state: BrokerState, owner: TopicPartition): void {
  const transactions = running(state).coordination?.transactions
  if (transactions === undefined) return
  const isOther = (job: { readonly owner: TopicPartition }): boolean => job.owner !== owner
  transactions.leaderless = transactions.leaderless.filter(isOther)
  transactions.unwritten = transactions.unwritten.filter(isOther)
  for (const link of Object.values(transactions.links)) link.queued = link.queued.filter(isOther)
}
