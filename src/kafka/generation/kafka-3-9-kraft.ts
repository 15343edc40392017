import type { Generation } from './generation.ts'
import { KAFKA_3_5_KRAFT } from './kafka-3-5-kraft.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KIP-890 part 1 (3.6); its error (3.8).
  transactionsVerified: true,
  unverifiedTransactionAbortable: true,
  // KAFKA-16277 (3.8).
  stickyAssignor: 'count-sorted-to-quota',
  // KAFKA-15021 (3.6).
  highWatermarkOver: 'maximal-isr-and-eligible',
  // KAFKA-15583 (3.7, KIP-966).
  highWatermarkFrozenBelowMinIsr: true,
  // KIP-966 (3.7).
  minIsrCappedByReplicas: true,
  // KAFKA-15021, metadata version 3.6 (recorded on 3.9.1).
  shrinkBumpsLeaderEpoch: 'never',
  // unclean.leader.election.enable is obeyed when a broker is unfenced (recorded on 3.9.1, not on 3.5.2).
  uncleanElectionInKraft: true,
  // KAFKA-15665 (3.8).
  reassignmentWaitsFor: 'targets',
  // KAFKA-15489 (3.7).
  quorumLeaderChecksMajority: true,
}

export const KAFKA_3_9_KRAFT: Generation = {
  name: '3.9-kraft',
  releases: ['3.9.0-kraft', '3.9.1-kraft'],
  summary:
    'A shrink leaves the leader epoch alone, the high watermark stands still below min ISR, and unclean election is obeyed.',
  mechanisms: { ...KAFKA_3_5_KRAFT.mechanisms, ...overrides },
}
