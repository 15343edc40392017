/** What an answer, or the loss of one, means for the batches of a request (clients: Sender.completeBatch). */
import type { ErrorName } from '../../kafka/errors.ts'
import { errorNamed } from '../../kafka/errors.ts'
import type { BrokerId } from '../../kafka/ids.ts'
import type { ProduceResponse } from '../../kafka/messages/data.ts'
import { isMutant } from '../../kafka/mutants.ts'
import type { DisconnectReason } from '../../kernel/machine.ts'
import { refreshLost } from '../cluster-view.ts'
import { type Deque, peekFront, popFront, pushBack, pushFront } from '../deque.ts'
import type { ClientContext, CommonRequest, Outstanding } from '../links.ts'
import { breakLink, linkTo } from '../links.ts'
import { numberSetting } from '../settings.ts'
import { deliveryTimeoutUs, hasDeliveryTimeout, queueOf } from './accumulator.ts'
import { keepsItsId, retriesSequence } from './idempotence.ts'
import { giveUp, succeed } from './outcome.ts'
import type { ProducerBatch, ProducerConfig, ProducerRequest, ProducerVolatile } from './state.ts'
import { onTransactionRequestLost } from './transactions/requests.ts'

/** Errors that mean that the client's metadata is out of date (clients: InvalidMetadataException). */
const STALE_METADATA: readonly ErrorName[] = [
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'NETWORK_EXCEPTION',
  'REPLICA_NOT_AVAILABLE',
  'KAFKA_STORAGE_ERROR',
  'FENCED_LEADER_EPOCH',
  'ConnectionError',
]

export function onProduceResponse(
  memory: ProducerVolatile,
  ids: readonly number[],
  response: ProduceResponse,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  for (const id of ids) {
    const batch = takeInFlight(memory, id)
    if (batch === null) {
      ctx.probe('answer-to-an-expired-batch')
      continue
    }
    const told = response.partitions[batch.partition]
    if (told === undefined) onBatchError(memory, batch, 'UNKNOWN_SERVER_ERROR', -1, config, ctx)
    else if (told.error === 'NONE') succeed(memory, batch, told.baseOffset, config, ctx)
    else if (told.error === 'DUPLICATE_SEQUENCE_NUMBER') {
      // It is in the log, further back than the log remembers offsets of.
      succeed(memory, batch, -1, config, ctx)
    } else onBatchError(memory, batch, told.error, told.baseOffset, config, ctx, told.logStartOffset)
  }
  unmute(memory, Object.keys(response.partitions))
}

function takeInFlight(memory: ProducerVolatile, id: number): ProducerBatch | null {
  const batch = memory.inFlight[id]
  if (batch === undefined) return null
  delete memory.inFlight[id]
  return batch
}

function unmute(memory: ProducerVolatile, names: readonly string[]): void {
  for (const name of names) {
    const queue = memory.queues[name]
    if (queue !== undefined) queue.muted = false
  }
}

function onBatchError(
  memory: ProducerVolatile,
  batch: ProducerBatch,
  error: ErrorName,
  baseOffset: number,
  config: ProducerConfig,
  ctx: ClientContext,
  logStartOffset = -1,
): void {
  // An offset beside an error says that the records were appended first: a leader that lost its role while the
  // request waited answers NOT_LEADER_FOR_PARTITION, which alone would be definite.
  if (!errorNamed(error).definite || baseOffset >= 0) batch.mayBeAppended = true
  if (STALE_METADATA.includes(error)) memory.view.refreshWanted = true
  if (!hasTriesLeft(batch, config, ctx) || !isRetriable(memory, batch, error, logStartOffset, config)) {
    giveUp(memory, batch, error, config, ctx, batch.attempts < retries(config))
    return
  }
  if (!keepsItsId(memory, batch, config)) {
    batch.mayBeAppended = true
    giveUp(memory, batch, 'OUT_OF_ORDER_SEQUENCE_NUMBER', config, ctx)
    return
  }
  putBack(memory, batch, config, ctx)
  const attempt = batch.attempts
  ctx.fact({ kind: 'clientRetried', client: config.name, partition: batch.partition, error, attempt })
}

