import type { Generation } from './generation.ts'
import { KAFKA_1_1 } from './kafka-1-1.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // 2.0 Log.rebuildProducerState.
  recoverySnapshots: 'last-two-segments',
  // KIP-279 (KAFKA-6361): several rounds.
  truncation: 'kip-279',
  // 2.0 ReplicaManager.getPartitionAndLeaderReplicaIfLocal: a partition known to live elsewhere.
  unhostedIsNotLeader: true,
  // 2.0 ConsumerCoordinator.poll.
  patternRefreshedBeforeJoin: true,
  // 2.0 InFlightRequests.clearAll: oldest first, and each goes to the head of its queue.
  retriesReversedAfterDisconnect: true,
  // 2.0 LogSegment.append: the last offset of the append goes into the index.
  indexEntryOffset: 'last',
  // 2.0 ProducerAppendInfo.checkSequence: after a marker the sequence is unknown, not wrong.
  sequenceAfterMarker: 'unknown-producer-id',
}

export const KAFKA_2_0_0: Generation = {
  name: '2.0.0',
  releases: ['2.0.0'],
  summary: 'KIP-279: the answer names the epoch it found, and a follower asks again until both know it.',
  mechanisms: { ...KAFKA_1_1.mechanisms, ...overrides },
}
