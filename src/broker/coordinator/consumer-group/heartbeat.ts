/**
 * ConsumerGroupHeartbeat (KIP-848): a member joins, says what it owns, and hears what it may have; the group and the target
 * assignment are brought up to date on the way (GroupMetadataManager.consumerGroupHeartbeat).
 */

import type { ConsumerGroupRecord, MemberMetadata } from '../../../kafka/consumer-group-records.ts'
import type { ErrorName } from '../../../kafka/errors.ts'
import type { TopicPartition } from '../../../kafka/ids.ts'
import type {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from '../../../kafka/messages/consumer-group.ts'
import { JOINING_EPOCH, LEAVING_STATIC_EPOCH } from '../../../kafka/messages/consumer-group.ts'
import { canonical } from '../../../kernel/fingerprint.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { own } from '../../../kernel/own.ts'
import { respond } from '../../client-connection.ts'
import { type BrokerContext, numberSetting } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { coordinated } from '../coordination.ts'
import {
  CONSUMER_REBALANCE_TIMER,
  cancelMemberTimer,
  removeConsumerGroupMember,
  setMemberTimer,
  startSession,
  tombstonesOf,
} from './departure.ts'
import { reconciled } from './reconcile.ts'
import { type ConsumerGroupScope, write } from './scope.ts'
import { applyRecord, type ConsumerGroupMember, type ConsumerGroupState, newConsumerGroup, newMember } from './state.ts'
import { subscribedTopics } from './subscriptions.ts'
import { targetAssignment } from './target-assignment.ts'

export function handleConsumerGroupHeartbeat(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: ConsumerGroupHeartbeatRequest,
  connection: ConnectionId,
): void {
  const error = respondTo(state, ctx, config, request, connection)
  if (error !== 'NONE') respond(state, ctx, connection, answer(config, request, { error }))
}

function respondTo(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: ConsumerGroupHeartbeatRequest,
  connection: ConnectionId,
): ErrorName {
  const { group: id, memberEpoch } = request
  if (!config.mechanisms.consumerGroupProtocol) return 'UNSUPPORTED_VERSION'
  const found = coordinated(state, config, 'group', id)
  if (!found.ok) return found.error
  const { partition } = found
  // A group of the classic protocol that has members keeps it.
  if ((own(partition.groups, id)?.members.length ?? 0) > 0) return 'GROUP_ID_NOT_FOUND'
  const known = own(partition.consumerGroups, id)
  if (known === undefined && memberEpoch !== JOINING_EPOCH) return 'GROUP_ID_NOT_FOUND'
  const group = known ?? newConsumerGroup(id)
  const scope: ConsumerGroupScope = { state, ctx, config, partition, group }
  const error = memberEpoch < JOINING_EPOCH ? leave(scope, request, connection) : beat(scope, request, connection)
  if (error !== 'NONE') return error
  partition.consumerGroups ??= {}
  if (own(partition.consumerGroups, id) === undefined) partition.consumerGroups[id] = group
  return 'NONE'
}

function answer(
  config: BrokerConfig,
  { correlationId, memberId, memberEpoch }: ConsumerGroupHeartbeatRequest,
  fields: Partial<ConsumerGroupHeartbeatResponse>,
): ConsumerGroupHeartbeatResponse {
  const heartbeatIntervalMs = numberSetting(config, 'group.consumer.heartbeat.interval.ms') ?? 5_000
  return {
    type: 'ConsumerGroupHeartbeatResponse',
    correlationId,
    error: 'NONE',
    memberId,
    memberEpoch,
    heartbeatIntervalMs,
    assignment: null,
    ...fields,
  }
}

const staticMember = (group: ConsumerGroupState, instanceId: string | null): ConsumerGroupMember | undefined =>
  instanceId === null ? undefined : Object.values(group.members).find((member) => member.instanceId === instanceId)

function leave(scope: ConsumerGroupScope, request: ConsumerGroupHeartbeatRequest, connection: ConnectionId): ErrorName {
  const { group, config } = scope
  const { memberId, instanceId, memberEpoch } = request
  const member = instanceId === null ? group.members[memberId] : staticMember(group, instanceId)
  if (member === undefined) return 'UNKNOWN_MEMBER_ID'
  if (member.id !== memberId) return 'FENCED_INSTANCE_ID'
  const waiter = { connection, response: answer(config, request, {}) }
  if (memberEpoch !== LEAVING_STATIC_EPOCH) removeConsumerGroupMember(scope, member, 'it left', waiter)
  else write(scope, [{ type: 'memberCurrent', member: memberId, value: awayMember(member) }], waiter)
  return 'NONE'
}

/** A static member that will come back: it keeps its partitions until its session ends. */
const awayMember = ({ epoch: previousEpoch, state, assigned }: ConsumerGroupMember) => ({
  epoch: LEAVING_STATIC_EPOCH,
  previousEpoch,
  state,
  assigned,
  pendingRevocation: [],
})

/** Why a heartbeat is refused. A member whose last answer was lost comes with the epoch before. */
function epochRefusal(member: ConsumerGroupMember, { memberEpoch, owned }: ConsumerGroupHeartbeatRequest): ErrorName {
  if (memberEpoch === member.epoch) return 'NONE'
  const answerLost =
    memberEpoch < member.epoch &&
    memberEpoch === member.previousEpoch &&
    owned?.every((name) => member.assigned.includes(name)) === true
  return answerLost ? 'NONE' : 'FENCED_MEMBER_EPOCH'
}

function beat(scope: ConsumerGroupScope, request: ConsumerGroupHeartbeatRequest, connection: ConnectionId): ErrorName {
  const { group, config, ctx } = scope
  const { memberId, memberEpoch, instanceId } = request
  const joins = memberEpoch === JOINING_EPOCH
  const records: ConsumerGroupRecord[] = []
  /** The group with the records that are already decided. */
  const next: ConsumerGroupState = { ...group, members: { ...group.members }, targets: { ...group.targets } }
  const decide = (...more: ConsumerGroupRecord[]): void => {
    for (const record of more) applyRecord(next, record)
    records.push(...more)
  }

  const namesake = staticMember(group, instanceId)
  if (instanceId !== null && !joins && namesake === undefined) return 'UNKNOWN_MEMBER_ID'
  if (namesake !== undefined && namesake.id !== memberId) {
    if (!joins) return 'FENCED_INSTANCE_ID'
    // The place is free only when its holder has said that it leaves.
    if (namesake.epoch !== LEAVING_STATIC_EPOCH) return 'UNRELEASED_INSTANCE_ID'
    decide(...replacement(namesake, memberId, group.targets[namesake.id] ?? []))
  } else if (group.members[memberId] === undefined) {
    if (!joins) return 'UNKNOWN_MEMBER_ID'
  } else {
    const refused = epochRefusal(group.members[memberId], request)
    if (refused !== 'NONE') return refused
  }

  const member = next.members[memberId] ?? newMember(memberId)
  const metadata = updated(member, request)
  const changed = next.members[memberId] === undefined || canonical(metadata) !== canonical(metadataOf(member))
  if (changed) decide({ type: 'memberMetadata', member: memberId, value: metadata })
  const topics = subscribedTopics(scope, next)
  const resubscribed =
    canonical(metadata.topics) !== canonical(member.topics) || metadata.topicPattern !== member.topicPattern
  if (topics !== null && !config.mechanisms.groupEpochHashesTopics) decide({ type: 'partitionMetadata', value: topics })
  if (resubscribed || topics !== null) {
    decide({ type: 'groupEpoch', value: { epoch: group.epoch + 1, topics: topics ?? group.topics } })
  }
  if (next.epoch > next.assignmentEpoch) {
    const { ids, targets } = targetAssignment(next)
    for (const id of ids) {
      const before = next.targets[id]
      if (before !== undefined && canonical(before) === canonical(targets[id]!)) continue
      decide({ type: 'memberTarget', member: id, value: targets[id]! })
    }
    decide({ type: 'targetAssignmentEpoch', value: { assignmentEpoch: next.epoch } })
  }

  const present = next.members[memberId]!
  const now = reconciled(present, {
    assignmentEpoch: next.assignmentEpoch,
    target: next.targets[memberId] ?? [],
    owned: request.owned,
    isHeld: (name) => isHeld(group, name),
  })
  const { epoch, previousEpoch, state, assigned, pendingRevocation } = now
  const value = { epoch, previousEpoch, state, assigned, pendingRevocation }
  if (canonical(value) !== canonical(currentOf(present))) {
    decide({ type: 'memberCurrent', member: memberId, value })
    if (state !== 'UNREVOKED_PARTITIONS') cancelMemberTimer(scope, CONSUMER_REBALANCE_TIMER, memberId)
    else setMemberTimer(scope, CONSUMER_REBALANCE_TIMER, metadata.rebalanceTimeoutMs, memberId)
  }
  startSession(scope, memberId)
  if (joins) ctx.probe('consumer-group-join')
  const full = joins || (request.rebalanceTimeoutMs !== -1 && request.topics !== null && request.owned !== null)
  const told = full || canonical(assigned) !== canonical(member.assigned)
  const response = answer(config, request, { memberEpoch: epoch, assignment: told ? [...assigned] : null })
  write(scope, records, { connection, response })
  return 'NONE'
}

/** Whether any member has the partition, or has still to give it back. */
const isHeld = (group: ConsumerGroupState, name: TopicPartition): boolean =>
  Object.values(group.members).some(
    ({ assigned, pendingRevocation }) => assigned.includes(name) || pendingRevocation.includes(name),
  )

/** A static member comes back under another id, and takes over what it left. */
function replacement(
  old: ConsumerGroupMember,
  memberId: string,
  target: readonly TopicPartition[],
): ConsumerGroupRecord[] {
  const current = { ...currentOf(old), epoch: 0, previousEpoch: 0 }
  return [
    ...tombstonesOf(old.id),
    { type: 'memberMetadata', member: memberId, value: metadataOf(old) },
    { type: 'memberTarget', member: memberId, value: target },
    { type: 'memberCurrent', member: memberId, value: current },
  ]
}

const metadataOf = (member: ConsumerGroupMember): MemberMetadata => {
  const { instanceId, rack, clientId, rebalanceTimeoutMs, topics, topicPattern, assignor } = member
  return { instanceId, rack, clientId, rebalanceTimeoutMs, topics, ...withPattern(topicPattern), assignor }
}

const withPattern = (topicPattern: string | undefined): Pick<MemberMetadata, 'topicPattern'> =>
  topicPattern === undefined ? {} : { topicPattern }

const currentOf = ({ epoch, previousEpoch, state, assigned, pendingRevocation }: ConsumerGroupMember) => ({
  epoch,
  previousEpoch,
  state,
  assigned,
  pendingRevocation,
})

/** What the request does not say stays. */
const updated = (member: ConsumerGroupMember, request: ConsumerGroupHeartbeatRequest): MemberMetadata => ({
  instanceId: request.instanceId ?? member.instanceId,
  rack: request.rack ?? member.rack,
  clientId: request.clientId,
  rebalanceTimeoutMs: request.rebalanceTimeoutMs === -1 ? member.rebalanceTimeoutMs : request.rebalanceTimeoutMs,
  topics: request.topics === null ? member.topics : [...request.topics].sort(),
  ...withPattern(request.topicPattern ?? member.topicPattern),
  assignor: request.assignor ?? member.assignor,
})
