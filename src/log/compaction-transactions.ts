/** Which transactions the cleaner is inside of as it reads a log from its first offset on. */
import { lastOffset, type RecordBatch } from '../kafka/records.ts'

/** An aborted transaction, from its first record to its marker. */
export interface AbortedRange {
  readonly producerId: number
  readonly firstOffset: number
  readonly lastOffset: number
}

interface TransactionFilter {
  readonly addAborted: (aborted: readonly AbortedRange[]) => void
  /** Whether a batch of data belongs to an aborted transaction, so that none of it is worth keeping. */
  readonly readData: (batch: RecordBatch) => boolean
  /** Whether a marker has nothing left to decide: no batch of its transaction was read before it. */
  readonly readMarker: (batch: RecordBatch) => boolean
}

/** 2.4.1 CleanedTransactionMetadata. One filter reads one log, once, in order. */
export function transactionFilter(): TransactionFilter {
  let waiting: AbortedRange[] = []
  /** Producers inside an aborted transaction, and whether a batch of it was read. */
  const aborting = new Map<number, boolean>()
  const committing = new Set<number>()

  const beginUpTo = (offset: number): void => {
    while (waiting.length > 0 && waiting[0]!.firstOffset <= offset) {
      const { producerId } = waiting.shift()!
      if (!aborting.has(producerId)) aborting.set(producerId, false)
    }
  }

  return {
    addAborted: (aborted) => {
      waiting = [...waiting, ...aborted].sort((a, b) => a.firstOffset - b.firstOffset)
    },
    readData: (batch) => {
      beginUpTo(lastOffset(batch))
      const { producer } = batch
      if (producer?.transactional !== true) return false
      if (aborting.has(producer.id)) {
        aborting.set(producer.id, true)
        return true
      }
      committing.add(producer.id)
      return false
    },
    readMarker: (batch) => {
      beginUpTo(lastOffset(batch))
      if (batch.records.length === 0) return true
      const id = batch.producer?.id ?? -1
      if (batch.control?.type === 'COMMIT') return !committing.delete(id)
      const observed = aborting.get(id) ?? false
      aborting.delete(id)
      return !observed
    },
  }
}
