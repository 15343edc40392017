import { nodeNumber } from '../kafka/ids.ts'
import { damagesDisks, keepsLess, replacesDisks } from './promises.ts'
import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'

/** What an honest flush has put on a disk comes back from it, through kills, power losses and recovery. */
export const FLUSHED_NOT_LOST: Property = {
  name: 'FlushedNotLost',
  kind: 'always',
  statement: 'A record that was flushed to disk is there after any kill, power loss and start.',
  on: ['powerLost', 'recovered'],
  promised: (plan) => {
    if (damagesDisks(plan) || replacesDisks(plan))
      return { promised: false, because: 'a disk or a file is damaged', hole: null }
    if (keepsLess(plan)) return { promised: false, because: 'a power loss is told what it leaves', hole: null }
    return PROMISED
  },
  check: (_, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (fact.kind !== 'powerLost' && fact.kind !== 'recovered') continue
      const to = fact.kind === 'powerLost' ? fact.to : fact.logEndOffset
      if (to >= fact.durable) continue
      // A cleaned log may have nothing between its last record and what was flushed: its end falls, and nothing is lost.
      if (fact.kind === 'powerLost' && fact.removed.every(({ offset }) => offset >= fact.durable)) continue
      const broker = nodeNumber(node)
      findings.push({
        partition: fact.partition,
        words: `broker ${broker} had flushed ${fact.partition} up to offset ${fact.durable}, and its log ends at ${to} after the ${fact.kind === 'powerLost' ? 'power loss' : 'start'}`,
        evidence: { broker, flushed: fact.durable, offset: to },
        key: `${fact.partition} ${broker} ${fact.durable} ${to}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
