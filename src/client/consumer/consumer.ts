/** The Java consumer with assigned partitions: no group, and commits go to its own durable state. */
import type { Fact } from '../../kafka/facts.ts'
import type { BrokerId } from '../../kafka/ids.ts'
import { brokerNode, comparePartitions, nodeNumber, splitTopicPartition } from '../../kafka/ids.ts'
import type { KafkaMessage } from '../../kafka/messages/message.ts'
import type { Operation } from '../../kafka/operations.ts'
import type { ConnectionId, Input, Machine } from '../../kernel/machine.ts'
import { maybeRebootstrap, partitionsOf, refreshLost, takeMetadata, unknownCluster } from '../cluster-view.ts'
import type { ClientContext } from '../links.ts'
import {
  breakLink,
  CLIENT_CHANNEL,
  isPresentConnection,
  linkTo,
  noLinks,
  takeAnswered,
  timedOutBrokers,
} from '../links.ts'
import { booleanSetting, timeSettingUs } from '../settings.ts'
import { WAKE_TIMER } from '../wake.ts'
import { closeLinks, onFetchResponse, poll, requestTimeoutUs } from './fetching.ts'
import { searchLost } from './group/coordinator.ts'
import { asksForAll, wantsTopic } from './group/pattern.ts'
import { hasApplication, onMetadata, stepMember } from './member.ts'
import { assign, backOff, commit, onEpochEnds, onListOffsets } from './positions.ts'
import { fetchLost } from './read-replica.ts'
import type { ConsumerConfig, ConsumerState, ConsumerVolatile } from './state.ts'
import type { OldMember } from './zookeeper/membership.ts'
import {
  closeOld,
  commitOld,
  newOldMembership,
  onLocal,
  onRebalanceTimer,
  REBALANCE_TIMER,
} from './zookeeper/membership.ts'

const commitIntervalUs = (config: ConsumerConfig): number =>
  timeSettingUs(config.settings, 'auto.commit.interval.ms', 5000)

const autoCommits = (config: ConsumerConfig): boolean => booleanSetting(config.settings, 'enable.auto.commit', true)

function begin(state: ConsumerState, config: ConsumerConfig, ctx: ClientContext): void {
  const named = config.partitions?.map((name) => splitTopicPartition(name).topic)
  state.volatile = {
    links: noLinks(),
    view: unknownCluster(),
    wakeAtUs: null,
    topics: [...new Set(named ?? config.topics)].sort(),
    partitions: {},
    nextCommitAtUs: ctx.nowUs + commitIntervalUs(config),
    buffered: {},
  }
  if (config.groupInRegistry === true) state.volatile.old = newOldMembership(config)
  for (const name of config.partitions ?? []) {
    assign(state.volatile, name, state.durable.committed[name], config, ctx)
  }
}

/** Closes the consumer as an application does on its way out: a last commit, then the connections. */
function end(state: ConsumerState, config: ConsumerConfig, ctx: ClientContext): void {
  if (state.volatile === null) return
  const old = oldMemberOf(state.volatile, config, ctx)
  if (old !== null) closeOld(old)
  else if (autoCommits(config)) commit(state, config, ctx)
  closeLinks(state.volatile, ctx)
  ctx.cancelTimer(WAKE_TIMER)
  state.volatile = null
}

/** Without a list of partitions, every partition of the topics is read from the moment it is known. */
function assignKnown(state: ConsumerState, memory: ConsumerVolatile, config: ConsumerConfig, ctx: ClientContext): void {
  if (config.partitions !== null) return
  for (const topic of memory.topics) {
    // An application that names its partitions knows them: it asks for their leaders until the cluster does, too.
    if (partitionsOf(memory.view, topic) === undefined) memory.view.refreshWanted = true
    for (const name of partitionsOf(memory.view, topic) ?? []) {
      if (memory.partitions[name] === undefined) assign(memory, name, state.durable.committed[name], config, ctx)
    }
  }
}

function onMessage(
  state: ConsumerState,
  memory: ConsumerVolatile,
  broker: BrokerId,
  connection: ConnectionId,
  message: KafkaMessage,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  if (!('correlationId' in message)) return
  const request = takeAnswered(memory.links, broker, connection, message.correlationId)?.request
  if (request === undefined) return
  if (message.type === 'FetchResponse' && request.kind === 'fetch') {
    onFetchResponse(memory, broker, request.offsets, message, config, ctx)
  } else if (message.type === 'ListOffsetsResponse' && request.kind === 'listOffsets') {
    onListOffsets(memory, request.partitions, message, config, ctx)
  } else if (message.type === 'OffsetsForLeaderEpochResponse' && request.kind === 'epochEnds') {
    onEpochEnds(memory, request.partitions, message, config, ctx)
  } else if (message.type === 'MetadataResponse' && request.kind === 'metadata') {
    const tracksEpochs = config.mechanisms.leaderEpochFencing
    const wants = (topic: string) => wantsTopic(memory, topic, config)
    const askedForAll = asksForAll(config)
    const keepsReplicas = config.racks !== undefined
    takeMetadata(memory.view, message, { wants, askedForAll, tracksEpochs, keepsReplicas }, ctx)
    if (memory.old !== undefined) return
    if (memory.application === undefined) assignKnown(state, memory, config, ctx)
    else onMetadata(memory, config, ctx)
  }
}

