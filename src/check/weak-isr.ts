import { partitionTruth } from '../world/targets.ts'
import { ISR_FACTS, isrFindings } from './isr-holds-committed.ts'
import { lossHoles, unlessToldHoles } from './promises.ts'
import type { Property } from './property.ts'

/**
 * After WeakIsr of the TLA+ models by J. Gustafson: the ISR is the one that the leader itself believes in. A member that a
 * reassignment took the partition from has deleted it, which a leader that has been replaced does not know.
 */
export const WEAK_ISR: Property = {
  name: 'WeakIsr',
  kind: 'always',
  statement: 'Whatever a broker that believes it leads has exposed is held by every member of the ISR it believes in.',
  on: ISR_FACTS,
  promised: (plan) => unlessToldHoles(lossHoles(plan)),
  check: (world, step) =>
    isrFindings(world, step, (_world, partition, { state: { isr } }) => {
      const replicas = partitionTruth(world, partition)?.replicas ?? isr
      return isr.every((id) => replicas.includes(id)) ? isr : isr.filter((id) => replicas.includes(id))
    }),
}
