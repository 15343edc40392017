/** Joining a group, again and again: giving away, JoinGroup, dividing, SyncGroup, taking (clients: AbstractCoordinator). */

import type { ErrorName } from '../../../kafka/errors.ts'
import { errorNamed } from '../../../kafka/errors.ts'
import type { Mechanisms } from '../../../kafka/generation/mechanisms.ts'
import type {
  JoinGroupResponse,
  MemberProtocol,
  MemberSubscription,
  SyncGroupResponse,
} from '../../../kafka/messages/coordinator.ts'
import { isMutant } from '../../../kafka/mutants.ts'
import { MICROS_PER_MS } from '../../../kernel/time.ts'
import { hasForgotten, partitionsOf } from '../../cluster-view.ts'
import type { ClientContext } from '../../links.ts'
import { assignPartitions } from '../assignors/assign.ts'
import type { AssignorName } from '../assignors/assignor.ts'
import { byTopic } from '../assignors/by-topic.ts'
import type { Thread } from '../calls/application.ts'
import type { ConsumerConfig, ConsumerVolatile } from '../state.ts'
import { askCoordinator, coordinatorRefused, isReachable } from './coordinator.ts'
import { resetHeartbeat } from './heartbeat.ts'
import { concernsPresent, presentGeneration, resetGeneration } from './membership.ts'
import { knownRacks, racksOfReplicas } from './racks.ts'
import { assignorsOf, rebalanceTimeoutUs, retryBackoffUs, sessionTimeoutUs } from './settings.ts'
import type { GroupMembership, SentGeneration } from './state.ts'

/** What is put on top of the rebalance time-out for the join's answer (2.0 AbstractCoordinator.JOIN_GROUP_TIMEOUT_LAPSE). */
const JOIN_LAPSE_US = 5_000_000

const inMs = (us: number): number => Math.round(us / MICROS_PER_MS)

/** Sends the join. Its answer comes when the whole group has joined. */
export function sendJoin({ memory, application, config, ctx }: Thread, group: GroupMembership): void {
  // What it watched as the leader of the last generation is the next leader's to watch.
  memory.topics = application.topics
  group.joinedTopics = application.topics
  group.freshSinceUs = null
  group.joinOut = true
  group.state = 'joining'
  group.assignment = null
  const m = config.mechanisms
  const timeoutUs = Math.max(requestTimeoutOf(config), rebalanceTimeoutUs(config) + JOIN_LAPSE_US)
  askCoordinator(
    group,
    {
      type: 'JoinGroupRequest',
      clientId: config.clientId ?? config.name,
      group: group.id,
      memberId: group.memberId,
      instanceId: group.instanceId,
      sessionTimeoutMs: inMs(sessionTimeoutUs(config)),
      rebalanceTimeoutMs: inMs(rebalanceTimeoutUs(config)),
      protocolType: 'consumer',
      protocols: protocolsOf(application.topics, group, config),
      requireKnownMemberId: m.newMembersAskForId && group.instanceId === null,
      supportsSkippingAssignment: m.joinSkipsAssignment,
    } as const,
    { kind: 'join', sent: presentGeneration(group) },
    ctx,
    timeoutUs,
  )
}

const requestTimeoutOf = (config: ConsumerConfig): number =>
  Number(config.settings['request.timeout.ms'] ?? 30_000) * MICROS_PER_MS

function rackOfMember({ settings }: ConsumerConfig): string | null {
  const rack = settings['client.rack']
  return typeof rack === 'string' && rack !== '' ? rack : null
}

function protocolsOf(topics: readonly string[], group: GroupMembership, config: ConsumerConfig): MemberProtocol[] {
  const rack = rackOfMember(config)
  return assignorsOf(config).map(
    (name): MemberProtocol => ({
      name,
      subscription: {
        topics: [...topics],
        ...claims(group, name, config.mechanisms),
        rack,
      },
    }),
  )
}

