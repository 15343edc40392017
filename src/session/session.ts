/**
 * One process's session with the registry: keeps it alive, comes back after a broken connection, learns of an expiry
 * only by coming back, and carries the requests and watches of the machines that share the process.
 */

import type { Fact } from '../kafka/facts.ts'
import { REGISTRY_NODE } from '../kafka/ids.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import type {
  ConnectResponse,
  RegistryResponse,
  RegistryResult,
  SessionConfig,
  SessionRequest,
  SessionState,
  WatchEvent,
} from '../kafka/messages/registry.ts'
import type { Operation } from '../kafka/operations.ts'
import type { ConnectionId, Context, Input, Machine, NodeId } from '../kernel/machine.ts'
import { sessionOwner } from './owner.ts'
import type { PendingRequest, SessionNodeState, SessionVolatile } from './state.ts'
import { connectLimitUs, firstPingDelayUs, pingIntervalUs, reconnectDelayUs, silenceLimitUs } from './timing.ts'
import { forgetFired, noWatches, rememberWatches } from './watch-set.ts'

/** The channel between a session and the registry. */
export const REGISTRY_CHANNEL = 'registry'

/** `ping`: the next one is due. `silence`: nothing was heard for too long. `connect`, `reconnect`: attempts. */
type Timer = 'ping' | 'silence' | 'connect' | 'reconnect'

type SessionContext = Context<KafkaMessage, Fact>

export const sessionMachine: Machine<SessionNodeState, SessionConfig, KafkaMessage, Operation, Fact> = {
  init: () => ({ volatile: null }),

  step: (state, input, ctx, config) => {
    if (input.kind === 'start') {
      state.volatile = newLife(config)
      connect(state.volatile, ctx)
      return
    }
    if (state.volatile !== null) onInput(state.volatile, input, ctx, config)
  },

  kill: (state) => {
    state.volatile = null
  },
}

const newLife = (config: SessionConfig): SessionVolatile => ({
  phase: 'waiting',
  sessionId: 0,
  timeoutMs: config.timeoutMs,
  connection: null,
  zxid: 0,
  requests: {},
  nextXid: 1,
  watches: noWatches(),
  closing: false,
})

function onInput(
  session: SessionVolatile,
  input: Input<KafkaMessage, Operation>,
  ctx: SessionContext,
  config: SessionConfig,
): void {
  switch (input.kind) {
    case 'message':
      onMessage(session, input.connection, input.message, ctx, config)
      return
    case 'local':
      if (input.message.type === 'SessionRequest') onSessionRequest(session, input.from, input.message, ctx)
      else if (input.message.type === 'SessionClose') onSessionClose(session, ctx, config)
      return
    case 'timer':
      onTimer(session, input.name as Timer, ctx, config)
      return
    case 'disconnected': {
      // Of a connection that was given up here already, nothing more is worth knowing.
      const ours = session.connection === null || session.connection === input.connection
      if (ours && (session.phase === 'connecting' || session.phase === 'connected')) onLost(session, ctx, config)
      return
    }
    default:
      return
  }
}

function onMessage(
  session: SessionVolatile,
  connection: ConnectionId,
  message: KafkaMessage,
  ctx: SessionContext,
  config: SessionConfig,
): void {
  if (message.type === 'ConnectResponse') {
    if (session.phase === 'connecting') onConnectResponse(session, connection, message, ctx, config)
    return
  }
  if (session.phase !== 'connected' || session.connection !== connection) return
  setTimer(ctx, 'silence', silenceLimitUs(session.timeoutMs))
  switch (message.type) {
    case 'WatchEvent':
      onWatchEvent(session, message, ctx, config)
      return
    case 'RegistryResponse':
      onResponse(session, message, ctx, config)
      return
    case 'CloseSessionResponse':
      onClosed(session, ctx, config)
      return
    default:
      // A ping's answer: having heard it is all there is to it.
      return
  }
}

function onTimer(session: SessionVolatile, timer: Timer, ctx: SessionContext, config: SessionConfig): void {
  switch (timer) {
    case 'ping':
      if (session.phase !== 'connected') return
      send(ctx, { type: 'PingRequest', sessionId: session.sessionId })
      setTimer(ctx, 'ping', pingIntervalUs(session.timeoutMs))
      return
    case 'silence':
      if (session.phase !== 'connected') return
      ctx.probe('registry silent for two thirds of the session timeout')
      onLost(session, ctx, config)
      return
    case 'connect':
      if (session.phase === 'connecting') onLost(session, ctx, config)
      return
    case 'reconnect':
      if (session.phase === 'waiting') connect(session, ctx)
      return
  }
}

