import { logsOf } from './logs.ts'
import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'

/** `auto.offset.reset: earliest`: a consumer that has no position left passes over nothing that is still there. */
export const RESETS_GO_TO_THE_START: Property = {
  name: 'ResetsGoToTheStart',
  kind: 'always',
  statement: 'A consumer that resets to the earliest offset begins at the start of a replica of the log.',
  on: ['positionReset'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { fact } of step.facts) {
      if (fact.kind !== 'positionReset' || !fact.why.endsWith(': earliest')) continue
      const { client, partition, to } = fact
      const starts = logsOf(world, partition).map(({ log }) => log.logStartOffset)
      const furthest = Math.max(...starts)
      if (starts.length === 0 || to <= furthest) continue
      findings.push({
        partition,
        words: `${client} resets ${partition} to the earliest offset and begins at ${to}, where the log begins at ${furthest}`,
        evidence: { client, offset: to, logStartOffset: furthest },
        key: `${client} ${partition} ${step.event}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
