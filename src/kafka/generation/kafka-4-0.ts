import type { Generation } from './generation.ts'
import { KAFKA_3_9_KRAFT } from './kafka-3-9-kraft.ts'
import type { Mechanisms } from './mechanisms.ts'

// KIP-966 is there, but eligible.leader.replicas.version is 0 unless the operator raises it.
const overrides: Partial<Mechanisms> = {
  // KIP-848.
  consumerGroupProtocol: true,
  // KIP-890 part 2.
  transactionsBumpEpoch: true,
  // 4.0 LogSegment.read tells where the batch begins that an offset lies in.
  stableOffsetAtBatch: true,
  // KIP-996.
  quorumPreVote: true,
  // KAFKA-17793: the tracker of heartbeats asks not whether a broker is fenced (recorded on 4.1.1).
  sessionOutlivesFencing: true,
}

export const KAFKA_4_0: Generation = {
  name: '4.0',
  releases: ['4.0.1'],
  summary:
    'Without ZooKeeper; replication as in 3.9 with the metadata log, eligible leader replicas still off (modelled after 4.0.1, which has KAFKA-18723).',
  mechanisms: { ...KAFKA_3_9_KRAFT.mechanisms, ...overrides },
}
