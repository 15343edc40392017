/** Groups and transactions of a run, as `--describe` of Kafka's own tools shows them. */
import { comparePartitions, type TopicPartition } from '../kafka/ids.ts'
import { lastStableOffset } from '../log/log-producers.ts'
import type { EndedTransaction } from '../log/producer-state.ts'
import type { ReplicaLog } from '../log/replica-log.ts'
import type { GroupMemberTruth, GroupTruth, TransactionTruth } from '../world/coordinated-truth.ts'
import { groupTruths, isUnderWay, transactionTruths } from '../world/coordinated-truth.ts'
import { knownPartitions, partitionTruth } from '../world/targets.ts'
import type { World } from '../world/world.ts'
import { brokerState } from '../world/world.ts'

export interface GroupOffsetView {
  readonly partition: TopicPartition
  /** The next offset to be read; -1: nothing is committed. */
  readonly committed: number
  /** What the leader answers to "the latest offset": its high watermark; -1: none runs. */
  readonly logEnd: number
  /** -1: one of the two is not known. */
  readonly lag: number
  /** Who owns it; null: nobody. */
  readonly member: string | null
}

export interface GroupView extends Omit<GroupTruth, 'committed'> {
  readonly members: readonly GroupMemberTruth[]
  /** Partitions that are owned or committed. */
  readonly offsets: readonly GroupOffsetView[]
}

/** A transaction that is open in the log of a leader, and that no coordinator has under way there. */
export interface StrayTransactionView {
  readonly partition: TopicPartition
  readonly producerId: number
  readonly firstOffset: number
}

export interface TransactionsView {
  /** Every transactional id, by id. */
  readonly ids: readonly TransactionTruth[]
  readonly stray: readonly StrayTransactionView[]
}

/** The rows of `kafka-consumer-groups --describe`. `highWatermarkOf`: of the leader; -1 where none runs. */
export function groupOffsets(
  { members, committed }: Pick<GroupTruth, 'members' | 'committed'>,
  highWatermarkOf: (partition: TopicPartition) => number,
): GroupOffsetView[] {
  const owners = new Map(members.flatMap(({ id, assigned }) => assigned.map((name) => [name, id] as const)))
  const partitions = [...new Set([...owners.keys(), ...Object.keys(committed)])].sort(comparePartitions)
  return partitions.map((partition) => {
    const offset = committed[partition] ?? -1
    const logEnd = highWatermarkOf(partition)
    const lag = offset < 0 || logEnd < 0 ? -1 : Math.max(0, logEnd - offset)
    return { partition, committed: offset, logEnd, lag, member: owners.get(partition) ?? null }
  })
}

/** The log of the leader that the registry names, with its high watermark; null: it does not run as one. */
function ledLog(
  world: World,
  partition: TopicPartition,
): { readonly log: ReplicaLog; readonly highWatermark: number } | null {
  const leader = partitionTruth(world, partition)?.leader ?? -1
  const state = brokerState(world, leader)
  const view = state?.volatile?.partitions[partition]
  const log = state?.durable.logs[partition]
  return log === undefined || view?.role !== 'leader' ? null : { log, highWatermark: view.highWatermark }
}

export function groupViews(world: World): GroupView[] {
  const highWatermarkOf = (partition: TopicPartition): number => ledLog(world, partition)?.highWatermark ?? -1
  return groupTruths(world).map((group) => {
    const { committed: _, ...rest } = group
    return { ...rest, offsets: groupOffsets(group, highWatermarkOf) }
  })
}

export function transactionsView(world: World): TransactionsView {
  const ids = transactionTruths(world)
  const isKnown = (producerId: number, partition: TopicPartition): boolean =>
    ids.some((each) => isUnderWay(each) && each.producerId === producerId && each.partitions.includes(partition))
  const stray = knownPartitions(world)
    .sort(comparePartitions)
    .flatMap((partition) =>
      (ledLog(world, partition)?.log.producers?.openTransactions ?? [])
        .filter(({ producerId }) => !isKnown(producerId, partition))
        .map(({ producerId, firstOffset }) => ({ partition, producerId, firstOffset })),
    )
  return { ids, stray }
}

/** What a partition's leader knows of transactions: how far read_committed reaches, and which ranges were aborted. */
export function stableView(
  world: World,
  partition: TopicPartition,
): { readonly lastStableOffset: number; readonly aborted: readonly EndedTransaction[] } {
  const led = ledLog(world, partition)
  if (led === null) return { lastStableOffset: -1, aborted: [] }
  return {
    lastStableOffset: lastStableOffset(led.log, led.highWatermark),
    aborted: led.log.producers?.abortedTransactions ?? [],
  }
}
