/**
 * The partitioner of 3.3 and later (KIP-794, 3.5 BuiltInPartitioner): keyless records stay on a partition until
 * batch.size bytes went there, and the next partition is drawn, by the lengths of the queues when these differ.
 */

import { NO_LEADER, splitTopicPartition } from '../../kafka/ids.ts'
import { own } from '../../kernel/own.ts'
import { leaderOf, partitionsOf } from '../cluster-view.ts'
import { dequeSize, peekBack } from '../deque.ts'
import type { ClientContext } from '../links.ts'
import { booleanSetting, numberSetting } from '../settings.ts'
import { availablePartitions, partitionerStream } from './available.ts'
import { writtenBytes } from './compression-estimate.ts'
import type { ProducerConfig, ProducerVolatile } from './state.ts'

/** Where a topic's keyless records go now. */
export interface StickyPartition {
  partition: number
  /** Bytes put into its batches since it was chosen. */
  producedBytes: number
}

/** Partitions by load, as sums up to and with each: a draw below the last sum finds its partition. */
export interface PartitionLoads {
  readonly partitions: readonly number[]
  readonly sums: readonly number[]
}

function nextPartition(memory: ProducerVolatile, topic: string, config: ProducerConfig, ctx: ClientContext): number {
  const draw = ctx.random(partitionerStream(config))
  const loads = own(memory.loads, topic)
  if (loads !== undefined) {
    const aim = Math.floor(draw * loads.sums.at(-1)!)
    return loads.partitions[loads.sums.findIndex((sum) => sum > aim)]!
  }
  const available = availablePartitions(memory, topic)
  if (available.length > 0) return available[Math.floor(draw * available.length)]!
  return Math.floor(draw * partitionsOf(memory.view, topic)!.length)
}

/** The topic's present partition. */
export function byBytes(
  memory: ProducerVolatile,
  topic: string,
  config: ProducerConfig,
  ctx: ClientContext,
): StickyPartition {
  let present = own(memory.byBytes, topic)
  if (present === undefined) {
    memory.byBytes[topic] = { partition: nextPartition(memory, topic, config, ctx), producedBytes: 0 }
    present = memory.byBytes[topic]!
  }
  return present
}

/** Whether the last batch of a partition takes no more: moving on does not leave a small batch behind. */
function allFull(memory: ProducerVolatile, topic: string, partition: number, config: ProducerConfig): boolean {
  const queue = memory.queues[`${topic}-${partition}`]
  const last = queue === undefined ? null : peekBack(queue.batches)
  return last === null || last.closed || writtenBytes(last, config) >= last.limitBytes
}

/**
 * Bytes went to a partition: enough of them move the topic on, at once if its batches are full, at the latest at twice
 * batch.size. True when it moved.
 */
export function producedTo(
  memory: ProducerVolatile,
  topic: string,
  partition: number,
  bytes: number,
  config: ProducerConfig,
  ctx: ClientContext,
): boolean {
  const present = own(memory.byBytes, topic)
  if (present === undefined || present.partition !== partition) return false
  const size = numberSetting(config.settings, 'batch.size', 16_384)
  present.producedBytes += bytes
  const enough = present.producedBytes >= size && allFull(memory, topic, partition, config)
  if (!enough && present.producedBytes < 2 * size) return false
  // A producer that has begun anew meanwhile chooses once the topic is known again.
  if (partitionsOf(memory.view, topic) === undefined) delete memory.byBytes[topic]
  else memory.byBytes[topic] = { partition: nextPartition(memory, topic, config, ctx), producedBytes: 0 }
  return true
}

/** A move that was put off until the batch is full may be due before the next record. */
export const maybeMoved = (
  memory: ProducerVolatile,
  topic: string,
  partition: number,
  config: ProducerConfig,
  ctx: ClientContext,
): boolean => allFull(memory, topic, partition, config) && producedTo(memory, topic, partition, 0, config, ctx)

/**
 * The sender looks at the queues: the longer one is, the less likely the partition is chosen next. Only once every
 * partition of the topic had a batch, and while their lengths differ.
 */
export function weighPartitions(memory: ProducerVolatile, config: ProducerConfig): void {
  if (!booleanSetting(config.settings, 'partitioner.adaptive.partitioning.enable', true)) return
  for (const topic of Object.keys(memory.byBytes)) {
    const all = partitionsOf(memory.view, topic) ?? []
    const queued = all.filter((name) => memory.queues[name] !== undefined)
    delete memory.loads[topic]
    if (all.length < 2 || queued.length < all.length) continue
    const led = queued.filter((name) => leaderOf(memory.view, name) !== NO_LEADER)
    const sizes = led.map((name) => dequeSize(memory.queues[name]!.batches))
    if (led.length === 0 || (led.length === all.length && sizes.every((size) => size === sizes[0]))) continue
    const most = Math.max(...sizes) + 1
    let sum = 0
    const sums = sizes.map((size) => {
      sum += most - size
      return sum
    })
    memory.loads[topic] = { partitions: led.map((name) => splitTopicPartition(name).partition), sums }
  }
}
