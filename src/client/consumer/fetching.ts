/** The consumer's fetching loop: what is asked of whom now, and what answers mean (clients: Fetcher). */

import type { BrokerId, TopicPartition } from '../../kafka/ids.ts'
import { brokerNode, NO_LEADER, partitionNames } from '../../kafka/ids.ts'
import type { FetchedPartition, FetchPartition, FetchResponse } from '../../kafka/messages/data.ts'
import { isMutant } from '../../kafka/mutants.ts'
import { lastOffset, offsetAt } from '../../kafka/records.ts'
import { leaderOf, maybeRefresh, type RefreshOptions } from '../cluster-view.ts'
import type { ClientContext } from '../links.ts'
import {
  CLIENT_CHANNEL,
  canSend,
  linkTo,
  maybeConnect,
  nextCorrelationId,
  nextTimeoutUs,
  sendRequest,
} from '../links.ts'
import { booleanSetting, numberSetting, timeSettingUs } from '../settings.ts'
import { earlier, wakeBy } from '../wake.ts'
import { fetchedLast } from './group/fetch-order.ts'
import { asksForAll } from './group/pattern.ts'
import { isolationOf, transactionFilter } from './isolation.ts'
import { backOff, noticeLeaderEpoch, resetOffset, resetTimestamp } from './positions.ts'
import { rackOf, readFrom, readReplicaOf, returnToLeader } from './read-replica.ts'
import type { BufferedRecords, ConsumedPartition, ConsumerConfig, ConsumerVolatile } from './state.ts'

/** The Java consumer's fixed limit. */
const MAX_IN_FLIGHT = 100

export const requestTimeoutUs = (config: ConsumerConfig): number =>
  timeSettingUs(config.settings, 'request.timeout.ms', 30_000)

const asksVersions = (config: ConsumerConfig): boolean => config.mechanisms.clientAsksVersions

/** What to ask one broker about. */
interface Asks {
  readonly broker: BrokerId
  fetch: TopicPartition[]
  reset: TopicPartition[]
  validate: TopicPartition[]
}

/** What one broker is asked; who is asked nothing now is connected to all the same. */
function asksOf(all: Asks[], broker: BrokerId): Asks {
  for (const asks of all) if (asks.broker === broker) return asks
  const asks: Asks = { broker, fetch: [], reset: [], validate: [] }
  all.push(asks)
  return asks
}

/** Asks every leader what there is to ask, and arms the timer for the next look. */
export function poll(memory: ConsumerVolatile, config: ConsumerConfig, ctx: ClientContext): void {
  let lookUs = askLeaders(memory, config, ctx)
  if (booleanSetting(config.settings, 'enable.auto.commit', true)) lookUs = earlier(lookUs, memory.nextCommitAtUs)
  wakeBy(memory, ctx, lookUs)
}

/** Whether records of a partition are wanted: none are at hand, and the application has not paused it. */
const isFetchable = (memory: ConsumerVolatile, name: TopicPartition): boolean =>
  memory.application === undefined ||
  (memory.application.fetching && memory.buffered[name] === undefined && !memory.application.paused.includes(name))

/** Asks every leader what there is to ask, and returns when to look again. */
export function askLeaders(memory: ConsumerVolatile, config: ConsumerConfig, ctx: ClientContext): number | null {
  let lookUs: number | null = null
  const all: Asks[] = []
  for (const name of partitionNames(memory.partitions)) {
    const partition = memory.partitions[name]!
    if (partition.phase === 'failed' || partition.asking) continue
    const leader = leaderOf(memory.view, name)
    if (leader === NO_LEADER) {
      memory.view.refreshWanted = true
      continue
    }
    noticeLeaderEpoch(partition, memory.view.partitions[name]!.leaderEpoch, config)
    if (partition.retryAtUs > ctx.nowUs) {
      lookUs = earlier(lookUs, partition.retryAtUs)
      continue
    }
    if (partition.phase === 'resetting') asksOf(all, leader).reset.push(name)
    else if (partition.phase === 'validating') asksOf(all, leader).validate.push(name)
    else if (isFetchable(memory, name)) {
      asksOf(all, readReplicaOf(memory.view, name, partition, config, ctx) ?? leader).fetch.push(name)
    } else asksOf(all, leader)
  }
  lookUs = earlier(lookUs, refresh(memory, config, ctx))
  for (const asks of all.sort((a, b) => a.broker - b.broker)) {
    const { broker } = asks
    const link = linkTo(memory.links, broker)
    lookUs = earlier(lookUs, maybeConnect(memory.links, broker, asksVersions(config), ctx))
    if (canSend(link, MAX_IN_FLIGHT)) ask(memory, broker, asks, config, ctx)
  }
  return earlier(lookUs, nextTimeoutUs(memory.links, requestTimeoutUs(config)))
}

const refresh = (memory: ConsumerVolatile, config: ConsumerConfig, ctx: ClientContext): number | null =>
  maybeRefresh(memory.links, memory.view, refreshOptions(memory, config), ctx)

