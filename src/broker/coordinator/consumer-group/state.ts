/** What a coordinator knows of a group of KIP-848. Everything is in its records: applying them again gives it back. */
import type { ConsumerGroupRecord, MemberCurrent, MemberMetadata } from '../../../kafka/consumer-group-records.ts'
import { comparePartitions, type TopicPartition } from '../../../kafka/ids.ts'
import { JavaHashMap } from '../../../kafka/java-hash-map.ts'
import type {
  ConsumerGroupPhase,
  DescribedConsumerGroup,
  DescribedConsumerGroupMember,
} from '../../../kafka/messages/consumer-group.ts'

export interface ConsumerGroupMember extends MemberMetadata, MemberCurrent {
  readonly id: string
}

export interface ConsumerGroupState {
  readonly id: string
  /** Raised whenever members, subscriptions or topics change. */
  epoch: number
  /** The group epoch that the target assignment was made for. */
  assignmentEpoch: number
  members: Record<string, ConsumerGroupMember>
  /** What each member shall have in the end. */
  targets: Record<string, readonly TopicPartition[]>
  /** Partitions of the subscribed topics, as they were when the group epoch was raised last. */
  topics: Readonly<Record<string, number>>
}

export const newConsumerGroup = (id: string): ConsumerGroupState => ({
  id,
  epoch: 0,
  assignmentEpoch: 0,
  members: {},
  targets: {},
  topics: {},
})

const NEW_MEMBER: Omit<ConsumerGroupMember, 'id'> = {
  instanceId: null,
  rack: null,
  clientId: '',
  rebalanceTimeoutMs: -1,
  topics: [],
  assignor: null,
  epoch: 0,
  previousEpoch: -1,
  state: 'STABLE',
  assigned: [],
  pendingRevocation: [],
}

export const newMember = (id: string): ConsumerGroupMember => ({ ...NEW_MEMBER, id })

/** Takes a record into the state: when it is written, and when the log is read again. */
export function applyRecord(group: ConsumerGroupState, record: ConsumerGroupRecord): void {
  switch (record.type) {
    case 'memberMetadata':
      if (record.value === null) delete group.members[record.member]
      else
        group.members[record.member] = {
          ...(group.members[record.member] ?? newMember(record.member)),
          ...record.value,
        }
      return
    case 'memberCurrent': {
      const member = group.members[record.member]
      // The tombstone of a member's assignment comes before that of the member.
      if (member === undefined) return
      const { epoch, previousEpoch, state, assigned, pendingRevocation } = NEW_MEMBER
      group.members[record.member] = {
        ...member,
        ...(record.value ?? { epoch, previousEpoch, state, assigned, pendingRevocation }),
      }
      return
    }
    case 'memberTarget':
      if (record.value === null) delete group.targets[record.member]
      else group.targets[record.member] = record.value
      return
    case 'partitionMetadata':
      group.topics = record.value ?? {}
      return
    case 'groupEpoch':
      group.epoch = record.value?.epoch ?? 0
      group.topics = record.value?.topics ?? {}
      return
    case 'targetAssignmentEpoch':
      group.assignmentEpoch = record.value?.assignmentEpoch ?? 0
  }
}

/** Ids of members in the order of the HashMap by member id that assignments are made from. */
export function idsInMapOrder(ids: readonly string[]): string[] {
  const map = new JavaHashMap<true>()
  for (const id of ids) map.set(id, true)
  return map.keys()
}

export const isReconciled = (member: MemberCurrent, assignmentEpoch: number): boolean =>
  member.state === 'STABLE' && member.epoch === assignmentEpoch

export function phaseOf(group: ConsumerGroupState): ConsumerGroupPhase {
  const members = Object.values(group.members)
  if (members.length === 0) return 'Empty'
  if (group.epoch > group.assignmentEpoch) return 'Assigning'
  return members.every((member) => isReconciled(member, group.assignmentEpoch)) ? 'Stable' : 'Reconciling'
}

/** The assignor that most members ask for; without any the first of the broker's (`uniform`). */
export function preferredAssignor(group: ConsumerGroupState): string {
  const votes = new Map<string, number>()
  for (const id of Object.keys(group.members).sort()) {
    const asked = group.members[id]?.assignor
    if (asked !== null && asked !== undefined) votes.set(asked, (votes.get(asked) ?? 0) + 1)
  }
  return [...votes].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'uniform'
}

export function described(group: ConsumerGroupState): DescribedConsumerGroup {
  const members: Record<string, DescribedConsumerGroupMember> = {}
  for (const id of Object.keys(group.members).sort()) {
    const { epoch, assigned } = group.members[id]!
    const target = [...(group.targets[id] ?? [])].sort(comparePartitions)
    members[id] = { epoch, assigned: [...assigned].sort(comparePartitions), target }
  }
  return {
    state: phaseOf(group),
    groupEpoch: group.epoch,
    assignmentEpoch: group.assignmentEpoch,
    assignor: preferredAssignor(group),
    members,
  }
}
