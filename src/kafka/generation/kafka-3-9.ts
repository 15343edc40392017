import type { Generation } from './generation.ts'
import { KAFKA_3_8 } from './kafka-3-8.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KAFKA-18723 (3.9.1).
  fetchAnswerBoundToEpoch: true,
  // 3.9.1 LogSegment.append goes through the batches.
  indexEntryOffset: 'last-of-batch',
}

export const KAFKA_3_9: Generation = {
  name: '3.9',
  releases: ['3.9.1'],
  summary:
    'A follower takes the answer to a fetch only in the leader epoch that it asked in (modelled after 3.9.1, which has KAFKA-18723).',
  mechanisms: { ...KAFKA_3_8.mechanisms, ...overrides },
}
