/**
 * Moving a partition to other replicas. Old and new replicas are assigned together until the new ones are in the ISR;
 * then the leader moves into the target, the old ones leave the ISR and lose their logs. To 2.3 only the union is
 * written and `/admin/reassign_partitions` keeps the aim; from 2.4 (KIP-455) the topic's znode says who is added and
 * removed.
 */
import { type BrokerId, comparePartitions, type TopicPartition } from '../kafka/ids.ts'
import { REASSIGN_PARTITIONS, type ReassignZnode, type StateZnode } from '../kafka/znodes.ts'
import { allPartitions, isBeingDeleted, leadershipOf, liveReplicaBrokers, topicOf } from './cluster.ts'
import { ask, dataOf, fenced, next, office, type Scope, type StepHandlers, statOf } from './scope.ts'
import type { PartitionCache } from './state.ts'
import { readState } from './state-changes.ts'
import type { Answer, Replica, Step } from './step.ts'

const union = (target: readonly BrokerId[], others: readonly BrokerId[]): BrokerId[] => [
  ...target,
  ...others.filter((id) => !target.includes(id)),
]

const areEqual = (a: readonly BrokerId[], b: readonly BrokerId[]): boolean =>
  a.length === b.length && a.every((id, index) => id === b[index])

const replicasAt = (partition: TopicPartition, brokers: readonly BrokerId[]): Replica[] =>
  brokers.map((broker) => ({ partition, broker }))

/** Stops replicas that are assigned no more: out of the ISR, then without their log. */
const stopReplicas = (partition: TopicPartition, brokers: readonly BrokerId[]): Step[] =>
  brokers.length === 0
    ? []
    : [
        { do: 'replicasOffline', replicas: replicasAt(partition, brokers) },
        { do: 'replicasDelete', replicas: replicasAt(partition, brokers), forget: true },
      ]

function readReassignments(scope: Scope, resumeAll: boolean): void {
  ask(
    scope,
    [
      [{ op: 'exists', path: REASSIGN_PARTITIONS, watch: true }],
      [{ op: 'getData', path: REASSIGN_PARTITIONS, watch: false }],
    ],
    { do: 'reassignmentsRead', resumeAll },
  )
}

function onReassignmentsRead(scope: Scope, resumeAll: boolean, node: ReassignZnode | null): void {
  const { partitions } = office(scope)
  const asked = node?.partitions ?? {}
  const steps: Step[] = []
  const refused: TopicPartition[] = []
  for (const partition of Object.keys(asked).sort(comparePartitions)) {
    const cache = partitions[partition]
    const target = asked[partition]!
    const runsAlready = cache?.target != null && areEqual(cache.target, target)
    if (cache === undefined || isBeingDeleted(office(scope), partition)) refused.push(partition)
    else if (cache.target === null && areEqual(cache.replicas, target)) refused.push(partition)
    else if (!runsAlready || resumeAll) steps.push({ do: 'reassign', partition, target })
  }
  // 2.4: what was asked for and is no longer named in /admin is known from the topics.
  const others = allPartitions(office(scope)).filter((it) => partitions[it]!.target !== null && asked[it] === undefined)
  if (resumeAll) {
    for (const partition of others) steps.push({ do: 'continueReassignment', partition, onlyToFinish: false })
  }
  if (refused.length > 0) steps.push({ do: 'forgetReassignments', partitions: refused })
  next(scope, ...steps)
}

function reassign(scope: Scope, partition: TopicPartition, target: readonly BrokerId[]): void {
  const cache = office(scope).partitions[partition]
  if (cache === undefined) return
  scope.ctx.fact({ kind: 'reassignmentStarted', partition, replicas: [...target] })
  cache.target = [...target]
  const steps: Step[] = []
  if (scope.config.mechanisms.reassignment === 'adding-removing') {
    const before = cache.replicas
    const changed = announceReassignment(cache, target)
    if (changed) steps.push({ do: 'writeAssignment', topic: topicOf(partition) })
    // A reassignment that takes over from another one no longer needs some of the replicas that were added.
    const unneeded = before.filter((id) => !cache.replicas.includes(id))
    if (unneeded.length > 0) scope.ctx.probe('reassignment-overrides-another')
    steps.push(...stopReplicas(partition, unneeded))
  }
  next(scope, ...steps, { do: 'continueReassignment', partition, onlyToFinish: false })
}

