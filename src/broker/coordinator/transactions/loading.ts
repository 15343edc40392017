/** A new coordinator reads its partition: what was decided is carried through, what was open stays open. */
import type { TopicPartition } from '../../../kafka/ids.ts'
import { isMutant } from '../../../kafka/mutants.ts'
import { type BrokerContext, logOf } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import type { CoordinatedPartition } from '../state.ts'
import { sendMarkers } from './markers.ts'
import { startSweeps } from './time-limits.ts'
import { decodeTransaction, type TransactionalId } from './transaction.ts'

/** 0.11 TransactionStateManager.loadTransactionsForTxnTopicPartition. */
export function loadTransactions(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: CoordinatedPartition,
): void {
  partition.transactions = readTransactions(state, partition.partition)
  startSweeps(state, ctx, config)
  for (const transactionalId of Object.keys(partition.transactions).sort()) {
    const id = partition.transactions[transactionalId]!
    const { status } = id.metadata
    if (status !== 'PrepareCommit' && status !== 'PrepareAbort') continue
    if (isMutant(config, 'decision-not-carried-through')) continue
    // Markers that the last coordinator had written already are written once more, at this epoch: harmless.
    ctx.probe('markers sent again by a new coordinator')
    sendMarkers(state, ctx, config, partition, id, id.metadata)
  }
}

function readTransactions(state: BrokerState, partition: TopicPartition): Record<string, TransactionalId> {
  const found: Record<string, TransactionalId> = {}
  for (const { records } of logOf(state, partition).batches) {
    for (const { key, value } of records) {
      if (key === null) continue
      if (value === null) delete found[key]
      else {
        found[key] = {
          transactionalId: key,
          metadata: decodeTransaction(value),
          pending: null,
          hasFailedEpochFence: false,
          unmarked: null,
        }
      }
    }
  }
  return found
}
