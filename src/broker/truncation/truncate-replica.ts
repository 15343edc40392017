import type { RemovedRecord } from '../../kafka/facts/log.ts'
import type { BrokerId, TopicPartition } from '../../kafka/ids.ts'
import { isMutant } from '../../kafka/mutants.ts'
import { MICROS_PER_MS } from '../../kernel/time.ts'
import type { Deletion } from '../../log/layout.ts'
import { cutLogProducers, undecidedIn } from '../../log/log-producers.ts'
import { clearProducers } from '../../log/producer-state.ts'
import { truncateLog, truncateLogFully } from '../../log/replica-log.ts'
import { checkpointRecoveryPoint } from '../checkpoint.ts'
import { cutCleanerCheckpoint } from '../cleaner.ts'
import { setFollowerHighWatermark } from '../high-watermark.ts'
import { segmentSettings } from '../log-disk.ts'
import { armDeletion } from '../retention.ts'
import { type BrokerContext, logOf, topicNumber } from '../running.ts'
import type { BrokerConfig, BrokerState } from '../state.ts'

export interface Truncation {
  readonly partition: TopicPartition
  /** New exclusive end; at or above the log end there is nothing to cut. */
  readonly to: number
  readonly rule: string
  readonly leader: BrokerId
  readonly leaderEpoch: number
}

function report(ctx: BrokerContext, cut: Truncation, from: number, removed: RemovedRecord[]): void {
  const { partition, to, rule, leader, leaderEpoch } = cut
  ctx.fact({ kind: 'truncated', partition, from, to, removed, rule, leader, leaderEpoch })
}

/** 2.4 Log.updateLogEndOffset: the high watermark never stays above the end of a log that was cut. */
function lowerHighWatermark(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: TopicPartition,
): void {
  if (!config.mechanisms.truncationLowersHighWatermark) return
  const end = logOf(state, partition).logEndOffset
  const highWatermark = state.volatile?.partitions[partition]?.highWatermark ?? 0
  if (highWatermark > end) setFollowerHighWatermark(state, ctx, partition, end)
}

/**
 * Cuts a follower's log and says so. Up to 0.10.2 a broker reports every truncation, also one to the log end, and
 * rewrites its recovery points each time; from 0.11 only when something was to be cut.
 */
export function truncateReplica(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, asked: Truncation): void {
  if (isMutant(config, 'no-truncation')) return
  const cut = isMutant(config, 'truncate-one-too-far') ? { ...asked, to: Math.max(0, asked.to - 1) } : asked
  const m = config.mechanisms
  const log = logOf(state, cut.partition)
  const from = log.logEndOffset
  const undecided = undecidedIn(log)
  const cuts = cut.to < from
  const removed =
    cuts || m.noOpTruncationKeepsEpochs !== true
      ? truncateLog(log, cut.to, deletionOf(state, ctx, config, cut.partition))
      : []
  const highWatermark = state.volatile?.partitions[cut.partition]?.highWatermark ?? 0
  if (cuts) {
    ctx.probe('follower-truncated-its-log')
    if (cut.to < highWatermark) ctx.probe('follower-truncated-below-its-high-watermark')
  }
  if (!cuts && m.truncation !== 'high-watermark') return
  report(ctx, cut, from, removed)
  lowerHighWatermark(state, ctx, config, cut.partition)
  if (cuts) cutLogProducers(log, { highWatermark, undecided }, m)
  cutCleanerCheckpoint(state, cut.partition)
  checkpointRecoveryPoint(state, ctx, config)
  armDeletion(state, ctx)
}

/** How the segments above the cut go. */
function deletionOf(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, name: TopicPartition): Deletion {
  const delayMs = topicNumber(state, config, name, 'file.delete.delay.ms') ?? 0
  return {
    settings: segmentSettings(state, config, name),
    goneAtMs: Math.floor(ctx.nowUs / MICROS_PER_MS) + delayMs,
    snapshots: config.mechanisms.producerSnapshots === 'per-segment',
  }
}

/** Throws the follower's whole log away; it begins anew at `cut.to`, the leader's log start. */
export function truncateReplicaFully(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  cut: Truncation,
): void {
  const log = logOf(state, cut.partition)
  const from = log.logEndOffset
  ctx.probe('follower-dropped-its-whole-log')
  report(ctx, cut, from, truncateLogFully(log, cut.to))
  if (log.producers !== undefined) clearProducers(log.producers, cut.to)
  lowerHighWatermark(state, ctx, config, cut.partition)
  cutCleanerCheckpoint(state, cut.partition)
  checkpointRecoveryPoint(state, ctx, config)
}
