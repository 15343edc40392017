import type { Generation } from './generation.ts'
import { KAFKA_0_8_1 } from './kafka-0-8-1.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // 0.8.2 Partition.makeFollower: an unchanged leader id keeps the fetcher running (the hole of KAFKA-7164).
  sameLeaderNewEpoch: 'skip',
  // KAFKA-1647: the replica is created, so the high watermark stays in the checkpoint.
  deadLeaderNamed: 'create-replica',
  // 0.8.2 ReplicaFetcherThread.handleOffsetOutOfRange: the process halts rather than cut what unclean election
  // forbids.
  followerAheadOfLeader: 'halt',
  // 0.8.2 ReplicaManager.fetchMessages: the log is read before the follower position is recorded.
  followerPositionTaken: 'after-read',
  // 0.8.2 Partition.leaderReplicaIfLocal takes no lock, so fetches go on behind an ISR write (recorded to 2.0.1).
  isrWriteBlocks: 'produce',
  // KAFKA-1382: a refused conditional write is compared with what the registry holds.
  isrWriteComparesOnRetry: true,
  // KAFKA-1555: min.insync.replicas.
  minInsyncReplicas: true,
  // KAFKA-1555: acks=all waits for the high watermark and no longer for each log end.
  acksAllBy: 'high-watermark',
  // 0.8.2 OfflinePartitionLeaderSelector: the first live ISR member in assignment order.
  electionOrder: 'assignment',
  // KAFKA-1028: unclean.leader.election.enable.
  uncleanElectionSwitch: true,
  // KAFKA-1028: with unclean election off the last ISR member stays in the ISR.
  lastIsrMember: 'keep-unless-unclean',
  // 0.8.2 ReplicaStateMachine: a shrunk ISR is sent to every other assigned replica, not only to the leader.
  offlineReplicaTold: 'assigned',
  // 0.8.2 OffsetCheckpoint.write: the file is synced before it is renamed.
  checkpointFsync: true,
}

export const KAFKA_0_8_2: Generation = {
  name: '0.8.2',
  releases: ['0.8.2.0', '0.8.2.1', '0.8.2.2'],
  summary:
    'min.insync.replicas and unclean.leader.election.enable exist, acks=all means the high watermark, and the same leader at a higher epoch is skipped.',
  mechanisms: { ...KAFKA_0_8_1.mechanisms, ...overrides },
}
