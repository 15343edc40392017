/** What clients ask of coordinators, by name. */
import type { CoordinatorRequest } from '../../kafka/messages/coordinator.ts'
import type { KafkaMessage } from '../../kafka/messages/message.ts'
import { unreachable } from '../../kernel/assert.ts'
import type { ConnectionId } from '../../kernel/machine.ts'
import type { BrokerContext } from '../running.ts'
import type { BrokerConfig, BrokerState } from '../state.ts'
import { handleConsumerGroupDescribe } from './consumer-group/describe.ts'
import { handleConsumerGroupHeartbeat } from './consumer-group/heartbeat.ts'
import { handleFindCoordinator } from './find-coordinator.ts'
import { handleDescribeGroups, handleListGroups } from './group/describe.ts'
import { handleHeartbeat } from './group/heartbeat.ts'
import { handleJoinGroup } from './group/join.ts'
import { handleLeaveGroup } from './group/leave.ts'
import { handleOffsetCommit } from './group/offset-commit.ts'
import { handleOffsetFetch } from './group/offset-fetch.ts'
import { handleSyncGroup } from './group/sync.ts'
import { handleTxnOffsetCommit } from './group/transactional-offsets.ts'
import { handleAddOffsetsToTxn, handleAddPartitionsToTxn } from './transactions/add-partitions.ts'
import { handleEndTxn } from './transactions/end-transaction.ts'
import { handleInitProducerId } from './transactions/init-producer-id.ts'

const TYPES: Readonly<Record<CoordinatorRequest['type'], true>> = {
  FindCoordinatorRequest: true,
  OffsetCommitRequest: true,
  OffsetFetchRequest: true,
  JoinGroupRequest: true,
  SyncGroupRequest: true,
  HeartbeatRequest: true,
  LeaveGroupRequest: true,
  DescribeGroupsRequest: true,
  ListGroupsRequest: true,
  ConsumerGroupHeartbeatRequest: true,
  ConsumerGroupDescribeRequest: true,
  InitProducerIdRequest: true,
  AddPartitionsToTxnRequest: true,
  AddOffsetsToTxnRequest: true,
  TxnOffsetCommitRequest: true,
  EndTxnRequest: true,
}

export const isCoordinatorRequest = (message: KafkaMessage): message is CoordinatorRequest =>
  Object.hasOwn(TYPES, message.type)

export function handleCoordinatorRequest(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  message: CoordinatorRequest,
  connection: ConnectionId,
): void {
  switch (message.type) {
    case 'FindCoordinatorRequest':
      handleFindCoordinator(state, ctx, config, message, connection)
      return
    case 'OffsetCommitRequest':
      handleOffsetCommit(state, ctx, config, message, connection)
      return
    case 'OffsetFetchRequest':
      handleOffsetFetch(state, ctx, config, message, connection)
      return
    case 'JoinGroupRequest':
      handleJoinGroup(state, ctx, config, message, connection)
      return
    case 'SyncGroupRequest':
      handleSyncGroup(state, ctx, config, message, connection)
      return
    case 'HeartbeatRequest':
      handleHeartbeat(state, ctx, config, message, connection)
      return
    case 'LeaveGroupRequest':
      handleLeaveGroup(state, ctx, config, message, connection)
      return
    case 'DescribeGroupsRequest':
      handleDescribeGroups(state, ctx, config, message, connection)
      return
    case 'ListGroupsRequest':
      handleListGroups(state, ctx, message, connection)
      return
    case 'ConsumerGroupHeartbeatRequest':
      handleConsumerGroupHeartbeat(state, ctx, config, message, connection)
      return
    case 'ConsumerGroupDescribeRequest':
      handleConsumerGroupDescribe(state, ctx, config, message, connection)
      return
    case 'InitProducerIdRequest':
      handleInitProducerId(state, ctx, config, message, connection)
      return
    case 'AddPartitionsToTxnRequest':
      handleAddPartitionsToTxn(state, ctx, config, message, connection)
      return
    case 'AddOffsetsToTxnRequest':
      handleAddOffsetsToTxn(state, ctx, config, message, connection)
      return
    case 'TxnOffsetCommitRequest':
      handleTxnOffsetCommit(state, ctx, config, message, connection)
      return
    case 'EndTxnRequest':
      handleEndTxn(state, ctx, config, message, connection)
      return
    default:
      unreachable(message)
  }
}
