/** `/brokers/ids/<id>`: how a broker becomes known, and again after its session has expired. */
import { controllerNode } from '../kafka/ids.ts'
import type { RegistryOp, SessionResponse, SessionState } from '../kafka/messages/registry.ts'
import { brokerIdPath } from '../kafka/znodes.ts'
import { beginShutdown } from './lifecycle.ts'
import { askRegistry } from './registry-request.ts'
import { type BrokerContext, durationSetting, running } from './running.ts'
import type { BrokerConfig, BrokerState } from './state.ts'
import { watchConfigChanges } from './topic-config.ts'

const REGISTRATION_TIMER = 'registration:retry'

/** The session of this process changed. Losing it stops nothing: the broker serves on and registers again. */
export function onSessionState(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  message: SessionState,
): void {
  const volatile = running(state)
  if (message.state === 'expired') {
    if (volatile.registered) ctx.probe('broker serves on without a session')
    volatile.registered = false
  }
  if (message.state !== 'established' || volatile.shutdown?.stage === 'closing') return
  const first = volatile.sessions.length === 0
  volatile.sessions.push(message.sessionId)
  watchConfigChanges(state, ctx, config)
  if (!config.mechanisms.controllerStartsBeforeRegistration) registerOnNewSession(state, ctx, config)
  else if (first) ctx.tell(controllerNode(config.id), { type: 'ControllerStart' })
}

/**
 * The controller machine of this process has dealt with its start or with a new session. Up to 1.0 one thread does both,
 * the controller's part first, so the broker registers only now.
 */
export function onControllerDone(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const { registered, sessions, shutdown } = running(state)
  if (!config.mechanisms.controllerStartsBeforeRegistration || registered || shutdown?.stage === 'closing') return
  if (sessions.length > 0) registerOnNewSession(state, ctx, config)
}

function registerOnNewSession(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  // ZkClient's listeners say that they register again (to 1.0); from 1.1 it is part of the new session.
  const again = running(state).phase !== 'starting'
  if (again && config.mechanisms.expiredSessionRequests === 'retry') ctx.fact({ kind: 'reRegistering' })
  register(state, ctx, config, [])
}

const currentSession = (state: BrokerState): number => running(state).sessions.at(-1) ?? 0

function register(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, before: readonly RegistryOp[]): void {
  askRegistry(state, ctx, config, 'register', String(currentSession(state)), [
    ...before,
    { op: 'create', path: brokerIdPath(config.id), data: { broker: config.id }, ephemeral: true },
  ])
}

/** The time a conflict is waited out is over. */
export function onRegistrationTimer(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  if (!running(state).registered) register(state, ctx, config, [])
}

export function onRegisterAnswer(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  session: string,
  response: SessionResponse,
): void {
  if (Number(session) !== currentSession(state) || running(state).registered) return
  const result = response.results.at(-1)
  if (result?.error === null) {
    onRegistered(state, ctx, config, result.stat?.czxid ?? -1)
    return
  }
  const errors = response.results.map(({ error }) => error)
  // A new session brings another try.
  if (errors.includes('SESSIONEXPIRED')) return
  // The old node went between looking and deleting: all of the multi failed.
  if (errors.includes('NONODE') || errors.includes('BADVERSION')) {
    register(state, ctx, config, [])
    return
  }
  // 0.9 ZKCheckedEphemeral: whose is the node that is in the way?
  askRegistry(state, ctx, config, 'registered-by', session, [
    { op: 'exists', path: brokerIdPath(config.id), watch: false },
  ])
}

/** Who owns the registration that is in the way. */
export function onRegisteredBy(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  session: string,
  response: SessionResponse,
): void {
  const volatile = running(state)
  const result = response.results[0]
  if (Number(session) !== currentSession(state) || volatile.registered || result?.error !== null) return
  const stat = result.stat ?? null
  if (stat === null) {
    register(state, ctx, config, [])
    return
  }
  if (stat.ephemeralOwner === currentSession(state)) {
    ctx.probe('registration found to be its own')
    onRegistered(state, ctx, config, stat.czxid)
    return
  }
  if (config.mechanisms.registrationConflict === 'replace-own' && volatile.sessions.includes(stat.ephemeralOwner)) {
    // KAFKA-7165 (2.2): left behind by this process's own former session.
    ctx.probe('registration of the former session replaced')
    register(state, ctx, config, [{ op: 'delete', path: brokerIdPath(config.id), version: -1 }])
    return
  }
  onConflict(state, ctx, config)
}

/**
 * Another life of this broker is still registered. 0.8 waits one whole session time-out and tries again (recorded);
 * from 0.9 a start fails, while a running broker stays unregistered for good (C-32).
 */
function onConflict(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  if (config.mechanisms.registrationConflict === 'wait') {
    ctx.fact({ kind: 'registrationConflict' })
    ctx.setTimer(REGISTRATION_TIMER, durationSetting(config, 'zookeeper.session.timeout.ms', 6_000))
    return
  }
  const starting = running(state).phase === 'starting'
  // ZkClient brokers name the failed start first and its reason with it; from 1.1 the reason alone is said.
  if (starting && config.mechanisms.expiredSessionRequests === 'retry') {
    ctx.fact({ kind: 'startFailed', reason: `${brokerIdPath(config.id)} is held by another session` })
  }
  ctx.fact({ kind: 'registrationConflict' })
  if (starting) beginShutdown(state, ctx, config, { exitCode: 1, hangsOver: null, controlled: false })
  else ctx.probe('running broker could not register again')
}

function onRegistered(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, czxid: number): void {
  const volatile = running(state)
  const first = volatile.phase === 'starting'
  volatile.registered = true
  volatile.brokerEpoch = config.mechanisms.brokerEpoch ? czxid : -1
  if (first) volatile.phase = 'running'
  ctx.fact({ kind: 'registered', broker: config.id, brokerEpoch: czxid })
  if (first && !config.mechanisms.controllerStartsBeforeRegistration) {
    ctx.tell(controllerNode(config.id), { type: 'ControllerStart' })
  }
  const { brokerEpoch } = volatile
  ctx.tell(controllerNode(config.id), { type: 'BrokerRegistered', broker: config.id, brokerEpoch, afterExpiry: !first })
}
