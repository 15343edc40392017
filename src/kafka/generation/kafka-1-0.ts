import type { Generation } from './generation.ts'
import { KAFKA_0_11 } from './kafka-0-11.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KIP-112: one failed directory takes only its own partitions offline.
  logDirFailures: true,
  unreadableRecoveryPoint: 'directory-fails',
  // 1.0 Log.recoverLog: the recovery point becomes the log end, though nothing was flushed.
  recoveryPointAfterRecovery: 'log-end',
  // 1.0 ProducerStateEntry: the last five batches, and a producer that is not known is told so.
  producerBatchesKept: 5,
  unknownProducer: 'unknown-producer-id',
  producersForgotten: 'with-last-data',
  // KAFKA-5494: up to five requests of an idempotent producer in flight.
  sequencesCount: 'sent',
  // KAFKA-6593 (1.0.2).
  formerCoordinatorLeft: true,
}

export const KAFKA_1_0: Generation = {
  name: '1.0',
  releases: ['1.0.2'],
  summary:
    'Replication and controller as in 0.11; a failed log directory takes only itself offline, and logs know the last five batches of a producer (modelled after 1.0.2, whose empty epoch caches agree on nothing).',
  mechanisms: { ...KAFKA_0_11.mechanisms, ...overrides },
}
