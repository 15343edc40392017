import { named } from './logs.ts'
import type { LostRecord } from './loss.ts'
import { POWER_LOSS_RULE } from './loss.ts'
import type { Finding } from './property.ts'

const includesAll = (set: readonly number[], members: readonly number[]): boolean =>
  members.every((member) => set.includes(member))

/**
 * Which hole of Kafka lets a power loss lose this record; null when no power loss took a copy of it. A leader that lost
 * its tail keeps its place where it was the only one that might lead (C-16), or where it came back before anybody had
 * looked (KIP-380); and no protocol without fsync keeps what every member of the ISR lost (KIP-101, second scenario).
 */
export function powerLossHole(lost: LostRecord): string | null {
  const { powerLostOn, committedIsr, leaderIsr, origin } = lost
  if (powerLostOn.length === 0) return null
  if (committedIsr.length > 0 && includesAll(powerLostOn, committedIsr)) {
    return 'C-02 (KIP-101: every ISR member lost power)'
  }
  if (!powerLostOn.includes(origin)) return null
  if (leaderIsr.length === 1) return 'C-16 (KIP-966: last replica standing)'
  return 'C-29 (KIP-380: back before its loss was noticed)'
}

/** A lost record as evidence: where it was, who told the client, what is there now, who cut it, who still has it. */
export function lostFinding(lost: LostRecord): Finding {
  const { truncatedBy, instead, remainsOn } = lost
  const hole = powerLossHole(lost)
  const claim =
    lost.ackedAtUs === null ? 'was committed' : `was acknowledged (acks=${lost.acks === -1 ? 'all' : lost.acks})`
  const now = instead === null ? 'nothing' : named(instead)
  const cut =
    truncatedBy === null
      ? 'nobody truncated it'
      : truncatedBy.rule === POWER_LOSS_RULE
        ? `broker ${truncatedBy.broker} lost it with its power`
        : `broker ${truncatedBy.broker} truncated it at event ${truncatedBy.event} (${truncatedBy.rule}, to ${truncatedBy.to})`
  const copies =
    remainsOn.length === 0 ? 'no copy is left' : `a diverged copy remains on broker ${remainsOn.join(', ')}`
  return {
    partition: lost.partition,
    words:
      `${named(lost)} ${claim} at offset ${lost.offset} of ${lost.partition} and is lost: ` +
      `the last leader, broker ${lost.leader}, has ${now} there; ${cut}; ${copies}`,
    evidence: {
      ...lost,
      instead: instead === null ? null : { id: instead.id, value: instead.value },
      truncatedBy: truncatedBy === null ? null : { ...truncatedBy },
    },
    key: `${lost.partition} ${lost.offset} ${lost.id}`,
    ...(hole === null ? {} : { knownHole: hole }),
  }
}
