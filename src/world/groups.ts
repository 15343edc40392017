/** Classic groups as their coordinators and their members have them. */
import type { GroupState } from '../broker/coordinator/group/state.ts'
import type { ConsumerState } from '../client/consumer/state.ts'
import { own } from '../kernel/own.ts'
import { coordinatedNow } from './coordinated-truth.ts'
import { clientNode } from './targets.ts'
import type { World } from './world.ts'

/** A group as its coordinator has it now; null: nobody coordinates it, or there is none. */
export const groupNow = (world: World, id: string): GroupState | null =>
  coordinatedNow(world, ({ groups }) => (own(groups, id) === undefined ? {} : { [id]: groups[id] }))[id] ?? null

/** Members that were fenced and send no heartbeats until they join again (to 2.5), by their names in the plan. */
export const silencedMembers = (world: World): string[] =>
  world.plan.clients.flatMap(({ name }) => {
    const state = world.nodes[clientNode(world, name)]?.state as Partial<ConsumerState> | undefined
    return state?.volatile?.group?.heartbeatStopped === true ? [name] : []
  })
