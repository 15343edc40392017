import type { StateZnode } from '../kafka/znodes.ts'
import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'
import { stateWrites, writeBefore } from './state-writes.ts'

export const MONOTONIC_LEADER_EPOCH: Property = {
  name: 'MonotonicLeaderEpoch',
  kind: 'always',
  statement: 'The leader epoch in the registry never falls, and another leader always has a higher one.',
  on: ['registryWrite'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { partition, path, version, state, by } of stateWrites(step)) {
      const earlier = writeBefore(world, path, version)
      if (earlier === null) continue
      const before = earlier.data as unknown as StateZnode
      const fell = state.leaderEpoch < before.leaderEpoch
      const shared = state.leader !== before.leader && state.leaderEpoch === before.leaderEpoch
      if (!fell && !shared) continue
      findings.push({
        partition,
        words:
          `${by} writes leader ${state.leader} at epoch ${state.leaderEpoch} of ${partition} over leader ${before.leader} ` +
          `at epoch ${before.leaderEpoch}`,
        evidence: {
          by,
          leader: state.leader,
          leaderEpoch: state.leaderEpoch,
          leaderBefore: before.leader,
          leaderEpochBefore: before.leaderEpoch,
          version,
        },
        key: `${path} ${version}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
