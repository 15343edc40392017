import type { TopicPartition } from '../../kafka/ids.ts'
import type { BrokerContext } from '../running.ts'
import type { BrokerConfig, FetcherState } from '../state.ts'
import { delayPartition, pauseUs } from './fetcher-thread.ts'

/**
 * What was fetched cannot be appended. To 2.2 the exception ends the whole fetcher thread, with every partition it
 * has; from 2.3 (KAFKA-7440) the partition alone is left until its next role.
 */
export function failPartition(
  ctx: BrokerContext,
  config: BrokerConfig,
  fetcher: FetcherState,
  partition: TopicPartition,
  reason: string,
): void {
  if (config.mechanisms.fetchError === 'kill-fetcher') {
    ctx.probe('replica-fetcher-thread-died')
    fetcher.dead = true
  } else {
    ctx.probe('partition-marked-as-failed')
    fetcher.partitions[partition]!.phase = 'failed'
  }
  ctx.fact({ kind: 'fetcherFailed', partition, reason })
}

/**
 * The leader is at a newer epoch (FENCED_LEADER_EPOCH, KIP-320): leave the partition until this broker is told its
 * next role. From 2.7 it is tried again when that has happened while the request was on its way.
 */
export function fencePartition(
  ctx: BrokerContext,
  config: BrokerConfig,
  fetcher: FetcherState,
  partition: TopicPartition,
  askedUnder: number,
): void {
  const current = fetcher.partitions[partition]!
  if (config.mechanisms.fencedRetry && askedUnder !== current.leaderEpoch) {
    ctx.probe('fenced-partition-tried-again-under-its-newer-epoch')
    delayPartition(ctx, current, pauseUs(config))
    return
  }
  ctx.probe('fetcher-fenced-by-a-newer-leader-epoch')
  current.phase = 'failed'
  ctx.fact({ kind: 'fetcherFailed', partition, reason: `the leader is past epoch ${askedUnder}` })
}
