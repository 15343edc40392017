/**
 * ISR changes that leaders make. To 2.6 a leader writes the znode itself and announces it (KAFKA-1367, 0.9); from 2.7
 * (KIP-497) it asks the controller, which checks, writes and tells the brokers.
 */
import type { ErrorName } from '../kafka/errors.ts'
import type { TopicPartition } from '../kafka/ids.ts'
import type { AlterPartitionRequest, AlterPartitionResponse } from '../kafka/messages/control.ts'
import type { RegistryOp } from '../kafka/messages/registry.ts'
import { ISR_CHANGES, type PartitionListZnode, type StateZnode, statePath } from '../kafka/znodes.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { leadershipOf, liveBrokers } from './cluster.ts'
import {
  ask,
  childrenOf,
  dataOf,
  fenced,
  next,
  office,
  resultOf,
  type Scope,
  type StepHandlers,
  statOf,
} from './scope.ts'
import type { Leadership } from './state.ts'
import { readState } from './state-changes.ts'
import type { Answer } from './step.ts'

type PartitionAnswer = AlterPartitionResponse['partitions'][string]
type Asked = AlterPartitionRequest['partitions'][string]

// --- Announcements (0.9 to 2.6)

function onChangesRead(scope: Scope, names: readonly string[], answers: readonly Answer[]): void {
  const named = answers.flatMap((it) => (dataOf(it) as PartitionListZnode | null)?.partitions ?? [])
  const partitions = [...new Set(named)].filter((it) => office(scope).partitions[it] !== undefined).sort()
  const reads = partitions.map((it) => readState(scope, it))
  next(scope, ...names.map((name) => ({ do: 'deleteNode', path: `${ISR_CHANGES}/${name}` }) as const))
  if (reads.length > 0) ask(scope, reads, { do: 'isrStatesRead', partitions })
}

function onStatesRead(scope: Scope, partitions: readonly TopicPartition[], answers: readonly Answer[]): void {
  for (const [index, partition] of partitions.entries()) {
    const cache = office(scope).partitions[partition]
    const state = dataOf(answers[index]) as StateZnode | null
    const stat = statOf(answers[index])
    if (cache !== undefined && state !== null && stat !== null) cache.leadership = leadershipOf(state, stat.version)
  }
  next(scope, { do: 'updateMetadata', brokers: null, partitions })
}

// --- AlterPartition (2.7)

const respond = (
  scope: Scope,
  connection: ConnectionId,
  correlationId: number,
  error: ErrorName,
  partitions: AlterPartitionResponse['partitions'],
): void => scope.ctx.reply(connection, { type: 'AlterPartitionResponse', correlationId, error, partitions })

const refused = (error: ErrorName): PartitionAnswer => ({
  error,
  leader: -1,
  leaderEpoch: -1,
  isr: [],
  partitionEpoch: -1,
  recoveryState: 0,
})

const accepted = (leadership: Leadership): PartitionAnswer => ({
  error: 'NONE',
  leader: leadership.leader,
  leaderEpoch: leadership.leaderEpoch,
  isr: [...leadership.isr],
  partitionEpoch: leadership.version,
  recoveryState: 0,
})

/** 2.7.2 KafkaController.processAlterIsr, 3.3.2 and 3.5.2 tryProcessAlterPartition; null: to be written. */
function judge(scope: Scope, request: AlterPartitionRequest, partition: TopicPartition): PartitionAnswer | null {
  const asked = request.partitions[partition]!
  const leadership = office(scope).partitions[partition]?.leadership ?? null
  if (leadership === null) return refused('UNKNOWN_TOPIC_OR_PARTITION')
  const since33 = scope.config.mechanisms.isrEligibility !== 'any'
  // KAFKA-14154 (3.3): who is ahead of this controller knows a newer one.
  if (since33 && (asked.partitionEpoch > leadership.version || asked.leaderEpoch > leadership.leaderEpoch)) {
    scope.ctx.probe('isr-request-ahead-of-the-controller')
    return refused('NOT_CONTROLLER')
  }
  if (asked.leaderEpoch < leadership.leaderEpoch) return refused('FENCED_LEADER_EPOCH')
  if (isAsItIs(request, asked, leadership)) return accepted(leadership)
  if (!since33) return null
  if (asked.partitionEpoch < leadership.version) return refused('INVALID_UPDATE_VERSION')
  if (asked.recoveryState === 1) return refused('INVALID_REQUEST')
  return hasIneligible(scope, asked) ? refused('INELIGIBLE_REPLICA') : null
}

