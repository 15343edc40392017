/** The Java class that an application sees for an error of the protocol. */
import type { ErrorName } from '../kafka/errors.ts'
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'

const CLASSES: Partial<Readonly<Record<ErrorName, string>>> = {
  UNKNOWN_SERVER_ERROR: 'UnknownServerException',
  MESSAGE_TOO_LARGE: 'RecordTooLargeException',
  RECORD_LIST_TOO_LARGE: 'RecordBatchTooLargeException',
  NOT_LEADER_FOR_PARTITION: 'NotLeaderForPartitionException',
  UNKNOWN_TOPIC_OR_PARTITION: 'UnknownTopicOrPartitionException',
  NOT_ENOUGH_REPLICAS: 'NotEnoughReplicasException',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'NotEnoughReplicasAfterAppendException',
  REQUEST_TIMED_OUT: 'TimeoutException',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'OutOfOrderSequenceException',
  DUPLICATE_SEQUENCE_NUMBER: 'DuplicateSequenceException',
  UNKNOWN_PRODUCER_ID: 'UnknownProducerIdException',
  INVALID_PRODUCER_ID_MAPPING: 'InvalidPidMappingException',
  INVALID_TXN_STATE: 'InvalidTxnStateException',
  INVALID_TRANSACTION_TIMEOUT: 'InvalidTxnTimeoutException',
  CONCURRENT_TRANSACTIONS: 'ConcurrentTransactionsException',
  TRANSACTION_COORDINATOR_FENCED: 'TransactionCoordinatorFencedException',
  TRANSACTION_ABORTABLE: 'TransactionAbortableException',
  PRODUCER_FENCED: 'ProducerFencedException',
  TimeoutError: 'TimeoutException',
  ConnectionError: 'NetworkException',
  ConnectionRefusedError: 'NetworkException',
}

/** KIP-588 (2.7): before, a producer with an old epoch is told that it is fenced. */
export function exceptionOf(error: ErrorName, m: Mechanisms): string {
  if (error === 'INVALID_PRODUCER_EPOCH') {
    return m.coordinatorTellsFenced === true ? 'InvalidProducerEpochException' : 'ProducerFencedException'
  }
  return CLASSES[error] ?? 'KafkaException'
}
