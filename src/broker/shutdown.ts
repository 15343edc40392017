/** The way down: leaderships moved, everything written, the controller machine and the session closed, exit. */
import { controllerNode, sessionNode } from '../kafka/ids.ts'
import type { ControlledShutdownResponse } from '../kafka/messages/control.ts'
import type { NodeId } from '../kernel/machine.ts'
import { closeLogs } from './checkpoint.ts'
import { CONTROLLER_CHANNEL } from './isr-controller.ts'
import { pauseControlledShutdown } from './lifecycle.ts'
import { stopAllFetchers } from './replica-fetcher.ts'
import { type BrokerContext, running } from './running.ts'
import { SHUTDOWN_TIMEOUT_TIMER } from './shutdown-timers.ts'
import type { BrokerConfig, BrokerState } from './state.ts'

export function onControlledShutdownAnswer(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  response: ControlledShutdownResponse,
): void {
  const { shutdown } = running(state)
  if (shutdown?.asked?.correlationId !== response.correlationId) return
  shutdown.asked = null
  ctx.cancelTimer(SHUTDOWN_TIMEOUT_TIMER)
  if (response.error === 'NONE' && response.remaining.length === 0) {
    ctx.fact({ kind: 'controlledShutdownSucceeded' })
    closeBroker(state, ctx, config)
    return
  }
  ctx.probe('controlled shutdown left leaderships behind')
  pauseControlledShutdown(ctx, config)
}

/** The connection to the controller broke (`peer`), or the answer did not come in time (null). */
export function onControlledShutdownLost(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  peer: NodeId | null,
): void {
  const { shutdown } = running(state)
  const asked = shutdown?.asked
  if (shutdown == null || asked == null || (peer !== null && controllerNode(asked.controller) !== peer)) return
  shutdown.asked = null
  ctx.cancelTimer(SHUTDOWN_TIMEOUT_TIMER)
  if (peer === null) ctx.close(controllerNode(asked.controller), CONTROLLER_CHANNEL)
  ctx.probe('controlled shutdown request lost')
  pauseControlledShutdown(ctx, config)
}

/** Leaderships are moved, or that was given up: nothing is served any more. */
export function closeBroker(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const volatile = running(state)
  const { shutdown } = volatile
  if (shutdown === null || shutdown.stage === 'closing') return
  stopAllFetchers(state, ctx)
  if (shutdown.hangsOver !== null) {
    // Recorded on 0.10.2.2: not listening, doing nothing, and still registered until somebody kills it.
    volatile.phase = 'hung'
    ctx.fact({ kind: 'processHung', partition: shutdown.hangsOver })
    return
  }
  shutdown.stage = 'closing'
  closeLogs(state, ctx, config)
  if (config.mechanisms.metadata === 'kraft') {
    // KIP-966: the clean-shutdown file keeps the broker epoch, by which the controller knows that nothing was lost.
    state.durable.cleanShutdownEpoch = volatile.brokerEpoch
    ctx.exit(shutdown.exitCode)
    return
  }
  ctx.tell(controllerNode(config.id), { type: 'ControllerShutdown' })
}

export function onControllerShutdownDone(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  if (running(state).shutdown?.stage === 'closing') ctx.tell(sessionNode(config.id), { type: 'SessionClose' })
}

export function onSessionClosed(state: BrokerState, ctx: BrokerContext): void {
  const { shutdown } = running(state)
  if (shutdown?.stage === 'closing') ctx.exit(shutdown.exitCode)
}