/**
 * What a member says it has. Members of eager assignors have given everything away before they join; the eager sticky
 * assignor keeps its last assignment in its own part of the subscription.
 */
function claims(
  group: GroupMembership,
  name: AssignorName,
  mechanisms: Mechanisms,
): Pick<MemberSubscription, 'owned' | 'generation'> {
  if (name === 'sticky') {
    const { partitions, generation } = group.lastAssignment
    return { owned: [...partitions], generation }
  }
  const generation = name === 'cooperative-sticky' ? group.lastAssignment.generation : -1
  const { fetchOrder } = group
  return { owned: fetchOrder === undefined ? [...group.owned] : byTopic(fetchOrder, mechanisms), generation }
}

export function onJoin(
  memory: ConsumerVolatile,
  group: GroupMembership,
  sent: SentGeneration,
  response: JoinGroupResponse,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  if (response.error !== 'NONE') {
    group.joinOut = false
    onJoinRefused(group, sent, response, config, ctx)
    return
  }
  if (group.state !== 'joining') {
    // Its generation was reset meanwhile, so that it is in none now, whatever it was let into (UnjoinedGroupException).
    ctx.probe('join answered after the generation was reset')
    group.joinOut = false
    group.joinAgainAtUs = ctx.nowUs + retryBackoffUs(config)
    return
  }
  group.memberId = response.memberId
  group.generation = response.generation
  group.protocol = response.protocol
  group.state = 'syncing'
  group.leads = response.leader === response.memberId
  resetHeartbeat(group, config, ctx)
  const divides = group.leads && !response.skipAssignment
  group.toAssign = divides ? response.members : null
  if (!divides || knowsTopics(memory, group)) sendSync(memory, group, config, ctx)
  else memory.view.refreshWanted = true
}

/** A leader divides all topics that any member wants, and must know them. */
function knowsTopics(memory: ConsumerVolatile, group: GroupMembership): boolean {
  const wanted = [...new Set((group.toAssign ?? []).flatMap(({ subscription }) => subscription.topics))].sort()
  const unknown = wanted.filter((topic) => !memory.topics.includes(topic))
  if (unknown.length === 0) return !hasForgotten(memory.view)
  memory.topics = [...memory.topics, ...unknown].sort()
  return false
}

/** The leader's metadata has come. Where it has lost its generation meanwhile, it begins again. */
export function syncWhenKnown(
  memory: ConsumerVolatile,
  group: GroupMembership,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  if (group.toAssign === null) return
  if (group.state === 'syncing') sendSync(memory, group, config, ctx)
  else beginJoin(group)
}

function sendSync(memory: ConsumerVolatile, group: GroupMembership, config: ConsumerConfig, ctx: ClientContext): void {
  // Something else has told meanwhile that who answers the join coordinates no more (COORDINATOR_NOT_AVAILABLE).
  if (!isReachable(group)) {
    joinLost(group, config, ctx)
    return
  }
  const assignments = group.toAssign === null ? {} : divide(memory, group, config)
  group.toAssign = null
  const { id, generation, memberId, instanceId } = group
  const message = { type: 'SyncGroupRequest', group: id, generation, memberId, instanceId, assignments } as const
  askCoordinator(group, message, { kind: 'sync', sent: presentGeneration(group) }, ctx)
}

function divide(
  memory: ConsumerVolatile,
  group: GroupMembership,
  config: ConsumerConfig,
): Record<string, readonly string[]> {
  const partitions: Record<string, number> = {}
  for (const topic of Object.keys(memory.view.topics).sort())
    partitions[topic] = partitionsOf(memory.view, topic)!.length
  group.dividedOver = partitions
  const places = racksOfReplicas(memory.view, Object.keys(partitions), config)
  if (config.racks !== undefined && rackOfMember(config) !== null) group.dividedRacks = places
  const members = (group.toAssign ?? []).map(({ memberId, instanceId, subscription }) => ({
    memberId,
    instanceId,
    topics: subscription.topics,
    owned: subscription.owned,
    generation: subscription.generation,
    rack: subscription.rack,
  }))
  const divided = assignPartitions(group.protocol as AssignorName, {
    members,
    partitions,
    racks: knownRacks(places),
    mechanisms: config.mechanisms,
  })
  return isMutant(config, 'assignor-gives-twice') ? withTwoOwners(divided) : divided
}

