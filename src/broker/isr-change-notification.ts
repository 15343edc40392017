/**
 * Leaders that write the ISR themselves tell the controller under /isr_change_notification (KAFKA-1367, 0.9), so that
 * it refreshes the metadata of all brokers. Before, metadata showed the old ISR until the next controller action.
 */
import { comparePartitions, type TopicPartition } from '../kafka/ids.ts'
import type { SessionResponse } from '../kafka/messages/registry.ts'
import { ISR_CHANGES } from '../kafka/znodes.ts'
import type { Json } from '../kernel/json.ts'
import { msToUs } from '../kernel/time.ts'
import { nextRun, startTask } from './fixed-rate.ts'
import { askRegistry } from './registry-request.ts'
import { type BrokerContext, running } from './running.ts'
import type { BrokerConfig, BrokerState } from './state.ts'

const ISR_CHANGE_TIMER = 'isr-change'

// 0.9 ReplicaManager: looked at every 2.5 s; announced after 5 s without a change, or 60 s after the last time.
const CHECK_US = msToUs(2_500)
const QUIET_US = msToUs(5_000)
const LONGEST_US = msToUs(60_000)

export function startIsrChangeTask(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  if (!config.mechanisms.isrChangeNotification) return
  const { isrChanges } = running(state)
  isrChanges.lastChangeUs = ctx.nowUs
  isrChanges.lastAnnouncedUs = ctx.nowUs
  startTask(ctx, ISR_CHANGE_TIMER, CHECK_US)
}

export function recordIsrChange(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
): void {
  if (!config.mechanisms.isrChangeNotification) return
  const { isrChanges } = running(state)
  add(isrChanges.partitions, name)
  isrChanges.lastChangeUs = ctx.nowUs
}

function add(partitions: TopicPartition[], name: TopicPartition): void {
  if (partitions.includes(name)) return
  partitions.push(name)
  partitions.sort(comparePartitions)
}

export function onIsrChangeTimer(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, data: Json): void {
  nextRun(ctx, ISR_CHANGE_TIMER, data, CHECK_US)
  const { isrChanges } = running(state)
  if (isrChanges.partitions.length === 0) return
  const quiet = isrChanges.lastChangeUs + QUIET_US < ctx.nowUs
  if (!quiet && isrChanges.lastAnnouncedUs + LONGEST_US >= ctx.nowUs) return
  const partitions = isrChanges.partitions
  isrChanges.partitions = []
  isrChanges.lastAnnouncedUs = ctx.nowUs
  askRegistry(state, ctx, config, 'isr-change', partitions.join(','), [
    { op: 'create', path: `${ISR_CHANGES}/isr_change_`, data: { partitions }, ephemeral: false, sequential: true },
  ])
}

/** A notification that could not be written is tried again with the next one. */
export function onIsrChangeAnswer(state: BrokerState, subject: string, response: SessionResponse): void {
  if (response.results[0]?.error === null) return
  const { isrChanges } = running(state)
  for (const name of subject.split(',')) add(isrChanges.partitions, name)
}
