import type { Generation } from './generation.ts'
import { KAFKA_3_3 } from './kafka-3-3.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KAFKA-14317.
  requestTimeoutError: 'timed-out',
  // KAFKA-14704 (3.4.1, 3.5.0).
  divergingAnswerMovesHighWatermark: false,
  // KIP-881.
  rangeWalksPartitions: true,
  // KAFKA-14639 (3.4).
  stickyClaims: 'newest-claim',
}

export const KAFKA_3_5: Generation = {
  name: '3.5',
  releases: ['3.5.0', '3.5.1', '3.5.2'],
  summary: 'A diverging answer leaves the high watermark alone.',
  mechanisms: { ...KAFKA_3_3.mechanisms, ...overrides },
}