/** The planted bug: the last member gets what the first one has as well. */
function withTwoOwners(divided: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> {
  const ids = Object.keys(divided).sort()
  const [first, last] = [ids[0]!, ids.at(-1)!]
  return first === last ? divided : { ...divided, [last]: [...divided[last]!, ...divided[first]!] }
}

/** The join, or the sync behind it, has no answer to come: the member begins again after a back-off (AbstractCoordinator.joinGroupIfNeeded). */
export function joinLost(group: GroupMembership, config: ConsumerConfig, ctx: ClientContext): void {
  group.joinAgainAtUs = ctx.nowUs + retryBackoffUs(config)
  beginJoin(group)
}

function beginJoin(group: GroupMembership): void {
  group.joinOut = false
  group.state = 'unjoined'
  group.rejoinNeeded = true
  group.toAssign = null
}

export function onSync(
  group: GroupMembership,
  sent: SentGeneration,
  response: SyncGroupResponse,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  const { error } = response
  group.joinOut = false
  if (error === 'NONE') {
    // Its generation was reset meanwhile: it joins once more.
    if (group.state !== 'syncing') return
    group.state = 'stable'
    group.rejoinNeeded = false
    group.assignment = [...response.assignment]
    group.stage = 'joined'
    // The next `ensureActiveGroup` starts a thread anew where one died, and the end of its join lets it beat.
    group.heartbeatStopped = false
    resetHeartbeat(group, config, ctx)
    return
  }
  group.state = 'unjoined'
  group.rejoinNeeded = true
  if (error === 'UNKNOWN_MEMBER_ID' || error === 'ILLEGAL_GENERATION') {
    if (concernsPresent(group, sent, config)) resetGeneration(group, config, error === 'ILLEGAL_GENERATION')
  } else if (coordinatorRefused(group, error)) {
    group.joinAgainAtUs = ctx.nowUs + retryBackoffUs(config)
  } else if (error === 'FENCED_INSTANCE_ID') group.failed = ['FencedInstanceIdException']
  else if (error !== 'REBALANCE_IN_PROGRESS') fail(group, error)
}

function onJoinRefused(
  group: GroupMembership,
  sent: SentGeneration,
  { error, memberId }: JoinGroupResponse,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  group.state = 'unjoined'
  switch (error) {
    case 'MEMBER_ID_REQUIRED':
      group.memberId = memberId
      return
    case 'UNKNOWN_MEMBER_ID':
      if (concernsPresent(group, sent, config)) resetGeneration(group, config)
      return
    case 'FENCED_INSTANCE_ID':
      group.failed = ['FencedInstanceIdException']
      return
    default:
      // The record of a static member's new id was not written in time: at once.
      if (error === 'REBALANCE_IN_PROGRESS' && config.mechanisms.joinToldRebalance) return
      coordinatorRefused(group, error)
      if (errorNamed(error).retriable) group.joinAgainAtUs = ctx.nowUs + retryBackoffUs(config)
      else fail(group, error)
  }
}

const EXCEPTIONS: Partial<Record<ErrorName, string>> = {
  INCONSISTENT_GROUP_PROTOCOL: 'InconsistentGroupProtocolException',
  INVALID_SESSION_TIMEOUT: 'InvalidSessionTimeoutException',
  INVALID_GROUP_ID: 'InvalidGroupIdException',
  GROUP_MAX_SIZE_REACHED: 'GroupMaxSizeReachedException',
}

/** The next poll throws. */
function fail(group: GroupMembership, error: ErrorName): void {
  group.failed = [EXCEPTIONS[error] ?? 'KafkaException']
}
