/**
 * What this broker tells clients about the cluster: the last UpdateMetadata, whatever it knows better itself. ISR
 * changes that leaders make show only once the controller has sent them round.
 */
import { type BrokerId, partitionNames, splitTopicPartition } from '../kafka/ids.ts'
import type { UpdateMetadataRequest } from '../kafka/messages/control.ts'
import type { MetadataRequest, PartitionMetadata } from '../kafka/messages/data.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { respond } from './client-connection.ts'
import { type BrokerContext, running } from './running.ts'
import type { BrokerConfig, BrokerState, CachedPartitionMetadata } from './state.ts'

/** The leader of a partition that is being deleted (LeaderAndIsr.LeaderDuringDelete). */
const LEADER_DURING_DELETE = -2

/** Takes the request over without looking at leader epochs: a delayed one overwrites what is newer. */
export function updateMetadataCache(state: BrokerState, request: UpdateMetadataRequest): void {
  const volatile = running(state)
  const { metadata } = volatile
  volatile.controller = request.controllerId
  metadata.liveBrokers = [...request.liveBrokers].sort((a, b) => a - b)
  metadata.brokerEpochs = { ...request.liveBrokerEpochs }
  for (const name of partitionNames(request.partitions)) {
    const told = request.partitions[name]!
    if (told.leader === LEADER_DURING_DELETE) {
      delete metadata.partitions[name]
      continue
    }
    metadata.partitions[name] = {
      leader: told.leader,
      leaderEpoch: told.leaderEpoch,
      isr: [...told.isr],
      replicas: [...told.replicas],
      controllerEpoch: told.controllerEpoch,
      partitionEpoch: told.partitionEpoch,
    }
  }
}

export function handleMetadata(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: MetadataRequest,
  connection: ConnectionId,
): void {
  const { metadata, controller } = running(state)
  const partitions: Record<string, PartitionMetadata> = {}
  const found: string[] = []
  for (const name of partitionNames(metadata.partitions)) {
    const { topic } = splitTopicPartition(name)
    if (request.topics !== null && !request.topics.includes(topic)) continue
    found.push(topic)
    partitions[name] = answerFor(metadata.partitions[name]!, metadata.liveBrokers, request.version, config)
  }
  respond(state, ctx, connection, {
    type: 'MetadataResponse',
    correlationId: request.correlationId,
    brokers: [...metadata.liveBrokers],
    controller,
    partitions,
    unknownTopics: (request.topics ?? []).filter((topic) => !found.includes(topic)),
  })
}

/**
 * Version 0 leaves dead replicas out and says so with REPLICA_NOT_AVAILABLE; later versions name them all. Without a
 * live leader the ISR is not told either (0.8.2 to 2.4 MetadataCache.getPartitionMetadata).
 */
function answerFor(
  cached: CachedPartitionMetadata,
  live: readonly BrokerId[],
  version: number,
  config: BrokerConfig,
): PartitionMetadata {
  const known = (ids: readonly BrokerId[]): BrokerId[] =>
    version === 0 ? ids.filter((id) => live.includes(id)) : [...ids]
  const replicas = known(cached.replicas)
  if (!live.includes(cached.leader)) {
    return { error: 'LEADER_NOT_AVAILABLE', leader: -1, leaderEpoch: -1, replicas, isr: [] }
  }
  const isr = known(cached.isr)
  const complete = replicas.length === cached.replicas.length && isr.length === cached.isr.length
  // KIP-320 (2.1): version 7 carries the leader epoch.
  const leaderEpoch = config.mechanisms.leaderEpochFencing && version > 0 ? cached.leaderEpoch : -1
  return { error: complete ? 'NONE' : 'REPLICA_NOT_AVAILABLE', leader: cached.leader, leaderEpoch, replicas, isr }
}
