/** Finding the coordinator of the group, the connection to it, and losing it. */
import type { ErrorName } from '../../../kafka/errors.ts'
import { type BrokerId, brokerNode } from '../../../kafka/ids.ts'
import type { CoordinatorRequest, FindCoordinatorResponse } from '../../../kafka/messages/coordinator.ts'
import { leastLoaded } from '../../cluster-view.ts'
import type { ClientContext } from '../../links.ts'
import { canSend, linkTo, maybeConnect, nextCorrelationId, sendRequest } from '../../links.ts'
import { earlier } from '../../wake.ts'
import { refreshOptions } from '../fetching.ts'
import type { ConsumerConfig, ConsumerVolatile } from '../state.ts'
import { retryBackoffUs } from './settings.ts'
import type { CoordinatorAsk, GroupMembership } from './state.ts'

export const COORDINATOR_CHANNEL = 'coordinator'

/** A connection carries one request after the other; so many may be unanswered. */
const MAX_IN_FLIGHT = 100

/**
 * Makes sure that there is a coordinator that can be asked. Returns when to look again; null: when something arrives.
 */
export function reachCoordinator(
  memory: ConsumerVolatile,
  group: GroupMembership,
  config: ConsumerConfig,
  ctx: ClientContext,
): number | null {
  if (group.coordinator !== null) {
    return maybeConnect(group.links, group.coordinator, config.mechanisms.clientAsksVersions, ctx)
  }
  if (group.finding) return null
  if (ctx.nowUs < group.findAgainAtUs) return group.findAgainAtUs
  const broker = leastLoaded(memory.links, memory.view, refreshOptions(memory, config), ctx)
  if (broker === null) return ctx.nowUs + retryBackoffUs(config)
  const link = linkTo(memory.links, broker)
  const lookUs = maybeConnect(memory.links, broker, config.mechanisms.clientAsksVersions, ctx)
  if (!canSend(link, MAX_IN_FLIGHT)) return lookUs
  group.finding = true
  const correlationId = nextCorrelationId(memory.links)
  const message = { type: 'FindCoordinatorRequest', correlationId, key: group.id, keyType: 'group' } as const
  sendRequest(link, broker, message, { kind: 'findCoordinator' }, ctx)
  return null
}

export function onFindCoordinator(
  memory: ConsumerVolatile,
  group: GroupMembership,
  response: FindCoordinatorResponse,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  group.finding = false
  if (response.error !== 'NONE') {
    // 2.4 ensureCoordinatorReady waits for new metadata, which comes a back-off later.
    group.findAgainAtUs = ctx.nowUs + retryBackoffUs(config)
    memory.view.refreshWanted = true
    return
  }
  group.coordinator = response.coordinator
  group.heardAtUs = ctx.nowUs
}

/** The connection that the search went out on is gone, or was given up with it: another broker is asked. */
export function searchLost(group: GroupMembership): void {
  group.finding = false
}

/** Whether the coordinator can be asked now. */
export const isReachable = (group: GroupMembership): boolean =>
  group.coordinator !== null && canSend(linkTo(group.links, group.coordinator), MAX_IN_FLIGHT)

/** A request without its number. */
type Unnumbered<Request = CoordinatorRequest> = Request extends CoordinatorRequest
  ? Omit<Request, 'correlationId'>
  : never

/** Asks the coordinator; the caller has seen that it is reachable. */
export function askCoordinator(
  group: GroupMembership,
  message: Unnumbered,
  ask: CoordinatorAsk,
  ctx: ClientContext,
  timeoutUs?: number,
): void {
  const broker = group.coordinator!
  const correlationId = nextCorrelationId(group.links)
  const sent = { ...message, correlationId } as CoordinatorRequest
  sendRequest(linkTo(group.links, broker), broker, sent, ask, ctx, timeoutUs)
}

/** It does not answer, or says that it is none: another one is looked for. */
export function coordinatorUnknown(group: GroupMembership): void {
  group.coordinator = null
}

/** An answer of a broker that is no coordinator, or none yet: another one is looked for. False: the answer says something else. */
export function coordinatorRefused(group: GroupMembership, error: ErrorName): boolean {
  if (error !== 'COORDINATOR_NOT_AVAILABLE' && error !== 'NOT_COORDINATOR') return false
  coordinatorUnknown(group)
  return true
}

/** Closes the connection to a coordinator: whatever was asked on it is lost. */
export const closeCoordinatorLink = (broker: BrokerId, ctx: ClientContext): void =>
  ctx.close(brokerNode(broker), COORDINATOR_CHANNEL)

export const earliest = (...times: (number | null)[]): number | null =>
  times.reduce<number | null>((first, time) => earlier(first, time), null)
