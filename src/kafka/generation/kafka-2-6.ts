import type { Generation } from './generation.ts'
import { KAFKA_2_5 } from './kafka-2-5.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KAFKA-9666.
  failedFenceKeepsEpoch: true,
  // KAFKA-3720.
  memoryError: 'buffer-exhausted',
  // KAFKA-9731: only with a replica selector.
  highWatermarkWakesFollowers: false,
  // KIP-570 (KAFKA-9539).
  stopReplicaEpoch: true,
  // 2.6 Log.truncateTo: an entry at the log end goes also when no record does.
  noOpTruncationKeepsEpochs: false,
  // 2.6 GroupCoordinator.doHeartbeat: a member that has joined is heard while it waits.
  heartbeatWhileCompleting: true,
  // KAFKA-10284 (2.6.1, 2.7.0).
  staticReplacementStored: true,
  // 2.6 AbstractCoordinator.HeartbeatResponseHandler: fenced is reset as unknown is.
  fencedMemberRejoins: true,
  // KAFKA-9823.
  sentGenerationRemembered: true,
}

export const KAFKA_2_6: Generation = {
  name: '2.6',
  releases: ['2.6.0', '2.6.1', '2.6.2', '2.6.3'],
  summary: 'StopReplica carries the leader epoch, and parked follower fetches wait their whole time again.',
  mechanisms: { ...KAFKA_2_5.mechanisms, ...overrides },
}
