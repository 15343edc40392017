/** Groups with their lag, transactions, and what producers hold at one moment: tables without a painter. */
import { isUnderWay } from '../../world/coordinated-truth.ts'
import { type GroupOffsetView, groupOffsets, type StrayTransactionView } from '../coordinated-view.ts'
import type { ShownGroup, ShownProducer, ShownTransaction } from './coordinated-look.ts'
import type { PageRun } from './page-run.ts'
import type { Cell, ViewState } from './view-state.ts'
import { commitPath, groupPath, logPath, producerPath, replicaPath, transactionPath, truthPath } from './view-state.ts'

export interface GroupScene {
  readonly id: string
  /** null: it is known from another moment of the run, and nobody coordinates it now. */
  readonly group: ShownGroup | null
  readonly offsets: readonly GroupOffsetView[]
}

interface TransactionScene {
  readonly id: string
  /** null: as of a group. */
  readonly transaction: ShownTransaction | null
  readonly underWay: boolean
}

interface ProducerScene {
  readonly name: string
  readonly producer: ShownProducer
}

function highWatermarkOf(state: ViewState, partition: string): number {
  const leader = (state.get(truthPath(partition, 'leader')) as number | undefined) ?? -1
  return (state.get(replicaPath(partition, leader, 'highWatermark')) as number | undefined) ?? -1
}

export function groupScenes(run: PageRun, index: number): GroupScene[] {
  const state = run.stateAt(index)
  return run.named.groups.map((id) => {
    const group = (state.get(groupPath(id)) as ShownGroup | undefined) ?? null
    const committed = Object.fromEntries(
      run.partitions.flatMap((partition) => {
        const offset = state.get(commitPath(partition, id)) as number | undefined
        return offset === undefined ? [] : [[partition, offset]]
      }),
    )
    const members = group?.members ?? []
    return { id, group, offsets: groupOffsets({ members, committed }, (name) => highWatermarkOf(state, name)) }
  })
}

export function transactionScenes(run: PageRun, index: number): TransactionScene[] {
  const state = run.stateAt(index)
  return run.named.transactions.map((id) => {
    const transaction = (state.get(transactionPath(id)) as ShownTransaction | undefined) ?? null
    return { id, transaction, underWay: transaction !== null && isUnderWay(transaction) }
  })
}

/** Transactions that are open in the log of a leader, and that no coordinator has under way there now. */
export function strayTransactions(run: PageRun, index: number): StrayTransactionView[] {
  const known = transactionScenes(run, index).filter(({ underWay }) => underWay)
  const state = run.stateAt(index)
  return run.partitions.flatMap((partition) => {
    const leader = state.get(truthPath(partition, 'leader'))
    // Without an open transaction the last stable offset is the high watermark, and the log need not be read.
    if (typeof leader !== 'number' || state.get(replicaPath(partition, leader, 'lastStableOffset')) === undefined)
      return []
    return [...openTransactions(state.list(logPath(partition, leader)) as unknown as readonly Cell[])]
      .filter(([producerId]) => {
        const isKnown = ({ transaction }: TransactionScene): boolean =>
          transaction?.producerId === producerId && transaction.partitions.includes(partition)
        return !known.some(isKnown)
      })
      .map(([producerId, firstOffset]) => ({ partition, producerId, firstOffset }))
  })
}

/** First offset by producer id. */
function openTransactions(cells: readonly Cell[]): ReadonlyMap<number, number> {
  const open = new Map<number, number>()
  for (const [offset, , , , mark] of cells) {
    if (mark === undefined) continue
    const producer = Number(mark.slice(1))
    if (!mark.startsWith('t')) open.delete(producer)
    else if (!open.has(producer)) open.set(producer, offset)
  }
  return open
}

export function producerScenes(run: PageRun, index: number): ProducerScene[] {
  const state = run.stateAt(index)
  return run.named.producers.flatMap((name) => {
    const producer = state.get(producerPath(name)) as ShownProducer | undefined
    return producer === undefined ? [] : [{ name, producer }]
  })
}
