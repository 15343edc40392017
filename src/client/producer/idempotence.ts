/**
 * How an idempotent producer keeps its sequences (clients: TransactionManager without transactions): it asks for an id,
 * holds back what may not be sent yet, and begins anew where a log may miss one of its batches: under another id (to
 * 2.4), or at the next epoch (KIP-360, 2.5).
 */
import type { ErrorName } from '../../kafka/errors.ts'
import { exceptionClass } from '../../kafka/exceptions.ts'
import type { TopicPartition } from '../../kafka/ids.ts'
import type { InitProducerIdResponse } from '../../kafka/messages/producer-id.ts'
import { isMutant } from '../../kafka/mutants.ts'
import type { ClientContext } from '../links.ts'
import { canSend, linkTo, nextCorrelationId, sendRequest } from '../links.ts'
import { booleanSetting, timeSettingUs } from '../settings.ts'
import { anyBroker, nextConnectUs, type TransactionTurn } from './any-broker.ts'
import type { ProducerIdentity } from './identity.ts'
import { becomeProducer, sequenceAfter } from './identity.ts'
import type { ProducerBatch, ProducerConfig, ProducerVolatile } from './state.ts'

/** Formats before 2 have no place for a producer. */
export const isIdempotent = (config: ProducerConfig): boolean =>
  config.mechanisms.recordFormat === 2 && booleanSetting(config.settings, 'enable.idempotence', false)

/** Its transactions, if it has any, ask for its id and say when it begins anew. */
const idempotentOnly = (memory: ProducerVolatile): ProducerIdentity | null =>
  memory.identity === undefined || memory.transactions !== undefined ? null : memory.identity

const LARGEST_EPOCH = 32_767

/** Batches of a partition that have a sequence and no result, lowest sequence first. */
function sequenced(memory: ProducerVolatile, name: TopicPartition): ProducerBatch[] {
  const found: ProducerBatch[] = []
  for (const id of Object.keys(memory.inFlight)) {
    const batch = memory.inFlight[id]!
    if (batch.partition === name && batch.producer !== undefined) found.push(batch)
  }
  const { batches } = memory.queues[name] ?? {}
  for (let at = batches?.head ?? 0; batches !== undefined && at < batches.tail; at++) {
    const batch = batches.items[at]!
    if (batch.producer === undefined) break
    found.push(batch)
  }
  return found.sort((a, b) => a.producer!.baseSequence - b.producer!.baseSequence)
}

const isOwn = (identity: ProducerIdentity, batch: ProducerBatch): boolean => {
  const { producerId, producerEpoch } = identity.former[batch.partition] ?? identity
  return batch.producer?.id === producerId && batch.producer.epoch === producerEpoch
}

const isNext = (identity: ProducerIdentity, name: TopicPartition, sequence: number): boolean =>
  sequence === sequenceAfter(identity.acknowledged[name] ?? -1, 1)

/** Whether the partition's first batch may be sent now (2.4 RecordAccumulator.shouldStopDrainBatchesForPartition). */
export function maySendSequence(memory: ProducerVolatile, batch: ProducerBatch): boolean {
  const { identity } = memory
  if (identity === undefined) return true
  if (batch.producer === undefined) {
    settleFormer(memory, identity, batch.partition)
    return !identity.unresolved.includes(batch.partition)
  }
  // A batch that is sent again waits for all before it: in effect one is in flight until the window is through.
  return sequenced(memory, batch.partition)[0] === batch
}

/** A partition whose batches of the epoch before are done goes on at the present one (2.5). */
function settleFormer(memory: ProducerVolatile, identity: ProducerIdentity, name: TopicPartition): void {
  if (identity.former[name] === undefined || sequenced(memory, name).length > 0) return
  delete identity.former[name]
  beginAgain(memory, identity, name)
}

/** Every batch without a result gets a new sequence, from 0 on, under the present id and epoch. */
function beginAgain(memory: ProducerVolatile, identity: ProducerIdentity, name: TopicPartition): void {
  let next = 0
  for (const batch of sequenced(memory, name)) {
    const { producerId, producerEpoch } = identity
    batch.producer = { ...batch.producer!, id: producerId, epoch: producerEpoch, baseSequence: next }
    batch.sequenceReset = true
    next = sequenceAfter(next, batch.records.length)
  }
  identity.sequences[name] = next
  delete identity.acknowledged[name]
}

