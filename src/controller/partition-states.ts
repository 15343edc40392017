/** How partitions come online: new ones get their first state, the others an election. */
import { comparePartitions, type TopicPartition } from '../kafka/ids.ts'
import type { RegistryOp } from '../kafka/messages/registry.ts'
import { partitionPath, partitionsPath, type StateZnode, statePath } from '../kafka/znodes.ts'
import { allPartitions, isBeingDeleted, leadershipOf, liveReplicaBrokers, topicOf } from './cluster.ts'
import { electForNewPartition } from './election/new-partition.ts'
import { addLeaderAndIsr } from './request-batch.ts'
import { ask, fenced, next, office, resultOf, type Scope, type StepHandlers } from './scope.ts'
import type { Answer, Step } from './step.ts'

const createNode = (path: string): RegistryOp => ({ op: 'create', path, data: null, ephemeral: false })

function createStates(scope: Scope, partitions: readonly TopicPartition[]): void {
  const { partitions: caches, shuttingDown, epoch } = office(scope)
  const states: Record<TopicPartition, StateZnode> = {}
  const at: Record<TopicPartition, number> = {}
  const creates: RegistryOp[] = []
  const parents = new Set<string>()
  for (const partition of partitions) {
    const { replicas } = caches[partition]!
    const live = liveReplicaBrokers(office(scope), partition)
    const elected = electForNewPartition({ replicas, isr: [], live, shuttingDown })
    if (elected === null) {
      const reason = 'none of its replicas is alive'
      scope.ctx.fact({ kind: 'noLeaderPossible', partition, isr: [], reason })
      continue
    }
    const { leader, isr } = elected
    const state: StateZnode = { leader, leaderEpoch: 0, isr, controllerEpoch: epoch }
    const parent = partitionsPath(topicOf(partition))
    if (!parents.has(parent)) creates.push(createNode(parent))
    parents.add(parent)
    creates.push(createNode(partitionPath(partition)))
    at[partition] = creates.length
    creates.push({ op: 'create', path: statePath(partition), data: state, ephemeral: false })
    states[partition] = state
  }
  if (creates.length === 0) return
  const requests = creates.map((op) => fenced(scope, op))
  ask(scope, requests, { do: 'statesCreated', states, at })
}

function onStatesCreated(
  scope: Scope,
  states: Readonly<Record<TopicPartition, StateZnode>>,
  at: Readonly<Record<TopicPartition, number>>,
  answers: readonly Answer[],
): void {
  for (const partition of Object.keys(states).sort(comparePartitions)) {
    const cache = office(scope).partitions[partition]
    const { error } = resultOf(answers[at[partition]!])
    if (cache === undefined) continue
    if (error !== null) {
      // Another controller made it, while this one had a pause.
      scope.ctx.probe('first-state-of-a-partition-exists')
      continue
    }
    const { leader, leaderEpoch, isr } = states[partition]!
    cache.leadership = leadershipOf(states[partition]!, 0)
    cache.phase = 'online'
    scope.ctx.fact({
      kind: 'leaderElected',
      partition,
      leader,
      leaderEpoch,
      isr: [...isr],
      election: 'new',
      unclean: false,
    })
    addLeaderAndIsr(scope, isr, partition, { isNew: true })
  }
}

export const partitionSteps: StepHandlers<
  'newPartitions' | 'partitionsOnline' | 'electOffline' | 'createStates' | 'statesCreated'
> = {
  newPartitions: (scope, { partitions }) => {
    const replicas = partitions.flatMap((partition) =>
      office(scope).partitions[partition]!.replicas.map((broker) => ({ partition, broker })),
    )
    for (const { partition, broker } of replicas) office(scope).partitions[partition]!.replicaPhases[broker] = 'new'
    next(scope, { do: 'partitionsOnline', partitions, strategy: 'offline' }, { do: 'replicasOnline', replicas })
  },

  partitionsOnline: (scope, { partitions, strategy }) => {
    const known = partitions.filter((it) => office(scope).partitions[it] !== undefined)
    const isNew = (it: TopicPartition): boolean => office(scope).partitions[it]!.phase === 'new'
    const fresh = known.filter(isNew)
    const others = known.filter((it) => !isNew(it))
    const steps: Step[] = []
    if (fresh.length > 0) steps.push({ do: 'createStates', partitions: fresh })
    if (others.length > 0) {
      steps.push({ do: 'changeStates', partitions: others, change: { kind: 'elect', strategy }, hoped: {} })
    }
    if (steps.length > 0) next(scope, ...steps, { do: 'sendBatch' })
  },

  electOffline: (scope, { topic }) => {
    const partitions = allPartitions(office(scope)).filter(
      (it) =>
        office(scope).partitions[it]!.phase !== 'online' &&
        !isBeingDeleted(office(scope), it) &&
        (topic === null || topicOf(it) === topic),
    )
    next(scope, { do: 'partitionsOnline', partitions, strategy: 'offline' })
  },

  createStates: (scope, { partitions }) => createStates(scope, partitions),
  statesCreated: (scope, { states, at }, answers) => onStatesCreated(scope, states, at, answers),
}
