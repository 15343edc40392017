import { knownPartitions, partitionTruth } from '../world/targets.ts'
import { leadershipOf } from './leadership.ts'
import { settlesHealed } from './promises.ts'
import type { Finding, Property } from './property.ts'

/** A partition that nobody may lead is an explained outcome and no violation: see `leadershipOf`. */
export const PARTITIONS_HAVE_LEADERS: Property = {
  name: 'PartitionsHaveLeaders',
  kind: 'finally',
  statement: 'Every partition that some broker may lead is led.',
  on: [],
  promised: settlesHealed,
  check: (world) => {
    const findings: Finding[] = []
    for (const partition of knownPartitions(world)) {
      const leadership = leadershipOf(world, partition)
      if (leadership === null || leadership.kind !== 'broken') continue
      const truth = partitionTruth(world, partition)!
      findings.push({
        partition,
        words: `${partition} is without a leader: ${leadership.words}`,
        evidence: { leader: truth.leader, leaderEpoch: truth.leaderEpoch, isr: truth.isr, replicas: truth.replicas },
        key: partition,
        ...(leadership.hole === null ? {} : { knownHole: leadership.hole }),
      })
    }
    return findings.length === 0 ? null : findings
  },
}