/** The sending thread's turn: what is to be cleared up first, and the request for an id. */
export function runIdempotence(memory: ProducerVolatile, config: ProducerConfig, ctx: ClientContext): TransactionTurn {
  const identity = idempotentOnly(memory)
  if (identity === null) return { recordsWait: false, lookUs: null }
  if (identity.fatal !== undefined) return { recordsWait: true, lookUs: null }
  if (identity.unresolved.length > 0) resolve(memory, identity, config, ctx)
  if (identity.restarting.length > 0) bumpEpoch(memory, identity, config, ctx)
  if (identity.producerId >= 0) return { recordsWait: false, lookUs: null }
  return { recordsWait: true, lookUs: askForId(memory, identity, config, ctx) }
}

/** A given-up batch is resolved once nothing behind it is under way: either the next sequence fits, or all begins anew. */
function resolve(
  memory: ProducerVolatile,
  identity: ProducerIdentity,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  for (const name of [...identity.unresolved]) {
    if (sequenced(memory, name).length > 0) continue
    if (isNext(identity, name, identity.sequences[name] ?? 0)) {
      identity.unresolved = identity.unresolved.filter((each) => each !== name)
    } else if (config.mechanisms.producerRecoversByEpochBump) {
      restart(identity, name)
    } else {
      ctx.probe('idempotent-producer-takes-another-id')
      becomeProducer(identity, -1, -1)
      return
    }
  }
}

function restart(identity: ProducerIdentity, name: TopicPartition): void {
  identity.unresolved = identity.unresolved.filter((each) => each !== name)
  if (!identity.restarting.includes(name)) identity.restarting = [...identity.restarting, name].sort()
}

/** KIP-360 (2.5): the next epoch, which the producer takes by itself. */
function bumpEpoch(
  memory: ProducerVolatile,
  identity: ProducerIdentity,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  ctx.probe('idempotent-producer-bumps-its-epoch')
  const { producerId, producerEpoch, restarting } = identity
  if (producerEpoch >= LARGEST_EPOCH) {
    becomeProducer(identity, -1, -1)
    return
  }
  if (!isMutant(config, 'sequences-begin-again-in-one-epoch')) identity.producerEpoch += 1
  for (const name of Object.keys(identity.sequences)) {
    if (!restarting.includes(name)) identity.former[name] ??= { producerId, producerEpoch }
  }
  for (const name of restarting) {
    delete identity.former[name]
    beginAgain(memory, identity, name)
  }
  identity.restarting = []
}

/** Asks any broker for an id; says when to look again (null: an answer comes first). */
function askForId(
  memory: ProducerVolatile,
  identity: ProducerIdentity,
  config: ProducerConfig,
  ctx: ClientContext,
): number | null {
  if (identity.asking) return null
  if (identity.askAgainUs > ctx.nowUs) return identity.askAgainUs
  const broker = anyBroker(memory, config, ctx)
  if (broker === null) return nextConnectUs(memory, config)
  const link = linkTo(memory.links, broker)
  if (!canSend(link, Number.MAX_SAFE_INTEGER)) return null
  identity.asking = true
  const correlationId = nextCorrelationId(memory.links)
  const asked = { transactionalId: null, timeoutMs: 2_147_483_647, producerId: -1, producerEpoch: -1 }
  sendRequest(link, broker, { type: 'InitProducerIdRequest', correlationId, ...asked }, { kind: 'producerId' }, ctx)
  return null
}

export function onProducerId(
  memory: ProducerVolatile,
  response: InitProducerIdResponse,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  const { identity } = memory
  if (identity === undefined) return
  identity.asking = false
  if (response.error === 'NONE') becomeProducer(identity, response.producerId, response.producerEpoch)
  else identity.askAgainUs = ctx.nowUs + timeSettingUs(config.settings, 'retry.backoff.ms', 100)
}

/** The batch is in the log, at `baseOffset` (-1: not told). */
export function onSequenceAcknowledged(memory: ProducerVolatile, batch: ProducerBatch, baseOffset: number): void {
  const { identity } = memory
  const { producer, partition } = batch
  if (identity === undefined || producer === undefined || !isOwn(identity, batch)) return
  const last = sequenceAfter(producer.baseSequence, batch.records.length - 1)
  identity.acknowledged[partition] = Math.max(identity.acknowledged[partition] ?? -1, last)
  if (baseOffset < 0) return
  const offset = baseOffset + batch.records.length - 1
  identity.acknowledgedOffsets[partition] = Math.max(identity.acknowledgedOffsets[partition] ?? -1, offset)
}

