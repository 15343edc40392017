/** A broker asks to go down: its leaderships move and it leaves the ISRs, before its session ends. */

import type { ErrorName } from '../kafka/errors.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { ControlledShutdownResponse } from '../kafka/messages/control.ts'
import { allPartitions, isBeingDeleted, withMember } from './cluster.ts'
import { blocksOnRegistry, next, office, type Scope, type StepHandlers } from './scope.ts'
import type { Step, StepNamed } from './step.ts'

const answer = (
  correlationId: number,
  error: ErrorName,
  remaining: readonly TopicPartition[],
): ControlledShutdownResponse => ({
  type: 'ControlledShutdownResponse',
  correlationId,
  error,
  remaining,
})

function refusal(scope: Scope, broker: BrokerId, brokerEpoch: number): ErrorName | null {
  const cluster = scope.state.office
  // ControllerMovedException is sent as this error.
  if (cluster === null) return 'STALE_CONTROLLER_EPOCH'
  const registered = cluster.brokers[broker]
  if (registered === undefined) return 'BROKER_NOT_AVAILABLE'
  // KIP-380: a request of an earlier life must not shut the present one down.
  const checks = scope.config.mechanisms.brokerEpoch && brokerEpoch >= 0
  return checks && brokerEpoch < registered.epoch ? 'STALE_BROKER_EPOCH' : null
}

/** Replicated partitions with a state, of which the broker has a replica. */
const concerned = (scope: Scope, broker: BrokerId): TopicPartition[] =>
  allPartitions(office(scope)).filter((it) => {
    const { replicas, leadership } = office(scope).partitions[it]!
    return replicas.includes(broker) && replicas.length > 1 && leadership !== null && !isBeingDeleted(office(scope), it)
  })

function controlledShutdown(scope: Scope, request: StepNamed<'controlledShutdown'>): void {
  const { broker, connection, correlationId } = request
  const error = refusal(scope, broker, request.brokerEpoch)
  if (error !== null) {
    scope.ctx.reply(connection, answer(correlationId, error, []))
    return
  }
  const cluster = office(scope)
  cluster.shuttingDown = withMember(cluster.shuttingDown, broker)
  const partitions = concerned(scope, broker)
  const leads = (it: TopicPartition): boolean => cluster.partitions[it]!.leadership?.leader === broker
  const strategy = 'controlled-shutdown'
  // To 1.0 the lock is let go between two partitions; later all those led go first, in one batch.
  const groups = blocksOnRegistry(scope)
    ? partitions.map((it) => [it])
    : [partitions.filter(leads), partitions.filter((it) => !leads(it))]
  const steps = groups
    .filter((group) => group.length > 0)
    .map((group): Step => {
      if (leads(group[0]!)) return { do: 'partitionsOnline', partitions: group, strategy }
      return { do: 'replicasOffline', replicas: group.map((partition) => ({ partition, broker })) }
    })
  next(scope, ...steps, { do: 'answerControlledShutdown', broker, connection, correlationId })
}

export const shutdownSteps: StepHandlers<'controlledShutdown' | 'answerControlledShutdown'> = {
  controlledShutdown,

  answerControlledShutdown: (scope, { broker, connection, correlationId }) => {
    const { partitions } = office(scope)
    const remaining = concerned(scope, broker).filter((it) => partitions[it]!.leadership?.leader === broker)
    if (remaining.length > 0) scope.ctx.probe('controlled-shutdown-leaves-leaderships')
    scope.ctx.reply(connection, answer(correlationId, 'NONE', remaining))
  },
}
