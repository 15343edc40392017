import type { Generation } from './generation.ts'
import { KAFKA_3_5 } from './kafka-3-5.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KIP-890 part 1 (3.6).
  transactionsVerified: true,
  // 3.6 TxnOffsetCommitHandler.
  oldEpochOfOffsetsFences: true,
  // KAFKA-15021 (3.6): replicas that may not join do not count.
  highWatermarkOver: 'maximal-isr-and-eligible',
  // KAFKA-15583 (KIP-966).
  highWatermarkFrozenBelowMinIsr: true,
  // KIP-966: min(min.insync.replicas, replicas).
  minIsrCappedByReplicas: true,
  // KAFKA-16277 (3.7.1).
  stickyAssignor: 'count-sorted-to-quota',
}

export const KAFKA_3_7: Generation = {
  name: '3.7',
  releases: ['3.7.1', '3.7.2'],
  summary:
    'Below min ISR the high watermark stands still, the min ISR is capped by the replication factor, and only eligible outsiders hold the high watermark back (modelled after 3.7.2, which has KAFKA-16277).',
  mechanisms: { ...KAFKA_3_5.mechanisms, ...overrides },
}
