/** Every probe, and why a campaign need not have reached one. */
import type { Generation } from '../../kafka/generation/generation.ts'
import type { Profile } from '../profile.ts'
import { lacking } from '../profile-needs.ts'
import { PROBES_OF_APPLICATIONS } from './of-applications.ts'
import { PROBES_OF_GROUPS } from './of-groups.ts'
import { PROBES_OF_LOGS } from './of-logs.ts'
import { PROBES_OF_REPLICATION } from './of-replication.ts'
import { PROBES_OF_TRANSACTIONS } from './of-transactions.ts'
import type { Probe } from './probe.ts'

export const PROBES: readonly Probe[] = [
  ...PROBES_OF_REPLICATION,
  ...PROBES_OF_GROUPS,
  ...PROBES_OF_TRANSACTIONS,
  ...PROBES_OF_APPLICATIONS,
  ...PROBES_OF_LOGS,
]

interface CampaignSize {
  readonly generation: Generation
  readonly profile: Profile
  readonly seeds: number
}

/** Why a campaign of this size need not have reached a probe; null: it should. */
export function excuseOf({ excuse, needs, from }: Probe, { generation, profile, seeds }: CampaignSize): string | null {
  const without = needs === undefined ? null : lacking(needs, profile, generation)
  const reason = without ?? excuse?.(generation.mechanisms, generation) ?? null
  if (reason !== null) return reason
  return from !== undefined && seeds < from ? `a rare race, asked of campaigns of ${from} seeds` : null
}
