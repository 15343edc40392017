import { lostRecords } from './loss.ts'
import { lostFinding } from './lost-findings.ts'
import { isDisturbed } from './promises.ts'
import type { Property } from './property.ts'
import { PROMISED } from './property.ts'

export const ACKED_AT_ONE_NOT_LOST: Property = {
  name: 'AckedAtOneNotLost',
  kind: 'finally',
  statement: 'No record that was acknowledged at acks=1 (to 0.8.2 any number) is lost.',
  on: [],
  promised: (plan) =>
    isDisturbed(plan)
      ? {
          promised: false,
          because: 'the leader answers before a follower has the record, and may be gone or replaced the next moment',
          hole: null,
        }
      : PROMISED,
  check: (world) => {
    const lost = lostRecords(world).filter(({ acks }) => acks !== null && acks > 0)
    return lost.length === 0 ? null : lost.map(lostFinding)
  },
}
