import { isNewDisk, isPowerLoss } from './cuts.ts'
import { named } from './logs.ts'
import type { LostRecord } from './loss.ts'
import type { Finding } from './property.ts'

/** A lost record as evidence: where it was, who told the client, what is there now, who cut it, who still has it. */
export function lostFinding(lost: LostRecord): Finding {
  const { truncatedBy, instead, remainsOn, toldHole, ...told } = lost
  const claim =
    lost.ackedAtUs === null ? 'was committed' : `was acknowledged (acks=${lost.acks === -1 ? 'all' : lost.acks})`
  const now = instead === null ? 'nothing' : named(instead)
  const cut =
    truncatedBy === null
      ? 'nobody truncated it'
      : isPowerLoss(truncatedBy)
        ? `broker ${truncatedBy.broker} lost it with its power`
        : isNewDisk(truncatedBy)
          ? `broker ${truncatedBy.broker} lost it with its disk`
          : `broker ${truncatedBy.broker} truncated it at event ${truncatedBy.event} (${truncatedBy.rule}, to ${truncatedBy.to})`
  const copies =
    remainsOn.length === 0 ? 'no copy is left' : `a diverged copy remains on broker ${remainsOn.join(', ')}`
  return {
    partition: lost.partition,
    words:
      `${named(lost)} ${claim} at offset ${lost.offset} of ${lost.partition} and is lost: ` +
      `the last leader, broker ${lost.leader}, has ${now} there; ${cut}; ${copies}`,
    evidence: {
      ...told,
      remainsOn,
      instead: instead === null ? null : { id: instead.id, value: instead.value },
      truncatedBy: truncatedBy === null ? null : { ...truncatedBy },
    },
    key: `${lost.partition} ${lost.offset} ${lost.id}`,
    ...(toldHole === undefined ? {} : { knownHole: toldHole }),
  }
}
