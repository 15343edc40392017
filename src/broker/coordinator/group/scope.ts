/** A group in hand: everything that acts on it is given this. */
import { MICROS_PER_MS } from '../../../kernel/time.ts'
import type { BrokerContext } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import type { CoordinatedPartition } from '../state.ts'
import type { GroupPhase, GroupState } from './state.ts'

export interface GroupScope {
  readonly state: BrokerState
  readonly ctx: BrokerContext
  readonly config: BrokerConfig
  readonly partition: CoordinatedPartition
  readonly group: GroupState
}

/** This broker's clock in ms, as records carry it. */
export const nowMs = (ctx: BrokerContext): number => Math.floor(ctx.nowUs / MICROS_PER_MS)

export function moveTo({ ctx, group }: GroupScope, phase: GroupPhase): void {
  group.phase = phase
  group.phaseSinceMs = nowMs(ctx)
}
