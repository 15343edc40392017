import { nodeNumber } from '../../kafka/ids.ts'
import { lossHoles, unlessHoles } from '../promises.ts'
import type { Finding, Property } from '../property.ts'

/** A generation that had its assignment in the log is known to every later coordinator, which goes on from there. */
export const STABLE_GENERATIONS_GROW: Property = {
  name: 'StableGenerationsGrow',
  kind: 'always',
  statement: 'Each generation of a group that gets an assignment has a higher number than all before it.',
  on: ['groupStable'],
  promised: (plan) =>
    plan.mechanisms.emptyGroupsKept
      ? unlessHoles(lossHoles(plan))
      : { promised: false, because: 'a group without members is forgotten, and its generations with it', hole: null },
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { fact, node } of step.facts) {
      if (fact.kind !== 'groupStable') continue
      const { group, generation } = fact
      const before = world.ledger.facts.find(
        ({ event, fact: other }) =>
          event < step.event && other.kind === 'groupStable' && other.group === group && other.generation >= generation,
      )
      if (before?.fact.kind !== 'groupStable') continue
      findings.push({
        partition: null,
        words: `${node} makes generation ${generation} of ${group} stable after generation ${before.fact.generation} at ${before.node}`,
        evidence: { group, generation, before: before.fact.generation, broker: nodeNumber(node) },
        key: `${group} ${generation} ${step.event}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
