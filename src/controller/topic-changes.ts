/** New topics, new partitions, and changed topic settings. */

import type { TopicPartition } from '../kafka/ids.ts'
import type { RegistryOp } from '../kafka/messages/registry.ts'
import {
  CONFIG_CHANGES,
  TOPICS,
  type TopicConfigZnode,
  type TopicZnode,
  topicConfigPath,
  topicPath,
} from '../kafka/znodes.ts'
import { own } from '../kernel/own.ts'
import { enterPartitions, partitionsOf } from './cluster.ts'
import { ask, childrenOf, dataOf, fenced, next, office, type Scope, type StepHandlers } from './scope.ts'
import { allowsUncleanElection } from './settings.ts'
import type { Answer, Step } from './step.ts'

function onTopicsListed(scope: Scope, names: readonly string[]): void {
  const cluster = office(scope)
  for (const topic of Object.keys(cluster.topics)) {
    if (names.includes(topic)) continue
    for (const partition of partitionsOf(cluster, topic)) delete cluster.partitions[partition]
    delete cluster.topics[topic]
  }
  const fresh = names.filter((it) => !Object.hasOwn(cluster.topics, it))
  const reads = [
    ...fresh.map((it): RegistryOp[] => [{ op: 'getData', path: topicPath(it), watch: true }]),
    ...fresh.map((it): RegistryOp[] => [{ op: 'getData', path: topicConfigPath(it), watch: false }]),
  ]
  if (fresh.length > 0) ask(scope, reads, { do: 'topicsRead', topics: fresh })
}

function onTopicsRead(scope: Scope, topics: readonly string[], answers: readonly Answer[]): void {
  const cluster = office(scope)
  const partitions: TopicPartition[] = []
  for (const [index, topic] of topics.entries()) {
    const node = dataOf(answers[index]) as TopicZnode | null
    const config = dataOf(answers[topics.length + index]) as TopicConfigZnode | null
    if (node === null) continue
    cluster.topics[topic] = { settings: config?.settings ?? {}, topicId: node.topicId ?? null }
    partitions.push(...enterPartitions(cluster, topic, node))
  }
  const steps: Step[] = scope.config.mechanisms.topicIds ? [{ do: 'assignTopicIds', topics }] : []
  if (partitions.length > 0) steps.push({ do: 'newPartitions', partitions })
  next(scope, ...steps)
}

function onPartitionsRead(scope: Scope, topic: string, node: TopicZnode | null): void {
  if (node === null || !Object.hasOwn(office(scope).topics, topic)) return
  if (office(scope).deletion.topics.includes(topic)) {
    scope.ctx.probe('partitions-added-to-a-topic-that-goes')
    return
  }
  const partitions = enterPartitions(office(scope), topic, node)
  if (partitions.length > 0) next(scope, { do: 'newPartitions', partitions })
}

/** An id is only told from another: the topic's name and the controller epoch that gave it. */
function assignTopicIds(scope: Scope, topics: readonly string[]): void {
  const cluster = office(scope)
  const without = topics.filter((it) => own(cluster.topics, it)?.topicId === null)
  const writes = without.map((topic) => {
    cluster.topics[topic]!.topicId = `${topic}@${cluster.epoch}`
    return fenced(scope, { op: 'setData', path: topicPath(topic), data: assignmentOf(scope, topic), version: -1 })
  })
  if (writes.length > 0) ask(scope, writes, { do: 'ignoreAnswers' })
}

/** `/brokers/topics/<t>` as the cache has it. */
export function assignmentOf(scope: Scope, topic: string): TopicZnode {
  const cluster = office(scope)
  const partitions: Record<string, readonly number[]> = {}
  const adding: Record<string, readonly number[]> = {}
  const removing: Record<string, readonly number[]> = {}
  for (const partition of partitionsOf(cluster, topic)) {
    const number = partition.slice(topic.length + 1)
    const cache = cluster.partitions[partition]!
    partitions[number] = [...cache.replicas]
    if (cache.adding.length > 0) adding[number] = [...cache.adding]
    if (cache.removing.length > 0) removing[number] = [...cache.removing]
  }
  if (scope.config.mechanisms.reassignment === 'znode') return { partitions }
  const topicId = own(cluster.topics, topic)?.topicId ?? null
  return topicId === null ? { partitions, adding, removing } : { partitions, adding, removing, topicId }
}

function onTopicConfigsRead(scope: Scope, topics: readonly string[], answers: readonly Answer[]): void {
  for (const [index, topic] of topics.entries()) {
    const cache = office(scope).topics[topic]
    if (cache === undefined) continue
    const before = allowsUncleanElection(scope.config, cache.settings)
    const config = dataOf(answers[index + 1]) as TopicConfigZnode | null
    cache.settings = config?.settings ?? {}
    const enabled = !before && allowsUncleanElection(scope.config, cache.settings)
    // 2.1 KafkaController.processTopicUncleanLeaderElectionEnable; before it waits for a change of brokers.
    if (enabled && scope.config.mechanisms.uncleanEnabledElects) next(scope, { do: 'electOffline', topic })
  }
}

export const topicSteps: StepHandlers<
  | 'topicChange'
  | 'topicsListed'
  | 'topicsRead'
  | 'partitionChange'
  | 'partitionsRead'
  | 'topicConfigChange'
  | 'topicConfigsRead'
  | 'assignTopicIds'
  | 'writeAssignment'
> = {
  topicChange: (scope) => {
    if (scope.state.office === null) return
    ask(scope, [[{ op: 'getChildren', path: TOPICS, watch: true }]], { do: 'topicsListed' })
  },
  topicsListed: (scope, _step, answers) => onTopicsListed(scope, childrenOf(answers[0])),
  topicsRead: (scope, step, answers) => onTopicsRead(scope, step.topics, answers),

  partitionChange: (scope, { topic }) => {
    if (scope.state.office === null) return
    ask(scope, [[{ op: 'getData', path: topicPath(topic), watch: true }]], { do: 'partitionsRead', topic })
  },
  partitionsRead: (scope, { topic }, answers) =>
    onPartitionsRead(scope, topic, dataOf(answers[0]) as TopicZnode | null),

  /** Simplified: brokers hear of settings by `/config/changes` and read them; here the controller passes them on. */
  topicConfigChange: (scope) => {
    if (scope.state.office === null) return
    const topics = Object.keys(scope.state.office.topics).sort()
    ask(
      scope,
      [
        [{ op: 'getChildren', path: CONFIG_CHANGES, watch: true }],
        ...topics.map((it): RegistryOp[] => [{ op: 'getData', path: topicConfigPath(it), watch: false }]),
      ],
      { do: 'topicConfigsRead', topics },
    )
  },
  topicConfigsRead: (scope, step, answers) => onTopicConfigsRead(scope, step.topics, answers),

  assignTopicIds: (scope, { topics }) => assignTopicIds(scope, topics),

  writeAssignment: (scope, { topic }) => {
    const write = { op: 'setData', path: topicPath(topic), data: assignmentOf(scope, topic), version: -1 } as const
    ask(scope, [fenced(scope, write)], { do: 'ignoreAnswers' })
  },
}
