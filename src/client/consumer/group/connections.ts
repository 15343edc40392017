/** The connections of a member to its coordinators: what comes on them, and what is lost with them. */
import type { BrokerId } from '../../../kafka/ids.ts'
import { nodeNumber } from '../../../kafka/ids.ts'
import type { KafkaMessage } from '../../../kafka/messages/message.ts'
import type { Operation } from '../../../kafka/operations.ts'
import type { Input } from '../../../kernel/machine.ts'
import type { ClientContext } from '../../links.ts'
import { breakLink, isPresentConnection, linkedBrokers, linkTo, takeAnswered, timedOutBrokers } from '../../links.ts'
import { requestTimeoutUs } from '../fetching.ts'
import type { ConsumerConfig, ConsumerVolatile } from '../state.ts'
import { onCommit, retry } from './commit.ts'
import { COORDINATOR_CHANNEL, closeCoordinatorLink, coordinatorUnknown, onFindCoordinator } from './coordinator.ts'
import { onHeartbeat } from './heartbeat.ts'
import { joinLost, onJoin, onSync } from './join.ts'
import { onOffsets } from './offsets.ts'
import { again, onRemoteHeartbeat } from './remote.ts'
import type { CoordinatorAsk, GroupMembership } from './state.ts'

/**
 * KAFKA-6593 (1.1): the connection to who is not taken for the coordinator any more is closed, and whatever was asked on
 * it is lost: a heartbeat that hangs there must not keep the next one from the coordinator that is found.
 */
export function leaveFormerCoordinators(group: GroupMembership, config: ConsumerConfig, ctx: ClientContext): void {
  if (!config.mechanisms.formerCoordinatorLeft || group.remote !== undefined) return
  for (const broker of linkedBrokers(group.links)) {
    if (broker === group.coordinator || linkTo(group.links, broker).phase === 'closed') continue
    closeCoordinatorLink(broker, ctx)
    lose(group, broker, config, ctx)
  }
}

/** An input of the connections to coordinators; false: of another one. */
export function takeGroupInput(
  memory: ConsumerVolatile,
  input: Input<KafkaMessage, Operation>,
  config: ConsumerConfig,
  ctx: ClientContext,
): boolean {
  const { group } = memory
  if (group === undefined) return false
  switch (input.kind) {
    case 'message': {
      const { message, connection } = input
      if (!('correlationId' in message)) return false
      const broker = nodeNumber(input.from)
      if (message.type === 'FindCoordinatorResponse') {
        const asked = takeAnswered(memory.links, broker, connection, message.correlationId)
        if (asked !== null) onFindCoordinator(memory, group, message, config, ctx)
        return true
      }
      if (!connection.includes(`#${COORDINATOR_CHANNEL}@`)) return false
      const asked = takeAnswered(group.links, broker, connection, message.correlationId)
      if (asked !== null) onAnswer(memory, group, asked.request as CoordinatorAsk, message, config, ctx)
      return true
    }
    case 'disconnected': {
      const broker = nodeNumber(input.peer)
      if (input.channel !== COORDINATOR_CHANNEL) return false
      if (isPresentConnection(linkTo(group.links, broker), input.connection)) lose(group, broker, config, ctx)
      return true
    }
    case 'timer':
      for (const broker of timedOutBrokers(group.links, requestTimeoutUs(config), ctx.nowUs)) {
        ctx.probe('request to the coordinator timed out')
        closeCoordinatorLink(broker, ctx)
        lose(group, broker, config, ctx)
      }
      return false
    default:
      return false
  }
}

function onAnswer(
  memory: ConsumerVolatile,
  group: GroupMembership,
  asked: CoordinatorAsk,
  message: KafkaMessage,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  if (message.type === 'JoinGroupResponse' && asked.kind === 'join') {
    onJoin(memory, group, asked.sent, message, config, ctx)
  } else if (message.type === 'SyncGroupResponse' && asked.kind === 'sync') {
    onSync(group, asked.sent, message, config, ctx)
  } else if (message.type === 'HeartbeatResponse' && asked.kind === 'heartbeat') {
    onHeartbeat(group, asked.sent, message, config, ctx)
  } else if (message.type === 'ConsumerGroupHeartbeatResponse' && asked.kind === 'remoteHeartbeat') {
    if (group.remote !== undefined) onRemoteHeartbeat(group, group.remote, asked.epoch, message, config, ctx)
  } else if (message.type === 'OffsetCommitResponse' && asked.kind === 'commit') {
    onCommit(group, asked.commit, asked.sent, message, config, ctx)
  } else if (message.type === 'OffsetFetchResponse' && asked.kind === 'offsets') {
    onOffsets(memory, group, message, config, ctx)
  }
}

/** The connection to a coordinator is gone, and every answer that was to come on it. */
function lose(group: GroupMembership, broker: BrokerId, config: ConsumerConfig, ctx: ClientContext): void {
  const lost = breakLink(linkTo(group.links, broker), config.settings, ctx)
  if (group.coordinator === broker) coordinatorUnknown(group)
  for (const { request } of lost) {
    switch (request.kind) {
      case 'join':
      case 'sync':
        joinLost(group, config, ctx)
        break
      case 'heartbeat':
        group.heartbeatOut = false
        break
      case 'remoteHeartbeat':
        if (group.remote !== undefined) again(group, group.remote, config, ctx)
        break
      case 'commit': {
        const commit = group.commits[request.commit]
        if (commit !== undefined) retry(group, request.commit, commit, config, ctx)
        break
      }
      case 'offsets':
        group.askingOffsets = false
        break
      default:
        break
    }
  }
}
