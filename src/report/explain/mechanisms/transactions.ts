/** Words of the switches about transactions: their producers, their coordinators, and leaders that take part. */
import { inArea, yesNo } from './words.ts'

export const TRANSACTIONS = inArea('transactions', {
  coordinatorTellsFenced: {
    meaning: 'What a producer is told that has been replaced, and whether it can go on (KIP-588).',
    values: yesNo(
      'by its coordinator that it is fenced, for good; by a leader only that its epoch is old, so that it aborts first',
      'by both that its epoch is old, which ends it',
    ),
  },
  oldEpochOfOffsetsFences: {
    meaning: 'What a producer throws whose offsets the coordinator of the group refuses for an old epoch.',
    values: yesNo('ProducerFencedException', 'InvalidProducerEpochException, which ends it as well'),
  },
  fencedExceptionBare: {
    meaning: 'What a call on a producer throws that is fenced already (KAFKA-7285).',
    values: yesNo('ProducerFencedException', 'a KafkaException with that as its cause'),
  },
  offsetsAwaitCoordinator: {
    meaning:
      'What becomes of offsets of a transaction whose group has a coordinator that still reads its log (KAFKA-7296).',
    values: yesNo('they are sent again until it has', 'the producer takes it for an error that it cannot go on after'),
  },
  refusedSendFailsTransaction: {
    meaning:
      'What a send that fails at once, for its size or because it blocked for max.block.ms, does to its transaction (KAFKA-9279).',
    values: yesNo(
      'it can only be aborted',
      'it goes on, and is committed without the record where nobody looks at the result',
    ),
  },
  producerRecoversByEpochBump: {
    meaning: 'Whether a producer can go on after an error by asking for the next epoch (KIP-360).',
    values: yesNo(
      'it can, and a coordinator takes only the present epoch',
      'it cannot, and a coordinator also takes an epoch above the present one',
    ),
  },
  failedFenceKeepsEpoch: {
    meaning: 'Which epoch a fence takes that could not be written the last time (KAFKA-9666).',
    values: yesNo('the same', 'another one, until there are none left'),
  },
  transactionalOffsetsFenced: {
    meaning: "Whether offsets that a transaction commits are held against the group's generation (KIP-447).",
    values: yesNo('they are, where the producer tells it', 'they are not: a member that was expelled still commits'),
  },
  transactionsVerified: {
    meaning: 'What a leader does with the first batch of a transaction (KIP-890).',
    values: yesNo(
      'asks the coordinator whether the partition is in the transaction',
      'takes it, also when the transaction has ended meanwhile: it then hangs',
    ),
  },
  lostVerificationTold: {
    meaning: 'What a producer is told whose batch could not be verified because the coordinator did not answer.',
    values: {
      'network-exception': 'NETWORK_EXCEPTION, as the leader was (3.6)',
      'not-enough-replicas': 'NOT_ENOUGH_REPLICAS (3.7.1)',
    },
  },
  unverifiedTransactionAbortable: {
    meaning: 'What a producer is told whose batch fails that verification (KIP-890).',
    values: yesNo('that it must abort', 'that the state of its transaction is not right, which ends it'),
  },
  transactionsBumpEpoch: {
    meaning: 'Whether every transaction has an epoch of its own (KIP-890).',
    values: yesNo(
      'it has, and leaders add partitions on behalf of producers',
      'it has not: a late message can be taken for one of the next transaction',
    ),
  },
  transactionsBeginAtZero: {
    meaning: 'Whether the first batch of a transaction in a log that does not know its producer must have sequence 0.',
    values: yesNo('it must', 'it may have any: an earlier batch that is tried again then comes too late'),
  },
})
