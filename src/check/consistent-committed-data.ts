import { lostCommitted } from './loss.ts'
import { lostFinding } from './lost-findings.ts'
import { lossHoles, unlessToldHoles } from './promises.ts'
import type { Property } from './property.ts'

/** Named after the check of Kafka's own Raft simulation test. Records that were missing and came back do not break it. */
export const CONSISTENT_COMMITTED_DATA: Property = {
  name: 'ConsistentCommittedData',
  kind: 'finally',
  statement: 'Every record that was ever committed is in the log of the last leader, at its offset.',
  on: [],
  promised: (plan) => unlessToldHoles(lossHoles(plan)),
  check: (world) => {
    const lost = lostCommitted(world)
    return lost.length === 0 ? null : lost.map(lostFinding)
  },
}