// --- The connection

function connect(session: SessionVolatile, ctx: SessionContext): void {
  const { sessionId, timeoutMs, zxid, watches } = session
  session.phase = 'connecting'
  if (sessionId === 0) send(ctx, { type: 'ConnectRequest', sessionId, timeoutMs })
  else {
    const { data, exists, children } = watches
    const waiting = { zxid, data: [...data], exists: [...exists], children: [...children] }
    send(ctx, { type: 'ConnectRequest', sessionId, timeoutMs, watches: waiting })
  }
  setTimer(ctx, 'connect', connectLimitUs(timeoutMs))
}

function onConnectResponse(
  session: SessionVolatile,
  connection: ConnectionId,
  response: ConnectResponse,
  ctx: SessionContext,
  config: SessionConfig,
): void {
  if (response.sessionId === 0) {
    onExpired(session, ctx, config)
    return
  }
  const isNew = session.sessionId === 0
  session.phase = 'connected'
  session.sessionId = response.sessionId
  session.timeoutMs = response.timeoutMs
  session.connection = connection
  ctx.cancelTimer('connect')
  setTimer(ctx, 'silence', silenceLimitUs(session.timeoutMs))
  // `session.ping/<process>`, one draw a connection. A ping follows every interval whether or not other requests went
  // out meanwhile: a real process also has traffic that is not simulated, which leaves the phase of its pings open.
  const draw = ctx.random(`session.ping/${sessionOwner(ctx.self)}`)
  setTimer(ctx, 'ping', firstPingDelayUs(session.timeoutMs, draw))
  if (isNew) ctx.fact({ kind: 'sessionEstablished', sessionId: session.sessionId })
  for (const [xid, request] of unanswered(session)) sendRequest(session, xid, request, ctx)
  tellUsers(session, isNew ? 'established' : 'reconnected', ctx, config)
}

/** The connection is gone, or an attempt has failed. Whether the session still lives is not known here. */
function onLost(session: SessionVolatile, ctx: SessionContext, config: SessionConfig): void {
  const wasConnected = session.phase === 'connected'
  stopTimers(ctx)
  // Also after the registry has closed it: what was sent since then is on a connection that must not be used again.
  ctx.close(REGISTRY_NODE, REGISTRY_CHANNEL)
  session.connection = null
  for (const [, request] of unanswered(session)) {
    if (request.sent) request.retried = true
    request.sent = false
  }
  if (session.closing) {
    ctx.probe('session left open because its connection broke during the close')
    onClosed(session, ctx, config)
    return
  }
  session.phase = 'waiting'
  // `session.reconnect/<process>`, one draw an attempt.
  setTimer(ctx, 'reconnect', reconnectDelayUs(ctx.random(`session.reconnect/${sessionOwner(ctx.self)}`)))
  if (!wasConnected) return
  ctx.fact({ kind: 'sessionDisconnected' })
  tellUsers(session, 'disconnected', ctx, config)
}

/** The registry does not know the session any more: ephemeral nodes and watches are gone, a new session is asked for. */
function onExpired(session: SessionVolatile, ctx: SessionContext, config: SessionConfig): void {
  stopTimers(ctx)
  ctx.close(REGISTRY_NODE, REGISTRY_CHANNEL)
  ctx.fact({ kind: 'sessionExpired' })
  tellUsers(session, 'expired', ctx, config)
  session.sessionId = 0
  session.timeoutMs = config.timeoutMs
  session.connection = null
  session.zxid = 0
  session.watches = noWatches()
  // 1.1 KafkaZkClient.retryRequestsUntilConnected throws out of the wait when the session has expired; ZkClient before
  // it waits for the next session and sends again.
  if (config.expiredRequests === 'fail') failRequests(session, ctx)
  else {
    for (const [, request] of unanswered(session)) {
      if (request.sent) request.retried = true
      request.sent = false
    }
  }
  connect(session, ctx)
}

// --- Requests and watches

