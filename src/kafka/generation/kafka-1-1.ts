import type { Generation } from './generation.ts'
import { KAFKA_1_0 } from './kafka-1-0.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // 1.1 LogSegment.open makes the file before LogSegment.sanityCheck looks for it.
  missingIndexLeftEmpty: true,
  // 1.1 ReplicaFetcherThread: a partition that must still be truncated starts at its high watermark.
  initialFetchOffset: 'high-watermark',
  // KAFKA-5083: the last ISR member stays, whatever unclean election says.
  lastIsrMember: 'keep',
  // 1.1 KafkaServer.startup: the broker registers, then its controller starts.
  controllerStartsBeforeRegistration: false,
  // 1.1 KafkaController: a failed conditional write of /controller_epoch gives the controllership up.
  controllerElection: 'two-steps',
  // 1.1 KafkaZkClient: requests of an expired session fail.
  expiredSessionRequests: 'fail',
  // KAFKA-6065: the state has another name.
  completingRebalanceCalled: 'CompletingRebalance',
}

export const KAFKA_1_1: Generation = {
  name: '1.1',
  releases: ['1.1.1'],
  summary:
    'The controller runs on an asynchronous registry client, never empties an ISR, and registers its broker first (modelled after 1.1.1, whose empty epoch caches agree on nothing).',
  mechanisms: { ...KAFKA_1_0.mechanisms, ...overrides },
}