const retries = (config: ProducerConfig): number => numberSetting(config.settings, 'retries', 0)

const isRetriable = (
  memory: ProducerVolatile,
  batch: ProducerBatch,
  error: ErrorName,
  logStartOffset: number,
  config: ProducerConfig,
): boolean => errorNamed(error).retriable || retriesSequence(memory, batch, error, logStartOffset, config)

function hasTriesLeft(batch: ProducerBatch, config: ProducerConfig, ctx: ClientContext): boolean {
  if (hasDeliveryTimeout(config) && batch.createdAtUs + deliveryTimeoutUs(config) <= ctx.nowUs) return false
  return batch.attempts < retries(config)
}

/**
 * A batch to be retried goes to the head of its queue. Two batches that fail one after the other before the first is
 * sent again thereby change places; with several requests in flight and no idempotence that is how records are
 * reordered (2.4 RecordAccumulator.reenqueue).
 */
function putBack(memory: ProducerVolatile, batch: ProducerBatch, config: ProducerConfig, ctx: ClientContext): void {
  if (isMutant(config, 'retry-gets-new-sequence')) delete batch.producer
  batch.attempts += 1
  batch.lastAttemptUs = ctx.nowUs
  batch.lastAppendUs = Math.max(batch.lastAppendUs, ctx.nowUs)
  const { batches } = queueOf(memory, batch.partition)
  if (isMutant(config, 'retries-behind-later-batches')) pushBack(batches, batch)
  else putInOrder(batches, batch)
}

/** A batch that has a sequence goes behind those with lower ones: the log takes them in that order only (KIP-98). */
function putInOrder(queue: Deque<ProducerBatch>, batch: ProducerBatch): void {
  const before: ProducerBatch[] = []
  const { producer } = batch
  for (let first = peekFront(queue); producer !== undefined && first !== null; first = peekFront(queue)) {
    if (first.producer === undefined || first.producer.baseSequence > producer.baseSequence) break
    before.push(first)
    popFront(queue)
  }
  pushFront(queue, batch)
  for (const each of before.reverse()) pushFront(queue, each)
}

/** The connection to `broker` is gone, or is given up after `request.timeout.ms`: every batch in flight is tried again. */
export function onLinkBroken(
  memory: ProducerVolatile,
  broker: BrokerId,
  reason: DisconnectReason,
  config: ProducerConfig,
  ctx: ClientContext,
  error: ErrorName = 'ConnectionError',
): void {
  const lost = breakLink(linkTo(memory.links, broker), config.settings, ctx)
  memory.view.refreshWanted = true
  if (memory.view.asking === broker) refreshLost(memory.view, ctx.nowUs)
  const reversed = config.mechanisms.retriesReversedAfterDisconnect
  if (reason === 'refused') {
    // Nothing listened: the requests never left, so their batches wait on as they were, without having used an attempt.
    takeBack(memory, lost.slice().reverse(), (batch) => {
      pushFront(queueOf(memory, batch.partition).batches, batch)
    })
    return
  }
  if (lost.length > 1 && reversed) ctx.probe('in-flight-window-comes-back-reversed')
  // [2.0.0 InFlightRequests.clearAll] oldest first, each to the head: reversed. Before: newest first, so in order.
  takeBack(memory, reversed ? lost : lost.slice().reverse(), (batch) => {
    onBatchError(memory, batch, error, -1, config, ctx)
  })
}

/** Nobody waits for the answers to these requests any more; `back` takes the batches that were in them. */
function takeBack(
  memory: ProducerVolatile,
  lost: readonly Outstanding<ProducerRequest | CommonRequest>[],
  back: (batch: ProducerBatch) => void,
): void {
  for (const { request } of lost) {
    if (request.kind === 'transaction') onTransactionRequestLost(memory, request.request)
    if (request.kind === 'producerId' && memory.identity !== undefined) memory.identity.asking = false
    if (request.kind !== 'produce') continue
    for (const id of request.batches) {
      const batch = takeInFlight(memory, id)
      if (batch === null) continue
      unmute(memory, [batch.partition])
      back(batch)
    }
  }
}
