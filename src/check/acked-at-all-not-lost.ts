import { lostRecords } from './loss.ts'
import { lostFinding } from './lost-findings.ts'
import { lossHoles, unlessToldHoles } from './promises.ts'
import type { Property } from './property.ts'

export const ACKED_AT_ALL_NOT_LOST: Property = {
  name: 'AckedAtAllNotLost',
  kind: 'finally',
  statement: 'No record that was acknowledged at acks=all is lost.',
  on: [],
  promised: (plan) => unlessToldHoles(lossHoles(plan)),
  check: (world) => {
    const lost = lostRecords(world).filter(({ acks }) => acks === -1)
    return lost.length === 0 ? null : lost.map(lostFinding)
  },
}
