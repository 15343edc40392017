/**
 * A member of a group whose coordinator assigns (KIP-848; clients: ConsumerMembershipManager, ConsumerHeartbeatRequestManager):
 * heartbeats bring its epoch and what it may have, and the application's thread reconciles what it has with that.
 */

import { splitTopicPartition, type TopicPartition } from '../../../kafka/ids.ts'
import type {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from '../../../kafka/messages/consumer-group.ts'
import { JOINING_EPOCH, LEAVING_EPOCH, LEAVING_STATIC_EPOCH } from '../../../kafka/messages/consumer-group.ts'
import { msToUs } from '../../../kernel/time.ts'
import { partitionsOf } from '../../cluster-view.ts'
import type { ClientContext } from '../../links.ts'
import { type ConsumerApplication, isBusy, type Thread } from '../calls/application.ts'
import type { ConsumerConfig, ConsumerVolatile } from '../state.ts'
import { assigned, lost, revoked } from './callbacks.ts'
import { beginCommit, consumedOffsets } from './commit.ts'
import { askCoordinator, coordinatorRefused, earliest, isReachable } from './coordinator.ts'
import { describeAsNow, own } from './membership.ts'
import type { RemoteMembership } from './remote-state.ts'
import { autoCommits, commitIntervalUs, maxPollIntervalUs, rebalanceTimeoutUs, retryBackoffUs } from './settings.ts'
import type { GroupMembership } from './state.ts'

/**
 * How late a heartbeat may be: the network thread has other work and sleeps between.
 *
 * Stream `consumer.heartbeat/<client>`, one draw a heartbeat.
 */
const LATEST_BEAT_US = msToUs(60)

const ID_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const ID_LENGTH = 8

/** A member makes its own id (4.0). Simplified: 8 of the 22 characters of a UUID, from one draw. */
function remoteMemberId(draw: number): string {
  let rest = Math.floor(draw * ID_LETTERS.length ** ID_LENGTH)
  let id = ''
  for (let i = 0; i < ID_LENGTH; i++) {
    id += ID_LETTERS[rest % ID_LETTERS.length]
    rest = Math.floor(rest / ID_LETTERS.length)
  }
  return id
}

/** Sends the heartbeat that is due, and returns when to look again. */
export function beatRemote(
  group: GroupMembership,
  remote: RemoteMembership,
  { topics, fetching }: ConsumerApplication,
  config: ConsumerConfig,
  ctx: ClientContext,
): number | null {
  const leaveAtUs = fetching || group.state !== 'stable' ? null : group.polledAtUs + maxPollIntervalUs(config)
  if (leaveAtUs !== null && ctx.nowUs >= leaveAtUs) {
    ctx.probe('member leaves because its application does not poll')
    leaveRemote(group, remote, ctx)
    return null
  }
  if (group.failed !== null || group.heartbeatOut) return leaveAtUs
  const joins = group.state === 'joining'
  if (!joins && group.state !== 'stable') return leaveAtUs
  const dueUs = remote.acknowledging ? Math.min(group.heartbeatAtUs, ctx.nowUs) : group.heartbeatAtUs
  if (!isReachable(group)) return leaveAtUs
  if (ctx.nowUs < dueUs) return earliest(dueUs, leaveAtUs)
  if (group.memberId === '') group.memberId = remoteMemberId(ctx.random(`consumer.member-id/${config.name}`))
  send(group, remote, request(topics, group, remote, config), ctx)
  remote.acknowledging = false
  const late = Math.floor(ctx.random(`consumer.heartbeat/${config.name}`) * LATEST_BEAT_US)
  group.heartbeatAtUs = ctx.nowUs + remote.intervalUs + late
  return leaveAtUs
}

type Heartbeat = Omit<ConsumerGroupHeartbeatRequest, 'correlationId'>

function send(group: GroupMembership, remote: RemoteMembership, message: Heartbeat, ctx: ClientContext): void {
  group.heartbeatOut = true
  remote.saysAll = false
  askCoordinator(group, message, { kind: 'remoteHeartbeat', epoch: message.memberEpoch }, ctx)
}

/** Everything when it joins or an answer was lost; else only what has changed. */
function request(
  topics: readonly string[],
  group: GroupMembership,
  remote: RemoteMembership,
  config: ConsumerConfig,
): Heartbeat {
  const joins = group.state === 'joining'
  const full = joins || remote.saysAll
  const assignor = config.settings['group.remote.assignor']
  return {
    type: 'ConsumerGroupHeartbeatRequest',
    clientId: config.clientId ?? config.name,
    group: group.id,
    memberId: group.memberId,
    memberEpoch: joins ? JOINING_EPOCH : group.generation,
    instanceId: group.instanceId,
    rack: null,
    rebalanceTimeoutMs: full ? rebalanceTimeoutUs(config) / 1000 : -1,
    topics: full ? [...topics] : null,
    ...(full && config.pattern !== undefined ? { topicPattern: config.pattern } : {}),
    assignor: full && typeof assignor === 'string' && assignor !== '' ? assignor : null,
    owned: full || remote.acknowledging ? [...remote.held] : null,
  }
}

/** Says goodbye: nobody waits for the answer before what it has can be given to others. */
export function leaveRemote(group: GroupMembership, remote: RemoteMembership, ctx: ClientContext): void {
  const { id, memberId, instanceId } = group
  if (memberId !== '' && group.state !== 'unjoined' && isReachable(group)) {
    const memberEpoch = instanceId === null ? LEAVING_EPOCH : LEAVING_STATIC_EPOCH
    const message: Omit<ConsumerGroupHeartbeatRequest, 'correlationId'> = {
      type: 'ConsumerGroupHeartbeatRequest',
      clientId: '',
      group: id,
      memberId,
      memberEpoch,
      instanceId,
      rack: null,
      rebalanceTimeoutMs: -1,
      topics: null,
      assignor: null,
      owned: null,
    }
    askCoordinator(group, message, { kind: 'leave' }, ctx)
  }
  giveUpPlace(group, remote)
}

/** It is no member any more, and joins again with the next poll. */
function giveUpPlace(group: GroupMembership, remote: RemoteMembership): void {
  group.generation = -1
  group.state = 'unjoined'
  group.rejoinNeeded = true
  remote.told = null
  remote.stage = 'idle'
  remote.acknowledging = false
  remote.saysAll = true
  remote.held = []
  remote.lost = true
}

export function onRemoteHeartbeat(
  group: GroupMembership,
  remote: RemoteMembership,
  askedEpoch: number,
  response: ConsumerGroupHeartbeatResponse,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  group.heartbeatOut = false
  // It has left meanwhile: the answer is about a place that it gave up.
  if (group.state === 'unjoined') return
  switch (response.error) {
    case 'NONE': {
      const joined = group.state === 'joining'
      const { memberEpoch, assignment } = response
      group.state = 'stable'
      group.generation = memberEpoch
      describeAsNow(group)
      group.heardAtUs = ctx.nowUs
      if (remote.intervalUs === 0) {
        remote.intervalUs = msToUs(response.heartbeatIntervalMs)
        group.heartbeatAtUs = ctx.nowUs + remote.intervalUs
      }
      if (assignment === null) return
      const news = assignment.join(' ') !== (remote.told ?? remote.held).join(' ')
      if (joined || news) remote.told = assignment
      return
    }
    case 'FENCED_MEMBER_EPOCH':
    case 'UNKNOWN_MEMBER_ID':
      ctx.probe('member is fenced and joins again')
      if (askedEpoch === JOINING_EPOCH || askedEpoch === group.generation) giveUpPlace(group, remote)
      return
    case 'GROUP_ID_NOT_FOUND':
    case 'UNSUPPORTED_VERSION':
    case 'UNRELEASED_INSTANCE_ID':
    case 'FENCED_INSTANCE_ID':
      group.failed = [EXCEPTIONS[response.error]]
      return
    default:
      coordinatorRefused(group, response.error)
      again(group, remote, config, ctx)
  }
}

const EXCEPTIONS = {
  GROUP_ID_NOT_FOUND: 'GroupIdNotFoundException',
  UNSUPPORTED_VERSION: 'UnsupportedVersionException',
  UNRELEASED_INSTANCE_ID: 'UnreleasedInstanceIdException',
  FENCED_INSTANCE_ID: 'FencedInstanceIdException',
} as const

/** The answer was lost, or an error that passes: everything is said again. */
export function again(
  group: GroupMembership,
  remote: RemoteMembership,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  group.heartbeatOut = false
  group.heartbeatAtUs = ctx.nowUs + retryBackoffUs(config)
  remote.saysAll = true
}

/**
 * The part of the application's thread, inside `poll`. True: it may hand out records of what it has, which goes on while it
 * reconciles.
 */
export function reconcile(thread: Thread, group: GroupMembership, remote: RemoteMembership): boolean {
  const { memory, application, config, ctx } = thread
  if (isBusy(application)) return false
  if (remote.lost) {
    remote.lost = false
    if (group.owned.length > 0) lost(thread, group)
    if (isBusy(application)) return false
  }
  if (group.state === 'unjoined') {
    group.state = 'joining'
    group.heartbeatAtUs = ctx.nowUs
    return false
  }
  const { told } = remote
  if (told === null) return true
  if (remote.stage !== 'revoked' && !prepare(thread, group, remote)) return false
  if (remote.stage !== 'revoked') {
    const gone = group.owned.filter((name) => !told.includes(name))
    remote.stage = 'revoked'
    if (gone.length > 0) {
      const kept = group.owned.filter((name) => told.includes(name))
      revoked(thread, group, gone)
      own(memory, group, kept, config)
    }
    if (isBusy(application)) return false
  }
  const added = told.filter((name) => !group.owned.includes(name))
  if (config.pattern !== undefined) askForTopicsOf(memory, told)
  remote.told = null
  remote.stage = 'idle'
  remote.acknowledging = true
  remote.held = told
  group.rejoinNeeded = false
  own(memory, group, told, config)
  assigned(thread, group, added)
  memory.nextCommitAtUs = ctx.nowUs + commitIntervalUs(config)
  return true
}

/** Which topics match the coordinator has found: this member asks for those of which it was given something. */
function askForTopicsOf(memory: ConsumerVolatile, partitions: readonly TopicPartition[]): void {
  memory.topics = [...new Set(partitions.map((name) => splitTopicPartition(name).topic))].sort()
  if (memory.topics.some((topic) => partitionsOf(memory.view, topic) === undefined)) memory.view.refreshWanted = true
}

/** Commits what was consumed before anything is given away, when that is done automatically. False: it is waited for. */
function prepare(
  { memory, application, config, ctx }: Thread,
  group: GroupMembership,
  remote: RemoteMembership,
): boolean {
  if (remote.stage === 'idle' && autoCommits(config) && group.owned.length > 0) {
    application.awaitedCommit = beginCommit(group, consumedOffsets(memory, config), 'rebalance', ctx)
    remote.stage = 'committing'
  }
  if (application.awaitedCommit === null) return true
  const commit = group.commits[application.awaitedCommit]
  const late = commit !== undefined && ctx.nowUs >= commit.sinceUs + rebalanceTimeoutUs(config)
  if (commit !== undefined && commit.result === null && !late) return false
  delete group.commits[application.awaitedCommit]
  application.awaitedCommit = null
  return true
}
