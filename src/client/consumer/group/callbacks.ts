/** ConsumerRebalanceListener: what the application is told it has, gives away and has lost. */
import type { RebalanceCallback } from '../../../kafka/calls.ts'
import { comparePartitions, splitTopicPartition, type TopicPartition } from '../../../kafka/ids.ts'
import type { Thread } from '../calls/application.ts'
import { describeAsNow, hasLostMembership, own } from './membership.ts'
import { isCooperative } from './settings.ts'
import type { GroupMembership } from './state.ts'

function call(
  { application, config, ctx }: Thread,
  group: GroupMembership,
  kind: RebalanceCallback['kind'],
  partitions: readonly TopicPartition[],
): void {
  const sorted = [...partitions].sort(comparePartitions)
  const { id, generation, memberId } = group
  ctx.fact({ kind, client: config.name, group: id, partitions: sorted, generation, member: memberId })
  if (config.transforms !== undefined) {
    application.callbacks = [...(application.callbacks ?? []), { kind, partitions: [...sorted] }]
  }
}

/** `onPartitionsRevoked`: it may take its time, and the thread with it. */
export function revoked(thread: Thread, group: GroupMembership, partitions: readonly TopicPartition[]): void {
  const { application, ctx } = thread
  call(thread, group, 'partitionsRevoked', partitions)
  if (application.revokedTakesUs > 0 && partitions.length > 0) {
    application.busyUntilUs = ctx.nowUs + application.revokedTakesUs
  }
}

/** `onPartitionsAssigned` and `onPartitionsLost` of a member whose coordinator assigns (KIP-848). */
export const assigned = (thread: Thread, group: GroupMembership, partitions: readonly TopicPartition[]): void =>
  call(thread, group, 'partitionsAssigned', partitions)

export function lost(thread: Thread, group: GroupMembership): void {
  call(thread, group, 'partitionsLost', group.owned)
  own(thread.memory, group, [], thread.config)
}

/** Before a join: everything goes (eager), or what is not subscribed to any more (cooperative). */
export function giveAway(thread: Thread, group: GroupMembership): void {
  const { memory, application, config } = thread
  if (config.mechanisms.lostPartitionsTold && hasLostMembership(group)) {
    // KIP-429 (2.4): what somebody else may have by now is not revoked but lost.
    if (group.owned.length > 0) {
      call(thread, group, 'partitionsLost', group.owned)
      own(memory, group, [], config)
    }
    return
  }
  if (!isCooperative(config)) {
    revoked(thread, group, group.owned)
    own(memory, group, [], config)
    return
  }
  const gone = group.owned.filter((name) => !application.topics.includes(splitTopicPartition(name).topic))
  if (gone.length === 0) return
  revoked(thread, group, gone)
  own(
    memory,
    group,
    group.owned.filter((name) => !gone.includes(name)),
    config,
  )
}

/** After a sync: what is new; cooperatively what is gone first, after which it joins once more. */
export function take(thread: Thread, group: GroupMembership): void {
  const { memory, config, ctx } = thread
  describeAsNow(group)
  const assigned = group.assignment ?? []
  group.assignment = null
  const added = assigned.filter((name) => !group.owned.includes(name))
  if (isCooperative(config)) {
    const gone = group.owned.filter((name) => !assigned.includes(name))
    if (gone.length > 0) {
      revoked(thread, group, gone)
      ctx.probe('cooperative member joins again after it gave partitions back')
      group.rejoinNeeded = true
    }
  }
  group.lastAssignment = { partitions: [...assigned], generation: group.generation }
  own(memory, group, assigned, config)
  call(thread, group, 'partitionsAssigned', isCooperative(config) ? added : assigned)
}

/** On close or unsubscribe (2.4): what it has is revoked, or lost with its membership. Before nothing is called. */
export function giveUp(thread: Thread, group: GroupMembership): void {
  const { memory, config } = thread
  if (config.mechanisms.lostPartitionsTold && group.owned.length > 0) {
    if (hasLostMembership(group)) call(thread, group, 'partitionsLost', group.owned)
    else revoked(thread, group, group.owned)
  }
  own(memory, group, [], config)
}
