import { NO_LEADER } from '../kafka/ids.ts'
import type { World } from '../world/world.ts'
import { cutsOf } from './cuts.ts'
import { named } from './logs.ts'
import { missing } from './loss.ts'
import { lossHole } from './loss-holes.ts'
import { lossHoles, unlessToldHoles } from './promises.ts'
import type { Finding, Property } from './property.ts'
import type { StateWrite } from './state-writes.ts'
import { stateWrites, writeBefore } from './state-writes.ts'

/** A committed record that the new leader lacks is missing from then on; it may come back (a copy is elected later). */
export const LEADER_COMPLETENESS: Property = {
  name: 'LeaderCompleteness',
  kind: 'always',
  statement: 'Every leader that is elected has every record that was committed before.',
  on: ['registryWrite'],
  promised: (plan) => unlessToldHoles(lossHoles(plan)),
  check: (world, step) => {
    const findings: Finding[] = []
    for (const write of stateWrites(step)) {
      if (write.state.leader === NO_LEADER || !isElection(world, write)) continue
      const absent = missing(world, write.partition)
      const first = absent[0]
      if (first === undefined) continue
      const { leader, leaderEpoch } = write.state
      const hole = lossHole(world, cutsOf(world), { ...first, committed: first, lastLeader: leader })
      findings.push({
        partition: write.partition,
        words:
          `broker ${leader} is elected leader of ${write.partition} at epoch ${leaderEpoch} without ` +
          `${absent.length === 1 ? 'one committed record' : `${absent.length} committed records`}, first ${named(first)} at offset ${first.offset}`,
        evidence: {
          leader,
          leaderEpoch,
          offset: first.offset,
          id: first.id,
          value: first.value,
          epoch: first.epoch,
          committedAtUs: first.atUs,
          committedBy: first.broker,
          count: absent.length,
        },
        key: `${write.partition} ${leader} ${leaderEpoch}`,
        ...(hole === undefined ? {} : { knownHole: hole }),
      })
    }
    return findings.length === 0 ? null : findings
  },
}

function isElection(world: World, write: StateWrite): boolean {
  const before = writeBefore(world, write.path, write.version)
  return before === null || (before.data as { readonly leader: number }).leader !== write.state.leader
}
