/**
 * Produces that wait for replicas. What is answered late is answered truly or not at all: a record stays in the log
 * whatever error its producer is told here, and may be committed later.
 */
import type { ErrorName } from '../kafka/errors.ts'
import { partitionNames, type TopicPartition } from '../kafka/ids.ts'
import type { Acks } from '../kafka/messages/data.ts'
import { isMutant } from '../kafka/mutants.ts'
import { unreachable } from '../kernel/assert.ts'
import { msToUs } from '../kernel/time.ts'
import { respond } from './client-connection.ts'
import { isrAfterAppend } from './high-watermark.ts'
import { parkedUnder, unpark } from './parked.ts'
import { type BrokerContext, logOf, minInsyncReplicas, running } from './running.ts'
import type { BrokerConfig, BrokerState, DelayedProduce, PartitionState } from './state.ts'

const produceTimer = (id: number): string => `produce:${id}`

/** Parks a produce that has appended, unless its acks are there already. */
export function parkProduce(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  produce: Omit<DelayedProduce, 'id' | 'deadlineUs'> & { readonly timeoutMs: number },
): void {
  const volatile = running(state)
  const { timeoutMs, connection, correlationId, acks, pending, done } = produce
  const id = volatile.nextId++
  const deadlineUs = ctx.nowUs + msToUs(timeoutMs)
  const delayed: DelayedProduce = { id, deadlineUs, connection, correlationId, acks, pending, done }
  volatile.delayedProduces.push(delayed)
  ctx.setTimer(produceTimer(id), msToUs(timeoutMs))
  tryComplete(state, ctx, config, delayed)
}

/** Something happened to a partition: answers the parked produces to it that have their acks, or can never have them. */
export function completeDelayedProduces(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
): void {
  const waiting = running(state).delayedProduces.filter(({ pending }) => pending[name] !== undefined)
  for (const delayed of waiting) tryComplete(state, ctx, config, delayed)
}

/** Its time is up. */
export function onProduceTimer(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, id: string): void {
  const delayed = parkedUnder(running(state).delayedProduces, id)
  if (delayed === undefined) return
  for (const name of partitionNames(delayed.pending)) {
    settle(state, ctx, config, delayed, name, 'REQUEST_TIMED_OUT')
  }
  answer(state, ctx, delayed)
}

function tryComplete(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, delayed: DelayedProduce): void {
  for (const name of partitionNames(delayed.pending)) {
    const outcome = outcomeOf(state, config, name, delayed.pending[name]!.requiredOffset, delayed.acks)
    if (outcome !== null) settle(state, ctx, config, delayed, name, outcome)
  }
  if (Object.keys(delayed.pending).length > 0) return
  ctx.cancelTimer(produceTimer(delayed.id))
  answer(state, ctx, delayed)
}

/** What a produce that waits for `requiredOffset` can be told now; null: it goes on waiting. */
function outcomeOf(
  state: BrokerState,
  config: BrokerConfig,
  name: TopicPartition,
  requiredOffset: number,
  acks: Acks,
): ErrorName | null {
  const partition = running(state).partitions[name]
  if (partition === undefined) return 'UNKNOWN_TOPIC_OR_PARTITION'
  // To 0.9 nobody looks here when the role changes. A broker that loses and regains the lead meanwhile counts for the
  // old record what was written at its offset later.
  if (partition.role !== 'leader') return 'NOT_LEADER_FOR_PARTITION'
  if (isMutant(config, 'ack-before-replication') || isMutant(config, 'canary')) return 'NONE'
  if (acks > 0) return membersAt(state, partition, requiredOffset) >= acks ? 'NONE' : null
  const by = config.mechanisms.acksAllBy
  switch (by) {
    case 'log-ends':
      return membersAt(state, partition, requiredOffset) >= partition.isr.length ? 'NONE' : null
    case 'high-watermark':
      if (partition.highWatermark < requiredOffset) return null
      if (isMutant(config, 'acks-all-ignores-min-isr')) return 'NONE'
      return isrAfterAppend(partition, config).length < minInsyncReplicas(state, config, partition)
        ? 'NOT_ENOUGH_REPLICAS_AFTER_APPEND'
        : 'NONE'
    default:
      return unreachable(by)
  }
}

/** ISR members, the leader among them, whose log reaches `offset`. */
function membersAt(state: BrokerState, partition: PartitionState, offset: number): number {
  const own = logOf(state, partition.partition).logEndOffset >= offset ? 1 : 0
  const others = partition.isr.filter((id) => (partition.remoteReplicas[id]?.logEndOffset ?? -1) >= offset)
  return own + others.length
}

function settle(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  delayed: DelayedProduce,
  name: TopicPartition,
  error: ErrorName,
): void {
  const { baseOffset, requiredOffset } = delayed.pending[name]!
  delete delayed.pending[name]
  const logStartOffset = state.durable.logs[name]?.logStartOffset ?? -1
  delayed.done[name] = { error, baseOffset, logStartOffset }
  const partition = running(state).partitions[name]
  if (error !== 'NONE') {
    ctx.probe(`acks=all answered with ${error}`)
    ctx.fact({ kind: 'produceRefused', partition: name, error })
  } else if (partition !== undefined) {
    tellAcknowledged(state, ctx, config, partition, baseOffset, requiredOffset, delayed.acks)
  }
}

/** Says under which conditions a producer is told success. */
export function tellAcknowledged(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: PartitionState,
  baseOffset: number,
  endOffset: number,
  acks: Acks,
): void {
  ctx.fact({
    kind: 'produceAcknowledged',
    partition: partition.partition,
    baseOffset,
    endOffset,
    acks,
    highWatermark: partition.highWatermark,
    isr: [...partition.isr],
    minInsyncReplicas: minInsyncReplicas(state, config, partition),
  })
}

function answer(state: BrokerState, ctx: BrokerContext, delayed: DelayedProduce): void {
  unpark(running(state).delayedProduces, delayed.id)
  const { connection, correlationId, done } = delayed
  respond(state, ctx, connection, { type: 'ProduceResponse', correlationId, partitions: { ...done } })
}
