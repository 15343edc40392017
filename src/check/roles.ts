/** Who leads and who should hold what: beliefs of brokers beside the registry's truth. */

import type { PartitionState } from '../broker/state.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { World } from '../world/world.ts'
import { brokerState } from '../world/world.ts'

export interface Presumed {
  readonly broker: BrokerId
  readonly state: PartitionState
}

export const viewOf = (world: World, broker: BrokerId, partition: TopicPartition): PartitionState | null =>
  brokerState(world, broker)?.volatile?.partitions[partition] ?? null

/** Running brokers that believe they lead the partition, zombies among them; of one broker only where it is named. */
export function presumedLeaders(world: World, partition: TopicPartition, only: BrokerId | null = null): Presumed[] {
  const found: Presumed[] = []
  for (const { id } of world.plan.brokers) {
    if (only !== null && id !== only) continue
    const state = viewOf(world, id, partition)
    if (state !== null && state.role === 'leader') found.push({ broker: id, state })
  }
  return found
}

export const processState = (world: World, broker: BrokerId): 'up' | 'down' | 'paused' =>
  world.processes[`broker-${broker}`]?.state ?? 'down'
