import type { Generation } from './generation.ts'
import { KAFKA_2_0_1 } from './kafka-2-0-1.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // 2.1 AbstractPartitionAssignor.put and CollectionUtils.groupPartitionsByTopic.
  assignorMapsComputeIfAbsent: true,
  // KAFKA-7285.
  fencedExceptionBare: true,
  // 2.1 KafkaProducer.waitOnMetadata waits for partitions that may come.
  unknownPartition: 'waits',
  // KIP-320.
  truncation: 'kip-320',
  // 2.1 Partition.makeFollower: every new epoch restarts the fetcher.
  sameLeaderNewEpoch: 'restart-fetcher',
  // KIP-320: Fetch, OffsetsForLeaderEpoch and ListOffsets carry the current leader epoch.
  leaderEpochFencing: true,
  // KAFKA-7152: a follower with an equal log end is in sync.
  isrLag: 'caught-up-or-equal',
  // 2.1 Partition.readRecords takes the lock of the partition, so fetches wait behind an ISR write (recorded on
  // 2.1.1 and 2.4.1).
  isrWriteBlocks: 'produce-and-fetch',
  // KAFKA-6082: /controller and /controller_epoch in one multi.
  controllerElection: 'multi',
  // KAFKA-6082: each write checks the version of /controller_epoch.
  controllerWritesFenced: true,
  // KAFKA-6082: a controller that lost its place leaves the znode of its successor alone.
  resignDeletesController: false,
  // 2.1 KafkaController.processTopicUncleanLeaderElectionEnable.
  uncleanEnabledElects: true,
  // KIP-211: offsets of a group that has members do not expire.
  offsetsExpireWithGroup: true,
  // 2.1 Log.deleteOldSegments: a log that is only compacted still lets go what lies before its start.
  compactedLogsFollowLogStart: true,
}

export const KAFKA_2_1: Generation = {
  name: '2.1',
  releases: ['2.1.1'],
  summary:
    'KIP-320: fetches are fenced by leader epoch; controller writes are fenced by /controller_epoch (modelled after 2.1.1, which has KAFKA-7786).',
  mechanisms: { ...KAFKA_2_0_1.mechanisms, ...overrides },
}
