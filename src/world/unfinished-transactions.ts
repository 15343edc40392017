/** Transactions whose end is decided and has not been told to every partition yet, as their coordinators have them. */
import type { TopicPartition } from '../kafka/ids.ts'
import type { World } from './world.ts'
import { brokerState } from './world.ts'

export interface UnfinishedTransaction {
  readonly transactionalId: string
  readonly status: 'PrepareCommit' | 'PrepareAbort'
  readonly partitions: readonly TopicPartition[]
  /** Its partition of the transaction log. */
  readonly coordinated: TopicPartition
}

export function unfinishedTransactions(world: World): UnfinishedTransaction[] {
  const found: UnfinishedTransaction[] = []
  for (const { id: broker } of world.plan.brokers) {
    if (world.processes[`broker-${broker}`]?.state !== 'up') continue
    const { coordination } = brokerState(world, broker)?.volatile ?? {}
    for (const { partition, phase, transactions } of Object.values(coordination?.partitions ?? {})) {
      if (phase !== 'active') continue
      for (const transactionalId of Object.keys(transactions ?? {}).sort()) {
        const { status, partitions } = transactions![transactionalId]!.metadata
        if (status !== 'PrepareCommit' && status !== 'PrepareAbort') continue
        found.push({ transactionalId, status, partitions, coordinated: partition })
      }
    }
  }
  return found
}
