import type { Generation } from './generation.ts'
import { KAFKA_2_8 } from './kafka-2-8.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KIP-794.
  keylessPartitioner: 'by-bytes',
  // 3.1 UnifiedLog.truncateTo: only a high watermark that the cut meets is set.
  stableOffsetAfterTruncation: 'kept',
  // KAFKA-13091 (3.1).
  isrConfirmationMovesHighWatermark: true,
  // KAFKA-12675 (3.0).
  stickyAssignor: 'count-to-quota',
  // KIP-841 (KAFKA-13916, KAFKA-14140): the broker must be alive in the metadata of leader and controller.
  isrEligibility: 'alive',
  // 3.1 AbstractFetcherThread: the partitions are delayed and the thread does not sleep as well.
  failedFetchBacksOffOnce: true,
  // 3.1 AbstractFetcherThread says what it is going to truncate.
  truncationDecisionLogged: true,
  // 3.3 ReplicaManager.findPreferredReadReplica, hasPreferredReadReplica; ReplicaFetcherThread.doWork; Fetcher.onFailure.
  readReplicas: 'in-sync',
  readReplicaToldAtOnce: true,
  followersWakeReaders: true,
  readReplicaDroppedOnError: true,
  // 3.2 LogManager.shutdown forces the active segment.
  closeFlushesActiveSegment: true,
  // KAFKA-9279 (3.2).
  refusedSendFailsTransaction: true,
  // KIP-814 (3.2).
  joinSkipsAssignment: true,
  // KIP-734 (3.0): ListOffsets by the largest timestamp.
  listsLargestTimestamp: true,
  // KIP-534 (3.1): the horizon of a tombstone is written into its batch.
  tombstoneHorizon: 'by-stamp',
  // KAFKA-13194 (3.1): the last stable offset bounds the cleaner.
  cleanerStopsAtHighWatermark: true,
  // KAFKA-12984 … (3.2) AbstractCoordinator.resetStateOnResponseError.
  memberIdKept: true,
}

export const KAFKA_3_3: Generation = {
  name: '3.3',
  releases: ['3.3.0', '3.3.1', '3.3.2'],
  summary: 'Only live brokers may join the ISR, and a confirmed ISR moves the high watermark.',
  mechanisms: { ...KAFKA_2_8.mechanisms, ...overrides },
}
