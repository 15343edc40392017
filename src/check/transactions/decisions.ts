/** Where the end of a transaction was decided: acknowledged by its log, or found there by a coordinator that took over. */
import { splitTopicPartition } from '../../kafka/ids.ts'
import { TRANSACTIONS_TOPIC } from '../../kafka/internal-topics.ts'
import { knownPartitions } from '../../world/targets.ts'
import type { World } from '../../world/world.ts'
import { logsOf } from '../logs.ts'

export type Decision = 'PrepareCommit' | 'PrepareAbort'

export interface OfProducer {
  readonly producerId: number
  readonly producerEpoch: number
}

/** The decision had its acks. */
export const isAcknowledged = (world: World, decision: Decision, { producerId, producerEpoch }: OfProducer): boolean =>
  world.ledger.facts.some(
    ({ fact }) =>
      fact.kind === 'transactionState' &&
      fact.to === decision &&
      fact.producerId === producerId &&
      fact.producerEpoch === producerEpoch,
  )

/**
 * A coordinator reads its partition up to the log end, not to the high watermark (KAFKA-5059, 0.11), and carries
 * through what its predecessor had decided and nobody had acknowledged yet.
 */
export function isTakenOver(
  world: World,
  decision: Decision,
  { producerId, producerEpoch, coordinatorEpoch }: OfProducer & { readonly coordinatorEpoch: number },
): boolean {
  const says = (value: string | null): boolean => {
    if (value === null) return false
    const found = JSON.parse(value) as OfProducer & { readonly status: string }
    return found.status === decision && found.producerId === producerId && found.producerEpoch === producerEpoch
  }
  return knownPartitions(world)
    .filter((partition) => splitTopicPartition(partition).topic === TRANSACTIONS_TOPIC)
    .flatMap((partition) => logsOf(world, partition))
    .some(({ log }) =>
      log.batches.some(
        ({ leaderEpoch, records }) => leaderEpoch < coordinatorEpoch && records.some(({ value }) => says(value)),
      ),
    )
}
