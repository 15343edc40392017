/** Sessions of the registry: heartbeats, expiry on the server's own ticks, and what ends with a session. */
import type { Fact } from '../kafka/facts.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import { isMutant } from '../kafka/mutants.ts'
import type { ConnectionId, Context, NodeId } from '../kernel/machine.ts'
import { msToUs } from '../kernel/time.ts'
import { sessionOwner } from '../session/owner.ts'
import type { RegistryConfig, RegistrySession, RegistryState } from './state.ts'
import { dropWatches } from './watches.ts'
import type { TreeChange } from './znode-tree.ts'
import { removeNodes } from './znode-tree.ts'

export const TICK = 'tick'

type RegistryContext = Context<KafkaMessage, Fact>

/**
 * How often the message of a session whose expiry is overdue is read before the expiry is carried out. After a long
 * pause of the registry two of its threads race; of ten live sessions recorded after such a pause three survived.
 */
const LATE_TOUCH_SHARE = 0.3

/** What a client gets when it asks for a timeout: ZooKeeper grants 2 to 20 ticks, or up to the maximum it was given. */
export const grantedTimeoutMs = (askedMs: number, config: RegistryConfig): number =>
  Math.min(Math.max(askedMs, 2 * config.tickMs), config.maxSessionTimeoutMs ?? 20 * config.tickMs)

export function openSession(
  state: RegistryState,
  asked: { readonly from: NodeId; readonly connection: ConnectionId; readonly timeoutMs: number },
  ctx: RegistryContext,
  config: RegistryConfig,
): RegistrySession {
  const id = state.nextSessionId
  state.nextSessionId += 1
  state.zxid += 1
  const session: RegistrySession = {
    id,
    owner: sessionOwner(asked.from),
    timeoutMs: grantedTimeoutMs(asked.timeoutMs, config),
    expiresAtUs: 0,
    connection: asked.connection,
    ephemerals: [],
  }
  state.sessions[id] = session
  touch(state, session, ctx, config)
  armTick(state, ctx)
  ctx.fact({ kind: 'registrySessionOpened', sessionId: id, by: session.owner, timeoutMs: session.timeoutMs })
  return session
}

/** The sessions that are due now, by id. A session that someone ordered to expire is due at any time. */
export function dueSessions(state: RegistryState, nowUs: number): RegistrySession[] {
  return allSessions(state).filter((session) => session.expiresAtUs <= nowUs)
}

export const isOrderedToExpire = (session: RegistrySession): boolean => session.expiresAtUs === 0

export const allSessions = (state: RegistryState): RegistrySession[] =>
  Object.values(state.sessions).sort((a, b) => a.id - b.id)

/**
 * Moves the expiry of a session to the first tick boundary strictly after now + timeout, never back (ZooKeeper
 * SessionTrackerImpl.touchSession). Where the boundaries lie is the draw `registry.tick-phase`.
 */
export function touch(
  state: RegistryState,
  session: RegistrySession,
  ctx: RegistryContext,
  config: RegistryConfig,
): void {
  if (isMutant(config, 'session-never-expires')) {
    session.expiresAtUs = Number.MAX_SAFE_INTEGER / 4
    return
  }
  const tickUs = msToUs(config.tickMs)
  state.tickPhaseUs ??= Math.floor(ctx.random('registry.tick-phase') * tickUs)
  const latestUs = ctx.nowUs + msToUs(session.timeoutMs) - state.tickPhaseUs
  const boundaryUs = state.tickPhaseUs + (Math.floor(latestUs / tickUs) + 1) * tickUs
  session.expiresAtUs = Math.max(session.expiresAtUs, boundaryUs)
}

/**
 * Whether a message that is handled only now still keeps its session alive although the session's expiry is overdue.
 *
 * 1. The registry stops for longer than the session timeout; pings of live clients queue up.
 * 2. It goes on: one thread reads the queued messages, another finds sessions long due.
 * 3. Whoever comes first decides, session by session: the draw `registry.late-touch/<owner>`.
 *
 * A session that was ordered to expire is lost in any case.
 */
export function survivesOverdue(session: RegistrySession, ctx: RegistryContext): boolean {
  if (isOrderedToExpire(session)) return false
  if (session.expiresAtUs >= ctx.nowUs) return true
  const survives = ctx.random(`registry.late-touch/${session.owner}`) < LATE_TOUCH_SHARE
  ctx.probe(
    survives ? 'overdue session saved by a queued message' : 'overdue session expired before its queued message',
  )
  return survives
}

/**
 * Ends a session: its ephemeral nodes go, in the order of their paths and under one zxid. The caller tells the
 * deletions (facts and watches) first and the end of the session last.
 */
export function removeSession(state: RegistryState, session: RegistrySession): TreeChange[] {
  delete state.sessions[session.id]
  dropWatches(state, session.id)
  state.zxid += 1
  return removeNodes(state, session.ephemerals)
}

/** Keeps each session's list of its ephemeral nodes equal to the tree. */
export function followEphemerals(state: RegistryState, changes: readonly TreeChange[]): void {
  for (const change of changes) {
    const owner = change.ephemeralOwner === 0 ? undefined : state.sessions[change.ephemeralOwner]
    if (owner === undefined || change.write === 'set') continue
    const others = owner.ephemerals.filter((path) => path !== change.path)
    owner.ephemerals = change.write === 'create' ? [...others, change.path].sort() : others
  }
}

/**
 * Arms the one timer for the earliest expiry. Touching a session only moves its expiry later, so the timer is left
 * alone then: it fires, finds nothing due and is armed again.
 */
export function armTick(state: RegistryState, ctx: RegistryContext): void {
  let earliestUs: number | null = null
  for (const { expiresAtUs } of allSessions(state)) {
    if (earliestUs === null || expiresAtUs < earliestUs) earliestUs = expiresAtUs
  }
  if (earliestUs === null || (state.tickArmedUs !== null && state.tickArmedUs <= earliestUs)) return
  state.tickArmedUs = earliestUs
  ctx.setTimer(TICK, Math.max(0, earliestUs - ctx.nowUs))
}
