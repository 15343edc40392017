import type { Profile } from '../profile.ts'
import { CLIENT_FAMILIES, USUAL_FAMILIES } from './usual-families.ts'

export const APPLICATIONS: Profile = {
  name: 'applications',
  meaning: 'Applications consume, transform and produce in transactions, crash, sleep and take over from one another.',
  brokers: [3, 3],
  topics: 1,
  partitions: 2,
  runMs: 30_000,
  settleMs: 90_000,
  faults: [1, 6],
  rate: 5,
  transforming: true,
  swarm: true,
  bounded: true,
  families: { ...USUAL_FAMILIES, ...CLIENT_FAMILIES },
}
