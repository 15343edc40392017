/**
 * Brokers pull the log from the active controller and are given committed records only, in order. So what a broker
 * knows is always a prefix of the log, how long ago it was the end of it nobody can tell. Simplified: real brokers are
 * observers of the quorum, may fetch from any voter that knows the leader, and hold uncommitted records back themselves.
 */
import type { MetadataFetchRequest } from '../kafka/messages/quorum.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { msToUs } from '../kernel/time.ts'
import { type Given, isActive, type ParkedMetadataFetch, running } from './state.ts'

const PARKED_TIMER = 'metadata-fetch:'

export const isParkedTimer = (name: string): boolean => name.startsWith(PARKED_TIMER)

export function onMetadataFetch(given: Given, request: MetadataFetchRequest, connection: ConnectionId): void {
  const { state, ctx } = given
  const { correlationId, fromOffset, knownEnd, maxWaitMs } = request
  if (!isActive(state)) {
    refuse(given, connection, correlationId)
    return
  }
  if (isReady(given, { fromOffset, knownEnd }) || maxWaitMs <= 0) {
    answer(given, connection, correlationId, fromOffset)
    return
  }
  const volatile = running(state)
  const id = volatile.nextId++
  volatile.parked[id] = { connection, correlationId, fromOffset, knownEnd }
  ctx.setTimer(PARKED_TIMER + id, msToUs(maxWaitMs))
}

/**
 * A fetch waits for the log to grow; what a majority confirms afterwards does not wake it before KIP-1166. With one
 * controller both are the same moment.
 */
function isReady({ state, config }: Given, fetch: { fromOffset: number; knownEnd: number }): boolean {
  if (config.mechanisms.commitWakesMetadataFetches) return state.durable.committedEnd > fetch.fromOffset
  return running(state).flushedEnd > fetch.knownEnd
}

/** A fetch has waited long enough: it is answered with nothing. */
export function onParkedTimer(given: Given, name: string): void {
  const id = name.slice(PARKED_TIMER.length)
  const { parked } = running(given.state)
  const fetch = parked[id]
  if (fetch === undefined) return
  delete parked[id]
  answer(given, fetch.connection, fetch.correlationId, fetch.fromOffset)
}

/** The log has grown, or more of it is committed: everybody who waits for that is answered. */
export function answerParkedFetches(given: Given): void {
  endParked(
    given,
    (fetch) => isReady(given, fetch),
    (fetch) => answer(given, fetch.connection, fetch.correlationId, fetch.fromOffset),
  )
}

/** This controller is active no more. */
export function refuseParkedFetches(given: Given): void {
  endParked(
    given,
    () => true,
    (fetch) => refuse(given, fetch.connection, fetch.correlationId),
  )
}

function endParked(
  { state, ctx }: Given,
  test: (fetch: ParkedMetadataFetch) => boolean,
  end: (fetch: ParkedMetadataFetch) => void,
): void {
  const { parked } = running(state)
  for (const id of Object.keys(parked).sort((a, b) => Number(a) - Number(b))) {
    const fetch = parked[id]!
    if (!test(fetch)) continue
    delete parked[id]
    ctx.cancelTimer(PARKED_TIMER + id)
    end(fetch)
  }
}

function answer({ state, ctx, config }: Given, connection: ConnectionId, correlationId: number, from: number): void {
  const { log, committedEnd, epoch } = state.durable
  ctx.reply(connection, {
    type: 'MetadataFetchResponse',
    correlationId,
    error: 'NONE',
    leader: config.id,
    epoch,
    fromOffset: from,
    entries: log.slice(from, Math.max(from, committedEnd)),
    logEnd: running(state).flushedEnd,
  })
}

function refuse({ state, ctx }: Given, connection: ConnectionId, correlationId: number): void {
  const { leader } = running(state)
  const { epoch } = state.durable
  const nothing = { fromOffset: 0, entries: [], logEnd: 0 }
  ctx.reply(connection, {
    type: 'MetadataFetchResponse',
    correlationId,
    error: 'NOT_CONTROLLER',
    leader,
    epoch,
    ...nothing,
  })
}
