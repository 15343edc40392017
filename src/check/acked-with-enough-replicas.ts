import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'

export const ACKED_WITH_ENOUGH_REPLICAS: Property = {
  name: 'AckedWithEnoughReplicas',
  kind: 'always',
  statement:
    'A leader that acknowledges at acks=all has at least min.insync.replicas members in its ISR at that moment.',
  on: ['produceAcknowledged'],
  promised: ({ mechanisms }) => {
    if (!mechanisms.minInsyncReplicas) {
      return { promised: false, because: 'min.insync.replicas does not exist', hole: 'KAFKA-1555' }
    }
    // From 3.7 the high watermark waits for the committed ISR, so nothing is acknowledged meanwhile.
    return mechanisms.isrPersistence === 'controller' && !mechanisms.highWatermarkFrozenBelowMinIsr
      ? { promised: false, because: 'an expansion of the ISR counts before it is confirmed', hole: 'KIP-497' }
      : PROMISED
  },
  check: (_world, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (fact.kind !== 'produceAcknowledged' || fact.acks !== -1 || fact.isr.length >= fact.minInsyncReplicas) continue
      findings.push({
        partition: fact.partition,
        words:
          `${node} acknowledges offset ${fact.baseOffset} of ${fact.partition} at acks=all with ISR [${fact.isr.join(', ')}] ` +
          `under min.insync.replicas ${fact.minInsyncReplicas}`,
        evidence: { broker: node, offset: fact.baseOffset, isr: fact.isr, minInsyncReplicas: fact.minInsyncReplicas },
        key: `${fact.partition} ${node} ${fact.baseOffset} ${step.event}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
