import { own } from '../kernel/own.ts'

/** One error of Kafka's protocol: a value in a response, never thrown. */
export interface KafkaError {
  readonly name: string
  readonly code: number
  /** A client may send the same request again. */
  readonly retriable: boolean
  /** The request certainly had no effect: the ledger counts the operation as failed and not as unknown. */
  readonly definite: boolean
  readonly meaning: string
}

const TABLE = [
  ['NONE', 0, false, true, 'The request succeeded.'],
  ['UNKNOWN_SERVER_ERROR', -1, false, false, 'The broker failed in a way the protocol has no name for.'],
  ['OFFSET_OUT_OF_RANGE', 1, false, true, 'The offset asked for is below the log start or above the log end.'],
  ['CORRUPT_MESSAGE', 2, true, true, 'A checksum did not match.'],
  ['UNKNOWN_TOPIC_OR_PARTITION', 3, true, true, 'This broker does not host (or does not know) the partition.'],
  ['LEADER_NOT_AVAILABLE', 5, true, true, 'The partition has no leader at the moment.'],
  [
    'NOT_LEADER_FOR_PARTITION',
    6,
    true,
    true,
    'This broker does not lead the partition (NOT_LEADER_OR_FOLLOWER from 2.6).',
  ],
  [
    'REQUEST_TIMED_OUT',
    7,
    true,
    false,
    'The acks did not arrive in time; the records stay in the log and may still be committed.',
  ],
  ['BROKER_NOT_AVAILABLE', 8, false, true, 'The broker is not alive.'],
  ['REPLICA_NOT_AVAILABLE', 9, true, true, 'A replica of the partition is not alive (metadata version 0).'],
  ['MESSAGE_TOO_LARGE', 10, false, true, 'A record is larger than message.max.bytes.'],
  ['STALE_CONTROLLER_EPOCH', 11, false, true, 'The request came from a controller that has been replaced.'],
  ['NETWORK_EXCEPTION', 13, true, false, 'Somebody did not answer, so that nobody knows what became of the request.'],
  ['COORDINATOR_LOAD_IN_PROGRESS', 14, true, true, 'The coordinator still reads its partition.'],
  ['COORDINATOR_NOT_AVAILABLE', 15, true, true, 'There is no coordinator at the moment, or its log cannot be written.'],
  ['NOT_COORDINATOR', 16, true, true, 'This broker does not coordinate the group or transactional id.'],
  ['INVALID_TOPIC_EXCEPTION', 17, false, true, 'The name is not possible, or the topic is not to be touched.'],
  ['RECORD_LIST_TOO_LARGE', 18, false, true, 'The batch is larger than segment.bytes.'],
  ['NOT_ENOUGH_REPLICAS', 19, true, true, 'The ISR is smaller than min.insync.replicas; nothing was appended.'],
  [
    'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
    20,
    true,
    false,
    'The ISR shrank below min.insync.replicas after the append; the records stay in the log.',
  ],
  ['INVALID_REQUIRED_ACKS', 21, false, true, 'acks must be 0, 1 or all (any number up to 0.8.2).'],
  ['ILLEGAL_GENERATION', 22, false, true, 'The group has another generation by now.'],
  ['INCONSISTENT_GROUP_PROTOCOL', 23, false, true, 'The member shares no assignor with the group.'],
  ['INVALID_GROUP_ID', 24, false, true, 'The group has no name.'],
  ['UNKNOWN_MEMBER_ID', 25, false, true, 'The group knows no such member: it was removed or never joined.'],
  ['INVALID_SESSION_TIMEOUT', 26, false, true, 'The session is shorter or longer than the broker allows.'],
  ['REBALANCE_IN_PROGRESS', 27, false, true, 'The group rebalances: the member must join again.'],
  ['INVALID_COMMIT_OFFSET_SIZE', 28, false, true, 'A commit is too large for the offsets topic.'],
  ['UNSUPPORTED_VERSION', 35, false, true, 'The broker does not know the request.'],
  ['TOPIC_ALREADY_EXISTS', 36, false, true, 'A topic of that name exists.'],
  ['POLICY_VIOLATION', 44, false, true, 'The topic does not allow it: records of a compacted topic are not deleted.'],
  ['INVALID_PARTITIONS', 37, false, true, 'The number of partitions is not possible.'],
  ['INVALID_REPLICATION_FACTOR', 38, false, true, 'More replicas were asked for than there are brokers.'],
  ['INVALID_REPLICA_ASSIGNMENT', 39, false, true, 'The assignment names brokers that are not there.'],
  ['NOT_CONTROLLER', 41, true, true, 'This broker is not the controller.'],
  ['INVALID_REQUEST', 42, false, true, 'The request contradicts the protocol.'],
  ['OUT_OF_ORDER_SEQUENCE_NUMBER', 45, false, true, 'The batch does not follow the last one of its producer.'],
  ['DUPLICATE_SEQUENCE_NUMBER', 46, false, false, 'The batch is in the log already, at an offset that is not known.'],
  ['INVALID_PRODUCER_EPOCH', 47, false, true, 'The producer id is used with a newer epoch by now.'],
  ['INVALID_TXN_STATE', 48, false, true, 'A plain batch came while a transaction of its producer was open.'],
  [
    'INVALID_PRODUCER_ID_MAPPING',
    49,
    false,
    true,
    'The coordinator knows the transactional id under another producer id, or not at all.',
  ],
  ['INVALID_TRANSACTION_TIMEOUT', 50, false, true, 'The transaction may take longer than transaction.max.timeout.ms.'],
  ['CONCURRENT_TRANSACTIONS', 51, true, true, 'Another change of the transactional id is under way.'],
  ['TRANSACTION_COORDINATOR_FENCED', 52, false, true, 'The marker comes from a coordinator that has been replaced.'],
  ['OPERATION_NOT_ATTEMPTED', 55, true, true, 'Another part of the request failed, so this one was not tried.'],
  ['KAFKA_STORAGE_ERROR', 56, true, true, 'The log directory failed.'],
  ['UNKNOWN_PRODUCER_ID', 59, false, true, 'The log knows nothing of the producer: its records are gone (1.0 to 2.4).'],
  ['GROUP_ID_NOT_FOUND', 69, false, true, 'There is no such group, or it speaks the other protocol.'],
  ['FENCED_LEADER_EPOCH', 74, true, true, 'The request carries an older leader epoch than the broker has (KIP-320).'],
  ['UNKNOWN_LEADER_EPOCH', 75, true, true, 'The request carries a newer leader epoch than the broker has (KIP-320).'],
  [
    'STALE_BROKER_EPOCH',
    77,
    false,
    true,
    'The request is meant for, or comes from, an earlier life of the broker (KIP-380).',
  ],
  ['OFFSET_NOT_AVAILABLE', 78, true, true, 'The new leader does not know the high watermark yet (KAFKA-2334).'],
  ['MEMBER_ID_REQUIRED', 79, false, true, 'A new member must join again with the id it is given here (KIP-394).'],
  ['PREFERRED_LEADER_NOT_AVAILABLE', 80, true, true, 'The first assigned replica is not alive or not in the ISR.'],
  ['GROUP_MAX_SIZE_REACHED', 81, false, true, 'The group has as many members as it may have (KIP-389).'],
  [
    'FENCED_INSTANCE_ID',
    82,
    false,
    true,
    'Another consumer with the same group.instance.id has taken its place (KIP-345).',
  ],
  ['ELIGIBLE_LEADERS_NOT_AVAILABLE', 83, true, true, 'No replica may lead the partition.'],
  ['ELECTION_NOT_NEEDED', 84, true, true, 'The partition already has the leader that was asked for.'],
  ['NO_REASSIGNMENT_IN_PROGRESS', 85, false, true, 'There is nothing to cancel.'],
  ['UNSTABLE_OFFSET_COMMIT', 88, true, true, 'A transaction that may move the offset is not finished (KIP-447).'],
  ['PRODUCER_FENCED', 90, false, true, 'Another producer of the same transactional id has taken over (KIP-588, 2.7).'],
  ['INVALID_UPDATE_VERSION', 95, false, true, 'The partition state changed since it was read.'],
  [
    'DUPLICATE_BROKER_REGISTRATION',
    101,
    false,
    true,
    'Another life of the broker is registered and has not ended (KRaft).',
  ],
  [
    'FENCED_MEMBER_EPOCH',
    110,
    false,
    true,
    'The member has another epoch: it must give up everything and join again (KIP-848).',
  ],
  ['UNRELEASED_INSTANCE_ID', 111, false, true, 'The holder of the group.instance.id is still there (KIP-848).'],
  ['STALE_MEMBER_EPOCH', 113, false, true, 'The member has another epoch by now (KIP-848).'],
  ['INELIGIBLE_REPLICA', 107, false, true, 'A replica may not join the ISR now (fenced or shutting down).'],
  ['NEW_LEADER_ELECTED', 108, false, true, 'The change was accepted and another broker leads now.'],
  ['TRANSACTION_ABORTABLE', 120, false, true, 'The transaction cannot go on and must be aborted (KIP-890, 3.8).'],
  ['TimeoutError', 1001, true, false, 'The client waited and got no answer (its own socket time-out).'],
  ['ConnectionError', 1002, true, false, 'The connection broke before the answer came.'],
  ['BufferExhaustedError', 1004, true, true, 'The producer had no memory left for the record in max.block.ms.'],
  ['InvalidPartitionError', 1005, false, true, 'The topic has no such partition: send threw it.'],
  ['ConnectionRefusedError', 1003, true, true, 'Nothing listens there: the request was never sent.'],
] as const satisfies readonly (readonly [string, number, boolean, boolean, string])[]

