/**
 * The registry: one linearizable node with ZooKeeper's promises. On each connection answers and watch events leave in
 * the order of the changes behind them, so a client hears of a change before it can read it.
 */

import type { Fact } from '../kafka/facts.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import type { ConnectRequest, RegistryRequest, RegistryResult } from '../kafka/messages/registry.ts'
import { isMutant } from '../kafka/mutants.ts'
import type { Operation } from '../kafka/operations.ts'
import { PERSISTENT_PATHS } from '../kafka/znodes.ts'
import { assert } from '../kernel/assert.ts'
import type { ConnectionId, Context, Machine, NodeId } from '../kernel/machine.ts'
import {
  allSessions,
  armTick,
  dueSessions,
  followEphemerals,
  grantedTimeoutMs,
  isOrderedToExpire,
  openSession,
  removeSession,
  survivesOverdue,
  TICK,
  touch,
} from './sessions.ts'
import type { RegistryConfig, RegistrySession, RegistryState } from './state.ts'
import type { WatchNotice } from './watches.ts'
import { dropWatches, fireWatches, restoreWatches, setWatch } from './watches.ts'
import type { TreeChange } from './znode-tree.ts'
import { applyOps, newZnode } from './znode-tree.ts'

type RegistryContext = Context<KafkaMessage, Fact>

/** Who writes: an administrator has session 0. */
const ADMINISTRATOR = { sessionId: 0, by: 'admin' } as const

interface Author {
  readonly sessionId: number
  readonly by: string
}

interface Origin {
  readonly from: NodeId
  readonly connection: ConnectionId
}

export const registryMachine: Machine<RegistryState, RegistryConfig, KafkaMessage, Operation, Fact> = {
  init: () => {
    const state: RegistryState = {
      nodes: { '/': newZnode(null, 0, 0) },
      sessions: {},
      nextSessionId: 1,
      zxid: 0,
      tickPhaseUs: null,
      tickArmedUs: null,
      dataWatches: {},
      childWatches: {},
    }
    const ops = PERSISTENT_PATHS.map((path) => ({ op: 'create', path, data: null, ephemeral: false }) as const)
    applyOps(state, ops, 0)
    return state
  },

  step: (state, input, ctx, config) => {
    switch (input.kind) {
      case 'start':
        onStart(state, ctx, config)
        return
      case 'stop':
        ctx.exit(0)
        return
      case 'timer':
        if (input.name === TICK) onTick(state, ctx)
        return
      case 'disconnected':
        onDisconnected(state, input.connection)
        return
      case 'message':
        onMessage(state, input, input.message, ctx, config)
        return
      case 'local':
      case 'operation':
        return
    }
  },

  /** Everything is on disk but what belongs to connections. */
  kill: (state) => {
    for (const session of allSessions(state)) session.connection = null
    state.dataWatches = {}
    state.childWatches = {}
    state.tickArmedUs = null
  },
}

/**
 * Orders the sessions of a process to expire: true when it has one. They end at the registry's next `tick`, whatever
 * messages arrive before; whoever orders it hands the registry a `tick` timer input to have it done at once.
 */
export function expireSession(state: RegistryState, owner: string): boolean {
  const sessions = allSessions(state).filter((session) => session.owner === owner)
  for (const session of sessions) session.expiresAtUs = 0
  return sessions.length > 0
}

/** After a restart every session gets its whole timeout again: ZooKeeper does not store when it last heard of one. */
function onStart(state: RegistryState, ctx: RegistryContext, config: RegistryConfig): void {
  for (const session of allSessions(state)) {
    if (!isOrderedToExpire(session)) touch(state, session, ctx, config)
  }
  armTick(state, ctx)
}

function onTick(state: RegistryState, ctx: RegistryContext): void {
  state.tickArmedUs = null
  for (const session of dueSessions(state, ctx.nowUs)) expire(state, session, ctx)
  armTick(state, ctx)
}

/** A session outlives its connection until its timeout; its watches do not (they come back with the client). */
function onDisconnected(state: RegistryState, connection: ConnectionId): void {
  for (const session of allSessions(state)) {
    if (session.connection !== connection) continue
    session.connection = null
    dropWatches(state, session.id)
  }
}

function onMessage(
  state: RegistryState,
  origin: Origin,
  message: KafkaMessage,
  ctx: RegistryContext,
  config: RegistryConfig,
): void {
  switch (message.type) {
    case 'ConnectRequest':
      onConnect(state, origin, message, ctx, config)
      return
    case 'PingRequest': {
      const session = sessionOn(state, origin.connection, message.sessionId, ctx)
      if (session === null) ctx.closeConnection(origin.connection)
      else {
        touch(state, session, ctx, config)
        ctx.reply(origin.connection, { type: 'PingResponse' })
      }
      return
    }
    case 'CloseSessionRequest': {
      const session = sessionOn(state, origin.connection, message.sessionId, ctx)
      if (session !== null) endSession(state, session, false, ctx)
      ctx.reply(origin.connection, { type: 'CloseSessionResponse' })
      return
    }
    case 'RegistryRequest':
      onRequest(state, origin.connection, message, ctx, config)
      return
    default:
      // Nothing else is spoken on this channel.
      return
  }
}

