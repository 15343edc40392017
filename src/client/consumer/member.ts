/** The Java consumer with an application in front of it and, mostly, a group behind it (clients: KafkaConsumer). */
import type { KafkaMessage } from '../../kafka/messages/message.ts'
import type { Operation } from '../../kafka/operations.ts'
import type { Input } from '../../kernel/machine.ts'
import { own } from '../../kernel/own.ts'
import { callOf, returnCall } from '../callers.ts'
import { hasForgotten, partitionsOf, unknownCluster } from '../cluster-view.ts'
import { pushBack } from '../deque.ts'
import type { ClientContext } from '../links.ts'
import { nextTimeoutUs, noLinks } from '../links.ts'
import { earlier, wakeBy } from '../wake.ts'
import type { Thread } from './calls/application.ts'
import { isCalledBack, newApplication } from './calls/application.ts'
import { processHandedOff } from './calls/processing.ts'
import { runThread } from './calls/thread.ts'
import { askLeaders, requestTimeoutUs } from './fetching.ts'
import { sendCommits } from './group/commit.ts'
import { leaveFormerCoordinators, takeGroupInput } from './group/connections.ts'
import { earliest, reachCoordinator } from './group/coordinator.ts'
import { beat } from './group/heartbeat.ts'
import { syncWhenKnown } from './group/join.ts'
import { newMembership } from './group/membership.ts'
import { positionAll } from './group/offsets.ts'
import { discoverTopics } from './group/pattern.ts'
import { racksOfReplicas } from './group/racks.ts'
import { beatRemote } from './group/remote.ts'
import { newRemoteMembership } from './group/remote-state.ts'
import { autoCommits, commitIntervalUs, isRemote, rebalanceTimeoutUs } from './group/settings.ts'
import type { GroupMembership } from './group/state.ts'
import { assign } from './positions.ts'
import type { ConsumerConfig, ConsumerState, ConsumerVolatile } from './state.ts'

/** Whether a consumer is called by an application, or left to one of a group of a plan. */
export const hasApplication = (config: ConsumerConfig): boolean =>
  config.startedByStep === true || config.member !== undefined

/** The process has started. A member of a plan subscribes and polls by itself. */
function beginMember(state: ConsumerState, config: ConsumerConfig, ctx: ClientContext): void {
  const id = config.settings['group.id']
  const instanceId = config.settings['group.instance.id']
  const application = newApplication()
  const memory: ConsumerVolatile = {
    links: noLinks(),
    view: unknownCluster(),
    wakeAtUs: null,
    topics: [],
    partitions: {},
    nextCommitAtUs: ctx.nowUs + commitIntervalUs(config),
    buffered: {},
    application,
  }
  if (typeof id === 'string' && id !== '') {
    const instance = typeof instanceId === 'string' && instanceId !== '' ? instanceId : null
    memory.group = newMembership(id, instance, ctx.nowUs)
    if (isRemote(config)) memory.group.remote = newRemoteMembership()
  }
  if (config.member !== undefined && config.transforms === undefined) {
    application.topics = [...config.topics].sort()
    application.subscription = 'topics'
    application.looping = true
    memory.topics = application.topics
  }
  state.volatile = memory
}

const threadOf = (state: ConsumerState, config: ConsumerConfig, ctx: ClientContext): Thread | null => {
  const memory = state.volatile
  const application = memory?.application
  return memory === null || application === undefined ? null : { state, memory, application, config, ctx }
}

/** The plan stops it: it closes as an application does on its way out. */
function closeByPlan(thread: Thread, operation: Operation): void {
  pushBack(thread.application.waiting, { kind: 'call', operationId: operation.operationId, call: { call: 'close' } })
}

export function stepMember(
  state: ConsumerState,
  input: Input<KafkaMessage, Operation>,
  config: ConsumerConfig,
  ctx: ClientContext,
  onOther: (memory: ConsumerVolatile) => void,
): void {
  if (input.kind === 'start') beginMember(state, config, ctx)
  if (input.kind === 'operation' && input.operation.kind === 'control') {
    if (input.operation.control === 'start' && state.volatile === null) beginMember(state, config, ctx)
    const thread = threadOf(state, config, ctx)
    if (input.operation.control === 'stop' && thread !== null) closeByPlan(thread, input.operation)
    else ctx.complete(input.operation.operationId, { error: 'NONE' })
  }
  const thread = threadOf(state, config, ctx)
  const called = callOf(input)
  if (thread === null) {
    if (called !== null) returnCall(called, { error: ['IllegalStateException'] }, ctx)
    return
  }
  const { memory, application } = thread
  if (called !== null) pushBack(application.waiting, called)
  else if (!takeGroupInput(memory, input, config, ctx)) onOther(memory)
  run(thread)
  if (application.closed) state.volatile = null
}

/** Runs the thread and what it asks for until nothing moves, then sleeps until something is due. */
function run(thread: Thread): void {
  const { memory, application, config, ctx } = thread
  const { group } = memory
  for (;;) {
    const moved = runThread(thread)
    if (application.closed) return
    const handedOffUs = config.member?.handsOff === true ? processHandedOff(thread) : null
    let lookUs = earlier(handedOffUs, askLeaders(memory, config, ctx))
    const awaited = awaitsCommit(thread)
    if (group !== undefined) lookUs = earlier(lookUs, runGroup(thread, group))
    // A commit may fail before it is sent: the thread that waits for it goes on at once.
    if (moved || (awaited && !awaitsCommit(thread))) continue
    wakeBy(memory, ctx, earliest(lookUs, threadWakesUs(thread)))
    return
  }
}