export const refreshOptions = (memory: ConsumerVolatile, config: ConsumerConfig): RefreshOptions => ({
  settings: config.settings,
  bootstrap: config.bootstrap,
  topics: asksForAll(config) ? null : memory.topics,
  version: config.mechanisms.leaderEpochFencing ? 7 : 5,
  maxInFlight: MAX_IN_FLIGHT,
  asksVersions: asksVersions(config),
  name: config.name,
})

function ask(memory: ConsumerVolatile, broker: BrokerId, asks: Asks, config: ConsumerConfig, ctx: ClientContext): void {
  const link = linkTo(memory.links, broker)
  if (asks.reset.length > 0) askOffsets(memory, broker, asks.reset, config, ctx)
  if (asks.validate.length > 0) askEpochEnds(memory, broker, asks.validate, ctx)
  // One fetch a broker at a time: the next one goes out with the answer.
  const isFetching = link.inFlight.some(({ request }) => request.kind === 'fetch')
  if (asks.fetch.length > 0 && !isFetching) fetch(memory, broker, asks.fetch, config, ctx)
}

function askOffsets(
  memory: ConsumerVolatile,
  broker: BrokerId,
  names: readonly TopicPartition[],
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  const timestamp = resetTimestamp(config)
  const partitions: Record<TopicPartition, { timestamp: number; currentLeaderEpoch: number }> = {}
  for (const name of names) {
    memory.partitions[name]!.asking = true
    const currentLeaderEpoch = config.mechanisms.consumerValidatesOffsets
      ? memory.view.partitions[name]!.leaderEpoch
      : -1
    partitions[name] = { timestamp, currentLeaderEpoch }
  }
  const correlationId = nextCorrelationId(memory.links)
  const version = config.mechanisms.offsetNotAvailable ? 5 : 1
  const link = linkTo(memory.links, broker)
  const message = {
    type: 'ListOffsetsRequest',
    correlationId,
    replicaId: -1,
    version,
    ...isolationOf(config),
    partitions,
  } as const
  sendRequest(link, broker, message, { kind: 'listOffsets', partitions: names }, ctx)
}

function askEpochEnds(
  memory: ConsumerVolatile,
  broker: BrokerId,
  names: readonly TopicPartition[],
  ctx: ClientContext,
): void {
  const partitions: Record<TopicPartition, { leaderEpoch: number; currentLeaderEpoch: number }> = {}
  for (const name of names) {
    const partition = memory.partitions[name]!
    partition.asking = true
    partitions[name] = { leaderEpoch: partition.positionEpoch, currentLeaderEpoch: partition.leaderEpoch }
  }
  const correlationId = nextCorrelationId(memory.links)
  const link = linkTo(memory.links, broker)
  const message = { type: 'OffsetsForLeaderEpochRequest', correlationId, replicaId: -1, partitions } as const
  sendRequest(link, broker, message, { kind: 'epochEnds', partitions: names }, ctx)
}

function fetch(
  memory: ConsumerVolatile,
  broker: BrokerId,
  names: readonly TopicPartition[],
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  const { settings } = config
  const maxBytes = numberSetting(settings, 'max.partition.fetch.bytes', 1_048_576)
  const partitions: Record<TopicPartition, FetchPartition> = {}
  const offsets: Record<TopicPartition, number> = {}
  for (const name of names) {
    const { position, leaderEpoch } = memory.partitions[name]!
    offsets[name] = position
    const currentLeaderEpoch = config.mechanisms.consumerValidatesOffsets ? leaderEpoch : -1
    partitions[name] = { fetchOffset: position, maxBytes, currentLeaderEpoch, lastFetchedEpoch: -1, logStartOffset: -1 }
  }
  const correlationId = nextCorrelationId(memory.links)
  sendRequest(
    linkTo(memory.links, broker),
    broker,
    {
      type: 'FetchRequest',
      correlationId,
      replicaId: -1,
      replicaEpoch: -1,
      maxWaitMs: numberSetting(settings, 'fetch.max.wait.ms', 500),
      minBytes: numberSetting(settings, 'fetch.min.bytes', 1),
      ...isolationOf(config),
      ...rackOf(config),
      partitions,
    },
    { kind: 'fetch', offsets },
    ctx,
  )
}

export function onFetchResponse(
  memory: ConsumerVolatile,
  broker: BrokerId,
  offsets: Readonly<Record<TopicPartition, number>>,
  response: FetchResponse,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  for (const name of partitionNames(offsets)) {
    const partition = memory.partitions[name]
    const told = response.partitions[name]
    if (partition === undefined || told === undefined) continue
    if (partition.phase !== 'fetching' || partition.position !== offsets[name]) {
      ctx.probe('stale-fetch-answer')
    } else if (told.preferredReadReplica !== undefined) {
      readFrom(name, partition, told.preferredReadReplica, config, ctx)
    } else if (told.error === 'NONE') handOut(memory, name, partition, told, broker, config, ctx)
    else {
      fetchedLast(memory.group, name)
      onFetchError(memory, name, partition, told, config, ctx)
    }
  }
}

