import type { Generation } from './generation.ts'
import { KAFKA_2_7 } from './kafka-2-7.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KAFKA-10471: a crash while loading is no clean stop.
  cleanMarkerRemoved: 'before-loading',
  // 2.8 Log.recoverLog: only a flush moves the recovery point up.
  recoveryPointAfterRecovery: 'not-above-log-end',
  // 2.8 LeaderEpochFileCache.assign: an entry that changes nothing is dropped before it can remove others.
  epochCache: 'remove-conflicting-checked',
  // KAFKA-10554 (KIP-595): truncation on fetch.
  truncation: 'on-fetch',
  // KAFKA-14704: until 3.4.0 the high watermark of a diverging answer is taken before the cut.
  divergingAnswerMovesHighWatermark: true,
  // KIP-516: a topic znode without an id gets one (recorded on 3.3 and 3.5).
  topicIds: true,
  // 2.8 ProducerAppendInfo.appendEndTxnMarker: only a transaction with records ends with its marker.
  emptyTransactions: false,
  // 2.8 Log.completeTruncation: the high watermark is set once more, whether it moves or not.
  stableOffsetAfterTruncation: 'by-high-watermark',
  // KAFKA-12984, in 2.8.1: a member that lost its place no longer keeps what it had.
  stickyClaims: 'newest-generation-unique',
  cooperativeClaimsCarryGeneration: true,
  // 2.8 ConsumerProtocol.serializeSubscription sorts.
  claimsInFetchOrder: false,
  // 2.8 JoinGroupResponseHandler knows REBALANCE_IN_PROGRESS.
  joinToldRebalance: true,
  // KAFKA-9393: the producer snapshots follow the segments.
  producerSnapshots: 'per-segment',
  // 2.8 GroupCoordinator.schedulePendingSync.
  unsyncedMembersRemoved: true,
}

export const KAFKA_2_8: Generation = {
  name: '2.8',
  releases: ['2.8.1', '2.8.2'],
  summary: 'A follower learns from its fetch answers where logs part (modelled after 2.8.2, which has KAFKA-13141).',
  mechanisms: { ...KAFKA_2_7.mechanisms, ...overrides },
}
