/** Writes a group's present generation to its partition of the offsets topic (GroupMetadataManager.storeGroup). */
import { type GroupRecord, groupKey, groupValue, type MemberRecord } from '../../../kafka/group-records.ts'
import type { TopicPartition } from '../../../kafka/ids.ts'
import { numberSetting } from '../../running.ts'
import { appendToCoordinatorLog } from '../log-append.ts'
import type { GroupScope } from './scope.ts'
import type { GroupMember, GroupState } from './state.ts'

/** A group's record that is on its way, and what it was written for. */
export type GroupAppend =
  /** The leader's assignment of a generation. */
  | {
      readonly kind: 'group-assignment'
      readonly group: string
      readonly generation: number
      readonly assignments: Readonly<Record<string, readonly TopicPartition[]>>
    }
  /** A static member was replaced (KAFKA-10284). */
  | {
      readonly kind: 'group-replacement'
      readonly group: string
      readonly instanceId: string
      readonly oldMemberId: string
      readonly oldLeader: string | null
      readonly newMemberId: string
      readonly skippingAssignment: boolean
    }
  /** Nobody waits for it: the last member has gone, or the group has. */
  | { readonly kind: 'group-unattended'; readonly group: string }

export const storeSettings = (config: GroupScope['config']): { acks: number; timeoutMs: number } => ({
  acks: numberSetting(config, 'offsets.commit.required.acks') ?? -1,
  timeoutMs: numberSetting(config, 'offsets.commit.timeout.ms') ?? 5_000,
})

export function storeGroup(
  { state, ctx, config, partition, group }: GroupScope,
  assignments: Readonly<Record<string, readonly TopicPartition[]>>,
  next: GroupAppend,
): void {
  const record: GroupRecord = {
    protocolType: group.protocolType ?? '',
    generation: group.generation,
    protocol: group.protocol,
    leader: group.leader,
    members: Object.fromEntries(group.members.map((it) => [it.id, memberRecord(group, it, assignments[it.id] ?? [])])),
    stateTimestampMs: config.mechanisms.offsetsExpireWithGroup ? group.phaseSinceMs : -1,
  }
  appendToCoordinatorLog(state, ctx, config, {
    partition: partition.partition,
    records: [{ key: groupKey(group.id), value: groupValue(record) }],
    ...storeSettings(config),
    next,
  })
}

function memberRecord(group: GroupState, member: GroupMember, assignment: readonly TopicPartition[]): MemberRecord {
  const { instanceId, clientId, sessionTimeoutMs, rebalanceTimeoutMs, protocols } = member
  const subscription = protocols.find(({ name }) => name === group.protocol)!.subscription
  return { instanceId, clientId, sessionTimeoutMs, rebalanceTimeoutMs, subscription, assignment }
}
