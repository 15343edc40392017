import type { ApplicationCall, CallReturned } from './application.ts'
import type {
  ConsumerGroupDescribeRequest,
  ConsumerGroupDescribeResponse,
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from './consumer-group.ts'
import type {
  AlterPartitionRequest,
  AlterPartitionResponse,
  ControlledShutdownRequest,
  ControlledShutdownResponse,
  ControlResponse,
  LeaderAndIsrRequest,
  StopReplicaRequest,
  UpdateMetadataRequest,
} from './control.ts'
import type {
  DescribeGroupsRequest,
  DescribeGroupsResponse,
  FindCoordinatorRequest,
  FindCoordinatorResponse,
  HeartbeatRequest,
  HeartbeatResponse,
  JoinGroupRequest,
  JoinGroupResponse,
  LeaveGroupRequest,
  LeaveGroupResponse,
  ListGroupsRequest,
  ListGroupsResponse,
  OffsetCommitRequest,
  OffsetCommitResponse,
  OffsetFetchRequest,
  OffsetFetchResponse,
  SyncGroupRequest,
  SyncGroupResponse,
} from './coordinator.ts'
import type {
  FetchRequest,
  FetchResponse,
  ListOffsetsRequest,
  ListOffsetsResponse,
  MetadataRequest,
  MetadataResponse,
  OffsetsForLeaderEpochRequest,
  OffsetsForLeaderEpochResponse,
  ProduceRequest,
  ProduceResponse,
} from './data.ts'
import type { DeleteRecordsRequest, DeleteRecordsResponse } from './delete-records.ts'
import type {
  BrokerRegistered,
  ControllerKnown,
  ControllerShutdown,
  ControllerShutdownDone,
  ControllerStart,
} from './local.ts'
import type {
  AllocateProducerIdsRequest,
  AllocateProducerIdsResponse,
  InitProducerIdRequest,
  InitProducerIdResponse,
} from './producer-id.ts'
import type {
  BrokerHeartbeatRequest,
  BrokerHeartbeatResponse,
  BrokerRegistrationRequest,
  BrokerRegistrationResponse,
  ControllerAdminRequest,
  ControllerAdminResponse,
  MetadataFetchRequest,
  MetadataFetchResponse,
  QuorumAppendRequest,
  QuorumAppendResponse,
  VoteRequest,
  VoteResponse,
} from './quorum.ts'
import type {
  CloseSessionRequest,
  CloseSessionResponse,
  ConnectRequest,
  ConnectResponse,
  PingRequest,
  PingResponse,
  RegistryRequest,
  RegistryResponse,
  SessionClose,
  SessionClosed,
  SessionRequest,
  SessionResponse,
  SessionState,
  SessionWatch,
  WatchEvent,
} from './registry.ts'

import type {
  AddOffsetsToTxnRequest,
  AddOffsetsToTxnResponse,
  AddPartitionsToTxnRequest,
  AddPartitionsToTxnResponse,
  EndTxnRequest,
  EndTxnResponse,
  TxnOffsetCommitRequest,
  TxnOffsetCommitResponse,
  WriteTxnMarkersRequest,
  WriteTxnMarkersResponse,
} from './transactions.ts'

/** Every message a machine of the simulated cluster can be sent. */
export type KafkaMessage =
  | ProduceRequest
  | ProduceResponse
  | FetchRequest
  | FetchResponse
  | ListOffsetsRequest
  | ListOffsetsResponse
  | OffsetsForLeaderEpochRequest
  | OffsetsForLeaderEpochResponse
  | MetadataRequest
  | MetadataResponse
  | FindCoordinatorRequest
  | FindCoordinatorResponse
  | OffsetCommitRequest
  | OffsetCommitResponse
  | OffsetFetchRequest
  | OffsetFetchResponse
  | JoinGroupRequest
  | JoinGroupResponse
  | SyncGroupRequest
  | SyncGroupResponse
  | HeartbeatRequest
  | HeartbeatResponse
  | LeaveGroupRequest
  | LeaveGroupResponse
  | DescribeGroupsRequest
  | DescribeGroupsResponse
  | ListGroupsRequest
  | ListGroupsResponse
  | DeleteRecordsRequest
  | DeleteRecordsResponse
  | ConsumerGroupHeartbeatRequest
  | ConsumerGroupHeartbeatResponse
  | ConsumerGroupDescribeRequest
  | ConsumerGroupDescribeResponse
  | LeaderAndIsrRequest
  | UpdateMetadataRequest
  | StopReplicaRequest
  | ControlResponse
  | ControlledShutdownRequest
  | ControlledShutdownResponse
  | AlterPartitionRequest
  | AlterPartitionResponse
  | BrokerRegistered
  | ControllerKnown
  | ControllerShutdown
  | ControllerShutdownDone
  | ControllerStart
  | ConnectRequest
  | ConnectResponse
  | PingRequest
  | PingResponse
  | CloseSessionRequest
  | CloseSessionResponse
  | RegistryRequest
  | RegistryResponse
  | WatchEvent
  | SessionRequest
  | SessionResponse
  | SessionWatch
  | SessionState
  | SessionClose
  | SessionClosed
  | VoteRequest
  | VoteResponse
  | QuorumAppendRequest
  | QuorumAppendResponse
  | MetadataFetchRequest
  | MetadataFetchResponse
  | BrokerRegistrationRequest
  | BrokerRegistrationResponse
  | BrokerHeartbeatRequest
  | BrokerHeartbeatResponse
  | ControllerAdminRequest
  | ControllerAdminResponse
  | InitProducerIdRequest
  | InitProducerIdResponse
  | AllocateProducerIdsRequest
  | AllocateProducerIdsResponse
  | AddPartitionsToTxnRequest
  | AddPartitionsToTxnResponse
  | AddOffsetsToTxnRequest
  | AddOffsetsToTxnResponse
  | EndTxnRequest
  | EndTxnResponse
  | WriteTxnMarkersRequest
  | TxnOffsetCommitRequest
  | TxnOffsetCommitResponse
  | WriteTxnMarkersResponse
  | ApplicationCall
  | CallReturned

/** The name of a message type, as link filters name it. */
export type MessageType = KafkaMessage['type']
