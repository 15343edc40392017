/** Members that go: by themselves, because nothing is heard of them, or because they do not give partitions back. */
import type { ConsumerGroupRecord } from '../../../kafka/consumer-group-records.ts'
import { msToUs } from '../../../kernel/time.ts'
import { numberSetting } from '../../running.ts'
import type { GroupTimer } from '../group/timers.ts'
import type { ConsumerGroupAppend, ConsumerGroupScope } from './scope.ts'
import { write } from './scope.ts'
import type { ConsumerGroupMember, ConsumerGroupState } from './state.ts'
import { subscribedTopics } from './subscriptions.ts'

export const CONSUMER_SESSION_TIMER = 'consumer-group-session'
export const CONSUMER_REBALANCE_TIMER = 'consumer-group-rebalance'

export function setMemberTimer(scope: ConsumerGroupScope, kind: string, delayMs: number, member: string): void {
  const data = { partition: scope.partition.partition, group: scope.group.id, member }
  scope.ctx.setTimer(`${kind}:${scope.group.id}/${member}`, msToUs(delayMs), data)
}

export const cancelMemberTimer = ({ ctx, group }: ConsumerGroupScope, kind: string, member: string): void =>
  ctx.cancelTimer(`${kind}:${group.id}/${member}`)

/** A member was heard of: its session begins again. */
export const startSession = (scope: ConsumerGroupScope, member: string): void =>
  setMemberTimer(
    scope,
    CONSUMER_SESSION_TIMER,
    numberSetting(scope.config, 'group.consumer.session.timeout.ms') ?? 45_000,
    member,
  )

export const tombstonesOf = (member: string): ConsumerGroupRecord[] => [
  { type: 'memberCurrent', member, value: null },
  { type: 'memberTarget', member, value: null },
  { type: 'memberMetadata', member, value: null },
]

/** Takes a member out. The others are assigned anew at the next heartbeat of one of them. */
export function removeConsumerGroupMember(
  scope: ConsumerGroupScope,
  { id }: ConsumerGroupMember,
  why: string,
  waiter: ConsumerGroupAppend['waiter'],
  timer: ConsumerGroupAppend['timer'] = null,
): void {
  const { ctx, config, group } = scope
  cancelMemberTimer(scope, CONSUMER_SESSION_TIMER, id)
  cancelMemberTimer(scope, CONSUMER_REBALANCE_TIMER, id)
  ctx.fact({ kind: 'groupMemberRemoved', group: group.id, member: id, why })
  const { [id]: _, ...remaining } = group.members
  const left: ConsumerGroupState = { ...group, members: remaining }
  const topics = subscribedTopics(scope, left)
  const records = tombstonesOf(id)
  if (!config.mechanisms.groupEpochHashesTopics && topics !== null) {
    records.push({ type: 'partitionMetadata', value: topics })
  }
  records.push({ type: 'groupEpoch', value: { epoch: group.epoch + 1, topics: topics ?? group.topics } })
  write(scope, records, waiter, timer)
}

export function onConsumerGroupTimer(scope: ConsumerGroupScope, kind: string, { member: id }: GroupTimer): void {
  const member = scope.group.members[id]
  if (member === undefined) return
  const timer = { kind, member: id }
  if (kind === CONSUMER_SESSION_TIMER) removeConsumerGroupMember(scope, member, 'its session ran out', null, timer)
  else if (member.state === 'UNREVOKED_PARTITIONS') {
    removeConsumerGroupMember(scope, member, 'it did not give partitions back in time', null, timer)
  }
}
