/**
 * Conditional writes of state znodes. Each change reads the znode, gives up when a newer controller wrote it, decides,
 * writes against the version read, and begins again when the version had moved (a leader may write the ISR meanwhile).
 */
import { type BrokerId, comparePartitions, NO_LEADER, type TopicPartition } from '../kafka/ids.ts'
import type { RegistryOp } from '../kafka/messages/registry.ts'
import { isMutant } from '../kafka/mutants.ts'
import { type StateZnode, statePath, type TopicConfigZnode, topicConfigPath } from '../kafka/znodes.ts'
import { isBeingDeleted, isInFailedDirectory, leadershipOf, liveReplicaBrokers, topicOf } from './cluster.ts'
import type { Elected } from './election/candidates.ts'
import { electForControlledShutdown } from './election/controlled-shutdown.ts'
import { electOffline } from './election/offline.ts'
import { electPreferred } from './election/preferred.ts'
import { electForReassignment } from './election/reassignment.ts'
import { addLeaderAndIsr } from './request-batch.ts'
import {
  ask,
  blocksOnRegistry,
  dataOf,
  fenced,
  next,
  office,
  resultOf,
  type Scope,
  type StepHandlers,
  statOf,
} from './scope.ts'
import { allowsUncleanElection } from './settings.ts'
import type { Answer, Decision, Decisions, ElectionStrategy, StateChange } from './step.ts'

type TopicSettings = Readonly<Record<string, string>>

/** Reads a state znode; while the partition is reassigned its ISR is watched too. */
export function readState(scope: Scope, partition: TopicPartition): RegistryOp[] {
  const watch = office(scope).partitions[partition]?.target != null
  return [{ op: 'getData', path: statePath(partition), watch }]
}

/** The order in which decisions are written and their answers come back. */
const sortedPartitions = (decisions: Decisions): TopicPartition[] => Object.keys(decisions).sort(comparePartitions)

const topicsOf = (partitions: readonly TopicPartition[]): string[] =>
  [...new Set(partitions.map((it) => topicOf(it)))].sort()

/** Whether the decision depends on the topic's settings, which are then read afresh. */
function needsSettings(scope: Scope, change: StateChange): boolean {
  if (change.kind === 'elect') return change.strategy === 'offline'
  return change.kind === 'removeReplica' && scope.config.mechanisms.lastIsrMember === 'keep-unless-unclean'
}

function onStatesRead(
  scope: Scope,
  step: { readonly partitions: readonly TopicPartition[]; readonly change: StateChange; readonly hoped: Decisions },
  states: readonly Answer[],
  settings: Readonly<Record<string, TopicSettings>>,
): void {
  const decisions: Record<TopicPartition, Decision> = {}
  for (const [index, partition] of step.partitions.entries()) {
    const stat = statOf(states[index])
    const state = dataOf(states[index]) as StateZnode | null
    if (stat === null || state === null) scope.ctx.probe('state-znode-is-missing')
    else if (state.controllerEpoch > office(scope).epoch) {
      // A newer controller has written it: this one had a pause and does not know yet.
      scope.ctx.probe('zombie-controller-meets-a-newer-epoch')
    } else {
      const hoped = step.hoped[partition]
      if (hoped !== undefined && isSameState(hoped.to, state)) {
        scope.ctx.probe('state-write-had-happened-although-refused')
        conclude(scope, step.change, partition, { ...hoped, fromVersion: stat.version - 1 })
        continue
      }
      const topicSettings = settings[topicOf(partition)] ?? {}
      const decision = decide(scope, step.change, partition, { state, version: stat.version, topicSettings })
      if (decision !== null) decisions[partition] = decision
    }
  }
  const writes = sortedPartitions(decisions).map((partition) => {
    const { to, fromVersion } = decisions[partition]!
    return fenced(scope, { op: 'setData', path: statePath(partition), data: to, version: fromVersion })
  })
  if (writes.length > 0) ask(scope, writes, { do: 'statesWritten', change: step.change, decisions })
}

const isSameState = (a: StateZnode, b: StateZnode): boolean =>
  a.leader === b.leader &&
  a.leaderEpoch === b.leaderEpoch &&
  a.controllerEpoch === b.controllerEpoch &&
  a.isr.length === b.isr.length &&
  a.isr.every((id, index) => id === b.isr[index])

interface Read {
  readonly state: StateZnode
  readonly version: number
  readonly topicSettings: TopicSettings
}

