/** What a broker forces to its disk, told as facts: the price of durability, and what strace counted on real ones. */
import type { TopicPartition } from '../kafka/ids.ts'
import type { ReplicaLog } from '../log/replica-log.ts'
import type { BrokerContext } from './running.ts'
import type { BrokerConfig } from './state.ts'

/** The segments that hold offsets from `from` up to `to` (exclusive); the one around `from` included. */
function segmentsBetween({ layout }: ReplicaLog, from: number, to: number): number {
  const segments = layout?.segments ?? []
  return segments.filter(({ baseOffset }, index) => baseOffset < to && (segments[index + 1]?.baseOffset ?? to) > from)
    .length
}

/**
 * A flush has moved the recovery point up from `from`: each segment's file, and its mapped indexes, of which format 0 has
 * one (fsync and msync; recorded).
 */
export function tellLogSynced(
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: TopicPartition,
  log: ReplicaLog,
  from: number,
): void {
  const fsyncs = Math.max(1, segmentsBetween(log, from, log.recoveryPoint))
  const msyncs = fsyncs * (config.mechanisms.recordFormat === 0 ? 1 : 2)
  ctx.fact({ kind: 'synced', file: '.log', partition, fsyncs, msyncs })
}

/** A clean stop: every segment is forced once more as it is closed. */
export function tellLogClosed(ctx: BrokerContext, partition: TopicPartition, log: ReplicaLog): void {
  const fsyncs = log.layout?.segments.length ?? 0
  if (fsyncs > 0) ctx.fact({ kind: 'synced', file: '.log', partition, fsyncs, msyncs: 0 })
}

/** A file of offsets, or (`partition`) of epochs, is forced before it takes the place of the old one. */
export const tellFileSynced = (ctx: BrokerContext, file: string, partition: TopicPartition | null = null): void =>
  ctx.fact({ kind: 'synced', file, partition, fsyncs: 1, msyncs: 0 })

export const EPOCH_FILE = 'leader-epoch-checkpoint'