/** KIP-455 ReplicaAssignment.reassignTo; whether it changed what the topic's znode says. */
function announceReassignment(cache: PartitionCache, target: readonly BrokerId[]): boolean {
  const origin = cache.replicas.filter((id) => !cache.adding.includes(id))
  const replicas = union(target, origin)
  const adding = replicas.filter((id) => !origin.includes(id))
  const removing = replicas.filter((id) => !target.includes(id))
  const same =
    areEqual(replicas, cache.replicas) && areEqual(adding, cache.adding) && areEqual(removing, cache.removing)
  cache.replicas = replicas
  cache.adding = adding
  cache.removing = removing
  return !same
}

function onReassignmentStateRead(
  scope: Scope,
  step: { readonly partition: TopicPartition; readonly onlyToFinish: boolean },
  answer: Answer | undefined,
): void {
  const cache = office(scope).partitions[step.partition]
  const state = dataOf(answer) as StateZnode | null
  const stat = statOf(answer)
  if (cache?.target == null || state === null || stat === null) return
  if (state.controllerEpoch <= office(scope).epoch) cache.leadership = leadershipOf(state, stat.version)
  if (cache.target.every((id) => state.isr.includes(id))) finish(scope, step.partition, cache)
  else if (!step.onlyToFinish) start(scope, step.partition, cache)
}

/** The new replicas begin to follow; everybody assigned learns of them with a new leader epoch. */
function start(scope: Scope, partition: TopicPartition, cache: PartitionCache): void {
  const target = cache.target!
  const steps: Step[] = []
  let added: readonly BrokerId[] = cache.adding
  if (scope.config.mechanisms.reassignment === 'znode') {
    added = target.filter((id) => !cache.replicas.includes(id))
    cache.replicas = union(target, cache.replicas)
    steps.push({ do: 'writeAssignment', topic: topicOf(partition) })
  }
  const change = { kind: 'bumpEpoch', recipients: [...cache.replicas] } as const
  steps.push({ do: 'changeStates', partitions: [partition], change, hoped: {} }, { do: 'sendBatch' })
  for (const broker of added) steps.push({ do: 'replicasNew', replicas: [{ partition, broker }] })
  next(scope, ...steps)
}

/** Every target replica is in the ISR. */
function finish(scope: Scope, partition: TopicPartition, cache: PartitionCache): void {
  const target = cache.target!
  const formerReplicas = cache.replicas
  const arriving = scope.config.mechanisms.reassignment === 'znode' ? target : cache.adding
  const leaving = formerReplicas.filter((id) => !target.includes(id))
  next(
    scope,
    ...arriving.map((broker): Step => ({ do: 'replicasOnline', replicas: [{ partition, broker }] })),
    { do: 'moveLeaderInto', partition, formerReplicas },
    ...stopReplicas(partition, leaving),
    { do: 'writeAssignment', topic: topicOf(partition) },
    { do: 'reassignmentDone', partition },
    { do: 'forgetReassignments', partitions: [partition] },
    { do: 'updateMetadata', brokers: null, partitions: [partition] },
    { do: 'resumeDeletions' },
  )
}

