/**
 * The controller of KRaft: one voter of the quorum that keeps the metadata log, and, while it leads, the active
 * controller. Every input goes to the file that knows what to do with it.
 */
import type { Fact } from '../kafka/facts.ts'
import { nodeNumber } from '../kafka/ids.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import { emptyImage } from '../kafka/metadata-log.ts'
import type { Operation } from '../kafka/operations.ts'
import { unreachable } from '../kernel/assert.ts'
import type { ConnectionId, Input, Machine } from '../kernel/machine.ts'
import { onAdminRequest } from './administration.ts'
import { onAlterPartition } from './alter-partition.ts'
import {
  ELECTION_TIMER,
  MAJORITY_TIMER,
  onElectionTimer,
  onMajorityTimer,
  onVoteRequest,
  onVoteResponse,
  startElections,
} from './election.ts'
import { isParkedTimer, onMetadataFetch, onParkedTimer } from './metadata-fetch.ts'
import { flush, LINGER_TIMER } from './metadata-writer.ts'
import { onPeriodicTimer, REBALANCE_TIMER, UNCLEAN_TIMER } from './periodic.ts'
import { onAllocateProducerIds } from './producer-ids.ts'
import { onRegistration } from './registration.ts'
import { onAppendRequest, onAppendResponse } from './replication.ts'
import { onHeartbeat, onSessionTimer, SESSION_TIMER } from './sessions.ts'
import { freshMemory, type Given, isActive, type QuorumConfig, type QuorumState, running } from './state.ts'
import { isVoterTimer, onVoterGone, onVoterTimer, QUORUM_CHANNEL } from './voters.ts'

export const quorumMachine: Machine<QuorumState, QuorumConfig, KafkaMessage, Operation, Fact> = {
  init: () => ({
    durable: { log: [], epoch: 0, votedFor: null, committedEnd: 0, committed: emptyImage() },
    volatile: null,
  }),

  step: (state, input, ctx, config) => {
    const given: Given = { state, ctx, config }
    if (input.kind === 'start') {
      state.volatile = freshMemory(ctx.nowUs)
      startElections(given)
    } else if (state.volatile !== null) onInput(given, input)
  },

  kill: (state) => {
    state.volatile = null
  },
}

function onInput(given: Given, input: Input<KafkaMessage, Operation>): void {
  switch (input.kind) {
    case 'message':
      onMessage(given, input.message, input.connection, nodeNumber(input.from))
      return
    case 'timer':
      onTimer(given, input.name)
      return
    case 'disconnected':
      if (input.channel === QUORUM_CHANNEL && input.connection.startsWith(`${given.ctx.self}>`)) {
        onVoterGone(given, nodeNumber(input.peer))
      }
      return
    case 'stop':
      given.ctx.exit(0)
      return
    case 'start':
    case 'local':
    case 'operation':
      return
    default:
      unreachable(input)
  }
}

function onTimer(given: Given, name: string): void {
  if (name === ELECTION_TIMER) onElectionTimer(given)
  else if (name === MAJORITY_TIMER) onMajorityTimer(given)
  else if (isParkedTimer(name)) onParkedTimer(given, name)
  else if (!isActive(given.state)) given.ctx.probe(`controller without office has no use for ${name}`)
  else if (isVoterTimer(name)) onVoterTimer(given, name)
  else if (name === LINGER_TIMER) flush(given)
  else if (name === SESSION_TIMER) onSessionTimer(given)
  else if (name === REBALANCE_TIMER || name === UNCLEAN_TIMER) onPeriodicTimer(given, name)
}

function onMessage(given: Given, message: KafkaMessage, connection: ConnectionId, from: number): void {
  switch (message.type) {
    case 'VoteRequest':
      onVoteRequest(given, message, connection)
      return
    case 'VoteResponse':
      onVoteResponse(given, message, from)
      return
    case 'QuorumAppendRequest':
      onAppendRequest(given, message, connection)
      return
    case 'QuorumAppendResponse':
      onAppendResponse(given, message, from)
      return
    case 'MetadataFetchRequest':
      onMetadataFetch(given, message, connection)
      return
    default:
      if (isActive(given.state)) onControllerRequest(given, message, connection)
      else refuse(given, message, connection)
  }
}

function onControllerRequest(given: Given, message: KafkaMessage, connection: ConnectionId): void {
  switch (message.type) {
    case 'BrokerRegistrationRequest':
      onRegistration(given, message, connection)
      return
    case 'BrokerHeartbeatRequest':
      onHeartbeat(given, message, connection)
      return
    case 'AlterPartitionRequest':
      onAlterPartition(given, message, connection)
      return
    case 'ControllerAdminRequest':
      onAdminRequest(given, message, connection)
      return
    case 'AllocateProducerIdsRequest':
      onAllocateProducerIds(given, message, connection)
      return
    default:
      given.ctx.probe(`controller ignores ${message.type}`)
  }
}

/** This controller is not the active one: whoever asks has to look for another. */
function refuse({ state, ctx }: Given, message: KafkaMessage, connection: ConnectionId): void {
  const error = 'NOT_CONTROLLER'
  switch (message.type) {
    case 'BrokerRegistrationRequest': {
      const { correlationId } = message
      ctx.reply(connection, { type: 'BrokerRegistrationResponse', correlationId, error, brokerEpoch: -1 })
      return
    }
    case 'BrokerHeartbeatRequest': {
      const { correlationId } = message
      const nothing = { isCaughtUp: false, isFenced: true, shouldShutDown: false }
      ctx.reply(connection, { type: 'BrokerHeartbeatResponse', correlationId, error, ...nothing })
      return
    }
    case 'AlterPartitionRequest': {
      const { correlationId } = message
      ctx.reply(connection, { type: 'AlterPartitionResponse', correlationId, error, partitions: {} })
      return
    }
    case 'AllocateProducerIdsRequest': {
      const { correlationId } = message
      ctx.reply(connection, { type: 'AllocateProducerIdsResponse', correlationId, error, start: -1 })
      return
    }
    case 'ControllerAdminRequest': {
      const { correlationId } = message
      const { leader } = running(state)
      ctx.reply(connection, { type: 'ControllerAdminResponse', correlationId, error, message: null, leader })
      return
    }
    default:
      ctx.probe(`controller ignores ${message.type}`)
  }
}
