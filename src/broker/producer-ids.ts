/**
 * Producer ids come in blocks of 1000 that a broker takes for itself: from `/latest_producer_id_block` by
 * compare-and-set (0.11 ProducerIdManager), or from the controller (KIP-730, KRaft).
 */
import { quorumNode } from '../kafka/ids.ts'
import {
  type AllocateProducerIdsResponse,
  type InitProducerIdRequest,
  PRODUCER_ID_BLOCK,
} from '../kafka/messages/producer-id.ts'
import type { SessionResponse } from '../kafka/messages/registry.ts'
import { isMutant } from '../kafka/mutants.ts'
import { PRODUCER_ID_BLOCKS, type ProducerIdBlockZnode } from '../kafka/znodes.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { respond } from './client-connection.ts'
import { FORWARDING_CHANNEL } from './coordinator/topic-creation.ts'
import { askRegistry } from './registry-request.ts'
import { type BrokerContext, running } from './running.ts'
import type { BrokerConfig, BrokerState } from './state.ts'

/** A block of this life; what is left of it is lost with the process. */
export interface ProducerIds {
  next: number
  /** Exclusive. */
  end: number
  /** A new block is being asked for. KRaft: under this correlation id; with a registry: 0. null: none is. */
  asked: number | null
}

/** The next id; null while a block is being fetched: the client is told to come again. */
export function allocateProducerId(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): number | null {
  const volatile = running(state)
  volatile.producerIds ??= { next: 0, end: 0, asked: null }
  const ids = volatile.producerIds
  if (ids.next < ids.end) return ids.next++
  if (ids.asked === null) askForBlock(state, ctx, config, ids)
  return null
}

function askForBlock(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, ids: ProducerIds): void {
  if (config.mechanisms.metadata !== 'kraft') {
    ids.asked = 0
    askRegistry(state, ctx, config, 'producer-ids-read', '', [
      { op: 'getData', path: PRODUCER_ID_BLOCKS, watch: false },
    ])
    return
  }
  const { controller } = running(state)
  if (controller < 0) return
  const correlationId = running(state).nextId++
  ids.asked = correlationId
  ctx.send(quorumNode(controller), FORWARDING_CHANNEL, {
    type: 'AllocateProducerIdsRequest',
    correlationId,
    broker: config.id,
  })
}

/** The last block taken by anyone is known: this broker tries to take the next one. */
export function onProducerIdsRead(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  response: SessionResponse,
): void {
  const ids = running(state).producerIds
  const result = response.results[0]
  if (ids === undefined || result === undefined) return
  if (result.error !== null && result.error !== 'NONODE') {
    ids.asked = null
    return
  }
  const known = result.error === null ? (result.data as unknown as ProducerIdBlockZnode) : null
  const isGivenTwice = isMutant(config, 'producer-id-block-given-twice')
  const start = known === null ? 0 : isGivenTwice ? known.start : known.end + 1
  const data: ProducerIdBlockZnode = { broker: config.id, start, end: start + PRODUCER_ID_BLOCK - 1 }
  askRegistry(state, ctx, config, 'producer-ids-write', String(start), [
    known === null
      ? { op: 'create', path: PRODUCER_ID_BLOCKS, data: { ...data }, ephemeral: false }
      : {
          op: 'setData',
          path: PRODUCER_ID_BLOCKS,
          data: { ...data },
          version: result.error === null ? (result.stat?.version ?? -1) : -1,
        },
  ])
}

/** Taken, or another broker was first: then the next time. A write whose fate is not known is read again. */
export function onProducerIdsWritten(state: BrokerState, start: string, response: SessionResponse): void {
  const ids = running(state).producerIds
  if (ids === undefined) return
  ids.asked = null
  if (response.results[0]?.error !== null) return
  ids.next = Number(start)
  ids.end = ids.next + PRODUCER_ID_BLOCK
}

export function onProducerIdsAllocated(state: BrokerState, response: AllocateProducerIdsResponse): void {
  const ids = running(state).producerIds
  if (ids === undefined || ids.asked !== response.correlationId) return
  ids.asked = null
  if (response.error !== 'NONE') return
  ids.next = response.start
  ids.end = response.start + PRODUCER_ID_BLOCK
}

/** KRaft: no answer will come on a connection that broke. */
export function forgetProducerIdRequest(state: BrokerState): void {
  const ids = running(state).producerIds
  if (ids !== undefined) ids.asked = null
}

/** An idempotent producer is given an id of its own at epoch 0, by whichever broker it asks. */
export function handleInitPlainProducer(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  { correlationId }: InitProducerIdRequest,
  connection: ConnectionId,
): void {
  const producerId = allocateProducerId(state, ctx, config)
  respond(state, ctx, connection, {
    type: 'InitProducerIdResponse',
    correlationId,
    error: producerId === null ? 'COORDINATOR_LOAD_IN_PROGRESS' : 'NONE',
    producerId: producerId ?? -1,
    producerEpoch: producerId === null ? -1 : 0,
  })
}
