/**
 * Records of the offsets topic about groups of KIP-848 (GroupCoordinatorRecordHelpers), keys and values in JSON as in
 * group-records.ts. A value of null is a tombstone.
 */
import type { TopicPartition } from './ids.ts'

type MemberState = 'STABLE' | 'UNREVOKED_PARTITIONS' | 'UNRELEASED_PARTITIONS'

export interface MemberMetadata {
  readonly instanceId: string | null
  readonly rack: string | null
  readonly clientId: string
  readonly rebalanceTimeoutMs: number
  readonly topics: readonly string[]
  /** It also subscribes to every topic whose name matches; absent: to none. */
  readonly topicPattern?: string
  /** The assignor that it asks for; null: whichever. */
  readonly assignor: string | null
}

export interface MemberCurrent {
  readonly epoch: number
  readonly previousEpoch: number
  readonly state: MemberState
  readonly assigned: readonly TopicPartition[]
  readonly pendingRevocation: readonly TopicPartition[]
}

export type ConsumerGroupRecord =
  | { readonly type: 'memberMetadata'; readonly member: string; readonly value: MemberMetadata | null }
  /** Partitions of the topics that members subscribe to (4.0); from 4.1 a hash of them is in the group's epoch. */
  | { readonly type: 'partitionMetadata'; readonly value: Readonly<Record<string, number>> | null }
  | {
      readonly type: 'groupEpoch'
      readonly value: { readonly epoch: number; readonly topics: Readonly<Record<string, number>> } | null
    }
  | { readonly type: 'memberTarget'; readonly member: string; readonly value: readonly TopicPartition[] | null }
  | { readonly type: 'targetAssignmentEpoch'; readonly value: { readonly assignmentEpoch: number } | null }
  | { readonly type: 'memberCurrent'; readonly member: string; readonly value: MemberCurrent | null }

export function consumerGroupRecord(
  group: string,
  record: ConsumerGroupRecord,
): { readonly key: string; readonly value: string | null } {
  const member = 'member' in record ? { member: record.member } : {}
  return {
    key: JSON.stringify({ consumerGroup: { group, type: record.type, ...member } }),
    value: record.value === null ? null : JSON.stringify(record.value),
  }
}

/** A record of the offsets topic, if it is about a group of this protocol. */
export function parseConsumerGroupRecord(
  key: string | null,
  value: string | null,
): { readonly group: string; readonly record: ConsumerGroupRecord } | null {
  if (key === null || !key.startsWith('{"consumerGroup"')) return null
  const { group, ...rest } = (JSON.parse(key) as { consumerGroup: { group: string } }).consumerGroup
  const record = { ...rest, value: value === null ? null : JSON.parse(value) } as ConsumerGroupRecord
  return { group, record }
}
