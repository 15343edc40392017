/** A state of a transactional id has been written down, or could not be: what follows from it. */

import type { ErrorName } from '../../../kafka/errors.ts'
import type { TopicPartition } from '../../../kafka/ids.ts'
import { own } from '../../../kernel/own.ts'
import type { BrokerContext } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { drainMarkers, sendMarkers } from './markers.ts'
import { answerCall } from './replies.ts'
import type { TransactionAppend } from './state.ts'
import type { TransactionMetadata } from './transaction.ts'
import { appendError, stillCoordinated, transactionsOf } from './transactions.ts'

export function onTransactionAppended(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  owner: TopicPartition,
  append: TransactionAppend,
  result: ErrorName,
): void {
  const { transactionalId, coordinatorEpoch, next, caller } = append
  const partition = stillCoordinated(state, owner, coordinatorEpoch)
  const id = own(partition?.transactions, transactionalId)
  if (partition === null || id === undefined) {
    ctx.probe('transaction state written for a partition that has moved')
    if (caller !== null) answerCall(state, ctx, caller, 'NOT_COORDINATOR')
    return
  }
  const error = appendError(result)
  if (error !== 'NONE') {
    ctx.fact({ kind: 'transactionNotWritten', transactionalId, status: next?.status ?? 'Dead', error })
    const completes = next?.status === 'CompleteCommit' || next?.status === 'CompleteAbort'
    if (completes && error === 'COORDINATOR_NOT_AVAILABLE') {
      // The completion is owed: it is written until it succeeds (TransactionMarkerChannelManager.retryLogAppends).
      transactionsOf(state).unwritten.push({ owner, append })
      drainMarkers(state, ctx, config)
      return
    }
    id.pending = null
    // From 4.0 on nothing was bumped in memory, so that nothing is to be kept (KAFKA-19367).
    if (append.fences && !config.mechanisms.transactionsBumpEpoch) id.hasFailedEpochFence = true
    if (caller !== null) answerCall(state, ctx, caller, error)
    return
  }
  ctx.fact({
    kind: 'transactionState',
    transactionalId,
    from: id.metadata.status,
    to: next?.status ?? 'Dead',
    producerId: next?.producerId ?? id.metadata.producerId,
    producerEpoch: next?.producerEpoch ?? id.metadata.producerEpoch,
    partitions: [...(next?.partitions ?? [])],
    coordinatorEpoch,
  })
  if (next === null) {
    delete partition.transactions![transactionalId]
    return
  }
  id.metadata = next
  id.pending = null
  id.hasFailedEpochFence = false
  // A caller whose transaction was aborted to make room for it has to come again.
  if (caller !== null) answerCall(state, ctx, caller, append.fences ? 'CONCURRENT_TRANSACTIONS' : 'NONE', goesOn(next))
  if (next.status === 'PrepareCommit' || next.status === 'PrepareAbort') {
    sendMarkers(state, ctx, config, partition, id, next)
  }
}

/** The producer after this state: with a used-up epoch the next one is known already (KIP-890). */
const goesOn = ({ producerId, producerEpoch, nextProducerId }: TransactionMetadata) =>
  nextProducerId < 0 ? { producerId, producerEpoch } : { producerId: nextProducerId, producerEpoch: 0 }
