/** Records waiting to be sent: a queue of batches a partition, within `buffer.memory`. */

import type { TopicPartition } from '../../kafka/ids.ts'
import { topicPartition } from '../../kafka/ids.ts'
import type { SendOperation } from '../../kafka/operations.ts'
import type { KafkaRecord } from '../../kafka/records.ts'
import { partitionsOf } from '../cluster-view.ts'
import { dequeSize, emptyDeque, peekBack, peekFront, popFront, pushBack } from '../deque.ts'
import type { ClientContext } from '../links.ts'
import { numberSetting, timeSettingUs } from '../settings.ts'
import { earlier } from '../wake.ts'
import { byBytes, maybeMoved, producedTo } from './by-bytes.ts'
import { estimateFor, writtenBytes } from './compression-estimate.ts'
import { onSequenceExpired } from './idempotence.ts'
import { giveUp, tell } from './outcome.ts'
import { choosePartition, isByBytes, partitionForNewBatch } from './partitioner.ts'
import { emptyBatchSize, recordSize, recordSizeUpperBound } from './record-size.ts'
import type { PartitionQueue, ProducerBatch, ProducerConfig, ProducerVolatile, WaitingSend } from './state.ts'
import { addPartition, onSendRefused } from './transactions/manager.ts'

export function queueOf(memory: ProducerVolatile, name: TopicPartition): PartitionQueue {
  let queue = memory.queues[name]
  if (queue === undefined) {
    queue = { batches: emptyDeque(), muted: false }
    memory.queues[name] = queue
  }
  return queue
}

/** Whether the batch has reached its limit: it is then sent without waiting for `linger.ms`. */
export const isFull = (batch: ProducerBatch, config: ProducerConfig): boolean =>
  batch.closed || writtenBytes(batch, config) >= batch.limitBytes

/** Adds the record to the last batch of its partition, if that has room. */
function tryAppend(
  memory: ProducerVolatile,
  name: TopicPartition,
  operation: SendOperation,
  config: ProducerConfig,
  nowUs: number,
): ProducerBatch | null {
  const queue = memory.queues[name]
  const last = queue === undefined ? null : peekBack(queue.batches)
  if (last === null) return null
  const { record } = operation
  const size = recordSize(config.mechanisms.recordFormat, record, last.records.length, last.firstTimestampMs)
  if (isFull(last, config) || writtenBytes(last, config) + size > last.limitBytes) {
    last.closed = true
    return null
  }
  last.records.push(record)
  last.operationIds.push(operation.operationId)
  last.sizeBytes += size
  last.lastAppendUs = nowUs
  return last
}

function newBatch(
  memory: ProducerVolatile,
  name: TopicPartition,
  operation: SendOperation,
  limitBytes: number,
  config: ProducerConfig,
  nowUs: number,
): ProducerBatch {
  const { record } = operation
  const format = config.mechanisms.recordFormat
  const estimate = estimateFor(memory, operation.topic, config)
  const batch: ProducerBatch = {
    id: memory.nextBatchId,
    partition: name,
    createdAtUs: nowUs,
    lastAppendUs: nowUs,
    lastAttemptUs: nowUs,
    attempts: 0,
    mayBeAppended: false,
    closed: false,
    sizeBytes: emptyBatchSize(format) + recordSize(format, record, 0, record.timestampMs),
    limitBytes,
    firstTimestampMs: record.timestampMs,
    records: [record],
    operationIds: [operation.operationId],
    ...(estimate === undefined ? {} : { estimate }),
  }
  memory.nextBatchId += 1
  memory.memoryUsed += limitBytes
  pushBack(queueOf(memory, name).batches, batch)
  return batch
}

/** What came of a `send`: whether the sender must look now, or the record waits for memory; and for which partition. */
export interface Appended {
  readonly result: 'quiet' | 'wake-sender' | 'no-memory'
  readonly partition: number
}

/**
 * Puts a record into a batch (clients: KafkaProducer.doSend and RecordAccumulator.append). The topic is known. The
 * partition is chosen once: a record that waits for memory keeps the one it was given (`chosen`).
 */
