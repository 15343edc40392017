import type { ErrorName } from '../errors.ts'
import type { BrokerId, TopicPartition } from '../ids.ts'
import type { CoordinatorType } from '../internal-topics.ts'
import type { ConsumerGroupDescribeRequest, ConsumerGroupHeartbeatRequest } from './consumer-group.ts'
import type { InitProducerIdRequest } from './producer-id.ts'
import type {
  AddOffsetsToTxnRequest,
  AddPartitionsToTxnRequest,
  EndTxnRequest,
  TxnOffsetCommitRequest,
} from './transactions.ts'

/** Who coordinates a group or (0.11) a transactional id? GroupCoordinatorRequest in 0.9 and 0.10. Any broker knows. */
export interface FindCoordinatorRequest {
  readonly type: 'FindCoordinatorRequest'
  readonly correlationId: number
  readonly key: string
  readonly keyType: CoordinatorType
}

export interface FindCoordinatorResponse {
  readonly type: 'FindCoordinatorResponse'
  readonly correlationId: number
  /** COORDINATOR_NOT_AVAILABLE while the internal topic or its leader is not there. */
  readonly error: ErrorName
  /** -1 with an error. */
  readonly coordinator: BrokerId
}

export interface OffsetToCommit {
  readonly offset: number
  /** -1: not told (to 2.0). */
  readonly leaderEpoch: number
  readonly metadata: string
}

export interface OffsetCommitRequest {
  readonly type: 'OffsetCommitRequest'
  readonly correlationId: number
  readonly group: string
  /** -1: not as a member of a group. */
  readonly generation: number
  readonly memberId: string
  /** KIP-345 (2.3). */
  readonly instanceId: string | null
  /** -1: the broker's own. Not in version 5 and later (KIP-211, 2.1). */
  readonly retentionMs: number
  readonly offsets: Readonly<Record<TopicPartition, OffsetToCommit>>
}

export interface OffsetCommitResponse {
  readonly type: 'OffsetCommitResponse'
  readonly correlationId: number
  readonly partitions: Readonly<Record<TopicPartition, ErrorName>>
}

export interface OffsetFetchRequest {
  readonly type: 'OffsetFetchRequest'
  readonly correlationId: number
  readonly group: string
  /** null: every partition that has one. */
  readonly partitions: readonly TopicPartition[] | null
  /** Rather an error than an offset that a transaction may replace (KIP-447, 2.5). */
  readonly requireStable: boolean
}

export interface FetchedOffset {
  readonly error: ErrorName
  /** -1: none is committed. */
  readonly offset: number
  readonly leaderEpoch: number
  readonly metadata: string
}

export interface OffsetFetchResponse {
  readonly type: 'OffsetFetchResponse'
  readonly correlationId: number
  readonly error: ErrorName
  readonly partitions: Readonly<Record<TopicPartition, FetchedOffset>>
}

/** What a member tells the leader of its group, through the coordinator, which does not look into it. */
export interface MemberSubscription {
  readonly topics: readonly string[]
  /** What it owns (cooperative and sticky assignors), in the order of its last assignment. */
  readonly owned: readonly TopicPartition[]
  /** The generation in which it got that; -1: none, or not told. */
  readonly generation: number
  readonly rack: string | null
}

/** An assignor that a member supports, first the one it likes best. */
export interface MemberProtocol {
  readonly name: string
  readonly subscription: MemberSubscription
}

export interface JoinGroupRequest {
  readonly type: 'JoinGroupRequest'
  readonly correlationId: number
  readonly clientId: string
  readonly group: string
  /** Empty: a new member. */
  readonly memberId: string
  /** KIP-345 (2.3). */
  readonly instanceId: string | null
  readonly sessionTimeoutMs: number
  /** To 0.10.0 the session time-out stands for it. */
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  readonly protocols: readonly MemberProtocol[]
  /** Version 4 and later (KIP-394, 2.2): a new member is first given an id, and joins again with it. */
  readonly requireKnownMemberId: boolean
  /** Version 9 and later (KIP-814, 3.2): a leader may be told to leave the assignment as it is. */
  readonly supportsSkippingAssignment: boolean
}

export interface JoinedMember {
  readonly memberId: string
  readonly instanceId: string | null
  readonly subscription: MemberSubscription
}

export interface JoinGroupResponse {
  readonly type: 'JoinGroupResponse'
  readonly correlationId: number
  readonly error: ErrorName
  /** -1 with an error. */
  readonly generation: number
  readonly protocol: string | null
  readonly leader: string
  readonly memberId: string
  /** For the leader only. */
  readonly members: readonly JoinedMember[]
  readonly skipAssignment: boolean
}

export interface SyncGroupRequest {
  readonly type: 'SyncGroupRequest'
  readonly correlationId: number
  readonly group: string
  readonly generation: number
  readonly memberId: string
  readonly instanceId: string | null
  /** From the leader: what each member gets. Empty from others. */
  readonly assignments: Readonly<Record<string, readonly TopicPartition[]>>
}

export interface SyncGroupResponse {
  readonly type: 'SyncGroupResponse'
  readonly correlationId: number
  readonly error: ErrorName
  readonly assignment: readonly TopicPartition[]
}

export interface HeartbeatRequest {
  readonly type: 'HeartbeatRequest'
  readonly correlationId: number
  readonly group: string
  readonly generation: number
  readonly memberId: string
  readonly instanceId: string | null
}

export interface HeartbeatResponse {
  readonly type: 'HeartbeatResponse'
  readonly correlationId: number
  readonly error: ErrorName
}

export interface LeaveGroupRequest {
  readonly type: 'LeaveGroupRequest'
  readonly correlationId: number
  readonly group: string
  /** Empty: the member with that instance id is removed, by an administrator (2.4). */
  readonly memberId: string
  readonly instanceId: string | null
}

export interface LeaveGroupResponse {
  readonly type: 'LeaveGroupResponse'
  readonly correlationId: number
  readonly error: ErrorName
}

export interface DescribeGroupsRequest {
  readonly type: 'DescribeGroupsRequest'
  readonly correlationId: number
  readonly groups: readonly string[]
}

export interface DescribedGroup {
  readonly error: ErrorName
  /** `Dead`: the coordinator knows no such group. */
  readonly state: string
  /** Empty while the group is not stable. */
  readonly protocol: string
  /** Assignments are told of a stable group only. */
  readonly members: Readonly<Record<string, readonly TopicPartition[]>>
}

export interface DescribeGroupsResponse {
  readonly type: 'DescribeGroupsResponse'
  readonly correlationId: number
  readonly groups: Readonly<Record<string, DescribedGroup>>
}

export interface ListGroupsRequest {
  readonly type: 'ListGroupsRequest'
  readonly correlationId: number
}

export interface ListGroupsResponse {
  readonly type: 'ListGroupsResponse'
  readonly correlationId: number
  readonly error: ErrorName
  readonly groups: readonly string[]
}

/** What a client may ask of a coordinator, of groups or of transactions. */
export type CoordinatorRequest =
  | FindCoordinatorRequest
  | OffsetCommitRequest
  | OffsetFetchRequest
  | JoinGroupRequest
  | SyncGroupRequest
  | HeartbeatRequest
  | LeaveGroupRequest
  | DescribeGroupsRequest
  | ListGroupsRequest
  | ConsumerGroupHeartbeatRequest
  | ConsumerGroupDescribeRequest
  | InitProducerIdRequest
  | AddPartitionsToTxnRequest
  | AddOffsetsToTxnRequest
  | TxnOffsetCommitRequest
  | EndTxnRequest
