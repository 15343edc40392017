import type { Generation } from './generation.ts'
import { KAFKA_2_2 } from './kafka-2-2.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KAFKA-7283: indexes are opened when they are needed, and not checked.
  indexCheck: 'none',
  missingIndexLeftEmpty: false,
  // 2.3 Log.recoverLog: a log that ends below its start is deleted.
  logStartPastEnd: 'log-emptied',
  // KIP-461 (KAFKA-7909): the partition is marked failed.
  fetchError: 'mark-failed',
  // 2.3 ReplicaStateMachine.startup: offline replicas are handled too (recorded: +2 epochs), so a dead leader becomes
  // leader -1 in the first of the two writes (recorded on 2.4.1).
  newControllerRemovesDeadReplicas: true,
  // KIP-320 (KAFKA-7747): consumers detect truncation.
  consumerValidatesOffsets: true,
  // KIP-341 (KAFKA-7026): claims of sticky members carry their generation.
  stickyAssignor: 'kip-341',
}

export const KAFKA_2_3: Generation = {
  name: '2.3',
  releases: ['2.3.0', '2.3.1'],
  summary:
    'A failed partition no longer stops its fetcher thread, and a new controller takes dead replicas out of every ISR before it elects (recorded on 2.3.1).',
  mechanisms: { ...KAFKA_2_2.mechanisms, ...overrides },
}
