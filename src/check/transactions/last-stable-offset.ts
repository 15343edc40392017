import { nodeNumber } from '../../kafka/ids.ts'
import type { ReplicaLog } from '../../log/replica-log.ts'
import { brokerState } from '../../world/world.ts'
import { loadedFrom } from '../idempotence/producer-memory.ts'
import type { Finding, Property } from '../property.ts'
import { PROMISED } from '../property.ts'
import { fateAt } from './fate.ts'

/** Of the first batch below `to` whose transaction no marker below `upTo` decides; null: all are decided. */
function undecidedBelow(log: ReplicaLog, to: number, upTo: number): number | null {
  const index = log.batches.findIndex((batch, at) => batch.baseOffset < to && fateAt(log, at, upTo) === 'open')
  return index < 0 ? null : log.batches[index]!.baseOffset
}

/**
 * Against the log itself: what lies below is decided by markers below the high watermark, or by such below the snapshot
 * file from which the broker knows its producers, which does not tell what was replicated. Markers behind it are read
 * batch by batch and wait for the high watermark (ProducerStateManager.truncateAndReload, Log.loadProducersFromLog).
 */
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
      const { highWatermark } = view
      const isOpen = undecidedBelow(log, to, highWatermark) !== null
      const undecided = isOpen
        ? undecidedBelow(log, to, Math.max(highWatermark, loadedFrom(world, node, partition)))
        : null
      const why =
        to > view.highWatermark
          ? `lies above the high watermark ${view.highWatermark}`
          : to < from
            ? `falls from ${from}`
            : undecided !== null
              ? `lies above the undecided record at offset ${undecided}`
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