/** Whether the application waits for a commit that has no result yet. */
const awaitsCommit = ({ memory, application }: Thread): boolean =>
  application.awaitedCommit !== null && memory.group?.commits[application.awaitedCommit]?.result === null

function runGroup(thread: Thread, group: GroupMembership): number | null {
  const { memory, application, config, ctx } = thread
  const subscribed = application.subscription === 'topics'
  if (!subscribed && application.subscription === 'none' && Object.keys(group.commits).length === 0) return null
  leaveFormerCoordinators(group, config, ctx)
  // What a client has forgotten only a poll meanwhile takes for a change (3.8 maybeUpdateSubscriptionMetadata).
  if (!hasForgotten(memory.view)) watchTopics(memory, group, config)
  else if (application.fetching) {
    discoverTopics(memory, group, config, ctx)
    watchTopics(memory, group, config)
  }
  if (config.member?.commits.startsWith('store-') === true) positionFromStore(thread, group)
  return earliest(
    reachCoordinator(memory, group, config, ctx),
    sendCommits(group, subscribed, config, ctx),
    isCalledBack(application) ? null : positionAll(group, config, ctx),
    group.remote === undefined
      ? beat(group, application.fetching, config, ctx)
      : beatRemote(group, group.remote, application, config, ctx),
    nextTimeoutUs(group.links, requestTimeoutUs(config)),
  )
}

/** The store that has its results knows where to go on; the group's offsets are not asked for. */
function positionFromStore({ state, memory, config, ctx }: Thread, group: GroupMembership): void {
  for (const name of group.unpositioned) assign(memory, name, state.durable.committed[name], config, ctx)
  group.unpositioned = []
}

/**
 * The leader divides anew when the topics of the group have other partitions than when it last did; a leader in a rack also
 * when replicas are elsewhere (3.5 ConsumerCoordinator.MetadataSnapshot), which a broker's death is too.
 */
function watchTopics(memory: ConsumerVolatile, group: GroupMembership, config: ConsumerConfig): void {
  if (!group.leads || group.state !== 'stable' || group.rejoinNeeded || group.dividedOver === null) return
  for (const topic of memory.topics) {
    if (partitionsOf(memory.view, topic)?.length !== own(group.dividedOver, topic)) group.rejoinNeeded = true
  }
  if (group.dividedRacks === undefined || group.rejoinNeeded) return
  const places = racksOfReplicas(memory.view, memory.topics, config)
  for (const name of Object.keys(places).sort()) {
    if (places[name]?.join() !== group.dividedRacks[name]?.join()) group.rejoinNeeded = true
  }
}

/** Whether a poll comes as far as the automatic commit: before it everything of a rejoin has to be done. */
const comesToCommit = ({ remote, owned, rejoinNeeded }: GroupMembership): boolean =>
  remote === undefined ? !rejoinNeeded : remote.told === null && owned.length > 0

/** The end of the back-off before the next join; null: there is none, or what the join waits for now is its coordinator. */
const joinAgainUs = ({ rejoinNeeded, state, joinAgainAtUs }: GroupMembership, ctx: ClientContext): number | null =>
  rejoinNeeded && state === 'unjoined' && joinAgainAtUs > ctx.nowUs ? joinAgainAtUs : null

/** When the thread wakes by itself. */
function threadWakesUs({ memory, application, config, ctx }: Thread): number | null {
  if (application.busyUntilUs !== null) return application.busyUntilUs
  const loop = application.committing
  const commitsUs = loop !== undefined && loop.out === null ? loop.nextAtUs : null
  const { running } = application
  if (running !== null) {
    const { call } = running.operation
    const polls = call.call === 'poll' || call.call === 'pollRecords'
    if (!polls) return commitsUs
    return earliest(
      commitsUs,
      running.sinceUs + call.timeoutUs,
      memory.group === undefined ? null : joinAgainUs(memory.group, ctx),
    )
  }
  if (!application.looping || memory.group === undefined) return commitsUs
  const { group } = memory
  const againUs = joinAgainUs(group, ctx)
  const awaited = application.awaitedCommit === null ? undefined : group.commits[application.awaitedCommit]
  // The commit before a rejoin is waited for, at most for as long as the rebalance waits for this member.
  if (awaited?.how === 'rebalance') {
    return earliest(commitsUs, againUs, awaited.sinceUs + rebalanceTimeoutUs(config))
  }
  const committing = autoCommits(config) && group.state === 'stable' && comesToCommit(group)
  return earliest(commitsUs, againUs, committing ? memory.nextCommitAtUs : null)
}

/** New metadata has come. */
export function onMetadata(memory: ConsumerVolatile, config: ConsumerConfig, ctx: ClientContext): void {
  const { group } = memory
  if (group === undefined) return
  discoverTopics(memory, group, config, ctx)
  syncWhenKnown(memory, group, config, ctx)
}
