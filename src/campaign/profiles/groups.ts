import type { Profile } from '../profile.ts'
import { CLIENT_FAMILIES, USUAL_FAMILIES } from './usual-families.ts'

export const GROUPS: Profile = {
  name: 'groups',
  meaning: 'Consumers of one group come, go, crash and sleep, and so do their coordinators.',
  brokers: [3, 4],
  topics: 2,
  partitions: 3,
  runMs: 40_000,
  settleMs: 90_000,
  faults: [1, 8],
  rate: 4,
  grouped: true,
  swarm: true,
  bounded: true,
  families: { ...USUAL_FAMILIES, ...CLIENT_FAMILIES },
}