function onFetchError(
  memory: ConsumerVolatile,
  name: TopicPartition,
  partition: ConsumedPartition,
  told: FetchedPartition,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  if (told.error === 'OFFSET_OUT_OF_RANGE') {
    // A follower may be behind, or ahead with its start: only the leader decides (KIP-392).
    if (returnToLeader(name, partition, 'OFFSET_OUT_OF_RANGE', config, ctx)) return
    ctx.probe('consumer-offset-out-of-range')
    resetOffset(name, partition, 'OFFSET_OUT_OF_RANGE', config, ctx)
    return
  }
  // UNKNOWN_LEADER_EPOCH says that the broker is behind this client: ask it again, not for metadata (KIP-320).
  if (told.error !== 'UNKNOWN_LEADER_EPOCH') {
    memory.view.refreshWanted = true
    if (config.mechanisms.readReplicaDroppedOnError) returnToLeader(name, partition, told.error, config, ctx)
  }
  backOff(partition, config, ctx)
}

/** What an answer holds for the application from the position on, and where the position goes behind it. */
function readable(
  partition: ConsumedPartition,
  told: FetchedPartition,
  broker: BrokerId,
  config: ConsumerConfig,
  ctx: ClientContext,
): BufferedRecords {
  const records: BufferedRecords['records'][number][] = []
  const isUnseen = transactionFilter(told, config)
  let unseenTo: BufferedRecords['unseenTo'] = null
  for (const batch of told.batches) {
    // check.crcs: what comes before it is handed out.
    if (batch.corrupt === true) break
    if (isUnseen(batch)) {
      if (batch.control === undefined) ctx.probe('aborted batch passed over by a consumer')
      unseenTo = { offset: lastOffset(batch) + 1, epoch: batch.leaderEpoch }
      continue
    }
    for (const [index, record] of batch.records.entries()) {
      const offset = offsetAt(batch, index)
      if (offset < partition.position) continue
      if (offset >= told.highWatermark) {
        ctx.probe('fetch-answer-holds-records-above-the-high-watermark')
        break
      }
      records.push({ offset, id: record.id, epoch: batch.leaderEpoch, value: record.value })
    }
  }
  return { records, unseenTo, highWatermark: told.highWatermark, broker }
}

/**
 * Takes an answer in: a consumer without an application hands all of it out, `max.poll.records` at a time; else it is
 * kept for the next polls.
 */
function handOut(
  memory: ConsumerVolatile,
  name: TopicPartition,
  partition: ConsumedPartition,
  told: FetchedPartition,
  broker: BrokerId,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  if (told.highWatermark < partition.highWatermark) ctx.probe('consumer-sees-the-high-watermark-go-back')
  partition.highWatermark = told.highWatermark
  const found = readable(partition, told, broker, config, ctx)
  const corrupt = told.batches.find((batch) => batch.corrupt === true)
  if (corrupt !== undefined) {
    // The poll throws where the batch begins, and goes on throwing.
    partition.phase = 'failed'
    const why = `the batch at ${corrupt.baseOffset} has a wrong checksum`
    ctx.fact({ kind: 'consumerFailed', client: config.name, partition: name, position: partition.position, why })
  }
  if (memory.application !== undefined) {
    if (found.records.length > 0) memory.buffered[name] = found
    else passUnseen(partition, found)
    return
  }
  const atMost = numberSetting(config.settings, 'max.poll.records', 500)
  for (let start = 0; start < found.records.length; start += atMost) {
    takeRecords(name, partition, found, found.records.slice(start, start + atMost), config, ctx)
  }
  passUnseen(partition, found)
}

/** Hands records of one partition to the application: the position goes behind them. */
export function takeRecords(
  name: TopicPartition,
  partition: ConsumedPartition,
  { highWatermark, broker }: BufferedRecords,
  records: BufferedRecords['records'],
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  const last = records[records.length - 1]!
  ctx.fact({
    kind: 'recordsPolled',
    client: config.name,
    partition: name,
    fromOffset: partition.position,
    records: records.map(({ offset, id, epoch }) => ({ offset, id, epoch })),
    highWatermark,
    broker,
  })
  const twice = isMutant(config, 'consumer-reads-twice') && partition.position <= last.offset - 1
  partition.position = last.offset + (twice ? 0 : isMutant(config, 'consumer-skips') ? 2 : 1)
  partition.positionEpoch = last.epoch
}

/** Behind markers and records of aborted transactions the position goes on although nothing is handed out. */
export function passUnseen(partition: ConsumedPartition, { unseenTo }: BufferedRecords): void {
  if (unseenTo === null || unseenTo.offset <= partition.position) return
  partition.position = unseenTo.offset
  partition.positionEpoch = unseenTo.epoch
}

/** Lets go of every connection. */
export function closeLinks(memory: ConsumerVolatile, ctx: ClientContext): void {
  for (const broker of Object.keys(memory.links.byBroker)) {
    if (memory.links.byBroker[broker]!.phase !== 'closed') ctx.close(brokerNode(Number(broker)), CLIENT_CHANNEL)
  }
}
