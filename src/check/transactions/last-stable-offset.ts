import { nodeNumber } from '../../kafka/ids.ts'
import { brokerState } from '../../world/world.ts'
import type { Finding, Property } from '../property.ts'
import { PROMISED } from '../property.ts'
import { fateAt } from './fate.ts'

/** Against the log itself: what lies below is decided by markers below the high watermark. */
export const LAST_STABLE_OFFSET_HELD: Property = {
  name: 'LastStableOffsetHeld',
  kind: 'always',
  statement:
    'The last stable offset of a leader never lies above its high watermark or an undecided record, and never falls within one leader epoch.',
  on: ['lastStableOffset'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (fact.kind !== 'lastStableOffset') continue
      const { partition, from, to } = fact
      const broker = nodeNumber(node)
      const state = brokerState(world, broker)
      const log = state?.durable.logs[partition]
      const view = state?.volatile?.partitions[partition]
      if (log === undefined || view === undefined) continue
      const undecided = log.batches.findIndex(
        (batch, index) => batch.baseOffset < to && fateAt(log, index, view.highWatermark) === 'open',
      )
      const why =
        to > view.highWatermark
          ? `lies above the high watermark ${view.highWatermark}`
          : to < from
            ? `falls from ${from}`
            : undecided >= 0
              ? `lies above the undecided record at offset ${log.batches[undecided]!.baseOffset}`
              : null
      if (why === null) continue
      findings.push({
        partition,
        words: `${node} leads ${partition} and its last stable offset ${to} ${why}`,
        evidence: { broker, offset: to, from, highWatermark: view.highWatermark },
        key: `${partition} ${node} ${step.event}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
