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
import { isEpochExhausted, prepared, type TransactionalId, type TransactionMetadata } from './transaction.ts'
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
  const { metadata, pending } = id
  const { producerId, producerEpoch, committed } = request
  if (producerId !== metadata.producerId) return 'INVALID_PRODUCER_ID_MAPPING'
  const isRetry = request.bumpsEpoch === true && producerEpoch === metadata.producerEpoch - 1
  const fenced = !isRetry && !isPresentEpoch(metadata, producerEpoch, config)
  if (fenced && !isMutant(config, 'producer-not-fenced')) return fencedError(config)
  if (pending !== null) return 'CONCURRENT_TRANSACTIONS'
  switch (metadata.status) {
    case 'Ongoing':
      return isRetry ? fencedError(config) : 'prepare'
    case 'PrepareCommit':
      return committed ? 'CONCURRENT_TRANSACTIONS' : 'INVALID_TXN_STATE'
    case 'PrepareAbort':
      return committed ? 'INVALID_TXN_STATE' : 'CONCURRENT_TRANSACTIONS'
    case 'CompleteCommit':
    case 'CompleteAbort': {
      const same = (metadata.status === 'CompleteCommit') === committed
      if (request.bumpsEpoch !== true) return same ? 'NONE' : 'INVALID_TXN_STATE'
      if (isRetry) return same ? 'NONE' : 'INVALID_TXN_STATE'
      // KIP-890 (4.0): a producer that wants to abort without having sent anything is given a new epoch all the same.
      return committed ? 'INVALID_TXN_STATE' : 'prepare'
    }
    default:
      return request.bumpsEpoch === true && !committed && metadata.status === 'Empty' ? 'prepare' : 'INVALID_TXN_STATE'
  }
}

/** To 2.4 an epoch above the present one passes; from 2.5 a client's must be the present one (KIP-360). */
const isPresentEpoch = ({ producerEpoch }: TransactionMetadata, asked: number, config: BrokerConfig): boolean =>
  config.mechanisms.producerRecoversByEpochBump ? asked === producerEpoch : asked >= producerEpoch

export interface Fence {
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
  // KAFKA-9666 (2.6): if the last fence could not be written its epoch is used again.
  const keeps =
    isMutant(config, 'producer-epoch-not-bumped') ||
    (caller === null && isMutant(config, 'timed-out-producer-not-fenced')) ||
    (id.hasFailedEpochFence && config.mechanisms.failedFenceKeepsEpoch) ||
    isEpochExhausted(metadata.producerEpoch - 1)
  const producerEpoch = keeps ? metadata.producerEpoch : metadata.producerEpoch + 1
  // The bump holds in memory at once, whether or not the abort can be written.
  id.metadata = { ...metadata, producerEpoch, lastProducerEpoch: -1 }
  const next = prepared(id.metadata, 'ABORT', clockMs(ctx))
  appendTransition(state, ctx, config, { partition, id, next, caller, fences: true })
}
