import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'

export const ACKED_BELOW_HIGH_WATERMARK: Property = {
  name: 'AckedBelowHighWatermark',
  kind: 'always',
  statement: 'A leader that acknowledges at acks=all has its high watermark above the record at that moment.',
  on: ['produceAcknowledged'],
  promised: (plan) =>
    plan.mechanisms.acksAllBy === 'log-ends'
      ? { promised: false, because: 'the log ends of the ISR are asked, not the high watermark', hole: 'KAFKA-1555' }
      : PROMISED,
  check: (_world, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (fact.kind !== 'produceAcknowledged' || fact.acks !== -1 || fact.endOffset <= fact.highWatermark) continue
      findings.push({
        partition: fact.partition,
        words:
          `${node} acknowledges offsets ${fact.baseOffset} to ${fact.endOffset - 1} of ${fact.partition} at acks=all ` +
          `with high watermark ${fact.highWatermark}`,
        evidence: {
          broker: node,
          offset: fact.baseOffset,
          endOffset: fact.endOffset,
          highWatermark: fact.highWatermark,
          isr: fact.isr,
        },
        key: `${fact.partition} ${node} ${fact.baseOffset} ${step.event}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
