/**
 * The lag check: one task that walks over every partition and takes out who has fallen behind.
 *
 * Where the leader writes the ISR itself the task waits for each write, so while the registry is silent it stands still
 * at the first partition; runs that it missed meanwhile follow back to back (recorded after outages).
 */
import { partitionNames } from '../kafka/ids.ts'
import { maybeShrinkIsr } from './isr-change.ts'
import { type BrokerContext, lagTimeUs, running } from './running.ts'
import type { BrokerConfig, BrokerState } from './state.ts'
import { isLocked } from './waiting.ts'

const ISR_CHECK_TIMER = 'isr-check'

/** Once a lag limit to 0.10.1, twice from 0.10.2: a dead follower stays up to 2 or 1.5 limits. In us. */
const periodUs = (config: BrokerConfig): number =>
  Math.max(1, Math.floor(config.mechanisms.isrCheckEvery === 'limit' ? lagTimeUs(config) : lagTimeUs(config) / 2))

/** Stream `broker.isr-check/<broker>`, one draw a start: the phase of the check against everything else. */
export function startIsrCheck(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const delayUs = Math.floor(ctx.random(`broker.isr-check/${ctx.self}`) * periodUs(config))
  running(state).isrCheck = { nextDueUs: ctx.nowUs + delayUs, walking: null }
  ctx.setTimer(ISR_CHECK_TIMER, delayUs)
}

/** Whether the task could go on now: a run is due, or stands at a partition whose lock is free again. */
export function isCheckReady(state: BrokerState, nowUs: number): boolean {
  const { walking, nextDueUs } = running(state).isrCheck
  const next = walking?.[0]
  return walking === null ? nextDueUs <= nowUs : next === undefined || !isLocked(state, next)
}

/** Begins a run, or goes on with the one that waits. */
export function runIsrCheck(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const { partitions, isrCheck } = running(state)
  isrCheck.walking ??= partitionNames(partitions)
  let asked = false
  for (;;) {
    const name = isrCheck.walking[0]
    if (name === undefined) break
    if (isLocked(state, name)) return
    isrCheck.walking.shift()
    const partition = running(state).partitions[name]
    if (partition === undefined || !maybeShrinkIsr(state, ctx, config, partition)) continue
    asked = true
    // The task itself waits for this write.
    if (partition.lockedSinceUs !== null) return
  }
  finishRun(state, ctx, config, asked)
}

function finishRun(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, asked: boolean): void {
  const { isrCheck } = running(state)
  isrCheck.walking = null
  isrCheck.nextDueUs += periodUs(config)
  const missed = Math.floor((ctx.nowUs - isrCheck.nextDueUs) / periodUs(config)) + 1
  // Further missed runs at this moment would find what this one found: nothing.
  if (!asked && missed > 1) isrCheck.nextDueUs += (missed - 1) * periodUs(config)
  ctx.setTimer(ISR_CHECK_TIMER, Math.max(0, isrCheck.nextDueUs - ctx.nowUs))
}
