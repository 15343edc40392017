/** Classic groups as their coordinators have them. */

import type { GroupState } from '../broker/coordinator/group/state.ts'
import { own } from '../kernel/own.ts'
import { coordinatedNow } from './coordinated-truth.ts'
import type { World } from './world.ts'

/** A group as its coordinator has it now; null: nobody coordinates it, or there is none. */
export const groupNow = (world: World, id: string): GroupState | null =>
  coordinatedNow(world, ({ groups }) => (own(groups, id) === undefined ? {} : { [id]: groups[id] }))[id] ?? null
