/** The ZooKeeper-era controller of one broker process: who wins `/controller` elects leaders and tells the brokers. */

import type { Fact } from '../kafka/facts.ts'
import { brokerNode } from '../kafka/ids.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import type { SessionState, SessionWatch } from '../kafka/messages/registry.ts'
import type { Operation } from '../kafka/operations.ts'
import {
  BROKER_IDS,
  CONFIG_CHANGES,
  CONTROLLER,
  DELETE_TOPICS,
  ISR_CHANGES,
  LOG_DIR_EVENTS,
  PREFERRED_ELECTION,
  partitionOfStatePath,
  REASSIGN_PARTITIONS,
  TOPICS,
  topicPath,
  UNCLEAN_ELECTION,
} from '../kafka/znodes.ts'
import type { Input, Machine } from '../kernel/machine.ts'
import { onControlDisconnected, onControlResponse, onControlTimer } from './control-channels.ts'
import { drain, onSessionResponse } from './event-queue.ts'
import { abandon, blocksOnRegistry, enqueue, type Scope } from './scope.ts'
import { type ControllerConfig, type ControllerState, freshVolatile } from './state.ts'
import type { ControllerEvent } from './step.ts'
import { ELECTION_TIMER, REBALANCE_TIMER, resign } from './taking-office.ts'

/** Which event a fired watch becomes; null: the controller does not care. */
function eventOfWatch(scope: Scope, { path, watch }: SessionWatch): ControllerEvent | null {
  if (path === CONTROLLER) return { do: watch === 'deleted' ? 'controllerDeleted' : 'controllerChanged' }
  const { office } = scope.state
  if (office === null) return null
  switch (path) {
    case BROKER_IDS:
      return { do: 'brokerChange' }
    case TOPICS:
      return { do: 'topicChange' }
    case DELETE_TOPICS:
      return { do: 'topicDeletion' }
    case ISR_CHANGES:
      return scope.config.mechanisms.isrChangeNotification ? { do: 'isrChangeNotified' } : null
    case LOG_DIR_EVENTS:
      return { do: 'logDirFailed' }
    case CONFIG_CHANGES:
      return { do: 'topicConfigChange' }
    case REASSIGN_PARTITIONS:
      return { do: 'reassignmentAsked' }
    case PREFERRED_ELECTION:
      return { do: 'electionAsked', election: 'preferred' }
    case UNCLEAN_ELECTION:
      return { do: 'electionAsked', election: 'unclean' }
  }
  const partition = partitionOfStatePath(path)
  if (partition !== null) {
    return office.partitions[partition]?.target == null ? null : { do: 'reassignmentIsrChange', partition }
  }
  const topic = path.slice(TOPICS.length + 1)
  return watch === 'dataChanged' && path === topicPath(topic) && Object.hasOwn(office.topics, topic)
    ? { do: 'partitionChange', topic }
    : null
}

/**
 * The session of the process changed. ZkClient (to 1.0) only tells of the new session, and requests go on with it;
 * KafkaZkClient (1.1) tells of the expiry first, which stops all work at once.
 */
function onSessionState(scope: Scope, { state: change, sessionId }: SessionState): void {
  const { state } = scope
  if (change === 'expired' && !blocksOnRegistry(scope)) {
    preemptQueue(scope)
    state.electOnRegistration = true
    state.queue.unshift({ do: 'sessionExpired' })
  }
  if (change !== 'established') return
  const isNew = state.sessionId !== 0 && state.sessionId !== sessionId
  state.sessionId = sessionId
  if (!isNew || !state.started) return
  if (scope.config.mechanisms.controllerStartsBeforeRegistration) enqueue(state, { do: 'newSession' })
  else state.electOnRegistration = true
}

/** 1.1 ControllerEventManager.clearAndPut: who asked for something is told, the rest is forgotten. */
function preemptQueue(scope: Scope): void {
  for (const event of scope.state.queue) {
    if (event.do === 'controlledShutdown') {
      const { correlationId } = event
      const error = 'STALE_CONTROLLER_EPOCH'
      scope.ctx.reply(event.connection, { type: 'ControlledShutdownResponse', correlationId, error, remaining: [] })
    } else if (event.do === 'alterPartition') {
      const { correlationId } = event.request
      const error = 'NOT_CONTROLLER'
      scope.ctx.reply(event.connection, { type: 'AlterPartitionResponse', correlationId, error, partitions: {} })
    }
  }
  scope.state.queue = []
}

function onRegistered(scope: Scope): void {
  const { state } = scope
  if (!state.electOnRegistration || !state.started) return
  state.electOnRegistration = false
  enqueue(state, { do: 'newSession' })
}

function onLocal(scope: Scope, message: KafkaMessage): void {
  const { state } = scope
  switch (message.type) {
    case 'SessionResponse':
      onSessionResponse(scope, message)
      break
    case 'SessionWatch': {
      const event = state.started ? eventOfWatch(scope, message) : null
      if (event !== null) enqueue(state, event)
      break
    }
    case 'SessionState':
      onSessionState(scope, message)
      break
    case 'ControllerStart':
      if (state.started) onRegistered(scope)
      else enqueue(state, { do: 'startUp' })
      state.started = true
      break
    case 'BrokerRegistered':
      onRegistered(scope)
      break
    case 'ControllerShutdown':
      shutDown(scope)
      break
    default:
      break
  }
}

/** The process goes down gracefully. `/controller` itself goes with the session. */
function shutDown(scope: Scope): void {
  abandon(scope)
  scope.state.queue = []
  scope.state.running = null
  resign(scope, 'the broker shuts down')
  scope.ctx.cancelTimer(ELECTION_TIMER)
  scope.state.shuttingDown = true
  scope.ctx.tell(brokerNode(scope.config.id), { type: 'ControllerShutdownDone' })
}

function onMessage(scope: Scope, input: Extract<Input<KafkaMessage, Operation>, { kind: 'message' }>): void {
  const { message, connection, from } = input
  if (message.type === 'ControlResponse') onControlResponse(scope, from, message)
  else if (message.type === 'AlterPartitionRequest') {
    enqueue(scope.state, { do: 'alterPartition', request: message, connection })
  } else if (message.type === 'ControlledShutdownRequest') {
    const { broker, brokerEpoch, correlationId } = message
    enqueue(scope.state, { do: 'controlledShutdown', broker, brokerEpoch, connection, correlationId })
  }
}

export const controllerMachine: Machine<ControllerState, ControllerConfig, KafkaMessage, Operation, Fact> = {
  init: () => ({ volatile: null }),

  step: (state, input, ctx, config) => {
    if (input.kind === 'start') {
      state.volatile = freshVolatile()
      return
    }
    if (state.volatile === null || state.volatile.shuttingDown) return
    const scope: Scope = { state: state.volatile, ctx, config }
    switch (input.kind) {
      case 'local':
        onLocal(scope, input.message)
        break
      case 'message':
        onMessage(scope, input)
        break
      case 'disconnected':
        if (input.channel === 'control') onControlDisconnected(scope, input.peer)
        break
      case 'timer':
        if (onControlTimer(scope, input.name, input.data)) break
        if (input.name === ELECTION_TIMER) enqueue(scope.state, { do: 'elect' })
        if (input.name === REBALANCE_TIMER) enqueue(scope.state, { do: 'autoRebalance' })
        break
      default:
        break
    }
    drain(scope)
  },

  kill: (state) => {
    state.volatile = null
  },
}