/** The connection is gone: what was asked on it is asked again, after a back-off, of whoever leads then. */
function onLinkBroken(memory: ConsumerVolatile, broker: BrokerId, config: ConsumerConfig, ctx: ClientContext): void {
  const lost = breakLink(linkTo(memory.links, broker), config.settings, ctx)
  memory.view.refreshWanted = true
  if (memory.view.asking === broker) refreshLost(memory.view, ctx.nowUs)
  for (const { request } of lost) {
    if (request.kind === 'fetch') fetchLost(memory, Object.keys(request.offsets), config, ctx)
    if (request.kind === 'findCoordinator' && memory.group !== undefined) searchLost(memory.group)
    if (request.kind !== 'listOffsets' && request.kind !== 'epochEnds') continue
    for (const name of [...request.partitions].sort(comparePartitions)) {
      const partition = memory.partitions[name]
      if (partition === undefined) continue
      partition.asking = false
      backOff(partition, config, ctx)
    }
  }
}

function onTimer(state: ConsumerState, memory: ConsumerVolatile, config: ConsumerConfig, ctx: ClientContext): void {
  memory.wakeAtUs = null
  for (const broker of timedOutBrokers(memory.links, requestTimeoutUs(config), ctx.nowUs)) {
    ctx.probe('consumer-request-timed-out')
    ctx.close(brokerNode(broker), CLIENT_CHANNEL)
    onLinkBroken(memory, broker, config, ctx)
  }
  maybeRebootstrap(memory.links, memory.view, config, ctx, (broker) => {
    ctx.close(brokerNode(broker), CLIENT_CHANNEL)
    onLinkBroken(memory, broker, config, ctx)
  })
  if (memory.application !== undefined || !autoCommits(config) || memory.nextCommitAtUs > ctx.nowUs) return
  const old = oldMemberOf(memory, config, ctx)
  if (old === null) commit(state, config, ctx)
  else commitOld(old)
  memory.nextCommitAtUs = ctx.nowUs + commitIntervalUs(config)
}

function onControl(state: ConsumerState, operation: Operation, config: ConsumerConfig, ctx: ClientContext): void {
  if (operation.kind === 'control') {
    state.durable.running = operation.control === 'start'
    if (operation.control === 'stop') end(state, config, ctx)
    else if (state.volatile === null) begin(state, config, ctx)
  }
  ctx.complete(operation.operationId, { error: 'NONE' })
}

/** A consumer of 0.8 in its group; null: it is none. */
const oldMemberOf = (memory: ConsumerVolatile, config: ConsumerConfig, ctx: ClientContext): OldMember | null =>
  memory.old === undefined ? null : { memory, member: memory.old, config, ctx }

/** Takes in what concerns brokers as leaders. */
function take(
  state: ConsumerState,
  memory: ConsumerVolatile,
  input: Input<KafkaMessage, Operation>,
  config: ConsumerConfig,
  ctx: ClientContext,
): boolean {
  switch (input.kind) {
    case 'message':
      onMessage(state, memory, nodeNumber(input.from), input.connection, input.message, config, ctx)
      return true
    case 'disconnected': {
      const broker = nodeNumber(input.peer)
      if (input.channel !== CLIENT_CHANNEL) return false
      if (!isPresentConnection(linkTo(memory.links, broker), input.connection)) return false
      onLinkBroken(memory, broker, config, ctx)
      return true
    }
    case 'timer':
      if (input.name === REBALANCE_TIMER && memory.old !== undefined) {
        onRebalanceTimer({ memory, member: memory.old, config, ctx })
        return true
      }
      if (input.name !== WAKE_TIMER) return false
      onTimer(state, memory, config, ctx)
      return true
    case 'start':
    case 'operation':
      return true
    case 'local': {
      const old = oldMemberOf(memory, config, ctx)
      if (old !== null) onLocal(old, input.message)
      return old !== null
    }
    case 'stop':
      return false
  }
}

function step(
  state: ConsumerState,
  input: Input<KafkaMessage, Operation>,
  ctx: ClientContext,
  config: ConsumerConfig,
): void {
  if (hasApplication(config)) {
    stepMember(state, input, config, ctx, (memory) => void take(state, memory, input, config, ctx))
    return
  }
  if (input.kind === 'start' && state.durable.running) begin(state, config, ctx)
  if (input.kind === 'operation') onControl(state, input.operation, config, ctx)
  const memory = state.volatile
  if (memory === null) return
  if (take(state, memory, input, config, ctx)) poll(memory, config, ctx)
}

export const consumerMachine: Machine<ConsumerState, ConsumerConfig, KafkaMessage, Operation, Fact> = {
  init: () => ({ durable: { running: true, committed: {} }, volatile: null }),
  step,
  kill: (state) => {
    state.volatile = null
  },
}