/** Whether a refused sequence is worth another try; may renumber what is under way (TransactionManager.canRetry). */
export function retriesSequence(
  memory: ProducerVolatile,
  batch: ProducerBatch,
  error: ErrorName,
  logStartOffset: number,
  config: ProducerConfig,
): boolean {
  const { identity } = memory
  const { producer, partition } = batch
  if (identity === undefined || producer === undefined || !isOwn(identity, batch)) return false
  const bumps = config.mechanisms.producerRecoversByEpochBump && memory.transactions === undefined
  const isUnresolved = identity.unresolved.includes(partition)
  if (error === 'UNKNOWN_PRODUCER_ID') {
    if (logStartOffset < 0 || batch.sequenceReset === true) return true
    if ((identity.acknowledgedOffsets[partition] ?? -1) >= logStartOffset && !bumps) return false
    // Its records are gone from the head of the log, and with them what the log knew: from 0 again.
    if (bumps) restart(identity, partition)
    else putBackAndBegin(memory, identity, batch)
    return true
  }
  if (error !== 'OUT_OF_ORDER_SEQUENCE_NUMBER') return false
  // Something before it failed: it may fit when that has been sent again.
  const mayFit = batch.sequenceReset === true || !isNext(identity, partition, producer.baseSequence)
  if (!isUnresolved && mayFit) return true
  if (bumps && !isUnresolved) restart(identity, partition)
  return bumps
}

/** The batch has been taken out of what is in flight: it counts while sequences begin again. */
function putBackAndBegin(memory: ProducerVolatile, identity: ProducerIdentity, batch: ProducerBatch): void {
  memory.inFlight[batch.id] = batch
  beginAgain(memory, identity, batch.partition)
  delete memory.inFlight[batch.id]
}

/** Whether a batch may still be sent under the id it has (2.4 Sender.completeBatch); to 2.4 another id ends it. */
export const keepsItsId = (memory: ProducerVolatile, batch: ProducerBatch, config: ProducerConfig): boolean =>
  memory.identity === undefined ||
  batch.producer === undefined ||
  config.mechanisms.producerRecoversByEpochBump ||
  isOwn(memory.identity, batch)

/**
 * A batch was given up. `unused`: its sequence certainly was not taken by a log, so that those behind it move up. In
 * 0.11 they always do: the next batch takes the sequence, and a log that has it believes that batch a retry.
 */
export function onSequenceFailed(
  memory: ProducerVolatile,
  batch: ProducerBatch,
  error: ErrorName,
  unused: boolean,
  config: ProducerConfig,
): void {
  const { identity } = memory
  if (identity === undefined || batch.producer === undefined) return
  // To 2.6 a producer that is told of a newer epoch takes itself for fenced, also one without transactions (KIP-588, 2.7).
  if (memory.transactions === undefined && exceptionClass(error, config.mechanisms) === 'ProducerFencedException') {
    identity.fatal ??= error
    return
  }
  if (!isOwn(identity, batch)) return
  const bumps = config.mechanisms.producerRecoversByEpochBump
  const outOfOrder = error === 'OUT_OF_ORDER_SEQUENCE_NUMBER' || error === 'UNKNOWN_PRODUCER_ID'
  if (memory.transactions === undefined && (outOfOrder || (bumps && unused))) {
    if (bumps) restart(identity, batch.partition)
    else becomeProducer(identity, -1, -1)
  } else if (unused || config.mechanisms.sequencesCount === 'acknowledged') moveUp(memory, identity, batch)
}

function moveUp(memory: ProducerVolatile, identity: ProducerIdentity, failed: ProducerBatch): void {
  const by = failed.records.length
  const { baseSequence } = failed.producer!
  identity.sequences[failed.partition] = (identity.sequences[failed.partition] ?? 0) - by
  for (const batch of sequenced(memory, failed.partition)) {
    const { producer } = batch
    if (producer === undefined || producer.baseSequence < baseSequence) continue
    batch.producer = { ...producer, baseSequence: producer.baseSequence - by }
    batch.sequenceReset = true
  }
}

/**
 * A batch that was sent before was given up by time: nothing new is sent to its partition until that is clear. In 0.11
 * (Sender.sendProducerData) an idempotent producer goes on under another id at once.
 */
export function onSequenceExpired(memory: ProducerVolatile, batch: ProducerBatch, config: ProducerConfig): void {
  const { identity } = memory
  if (identity === undefined || batch.producer === undefined || batch.attempts === 0) return
  if (config.mechanisms.sequencesCount === 'acknowledged') {
    if (memory.transactions === undefined) becomeProducer(identity, -1, -1)
    return
  }
  if (!isOwn(identity, batch) || identity.unresolved.includes(batch.partition)) return
  identity.unresolved = [...identity.unresolved, batch.partition].sort()
}
