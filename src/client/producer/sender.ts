/** The producer's sending loop (clients: Sender.runOnce): which batches go out now, and when to look again. */
import type { BrokerId, TopicPartition } from '../../kafka/ids.ts'
import { NO_LEADER } from '../../kafka/ids.ts'
import { isMutant } from '../../kafka/mutants.ts'
import type { KafkaRecord } from '../../kafka/records.ts'
import { sortedKeys } from '../../kernel/sorted-keys.ts'
import type { RefreshOptions } from '../cluster-view.ts'
import { leaderOf, maybeRefresh, partitionsOf } from '../cluster-view.ts'
import { dequeSize, peekFront, popFront } from '../deque.ts'
import type { ClientContext } from '../links.ts'
import { canSend, linkTo, maybeConnect, nextCorrelationId, nextTimeoutUs, sendRequest } from '../links.ts'
import { acksSetting, numberSetting, timeSettingUs } from '../settings.ts'
import { earlier, wakeBy } from '../wake.ts'
import {
  deliveryTimeoutUs,
  expireWaiting,
  expiryUs,
  hasDeliveryTimeout,
  isFull,
  nextRefusalUs,
  refuseBlocked,
  resumeBlocked,
} from './accumulator.ts'
import { weighPartitions } from './by-bytes.ts'
import { compressionOf, learnRatio, writtenBytes } from './compression-estimate.ts'
import { failAll } from './failing.ts'
import { maySendSequence, onSequenceExpired, runIdempotence } from './idempotence.ts'
import { producersOf, stampBatch } from './identity.ts'
import { giveUp, succeed } from './outcome.ts'
import type { PartitionQueue, ProducerBatch, ProducerConfig, ProducerVolatile } from './state.ts'
import { maySendTo } from './transactions/manager.ts'
import { endsTransaction, runTransactions } from './transactions/run.ts'

export const maxInFlight = (config: ProducerConfig): number =>
  numberSetting(config.settings, 'max.in.flight.requests.per.connection', 5)

export const requestTimeoutUs = (config: ProducerConfig): number =>
  timeSettingUs(config.settings, 'request.timeout.ms', 30_000)

const backoffUs = (config: ProducerConfig): number => timeSettingUs(config.settings, 'retry.backoff.ms', 100)

const asksVersions = (config: ProducerConfig): boolean => config.mechanisms.clientAsksVersions

const refreshOptions = (memory: ProducerVolatile, config: ProducerConfig): RefreshOptions => ({
  settings: config.settings,
  bootstrap: config.bootstrap,
  topics: memory.topics,
  version: config.mechanisms.leaderEpochFencing ? 7 : 5,
  maxInFlight: maxInFlight(config),
  asksVersions: asksVersions(config),
  name: config.name,
})

/**
 * When the first batch of a queue may go: now (a time that has passed), or at the end of its back-off or linger. Linger
 * does not hold back a full batch, one with others behind it, or any while sends block for memory.
 */
function sendableUs(
  memory: ProducerVolatile,
  queue: PartitionQueue,
  batch: ProducerBatch,
  config: ProducerConfig,
): number {
  if (batch.attempts > 0) return batch.lastAttemptUs + backoffUs(config)
  const lingers = dequeSize(queue.batches) === 1 && !isFull(batch, config) && !isHurried(memory)
  return lingers ? batch.lastAttemptUs + timeSettingUs(config.settings, 'linger.ms', 0) : 0
}

/** Sends block for memory, or `flush` was called: nothing lingers. */
const isHurried = (memory: ProducerVolatile): boolean =>
  dequeSize(memory.waitingForMemory) > 0 || memory.application?.flushing === true || endsTransaction(memory)

/** Takes one batch a partition that `broker` leads, within `max.request.size`; linger no longer counts. */
function drain(
  memory: ProducerVolatile,
  broker: BrokerId,
  config: ProducerConfig,
  ctx: ClientContext,
): ProducerBatch[] {
  const led: TopicPartition[] = []
  for (const topic of sortedKeys(memory.view.topics)) {
    for (const name of partitionsOf(memory.view, topic)!) if (leaderOf(memory.view, name) === broker) led.push(name)
  }
  const limit = numberSetting(config.settings, 'max.request.size', 1_048_576)
  const drained: ProducerBatch[] = []
  let size = 0
  const start = led.length === 0 ? 0 : memory.drainIndex % led.length
  for (let i = 0; i < led.length; i++) {
    const index = (start + i) % led.length
    memory.drainIndex = (index + 1) % led.length
    const queue = memory.queues[led[index]!]
    const first = queue === undefined || queue.muted ? null : peekFront(queue.batches)
    if (queue === undefined || first === null || !maySendTo(memory, led[index]!)) continue
    if (!maySendSequence(memory, first)) continue
    if (first.attempts > 0 && first.lastAttemptUs + backoffUs(config) > ctx.nowUs) continue
    if (size + writtenBytes(first, config) > limit && drained.length > 0) break
    popFront(queue.batches)
    first.closed = true
    learnRatio(memory, first, config)
    size += writtenBytes(first, config)
    if (maxInFlight(config) === 1 && !isMutant(config, 'partition-not-muted')) queue.muted = true
    drained.push(first)
  }
  return drained
}

