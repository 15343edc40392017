/** Words of the switches about what the metadata log says of partitions in KRaft, and when brokers learn it. */
import { inArea, yesNo } from './words.ts'

export const KRAFT_PARTITIONS = inArea('KRaft', {
  commitWakesMetadataFetches: {
    meaning: 'When a waiting fetch of metadata is answered (KIP-1166).',
    values: yesNo(
      'when something is committed',
      'when something is appended: brokers can learn of a commit up to 500 ms late',
    ),
  },
  shrinkBumpsLeaderEpoch: {
    meaning: 'Whether an ISR that shrinks raises the leader epoch.',
    values: {
      never: 'it does not',
      'controller-made': 'it does when the controller made it',
      every: 'it always does',
    },
  },
  uncleanElectionInKraft: {
    meaning: 'Whether KRaft controllers hold unclean elections by themselves.',
    values: yesNo('they do when it is enabled', 'they do not, only when asked'),
  },
  reassignmentWaitsFor: {
    meaning: 'Whom a reassignment waits for in the ISR before it is over (KAFKA-15665).',
    values: {
      added: 'the replicas that it adds',
      targets: 'every replica of its target',
    },
  },
  eligibleLeaderReplicas: {
    meaning: 'Whether replicas that left the ISR below min.insync.replicas are kept as candidates (KIP-966).',
    values: yesNo('they are', 'they are not: the last replica standing decides'),
  },
})
