/** Groups as their coordinators and their members have them. */
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

/**
 * Members of a group of KIP-848 that ask to join under an id by which their coordinator has a member already, of a later
 * epoch: by their names in the plan.
 */
export function lockedOutMembers(world: World, id: string): string[] {
  const known = coordinatedNow(world, ({ consumerGroups = {} }) => {
    const group = own(consumerGroups, id)
    return group === undefined ? {} : { [id]: group.members }
  })[id]
  return world.plan.clients.flatMap(({ name }) => {
    const state = world.nodes[clientNode(world, name)]?.state as Partial<ConsumerState> | undefined
    const membership = state?.volatile?.group
    if (membership?.id !== id || membership.state !== 'joining') return []
    const member = own(known ?? {}, membership.memberId)
    return member !== undefined && member.epoch > 0 && member.previousEpoch !== 0 ? [name] : []
  })
}