function onConnect(
  state: RegistryState,
  origin: Origin,
  request: ConnectRequest,
  ctx: RegistryContext,
  config: RegistryConfig,
): void {
  if (request.sessionId === 0) {
    const opened = openSession(state, { ...origin, timeoutMs: request.timeoutMs }, ctx, config)
    ctx.reply(origin.connection, { type: 'ConnectResponse', sessionId: opened.id, timeoutMs: opened.timeoutMs })
    return
  }
  const session = liveSession(state, request.sessionId, ctx)
  if (session === null) {
    ctx.reply(origin.connection, { type: 'ConnectResponse', sessionId: 0, timeoutMs: 0 })
    return
  }
  if (session.connection !== null && session.connection !== origin.connection) {
    ctx.probe('session moved while its former connection was open')
    ctx.closeConnection(session.connection)
  }
  dropWatches(state, session.id)
  session.connection = origin.connection
  session.timeoutMs = grantedTimeoutMs(request.timeoutMs, config)
  touch(state, session, ctx, config)
  ctx.reply(origin.connection, { type: 'ConnectResponse', sessionId: session.id, timeoutMs: session.timeoutMs })
  if (request.watches === undefined) return
  const missed = restoreWatches(state, session.id, request.watches)
  if (missed.length > 0) ctx.probe('watch fired for a change during a disconnection')
  deliver(state, missed, ctx)
}

function onRequest(
  state: RegistryState,
  connection: ConnectionId,
  request: RegistryRequest,
  ctx: RegistryContext,
  config: RegistryConfig,
): void {
  let author: Author = ADMINISTRATOR
  if (request.sessionId !== 0) {
    const session = sessionOn(state, connection, request.sessionId, ctx)
    if (session === null) {
      const results = request.ops.map((): RegistryResult => ({ error: 'SESSIONEXPIRED' }))
      answer(state, connection, request, results, ctx)
      return
    }
    touch(state, session, ctx, config)
    author = { sessionId: session.id, by: session.owner }
  }
  const blind = isMutant(config, 'cas-ignores-version')
  const ops = blind ? request.ops.map((op) => ('version' in op ? { ...op, version: -1 } : op)) : request.ops
  const { results, changes } = applyOps(state, ops, author.sessionId)
  if (!isMutant(config, 'ephemeral-survives')) followEphemerals(state, changes)
  tellChanges(state, changes, author, ctx)
  for (const [index, op] of request.ops.entries()) {
    const result = results[index]
    assert(result !== undefined, 'one result an operation')
    if (op.op === 'getChildren' && isMutant(config, 'watch-lost')) continue
    if (author.sessionId !== 0) setWatch(state, author.sessionId, op, result)
    else assert(!('watch' in op) || !op.watch, `${op.path}: a watch needs a session`)
  }
  answer(state, connection, request, results, ctx)
}

function answer(
  state: RegistryState,
  connection: ConnectionId,
  request: RegistryRequest,
  results: readonly RegistryResult[],
  ctx: RegistryContext,
): void {
  ctx.reply(connection, { type: 'RegistryResponse', xid: request.xid, results, zxid: state.zxid })
}

/** The session of a request that came on its own connection; a connection that was replaced speaks for nobody. */
function sessionOn(
  state: RegistryState,
  connection: ConnectionId,
  sessionId: number,
  ctx: RegistryContext,
): RegistrySession | null {
  const session = liveSession(state, sessionId, ctx)
  if (session !== null && session.connection !== connection) {
    ctx.probe('request on a replaced connection')
    return null
  }
  return session
}

function liveSession(state: RegistryState, sessionId: number, ctx: RegistryContext): RegistrySession | null {
  const session = state.sessions[sessionId]
  if (session === undefined) return null
  if (survivesOverdue(session, ctx)) return session
  expire(state, session, ctx)
  return null
}

/** The server ends the session and closes its connection; the client learns why when it comes back. */
function expire(state: RegistryState, session: RegistrySession, ctx: RegistryContext): void {
  const { connection } = session
  endSession(state, session, true, ctx)
  if (connection !== null) ctx.closeConnection(connection)
}

/** Reports the deletion of each ephemeral node first, in the order of their paths, and the end of the session last. */
function endSession(state: RegistryState, session: RegistrySession, expired: boolean, ctx: RegistryContext): void {
  const { id, owner } = session
  const changes = removeSession(state, session)
  tellChanges(state, changes, { sessionId: id, by: owner }, ctx)
  const removed = changes.map(({ path }) => path)
  ctx.fact({ kind: 'registrySessionEnded', sessionId: id, by: owner, removed, expired })
}

function tellChanges(state: RegistryState, changes: readonly TreeChange[], author: Author, ctx: RegistryContext): void {
  for (const change of changes) {
    const { write, path, version, czxid, data, ephemeralOwner } = change
    const ephemeral = ephemeralOwner !== 0
    ctx.fact({ kind: 'registryWrite', path, write, version, czxid, data, ...author, ephemeral })
    deliver(state, fireWatches(state, change), ctx)
  }
}

function deliver(state: RegistryState, notices: readonly WatchNotice[], ctx: RegistryContext): void {
  for (const { sessionId, path, watch } of notices) {
    const connection = state.sessions[sessionId]?.connection ?? null
    if (connection !== null) ctx.reply(connection, { type: 'WatchEvent', path, watch })
  }
}
