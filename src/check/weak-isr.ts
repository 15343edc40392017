import { ISR_FACTS, isrFindings } from './isr-holds-committed.ts'
import { lossHoles, unlessToldHoles } from './promises.ts'
import type { Property } from './property.ts'

/** After WeakIsr of the TLA+ models by J. Gustafson: the ISR is the one that the leader itself believes in. */
export const WEAK_ISR: Property = {
  name: 'WeakIsr',
  kind: 'always',
  statement: 'Whatever a broker that believes it leads has exposed is held by every member of the ISR it believes in.',
  on: ISR_FACTS,
  promised: (plan) => unlessToldHoles(lossHoles(plan)),
  check: (world, step) => isrFindings(world, step, (_world, _partition, leader) => leader.state.isr),
}
