import type { Profile } from '../profile.ts'
import { USUAL_FAMILIES } from './usual-families.ts'

export const LITE: Profile = {
  name: 'lite',
  meaning: 'Three or four brokers and thirty virtual seconds: many seeds in little time.',
  brokers: [3, 4],
  topics: 1,
  partitions: 2,
  runMs: 30_000,
  settleMs: 40_000,
  faults: [1, 6],
  rate: 3,
  swarm: true,
  bounded: true,
  families: USUAL_FAMILIES,
}
