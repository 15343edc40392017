import type { Finding, Property } from '../property.ts'
import { PROMISED } from '../property.ts'
import { isAcknowledged, isTakenOver } from './decisions.ts'

/** Otherwise a new coordinator, which knows nothing of the decision, could come to another one. */
export const MARKERS_FOLLOW_DECISION: Property = {
  name: 'MarkersFollowDecision',
  kind: 'always',
  statement:
    'No partition gets the end of a transaction before the decision has its acks in the transaction log, or is found there by a coordinator that takes over.',
  on: ['transactionMarker'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (fact.kind !== 'transactionMarker') continue
      const { partition, producerId, producerEpoch, result, offset } = fact
      const decision = result === 'COMMIT' ? 'PrepareCommit' : 'PrepareAbort'
      if (isAcknowledged(world, decision, fact) || isTakenOver(world, decision, fact)) continue
      findings.push({
        partition,
        words: `${node} appends ${result} of producer ${producerId} epoch ${producerEpoch} to ${partition} at offset ${offset}, and no ${decision} of it is in the transaction log`,
        evidence: { offset, producerId, producerEpoch, result },
        key: `${partition} ${offset} ${node}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
