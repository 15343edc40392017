/** Transactions whose end is decided and has not been told to every partition yet, as their coordinators have them. */
import type { CoordinatedPartition } from '../broker/coordinator/state.ts'
import type { TransactionalId } from '../broker/coordinator/transactions/transaction.ts'
import type { TopicPartition } from '../kafka/ids.ts'
import { coordinatedNow } from './coordinated-truth.ts'
import type { World } from './world.ts'

interface UnfinishedTransaction {
  readonly transactionalId: string
  readonly status: 'PrepareCommit' | 'PrepareAbort'
  readonly partitions: readonly TopicPartition[]
  /** Its partition of the transaction log. */
  readonly coordinated: TopicPartition
}

interface Coordinated {
  readonly coordinated: TopicPartition
  readonly metadata: TransactionalId['metadata']
}

const inPartition = ({ partition, transactions = {} }: CoordinatedPartition): Record<string, Coordinated> =>
  Object.fromEntries(
    Object.keys(transactions).map((id) => [id, { coordinated: partition, metadata: transactions[id]!.metadata }]),
  )

/** By transactional id. */
export function unfinishedTransactions(world: World): UnfinishedTransaction[] {
  const known = coordinatedNow(world, inPartition)
  return Object.keys(known).flatMap((transactionalId) => {
    const { coordinated, metadata } = known[transactionalId]!
    const { status, partitions } = metadata
    if (status !== 'PrepareCommit' && status !== 'PrepareAbort') return []
    return [{ transactionalId, status, partitions, coordinated }]
  })
}
