import { partitionTruth } from '../world/targets.ts'
import { isDisturbed } from './promises.ts'
import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'
import { stateWrites } from './state-writes.ts'

export const ISR_WITHIN_ASSIGNMENT: Property = {
  name: 'IsrWithinAssignment',
  kind: 'always',
  statement: 'Every member of an ISR that is written is an assigned replica, named once.',
  on: ['registryWrite'],
  promised: (plan) =>
    !plan.mechanisms.isrJoinMustBeAssigned && isDisturbed(plan)
      ? { promised: false, because: 'a late fetch of a replica that was moved away brings it back', hole: 'KAFKA-1097' }
      : PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { partition, path, version, state, by } of stateWrites(step)) {
      const replicas = partitionTruth(world, partition)?.replicas ?? []
      const strangers = state.isr.filter((id, index) => !replicas.includes(id) || state.isr.indexOf(id) !== index)
      if (strangers.length === 0) continue
      findings.push({
        partition,
        words: `${by} writes ISR [${state.isr.join(', ')}] of ${partition}, whose replicas are [${replicas.join(', ')}]`,
        evidence: { by, isr: state.isr, replicas, strangers, version },
        key: `${path} ${version}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
