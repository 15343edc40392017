import { own } from '../../kernel/own.ts'
import { groupNow } from '../../world/groups.ts'
import type { Finding, Property } from '../property.ts'
import { PROMISED } from '../property.ts'

/** KIP-345: who comes with an instance id takes the place of the member that has it. */
export const ONE_MEMBER_PER_INSTANCE: Property = {
  name: 'OneMemberPerInstance',
  kind: 'always',
  statement: 'No two members of a generation have the same group.instance.id.',
  on: ['groupGeneration'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { fact, node } of step.facts) {
      if (fact.kind !== 'groupGeneration') continue
      const holders: Record<string, string> = {}
      for (const { id, instanceId } of groupNow(world, fact.group)?.members ?? []) {
        if (instanceId === null) continue
        const other = own(holders, instanceId)
        holders[instanceId] = id
        if (other === undefined) continue
        const { group, generation } = fact
        findings.push({
          partition: null,
          words: `${node} has ${other} and ${id} in generation ${generation} of ${group}, both as instance ${instanceId}`,
          evidence: { group, generation, instanceId, member: id, other },
          key: `${group} ${generation} ${instanceId}`,
        })
      }
    }
    return findings.length === 0 ? null : findings
  },
}
