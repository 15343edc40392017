/**
 * Log directories that fail under a broker that lives on (KIP-112, 1.0). The broker only says that one has failed; which
 * replicas were in it shows when it is told its roles again and answers KAFKA_STORAGE_ERROR to some of them.
 */
import type { ErrorName } from '../kafka/errors.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { RegistryOp } from '../kafka/messages/registry.ts'
import { LOG_DIR_EVENTS, type LogDirEventZnode } from '../kafka/znodes.ts'
import { replicasOn } from './cluster.ts'
import { replicasBecomeOffline } from './offline-replicas.ts'
import { ask, childrenOf, dataOf, next, office, type Scope, type StepHandlers } from './scope.ts'
import type { Answer } from './step.ts'

/** 2.4.1 KafkaController.processLogDirEventNotification: the roles go out first, then the news is taken away. */
function onEventsRead(scope: Scope, names: readonly string[], answers: readonly Answer[]): void {
  const brokers = answers.flatMap((it) => {
    const event = dataOf(it) as LogDirEventZnode | null
    return event === null ? [] : [event.broker]
  })
  next(
    scope,
    { do: 'replicasOnline', replicas: replicasOn(office(scope), brokers) },
    ...names.map((name) => ({ do: 'deleteNode', path: `${LOG_DIR_EVENTS}/${name}` }) as const),
  )
}

/** 2.4.1 KafkaController.processLeaderAndIsrResponseReceived. */
function onRolesAnswered(scope: Scope, broker: BrokerId, answers: Readonly<Record<TopicPartition, ErrorName>>): void {
  const { failedReplicas } = office(scope)
  const before = failedReplicas[broker] ?? []
  const answered = (error: ErrorName): TopicPartition[] => Object.keys(answers).filter((it) => answers[it] === error)
  const taken = answered('NONE')
  const fresh = answered('KAFKA_STORAGE_ERROR').filter((it) => !before.includes(it))
  const failed = [...before.filter((it) => !taken.includes(it)), ...fresh].sort()
  if (failed.length === 0) delete failedReplicas[broker]
  else failedReplicas[broker] = failed
  if (fresh.length === 0) return
  scope.ctx.fact({ kind: 'replicasInFailedDirectory', broker, partitions: [...fresh].sort() })
  replicasBecomeOffline(
    scope,
    [...fresh].sort().map((partition) => ({ partition, broker })),
  )
}

export const logDirSteps: StepHandlers<'logDirFailed' | 'logDirEventsListed' | 'logDirEventsRead' | 'rolesAnswered'> = {
  logDirFailed: (scope) => {
    if (scope.state.office === null) return
    ask(scope, [[{ op: 'getChildren', path: LOG_DIR_EVENTS, watch: true }]], { do: 'logDirEventsListed' })
  },
  logDirEventsListed: (scope, _step, answers) => {
    const names = [...childrenOf(answers[0])].sort()
    const reads = names.map((it): RegistryOp[] => [{ op: 'getData', path: `${LOG_DIR_EVENTS}/${it}`, watch: false }])
    if (reads.length > 0) ask(scope, reads, { do: 'logDirEventsRead', names })
  },
  logDirEventsRead: (scope, { names }, answers) => onEventsRead(scope, names, answers),
  rolesAnswered: (scope, { broker, partitions }) => {
    if (scope.state.office !== null) onRolesAnswered(scope, broker, partitions)
  },
}
