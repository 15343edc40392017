import type { Generation } from './generation.ts'
import { KAFKA_2_0_0 } from './kafka-2-0-0.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // KAFKA-7164: a jump of more than one epoch means that something was missed.
  sameLeaderNewEpoch: 'skip-unless-epoch-jumped',
  // KAFKA-7415: an entry removes those it contradicts.
  epochCache: 'remove-conflicting',
  // KAFKA-7415: (epoch, log end) at election.
  epochEntryAtElection: true,
  // KAFKA-7415: a question below the first entry is answered with where the first begins.
  epochBelowFirst: 'first-start',
  // KAFKA-7414: the follower truncates instead of halting.
  followerAheadOfLeader: 'truncate',
  // KAFKA-7296.
  offsetsAwaitCoordinator: true,
  // KAFKA-7128: joining needs the start of the current leader epoch too.
  isrAdmission: 'high-watermark-and-epoch-start',
}

export const KAFKA_2_0_1: Generation = {
  name: '2.0.1',
  releases: ['2.0.1'],
  summary:
    'Repairs of KIP-279: a leader enters its epoch when elected, missed epochs truncate again, and a joining follower must have reached the leader epoch.',
  mechanisms: { ...KAFKA_2_0_0.mechanisms, ...overrides },
}
