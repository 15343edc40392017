/** Where a consumer reads: finding a position, moving it on, holding it against a new leader, losing it. */
import type { TopicPartition } from '../../kafka/ids.ts'
import type { ListOffsetsResponse, OffsetsForLeaderEpochResponse } from '../../kafka/messages/data.ts'
import { isMutant } from '../../kafka/mutants.ts'
import type { ClientContext } from '../links.ts'
import { retryBackoffUs } from './group/settings.ts'
import type { CommittedOffset, ConsumedPartition, ConsumerConfig, ConsumerState, ConsumerVolatile } from './state.ts'

type Policy = 'earliest' | 'latest' | 'none'

function resetPolicy(config: ConsumerConfig): Policy {
  const policy = config.settings['auto.offset.reset']
  // `smallest` and `largest` are the names of the consumers up to 0.8.
  if (policy === 'earliest' || policy === 'smallest') return 'earliest'
  return policy === 'none' ? 'none' : 'latest'
}

/** The timestamp that ListOffsets takes for the policy: -2 earliest, -1 latest. */
export const resetTimestamp = (config: ConsumerConfig): number =>
  resetPolicy(config) === 'earliest' && !isMutant(config, 'reset-skips-to-the-end') ? -2 : -1

const noPosition = (): ConsumedPartition => ({
  phase: 'resetting',
  position: -1,
  positionEpoch: -1,
  leaderEpoch: -1,
  highWatermark: -1,
  resetReason: '',
  asking: false,
  retryAtUs: 0,
  readReplica: null,
})

/** Begins to read a partition: where the last commit left off, else as `auto.offset.reset` says. */
export function assign(
  memory: ConsumerVolatile,
  name: TopicPartition,
  committed: CommittedOffset | undefined,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  const partition = noPosition()
  memory.partitions[name] = partition
  if (committed === undefined) {
    resetOffset(name, partition, 'no committed offset', config, ctx)
    return
  }
  moveTo(name, partition, committed.offset, committed.leaderEpoch, 'committed offset', config, ctx)
}

/** Moves the position otherwise than by reading: never silently. */
function moveTo(
  name: TopicPartition,
  partition: ConsumedPartition,
  offset: number,
  epoch: number,
  why: string,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  const from = partition.position
  partition.position = offset
  partition.positionEpoch = epoch
  // The epoch of the position is held against the leader at the next look, as after a change of leader.
  partition.leaderEpoch = -1
  partition.phase = 'fetching'
  partition.retryAtUs = ctx.nowUs
  ctx.fact({ kind: 'positionReset', client: config.name, partition: name, from, to: offset, why })
}

/** The application says where to read on. */
export const seekTo = (
  name: TopicPartition,
  partition: ConsumedPartition,
  offset: number,
  config: ConsumerConfig,
  ctx: ClientContext,
): void => moveTo(name, partition, offset, -1, 'seek', config, ctx)

/** The position is of no use: look for another as `auto.offset.reset` says, or give the partition up. */
export function resetOffset(
  name: TopicPartition,
  partition: ConsumedPartition,
  why: string,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  const policy = resetPolicy(config)
  if (policy === 'none') {
    partition.phase = 'failed'
    ctx.probe('consumer-without-reset-policy-has-no-position')
    ctx.fact({ kind: 'consumerFailed', client: config.name, partition: name, position: partition.position, why })
    return
  }
  partition.phase = 'resetting'
  partition.resetReason = `${why}: ${policy}`
}

/** Puts off whatever the partition asks next by one back-off. */
export function backOff(partition: ConsumedPartition, config: ConsumerConfig, ctx: ClientContext): void {
  partition.retryAtUs = ctx.nowUs + retryBackoffUs(config)
}

/**
 * Takes the leader epoch from the metadata: from 2.3 on a position whose record's epoch is known is first held against
 * the new leader (2.3 SubscriptionState.maybeValidatePositionForCurrentLeader).
 */
export function noticeLeaderEpoch(partition: ConsumedPartition, leaderEpoch: number, config: ConsumerConfig): void {
  if (!config.mechanisms.consumerValidatesOffsets || leaderEpoch <= partition.leaderEpoch) return
  if (partition.phase !== 'fetching' && partition.phase !== 'validating') return
  partition.leaderEpoch = leaderEpoch
  if (partition.positionEpoch >= 0) partition.phase = 'validating'
}

export function onListOffsets(
  memory: ConsumerVolatile,
  names: readonly TopicPartition[],
  response: ListOffsetsResponse,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  for (const name of names) {
    const partition = memory.partitions[name]
    if (partition === undefined) continue
    partition.asking = false
    if (partition.phase !== 'resetting') continue
    const told = response.partitions[name]
    if (told === undefined || told.error !== 'NONE' || told.offset < 0) {
      if (told?.error === 'OFFSET_NOT_AVAILABLE') ctx.probe('consumer-waits-for-the-new-leader-high-watermark')
      memory.view.refreshWanted = true
      backOff(partition, config, ctx)
      continue
    }
    if (partition.position > told.offset) ctx.probe('offset-reset-moves-a-consumer-back')
    if (partition.position >= 0 && partition.position < told.offset) ctx.probe('offset-reset-skips-records')
    moveTo(name, partition, told.offset, told.leaderEpoch, partition.resetReason, config, ctx)
  }
}

export function onEpochEnds(
  memory: ConsumerVolatile,
  names: readonly TopicPartition[],
  response: OffsetsForLeaderEpochResponse,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  for (const name of names) {
    const partition = memory.partitions[name]
    if (partition === undefined) continue
    partition.asking = false
    if (partition.phase !== 'validating') continue
    const told = response.partitions[name]
    if (told === undefined || told.error !== 'NONE') {
      memory.view.refreshWanted = true
      backOff(partition, config, ctx)
    } else if (told.endOffset < 0) {
      // KAFKA-9835 (2.6): the leader knows nothing of that epoch, so not even where the logs parted.
      ctx.probe('consumer-epoch-is-unknown-to-the-leader')
      resetOffset(name, partition, 'log truncated', config, ctx)
    } else if (told.endOffset < partition.position) onTruncation(name, partition, told, config, ctx)
    else partition.phase = 'fetching'
  }
}

/** KIP-320: records below the position are gone from the leader's log; read on where the logs parted. */
function onTruncation(
  name: TopicPartition,
  partition: ConsumedPartition,
  told: { readonly leaderEpoch: number; readonly endOffset: number },
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  ctx.probe('consumer-detects-truncation')
  if (resetPolicy(config) === 'none') {
    resetOffset(name, partition, `log truncated at ${told.endOffset}`, config, ctx)
    return
  }
  const { leaderEpoch } = partition
  moveTo(name, partition, told.endOffset, told.leaderEpoch, 'log truncated (KIP-320)', config, ctx)
  partition.leaderEpoch = leaderEpoch
}

/** Writes down the positions that moved since the last commit. */
export function commit(state: ConsumerState, config: ConsumerConfig, ctx: ClientContext): void {
  const partitions = state.volatile?.partitions ?? {}
  for (const name of Object.keys(partitions).sort()) {
    const { position, positionEpoch } = partitions[name]!
    if (position < 0 || state.durable.committed[name]?.offset === position) continue
    state.durable.committed[name] = { offset: position, leaderEpoch: positionEpoch }
    ctx.fact({ kind: 'offsetCommitted', client: config.name, partition: name, offset: position })
  }
}
