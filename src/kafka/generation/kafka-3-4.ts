import type { Generation } from './generation.ts'
import { KAFKA_3_3 } from './kafka-3-3.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KAFKA-14704 (3.4.1).
  divergingAnswerMovesHighWatermark: false,
  // KAFKA-14639 (3.4.1).
  stickyClaims: 'newest-claim',
}

export const KAFKA_3_4: Generation = {
  name: '3.4',
  releases: ['3.4.1'],
  summary:
    'A diverging answer leaves the high watermark alone, and of two claims to a partition the newest counts (modelled after 3.4.1, which has KAFKA-14704 and KAFKA-14639).',
  mechanisms: { ...KAFKA_3_3.mechanisms, ...overrides },
}
