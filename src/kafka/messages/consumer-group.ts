/** The group protocol of KIP-848 (4.0): the coordinator assigns, and members are told by their heartbeats. */
import type { ErrorName } from '../errors.ts'
import type { TopicPartition } from '../ids.ts'

/** Member epochs with a meaning of their own. */
export const JOINING_EPOCH = 0
export const LEAVING_EPOCH = -1
/** A static member leaves and will come back. */
export const LEAVING_STATIC_EPOCH = -2

export interface ConsumerGroupHeartbeatRequest {
  readonly type: 'ConsumerGroupHeartbeatRequest'
  readonly correlationId: number
  readonly clientId: string
  readonly group: string
  /** Made by the member itself. */
  readonly memberId: string
  readonly memberEpoch: number
  readonly instanceId: string | null
  readonly rack: string | null
  /** How long it may take to give partitions back; -1: as before. */
  readonly rebalanceTimeoutMs: number
  /** null: as before, in this and the next two fields. */
  readonly topics: readonly string[] | null
  /** Topics whose names match, which the coordinator looks for (SubscribedTopicRegex); absent: as before. */
  readonly topicPattern?: string
  readonly assignor: string | null
  readonly owned: readonly TopicPartition[] | null
}

export interface ConsumerGroupHeartbeatResponse {
  readonly type: 'ConsumerGroupHeartbeatResponse'
  readonly correlationId: number
  readonly error: ErrorName
  readonly memberId: string
  readonly memberEpoch: number
  readonly heartbeatIntervalMs: number
  /** What the member may have now; null: as it was. */
  readonly assignment: readonly TopicPartition[] | null
}

export interface ConsumerGroupDescribeRequest {
  readonly type: 'ConsumerGroupDescribeRequest'
  readonly correlationId: number
  readonly group: string
}

export interface DescribedConsumerGroupMember {
  readonly epoch: number
  readonly assigned: readonly TopicPartition[]
  readonly target: readonly TopicPartition[]
}

/** Empty: no member. Assigning: the target is older than the group. Reconciling: somebody is not at the target yet. */
export type ConsumerGroupPhase = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable'

export interface DescribedConsumerGroup {
  readonly state: ConsumerGroupPhase
  readonly groupEpoch: number
  readonly assignmentEpoch: number
  readonly assignor: string
  readonly members: Readonly<Record<string, DescribedConsumerGroupMember>>
}

export interface ConsumerGroupDescribeResponse {
  readonly type: 'ConsumerGroupDescribeResponse'
  readonly correlationId: number
  readonly error: ErrorName
  readonly described: DescribedConsumerGroup | null
}