/** The state has already become what is asked for: a repeated request (KAFKA-14144). */
const isAsItIs = (request: AlterPartitionRequest, asked: Asked, { leader, leaderEpoch, isr }: Leadership): boolean =>
  leader === request.broker &&
  leaderEpoch === asked.leaderEpoch &&
  isr.length === asked.isr.length &&
  isr.every((id, index) => id === asked.isr[index])

/** KIP-841 (3.3): a member is not alive; KIP-903 (3.5): or it is another life of the broker. */
function hasIneligible(scope: Scope, asked: Asked): boolean {
  const live = liveBrokers(office(scope))
  const checksEpochs = scope.config.mechanisms.isrEligibility === 'alive-epoch'
  return asked.isr.some((id) => {
    if (!live.includes(id)) return true
    const epoch = asked.isrEpochs[id] ?? -1
    return checksEpochs && epoch >= 0 && epoch !== office(scope).brokers[id]?.epoch
  })
}

function alterPartition(scope: Scope, request: AlterPartitionRequest, connection: ConnectionId): void {
  const { correlationId } = request
  const cluster = scope.state.office
  if (cluster === null) {
    respond(scope, connection, correlationId, 'NOT_CONTROLLER', {})
    return
  }
  if (cluster.brokers[request.broker]?.epoch !== request.brokerEpoch) {
    respond(scope, connection, correlationId, 'STALE_BROKER_EPOCH', {})
    return
  }
  const answers: Record<TopicPartition, PartitionAnswer> = {}
  const states: Record<TopicPartition, StateZnode> = {}
  const writes: RegistryOp[][] = []
  for (const partition of Object.keys(request.partitions).sort()) {
    const judgement = judge(scope, request, partition)
    if (judgement !== null) {
      answers[partition] = judgement
      continue
    }
    const { leaderEpoch, isr, partitionEpoch } = request.partitions[partition]!
    const state = { leader: request.broker, leaderEpoch, isr: [...isr], controllerEpoch: cluster.epoch }
    states[partition] = state
    writes.push(fenced(scope, { op: 'setData', path: statePath(partition), data: state, version: partitionEpoch }))
  }
  ask(scope, writes, { do: 'alterPartitionWritten', request, connection, answers, states })
}

function onAlterPartitionWritten(
  scope: Scope,
  step: {
    readonly request: AlterPartitionRequest
    readonly connection: ConnectionId
    readonly answers: AlterPartitionResponse['partitions']
    readonly states: Readonly<Record<TopicPartition, StateZnode>>
  },
  results: readonly Answer[],
): void {
  const answers: Record<TopicPartition, PartitionAnswer> = { ...step.answers }
  for (const [index, partition] of Object.keys(step.states).sort().entries()) {
    const { error } = resultOf(results[index])
    const cache = office(scope).partitions[partition]
    if (error !== null || cache === undefined) {
      answers[partition] = refused(error === 'BADVERSION' ? 'INVALID_UPDATE_VERSION' : 'UNKNOWN_TOPIC_OR_PARTITION')
      continue
    }
    cache.leadership = leadershipOf(step.states[partition]!, step.request.partitions[partition]!.partitionEpoch + 1)
    answers[partition] = accepted(cache.leadership)
  }
  respond(scope, step.connection, step.request.correlationId, 'NONE', answers)
  next(scope, { do: 'updateMetadata', brokers: null, partitions: Object.keys(step.request.partitions).sort() })
}

export const isrSteps: StepHandlers<
  | 'isrChangeNotified'
  | 'isrChangesListed'
  | 'isrChangesRead'
  | 'isrStatesRead'
  | 'alterPartition'
  | 'alterPartitionWritten'
> = {
  isrChangeNotified: (scope) => {
    if (scope.state.office === null) return
    ask(scope, [[{ op: 'getChildren', path: ISR_CHANGES, watch: true }]], { do: 'isrChangesListed' })
  },
  isrChangesListed: (scope, _step, answers) => {
    const names = [...childrenOf(answers[0])].sort()
    const reads = names.map((it): RegistryOp[] => [{ op: 'getData', path: `${ISR_CHANGES}/${it}`, watch: false }])
    if (reads.length > 0) ask(scope, reads, { do: 'isrChangesRead', names })
  },
  isrChangesRead: (scope, { names }, answers) => onChangesRead(scope, names, answers),
  isrStatesRead: (scope, { partitions }, answers) => onStatesRead(scope, partitions, answers),
  alterPartition: (scope, { request, connection }) => alterPartition(scope, request, connection),
  alterPartitionWritten: (scope, step, answers) => onAlterPartitionWritten(scope, step, answers),
}
