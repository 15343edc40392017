/** The transaction coordinator's part of a running broker: what it knows, and how a change of state is written down. */

import type { ErrorName } from '../../../kafka/errors.ts'
import type { TopicPartition } from '../../../kafka/ids.ts'
import { own } from '../../../kernel/own.ts'
import { MICROS_PER_MS } from '../../../kernel/time.ts'
import { type BrokerContext, running } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { coordinated, coordinationOf } from '../coordination.ts'
import { appendToCoordinatorLog } from '../log-append.ts'
import type { CoordinatedPartition } from '../state.ts'
import type { TransactionAppend, TransactionCaller, TransactionsState } from './state.ts'
import { encodeTransaction, type TransactionalId, type TransactionMetadata } from './transaction.ts'

export function transactionsOf(state: BrokerState): TransactionsState {
  const coordination = coordinationOf(state)
  coordination.transactions ??= { links: {}, leaderless: [], unwritten: [], writes: {}, sweeping: false }
  return coordination.transactions
}

export const clockMs = (ctx: BrokerContext): number => Math.floor(ctx.nowUs / MICROS_PER_MS)

/** KIP-588 (2.7): a fenced producer is told PRODUCER_FENCED by its coordinator, before INVALID_PRODUCER_EPOCH. */
export const fencedError = (config: BrokerConfig): ErrorName =>
  config.mechanisms.coordinatorTellsFenced ? 'PRODUCER_FENCED' : 'INVALID_PRODUCER_EPOCH'

export type Found =
  | { readonly ok: true; readonly partition: CoordinatedPartition; readonly id: TransactionalId | null }
  | { readonly ok: false; readonly error: ErrorName }

/** The transactional id, or null if it is not known, where this broker coordinates it. */
export function findTransactionalId(state: BrokerState, config: BrokerConfig, transactionalId: string): Found {
  const found = coordinated(state, config, 'transaction', transactionalId)
  if (!found.ok) return found
  return { ok: true, partition: found.partition, id: own(found.partition.transactions, transactionalId) ?? null }
}

interface Transition {
  readonly partition: CoordinatedPartition
  readonly id: TransactionalId
  readonly next: TransactionMetadata | null
  readonly caller: TransactionCaller | null
  readonly fences?: boolean
}

/**
 * Writes the next state down. It becomes the present one when it has its acks (0.11
 * TransactionStateManager.appendTransactionToLog); until then nothing else may begin.
 */
export function appendTransition(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  { partition, id, next, caller, fences = false }: Transition,
): void {
  const { transactionalId, metadata } = id
  id.pending = next?.status ?? 'Dead'
  const append: TransactionAppend = {
    kind: 'transaction',
    transactionalId,
    coordinatorEpoch: partition.leaderEpoch,
    next,
    caller,
    fences,
  }
  writeTransition(state, ctx, config, partition.partition, append, next?.timeoutMs ?? metadata.timeoutMs)
}

/** The append itself: it may be tried again. It waits for its acks as long as the transaction may take. */
export const writeTransition = (
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: TopicPartition,
  append: TransactionAppend,
  timeoutMs: number,
): void =>
  appendToCoordinatorLog(state, ctx, config, {
    partition,
    records: [{ key: append.transactionalId, value: append.next === null ? null : encodeTransaction(append.next) }],
    acks: -1,
    timeoutMs,
    next: append,
  })

/** What a failed append of the coordinator means to those who asked (TransactionStateManager.updateCacheCallback). */
export function appendError(error: ErrorName): ErrorName {
  switch (error) {
    case 'NONE':
      return 'NONE'
    case 'UNKNOWN_TOPIC_OR_PARTITION':
    case 'NOT_ENOUGH_REPLICAS':
    case 'NOT_ENOUGH_REPLICAS_AFTER_APPEND':
    case 'REQUEST_TIMED_OUT':
      return 'COORDINATOR_NOT_AVAILABLE'
    case 'NOT_LEADER_FOR_PARTITION':
    case 'KAFKA_STORAGE_ERROR':
      return 'NOT_COORDINATOR'
    default:
      return 'UNKNOWN_SERVER_ERROR'
  }
}

/** The partition of the transaction log if this broker still coordinates it in the given epoch; else null. */
export function stillCoordinated(
  state: BrokerState,
  partition: TopicPartition,
  coordinatorEpoch: number,
): CoordinatedPartition | null {
  const known = running(state).coordination?.partitions[partition]
  if (known === undefined || known.phase !== 'active') return null
  return known.leaderEpoch === coordinatorEpoch ? known : null
}
