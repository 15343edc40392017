import type { Profile } from '../profile.ts'
import { USUAL_FAMILIES } from './usual-families.ts'

export const SWARM: Profile = {
  name: 'swarm',
  meaning:
    'The standard: three to five brokers, sixty virtual seconds, each family of faults off in half of the seeds.',
  brokers: [3, 5],
  topics: 2,
  partitions: 2,
  runMs: 60_000,
  settleMs: 60_000,
  faults: [1, 12],
  rate: 3,
  swarm: true,
  bounded: true,
  families: USUAL_FAMILIES,
}
