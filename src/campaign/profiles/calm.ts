import type { Profile } from '../profile.ts'

export const CALM: Profile = {
  name: 'calm',
  meaning: 'Nothing goes wrong: what is promised only then.',
  brokers: [3, 3],
  topics: 1,
  partitions: 1,
  runMs: 8_000,
  settleMs: 20_000,
  faults: [0, 0],
  rate: 4,
  swarm: false,
  bounded: true,
  families: { elect: { weight: 0, minMs: 0, maxMs: 0 } },
}
