import type { Generation } from './generation.ts'
import { KAFKA_0_8_2 } from './kafka-0-8-2.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // 0.9 Log.loadSegments: a corrupt index is deleted and made anew.
  indexCheck: 'rebuild',
  // 0.9 LogManager.loadLogs: "Resetting the recovery checkpoint to 0".
  unreadableRecoveryPoint: 'ignored',
  // KAFKA-1070 (0.9): meta.properties names the broker.
  metaPropertiesChecked: true,
  // KAFKA-2143 (0.9.0.1): a follower inside the range of its leader keeps its log.
  outOfRangeReset: 'keep-if-covered',
  // 0.9 Partition.makeLeader: an unchanged leader keeps what it knows of its followers.
  sameLeaderKeepsFollowerState: true,
  // KAFKA-1546 (KIP-16): lag is the time since the follower last reached the log end.
  isrLag: 'exactly-caught-up',
  // KAFKA-1367: /isr_change_notification.
  isrChangeNotification: true,
  // 0.9 ReplicaManager: acks other than 0, 1 and -1 is INVALID_REQUIRED_ACKS.
  acksAnyNumber: false,
  // 0.9 ZKCheckedEphemeral: an id that another session holds ends the start.
  registrationConflict: 'exit',
  // 0.9 LogManager.cleanupExpiredSegments: a negative retention.ms is no limit.
  negativeRetention: 'never',
}

export const KAFKA_0_9: Generation = {
  name: '0.9',
  releases: ['0.9.0.1'],
  summary:
    'The ISR goes by time only, leader-made ISR changes are announced to the controller, acks is 0, 1 or all (modelled after 0.9.0.1, which has KAFKA-2143).',
  mechanisms: { ...KAFKA_0_8_2.mechanisms, ...overrides },
}
