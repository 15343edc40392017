/** A broker process begins, and is told to end: by SIGTERM, by a start that failed, or by a follower that may not go on. */
import { controllerNode, type TopicPartition } from '../kafka/ids.ts'
import { isMutant } from '../kafka/mutants.ts'
import { truncateLog } from '../log/replica-log.ts'
import { startLogCheckpoints } from './checkpoint.ts'
import { startCleaner } from './cleaner.ts'
import { startFlushTask } from './flush.ts'
import { startIsrChangeTask } from './isr-change-notification.ts'
import { startIsrCheck } from './isr-check.ts'
import { CONTROLLER_CHANNEL } from './isr-controller.ts'
import { loadLogs } from './load-logs.ts'
import { newLife } from './new-life.ts'
import { startRetention } from './retention.ts'
import { type BrokerContext, durationSetting, numberSetting, running } from './running.ts'
import {
  KRAFT_SHUTDOWN_TIMER,
  SHUTDOWN_CLOSE_TIMER,
  SHUTDOWN_RETRY_TIMER,
  SHUTDOWN_TIMEOUT_TIMER,
} from './shutdown-timers.ts'
import type { BrokerConfig, BrokerState } from './state.ts'

/**
 * Loads the logs and starts the tasks. The broker registers when its session is there. False: it cannot start, and the
 * process ends.
 */
export function startBroker(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): boolean {
  state.volatile = newLife()
  if (isMutant(config, 'lost-log-tail') && !state.durable.cleanShutdown) {
    for (const log of Object.values(state.durable.logs))
      truncateLog(log, Math.max(log.logStartOffset, log.logEndOffset - 3))
  }
  if (!loadLogs(state, ctx, config)) return false
  startLogCheckpoints(state, ctx, config)
  startFlushTask(ctx, config)
  startRetention(state, ctx, config)
  startCleaner(state, ctx, config)
  startIsrCheck(state, ctx, config)
  startIsrChangeTask(state, ctx, config)
  return true
}

/**
 * A follower found itself ahead of its leader where it may not cut its log: the process goes down, gracefully, with its
 * shutdown hooks, or hangs in them (0.10.2 waits for the fetcher thread that asked for it).
 */
export function haltProcess(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: TopicPartition,
): void {
  ctx.fact({ kind: 'processHalted', partition })
  const hangsOver = config.mechanisms.followerAheadOfLeader === 'hang' ? partition : null
  beginShutdown(state, ctx, config, { exitCode: 1, hangsOver, controlled: true })
}

/** Starts the way down. A controlled shutdown is only asked for by a broker that has come up. */
export function beginShutdown(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  how: { readonly exitCode: number; readonly hangsOver: TopicPartition | null; readonly controlled: boolean },
): void {
  const volatile = running(state)
  if (volatile.shutdown !== null) return
  const { exitCode, hangsOver } = how
  volatile.shutdown = { attempts: 0, stage: 'controlled', asked: null, exitCode, hangsOver }
  // KRaft brokers always ask.
  const kraft = config.mechanisms.metadata === 'kraft'
  const enabled =
    kraft || (config.mechanisms.controlledShutdown && config.settings['controlled.shutdown.enable'] === true)
  const up = volatile.phase !== 'starting'
  volatile.phase = 'shutting-down'
  if (how.controlled && enabled && up) {
    ctx.fact({ kind: 'controlledShutdownStarted' })
    tryControlledShutdown(state, ctx, config)
  } else ctx.setTimer(SHUTDOWN_CLOSE_TIMER, 0)
}

/**
 * Asks the controller to move this broker's leaderships and to take it out of every ISR, up to
 * controlled.shutdown.max.retries times with a pause after each failure; then it goes down all the same.
 */
export function tryControlledShutdown(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const volatile = running(state)
  const { shutdown, controller, brokerEpoch } = volatile
  if (shutdown === null) return
  if (config.mechanisms.metadata === 'kraft') {
    ctx.setTimer(KRAFT_SHUTDOWN_TIMER, 0)
    return
  }
  if (shutdown.attempts >= (numberSetting(config, 'controlled.shutdown.max.retries') ?? 3)) {
    ctx.fact({ kind: 'controlledShutdownFailed', reason: `no success in ${shutdown.attempts} attempts` })
    ctx.setTimer(SHUTDOWN_CLOSE_TIMER, 0)
    return
  }
  shutdown.attempts += 1
  if (controller < 0) {
    pauseControlledShutdown(ctx, config)
    return
  }
  const correlationId = volatile.nextId++
  shutdown.asked = { correlationId, controller }
  ctx.send(controllerNode(controller), CONTROLLER_CHANNEL, {
    type: 'ControlledShutdownRequest',
    correlationId,
    broker: config.id,
    brokerEpoch,
  })
  ctx.setTimer(SHUTDOWN_TIMEOUT_TIMER, durationSetting(config, 'controller.socket.timeout.ms', 30_000))
}

export const pauseControlledShutdown = (ctx: BrokerContext, config: BrokerConfig): void =>
  ctx.setTimer(SHUTDOWN_RETRY_TIMER, durationSetting(config, 'controlled.shutdown.retry.backoff.ms', 5_000))
