import type { Profile } from '../profile.ts'
import { USUAL_FAMILIES } from './usual-families.ts'

export const IDEMPOTENT: Profile = {
  name: 'idempotent',
  meaning: 'Small clusters, many faults and idempotent producers: is what they send again known again?',
  brokers: [3, 3],
  topics: 1,
  partitions: 2,
  runMs: 20_000,
  settleMs: 40_000,
  faults: [2, 6],
  rate: 30,
  idempotent: true,
  swarm: true,
  bounded: true,
  families: USUAL_FAMILIES,
}
