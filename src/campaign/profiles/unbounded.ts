import type { Profile } from '../profile.ts'
import { USUAL_FAMILIES } from './usual-families.ts'

export const UNBOUNDED: Profile = {
  name: 'unbounded',
  meaning: 'More faults at once than any configuration survives, clocks that jump: only safety is judged.',
  brokers: [3, 5],
  topics: 2,
  partitions: 2,
  runMs: 60_000,
  settleMs: 30_000,
  faults: [4, 24],
  rate: 3,
  swarm: true,
  bounded: false,
  families: { ...USUAL_FAMILIES, clock: { weight: 1, minMs: 0, maxMs: 0 } },
}
