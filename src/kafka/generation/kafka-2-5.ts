import type { Generation } from './generation.ts'
import { KAFKA_2_4 } from './kafka-2-4.ts'
import type { Mechanisms } from './mechanisms.ts'

// Defaults changed too: KIP-537 raised the session to 18 s and the lag limit to 30 s; see the table of settings.
const overrides: Partial<Mechanisms> = {
  // KIP-360: epochs are bumped on request; KIP-447: offsets in transactions carry member and generation.
  producerRecoversByEpochBump: true,
  transactionalOffsetsFenced: true,
  // KIP-360: a producer of which nothing is known may go on at any sequence.
  unknownProducer: 'accept',
  sequenceAfterMarker: 'out-of-order',
  // KAFKA-9987, in 2.5.1.
  stickyAssignor: 'fill-to-quota',
  // KAFKA-9801.
  staticRejoinWhileCompleting: 'rebalance',
  // KIP-429 (2.5): RebalanceInProgressException from commits.
  commitToldRebalance: true,
}

export const KAFKA_2_5: Generation = {
  name: '2.5',
  releases: ['2.5.0', '2.5.1'],
  summary: 'Replication as in 2.4; replica.lag.time.max.ms is 30 s and the registry session 18 s (KIP-537).',
  mechanisms: { ...KAFKA_2_4.mechanisms, ...overrides },
}