export function append(
  memory: ProducerVolatile,
  operation: SendOperation,
  chosen: number | null,
  config: ProducerConfig,
  ctx: ClientContext,
): Appended {
  if (chosen === null && isByBytes(operation, config)) return appendByBytes(memory, operation, config, ctx)
  let partition = chosen ?? choosePartition(memory, operation, config, ctx)
  let batch = tryAppend(memory, topicPartition(operation.topic, partition), operation, config, ctx.nowUs)
  if (batch === null && chosen === null) {
    const next = partitionForNewBatch(memory, operation, partition, config, ctx)
    if (next !== partition)
      batch = tryAppend(memory, topicPartition(operation.topic, next), operation, config, ctx.nowUs)
    partition = next
  }
  addPartition(memory, topicPartition(operation.topic, partition), config)
  if (batch === null) {
    const limitBytes = batchMemory(operation.record, config)
    if (memory.memoryUsed + limitBytes > bufferMemory(config)) return { result: 'no-memory', partition }
    const made = newBatch(memory, topicPartition(operation.topic, partition), operation, limitBytes, config, ctx.nowUs)
    if (isByBytes(operation, config)) producedTo(memory, operation.topic, partition, made.sizeBytes, config, ctx)
    return { result: 'wake-sender', partition }
  }
  return { result: isFull(batch, config) ? 'wake-sender' : 'quiet', partition }
}

/** 3.5 RecordAccumulator.append: where the bytes went decides when the topic moves on to another partition. */
function appendByBytes(
  memory: ProducerVolatile,
  operation: SendOperation,
  config: ProducerConfig,
  ctx: ClientContext,
): Appended {
  const { topic } = operation
  for (;;) {
    const { partition } = byBytes(memory, topic, config, ctx)
    if (maybeMoved(memory, topic, partition, config, ctx)) continue
    const name = topicPartition(topic, partition)
    const queue = memory.queues[name]
    const before = (queue === undefined ? null : peekBack(queue.batches))?.sizeBytes ?? 0
    const batch = tryAppend(memory, name, operation, config, ctx.nowUs)
    if (batch !== null) {
      producedTo(memory, topic, partition, batch.sizeBytes - before, config, ctx)
      return { result: isFull(batch, config) ? 'wake-sender' : 'quiet', partition }
    }
    // The batch that had no room is closed now: a move that waited for that comes first.
    if (maybeMoved(memory, topic, partition, config, ctx)) continue
    return append(memory, operation, partition, config, ctx)
  }
}

const bufferMemory = (config: ProducerConfig): number => numberSetting(config.settings, 'buffer.memory', 33_554_432)

function batchMemory(record: KafkaRecord, config: ProducerConfig): number {
  const upperBound = recordSizeUpperBound(config.mechanisms.recordFormat, record)
  return Math.max(numberSetting(config.settings, 'batch.size', 16_384), upperBound)
}

/** A record that no batch could ever hold is refused at once (clients: KafkaProducer.ensureValidRecordSize). */
export function isTooLarge(record: KafkaRecord, config: ProducerConfig): boolean {
  const size = recordSizeUpperBound(config.mechanisms.recordFormat, record)
  const largest = numberSetting(config.settings, 'max.request.size', 1_048_576)
  return size > Math.min(largest, bufferMemory(config))
}

/** Whether the record's topic is known, and its partition when it names one. */
export function isKnown(memory: ProducerVolatile, operation: SendOperation): boolean {
  const partitions = partitionsOf(memory.view, operation.topic)
  if (partitions === undefined || partitions.length === 0) return false
  return operation.partition === null || operation.partition < partitions.length
}

/** To 2.0 a partition that the topic does not have, once its metadata was asked for, is an error (2.0 KafkaProducer.waitOnMetadata). */
export function isNoPartition(memory: ProducerVolatile, operation: SendOperation, config: ProducerConfig): boolean {
  if (config.mechanisms.unknownPartition === 'waits' || operation.partition === null) return false
  const count = partitionsOf(memory.view, operation.topic)?.length ?? 0
  return count > 0 && operation.partition >= count
}

