import { nodeNumber } from '../../kafka/ids.ts'
import { cutsOf } from '../cuts.ts'
import { holeOfLost, numberIn, offsetsPartitionOf } from '../lost-for.ts'
import { lossHoles, unlessToldHoles } from '../promises.ts'
import type { Finding, Property } from '../property.ts'

/** A generation that had its assignment in the log is known to every later coordinator, which goes on from there. */
export const STABLE_GENERATIONS_GROW: Property = {
  name: 'StableGenerationsGrow',
  kind: 'always',
  statement: 'Each generation of a group that gets an assignment has a higher number than all before it.',
  on: ['groupStable'],
  promised: (plan) =>
    plan.mechanisms.emptyGroupsKept
      ? unlessToldHoles(lossHoles(plan))
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
      // What its coordinator had written of a generation that was as late, and a leader of its partition came to lack.
      const hole = holeOfLost(world, cutsOf(world), offsetsPartitionOf(world, group), (record) => {
        const lost = numberIn(record, 'generation')
        return lost !== null && lost >= generation
      })
      findings.push({
        partition: null,
        words: `${node} makes generation ${generation} of ${group} stable after generation ${before.fact.generation} at ${before.node}`,
        evidence: { group, generation, before: before.fact.generation, broker: nodeNumber(node) },
        key: `${group} ${generation} ${step.event}`,
        ...(hole === undefined ? {} : { knownHole: hole }),
      })
    }
    return findings.length === 0 ? null : findings
  },
}
