import type { Generation } from './generation.ts'
import { KAFKA_3_6 } from './kafka-3-6.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KAFKA-15583 (KIP-966).
  highWatermarkFrozenBelowMinIsr: true,
  // KIP-966: min(min.insync.replicas, replicas).
  minIsrCappedByReplicas: true,
  // 3.7.1 ReplicaManager.appendRecords: one more error that is to be tried again.
  lostVerificationTold: 'not-enough-replicas',
  // KAFKA-16277 (3.7.1).
  stickyAssignor: 'count-sorted-to-quota',
}

export const KAFKA_3_7: Generation = {
  name: '3.7',
  releases: ['3.7.1', '3.7.2'],
  summary:
    'Below min ISR the high watermark stands still, and the min ISR is capped by the replication factor (modelled after 3.7.2, which has KAFKA-16277).',
  mechanisms: { ...KAFKA_3_6.mechanisms, ...overrides },
}
