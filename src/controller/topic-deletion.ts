/** Deleting topics: every replica is stopped and loses its log; when all have answered, the znodes go. */
import type { RegistryOp } from '../kafka/messages/registry.ts'
import { DELETE_TOPICS, partitionPath, partitionsPath, statePath, topicConfigPath, topicPath } from '../kafka/znodes.ts'
import { liveReplicaBrokers, partitionsOf, topicOf, withMember } from './cluster.ts'
import { ask, childrenOf, fenced, next, office, type Scope, type StepHandlers } from './scope.ts'
import { flagSetting } from './settings.ts'
import type { ReplicaPhase } from './state.ts'
import type { Replica, Step } from './step.ts'

const deleteNode = (path: string): RegistryOp => ({ op: 'delete', path, version: -1 })

function onDeletionsListed(scope: Scope, names: readonly string[]): void {
  const cluster = office(scope)
  const enabled = flagSetting(scope.config, 'delete.topic.enable', false)
  const dropped = names.filter((it) => !enabled || !Object.hasOwn(cluster.topics, it))
  if (enabled) {
    for (const topic of names.filter((it) => Object.hasOwn(cluster.topics, it))) {
      cluster.deletion.topics = withMember(cluster.deletion.topics, topic)
      const isReassigning = partitionsOf(cluster, topic).some((it) => cluster.partitions[it]!.target !== null)
      if (isReassigning) cluster.deletion.ineligible = withMember(cluster.deletion.ineligible, topic)
    }
  }
  next(scope, ...dropped.map((it): Step => ({ do: 'deleteNode', path: `${DELETE_TOPICS}/${it}` })), {
    do: 'resumeDeletions',
  })
}

const replicasOf = (scope: Scope, topic: string): Replica[] =>
  partitionsOf(office(scope), topic).flatMap((partition) =>
    office(scope).partitions[partition]!.replicas.map((broker) => ({ partition, broker })),
  )

const phaseOf = (scope: Scope, { partition, broker }: Replica): ReplicaPhase | undefined =>
  office(scope).partitions[partition]?.replicaPhases[broker]

/** 2.4.1 TopicDeletionManager.resumeDeletions. */
function resumeDeletion(scope: Scope, topic: string): Step[] {
  const { deletion } = office(scope)
  const replicas = replicasOf(scope, topic)
  const inPhase = (phase: ReplicaPhase): Replica[] => replicas.filter((it) => phaseOf(scope, it) === phase)
  if (replicas.every((it) => phaseOf(scope, it) === 'deletion-successful')) return [{ do: 'deleteTopicNodes', topic }]
  if (inPhase('deletion-started').length > 0) return []
  const retried = inPhase('deletion-ineligible')
  const steps: Step[] = retried.length > 0 ? [{ do: 'replicasOffline', replicas: retried }] : []
  const isReassigning = partitionsOf(office(scope), topic).some((it) => office(scope).partitions[it]!.target !== null)
  if (deletion.ineligible.includes(topic) || isReassigning) return steps
  return [...steps, ...startDeletion(scope, topic, replicas)]
}

function startDeletion(scope: Scope, topic: string, replicas: readonly Replica[]): Step[] {
  const { deletion, partitions } = office(scope)
  const isAlive = ({ partition, broker }: Replica): boolean =>
    liveReplicaBrokers(office(scope), partition).includes(broker)
  const remaining = replicas.filter((it) => phaseOf(scope, it) !== 'deletion-successful')
  const alive = remaining.filter(isAlive)
  const dead = remaining.filter((it) => !isAlive(it))
  for (const { partition, broker } of dead) partitions[partition]!.replicaPhases[broker] = 'deletion-ineligible'
  if (dead.length > 0) {
    scope.ctx.probe('topic-deletion-waits-for-a-dead-replica')
    deletion.ineligible = withMember(deletion.ineligible, topic)
  }
  return [
    { do: 'updateMetadata', brokers: null, partitions: partitionsOf(office(scope), topic) },
    { do: 'replicasOffline', replicas: alive },
    { do: 'replicasDelete', replicas: alive, forget: false },
  ]
}

function deleteTopicNodes(scope: Scope, topic: string): void {
  const cluster = office(scope)
  const partitions = partitionsOf(cluster, topic)
  const paths = [
    ...partitions.flatMap((it) => [statePath(it), partitionPath(it)]),
    partitionsPath(topic),
    topicPath(topic),
    topicConfigPath(topic),
    `${DELETE_TOPICS}/${topic}`,
  ]
  const deletes = paths.map((it) => fenced(scope, deleteNode(it)))
  ask(scope, deletes, { do: 'topicNodesDeleted', topic })
}

export const deletionSteps: StepHandlers<
  'topicDeletion' | 'deletionsListed' | 'replicasDeleted' | 'resumeDeletions' | 'deleteTopicNodes' | 'topicNodesDeleted'
> = {
  topicDeletion: (scope) => {
    if (scope.state.office === null) return
    ask(scope, [[{ op: 'getChildren', path: DELETE_TOPICS, watch: true }]], { do: 'deletionsListed' })
  },
  deletionsListed: (scope, _step, answers) => onDeletionsListed(scope, childrenOf(answers[0])),

  replicasDeleted: (scope, { deleted, failed }) => {
    const cluster = scope.state.office
    if (cluster === null) return
    for (const { partition, broker } of deleted) {
      const phases = cluster.partitions[partition]?.replicaPhases
      if (phases?.[broker] === 'deletion-started') phases[broker] = 'deletion-successful'
    }
    for (const { partition, broker } of failed) {
      const cache = cluster.partitions[partition]
      if (cache === undefined) continue
      cache.replicaPhases[broker] = 'deletion-ineligible'
      cluster.deletion.ineligible = withMember(cluster.deletion.ineligible, topicOf(partition))
    }
    next(scope, { do: 'resumeDeletions' })
  },

  resumeDeletions: (scope) => next(scope, ...office(scope).deletion.topics.flatMap((it) => resumeDeletion(scope, it))),

  deleteTopicNodes: (scope, { topic }) => deleteTopicNodes(scope, topic),
  topicNodesDeleted: (scope, { topic }) => {
    const cluster = office(scope)
    for (const partition of partitionsOf(cluster, topic)) delete cluster.partitions[partition]
    delete cluster.topics[topic]
    cluster.deletion.topics = cluster.deletion.topics.filter((it) => it !== topic)
    cluster.deletion.ineligible = cluster.deletion.ineligible.filter((it) => it !== topic)
  },
}
