/**
 * The heartbeat thread of a member (KIP-62, 0.10.1): it keeps the session alive while the application is busy, and
 * leaves the group when the application has not polled for too long. To 0.10.0 heartbeats go out in `poll` only.
 */
import type { HeartbeatResponse } from '../../../kafka/messages/coordinator.ts'
import type { ClientContext } from '../../links.ts'
import type { ConsumerConfig } from '../state.ts'
import { askCoordinator, coordinatorRefused, coordinatorUnknown, earliest, isReachable } from './coordinator.ts'
import { concernsPresent, presentGeneration, resetGeneration } from './membership.ts'
import { leaveRemote } from './remote.ts'
import { heartbeatIntervalUs, maxPollIntervalUs, retryBackoffUs, sessionTimeoutUs } from './settings.ts'
import type { GroupMembership, SentGeneration } from './state.ts'

/** A generation begins: all its times do. */
export function resetHeartbeat(group: GroupMembership, config: ConsumerConfig, ctx: ClientContext): void {
  group.heartbeatAtUs = nextBeatUs(config, ctx)
  group.heardAtUs = ctx.nowUs
}

/**
 * When the thread sends the next one: it looks every retry.backoff.ms whether the interval is over.
 *
 * Stream `consumer.heartbeat/<client>`, one draw a heartbeat: how much later it looks.
 */
const nextBeatUs = (config: ConsumerConfig, ctx: ClientContext): number =>
  ctx.nowUs +
  heartbeatIntervalUs(config) +
  Math.floor(ctx.random(`consumer.heartbeat/${config.name}`) * retryBackoffUs(config))

/** Does what is due, and returns when to look again; null: nothing is to come by itself. */
export function beat(
  group: GroupMembership,
  inPoll: boolean,
  config: ConsumerConfig,
  ctx: ClientContext,
): number | null {
  if (group.state !== 'stable' || group.heartbeatStopped) return null
  const background = config.mechanisms.backgroundHeartbeat
  if (!background && !inPoll) return null
  if (group.coordinator !== null && ctx.nowUs >= group.heardAtUs + sessionTimeoutUs(config)) {
    ctx.probe('member has not heard its coordinator for a session')
    coordinatorUnknown(group)
    group.heardAtUs = ctx.nowUs
  }
  const leaveAtUs = background && !inPoll ? group.polledAtUs + maxPollIntervalUs(config) : null
  if (leaveAtUs !== null && ctx.nowUs >= leaveAtUs) {
    ctx.probe('member leaves because its application does not poll')
    leave(group, config, ctx)
    return null
  }
  if (isReachable(group) && !group.heartbeatOut && ctx.nowUs >= group.heartbeatAtUs) {
    group.heartbeatOut = true
    group.heartbeatAtUs = nextBeatUs(config, ctx)
    const { id, memberId, generation, instanceId } = group
    const message = { type: 'HeartbeatRequest', group: id, generation, memberId, instanceId } as const
    askCoordinator(group, message, { kind: 'heartbeat', sent: presentGeneration(group) }, ctx)
  }
  const beatUs = group.heartbeatOut || !isReachable(group) ? null : group.heartbeatAtUs
  const sessionUs = group.coordinator === null ? null : group.heardAtUs + sessionTimeoutUs(config)
  return earliest(beatUs, leaveAtUs, sessionUs)
}

/** Leaves the group by itself; a static member keeps its place (KIP-345), and only forgets its generation. */
export function leave(group: GroupMembership, config: ConsumerConfig, ctx: ClientContext): void {
  if (group.remote !== undefined) {
    leaveRemote(group, group.remote, ctx)
    return
  }
  const { id, memberId, instanceId } = group
  if (instanceId === null && memberId !== '' && isReachable(group)) {
    askCoordinator(group, { type: 'LeaveGroupRequest', group: id, memberId, instanceId }, { kind: 'leave' }, ctx)
  }
  resetGeneration(group, config)
}

export function onHeartbeat(
  group: GroupMembership,
  sent: SentGeneration,
  response: HeartbeatResponse,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  group.heartbeatOut = false
  const { error } = response
  const isConcerned = concernsPresent(group, sent, config)
  switch (error) {
    case 'NONE':
      group.heardAtUs = ctx.nowUs
      return
    case 'REBALANCE_IN_PROGRESS':
      group.heardAtUs = ctx.nowUs
      if (group.state === 'stable') group.rejoinNeeded = true
      return
    case 'FENCED_INSTANCE_ID':
      if (!isConcerned) return
      group.failed = ['FencedInstanceIdException']
      // 2.6 resets the generation as well, so that who polls on joins again, and fences the other.
      if (config.mechanisms.fencedMemberRejoins) resetGeneration(group, config)
      else group.heartbeatStopped = true
      return
    case 'UNKNOWN_MEMBER_ID':
    case 'ILLEGAL_GENERATION':
      if (isConcerned) resetGeneration(group, config, error === 'ILLEGAL_GENERATION')
      return
    default:
      coordinatorRefused(group, error)
      group.heartbeatAtUs = ctx.nowUs + retryBackoffUs(config)
  }
}
