/** Errors as the Java producer reports them: the class of the exception that callback and future are given. */
import type { ErrorName } from './errors.ts'
import type { Mechanisms } from './generation/mechanisms.ts'

const CLASSES: Readonly<Partial<Record<ErrorName, string>>> = {
  UNKNOWN_SERVER_ERROR: 'UnknownServerException',
  CORRUPT_MESSAGE: 'CorruptRecordException',
  UNKNOWN_TOPIC_OR_PARTITION: 'UnknownTopicOrPartitionException',
  LEADER_NOT_AVAILABLE: 'LeaderNotAvailableException',
  REQUEST_TIMED_OUT: 'TimeoutException',
  MESSAGE_TOO_LARGE: 'RecordTooLargeException',
  RECORD_LIST_TOO_LARGE: 'RecordBatchTooLargeException',
  NOT_ENOUGH_REPLICAS: 'NotEnoughReplicasException',
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 'NotEnoughReplicasAfterAppendException',
  INVALID_REQUIRED_ACKS: 'InvalidRequiredAcksException',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'OutOfOrderSequenceException',
  UNKNOWN_PRODUCER_ID: 'UnknownProducerIdException',
  INVALID_PRODUCER_EPOCH: 'InvalidProducerEpochException',
  PRODUCER_FENCED: 'ProducerFencedException',
  INVALID_PRODUCER_ID_MAPPING: 'InvalidPidMappingException',
  INVALID_TRANSACTION_TIMEOUT: 'InvalidTxnTimeoutException',
  CONCURRENT_TRANSACTIONS: 'ConcurrentTransactionsException',
  TRANSACTION_COORDINATOR_FENCED: 'TransactionCoordinatorFencedException',
  TRANSACTION_ABORTABLE: 'TransactionAbortableException',
  DUPLICATE_SEQUENCE_NUMBER: 'DuplicateSequenceException',
  INVALID_TXN_STATE: 'InvalidTxnStateException',
  KAFKA_STORAGE_ERROR: 'KafkaStorageException',
  TimeoutError: 'TimeoutException',
  NETWORK_EXCEPTION: 'NetworkException',
  ConnectionError: 'NetworkException',
  BufferExhaustedError: 'BufferExhaustedException',
  InvalidPartitionError: 'KafkaException',
}

/**
 * The Java class of an error; its protocol name where the producer has no class of its own for it. Before KIP-588 (2.7) a
 * producer with an old epoch is told that it is fenced.
 */
export function exceptionClass(error: ErrorName, m: Mechanisms): string {
  if (error === 'INVALID_PRODUCER_EPOCH' && m.coordinatorTellsFenced !== true) return 'ProducerFencedException'
  return CLASSES[error] ?? error
}
