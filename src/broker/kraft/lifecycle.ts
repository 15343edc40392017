/**
 * A broker's dealings with the active controller (BrokerLifecycleManager): it registers, sends heartbeats, is unfenced
 * when it has replayed its own registration, and asks to be let go when it is to stop.
 */
import { quorumNode } from '../../kafka/ids.ts'
import type { BrokerHeartbeatResponse, BrokerRegistrationResponse } from '../../kafka/messages/quorum.ts'
import { msToUs } from '../../kernel/time.ts'
import { type BrokerContext, durationSetting, running } from '../running.ts'
import { SHUTDOWN_CLOSE_TIMER } from '../shutdown-timers.ts'
import type { BrokerConfig, BrokerState } from '../state.ts'
import { publishAll } from './publish.ts'
import { kraftOf } from './state.ts'

export const HEARTBEAT_CHANNEL = 'heartbeat'

export const COMMUNICATE_TIMER = 'kraft:communicate'
export const REQUEST_TIMEOUT_TIMER = 'kraft:request-timeout'

/** Between the first answers, so that a broker without work to do comes up quickly. */
const WHILE_STARTING_US = msToUs(10)
/** After the first answer to the wish to shut down. */
const WHILE_STOPPING_US = msToUs(50)
const FIRST_BACKOFF_MS = 100
/** How long a broker waits to be let go: then it stops all the same (BrokerServer.shutdown). */
const LONGEST_SHUTDOWN_US = msToUs(300_000)

const sessionUs = (config: BrokerConfig): number => durationSetting(config, 'broker.session.timeout.ms', 9_000)

/** Sends the registration or the next heartbeat, unless one is out or nobody is known to be controller. */
export function communicateWithController(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const volatile = running(state)
  const kraft = kraftOf(state)
  const { controller, registered, brokerEpoch } = volatile
  if (kraft.asked !== null || controller < 0) return
  const correlationId = volatile.nextId++
  kraft.asked = { correlationId, controller }
  ctx.cancelTimer(COMMUNICATE_TIMER)
  ctx.setTimer(REQUEST_TIMEOUT_TIMER, Math.floor(sessionUs(config) / 2))
  if (registered) {
    ctx.send(quorumNode(controller), HEARTBEAT_CHANNEL, {
      type: 'BrokerHeartbeatRequest',
      correlationId,
      broker: config.id,
      brokerEpoch,
      metadataOffset: kraft.nextOffset - 1,
      wantFence: kraft.lifecycle === 'starting',
      wantShutDown: kraft.lifecycle === 'shutting-down',
    })
    return
  }
  ctx.send(quorumNode(controller), HEARTBEAT_CHANNEL, {
    type: 'BrokerRegistrationRequest',
    correlationId,
    broker: config.id,
    incarnation: kraft.incarnation,
    previousBrokerEpoch: kraft.previousBrokerEpoch,
    rack: config.rack,
  })
}

/** Whether it is the answer that is waited for. */
function takeAnswer(state: BrokerState, ctx: BrokerContext, correlationId: number): boolean {
  const kraft = kraftOf(state)
  if (kraft.asked?.correlationId !== correlationId) return false
  kraft.asked = null
  ctx.cancelTimer(REQUEST_TIMEOUT_TIMER)
  return true
}

export function onRegistrationResponse(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  response: BrokerRegistrationResponse,
): void {
  if (!takeAnswer(state, ctx, response.correlationId)) return
  const volatile = running(state)
  if (response.error !== 'NONE') {
    if (response.error === 'DUPLICATE_BROKER_REGISTRATION') ctx.fact({ kind: 'registrationConflict' })
    backOff(state, ctx, config)
    return
  }
  kraftOf(state).failedAttempts = 0
  volatile.registered = true
  volatile.brokerEpoch = response.brokerEpoch
  ctx.fact({ kind: 'registered', broker: config.id, brokerEpoch: response.brokerEpoch })
  communicateWithController(state, ctx, config)
}

export function onHeartbeatResponse(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  response: BrokerHeartbeatResponse,
): void {
  if (!takeAnswer(state, ctx, response.correlationId)) return
  const kraft = kraftOf(state)
  if (response.error !== 'NONE') {
    backOff(state, ctx, config)
    return
  }
  kraft.failedAttempts = 0
  switch (kraft.lifecycle) {
    case 'starting':
      if (response.isCaughtUp) {
        kraft.lifecycle = 'recovery'
        publishAll(state, ctx, config)
        communicateWithController(state, ctx, config)
      } else ctx.setTimer(COMMUNICATE_TIMER, WHILE_STARTING_US)
      return
    case 'recovery':
      if (!response.isFenced) {
        kraft.lifecycle = 'running'
        if (running(state).phase === 'starting') running(state).phase = 'running'
        // Stream `broker.heartbeat/<broker>`, one draw a life: the phase of its heartbeats.
        const draw = ctx.random(`broker.heartbeat/${ctx.self}`)
        ctx.setTimer(COMMUNICATE_TIMER, Math.floor(draw * heartbeatUs(config)))
        return
      }
      ctx.setTimer(COMMUNICATE_TIMER, heartbeatUs(config))
      return
    case 'running':
      ctx.setTimer(COMMUNICATE_TIMER, heartbeatUs(config))
      return
    case 'shutting-down':
      onShutdownAnswer(state, ctx, config, response.shouldShutDown)
  }
}

const heartbeatUs = (config: BrokerConfig): number => durationSetting(config, 'broker.heartbeat.interval.ms', 2_000)

function onShutdownAnswer(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, granted: boolean): void {
  const kraft = kraftOf(state)
  if (granted) {
    ctx.fact({ kind: 'controlledShutdownSucceeded' })
    ctx.setTimer(SHUTDOWN_CLOSE_TIMER, 0)
    return
  }
  ctx.setTimer(COMMUNICATE_TIMER, kraft.shutdownHeard ? heartbeatUs(config) : WHILE_STOPPING_US)
  kraft.shutdownHeard = true
}

/** 3.5 resendExponentialBackoff: 100 ms, doubled each time, at most a session. */
function backOff(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const kraft = kraftOf(state)
  const delayUs = msToUs(FIRST_BACKOFF_MS) * 2 ** Math.min(kraft.failedAttempts, 20)
  kraft.failedAttempts += 1
  ctx.setTimer(COMMUNICATE_TIMER, Math.min(delayUs, sessionUs(config)))
}

/** No answer will come. */
export function onControllerRequestFailed(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  timedOut: boolean,
): void {
  const kraft = kraftOf(state)
  const { asked } = kraft
  if (asked === null) return
  if (timedOut) ctx.close(quorumNode(asked.controller), HEARTBEAT_CHANNEL)
  kraft.asked = null
  ctx.cancelTimer(REQUEST_TIMEOUT_TIMER)
  ctx.probe('registration or heartbeat failed')
  backOff(state, ctx, config)
}

/** SIGTERM: the next heartbeat goes out at once and says so. */
export function askToShutDown(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const kraft = kraftOf(state)
  kraft.lifecycle = 'shutting-down'
  ctx.setTimer(SHUTDOWN_CLOSE_TIMER, LONGEST_SHUTDOWN_US)
  communicateWithController(state, ctx, config)
}
