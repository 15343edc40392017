import type { Finding, Property } from '../property.ts'
import { PROMISED } from '../property.ts'

export const NO_STALE_COMMITS: Property = {
  name: 'NoStaleCommits',
  kind: 'always',
  statement: 'A coordinator takes no commit of an old generation, and none of who is no member or was fenced.',
  on: ['groupCommit'],
  promised: () => PROMISED,
  check: (_world, step) => {
    const findings: Finding[] = []
    for (const { fact, node } of step.facts) {
      if (fact.kind !== 'groupCommit' || (fact.isMember && fact.generation === fact.current)) continue
      const { group, member, generation, current, isMember } = fact
      findings.push({
        partition: null,
        words: `${node} takes a commit of ${member} in generation ${generation} of ${group}, which is in ${current}${isMember ? '' : ' without it'}`,
        evidence: { group, member, generation, current },
        key: `${group} ${member} ${generation}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
