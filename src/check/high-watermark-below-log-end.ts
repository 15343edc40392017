import { nodeNumber } from '../kafka/ids.ts'
import { logOf } from './logs.ts'
import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'
import { viewOf } from './roles.ts'

/**
 * Followers to 2.3 are exempt: a truncation after an out-of-range answer leaves their high watermark above the log end
 * until the next record comes (from 2.4 a truncation brings it down).
 */
export const HIGH_WATERMARK_BELOW_LOG_END: Property = {
  name: 'HighWatermarkBelowLogEnd',
  kind: 'always',
  statement: 'No high watermark is above the log end (of leaders; of followers from 2.4).',
  on: ['highWatermark', 'truncated', 'becameLeader', 'becameFollower'],
  promised: ({ mechanisms }) =>
    mechanisms.acksAllBy === 'high-watermark'
      ? PROMISED
      : {
          promised: false,
          because: 'to 0.8.1 a leader elected with a high watermark above its log end keeps it',
          hole: null,
        },
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (
        fact.kind !== 'highWatermark' &&
        fact.kind !== 'truncated' &&
        fact.kind !== 'becameLeader' &&
        fact.kind !== 'becameFollower'
      ) {
        continue
      }
      const broker = nodeNumber(node)
      const view = viewOf(world, broker, fact.partition)
      const log = logOf(world, broker, fact.partition)
      if (view === null || log === null || view.highWatermark <= log.logEndOffset) continue
      if (view.role !== 'leader' && !world.plan.mechanisms.truncationLowersHighWatermark) continue
      findings.push({
        partition: fact.partition,
        words: `broker ${broker} (${view.role}) has high watermark ${view.highWatermark} of ${fact.partition} and log end ${log.logEndOffset}`,
        evidence: { broker, role: view.role, highWatermark: view.highWatermark, offset: log.logEndOffset },
        key: `${fact.partition} ${broker} ${view.highWatermark} ${log.logEndOffset}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
