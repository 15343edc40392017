import { NO_LEADER } from '../kafka/ids.ts'
import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'
import { stateWrites } from './state-writes.ts'

export const LEADER_IN_ISR: Property = {
  name: 'LeaderInIsr',
  kind: 'always',
  statement: 'Every state that is written names a leader from its own ISR, or none.',
  on: ['registryWrite'],
  promised: () => PROMISED,
  check: (_world, step) => {
    const findings: Finding[] = []
    for (const { partition, path, version, state, by } of stateWrites(step)) {
      if (state.leader === NO_LEADER || state.isr.includes(state.leader)) continue
      findings.push({
        partition,
        words: `${by} writes leader ${state.leader} of ${partition} with ISR [${state.isr.join(', ')}]`,
        evidence: { by, leader: state.leader, leaderEpoch: state.leaderEpoch, isr: state.isr, version },
        key: `${path} ${version}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
