/** Ending a transaction: the decision is written down and answered; markers and completion follow by themselves. */
import type { ErrorName } from '../../../kafka/errors.ts'
import type { EndTxnRequest } from '../../../kafka/messages/transactions.ts'
import { isMutant } from '../../../kafka/mutants.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import type { BrokerContext } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import type { CoordinatedPartition } from '../state.ts'
import { sendMarkers } from './markers.ts'
import { answerCall } from './replies.ts'
import type { TransactionCaller } from './state.ts'
import { isEpochExhausted, isMoving, prepared, type TransactionalId, type TransactionMetadata } from './transaction.ts'
import { appendTransition, clockMs, fencedError, findTransactionalId } from './transactions.ts'

export function handleEndTxn(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: EndTxnRequest,
  connection: ConnectionId,
): void {
  const { correlationId, transactionalId, committed } = request
  const caller: TransactionCaller = { call: 'end', connection, correlationId, partitions: [] }
  const found = findTransactionalId(state, config, transactionalId)
  if (!found.ok) {
    answerCall(state, ctx, caller, found.error)
    return
  }
  const { partition, id } = found
  if (id === null) {
    answerCall(state, ctx, caller, 'INVALID_PRODUCER_ID_MAPPING')
    return
  }
  const { metadata } = id
  const verdict = judgeEnd(id, request, config)
  if (verdict !== 'prepare') {
    answerCall(state, ctx, caller, verdict, metadata)
    return
  }
  const ended = prepared(metadata, committed ? 'COMMIT' : 'ABORT', clockMs(ctx))
  const next = request.bumpsEpoch === true ? bumped(ended) : ended
  if (isMutant(config, 'markers-before-prepare-is-written')) sendMarkers(state, ctx, config, partition, id, next)
  const early = isMutant(config, 'end-answered-before-decision')
  if (early) answerCall(state, ctx, caller, 'NONE', next)
  appendTransition(state, ctx, config, { partition, id, next, caller: early ? null : caller })
}

/** KIP-890 (4.0): markers carry the next epoch, so that nothing of this transaction can be taken for the next one's. */
const bumped = (metadata: TransactionMetadata): TransactionMetadata => ({
  ...metadata,
  lastProducerEpoch: metadata.producerEpoch,
  producerEpoch: metadata.producerEpoch + 1,
  bumpsEpoch: true,
})

/** `prepare`: the decision is to be written; else what the producer is told. */
function judgeEnd(id: TransactionalId, request: EndTxnRequest, config: BrokerConfig): ErrorName | 'prepare' {
  const { metadata } = id
  const { producerId, producerEpoch, committed } = request
  const bumpsEpoch = request.bumpsEpoch === true
  // KAFKA-18464 (4.0): that a transition is under way is told before it is looked at who asks, and by which epoch.
  if (bumpsEpoch && isMoving(id)) return 'CONCURRENT_TRANSACTIONS'
  if (producerId !== metadata.producerId) return 'INVALID_PRODUCER_ID_MAPPING'
  const expected = bumpsEpoch
    ? isExpectedEpoch(metadata, producerEpoch)
    : isPresentEpoch(metadata, producerEpoch, config)
  if (!expected && !isMutant(config, 'producer-not-fenced')) return fencedError(config)
  if (isMoving(id)) return 'CONCURRENT_TRANSACTIONS'
  switch (metadata.status) {
    case 'Ongoing':
      return 'prepare'
    case 'CompleteCommit':
    case 'CompleteAbort': {
      const same = (metadata.status === 'CompleteCommit') === committed
      if (!bumpsEpoch || isRetry(metadata, producerEpoch)) return same ? 'NONE' : 'INVALID_TXN_STATE'
      // KIP-890 (4.0): a producer that wants to abort without having sent anything is given a new epoch all the same.
      return committed ? 'INVALID_TXN_STATE' : 'prepare'
    }
    default:
      return bumpsEpoch && !committed && metadata.status === 'Empty' ? 'prepare' : 'INVALID_TXN_STATE'
  }
}

/** To 2.4 an epoch above the present one passes; from 2.5 a client's must be the present one (KIP-360). */
const isPresentEpoch = ({ producerEpoch }: TransactionMetadata, asked: number, config: BrokerConfig): boolean =>
  config.mechanisms.producerRecoversByEpochBump ? asked === producerEpoch : asked >= producerEpoch

/** KIP-890 (4.0): the end that led to the present epoch, asked for again. */
const isRetry = ({ producerEpoch }: TransactionMetadata, asked: number): boolean => asked === producerEpoch - 1

/**
 * KIP-890 (4.0): an end bumps the epoch, so that only what has ended can be asked for at the epoch before. Elsewhere that
 * epoch is the one of a producer that has been replaced (TransactionCoordinator.endTransaction).
 */
const isExpectedEpoch = (metadata: TransactionMetadata, asked: number): boolean =>
  asked === metadata.producerEpoch ||
  (isRetry(metadata, asked) && (metadata.status === 'CompleteCommit' || metadata.status === 'CompleteAbort'))

interface Fence {
  readonly partition: CoordinatedPartition
  readonly id: TransactionalId
  /** The successor's InitProducerId; null: the transaction has taken too long. */
  readonly caller: TransactionCaller | null
}

/**
 * Aborts an open transaction on behalf of a successor or of the clock, at the next epoch, so that nothing its producer
 * still sends is taken once a partition has the marker (0.11 prepareFenceProducerEpoch, then endTransaction).
 */
export function fenceAndAbort(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  { partition, id, caller }: Fence,
): void {
  const { metadata } = id
  const next = keepsEpoch(id, caller, config)
    ? prepared(metadata, 'ABORT', clockMs(ctx))
    : abortedAtNextEpoch(id, clockMs(ctx), config)
  appendTransition(state, ctx, config, { partition, id, next, caller, fences: true })
}

const keepsEpoch = (id: TransactionalId, caller: TransactionCaller | null, config: BrokerConfig): boolean =>
  isMutant(config, 'producer-epoch-not-bumped') ||
  (caller === null && isMutant(config, 'timed-out-producer-not-fenced')) ||
  // KAFKA-9666 (2.6): if the last fence could not be written its epoch is used again.
  (id.hasFailedEpochFence && config.mechanisms.failedFenceKeepsEpoch) ||
  isEpochExhausted(id.metadata.producerEpoch - 1)

/** To 3.9 the bump holds in memory at once, whether or not the abort can be written. */
function abortedAtNextEpoch(id: TransactionalId, nowMs: number, config: BrokerConfig): TransactionMetadata {
  const { metadata } = id
  // KAFKA-19367 (4.0.1): the abort bumps the epoch as every end does, once, and remembers the one before.
  if (config.mechanisms.transactionsBumpEpoch) return bumped(prepared(metadata, 'ABORT', nowMs))
  id.metadata = { ...metadata, producerEpoch: metadata.producerEpoch + 1, lastProducerEpoch: -1 }
  return prepared(id.metadata, 'ABORT', nowMs)
}
