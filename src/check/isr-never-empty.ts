import type { Plan } from '../world/plan.ts'
import { isDisturbed, isUncleanPossible } from './promises.ts'
import type { Finding, Promised, Property } from './property.ts'
import { PROMISED } from './property.ts'
import { stateWrites } from './state-writes.ts'

function promised(plan: Plan): Promised {
  const { lastIsrMember, eligibleLeaderReplicas } = plan.mechanisms
  if (eligibleLeaderReplicas) {
    return { promised: false, because: 'eligible leader replicas take the place of the last member', hole: 'KIP-966' }
  }
  if (!isDisturbed(plan) || lastIsrMember === 'keep') return PROMISED
  if (lastIsrMember === 'keep-unless-unclean' && !isUncleanPossible(plan)) return PROMISED
  return { promised: false, because: 'the last member that dies is removed', hole: 'KAFKA-5083' }
}

export const ISR_NEVER_EMPTY: Property = {
  name: 'IsrNeverEmpty',
  kind: 'always',
  statement: 'No ISR that is written is empty.',
  on: ['registryWrite'],
  promised,
  check: (_world, step) => {
    const findings: Finding[] = []
    for (const { partition, path, version, state, by } of stateWrites(step)) {
      if (state.isr.length > 0) continue
      findings.push({
        partition,
        words: `${by} writes an empty ISR of ${partition} (leader ${state.leader}, epoch ${state.leaderEpoch})`,
        evidence: { by, leader: state.leader, leaderEpoch: state.leaderEpoch, version },
        key: `${path} ${version}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
