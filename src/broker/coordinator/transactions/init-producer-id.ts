/** A transactional producer begins: it is given the next epoch of its id, and what its predecessor left open is aborted. */
import type { ErrorName } from '../../../kafka/errors.ts'
import type { InitProducerIdRequest } from '../../../kafka/messages/producer-id.ts'
import { isMutant } from '../../../kafka/mutants.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { allocateProducerId, handleInitPlainProducer } from '../../producer-ids.ts'
import { type BrokerContext, numberSetting } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { fenceAndAbort } from './end-transaction.ts'
import { answerCall } from './replies.ts'
import type { TransactionCaller } from './state.ts'
import {
  isEpochExhausted,
  newTransactionalId,
  type TransactionMetadata,
  withBumpedEpoch,
  withNewProducerId,
} from './transaction.ts'
import { appendTransition, clockMs, fencedError, findTransactionalId } from './transactions.ts'

export function handleInitProducerId(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: InitProducerIdRequest,
  connection: ConnectionId,
): void {
  const { transactionalId } = request
  if (transactionalId === null) handleInitPlainProducer(state, ctx, config, request, connection)
  else handleInitTransactionalId(state, ctx, config, { ...request, transactionalId }, connection)
}

/** 0.11 TransactionCoordinator.handleInitProducerId, for requests that name a transactional id. */
function handleInitTransactionalId(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: InitProducerIdRequest & { readonly transactionalId: string },
  connection: ConnectionId,
): void {
  const { transactionalId, timeoutMs, correlationId } = request
  const caller: TransactionCaller = { call: 'init', connection, correlationId, partitions: [] }
  const refuse = (error: ErrorName): void => answerCall(state, ctx, caller, error)
  if (timeoutMs <= 0 || timeoutMs > (numberSetting(config, 'transaction.max.timeout.ms') ?? 900_000)) {
    refuse('INVALID_TRANSACTION_TIMEOUT')
    return
  }
  const found = findTransactionalId(state, config, transactionalId)
  if (!found.ok) {
    refuse(found.error)
    return
  }
  const { partition } = found
  const nowMs = clockMs(ctx)
  partition.transactions ??= {}
  let id = found.id
  if (id === null) {
    const producerId = allocateProducerId(state, ctx, config)
    if (producerId === null) {
      refuse('COORDINATOR_LOAD_IN_PROGRESS')
      return
    }
    partition.transactions[transactionalId] = newTransactionalId(transactionalId, { producerId, timeoutMs, nowMs })
    id = partition.transactions[transactionalId]!
  }
  if (id.pending !== null) {
    refuse('CONCURRENT_TRANSACTIONS')
    return
  }
  const { metadata } = id
  if (!isExpectedProducer(metadata, request)) {
    refuse(fencedError(config))
    return
  }
  switch (metadata.status) {
    case 'PrepareCommit':
    case 'PrepareAbort':
      refuse('CONCURRENT_TRANSACTIONS')
      return
    case 'Ongoing':
      // The producer comes again once the abort is complete, and gets another epoch then (recorded: abort at 1, Empty at 2).
      fenceAndAbort(state, ctx, config, { partition, id, caller })
      return
    default: {
      const next = nextProducer(state, ctx, config, metadata, request)
      if (next === null) refuse('COORDINATOR_LOAD_IN_PROGRESS')
      else if (next === 'retry') answerCall(state, ctx, caller, 'NONE', metadata)
      else appendTransition(state, ctx, config, { partition, id, next, caller })
    }
  }
}

/** KIP-360 (2.5): a producer that says who it is must be the present one, or the one before if this is a retry. */
function isExpectedProducer(
  metadata: TransactionMetadata,
  { producerId, producerEpoch }: InitProducerIdRequest,
): boolean {
  if (producerId < 0 || metadata.producerEpoch < 0) return true
  // A coordinator that gave out another id remembers nothing of the old one but its epoch.
  if (producerId !== metadata.producerId) return isEpochExhausted(producerEpoch) && metadata.producerEpoch === 0
  return producerEpoch === metadata.producerEpoch || producerEpoch === metadata.lastProducerEpoch
}

/** The next producer of the id; `retry`: its bump is written already; null: no producer id is at hand. */
function nextProducer(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  metadata: TransactionMetadata,
  { producerId, producerEpoch, timeoutMs }: InitProducerIdRequest,
): TransactionMetadata | 'retry' | null {
  const nowMs = clockMs(ctx)
  const keepsLast = config.mechanisms.producerRecoversByEpochBump
  if (producerId >= 0 && producerId === metadata.producerId && producerEpoch === metadata.lastProducerEpoch) {
    ctx.probe('init producer id retried after its bump')
    return 'retry'
  }
  if (isEpochExhausted(metadata.producerEpoch)) {
    ctx.probe('producer epoch used up')
    const fresh = allocateProducerId(state, ctx, config)
    return fresh === null ? null : withNewProducerId(metadata, { producerId: fresh, timeoutMs, nowMs, keepsLast })
  }
  const next = withBumpedEpoch(metadata, { timeoutMs, nowMs, keepsLast: keepsLast && producerId >= 0 })
  const planted = isMutant(config, 'producer-epoch-not-bumped') && metadata.producerEpoch >= 0
  return planted ? { ...next, producerEpoch: metadata.producerEpoch } : next
}
