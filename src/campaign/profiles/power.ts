import type { Profile } from '../profile.ts'
import { USUAL_FAMILIES } from './usual-families.ts'

export const POWER: Profile = {
  name: 'power',
  meaning: 'The standard with power losses, of one broker or of a whole rack: what was not flushed is gone.',
  brokers: [3, 5],
  topics: 2,
  partitions: 2,
  runMs: 60_000,
  settleMs: 60_000,
  faults: [1, 12],
  rate: 3,
  swarm: true,
  bounded: true,
  families: {
    ...USUAL_FAMILIES,
    'power-loss': { weight: 6, minMs: 20, maxMs: 9_000 },
    'rack-power': { weight: 4, minMs: 20, maxMs: 9_000 },
  },
}
