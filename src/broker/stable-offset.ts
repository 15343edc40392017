/** The last stable offset of a leader: told when it moves, so that a run can be judged by it. Decides nothing. */
import { lastStableOffset } from '../log/log-producers.ts'
import { type BrokerContext, logOf } from './running.ts'
import type { BrokerState, PartitionState } from './state.ts'

export function noteStableOffset(state: BrokerState, ctx: BrokerContext, partition: PartitionState): void {
  const log = logOf(state, partition.partition)
  if (log.producers === undefined || partition.role !== 'leader') return
  const to = lastStableOffset(log, partition.highWatermark)
  const from = partition.lastStableOffset ?? -1
  if (from === to) return
  partition.lastStableOffset = to
  const { partition: name, leaderEpoch } = partition
  ctx.fact({ kind: 'lastStableOffset', partition: name, from, to, leaderEpoch })
}
