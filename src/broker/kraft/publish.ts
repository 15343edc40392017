/** What the replayed log means for this broker: roles, replicas, settings, and what it tells clients. */
import { comparePartitions, LEADER_DURING_DELETE, splitTopicPartition, type TopicPartition } from '../../kafka/ids.ts'
import type { LeaderAndIsrState } from '../../kafka/messages/control.ts'
import { brokersWhere, type PartitionRegistration } from '../../kafka/metadata-log.ts'
import { own } from '../../kernel/own.ts'
import { startHighWatermarkCheckpoints } from '../checkpoint.ts'
import { stopReplica } from '../control-requests.ts'
import { completeDelayedRequests } from '../delayed-requests.ts'
import { maybeIncrementHighWatermark } from '../high-watermark.ts'
import { updateMetadataCache } from '../metadata.ts'
import { makeFollower, makeLeader, refreshPartition, updateRemoteReplicas } from '../partition.ts'
import { unfollowPartition } from '../replica-fetcher.ts'
import { type BrokerContext, running } from '../running.ts'
import type { BrokerConfig, BrokerState } from '../state.ts'
import { kraftOf } from './state.ts'

/** Everything at once: a broker that has just caught up with its own registration sees only the state it found. */
export function publishAll(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const kraft = kraftOf(state)
  kraft.published = true
  dropStrays(state, ctx, config)
  publishMetadata(state, ctx, config, Object.keys(kraft.image.partitions).sort(comparePartitions))
}

/** Logs of partitions that were deleted or moved away while this process was down. */
function dropStrays(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const { partitions } = kraftOf(state).image
  for (const name of Object.keys(state.durable.logs).sort()) {
    if (partitions[name]?.replicas.includes(config.id) !== true) stopReplica(state, ctx, config, name, true)
  }
}

/** Acts on the present state of partitions that have changed; what they were in between is passed over. */
export function publishMetadata(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  changed: readonly TopicPartition[],
): void {
  tellClients(state, changed)
  applySettings(state)
  const { image } = kraftOf(state)
  const leaders: TopicPartition[] = []
  const followers: TopicPartition[] = []
  for (const name of changed) {
    const partition = image.partitions[name]
    if (partition?.replicas.includes(config.id) !== true) {
      if (running(state).partitions[name] !== undefined) stopReplica(state, ctx, config, name, true)
    } else if (partition.leader === config.id) leaders.push(name)
    else followers.push(name)
  }
  for (const name of leaders) lead(state, ctx, config, name, toldOf(state, name, image.partitions[name]!))
  for (const name of followers) follow(state, ctx, config, name, toldOf(state, name, image.partitions[name]!))
  startHighWatermarkCheckpoints(state, ctx)
}

const toldOf = (state: BrokerState, name: TopicPartition, partition: PartitionRegistration): LeaderAndIsrState => ({
  controllerEpoch: kraftOf(state).quorumEpoch,
  leader: partition.leader,
  leaderEpoch: partition.leaderEpoch,
  isr: partition.isr,
  partitionEpoch: partition.partitionEpoch,
  replicas: partition.replicas,
  isNew: partition.partitionEpoch === 0,
  topicSettings: own(kraftOf(state).image.topics, splitTopicPartition(name).topic) ?? {},
})

/** A higher leader epoch is a new role; the present one told again brings another ISR and settles a pending change. */
function lead(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  told: LeaderAndIsrState,
): void {
  const partition = running(state).partitions[name]
  if (partition === undefined || told.leaderEpoch > partition.leaderEpoch) {
    makeLeader(state, ctx, config, name, told)
    return
  }
  if (told.leaderEpoch < partition.leaderEpoch || told.partitionEpoch < partition.partitionEpoch) return
  // 3.5 to 4.1 Partition.makeLeader goes on where the partition epoch is the present one: the answer that a change of the
  // ISR waits for will be passed over (what 3.0 left of KAFKA-12686).
  if (partition.pendingIsr !== null && told.partitionEpoch === partition.partitionEpoch) {
    const { leaderEpoch, isr, pendingIsr } = partition
    ctx.fact({ kind: 'isrChangeForgotten', partition: name, leaderEpoch, isr: [...isr], askedFor: [...pendingIsr.isr] })
  }
  refreshPartition(partition, told, config)
  // A reassignment adds replicas without a new epoch.
  updateRemoteReplicas(partition, ctx.nowUs, config)
  if (maybeIncrementHighWatermark(state, ctx, config, partition)) completeDelayedRequests(state, ctx, config, name)
}

function follow(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  told: LeaderAndIsrState,
): void {
  const partition = running(state).partitions[name]
  if (partition === undefined || told.leaderEpoch > partition.leaderEpoch) {
    // A leader of the log is followed whether or not it is alive; without one there is nobody to fetch from.
    makeFollower(state, ctx, config, name, told, [told.leader])
  } else if (told.leaderEpoch === partition.leaderEpoch) refreshPartition(partition, told, config)
  // 3.5 ReplicaManager.applyLocalFollowersDelta: a broker on its way down stops following what it has left.
  const going = running(state).phase === 'shutting-down'
  if (going && !told.isr.includes(config.id)) unfollowPartition(state, ctx, name)
}

/** Clients are told what the log says: brokers that are not fenced, and every partition's state. */
function tellClients(state: BrokerState, changed: readonly TopicPartition[]): void {
  const volatile = running(state)
  const { image, quorumEpoch } = kraftOf(state)
  const partitions: Record<TopicPartition, LeaderAndIsrState> = {}
  for (const name of changed) {
    const partition = image.partitions[name]
    if (partition !== undefined) partitions[name] = toldOf(state, name, partition)
    else if (volatile.metadata.partitions[name] !== undefined) partitions[name] = deleted()
  }
  const unfenced = brokersWhere(image, (registration) => !registration.fenced)
  updateMetadataCache(state, {
    type: 'UpdateMetadataRequest',
    correlationId: -1,
    controllerId: volatile.controller,
    controllerEpoch: quorumEpoch,
    brokerEpoch: -1,
    liveBrokers: unfenced,
    liveBrokerEpochs: Object.fromEntries(unfenced.map((id) => [id, image.brokers[id]!.brokerEpoch])),
    partitions,
  })
  volatile.metadata.shuttingDown = brokersWhere(image, (registration) => registration.inControlledShutdown)
}

const deleted = (): LeaderAndIsrState => ({
  controllerEpoch: -1,
  leader: LEADER_DURING_DELETE,
  leaderEpoch: -1,
  isr: [],
  partitionEpoch: -1,
  replicas: [],
  isNew: false,
  topicSettings: {},
})

function applySettings(state: BrokerState): void {
  const { topicSettings } = running(state)
  const { topics } = kraftOf(state).image
  for (const topic of Object.keys(topicSettings)) {
    const settings = own(topics, topic)
    if (settings !== undefined) topicSettings[topic] = { ...settings }
  }
}
