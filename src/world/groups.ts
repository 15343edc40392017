/** Groups as brokers have them. */
import type { GroupState } from '../broker/coordinator/group/state.ts'
import type { World } from './world.ts'
import { brokerState } from './world.ts'

/** The groups that brokers which are up coordinate now, by id. Two brokers may believe it of one: the higher epoch counts. */
export function groupsNow(world: World): Record<string, GroupState> {
  const found: Record<string, { readonly epoch: number; readonly group: GroupState }> = {}
  for (const { id: broker } of world.plan.brokers) {
    if (world.processes[`broker-${broker}`]?.state !== 'up') continue
    const { coordination } = brokerState(world, broker)?.volatile ?? {}
    for (const { groups, leaderEpoch, phase } of Object.values(coordination?.partitions ?? {})) {
      if (phase !== 'active') continue
      for (const id of Object.keys(groups)) {
        if ((found[id]?.epoch ?? -1) < leaderEpoch) found[id] = { epoch: leaderEpoch, group: groups[id]! }
      }
    }
  }
  return Object.fromEntries(
    Object.keys(found)
      .sort()
      .map((id) => [id, found[id]!.group]),
  )
}

/** A group as its coordinator has it now; null: nobody coordinates it, or there is none. */
export const groupNow = (world: World, id: string): GroupState | null => groupsNow(world)[id] ?? null
