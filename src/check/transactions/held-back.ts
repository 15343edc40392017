/** Readers of committed records wait at the first open transaction: rightly so, until its coordinator has to abort it. */
import type { TopicPartition } from '../../kafka/ids.ts'
import { transactionTruths } from '../../world/coordinated-truth.ts'
import type { World } from '../../world/world.ts'
import { logOfLeader } from '../leadership.ts'

/** How often coordinators look for transactions to abort. */
const LOOK_EVERY = 'transaction.abort.timed.out.transaction.cleanup.interval.ms'

/**
 * The offset of the first open transaction of a partition, if its coordinator has it under way and its
 * `transaction.timeout.ms` has not passed; null: nothing holds readers back, or what does should have ended.
 */
export function heldBackFrom(world: World, partition: TopicPartition): number | null {
  const first = logOfLeader(world, partition)?.producers?.openTransactions[0]
  if (first === undefined) return null
  const lookEveryMs = Number(world.plan.brokers[0]!.settings[LOOK_EVERY])
  const isUnderWay = transactionTruths(world).some(
    ({ producerId, status, partitions, startMs, timeoutMs }) =>
      producerId === first.producerId &&
      status === 'Ongoing' &&
      partitions.includes(partition) &&
      world.nowUs / 1000 < startMs + timeoutMs + lookEveryMs,
  )
  return isUnderWay ? first.firstOffset : null
}
