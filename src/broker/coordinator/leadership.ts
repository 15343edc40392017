/**
 * A broker coordinates what belongs to the partitions of the internal topics that it leads: it reads such a partition
 * when it begins to lead it, and drops what it knows when it stops (GroupMetadataManager, TransactionStateManager).
 */
import { splitTopicPartition, type TopicPartition } from '../../kafka/ids.ts'
import { isInternalTopic } from '../../kafka/internal-topics.ts'
import { msToUs } from '../../kernel/time.ts'
import { type BrokerContext, logOf, running } from '../running.ts'
import type { BrokerConfig, BrokerState } from '../state.ts'
import { disarmConsumerGroup } from './consumer-group/load.ts'
import { coordinationOf } from './coordination.ts'
import { unloadGroup } from './group/unload.ts'
import { forgetMarkers } from './transactions/markers.ts'

const loadTimer = (partition: TopicPartition): string => `coordinator-load:${partition}`

/**
 * Longest time that a partition without records takes to load, in us, and what each record adds.
 *
 * Stream `broker.coordinator-load/<broker>`, one draw a load.
 */
const LONGEST_LOAD_US = msToUs(20)
const RECORD_LOAD_US = 5

/** This broker leads the partition from now on. Anything but an internal topic is left alone. */
export function startCoordinating(
  state: BrokerState,
  ctx: BrokerContext,
  partition: TopicPartition,
  leaderEpoch: number,
): void {
  if (!isInternalTopic(splitTopicPartition(partition).topic)) return
  const coordination = coordinationOf(state)
  coordination.partitions[partition] = { partition, leaderEpoch, phase: 'loading', groups: {} }
  // One thread loads one partition after the other.
  const { logStartOffset, logEndOffset } = logOf(state, partition)
  const draw = ctx.random(`broker.coordinator-load/${ctx.self}`)
  const takesUs = Math.floor(draw * LONGEST_LOAD_US) + (logEndOffset - logStartOffset) * RECORD_LOAD_US
  coordination.loadsUntilUs = Math.max(coordination.loadsUntilUs, ctx.nowUs) + takesUs
  ctx.setTimer(loadTimer(partition), coordination.loadsUntilUs - ctx.nowUs)
}

/** KRaft: re-elected at a higher epoch. With a registry the coordinator is not told, and goes on under the old one. */
export function goOnCoordinating(
  state: BrokerState,
  config: BrokerConfig,
  partition: TopicPartition,
  leaderEpoch: number,
): void {
  const known = running(state).coordination?.partitions[partition]
  if (known !== undefined && config.mechanisms.metadata === 'kraft') known.leaderEpoch = leaderEpoch
}

/** This broker no longer leads the partition: who waits is told, and what it knew of it is forgotten. */
export function stopCoordinating(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: TopicPartition,
): void {
  const { coordination } = running(state)
  const known = coordination?.partitions[partition]
  if (coordination === undefined || known === undefined) return
  delete coordination.partitions[partition]
  forgetMarkers(state, partition)
  ctx.cancelTimer(loadTimer(partition))
  for (const id of Object.keys(known.groups).sort()) {
    unloadGroup({ state, ctx, config, partition: known, group: known.groups[id]! })
  }
  for (const id of Object.keys(known.consumerGroups ?? {}).sort()) {
    disarmConsumerGroup({ state, ctx, config, partition: known, group: known.consumerGroups![id]! })
  }
  ctx.fact({ kind: 'coordinatorResigned', partition, leaderEpoch: known.leaderEpoch })
}
