import { CONTROLLER_EPOCH } from '../kafka/znodes.ts'
import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'
import { writeBefore } from './state-writes.ts'

export const MONOTONIC_CONTROLLER_EPOCH: Property = {
  name: 'MonotonicControllerEpoch',
  kind: 'always',
  statement: 'Every write of the controller epoch raises it.',
  on: ['registryWrite'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { fact } of step.facts) {
      if (fact.kind !== 'registryWrite' || fact.path !== CONTROLLER_EPOCH || fact.write === 'delete') continue
      const before = writeBefore(world, CONTROLLER_EPOCH, fact.version)
      if (before === null || Number(fact.data) > Number(before.data)) continue
      findings.push({
        partition: null,
        words: `${fact.by} writes controller epoch ${Number(fact.data)} over ${Number(before.data)}`,
        evidence: { by: fact.by, controllerEpoch: fact.data, before: before.data, version: fact.version },
        key: `${fact.version}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
