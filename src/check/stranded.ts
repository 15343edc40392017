/** Clients that have nobody left to ask. */
import type { ConsumerState } from '../client/consumer/state.ts'
import type { ProducerState } from '../client/producer/state.ts'
import type { PlanClient } from '../world/plan.ts'
import type { World } from '../world/world.ts'
import { processState } from './roles.ts'

export const STRANDED_HOLE = 'KAFKA-8206 (KIP-899)'

/** Why a client has nobody to ask. */
type Stranded =
  /**
   * It knows brokers, which have all gone, and asks nobody else for as long as it runs: no version before 3.8 can, and
   * with `metadata.recovery.strategy: none` (the default to 3.9) none does.
   */
  | 'known-brokers'
  /** It has begun anew, or not begun yet, and its bootstrap servers have all gone, too: it waits for them to come back. */
  | 'bootstrap-servers'

export function strandedBy(world: World, client: PlanClient): Stranded | null {
  const { kind, name, settings, bootstrap } = client
  const state = world.nodes[`${kind}-${name}`]?.state as ConsumerState | ProducerState | undefined
  if (state?.volatile == null) return null
  const known = state.volatile.view.brokers
  const isDown = (id: number): boolean => processState(world, id) === 'down'
  if (!known.every(isDown)) return null
  if (known.length > 0 && settings['metadata.recovery.strategy'] !== 'rebootstrap') return 'known-brokers'
  return bootstrap.every(isDown) ? 'bootstrap-servers' : null
}
