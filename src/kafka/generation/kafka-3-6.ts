import type { Generation } from './generation.ts'
import { KAFKA_3_5 } from './kafka-3-5.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KIP-890 part 1.
  transactionsVerified: true,
  // 3.6 TxnOffsetCommitHandler.
  oldEpochOfOffsetsFences: true,
  // KAFKA-15021: replicas that may not join do not count.
  highWatermarkOver: 'maximal-isr-and-eligible',
}

export const KAFKA_3_6: Generation = {
  name: '3.6',
  releases: ['3.6.0', '3.6.1', '3.6.2'],
  summary:
    'A leader asks the coordinator before it lets a transaction begin, and only eligible outsiders hold the high watermark back.',
  mechanisms: { ...KAFKA_3_5.mechanisms, ...overrides },
}
