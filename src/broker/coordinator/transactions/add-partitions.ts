/** Partitions, and the partition of a group's offsets, come into a transaction before they are written to. */
import type { ErrorName } from '../../../kafka/errors.ts'
import { splitTopicPartition, type TopicPartition } from '../../../kafka/ids.ts'
import type { AddOffsetsToTxnRequest, AddPartitionsToTxnRequest } from '../../../kafka/messages/transactions.ts'
import { isMutant } from '../../../kafka/mutants.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { respond } from '../../client-connection.ts'
import { type BrokerContext, running } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { partitionOf } from '../coordination.ts'
import { answerCall } from './replies.ts'
import type { TransactionCaller } from './state.ts'
import { isMoving, type TransactionalId, type TransactionMetadata, withPartitions } from './transaction.ts'
import { appendTransition, clockMs, fencedError, findTransactionalId } from './transactions.ts'

type Producer = { readonly transactionalId: string; readonly producerId: number; readonly producerEpoch: number }

export function handleAddPartitionsToTxn(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: AddPartitionsToTxnRequest,
  connection: ConnectionId,
): void {
  const { correlationId, partitions } = request
  if (request.verifyOnly === true) {
    verify(state, ctx, config, request, connection)
    return
  }
  const caller: TransactionCaller = { call: 'addPartitions', connection, correlationId, partitions }
  // 0.11 KafkaApis: none is added when one of them does not exist.
  const known = running(state).metadata.partitions
  const missing = partitions.filter((name) => known[name] === undefined)
  if (missing.length > 0) {
    const answers: Record<TopicPartition, ErrorName> = {}
    for (const name of partitions) {
      answers[name] = missing.includes(name) ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'OPERATION_NOT_ATTEMPTED'
    }
    respond(state, ctx, connection, { type: 'AddPartitionsToTxnResponse', correlationId, partitions: answers })
    return
  }
  addToTransaction(state, ctx, config, request, partitions, caller)
}

export function handleAddOffsetsToTxn(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: AddOffsetsToTxnRequest,
  connection: ConnectionId,
): void {
  const { correlationId, groupId } = request
  const caller: TransactionCaller = { call: 'addOffsets', connection, correlationId, partitions: [] }
  addToTransaction(state, ctx, config, request, [partitionOf(state, config, 'group', groupId)], caller)
}

function addToTransaction(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: Producer,
  partitions: readonly TopicPartition[],
  caller: TransactionCaller,
): void {
  const found = findTransactionalId(state, config, request.transactionalId)
  if (!found.ok) {
    answerCall(state, ctx, caller, found.error)
    return
  }
  const { partition, id } = found
  const error = id === null ? 'INVALID_PRODUCER_ID_MAPPING' : additionError(id, request, config)
  if (id === null || error !== 'NONE') {
    answerCall(state, ctx, caller, error)
    return
  }
  const { metadata } = id
  if (metadata.status === 'Ongoing' && partitions.every((name) => metadata.partitions.includes(name))) {
    answerCall(state, ctx, caller, 'NONE')
    return
  }
  const next = withPartitions(metadata, partitions, clockMs(ctx))
  appendTransition(state, ctx, config, { partition, id, next, caller })
}

/** From 4.0 a transition that is under way is told before it is looked at who asks (TransactionCoordinator.handleAddPartitionsToTransaction). */
function additionError(id: TransactionalId, request: Producer, config: BrokerConfig): ErrorName {
  const concurrent = isMoving(id) ? 'CONCURRENT_TRANSACTIONS' : 'NONE'
  if (config.mechanisms.transactionsBumpEpoch && concurrent !== 'NONE') return concurrent
  const error = producerError(id.metadata, request, config)
  return error === 'NONE' ? concurrent : error
}

/** Whether the request is of the present producer of its transactional id. */
function producerError(
  { producerId, producerEpoch }: TransactionMetadata,
  asked: Producer,
  config: BrokerConfig,
): ErrorName {
  if (asked.producerId !== producerId) return 'INVALID_PRODUCER_ID_MAPPING'
  if (asked.producerEpoch !== producerEpoch && !isMutant(config, 'producer-not-fenced')) return fencedError(config)
  return 'NONE'
}

/**
 * KIP-890 (3.6): a leader that is about to open a transaction asks whether the coordinator knows of it (3.6
 * TransactionCoordinator.handleVerifyPartitionsInTransaction).
 */
function verify(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: AddPartitionsToTxnRequest,
  connection: ConnectionId,
): void {
  const found = findTransactionalId(state, config, request.transactionalId)
  const answers: Record<TopicPartition, ErrorName> = {}
  for (const name of request.partitions) answers[name] = verdict(name)
  const { correlationId } = request
  respond(state, ctx, connection, { type: 'AddPartitionsToTxnResponse', correlationId, partitions: answers })

  function verdict(name: TopicPartition): ErrorName {
    if (!found.ok) return found.error
    if (found.id === null) return 'INVALID_PRODUCER_ID_MAPPING'
    const { metadata } = found.id
    const error = producerError(metadata, request, config)
    if (error !== 'NONE') return error
    // What is being written does not count (KAFKA-14904).
    if (metadata.status === 'PrepareCommit' || metadata.status === 'PrepareAbort') return 'CONCURRENT_TRANSACTIONS'
    if (metadata.partitions.includes(name)) return 'NONE'
    ctx.probe(`verification refused for ${splitTopicPartition(name).topic}`)
    return config.mechanisms.unverifiedTransactionAbortable ? 'TRANSACTION_ABORTABLE' : 'INVALID_TXN_STATE'
  }
}