function sendBatches(
  memory: ProducerVolatile,
  broker: BrokerId,
  batches: readonly ProducerBatch[],
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  const acks = acksSetting(config.settings)
  const link = linkTo(memory.links, broker)
  const partitions: Record<TopicPartition, readonly KafkaRecord[]> = {}
  for (const batch of batches) {
    stampBatch(memory, batch, config)
    partitions[batch.partition] = batch.records
  }
  const compression = compressionOf(config)
  const correlationId = nextCorrelationId(memory.links)
  const timeoutMs = Math.round(requestTimeoutUs(config) / 1000)
  const ids = batches.map((batch) => batch.id)
  for (const batch of batches) {
    memory.inFlight[batch.id] = batch
    if (hasDeliveryTimeout(config)) {
      memory.inFlightExpiryUs = earlier(memory.inFlightExpiryUs, batch.createdAtUs + deliveryTimeoutUs(config))
    }
  }
  sendRequest(
    link,
    broker,
    {
      type: 'ProduceRequest',
      correlationId,
      clientId: config.name,
      acks,
      timeoutMs,
      partitions,
      ...producersOf(memory, batches),
      ...(compression === undefined ? {} : { compression }),
    },
    { kind: 'produce', batches: ids },
    ctx,
  )
  if (acks !== 0) return
  // Nothing comes back: the request is over as soon as it is written.
  link.inFlight.pop()
  for (const batch of batches) {
    delete memory.inFlight[batch.id]
    const queue = memory.queues[batch.partition]
    if (queue !== undefined) queue.muted = false
    succeed(memory, batch, -1, config, ctx)
  }
}

/** Batches in flight past `delivery.timeout.ms`: their answer, if it comes, is no longer of interest (KIP-91, 2.1). */
function expireInFlight(memory: ProducerVolatile, config: ProducerConfig, ctx: ClientContext): void {
  if (memory.inFlightExpiryUs === null || memory.inFlightExpiryUs > ctx.nowUs) return
  const timeoutUs = deliveryTimeoutUs(config)
  memory.inFlightExpiryUs = null
  for (const id of Object.keys(memory.inFlight)) {
    const batch = memory.inFlight[id]!
    const atUs = batch.createdAtUs + timeoutUs
    if (atUs > ctx.nowUs) {
      memory.inFlightExpiryUs = earlier(memory.inFlightExpiryUs, atUs)
      continue
    }
    delete memory.inFlight[id]
    batch.mayBeAppended = true
    ctx.probe('batch-expires-in-flight')
    giveUp(memory, batch, 'TimeoutError', config, ctx)
    onSequenceExpired(memory, batch, config)
  }
}

/** Sends what may be sent, gives up what is out of time, and arms the timer for the next look. */
export function runSender(memory: ProducerVolatile, config: ProducerConfig, ctx: ClientContext): void {
  let again = true
  let lookUs: number | null = null
  let recordsWait = false
  while (again) {
    again = false
    refuseBlocked(memory, config, ctx)
    resumeBlocked(memory, config, ctx)
    lookUs = null
    let expiresUs: number | null = null
    const ready: BrokerId[] = []
    weighPartitions(memory, config)
    for (const name of sortedKeys(memory.queues)) {
      const queue = memory.queues[name]!
      const first = peekFront(queue.batches)
      if (first === null) continue
      if (hasDeliveryTimeout(config) || !queue.muted) expiresUs = earlier(expiresUs, expiryUs(queue, first, config))
      const leader = leaderOf(memory.view, name)
      if (leader === NO_LEADER) memory.view.refreshWanted = true
      if (leader === NO_LEADER || queue.muted || ready.includes(leader)) continue
      const atUs = sendableUs(memory, queue, first, config)
      if (atUs <= ctx.nowUs) ready.push(leader)
      else lookUs = earlier(lookUs, atUs)
    }
    lookUs = earlier(lookUs, maybeRefresh(memory.links, memory.view, refreshOptions(memory, config), ctx))
    const turn = runTransactions(memory, config, ctx)
    const fatal = memory.identity?.fatal
    if (fatal !== undefined) failAll(memory, fatal, config, ctx)
    const own = runIdempotence(memory, config, ctx)
    lookUs = earlier(earlier(lookUs, turn.lookUs), own.lookUs)
    for (const broker of turn.recordsWait || own.recordsWait ? [] : ready.sort((a, b) => a - b)) {
      const link = linkTo(memory.links, broker)
      lookUs = earlier(lookUs, maybeConnect(memory.links, broker, asksVersions(config), ctx))
      if (!canSend(link, maxInFlight(config))) continue
      const batches = drain(memory, broker, config, ctx)
      if (batches.length === 0) continue
      sendBatches(memory, broker, batches, config, ctx)
      again = true
    }
    // Sender.runOnce comes to its batches only when no transactional request is under way: until then none expires.
    recordsWait = turn.recordsWait
    if (recordsWait) break
    const usedBefore = memory.memoryUsed
    if (expiresUs !== null && expiresUs <= ctx.nowUs) expireWaiting(memory, config, ctx)
    lookUs = earlier(lookUs, expiresUs)
    expireInFlight(memory, config, ctx)
    if (memory.memoryUsed < usedBefore) again = true
  }
  armTimer(memory, recordsWait ? lookUs : earlier(lookUs, memory.inFlightExpiryUs), config, ctx)
}

function armTimer(memory: ProducerVolatile, lookUs: number | null, config: ProducerConfig, ctx: ClientContext): void {
  let atUs = earlier(lookUs, nextTimeoutUs(memory.links, requestTimeoutUs(config)))
  atUs = earlier(atUs, nextRefusalUs(memory))
  wakeBy(memory, ctx, atUs)
}
