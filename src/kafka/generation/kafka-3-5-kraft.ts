import type { Generation } from './generation.ts'
import { KAFKA_3_5 } from './kafka-3-5.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KIP-500.
  metadata: 'kraft',
  // KIP-903 (3.5): unfenced, not shutting down, and the broker epoch of the fetch must match.
  isrEligibility: 'unfenced-epoch',
  // A new active controller leaves partition states untouched (recorded).
  newControllerRemovesDeadReplicas: false,
  // KAFKA-15021: before metadata version 3.6 a shrink, also one that the leader asked for, bumps the epoch (recorded
  // on 3.5.2).
  shrinkBumpsLeaderEpoch: 'every',
}

export const KAFKA_3_5_KRAFT: Generation = {
  name: '3.5-kraft',
  releases: ['3.5.0-kraft', '3.5.1-kraft', '3.5.2-kraft'],
  summary: 'The metadata log in place of the registry; every ISR shrink raises the leader epoch.',
  mechanisms: { ...KAFKA_3_5.mechanisms, ...overrides },
}
