/**
 * A new controller's order of work: watch and read everything, tell the brokers who is alive, then start the state
 * machines of replicas and partitions, then resume what its predecessor may have left half done.
 */
import type { TopicPartition } from '../kafka/ids.ts'
import type { RegistryOp } from '../kafka/messages/registry.ts'
import {
  BROKER_IDS,
  brokerIdPath,
  CONFIG_CHANGES,
  DELETE_TOPICS,
  ISR_CHANGES,
  LOG_DIR_EVENTS,
  type StateZnode,
  statePath,
  TOPICS,
  type TopicConfigZnode,
  type TopicZnode,
  topicConfigPath,
  topicPath,
} from '../kafka/znodes.ts'
import { allPartitions, enterPartitions, leadershipOf, liveBrokers, topicOf } from './cluster.ts'
import { openChannel } from './control-channels.ts'
import {
  ask,
  blocksOnRegistry,
  childrenOf,
  dataOf,
  fenced,
  next,
  office,
  type Scope,
  type StepHandlers,
  statOf,
} from './scope.ts'
import { flagSetting } from './settings.ts'
import type { Answer, Replica, Step } from './step.ts'

const FIRST_REBALANCE_MS = 5_000

/** Where brokers announce what happened to them. */
const announcements = (scope: Scope): string[] => [
  ...(scope.config.mechanisms.isrChangeNotification ? [ISR_CHANGES] : []),
  ...(scope.config.mechanisms.logDirFailures ? [LOG_DIR_EVENTS] : []),
]

function readCluster(scope: Scope): void {
  const lists = [BROKER_IDS, TOPICS, DELETE_TOPICS, CONFIG_CHANGES]
  lists.push(...announcements(scope))
  const requests = lists.map((path): RegistryOp[] => [{ op: 'getChildren', path, watch: true }])
  ask(scope, requests, { do: 'clusterListed' })
}

function onClusterListed(scope: Scope, answers: readonly Answer[]): void {
  const [brokers, topics, deletions] = [childrenOf(answers[0]), childrenOf(answers[1]), childrenOf(answers[2])]
  const requests: RegistryOp[][] = [
    ...brokers.map((id): RegistryOp[] => [{ op: 'getData', path: brokerIdPath(Number(id)), watch: false }]),
    ...topics.map((it): RegistryOp[] => [{ op: 'getData', path: topicPath(it), watch: true }]),
    ...topics.map((it): RegistryOp[] => [{ op: 'getData', path: topicConfigPath(it), watch: false }]),
  ]
  if (!blocksOnRegistry(scope)) {
    // 1.1 KafkaController.onControllerFailover: all states are read, and all brokers told their roles, anyway.
    for (const [index, path] of announcements(scope).entries()) {
      for (const name of childrenOf(answers[4 + index])) {
        requests.push(fenced(scope, { op: 'delete', path: `${path}/${name}`, version: -1 }))
      }
    }
  }
  ask(scope, requests, { do: 'clusterRead', brokers, topics, deletions })
}

function onClusterRead(
  scope: Scope,
  step: {
    readonly brokers: readonly string[]
    readonly topics: readonly string[]
    readonly deletions: readonly string[]
  },
  answers: readonly Answer[],
): void {
  const cluster = office(scope)
  for (const [index, name] of step.brokers.entries()) {
    const stat = statOf(answers[index])
    if (stat !== null) cluster.brokers[name] = { id: Number(name), epoch: stat.czxid }
  }
  const deletesTopics = flagSetting(scope.config, 'delete.topic.enable', false)
  if (deletesTopics) cluster.deletion.topics = step.deletions.filter((it) => step.topics.includes(it)).sort()
  for (const [index, topic] of step.topics.entries()) {
    const node = dataOf(answers[step.brokers.length + index]) as TopicZnode | null
    const config = dataOf(answers[step.brokers.length + step.topics.length + index]) as TopicConfigZnode | null
    if (node === null) continue
    cluster.topics[topic] = { settings: config?.settings ?? {}, topicId: node.topicId ?? null }
    enterPartitions(cluster, topic, node)
  }
  const partitions = allPartitions(cluster)
  const reads = partitions.map((it): RegistryOp[] => {
    return [{ op: 'getData', path: statePath(it), watch: cluster.partitions[it]!.target !== null }]
  })
  ask(scope, reads, { do: 'clusterStatesRead', partitions })
}

