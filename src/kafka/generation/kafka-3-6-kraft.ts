import type { Generation } from './generation.ts'
import { KAFKA_3_5_KRAFT } from './kafka-3-5-kraft.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KIP-890 part 1.
  transactionsVerified: true,
  // 3.6 TxnOffsetCommitHandler.
  oldEpochOfOffsetsFences: true,
  // KAFKA-15021.
  highWatermarkOver: 'maximal-isr-and-eligible',
  // KAFKA-15021, metadata version 3.6 (recorded on 3.9.1).
  shrinkBumpsLeaderEpoch: 'never',
}

export const KAFKA_3_6_KRAFT: Generation = {
  name: '3.6-kraft',
  releases: ['3.6.0-kraft', '3.6.1-kraft', '3.6.2-kraft'],
  summary:
    'A shrink leaves the leader epoch alone, a leader asks the coordinator before it lets a transaction begin, and only eligible outsiders hold the high watermark back.',
  mechanisms: { ...KAFKA_3_5_KRAFT.mechanisms, ...overrides },
}
