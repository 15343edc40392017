/** The high watermark: on a leader the least log end of those it must wait for, on a follower what its leader said. */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { isMutant } from '../kafka/mutants.ts'
import { onLogHighWatermark } from '../log/log-producers.ts'
import { type BrokerContext, lagTimeUs, logOf, minInsyncReplicas, running } from './running.ts'
import { noteStableOffset } from './stable-offset.ts'
import type { BrokerConfig, BrokerState, PartitionState, RemoteReplica } from './state.ts'

/** Raises or lowers a follower's high watermark. To 2.3 it may lie above the log end until the next record comes. */
export function setFollowerHighWatermark(
  state: BrokerState,
  ctx: BrokerContext,
  partition: TopicPartition,
  value: number,
): void {
  const replica = running(state).partitions[partition]
  if (replica === undefined || replica.highWatermark === value) return
  if (value < replica.highWatermark) ctx.probe('follower high watermark went back')
  ctx.fact({ kind: 'highWatermark', partition, from: replica.highWatermark, to: value, as: 'follower' })
  replica.highWatermark = value
  onLogHighWatermark(logOf(state, partition), value)
}

/** KIP-497 (2.7): a pending expansion counts at once, a pending shrink only when it is confirmed. */
export const maximalIsr = (partition: PartitionState): readonly BrokerId[] =>
  partition.pendingIsr?.kind === 'expand' ? partition.pendingIsr.isr : partition.isr

/** The members that min.insync.replicas and acks=all count after an append. */
export const isrAfterAppend = (partition: PartitionState, config: BrokerConfig): readonly BrokerId[] =>
  config.mechanisms.isrPersistence === 'controller' ? maximalIsr(partition) : partition.isr

/**
 * Looks whether the leader's high watermark can go up; it never goes down. Returns whether it moved: the caller then
 * looks at the requests that wait for it.
 */
export function maybeIncrementHighWatermark(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: PartitionState,
): boolean {
  if (partition.role !== 'leader') return false
  // KAFKA-15583 (3.7): what fewer than min.insync.replicas have is not committed, whatever acks it was sent with. The
  // committed ISR counts (Partition.isUnderMinIsr): a pending expansion has not joined yet.
  if (config.mechanisms.highWatermarkFrozenBelowMinIsr) {
    if (partition.isr.length < minInsyncReplicas(state, config, partition)) {
      ctx.probe('high watermark frozen below min ISR')
      return false
    }
  }
  const candidate = highWatermarkCandidate(state, ctx.nowUs, config, partition)
  if (candidate <= partition.highWatermark && !isMutant(config, 'high-watermark-falls')) return false
  if (candidate === partition.highWatermark || candidate < 0) return false
  ctx.fact({
    kind: 'highWatermark',
    partition: partition.partition,
    from: partition.highWatermark,
    to: candidate,
    as: 'leader',
  })
  partition.highWatermark = candidate
  onLogHighWatermark(logOf(state, partition.partition), candidate)
  noteStableOffset(state, ctx, partition)
  return true
}

/** The least log end of the leader and of everyone it waits for. */
function highWatermarkCandidate(
  state: BrokerState,
  nowUs: number,
  config: BrokerConfig,
  partition: PartitionState,
): number {
  let least = logOf(state, partition.partition).logEndOffset
  if (isMutant(config, 'high-watermark-is-log-end')) return least
  if (isMutant(config, 'high-watermark-of-one-follower')) {
    return Math.min(least, Math.max(...Object.values(partition.remoteReplicas).map((it) => it.logEndOffset), -1))
  }
  for (const id of Object.keys(partition.remoteReplicas)) {
    const remote = partition.remoteReplicas[Number(id)]!
    if (remote.logEndOffset < least && isWaitedFor(state, nowUs, config, partition, Number(id), remote)) {
      least = remote.logEndOffset
    }
  }
  return least
}

/**
 * To 0.10.1 the ISR. From 0.10.2 also assigned replicas that are caught up in time: one that is about to join would
 * otherwise be outrun by a leader that is alone. From 3.6 those only when they could join now (KAFKA-15021).
 */
function isWaitedFor(
  state: BrokerState,
  nowUs: number,
  config: BrokerConfig,
  partition: PartitionState,
  id: BrokerId,
  remote: RemoteReplica,
): boolean {
  const over = config.mechanisms.highWatermarkOver
  if (over === 'isr') return partition.isr.includes(id)
  const isr = over === 'isr-and-caught-up' ? partition.isr : maximalIsr(partition)
  if (isr.includes(id)) return true
  if (nowUs - remote.lastCaughtUpTimeUs > lagTimeUs(config)) return false
  return over !== 'maximal-isr-and-eligible' || isEligible(state, config, id, remote)
}

/**
 * Whether a replica may be in an ISR, apart from its log. KIP-841 (3.3): it must be alive in this broker's metadata.
 * KIP-903 (3.5): its fetch must come from the life that the metadata knows; -1 on either side is not compared.
 */
export function isEligible(state: BrokerState, config: BrokerConfig, id: BrokerId, remote: RemoteReplica): boolean {
  const rule = config.mechanisms.isrEligibility
  if (rule === 'any') return true
  const { liveBrokers, brokerEpochs, shuttingDown } = running(state).metadata
  if (!liveBrokers.includes(id) || shuttingDown?.includes(id) === true) return false
  if (rule === 'alive' || rule === 'unfenced') return true
  const known = brokerEpochs[id] ?? -1
  return known === -1 || remote.brokerEpoch === -1 || remote.brokerEpoch === known
}
