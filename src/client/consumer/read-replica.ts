/**
 * Reading from a follower (KIP-392, 2.4): the leader says which one, and that holds for `metadata.max.age.ms`, after which the
 * leader is asked once more (clients: SubscriptionState.preferredReadReplica, Fetcher.selectReadReplica).
 */
import type { BrokerId, TopicPartition } from '../../kafka/ids.ts'
import type { FetchRequest } from '../../kafka/messages/data.ts'
import type { ClusterView } from '../cluster-view.ts'
import type { ClientContext } from '../links.ts'
import { timeSettingUs } from '../settings.ts'
import type { ConsumedPartition, ConsumerConfig, ConsumerVolatile } from './state.ts'

/** Where the consumer stands, told to brokers that may send it elsewhere. */
export function rackOf({ settings, mechanisms }: ConsumerConfig): Pick<FetchRequest, 'rack'> {
  const rack = settings['client.rack']
  return typeof rack === 'string' && rack !== '' && mechanisms.readReplicas !== 'none' ? { rack } : {}
}

/** The follower to be asked now; null: the leader. */
export function readReplicaOf(
  view: ClusterView,
  name: TopicPartition,
  partition: ConsumedPartition,
  config: ConsumerConfig,
  ctx: ClientContext,
): BrokerId | null {
  const { readReplica } = partition
  if (readReplica === null) return null
  if (ctx.nowUs > readReplica.untilUs) {
    returnToLeader(name, partition, 'its lease is over', config, ctx)
    return null
  }
  if (view.brokers.includes(readReplica.broker)) return readReplica.broker
  returnToLeader(name, partition, 'the metadata does not list it', config, ctx)
  if (config.mechanisms.readReplicaDroppedOnError) view.refreshWanted = true
  return null
}

/** The leader has said whom to ask. The same replica again does not lengthen the lease. */
export function readFrom(
  name: TopicPartition,
  partition: ConsumedPartition,
  broker: BrokerId,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  if (partition.readReplica?.broker === broker) return
  const untilUs = ctx.nowUs + timeSettingUs(config.settings, 'metadata.max.age.ms', 300_000)
  partition.readReplica = { broker, untilUs }
  ctx.fact({ kind: 'readReplica', client: config.name, partition: name, replica: broker, why: 'its leader said so' })
}

/** Back to the leader. False: it was read from. */
export function returnToLeader(
  name: TopicPartition,
  partition: ConsumedPartition,
  why: string,
  config: ConsumerConfig,
  ctx: ClientContext,
): boolean {
  if (partition.readReplica === null) return false
  partition.readReplica = null
  ctx.fact({ kind: 'readReplica', client: config.name, partition: name, replica: null, why })
  return true
}

/** The connection broke on which these partitions were fetched (3.3 Fetcher.onFailure). */
export function fetchLost(
  memory: ConsumerVolatile,
  names: readonly TopicPartition[],
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  if (config.mechanisms.readReplicaDroppedOnError !== true) return
  for (const name of names) {
    const partition = memory.partitions[name]
    if (partition !== undefined) returnToLeader(name, partition, 'the connection broke', config, ctx)
  }
}
