/** Brokers that come, go, or come back between two looks at `/brokers/ids`. */
import type { BrokerId } from '../kafka/ids.ts'
import type { RegistryOp } from '../kafka/messages/registry.ts'
import { BROKER_IDS, brokerIdPath } from '../kafka/znodes.ts'
import { registeredBrokers, replicasOn, topicOf } from './cluster.ts'
import { closeChannel, openChannel } from './control-channels.ts'
import { replicasBecomeOffline } from './offline-replicas.ts'
import { ask, childrenOf, next, office, type Scope, type StepHandlers, statOf } from './scope.ts'
import type { LiveBroker } from './state.ts'
import type { Answer, Step } from './step.ts'

function onBrokersRead(scope: Scope, ids: readonly BrokerId[], answers: readonly Answer[]): void {
  const { brokers } = office(scope)
  const present: LiveBroker[] = []
  for (const [index, id] of ids.entries()) {
    const stat = statOf(answers[index])
    if (stat !== null) present.push({ id, epoch: stat.czxid })
  }
  const joining = present.filter((it) => brokers[it.id] === undefined)
  const gone = registeredBrokers(office(scope)).filter((id) => !present.some((it) => it.id === id))
  const bounced = present.filter((it) => brokers[it.id] !== undefined && brokers[it.id]!.epoch < it.epoch)
  // Before 2.2 a deletion and a creation between two looks cannot be told from nothing (C-29).
  const seen = scope.config.mechanisms.brokerEpoch ? bounced : []
  if (bounced.length > seen.length) scope.ctx.probe('broker-bounce-not-seen')
  if (seen.length > 0) scope.ctx.probe('broker-bounce-seen')
  for (const { id } of joining) openChannel(scope, id)
  for (const { id } of seen) closeChannel(scope, id)
  for (const { id } of seen) openChannel(scope, id)
  for (const id of gone) closeChannel(scope, id)
  const steps: Step[] = []
  if (joining.length > 0) steps.push({ do: 'brokersJoin', brokers: joining })
  if (seen.length > 0) {
    steps.push({ do: 'brokersGone', brokers: seen.map((it) => it.id) }, { do: 'brokersJoin', brokers: seen })
  }
  if (gone.length > 0) steps.push({ do: 'brokersGone', brokers: gone })
  // To 2.1 the whole list of live brokers is replaced before either is handled.
  if (!scope.config.mechanisms.brokerEpoch) {
    for (const broker of joining) brokers[broker.id] = broker
    for (const id of gone) delete brokers[id]
  }
  next(scope, ...steps)
}

/** 0.10.2, 2.4.1 KafkaController.onBrokerStartup. */
function onBrokersJoin(scope: Scope, joining: readonly LiveBroker[]): void {
  const cluster = office(scope)
  for (const broker of joining) {
    cluster.brokers[broker.id] = broker
    delete cluster.failedReplicas[broker.id]
    scope.ctx.fact({ kind: 'brokerJoined', broker: broker.id })
  }
  const ids = joining.map((it) => it.id)
  const others = registeredBrokers(cluster).filter((id) => !ids.includes(id))
  // 2.2: the others need no partition states, since nothing has changed for them.
  const news: Step[] = scope.config.mechanisms.brokerEpoch
    ? [
        { do: 'updateMetadata', brokers: others, partitions: [] },
        { do: 'updateMetadata', brokers: ids, partitions: null },
      ]
    : [{ do: 'updateMetadata', brokers: null, partitions: null }]
  const replicas = replicasOn(cluster, ids)
  const resumed = replicas.map((it) => topicOf(it.partition)).filter((it) => cluster.deletion.topics.includes(it))
  if (resumed.length > 0) scope.ctx.probe('broker-returns-with-a-replica-to-be-deleted')
  cluster.deletion.ineligible = cluster.deletion.ineligible.filter((topic) => !resumed.includes(topic))
  const deletions: Step[] = resumed.length > 0 ? [{ do: 'resumeDeletions' }] : []
  next(
    scope,
    ...news,
    { do: 'replicasOnline', replicas },
    { do: 'electOffline', topic: null },
    { do: 'resumeReassignmentsOn', brokers: ids },
    ...deletions,
  )
}

/** 0.10.2, 2.4.1 KafkaController.onBrokerFailure. */
function onBrokersGone(scope: Scope, gone: readonly BrokerId[]): void {
  const cluster = office(scope)
  for (const id of gone) {
    delete cluster.brokers[id]
    delete cluster.failedReplicas[id]
    scope.ctx.fact({ kind: 'brokerGone', broker: id })
  }
  cluster.shuttingDown = cluster.shuttingDown.filter((id) => !gone.includes(id))
  replicasBecomeOffline(scope, replicasOn(cluster, gone))
}

export const brokerSteps: StepHandlers<
  'brokerChange' | 'brokersListed' | 'brokersRead' | 'brokersJoin' | 'brokersGone'
> = {
  brokerChange: (scope) => {
    if (scope.state.office === null) return
    ask(scope, [[{ op: 'getChildren', path: BROKER_IDS, watch: true }]], { do: 'brokersListed' })
  },

  brokersListed: (scope, _step, answers) => {
    const ids = childrenOf(answers[0])
      .map(Number)
      .sort((a, b) => a - b)
    const reads = ids.map((id): RegistryOp[] => [{ op: 'getData', path: brokerIdPath(id), watch: false }])
    ask(scope, reads, { do: 'brokersRead', ids })
  },

  brokersRead: (scope, step, answers) => onBrokersRead(scope, step.ids, answers),
  brokersJoin: (scope, step) => onBrokersJoin(scope, step.brokers),
  brokersGone: (scope, step) => onBrokersGone(scope, step.brokers),
}
