/** What became of the transactions in a log, read from the log alone: the next marker of a batch's producer decides it. */
import { lastOffset, type RecordBatch } from '../../kafka/records.ts'
import { batchIndexOf, type ReplicaLog } from '../../log/replica-log.ts'

/** `none`: not part of a transaction. `open`: no marker follows. */
export type Fate = 'none' | 'open' | 'COMMIT' | 'ABORT'

/** The fate of the batch at `index`; only markers below `upTo` (exclusive offset) count. */
export function fateAt(log: ReplicaLog, index: number, upTo: number): Fate {
  const { producer, control } = log.batches[index]!
  if (producer === undefined || !producer.transactional || control !== undefined) return 'none'
  for (let i = index + 1; i < log.batches.length; i++) {
    const batch = log.batches[i]!
    if (lastOffset(batch) >= upTo) return 'open'
    if (batch.control !== undefined && batch.producer?.id === producer.id) return batch.control.type
  }
  return 'open'
}

/** The same by offset; `none` where there is no record. */
export function fateOf(log: ReplicaLog, offset: number, upTo: number): Fate {
  const index = batchIndexOf(log, offset)
  const batch: RecordBatch | undefined = log.batches[index]
  return batch === undefined || batch.baseOffset > offset ? 'none' : fateAt(log, index, upTo)
}