export type ErrorName = (typeof TABLE)[number][0]

/** Every error a response may carry, and (from code 1001) what a client's own socket may tell it. */
export const ERRORS: readonly KafkaError[] = TABLE.map(([name, code, retriable, definite, meaning]) => ({
  name,
  code,
  retriable,
  definite,
  meaning,
}))

const BY_NAME: Readonly<Record<string, KafkaError>> = Object.fromEntries(ERRORS.map((error) => [error.name, error]))

export function errorNamed(name: string): KafkaError {
  const error = BY_NAME[name]
  if (error === undefined) throw new RangeError(`no Kafka error is called ${name}`)
  return error
}

/** What other releases call an error: names differ, codes do not. */
const OTHER_NAMES: Readonly<Record<string, ErrorName>> = {
  // 2.6 renamed it.
  NOT_LEADER_OR_FOLLOWER: 'NOT_LEADER_FOR_PARTITION',
  // To 0.10.2 it was called so, and coordinators were those of groups.
  UNKNOWN: 'UNKNOWN_SERVER_ERROR',
  GROUP_LOAD_IN_PROGRESS: 'COORDINATOR_LOAD_IN_PROGRESS',
  GROUP_COORDINATOR_NOT_AVAILABLE: 'COORDINATOR_NOT_AVAILABLE',
  NOT_COORDINATOR_FOR_GROUP: 'NOT_COORDINATOR',
}

/** The code of an error under any of its names; NaN where no error is called so. */
export const errorCode = (name: string): number => {
  const known = own(BY_NAME, own(OTHER_NAMES, name) ?? name)
  return known?.code ?? Number.NaN
}
