/** Which transactions the cleaner is inside of as it reads a log from its first offset on. */
import type { StoredBatch } from './stored-batch.ts'

/** An aborted transaction, from its first record to its marker. */
export interface AbortedRange {
  readonly producerId: number
  readonly firstOffset: number
  readonly lastOffset: number
}

export interface TransactionFilter {
  readonly addAborted: (aborted: readonly AbortedRange[]) => void
  /** Whether a batch of data belongs to an aborted transaction, so that none of it is worth keeping. */
  readonly readData: (batch: StoredBatch) => boolean
  /** Whether a marker has nothing left to decide: no batch of its transaction was read before it. */
  readonly readMarker: (batch: StoredBatch) => boolean
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
      beginUpTo(batch.lastOffset)
      if (!batch.transactional) return false
      if (aborting.has(batch.producerId)) {
        aborting.set(batch.producerId, true)
        return true
      }
      committing.add(batch.producerId)
      return false
    },
    readMarker: (batch) => {
      beginUpTo(batch.lastOffset)
      if (batch.records.length === 0) return true
      if (batch.control === 'COMMIT') return !committing.delete(batch.producerId)
      const observed = aborting.get(batch.producerId) ?? false
      aborting.delete(batch.producerId)
      return !observed
    },
  }
}