function decide(scope: Scope, change: StateChange, partition: TopicPartition, read: Read): Decision | null {
  if (change.kind === 'elect') return decideElection(scope, change.strategy, partition, read)
  if (change.kind === 'removeReplica') return decideRemoval(scope, change.replica, partition, read)
  const { state, version } = read
  const { leader, leaderEpoch, isr } = state
  return {
    fromIsr: isr,
    fromVersion: version,
    to: { leader, leaderEpoch: leaderEpoch + 1, isr, controllerEpoch: office(scope).epoch },
    recipients: change.recipients,
    unclean: false,
  }
}

function decideElection(
  scope: Scope,
  strategy: ElectionStrategy,
  partition: TopicPartition,
  read: Read,
): Decision | null {
  const { state, version, topicSettings } = read
  const elected = choose(scope, strategy, partition, state, topicSettings)
  if (elected === null) {
    onNobodyElected(scope, strategy, partition, state)
    return null
  }
  const { leader, isr, recipients, unclean } = elected
  const leaderEpoch = state.leaderEpoch + (isMutant(scope.config, 'leader-epoch-not-bumped') ? 0 : 1)
  return {
    fromIsr: state.isr,
    fromVersion: version,
    to: { leader, leaderEpoch, isr, controllerEpoch: office(scope).epoch },
    recipients,
    unclean,
  }
}

function choose(
  scope: Scope,
  strategy: ElectionStrategy,
  partition: TopicPartition,
  state: StateZnode,
  topicSettings: TopicSettings,
): Elected | null {
  const { mechanisms } = scope.config
  const { shuttingDown, partitions } = office(scope)
  const cache = partitions[partition]!
  const live = liveReplicaBrokers(office(scope), partition)
  const candidates = { replicas: cache.replicas, isr: state.isr, live, shuttingDown }
  switch (strategy) {
    case 'offline':
    case 'unclean': {
      if (isMutant(scope.config, 'elect-out-of-sync')) {
        const [leader] = cache.replicas.filter((id) => candidates.live.includes(id))
        if (leader !== undefined) return { leader, isr: state.isr, recipients: cache.replicas, unclean: false }
      }
      const planted = isMutant(scope.config, 'unclean-when-disabled')
      const allowUnclean = planted || strategy === 'unclean' || allowsUncleanElection(scope.config, topicSettings)
      return electOffline(candidates, { order: mechanisms.electionOrder, allowUnclean })
    }
    case 'preferred':
      return electPreferred(
        isMutant(scope.config, 'preferred-out-of-isr') ? { ...candidates, isr: cache.replicas } : candidates,
      )
    case 'reassignment':
      return electForReassignment({ ...candidates, replicas: cache.target ?? cache.replicas })
    case 'controlled-shutdown': {
      const usable = cache.replicas.filter((id) => !isInFailedDirectory(office(scope), id, partition))
      const order = mechanisms.controlledShutdownOrder ?? 'assignment'
      return electForControlledShutdown({ ...candidates, replicas: usable }, order)
    }
  }
}

function onNobodyElected(scope: Scope, strategy: ElectionStrategy, partition: TopicPartition, state: StateZnode): void {
  scope.ctx.probe(`nobody-elected-by-${strategy}`)
  if (strategy !== 'offline' && strategy !== 'unclean') return
  const reason = 'no member of the ISR is alive and no other live replica may be elected'
  scope.ctx.fact({ kind: 'noLeaderPossible', partition, isr: [...state.isr], reason })
}

/** Takes a replica out of the ISR; where it led, nobody does then. */
function decideRemoval(scope: Scope, replica: BrokerId, partition: TopicPartition, read: Read): Decision | null {
  const { state, version } = read
  const cache = office(scope).partitions[partition]!
  const others = cache.replicas.filter((id) => id !== replica)
  const toldAll = scope.config.mechanisms.offlineReplicaTold === 'assigned'
  if (!state.isr.includes(replica)) {
    // After an election there is nothing left to write, but the others are told again.
    cache.leadership = leadershipOf({ ...state, controllerEpoch: office(scope).epoch }, version)
    if (toldAll && !isBeingDeleted(office(scope), partition))
      addLeaderAndIsr(scope, others, partition, { isNew: false })
    return null
  }
  const leader = state.leader === replica ? NO_LEADER : state.leader
  return {
    fromIsr: state.isr,
    fromVersion: version,
    to: {
      leader,
      leaderEpoch: state.leaderEpoch + 1,
      isr: isrWithout(scope, state.isr, replica, read.topicSettings),
      controllerEpoch: office(scope).epoch,
    },
    recipients: toldAll ? others : [leader],
    unclean: false,
  }
}

