/** Proposes another ISR: written by the leader itself, or asked of the controller, by generation. */
import type { BrokerId } from '../kafka/ids.ts'
import { isMutant } from '../kafka/mutants.ts'
import { maybeIncrementHighWatermark } from './high-watermark.ts'
import { canJoinIsr, outOfSyncReplicas } from './isr.ts'
import { askControllerForIsr } from './isr-controller.ts'
import { writeIsr } from './isr-registry.ts'
import type { BrokerContext } from './running.ts'
import type { BrokerConfig, BrokerState, IsrChange, PartitionState, RemoteReplica } from './state.ts'

/** Takes out who has fallen behind. Returns whether anything was asked. */
export function maybeShrinkIsr(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: PartitionState,
): boolean {
  if (partition.role !== 'leader' || partition.pendingIsr !== null) return false
  const behind = outOfSyncReplicas(state, ctx.nowUs, config, partition)
  if (behind.length === 0) return false
  const leaves = isMutant(config, 'leader-leaves-isr')
  const toIsr = partition.isr.filter((id) => !behind.includes(id) && !(leaves && id === config.id))
  ctx.fact({ kind: 'isrShrinkAsked', partition: partition.partition, fromIsr: [...partition.isr], toIsr })
  if (isMutant(config, 'shrink-without-confirmation')) {
    partition.isr = toIsr
    maybeIncrementHighWatermark(state, ctx, config, partition)
    return false
  }
  propose(state, ctx, config, partition, { isr: toIsr, kind: 'shrink' })
  return true
}

/** Takes in a follower that has just fetched, at the end of the ISR (recorded). Returns whether it was asked. */
export function maybeExpandIsr(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: PartitionState,
  follower: BrokerId,
  remote: RemoteReplica,
): boolean {
  if (partition.role !== 'leader' || partition.pendingIsr !== null) return false
  if (!canJoinIsr(state, config, partition, follower, remote)) return false
  const outsiders = isMutant(config, 'isr-takes-outsider') ? [99] : []
  const toIsr = [...partition.isr, follower, ...outsiders]
  ctx.fact({ kind: 'isrExpandAsked', partition: partition.partition, fromIsr: [...partition.isr], toIsr })
  propose(state, ctx, config, partition, { isr: toIsr, kind: 'expand' })
  return true
}

function propose(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: PartitionState,
  change: IsrChange,
): void {
  const ask = config.mechanisms.isrPersistence === 'controller' ? askControllerForIsr : writeIsr
  ask(state, ctx, config, partition, change)
}
