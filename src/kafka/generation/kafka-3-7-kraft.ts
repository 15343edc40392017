import type { Generation } from './generation.ts'
import { KAFKA_3_6_KRAFT } from './kafka-3-6-kraft.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KAFKA-15583 (KIP-966).
  highWatermarkFrozenBelowMinIsr: true,
  // KIP-966.
  minIsrCappedByReplicas: true,
  // KAFKA-15489.
  quorumLeaderChecksMajority: true,
  // 3.7.1 ReplicaManager.appendRecords: one more error that is to be tried again.
  lostVerificationTold: 'not-enough-replicas',
  // KAFKA-16277 (3.7.1).
  stickyAssignor: 'count-sorted-to-quota',
}

export const KAFKA_3_7_KRAFT: Generation = {
  name: '3.7-kraft',
  releases: ['3.7.1-kraft', '3.7.2-kraft'],
  summary:
    'The high watermark stands still below min ISR, and a controller without a majority resigns (modelled after 3.7.2, which has KAFKA-16277).',
  mechanisms: { ...KAFKA_3_6_KRAFT.mechanisms, ...overrides },
}
