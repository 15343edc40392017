/** Where the end of a transaction was decided: acknowledged by its log, or found there by a coordinator that took over. */
import { nodeNumber, splitTopicPartition, type TopicPartition } from '../../kafka/ids.ts'
import { TRANSACTIONS_TOPIC } from '../../kafka/internal-topics.ts'
import { msToUs } from '../../kernel/time.ts'
import { knownPartitions } from '../../world/targets.ts'
import type { FactEntry, World } from '../../world/world.ts'
import { cutsOf } from '../cuts.ts'
import { logOf } from '../logs.ts'

export type Decision = 'PrepareCommit' | 'PrepareAbort'

interface OfProducer {
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

/** Who read the partition last as a coordinator of that epoch, and when: one that was restarted may lead on in its epoch. */
const loadedBy = ({ ledger }: World, partition: TopicPartition, coordinatorEpoch: number): FactEntry | undefined =>
  ledger.facts.findLast(
    ({ fact }) =>
      fact.kind === 'coordinatorLoaded' && fact.partition === partition && fact.leaderEpoch === coordinatorEpoch,
  )

/**
 * A coordinator reads its partition up to the log end, not to the high watermark (KAFKA-5059, 0.11), and carries
 * through what its predecessor, or itself before a restart, had decided and nobody had acknowledged yet.
 */
export function isTakenOver(
  world: World,
  decision: Decision,
  { producerId, producerEpoch, coordinatorEpoch }: OfProducer & { readonly coordinatorEpoch: number },
): boolean {
  /** When the record decided that, in us; null: it does not. */
  const decidedAtUs = (value: string | null): number | null => {
    if (value === null) return null
    const found = JSON.parse(value) as OfProducer & { readonly status: string; readonly lastUpdateMs: number }
    const is = found.status === decision && found.producerId === producerId && found.producerEpoch === producerEpoch
    return is ? msToUs(found.lastUpdateMs) : null
  }
  return knownPartitions(world)
    .filter((partition) => splitTopicPartition(partition).topic === TRANSACTIONS_TOPIC)
    .some((partition) => {
      const loaded = loadedBy(world, partition, coordinatorEpoch)
      if (loaded === undefined) return false
      // Who leads loses nothing of its log: what it found is there, or another leader had it cut since.
      const log = logOf(world, nodeNumber(loaded.node), partition)
      const held = log?.batches.flatMap(({ leaderEpoch, records }) =>
        records.map(({ value }) => ({ leaderEpoch, value })),
      )
      const cut = cutsOf(world)
        .ofPartition.get(partition)
        ?.flatMap(({ removed }) => removed)
      return [...(held ?? []), ...(cut ?? []).map(({ epoch, value }) => ({ leaderEpoch: epoch, value }))].some(
        ({ leaderEpoch, value }) => {
          const atUs = decidedAtUs(value)
          return atUs !== null && (leaderEpoch < coordinatorEpoch || atUs < loaded.atUs)
        },
      )
    })
}
