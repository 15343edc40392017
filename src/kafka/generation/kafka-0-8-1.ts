import type { Generation } from './generation.ts'
import { KAFKA_0_8_0 } from './kafka-0-8-0.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KAFKA-615 (0.8.1): every segment that may hold what was not flushed is scanned.
  recoveryScan: 'from-recovery-point',
  // 0.8.1 Partition.getOutOfSyncReplicas: no fetch for the lag time is enough, whatever the log end.
  isrLag: 'messages-or-time',
  // KAFKA-1097: a replica that was moved away cannot come back into the ISR with a late fetch.
  isrJoinMustBeAssigned: true,
  // KAFKA-340, by request since 0.8.1: leaders move before the process ends.
  controlledShutdown: true,
  // 0.8.1 LogManager.InitialTaskDelayMs.
  retentionBegins: 'half-minute',
}

export const KAFKA_0_8_1: Generation = {
  name: '0.8.1',
  releases: ['0.8.1', '0.8.1.0', '0.8.1.1'],
  summary:
    'A follower that only stops fetching leaves the ISR, a joining replica must be assigned, and a controlled shutdown moves leaders away.',
  mechanisms: { ...KAFKA_0_8_0.mechanisms, ...overrides },
}
