import type { Generation } from './generation.ts'
import { KAFKA_0_10_2 } from './kafka-0-10-2.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KIP-98: message format 2, batches with leader epochs.
  recordFormat: 2,
  // KIP-115: no internal topic below its replication factor.
  internalTopicsNeedReplicas: true,
  // KIP-101: one OffsetsForLeaderEpoch round.
  truncation: 'kip-101',
  // 0.11 LeaderEpochFileCache.assign: what is not newer is ignored with a warning.
  epochCache: 'ignore-older',
  // 0.11 Exit.exit from a FatalExitError ends the process.
  followerAheadOfLeader: 'halt',
  // KAFKA-5634 (0.11.0.1): retention waits for the high watermark.
  retentionStopsAtHighWatermark: true,
  // KIP-107: DeleteRecords.
  deleteRecords: true,
}

export const KAFKA_0_11: Generation = {
  name: '0.11',
  releases: ['0.11.0.3'],
  summary:
    'KIP-101: batches carry the leader epoch and a follower truncates to the end of its last epoch (modelled after 0.11.0.3, whose empty epoch caches agree on nothing).',
  mechanisms: { ...KAFKA_0_10_2.mechanisms, ...overrides },
}
