import type { Generation } from './generation.ts'
import { KAFKA_4_0 } from './kafka-4-0.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KAFKA-17747.
  groupEpochHashesTopics: true,
  // KIP-966: eligible.leader.replicas.version 1 (recorded on 4.1.1).
  eligibleLeaderReplicas: true,
  // KAFKA-18202.
  transactionsBeginAtZero: true,
  // KIP-1166.
  commitWakesMetadataFetches: true,
}

export const KAFKA_4_1: Generation = {
  name: '4.1',
  releases: ['4.1.0', '4.1.1'],
  summary:
    'Eligible leader replicas are on for new clusters: a replica that left a too small ISR may still be elected cleanly.',
  mechanisms: { ...KAFKA_4_0.mechanisms, ...overrides },
}