/** Sends that block for memory go on, in order, as far as there is memory. */
export function resumeBlocked(memory: ProducerVolatile, config: ProducerConfig, ctx: ClientContext): void {
  const waiting = memory.waitingForMemory
  for (let first = peekFront(waiting); first !== null; first = peekFront(waiting)) {
    // The producer has begun anew meanwhile: what has no partition yet waits until the topic is known again.
    if (first.partition === null && !isKnown(memory, first.operation)) {
      memory.view.refreshWanted = true
      return
    }
    const { result, partition } = append(memory, first.operation, first.partition, config, ctx)
    if (result === 'no-memory') {
      if (first.partition === null) waiting.items[waiting.head] = { ...first, partition }
      return
    }
    popFront(waiting)
  }
}

/** Refuses what has blocked for `max.block.ms`: it was never in a batch, so the failure is definite. */
export function refuseBlocked(memory: ProducerVolatile, config: ProducerConfig, ctx: ClientContext): void {
  for (const waiting of [memory.waitingForMetadata, memory.waitingForMemory]) {
    for (let first = peekFront(waiting); first !== null && first.untilUs <= ctx.nowUs; first = peekFront(waiting)) {
      popFront(waiting)
      ctx.probe('send-blocked-for-max-block-ms')
      const { topic, operationId } = first.operation
      const partition = first.operation.partition ?? first.partition
      const name = partition === null ? null : topicPartition(topic, partition)
      const isMemory = waiting === memory.waitingForMemory && config.mechanisms.memoryError === 'buffer-exhausted'
      const error = isMemory ? 'BufferExhaustedError' : 'TimeoutError'
      onSendRefused(memory, error, config)
      tell(memory, operationId, { outcome: 'failed', error, partition: name, offset: -1 }, config, ctx)
    }
  }
}

/** When the first blocked send is to be refused. */
export function nextRefusalUs(memory: ProducerVolatile): number | null {
  const untilUs = (first: WaitingSend | null): number | null => first?.untilUs ?? null
  return earlier(untilUs(peekFront(memory.waitingForMetadata)), untilUs(peekFront(memory.waitingForMemory)))
}

/** Whether the generation bounds a record's whole way (KIP-91, 2.1) instead of its wait in the accumulator. */
export const hasDeliveryTimeout = (config: ProducerConfig): boolean => 'delivery.timeout.ms' in config.settings

export const deliveryTimeoutUs = (config: ProducerConfig): number =>
  timeSettingUs(config.settings, 'delivery.timeout.ms', 120_000)

/**
 * When a waiting batch is given up. From 2.1: `delivery.timeout.ms` after it was made. Before, it had waited
 * `request.timeout.ms` since it was full, since its linger ended, or since its back-off ended (2.0
 * ProducerBatch.maybeExpire), whatever `retries` says.
 */
export function expiryUs(queue: PartitionQueue, batch: ProducerBatch, config: ProducerConfig): number {
  if (hasDeliveryTimeout(config)) return batch.createdAtUs + deliveryTimeoutUs(config)
  const timeoutUs = timeSettingUs(config.settings, 'request.timeout.ms', 30_000)
  if (batch.attempts > 0) {
    return batch.lastAttemptUs + timeSettingUs(config.settings, 'retry.backoff.ms', 100) + timeoutUs
  }
  const lingered = batch.createdAtUs + timeSettingUs(config.settings, 'linger.ms', 0) + timeoutUs
  const full = dequeSize(queue.batches) > 1 || isFull(batch, config)
  return full ? Math.min(lingered, batch.lastAppendUs + timeoutUs) : lingered
}

/** Gives up waiting batches that are out of time, from the front of each queue to the first that is not. */
export function expireWaiting(memory: ProducerVolatile, config: ProducerConfig, ctx: ClientContext): void {
  for (const name of Object.keys(memory.queues).sort()) {
    const queue = memory.queues[name]!
    // 2.0 RecordAccumulator.expiredBatches leaves a muted partition alone; 2.1 does not look.
    if (queue.muted && !hasDeliveryTimeout(config)) continue
    for (let batch = peekFront(queue.batches); batch !== null; batch = peekFront(queue.batches)) {
      if (expiryUs(queue, batch, config) > ctx.nowUs) break
      popFront(queue.batches)
      ctx.probe('batch-expires-in-the-accumulator')
      giveUp(memory, batch, 'TimeoutError', config, ctx)
      onSequenceExpired(memory, batch, config)
    }
  }
}
