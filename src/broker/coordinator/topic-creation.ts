/** Internal topics come into being when somebody first asks for a coordinator (KafkaApis.createInternalTopic). */

import { quorumNode } from '../../kafka/ids.ts'
import { type InternalTopic, OFFSETS_TOPIC } from '../../kafka/internal-topics.ts'
import type { RegistryResult, SessionResponse } from '../../kafka/messages/registry.ts'
import { assignReplicas } from '../../kafka/replica-assignment.ts'
import { topicConfigPath, topicPath } from '../../kafka/znodes.ts'
import { own } from '../../kernel/own.ts'
import { askRegistry } from '../registry-request.ts'
import { type BrokerContext, numberSetting, running } from '../running.ts'
import type { BrokerConfig, BrokerState } from '../state.ts'
import { coordinationOf } from './coordination.ts'

/** KRaft: requests that a broker makes of the controller on behalf of others. */
export const FORWARDING_CHANNEL = 'forwarding'

/** Creates the topic unless that is under way; its clients ask again. */
export function createInternalTopic(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  topic: InternalTopic,
): void {
  const { creating } = coordinationOf(state)
  const { controller, metadata } = running(state)
  if (own(creating, topic) !== undefined) return
  const replicationFactor = replicationFactorOf(state, config, topic)
  if (replicationFactor === null) {
    ctx.fact({ kind: 'internalTopicNotCreated', topic, liveBrokers: [...metadata.liveBrokers] })
    return
  }
  const settings = settingsOf(config, topic)
  const partitions = partitionsOf(config, topic)
  if (config.mechanisms.metadata !== 'kraft') {
    // 0.9 to 3.x AdminUtils, AdminZkClient: the settings are written first, then the assignment, which makes it exist.
    creating[topic] = 0
    askRegistry(state, ctx, config, 'create-topic-config', topic, [
      { op: 'create', path: topicConfigPath(topic), data: { settings }, ephemeral: false },
    ])
    return
  }
  if (controller < 0) return
  const correlationId = running(state).nextId++
  creating[topic] = correlationId
  ctx.send(quorumNode(controller), FORWARDING_CHANNEL, {
    type: 'ControllerAdminRequest',
    correlationId,
    request: { admin: 'createTopic', topic, partitions, replicationFactor, assignment: null, settings },
  })
}

const keysOf = (topic: InternalTopic): string => (topic === OFFSETS_TOPIC ? 'offsets.topic' : 'transaction.state.log')

const partitionsOf = (config: BrokerConfig, topic: InternalTopic): number =>
  numberSetting(config, `${keysOf(topic)}.num.partitions`) ?? 50

/** KIP-115 (0.11): not with fewer replicas than asked for; before as many as there are brokers. null: not now. */
function replicationFactorOf(state: BrokerState, config: BrokerConfig, topic: InternalTopic): number | null {
  const live = running(state).metadata.liveBrokers.length
  const wanted = numberSetting(config, `${keysOf(topic)}.replication.factor`) ?? 3
  if (live >= wanted) return wanted
  return config.mechanisms.internalTopicsNeedReplicas || live === 0 ? null : live
}

/** 0.11 GroupMetadataManager.offsetsTopicConfigs, TransactionStateManager.transactionTopicConfigs. */
function settingsOf(config: BrokerConfig, topic: InternalTopic): Record<string, string> {
  const segment = numberSetting(config, `${keysOf(topic)}.segment.bytes`) ?? 104_857_600
  const settings: Record<string, string> = { 'cleanup.policy': 'compact', 'segment.bytes': String(segment) }
  if (topic === OFFSETS_TOPIC) return settings
  settings['min.insync.replicas'] = String(numberSetting(config, 'transaction.state.log.min.isr') ?? 2)
  settings['unclean.leader.election.enable'] = 'false'
  return settings
}

/** The settings are written (or were there): now the topic. */
export function onTopicConfigCreated(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  topic: InternalTopic,
  response: SessionResponse,
): void {
  const { creating } = coordinationOf(state)
  const replicationFactor = replicationFactorOf(state, config, topic)
  if (replicationFactor === null || !isWritten(response.results[0])) {
    delete creating[topic]
    return
  }
  // Stream `broker.assignment/<topic>`: where the round begins, and how far the second replica is from the first.
  const live = running(state).metadata.liveBrokers
  const draw = (): number => Math.floor(ctx.random(`broker.assignment/${topic}`) * live.length)
  const assignment = assignReplicas({
    brokers: live,
    racks: null,
    partitions: partitionsOf(config, topic),
    replicationFactor,
    startIndex: draw(),
    startShift: draw(),
    firstPartition: 0,
  })
  askRegistry(state, ctx, config, 'create-topic', topic, [
    { op: 'create', path: topicPath(topic), data: { partitions: assignment }, ephemeral: false },
  ])
}

const isWritten = (result: RegistryResult | undefined): boolean =>
  result?.error === null || result?.error === 'NODEEXISTS'

/** The topic exists, made by this broker or by another, or could not be made: the next who asks finds out. */
export function onTopicCreated(state: BrokerState, topic: InternalTopic): void {
  delete coordinationOf(state).creating[topic]
}

/** KRaft: the controller has answered. */
export function onTopicCreationAnswered(state: BrokerState, correlationId: number): void {
  const { creating } = coordinationOf(state)
  for (const topic of Object.keys(creating) as InternalTopic[]) {
    if (creating[topic] === correlationId) delete creating[topic]
  }
}

/** KRaft: no answer will come on a connection that broke. */
export function onForwardingDisconnected(state: BrokerState): void {
  coordinationOf(state).creating = {}
}
