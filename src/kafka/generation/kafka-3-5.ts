import type { Generation } from './generation.ts'
import { KAFKA_3_4 } from './kafka-3-4.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KAFKA-14317.
  requestTimeoutError: 'timed-out',
  // KIP-881.
  rangeWalksPartitions: true,
}

export const KAFKA_3_5: Generation = {
  name: '3.5',
  releases: ['3.5.0', '3.5.1', '3.5.2'],
  summary: 'Assignors look at racks, and a request without an answer is told apart from a broken connection.',
  mechanisms: { ...KAFKA_3_4.mechanisms, ...overrides },
}
