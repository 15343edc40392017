import type { BrokerId } from '../kafka/ids.ts'
import type { StateZnode } from '../kafka/znodes.ts'
import type { Plan } from '../world/plan.ts'
import type { World } from '../world/world.ts'
import { brokerState } from '../world/world.ts'
import { altersTopicSetting, hasEligibleReplicas, isDisturbed, isUncleanPossible } from './promises.ts'
import type { Finding, Promised, Property, StepView } from './property.ts'
import { PROMISED } from './property.ts'
import type { StateWrite } from './state-writes.ts'
import { stateWrites, writeBefore } from './state-writes.ts'

function promised(plan: Plan): Promised {
  const { lastIsrMember } = plan.mechanisms
  if (hasEligibleReplicas(plan) && altersTopicSetting(plan, 'min.insync.replicas')) {
    return {
      promised: false,
      because: 'another min.insync.replicas drops the eligible leader replicas',
      hole: 'KIP-966',
    }
  }
  if (!isDisturbed(plan) || lastIsrMember === 'keep') return PROMISED
  if (lastIsrMember === 'keep-unless-unclean' && !isUncleanPossible(plan)) return PROMISED
  return { promised: false, because: 'the last member that dies is removed', hole: 'KAFKA-5083' }
}

/** A partition's state as it is told, of KRaft with its eligible leader replicas. */
type ToldState = StateZnode & { readonly elr?: readonly BrokerId[] }

/** Who may be elected without a loss: the ISR and, with KIP-966, the eligible leader replicas. */
const claimantsOf = ({ isr, elr = [] }: ToldState): readonly BrokerId[] => [...isr, ...elr]

/** The broker registers in this very event, and its process found no clean-shutdown file as it started. */
function forfeitsItsClaim(world: World, step: StepView, id: BrokerId): boolean {
  const registers = step.facts.some(
    ({ fact }) => fact.kind === 'metadataRecord' && fact.record.type === 'RegisterBroker' && fact.record.broker === id,
  )
  return registers && (brokerState(world, id)?.volatile?.kraft?.previousBrokerEpoch ?? -1) < 0
}

/**
 * Whether an empty ISR leaves nobody who may lead, and not for the one reason that KIP-966 allows: those who were left
 * may have lost records, and say so as they register again.
 */
function leavesNobody(world: World, step: StepView, { path, version, state }: StateWrite): boolean {
  if (claimantsOf(state).length > 0) return false
  if (!hasEligibleReplicas(world.plan)) return true
  const before = writeBefore(world, path, version)
  const claimants = before === null ? [] : claimantsOf(before.data as unknown as ToldState)
  return claimants.some((id) => !forfeitsItsClaim(world, step, id))
}

export const ISR_NEVER_EMPTY: Property = {
  name: 'IsrNeverEmpty',
  kind: 'always',
  statement:
    'No ISR is written empty; beside eligible leader replicas (KIP-966) it may be, until the last of them comes back from an unclean stop.',
  on: ['registryWrite'],
  promised,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const write of stateWrites(step)) {
      if (!leavesNobody(world, step, write)) continue
      const { partition, path, version, state, by } = write
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
