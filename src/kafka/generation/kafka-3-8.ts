import type { Generation } from './generation.ts'
import { KAFKA_3_7 } from './kafka-3-7.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KIP-890: an error of its own.
  unverifiedTransactionAbortable: true,
}

export const KAFKA_3_8: Generation = {
  name: '3.8',
  releases: ['3.8.0', '3.8.1', '3.9.0'],
  summary:
    'Replication as in 3.7; what fails verification only aborts its transaction. With ZooKeeper 3.9.0 is the same.',
  mechanisms: { ...KAFKA_3_7.mechanisms, ...overrides },
}
