import { nodeNumber } from '../kafka/ids.ts'
import { logOf } from './logs.ts'
import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'
import { viewOf } from './roles.ts'

/** What is not committed may be the only copy of what a producer will be told, or of what a follower still needs. */
export const RETENTION_BELOW_HIGH_WATERMARK: Property = {
  name: 'RetentionBelowHighWatermark',
  kind: 'always',
  statement: 'Retention deletes no segment that reaches above the high watermark of its broker.',
  on: ['segmentsDeleted'],
  promised: ({ mechanisms }) =>
    mechanisms.retentionStopsAtHighWatermark
      ? PROMISED
      : { promised: false, because: 'retention does not look at the high watermark', hole: 'KAFKA-5634' },
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (fact.kind !== 'segmentsDeleted') continue
      const broker = nodeNumber(node)
      const view = viewOf(world, broker, fact.partition)
      const log = logOf(world, broker, fact.partition)
      if (view === null || log === null || log.logStartOffset <= view.highWatermark) continue
      findings.push({
        partition: fact.partition,
        words: `broker ${broker} deletes segments ${fact.bases.join(', ')} of ${fact.partition} up to offset ${log.logStartOffset}, above its high watermark ${view.highWatermark} (${fact.reason})`,
        evidence: {
          broker,
          bases: fact.bases,
          offset: log.logStartOffset,
          highWatermark: view.highWatermark,
          reason: fact.reason,
        },
        key: `${fact.partition} ${broker} ${log.logStartOffset}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
