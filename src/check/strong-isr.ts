import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { StateZnode } from '../kafka/znodes.ts'
import { statePath } from '../kafka/znodes.ts'
import { partitionTruth } from '../world/targets.ts'
import type { World } from '../world/world.ts'
import { isKraft, registryState } from '../world/world.ts'
import { ISR_FACTS, isrFindings } from './isr-holds-committed.ts'
import { lossHoles, unlessToldHoles } from './promises.ts'
import type { Property } from './property.ts'

const registryIsr = (world: World, partition: TopicPartition): readonly BrokerId[] =>
  isKraft(world) ? (partitionTruth(world, partition)?.isr ?? []) : znodeIsr(world, partition)

const znodeIsr = (world: World, partition: TopicPartition): readonly BrokerId[] =>
  (registryState(world).nodes[statePath(partition)]?.data as unknown as StateZnode | undefined)?.isr ?? []

/** After StrongIsr of the TLA+ models by J. Gustafson: the ISR is the registry's, the leaders are all that believe so. */
export const STRONG_ISR: Property = {
  name: 'StrongIsr',
  kind: 'always',
  statement: 'Whatever a broker that believes it leads has exposed is held by every member of the ISR in the registry.',
  on: ISR_FACTS,
  promised: (plan) => unlessToldHoles(lossHoles(plan)),
  check: (world, step) => isrFindings(world, step, registryIsr),
}
