/** Groups, transactions and the batches of producers, as values of the shown state. */
import type { Deque } from '../../client/deque.ts'
import type { ProducerBatch, ProducerState } from '../../client/producer/state.ts'
import type { GroupTruth, TransactionTruth } from '../../world/coordinated-truth.ts'
import { groupTruths, transactionTruths } from '../../world/coordinated-truth.ts'
import type { World } from '../../world/world.ts'

/** A group without what changes with every commit. */
export type ShownGroup = Omit<GroupTruth, 'id' | 'committed'>

export type ShownTransaction = Omit<TransactionTruth, 'transactionalId'>

/** `open`: it takes more records. `ready`: it waits to be sent. `sent`: it is in flight. */
type BatchPlace = 'open' | 'ready' | 'sent'

type ShownBatch = readonly [
  id: number,
  partition: string,
  place: BatchPlace,
  records: number,
  bytes: number,
  /** Times it was put back. */
  attempts: number,
]

export interface ShownProducer {
  /** By partition and age, those in flight first. */
  readonly batches: readonly ShownBatch[]
  /** Of `buffer.memory`, in bytes. */
  readonly memoryUsed: number
  /** Records whose `send` blocks, for metadata or memory. */
  readonly blocked: number
  /** Producer id and epoch; null: neither idempotent nor transactional, or not known yet. */
  readonly identity: readonly [id: number, epoch: number] | null
  /** Status of its transaction manager; null: not transactional. */
  readonly transaction: string | null
}

export interface Coordinated {
  readonly groups: Readonly<Record<string, ShownGroup>>
  readonly committed: Readonly<Record<string, GroupTruth['committed']>>
  readonly transactions: Readonly<Record<string, ShownTransaction>>
}

export function lookAtCoordinated(world: World): Coordinated {
  const groups = groupTruths(world)
  return {
    groups: Object.fromEntries(groups.map(({ id, committed: _, ...group }) => [id, group])),
    committed: Object.fromEntries(groups.map(({ id, committed }) => [id, committed])),
    transactions: Object.fromEntries(
      transactionTruths(world).map(({ transactionalId, ...transaction }) => [transactionalId, transaction]),
    ),
  }
}

const sizeOf = (deque: Deque<unknown>): number => deque.tail - deque.head

const shownBatch = (batch: ProducerBatch, place: BatchPlace): ShownBatch => [
  batch.id,
  batch.partition,
  place,
  batch.records.length,
  batch.sizeBytes,
  batch.attempts,
]

/** What a producer holds now; null: it holds nothing, or does not run. */
export function lookAtProducer(world: World, node: string): ShownProducer | null {
  const memory = (world.nodes[node]?.state as ProducerState | undefined)?.volatile
  if (memory === null || memory === undefined) return null
  const sent = Object.values(memory.inFlight).map((batch) => shownBatch(batch, 'sent'))
  const queued = Object.keys(memory.queues)
    .sort()
    .flatMap((name) => {
      const { head, tail, items } = memory.queues[name]!.batches
      return Array.from({ length: tail - head }, (_, i) => items[head + i]!).map((batch) =>
        shownBatch(batch, batch.closed ? 'ready' : 'open'),
      )
    })
  const { identity, transactions, memoryUsed } = memory
  const blocked = sizeOf(memory.waitingForMetadata) + sizeOf(memory.waitingForMemory)
  const named = identity !== undefined && identity.producerId >= 0
  if (sent.length + queued.length + blocked === 0 && !named && transactions === undefined) return null
  return {
    batches: [...sent.sort((a, b) => a[0] - b[0]), ...queued],
    memoryUsed,
    blocked,
    identity: named ? [identity.producerId, identity.producerEpoch] : null,
    transaction: transactions?.status ?? null,
  }
}
