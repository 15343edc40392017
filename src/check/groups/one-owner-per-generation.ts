import { unlessToldHoles } from '../promises.ts'
import type { Finding, Property } from '../property.ts'
import { assignorHoles, holeOfAssignor, protocolOf } from './assignor-holes.ts'

export const ONE_OWNER_PER_GENERATION: Property = {
  name: 'OneOwnerPerGeneration',
  kind: 'always',
  statement: 'In one generation of a group a partition is given to at most one member.',
  on: ['groupStable'],
  promised: (plan) => unlessToldHoles(assignorHoles(plan)),
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { fact } of step.facts) {
      if (fact.kind !== 'groupStable') continue
      const owners: Record<string, string> = {}
      for (const member of Object.keys(fact.assignments).sort()) {
        for (const partition of fact.assignments[member]!) {
          const other = owners[partition]
          owners[partition] = member
          if (other === undefined) continue
          const { group, generation } = fact
          const knownHole = holeOfAssignor(protocolOf(world, group), world.plan.mechanisms)
          findings.push({
            partition,
            words: `generation ${generation} of ${group} gives ${partition} to ${other} and to ${member}`,
            evidence: { group, generation, member, other },
            key: `${group} ${generation} ${partition}`,
            ...(knownHole === null ? {} : { knownHole }),
          })
        }
      }
    }
    return findings.length === 0 ? null : findings
  },
}