/** The assignment is the target from here on; a leader outside of it, or dead, makes way. */
function moveLeaderInto(scope: Scope, partition: TopicPartition, formerReplicas: readonly BrokerId[]): void {
  const cache = office(scope).partitions[partition]
  if (cache?.target == null) return
  cache.replicas = [...cache.target]
  cache.adding = []
  cache.removing = []
  const leader = cache.leadership?.leader ?? -1
  const partitions = [partition]
  if (cache.target.includes(leader) && liveReplicaBrokers(office(scope), partition).includes(leader)) {
    const told = scope.config.mechanisms.reassignment === 'znode' ? formerReplicas : cache.replicas
    const change = { kind: 'bumpEpoch', recipients: [...told] } as const
    next(scope, { do: 'changeStates', partitions, change, hoped: {} }, { do: 'sendBatch' })
  } else next(scope, { do: 'partitionsOnline', partitions, strategy: 'reassignment' })
}

function onForgettableRead(scope: Scope, partitions: readonly TopicPartition[], answer: Answer | undefined): void {
  const node = dataOf(answer) as ReassignZnode | null
  const stat = statOf(answer)
  if (node === null || stat === null) return
  const rest: Record<TopicPartition, readonly BrokerId[]> = {}
  for (const partition of Object.keys(node.partitions)) {
    if (!partitions.includes(partition)) rest[partition] = node.partitions[partition]!
  }
  const data: ReassignZnode = { partitions: rest }
  const write =
    Object.keys(rest).length === 0
      ? ({ op: 'delete', path: REASSIGN_PARTITIONS, version: -1 } as const)
      : ({ op: 'setData', path: REASSIGN_PARTITIONS, data, version: -1 } as const)
  ask(scope, [fenced(scope, write)], { do: 'ignoreAnswers' })
}

export const reassignmentSteps: StepHandlers<
  | 'reassignmentAsked'
  | 'readReassignments'
  | 'reassignmentsRead'
  | 'reassign'
  | 'reassignmentIsrChange'
  | 'continueReassignment'
  | 'reassignmentStateRead'
  | 'moveLeaderInto'
  | 'reassignmentDone'
  | 'resumeReassignmentsOn'
  | 'forgetReassignments'
  | 'forgettableRead'
> = {
  reassignmentAsked: (scope) => {
    if (scope.state.office !== null) readReassignments(scope, false)
  },
  readReassignments: (scope, step) => readReassignments(scope, step.resumeAll),
  reassignmentsRead: (scope, step, answers) =>
    onReassignmentsRead(scope, step.resumeAll, dataOf(answers[1]) as ReassignZnode | null),
  reassign: (scope, step) => reassign(scope, step.partition, step.target),

  reassignmentIsrChange: (scope, { partition }) => {
    if (scope.state.office?.partitions[partition]?.target == null) return
    next(scope, { do: 'continueReassignment', partition, onlyToFinish: true })
  },
  continueReassignment: (scope, { partition, onlyToFinish }) =>
    ask(scope, [readState(scope, partition)], { do: 'reassignmentStateRead', partition, onlyToFinish }),
  reassignmentStateRead: (scope, step, answers) => onReassignmentStateRead(scope, step, answers[0]),
  moveLeaderInto: (scope, step) => moveLeaderInto(scope, step.partition, step.formerReplicas),

  reassignmentDone: (scope, { partition }) => {
    const cache = office(scope).partitions[partition]
    if (cache === undefined) return
    cache.target = null
    scope.ctx.fact({ kind: 'reassignmentCompleted', partition, replicas: [...cache.replicas] })
  },

  resumeReassignmentsOn: (scope, { brokers }) => {
    const { partitions } = office(scope)
    const waiting = allPartitions(office(scope)).filter((it) =>
      partitions[it]!.target?.some((id) => brokers.includes(id)),
    )
    next(scope, ...waiting.map((partition): Step => ({ do: 'continueReassignment', partition, onlyToFinish: false })))
  },

  forgetReassignments: (scope, { partitions }) =>
    ask(scope, [[{ op: 'getData', path: REASSIGN_PARTITIONS, watch: false }]], { do: 'forgettableRead', partitions }),
  forgettableRead: (scope, step, answers) => onForgettableRead(scope, step.partitions, answers[0]),
}
