/**
 * The leader writes the ISR itself, with compare-and-set on the version of the state znode it knows (to 2.6).
 *
 * The write is synchronous under the partition's lock: while the registry is silent everything that needs the lock
 * waits, as long as it takes (recorded to 2.4.1). A refused write leaves memory as it is, and the next lag check or
 * fetch tries again; only a role at a higher leader epoch brings another version (KAFKA-2729).
 */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { RegistryResult, SessionResponse } from '../kafka/messages/registry.ts'
import { type StateZnode, statePath } from '../kafka/znodes.ts'
import { recordIsrChange } from './isr-change-notification.ts'
import { askRegistry } from './registry-request.ts'
import { type BrokerContext, running } from './running.ts'
import type { BrokerConfig, BrokerState, IsrChange, PartitionState } from './state.ts'

/** Begins the write and takes the lock. */
export function writeIsr(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: PartitionState,
  change: IsrChange,
): void {
  const { partition: name, partitionEpoch } = partition
  const requestId = askRegistry(state, ctx, config, 'isr-write', name, [
    { op: 'setData', path: statePath(name), data: intended(config, partition, change.isr), version: partitionEpoch },
  ])
  partition.pendingIsr = { ...change, requestId, sinceUs: ctx.nowUs }
  if (config.mechanisms.isrWriteBlocks !== 'nothing') partition.lockedSinceUs = ctx.nowUs
}

const intended = (config: BrokerConfig, partition: PartitionState, isr: readonly BrokerId[]): StateZnode => ({
  leader: config.id,
  leaderEpoch: partition.leaderEpoch,
  isr,
  controllerEpoch: partition.controllerEpoch,
})

/** The kind of change that was answered, for good or ill; null: it is not over, or was nobody's any more. */
type Answered = 'shrink' | 'expand' | null

/** The registry's answer to the write, or to the reading that follows a refusal. */
export function onIsrAnswer(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  response: SessionResponse,
): Answered {
  const partition = running(state).partitions[name]
  const pending = partition?.pendingIsr
  if (partition === undefined || pending === null || pending?.requestId !== response.requestId) return null
  const result = response.results[0]
  if (result === undefined) return null
  if (result.error === null && result.data !== undefined) return compare(state, ctx, config, partition, result)
  if (result.error === null)
    return succeed(state, ctx, config, partition, result.stat?.version ?? partition.partitionEpoch + 1)
  switch (result.error) {
    case 'BADVERSION':
      if (!config.mechanisms.isrWriteComparesOnRetry) return refuse(ctx, partition)
      if (response.retried) ctx.probe('ISR write refused after a lost connection')
      pending.requestId = askRegistry(state, ctx, config, 'isr-read', name, [
        { op: 'getData', path: statePath(name), watch: false },
      ])
      return null
    case 'NONODE':
      return refuse(ctx, partition)
    default:
      // 1.1 KafkaZkClient throws out of the write when its session has expired: nothing is written or remembered.
      ctx.probe('ISR write ended by the end of the session')
      return unlock(partition)
  }
}

/** KAFKA-1382 (0.8.2): a write that was refused and yet is there was this leader's own, its answer had been lost. */
function compare(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: PartitionState,
  found: Extract<RegistryResult, { error: null }>,
): Answered {
  const written = intended(config, partition, partition.pendingIsr?.isr ?? [])
  const there = found.data as StateZnode
  const same =
    there.leader === written.leader &&
    there.leaderEpoch === written.leaderEpoch &&
    there.controllerEpoch === written.controllerEpoch &&
    there.isr.length === written.isr.length &&
    there.isr.every((id, index) => id === written.isr[index])
  if (!same) return refuse(ctx, partition)
  ctx.probe('ISR write found to be its own')
  return succeed(state, ctx, config, partition, found.stat?.version ?? partition.partitionEpoch)
}

function succeed(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: PartitionState,
  version: number,
): Answered {
  const { partition: name, isr: fromIsr } = partition
  partition.isr = [...(partition.pendingIsr?.isr ?? [])]
  partition.partitionEpoch = version
  ctx.fact({ kind: 'isrChanged', partition: name, fromIsr, toIsr: [...partition.isr], partitionEpoch: version })
  recordIsrChange(state, ctx, config, name)
  return unlock(partition)
}

function refuse(ctx: BrokerContext, partition: PartitionState): Answered {
  ctx.fact({ kind: 'isrWriteRefusedByVersion', partition: partition.partition })
  return unlock(partition)
}

function unlock(partition: PartitionState): Answered {
  const kind = partition.pendingIsr?.kind ?? null
  partition.pendingIsr = null
  partition.lockedSinceUs = null
  return kind
}
