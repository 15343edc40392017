import type { Generation } from './generation.ts'
import { KAFKA_3_8_KRAFT } from './kafka-3-8-kraft.ts'
import type { Mechanisms } from './mechanisms.ts'

const overrides: Partial<Mechanisms> = {
  // unclean.leader.election.enable is obeyed when a broker is unfenced (recorded on 3.9.1, not on 3.5.2; 3.8
  // ConfigurationControlManager.uncleanLeaderElectionEnabledForTopic says no whatever is set).
  uncleanElectionInKraft: true,
  // KAFKA-18723 (3.9.1).
  fetchAnswerBoundToEpoch: true,
  // 3.9.1 LogSegment.append goes through the batches.
  indexEntryOffset: 'last-of-batch',
}

export const KAFKA_3_9_KRAFT: Generation = {
  name: '3.9-kraft',
  releases: ['3.9.1-kraft'],
  summary:
    'Unclean election is obeyed with the metadata log too, and a follower takes answers only in the leader epoch that it asked in (modelled after 3.9.1, which has KAFKA-18723).',
  mechanisms: { ...KAFKA_3_8_KRAFT.mechanisms, ...overrides },
}
