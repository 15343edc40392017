import type { Profile } from '../profile.ts'
import { USUAL_FAMILIES } from './usual-families.ts'

export const SMOKE: Profile = {
  name: 'smoke',
  meaning: 'Small clusters and few faults, fifteen virtual seconds: is anything wrong at all?',
  brokers: [3, 3],
  topics: 1,
  partitions: 1,
  runMs: 15_000,
  settleMs: 30_000,
  faults: [1, 3],
  rate: 3,
  swarm: true,
  bounded: true,
  families: USUAL_FAMILIES,
}
