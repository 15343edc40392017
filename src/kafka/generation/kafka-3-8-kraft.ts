import type { Generation } from './generation.ts'
import { KAFKA_3_7_KRAFT } from './kafka-3-7-kraft.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KIP-890: an error of its own.
  unverifiedTransactionAbortable: true,
  // KAFKA-15665.
  reassignmentWaitsFor: 'targets',
}

export const KAFKA_3_8_KRAFT: Generation = {
  name: '3.8-kraft',
  releases: ['3.8.0-kraft', '3.8.1-kraft'],
  summary:
    'A reassignment waits for every replica of its target, and what fails verification only aborts its transaction.',
  mechanisms: { ...KAFKA_3_7_KRAFT.mechanisms, ...overrides },
}
