import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'

/** Followers may go back (a new leader knows less), and so may consumers that see a new leader. */
export const MONOTONIC_HIGH_WATERMARK: Property = {
  name: 'MonotonicHighWatermark',
  kind: 'always',
  statement: 'The high watermark of a leader never falls within one leader epoch.',
  on: ['highWatermark'],
  promised: () => PROMISED,
  check: (_world, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (fact.kind !== 'highWatermark' || fact.as !== 'leader' || fact.to >= fact.from) continue
      findings.push({
        partition: fact.partition,
        words: `${node} leads ${fact.partition} and lowers its high watermark from ${fact.from} to ${fact.to}`,
        evidence: { broker: node, from: fact.from, to: fact.to, offset: fact.to },
        key: `${fact.partition} ${node} ${step.event}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
