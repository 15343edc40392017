import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'

export const ACKED_WITH_ENOUGH_REPLICAS: Property = {
  name: 'AckedWithEnoughReplicas',
  kind: 'always',
  statement:
    'A leader that acknowledges at acks=all has at least min.insync.replicas members in its ISR at that moment.',
  on: ['produceAcknowledged'],
  promised: (plan) =>
    plan.mechanisms.minInsyncReplicas
      ? PROMISED
      : { promised: false, because: 'min.insync.replicas does not exist', hole: 'KAFKA-1555' },
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