function onStatesRead(scope: Scope, partitions: readonly TopicPartition[], answers: readonly Answer[]): void {
  const cluster = office(scope)
  for (const [index, partition] of partitions.entries()) {
    const state = dataOf(answers[index]) as StateZnode | null
    const stat = statOf(answers[index])
    if (state !== null && stat !== null) cluster.partitions[partition]!.leadership = leadershipOf(state, stat.version)
  }
  const live = liveBrokers(cluster)
  for (const broker of live) openChannel(scope, broker)
  const online: Replica[] = []
  const offline: Replica[] = []
  for (const partition of partitions) {
    const { replicas, replicaPhases } = cluster.partitions[partition]!
    for (const broker of replicas) {
      const isLive = live.includes(broker)
      replicaPhases[broker] = isLive ? 'online' : 'deletion-ineligible'
      ;(isLive ? online : offline).push({ partition, broker })
    }
  }
  cluster.deletion.ineligible = cluster.deletion.topics.filter((topic) =>
    offline.some((it) => topicOf(it.partition) === topic),
  )
  next(scope, ...orderOfWork(scope, online, offline))
}

function orderOfWork(scope: Scope, online: readonly Replica[], offline: readonly Replica[]): Step[] {
  const { mechanisms } = scope.config
  const tellAll: Step = { do: 'updateMetadata', brokers: null, partitions: null }
  const steps: Step[] = []
  if (mechanisms.topicIds) steps.push({ do: 'assignTopicIds', topics: Object.keys(office(scope).topics).sort() })
  // 0.10: a broker must know who is alive before it can follow a leader.
  if (mechanisms.newControllerUpdatesMetadataFirst) steps.push(tellAll)
  steps.push({ do: 'replicasOnline', replicas: online })
  // 2.3 ReplicaStateMachine.startup: dead replicas leave their ISRs, so dead leaders become -1, before any election.
  if (mechanisms.newControllerRemovesDeadReplicas) steps.push({ do: 'replicasOffline', replicas: offline })
  steps.push({ do: 'startPartitions' }, { do: 'readReassignments', resumeAll: true })
  if (!mechanisms.newControllerUpdatesMetadataFirst) steps.push(tellAll)
  steps.push(
    { do: 'resumeDeletions' },
    { do: 'electionAsked', election: 'preferred' },
    { do: 'electionAsked', election: 'unclean' },
    { do: 'armRebalance', delayMs: FIRST_REBALANCE_MS },
  )
  return steps
}

/** Partitions whose leader is alive are online, and the others are tried. */
function startPartitions(scope: Scope): void {
  const live = liveBrokers(office(scope))
  for (const partition of allPartitions(office(scope))) {
    const cache = office(scope).partitions[partition]!
    if (cache.leadership === null) cache.phase = 'new'
    else cache.phase = live.includes(cache.leadership.leader) ? 'online' : 'offline'
  }
  next(scope, { do: 'electOffline', topic: null })
}

export const takeOverSteps: StepHandlers<
  'readCluster' | 'clusterListed' | 'clusterRead' | 'clusterStatesRead' | 'startPartitions'
> = {
  readCluster,
  clusterListed: (scope, _step, answers) => onClusterListed(scope, answers),
  clusterRead: (scope, step, answers) => onClusterRead(scope, step, answers),
  clusterStatesRead: (scope, step, answers) => onStatesRead(scope, step.partitions, answers),
  startPartitions,
}
