import type { Generation } from './generation.ts'
import { KAFKA_0_11 } from './kafka-0-11.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KIP-112 (1.0): one failed directory takes only its own partitions offline.
  logDirFailures: true,
  unreadableRecoveryPoint: 'directory-fails',
  // 1.0 Log.recoverLog: the recovery point becomes the log end, though nothing was flushed.
  recoveryPointAfterRecovery: 'log-end',
  // 1.1 LogSegment.open makes the file before LogSegment.sanityCheck looks for it.
  missingIndexLeftEmpty: true,
  // 1.1 ReplicaFetcherThread: a partition that must still be truncated starts at its high watermark.
  initialFetchOffset: 'high-watermark',
  // KAFKA-5083: the last ISR member stays, whatever unclean election says.
  lastIsrMember: 'keep',
  // 1.1 KafkaServer.startup: the broker registers, then its controller starts.
  controllerStartsBeforeRegistration: false,
  // 1.1 KafkaController: a failed conditional write of /controller_epoch gives the controllership up.
  controllerElection: 'two-steps',
  // 1.1 KafkaZkClient: requests of an expired session fail.
  expiredSessionRequests: 'fail',
  // 1.0 ProducerIdEntry: the last five batches, and a producer that is not known is told so.
  producerBatchesKept: 5,
  unknownProducer: 'unknown-producer-id',
  producersForgotten: 'with-last-data',
  // KAFKA-5494 (1.0): up to five requests of an idempotent producer in flight.
  sequencesCount: 'sent',
  // KAFKA-6593 (1.0.2, 1.1.0).
  formerCoordinatorLeft: true,
  // KAFKA-6065: the state has another name.
  completingRebalanceCalled: 'CompletingRebalance',
}

export const KAFKA_1_1: Generation = {
  name: '1.1',
  releases: ['1.1.0', '1.1.1'],
  summary:
    'The controller runs on an asynchronous registry client, never empties an ISR, and registers its broker first.',
  mechanisms: { ...KAFKA_0_11.mechanisms, ...overrides },
}
