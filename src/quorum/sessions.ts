/**
 * Heartbeats: which brokers the active controller hears of, what state their next one brings, and whom it fences
 * (BrokerHeartbeatManager). All of it is memory: a new active controller begins with fresh sessions.
 */
import { type BrokerId, brokerNode } from '../kafka/ids.ts'
import type { BrokerHeartbeatRequest, BrokerHeartbeatResponse } from '../kafka/messages/quorum.ts'
import type { MetadataRecord } from '../kafka/metadata-log.ts'
import { brokerIdPath } from '../kafka/znodes.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { controlledShutdown, fencing, unfencing } from './broker-changes.ts'
import { answerWhenCommitted, append } from './metadata-writer.ts'
import { type BrokerSession, durationOf, type Given, imageOf, running } from './state.ts'

export const SESSION_TIMER = 'sessions'

const timeoutUs = ({ config }: Given): number => durationOf(config, 'broker.session.timeout.ms', 9_000)

/** Whether another life of a registered broker may still be there. */
export function hasValidSession(given: Given, id: BrokerId): boolean {
  const session = running(given.state).sessions[id]
  if (session === undefined || session.fenced) return false
  return session.lastContactUs + timeoutUs(given) >= given.ctx.nowUs
}

/** A new life is registered, fenced. */
export function openSession(given: Given, id: BrokerId, brokerEpoch: number): void {
  running(given.state).sessions[id] = {
    brokerEpoch,
    lastContactUs: given.ctx.nowUs,
    metadataOffset: -1,
    fenced: true,
    controlledShutdownOffset: -1,
    tracked: false,
  }
  armSessions(given)
}

/** Sets the clock for the session that ends first. */
export function armSessions(given: Given): void {
  const { state, ctx } = given
  const ends = Object.values(running(state).sessions)
    .filter((session) => session.tracked)
    .map((session) => session.lastContactUs + timeoutUs(given))
  if (ends.length === 0) ctx.cancelTimer(SESSION_TIMER)
  else ctx.setTimer(SESSION_TIMER, Math.max(0, Math.min(...ends) - ctx.nowUs + 1))
}

/** Sessions whose time is up: their brokers are fenced, one after the other, each in a batch of its own. */
export function onSessionTimer(given: Given): void {
  const { state, ctx } = given
  const { sessions } = running(state)
  const bySilence = (a: string, b: string): number =>
    sessions[a]!.lastContactUs - sessions[b]!.lastContactUs || Number(a) - Number(b)
  for (const name of Object.keys(sessions).sort(bySilence)) {
    const session = sessions[name]!
    if (!session.tracked || session.lastContactUs + timeoutUs(given) >= ctx.nowUs) continue
    session.tracked = false
    if (session.fenced) ctx.probe('session of a fenced broker ended later')
    else {
      const by = brokerNode(Number(name))
      const removed = [brokerIdPath(Number(name))]
      ctx.fact({ kind: 'registrySessionEnded', sessionId: session.brokerEpoch, by, removed, expired: true })
    }
    session.fenced = true
    session.controlledShutdownOffset = -1
    append(given, fencing(given, Number(name)))
  }
  armSessions(given)
}

type NextState = 'fenced' | 'unfenced' | 'controlled-shutdown' | 'shutdown-now'

const stateOf = (session: BrokerSession): NextState =>
  session.controlledShutdownOffset >= 0 ? 'controlled-shutdown' : session.fenced ? 'fenced' : 'unfenced'

/** 3.5 BrokerHeartbeatManager.calculateNextBrokerState. */
function nextState(given: Given, request: BrokerHeartbeatRequest, session: BrokerSession): NextState {
  const image = imageOf(given.state)
  const leads = Object.values(image.partitions).some(({ leader }) => leader === request.broker)
  switch (stateOf(session)) {
    case 'fenced':
      if (request.wantShutDown) return 'shutdown-now'
      if (request.wantFence) return 'fenced'
      return request.metadataOffset >= (image.brokers[request.broker]?.offset ?? 0) ? 'unfenced' : 'fenced'
    case 'unfenced':
      if (request.wantFence) return request.wantShutDown ? 'shutdown-now' : 'fenced'
      if (!request.wantShutDown) return 'unfenced'
      return leads ? 'controlled-shutdown' : 'shutdown-now'
    default:
      if (leads) return 'controlled-shutdown'
      return session.controlledShutdownOffset <= lowestActiveOffset(given) ? 'shutdown-now' : 'controlled-shutdown'
  }
}

/** How far every broker that is neither fenced nor going has applied the log, by its last heartbeat. */
const lowestActiveOffset = ({ state }: Given): number =>
  Math.min(
    Number.MAX_SAFE_INTEGER,
    ...Object.values(running(state).sessions)
      .filter((session) => !session.fenced && session.controlledShutdownOffset < 0)
      .map((session) => session.metadataOffset),
  )

function recordsFor(given: Given, request: BrokerHeartbeatRequest, next: NextState): MetadataRecord[] {
  switch (next) {
    case 'fenced':
    case 'shutdown-now':
      return fencing(given, request.broker)
    case 'unfenced':
      return unfencing(given, request.broker, request.brokerEpoch)
    case 'controlled-shutdown':
      return controlledShutdown(given, request.broker, request.brokerEpoch)
  }
}

export function onHeartbeat(given: Given, request: BrokerHeartbeatRequest, connection: ConnectionId): void {
  const { state, ctx, config } = given
  const { correlationId, broker } = request
  const answer = (fields: Partial<BrokerHeartbeatResponse>): BrokerHeartbeatResponse => ({
    type: 'BrokerHeartbeatResponse',
    correlationId,
    error: 'NONE',
    isCaughtUp: false,
    isFenced: true,
    shouldShutDown: false,
    ...fields,
  })
  const registration = imageOf(state).brokers[broker]
  const session = running(state).sessions[broker]
  if (registration?.brokerEpoch !== request.brokerEpoch || session === undefined) {
    ctx.reply(connection, answer({ error: 'STALE_BROKER_EPOCH' }))
    return
  }
  const current = stateOf(session)
  const next = nextState(given, request, session)
  if (next !== current) append(given, recordsFor(given, request, next))
  const fenced = next === 'fenced' || next === 'shutdown-now'
  session.fenced = fenced
  session.lastContactUs = ctx.nowUs
  session.metadataOffset = request.metadataOffset
  session.brokerEpoch = request.brokerEpoch
  session.tracked = !fenced || config.mechanisms.sessionOutlivesFencing
  if (fenced) session.controlledShutdownOffset = -1
  else if (next === 'controlled-shutdown' && session.controlledShutdownOffset < 0) {
    session.controlledShutdownOffset = state.durable.log.length - 1
  }
  armSessions(given)
  const isCaughtUp = request.metadataOffset >= registration.offset
  answerWhenCommitted(
    given,
    connection,
    answer({ isCaughtUp, isFenced: fenced, shouldShutDown: next === 'shutdown-now' }),
  )
}
