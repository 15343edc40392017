/** Which requests a state change makes: LeaderAndIsr, then UpdateMetadata, then StopReplica, to each broker. */
import { type BrokerId, comparePartitions, LEADER_DURING_DELETE, type TopicPartition } from '../kafka/ids.ts'
import type { LeaderAndIsrState, UpdateMetadataRequest } from '../kafka/messages/control.ts'
import { allPartitions, isBeingDeleted, registeredBrokers, topicOf, withMember } from './cluster.ts'
import { queueRequest } from './control-channels.ts'
import { emptyBatch, office, running, type Scope, type StepHandlers } from './scope.ts'

/** Epoch in StopReplica (KIP-570, 2.6): unknown, or the topic goes. */
const NO_EPOCH = -1
const EPOCH_DURING_DELETE = -2

function stateOf(scope: Scope, partition: TopicPartition, isNew: boolean): LeaderAndIsrState | null {
  const { partitions, topics } = office(scope)
  const cache = partitions[partition]
  if (cache?.leadership == null) return null
  const { controllerEpoch, leader, leaderEpoch, isr, version } = cache.leadership
  const topicSettings = topics[topicOf(partition)]?.settings ?? {}
  return {
    controllerEpoch,
    leader,
    leaderEpoch,
    isr: [...isr],
    partitionEpoch: version,
    replicas: [...cache.replicas],
    isNew,
    topicSettings,
  }
}

/** Collects one partition's state for some brokers, and the news of it for all. */
export function addLeaderAndIsr(
  scope: Scope,
  brokers: readonly BrokerId[],
  partition: TopicPartition,
  options: { readonly isNew: boolean },
): void {
  const { batch } = running(scope)
  for (const broker of brokers) {
    if (broker < 0) continue
    const forBroker = batch.leaderAndIsr[broker] ?? {}
    const state = stateOf(scope, partition, options.isNew || forBroker[partition]?.isNew === true)
    if (state === null) continue
    forBroker[partition] = state
    batch.leaderAndIsr[broker] = forBroker
  }
  batch.updateMetadata = withMember(batch.updateMetadata, partition)
}

export function addStopReplica(scope: Scope, broker: BrokerId, partition: TopicPartition, deleteLog: boolean): void {
  const { batch } = running(scope)
  const forBroker = batch.stopReplica[broker] ?? {}
  forBroker[partition] = deleteLog
  batch.stopReplica[broker] = forBroker
}

/** The broker epoch a request to it carries (KIP-380, 2.2); -1 before. */
const brokerEpochOf = (scope: Scope, broker: BrokerId): number =>
  scope.config.mechanisms.brokerEpoch ? (office(scope).brokers[broker]?.epoch ?? -1) : -1

const header = (scope: Scope, broker: BrokerId) => ({
  correlationId: 0,
  controllerId: scope.config.id,
  controllerEpoch: office(scope).epoch,
  brokerEpoch: brokerEpochOf(scope, broker),
})

const idsOf = (byBroker: Readonly<Record<string, unknown>>): BrokerId[] =>
  Object.keys(byBroker)
    .map(Number)
    .sort((a, b) => a - b)

/**
 * Queues what the running event has collected, for brokers that are alive (2.2.2, 3.5.2
 * ControllerChannelManager.sendRequestsToBrokers): while a bounced broker is being mourned there is a line to its new
 * life already, which must not be told to stop.
 */
function sendBatch(scope: Scope): void {
  const { batch } = running(scope)
  running(scope).batch = emptyBatch()
  const isAlive = (broker: BrokerId): boolean => office(scope).brokers[broker] !== undefined
  for (const broker of idsOf(batch.leaderAndIsr).filter(isAlive)) {
    const partitions = batch.leaderAndIsr[broker]!
    const leaders = Object.values(partitions).map((it) => it.leader)
    const liveLeaders = registeredBrokers(office(scope)).filter((id) => leaders.includes(id))
    queueRequest(scope, broker, { type: 'LeaderAndIsrRequest', ...header(scope, broker), partitions, liveLeaders })
  }
  if (batch.updateMetadata.length > 0) sendUpdateMetadata(scope, null, batch.updateMetadata)
  for (const broker of idsOf(batch.stopReplica).filter(isAlive))
    sendStopReplica(scope, broker, batch.stopReplica[broker]!)
}

function sendStopReplica(scope: Scope, broker: BrokerId, asked: Readonly<Record<TopicPartition, boolean>>): void {
  const partitions: Record<TopicPartition, { leaderEpoch: number; delete: boolean }> = {}
  for (const partition of Object.keys(asked).sort(comparePartitions)) {
    partitions[partition] = { leaderEpoch: stopEpochOf(scope, partition), delete: asked[partition]! }
  }
  queueRequest(scope, broker, { type: 'StopReplicaRequest', ...header(scope, broker), partitions })
}

function stopEpochOf(scope: Scope, partition: TopicPartition): number {
  if (!scope.config.mechanisms.stopReplicaEpoch) return NO_EPOCH
  if (isBeingDeleted(office(scope), partition)) return EPOCH_DURING_DELETE
  return office(scope).partitions[partition]?.leadership?.leaderEpoch ?? NO_EPOCH
}

/** Tells brokers (null: all) who is alive and the state of partitions (null: of all). */
function sendUpdateMetadata(
  scope: Scope,
  brokers: readonly BrokerId[] | null,
  partitions: readonly TopicPartition[] | null,
): void {
  const liveBrokers = registeredBrokers(office(scope))
  const states: Record<TopicPartition, LeaderAndIsrState> = {}
  for (const partition of [...(partitions ?? allPartitions(office(scope)))].sort(comparePartitions)) {
    const state = stateOf(scope, partition, false)
    if (state === null) continue
    const isGoing = isBeingDeleted(office(scope), partition)
    states[partition] = isGoing ? { ...state, leader: LEADER_DURING_DELETE } : state
  }
  for (const broker of brokers ?? liveBrokers) {
    const request: UpdateMetadataRequest = {
      type: 'UpdateMetadataRequest',
      ...header(scope, broker),
      liveBrokers,
      liveBrokerEpochs: liveBrokerEpochs(scope),
      partitions: states,
    }
    queueRequest(scope, broker, request)
  }
}

/** Broker epochs of the live brokers, where members of an ISR are checked by them (KIP-903, 3.5). */
function liveBrokerEpochs(scope: Scope): Record<string, number> {
  if (scope.config.mechanisms.isrEligibility !== 'alive-epoch') return {}
  const { brokers } = office(scope)
  return Object.fromEntries(registeredBrokers(office(scope)).map((id) => [id, brokers[id]!.epoch]))
}

export const requestSteps: StepHandlers<'sendBatch' | 'updateMetadata'> = {
  sendBatch,
  updateMetadata: (scope, step) => sendUpdateMetadata(scope, step.brokers, step.partitions),
}
