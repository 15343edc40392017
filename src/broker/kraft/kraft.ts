/** Inputs that only a broker of KRaft has. */

import type { KafkaMessage } from '../../kafka/messages/message.ts'
import { emptyImage } from '../../kafka/metadata-log.ts'
import { type BrokerContext, running } from '../running.ts'
import type { BrokerConfig, BrokerState } from '../state.ts'
import {
  COMMUNICATE_TIMER,
  communicateWithController,
  HEARTBEAT_CHANNEL,
  onControllerRequestFailed,
  onHeartbeatResponse,
  onRegistrationResponse,
  REQUEST_TIMEOUT_TIMER,
} from './lifecycle.ts'
import {
  FETCH_RETRY_TIMER,
  FETCH_TIMEOUT_TIMER,
  fetchMetadata,
  LOAD_TIMER,
  loadMetadata,
  METADATA_CHANNEL,
  onMetadataFetched,
  onMetadataFetchFailed,
} from './metadata-follower.ts'

export const isKraft = (config: BrokerConfig): boolean => config.mechanisms.metadata === 'kraft'

/** Incarnations are drawn as whole numbers below this. */
const INCARNATIONS = 2 ** 48

/**
 * A process has started: it looks for the active controller, and registers when it has found it.
 *
 * Stream `broker.incarnation/<broker>`, one draw a start: the id of this life (a random UUID).
 */
export function startKraft(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const { durable } = state
  const previousBrokerEpoch = durable.cleanShutdownEpoch ?? -1
  durable.cleanShutdownEpoch = -1
  running(state).kraft = {
    incarnation: Math.floor(ctx.random(`broker.incarnation/${ctx.self}`) * INCARNATIONS),
    previousBrokerEpoch,
    image: emptyImage(),
    nextOffset: 0,
    knownEnd: 0,
    loading: [],
    quorumEpoch: -1,
    published: false,
    lifecycle: 'starting',
    fetching: null,
    nextVoter: 0,
    asked: null,
    failedAttempts: 0,
    shutdownHeard: false,
  }
  fetchMetadata(state, ctx, config)
}

/** True: the message was one of KRaft's. */
export function onKraftMessage(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  message: KafkaMessage,
): boolean {
  switch (message.type) {
    case 'MetadataFetchResponse':
      onMetadataFetched(state, ctx, config, message)
      return true
    case 'BrokerRegistrationResponse':
      onRegistrationResponse(state, ctx, config, message)
      return true
    case 'BrokerHeartbeatResponse':
      onHeartbeatResponse(state, ctx, config, message)
      return true
    default:
      return false
  }
}

export function onKraftTimer(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, name: string): void {
  switch (name) {
    case COMMUNICATE_TIMER:
      communicateWithController(state, ctx, config)
      return
    case REQUEST_TIMEOUT_TIMER:
      onControllerRequestFailed(state, ctx, config, true)
      return
    case FETCH_RETRY_TIMER:
      fetchMetadata(state, ctx, config)
      return
    case LOAD_TIMER:
      loadMetadata(state, ctx, config)
      return
    case FETCH_TIMEOUT_TIMER:
      onMetadataFetchFailed(state, ctx, config, true)
      return
    default:
      ctx.probe(`broker has no timer ${name}`)
  }
}

/** True: the connection was one of KRaft's. */
export function onKraftDisconnected(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  channel: string,
): boolean {
  if (channel === METADATA_CHANNEL) onMetadataFetchFailed(state, ctx, config, false)
  else if (channel === HEARTBEAT_CHANNEL) onControllerRequestFailed(state, ctx, config, false)
  else return false
  return true
}
