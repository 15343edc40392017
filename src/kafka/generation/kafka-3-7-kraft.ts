import type { Generation } from './generation.ts'
import { KAFKA_3_5_KRAFT } from './kafka-3-5-kraft.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KIP-890 part 1 (3.6).
  transactionsVerified: true,
  // 3.6 TxnOffsetCommitHandler.
  oldEpochOfOffsetsFences: true,
  // KAFKA-15021 (3.6).
  highWatermarkOver: 'maximal-isr-and-eligible',
  // KAFKA-15583 (KIP-966).
  highWatermarkFrozenBelowMinIsr: true,
  // KIP-966.
  minIsrCappedByReplicas: true,
  // KAFKA-15021, metadata version 3.6 (recorded on 3.9.1).
  shrinkBumpsLeaderEpoch: 'never',
  // KAFKA-15489.
  quorumLeaderChecksMajority: true,
  // KAFKA-16277 (3.7.1).
  stickyAssignor: 'count-sorted-to-quota',
}

export const KAFKA_3_7_KRAFT: Generation = {
  name: '3.7-kraft',
  releases: ['3.7.1-kraft', '3.7.2-kraft'],
  summary:
    'A shrink leaves the leader epoch alone, the high watermark stands still below min ISR, and a controller without a majority resigns (modelled after 3.7.2, which has KAFKA-16277).',
  mechanisms: { ...KAFKA_3_5_KRAFT.mechanisms, ...overrides },
}