function isrWithout(
  scope: Scope,
  isr: readonly BrokerId[],
  replica: BrokerId,
  topicSettings: TopicSettings,
): readonly BrokerId[] {
  const rest = isr.filter((id) => id !== replica)
  if (rest.length > 0) return rest
  const rule = scope.config.mechanisms.lastIsrMember
  const removes =
    rule === 'remove' || (rule === 'keep-unless-unclean' && allowsUncleanElection(scope.config, topicSettings))
  scope.ctx.probe(removes ? 'last-isr-member-removed' : 'last-isr-member-kept')
  return removes ? rest : isr
}

function onStatesWritten(scope: Scope, change: StateChange, decisions: Decisions, answers: readonly Answer[]): void {
  const again: TopicPartition[] = []
  const hoped: Record<TopicPartition, Decision> = {}
  for (const [index, partition] of sortedPartitions(decisions).entries()) {
    const decision = decisions[partition]!
    const { error } = resultOf(answers[index])
    if (error === null) conclude(scope, change, partition, decision)
    else if (error === 'BADVERSION') {
      again.push(partition)
      // 0.8.2 ReplicationUtils.checkLeaderAndIsrZkData (KAFKA-1382); KafkaZkClient does not ask (1.1).
      const compares = scope.config.mechanisms.isrWriteComparesOnRetry && blocksOnRegistry(scope)
      if (compares && answers[index]!.retried) hoped[partition] = decision
    }
  }
  if (again.length === 0) return
  scope.ctx.probe('state-write-refused-by-version')
  next(scope, { do: 'changeStates', partitions: again, change, hoped })
}

/** The znode is written: the cache follows, and the brokers are told. */
function conclude(scope: Scope, change: StateChange, partition: TopicPartition, decision: Decision): void {
  const cache = office(scope).partitions[partition]
  if (cache === undefined) return
  const { leader, leaderEpoch, isr } = decision.to
  cache.leadership = leadershipOf(decision.to, decision.fromVersion + 1)
  if (change.kind === 'elect') {
    cache.phase = 'online'
    const { unclean } = decision
    const election = unclean ? 'unclean' : change.strategy === 'unclean' ? 'offline' : change.strategy
    scope.ctx.fact({ kind: 'leaderElected', partition, leader, leaderEpoch, isr: [...isr], election, unclean })
  } else if (change.kind === 'removeReplica') {
    const { replica } = change
    scope.ctx.fact({ kind: 'replicaRemovedFromIsr', partition, replica, isr: [...isr], leaderEpoch })
    if (isBeingDeleted(office(scope), partition)) return
  }
  addLeaderAndIsr(scope, decision.recipients, partition, { isNew: false })
}

export const stateChangeSteps: StepHandlers<'changeStates' | 'statesRead' | 'statesWritten'> = {
  changeStates: (scope, step) => {
    const partitions = step.partitions.filter((it) => office(scope).partitions[it] !== undefined)
    if (blocksOnRegistry(scope) && partitions.length > 1) {
      // To 1.0 each partition is read and written before the next one is.
      next(scope, ...partitions.map((it) => ({ ...step, partitions: [it] })))
      return
    }
    const topics = needsSettings(scope, step.change) ? topicsOf(partitions) : []
    const reads = [
      ...partitions.map((it) => readState(scope, it)),
      ...topics.map((it): RegistryOp[] => [{ op: 'getData', path: topicConfigPath(it), watch: false }]),
    ]
    if (reads.length > 0) ask(scope, reads, { ...step, do: 'statesRead', partitions, topics })
  },

  statesRead: (scope, step, answers) => {
    const settings: Record<string, TopicSettings> = {}
    for (const [index, topic] of step.topics.entries()) {
      const config = dataOf(answers[step.partitions.length + index]) as TopicConfigZnode | null
      settings[topic] = config?.settings ?? {}
    }
    onStatesRead(scope, step, answers.slice(0, step.partitions.length), settings)
  },

  statesWritten: (scope, step, answers) => onStatesWritten(scope, step.change, step.decisions, answers),
}
