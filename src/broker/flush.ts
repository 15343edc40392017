/** Flushing logs to disk by count or time. By default nothing does (from 0.8.1): durability is replication's business. */
import type { TopicPartition } from '../kafka/ids.ts'
import type { Json } from '../kernel/json.ts'
import { msToUs } from '../kernel/time.ts'
import { flushLog } from '../log/replica-log.ts'
import { FIRST_LOG_TASK_US } from './checkpoint.ts'
import { diskLies } from './disk.ts'
import { nextRun, startTask } from './fixed-rate.ts'
import { usableLogs } from './log-dirs.ts'
import { type BrokerContext, durationSetting, logOf, numberSetting, running, topicNumber } from './running.ts'
import type { BrokerConfig, BrokerState } from './state.ts'
import { tellLogSynced } from './syncs.ts'

const FLUSH_TIMER = 'flush'

/** Kafka's largest number as its settings carry it: never. */
const NEVER = Number.MAX_SAFE_INTEGER

const SCHEDULER = 'log.flush.scheduler.interval.ms'

export function startFlushTask(ctx: BrokerContext, config: BrokerConfig): void {
  if ((numberSetting(config, SCHEDULER) ?? NEVER) < NEVER) startTask(ctx, FLUSH_TIMER, FIRST_LOG_TASK_US)
}

/** A run of the scheduler is so much early or late at most, in us. */
const JITTER_US = 1000

/**
 * Flushes every log whose last flush is flush.ms ago, if there is anything to flush.
 *
 * Stream `broker.flush/<broker>`, one draw a flush: how much the run was early or late, so that with whole multiples a
 * log is due flush.ms after its last flush or only at the run after that (recorded: 1.0 s and 1.2 s with runs of 0.2 s).
 */
export function onFlushTimer(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, data: Json): void {
  const volatile = running(state)
  for (const name of usableLogs(state, config)) {
    const log = state.durable.logs[name]!
    const ageUs = ctx.nowUs - (volatile.lastFlushUs[name] ?? 0)
    const limitMs = topicNumber(state, config, name, 'flush.ms') ?? NEVER
    if (log.recoveryPoint >= log.logEndOffset || limitMs === NEVER || ageUs < msToUs(limitMs)) continue
    flush(state, ctx, config, name)
    const jitterUs = Math.floor((2 * ctx.random(`broker.flush/${ctx.self}`) - 1) * JITTER_US)
    volatile.lastFlushUs[name] = ctx.nowUs + jitterUs
  }
  nextRun(ctx, FLUSH_TIMER, data, durationSetting(config, SCHEDULER, NEVER))
}

function flush(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, name: TopicPartition): void {
  const log = logOf(state, name)
  const from = log.recoveryPoint
  flushLog(log, log.logEndOffset, diskLies(state, config, name))
  tellLogSynced(ctx, config, name, log, from)
}

/**
 * After an append, before which the recovery point was `from`: a roll has flushed what it closed, and flush.messages or
 * more records that are not flushed are flushed now.
 */
export function flushByCount(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  from: number,
): void {
  const log = logOf(state, name)
  if (log.recoveryPoint > from) tellLogSynced(ctx, config, name, log, from)
  const limit = topicNumber(state, config, name, 'flush.messages') ?? NEVER
  if (limit === NEVER || log.logEndOffset - log.recoveryPoint < limit) return
  flush(state, ctx, config, name)
  running(state).lastFlushUs[name] = ctx.nowUs
}