function onSessionRequest(
  session: SessionVolatile,
  asker: NodeId,
  { requestId, ops }: SessionRequest,
  ctx: SessionContext,
): void {
  const request: PendingRequest = { asker, requestId, ops, sent: false, retried: false }
  if (session.phase === 'closed' || session.closing) {
    respond(request, expiredResults(request), ctx)
    return
  }
  const xid = session.nextXid
  session.nextXid += 1
  session.requests[xid] = request
  if (session.phase === 'connected') sendRequest(session, xid, request, ctx)
}

function sendRequest(session: SessionVolatile, xid: number, request: PendingRequest, ctx: SessionContext): void {
  request.sent = true
  if (request.retried) ctx.probe('registry request sent again')
  send(ctx, { type: 'RegistryRequest', xid, sessionId: session.sessionId, ops: request.ops })
}

function onResponse(
  session: SessionVolatile,
  response: RegistryResponse,
  ctx: SessionContext,
  config: SessionConfig,
): void {
  const request = session.requests[response.xid]
  if (request === undefined) return
  if (response.results.some(({ error }) => error === 'SESSIONEXPIRED')) {
    if (session.closing) onClosed(session, ctx, config)
    else onExpired(session, ctx, config)
    return
  }
  delete session.requests[response.xid]
  session.zxid = response.zxid ?? session.zxid
  rememberWatches(session.watches, request.ops, response.results)
  respond(request, response.results, ctx)
}

function onWatchEvent(session: SessionVolatile, event: WatchEvent, ctx: SessionContext, config: SessionConfig): void {
  forgetFired(session.watches, event)
  for (const user of config.users) ctx.tell(user, { type: 'SessionWatch', path: event.path, watch: event.watch })
}

// --- The end

/**
 * A close needs a connection: without one the session is left to expire, as ZooKeeper's client gives up at once when it
 * is closed between two connections.
 */
function onSessionClose(session: SessionVolatile, ctx: SessionContext, config: SessionConfig): void {
  if (session.closing) return
  if (session.phase !== 'connected') {
    if (session.phase === 'connecting') ctx.close(REGISTRY_NODE, REGISTRY_CHANNEL)
    ctx.probe('session left open because it was closed while disconnected')
    onClosed(session, ctx, config)
    return
  }
  session.closing = true
  send(ctx, { type: 'CloseSessionRequest', sessionId: session.sessionId })
  // Pings end here; the answer, or the silence limit, ends the close.
  ctx.cancelTimer('ping')
}

function onClosed(session: SessionVolatile, ctx: SessionContext, config: SessionConfig): void {
  stopTimers(ctx)
  if (session.connection !== null) ctx.close(REGISTRY_NODE, REGISTRY_CHANNEL)
  session.phase = 'closed'
  session.connection = null
  session.closing = false
  failRequests(session, ctx)
  for (const user of config.users) ctx.tell(user, { type: 'SessionClosed' })
}

// --- Small steps

const unanswered = (session: SessionVolatile): [number, PendingRequest][] =>
  Object.entries(session.requests)
    .map(([xid, request]): [number, PendingRequest] => [Number(xid), request])
    .sort(([a], [b]) => a - b)

function failRequests(session: SessionVolatile, ctx: SessionContext): void {
  const failed = unanswered(session)
  session.requests = {}
  for (const [, request] of failed) respond(request, expiredResults(request), ctx)
}

const expiredResults = (request: PendingRequest): RegistryResult[] =>
  request.ops.map(() => ({ error: 'SESSIONEXPIRED' }))

function respond(request: PendingRequest, results: readonly RegistryResult[], ctx: SessionContext): void {
  const { asker, requestId, retried } = request
  ctx.tell(asker, { type: 'SessionResponse', requestId, results, retried })
}

function tellUsers(
  session: SessionVolatile,
  state: SessionState['state'],
  ctx: SessionContext,
  config: SessionConfig,
): void {
  for (const user of config.users) ctx.tell(user, { type: 'SessionState', state, sessionId: session.sessionId })
}

function stopTimers(ctx: SessionContext): void {
  for (const timer of ['ping', 'silence', 'connect', 'reconnect']) ctx.cancelTimer(timer)
}

const send = (ctx: SessionContext, message: KafkaMessage): void => ctx.send(REGISTRY_NODE, REGISTRY_CHANNEL, message)

const setTimer = (ctx: SessionContext, timer: Timer, delayUs: number): void => ctx.setTimer(timer, delayUs)
