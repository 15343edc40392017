/** What a consumer makes of transactions (KIP-98, 0.11): markers are never handed out, aborted records on request not. */
import type { FetchedPartition } from '../../kafka/messages/data.ts'
import { isMutant } from '../../kafka/mutants.ts'
import { lastOffset, type RecordBatch } from '../../kafka/records.ts'
import type { ConsumerConfig } from './state.ts'

/** What a request says of `isolation.level`; nothing when open and aborted transactions are wanted too. */
export const isolationOf = (config: ConsumerConfig): { readonly isolation?: 'read_committed' } =>
  config.settings['isolation.level'] === 'read_committed' ? { isolation: 'read_committed' } : {}

/**
 * Says of each batch of an answer, asked in offset order, whether the application does not see it (clients:
 * Fetcher.CompletedFetch). An aborted transaction begins at its first offset and ends with the producer's next abort
 * marker.
 */
export function transactionFilter(told: FetchedPartition, config: ConsumerConfig): (batch: RecordBatch) => boolean {
  if (isolationOf(config).isolation === undefined) return (batch) => batch.control !== undefined
  const listed = isMutant(config, 'aborted-list-ignored') ? [] : (told.abortedTransactions ?? [])
  const waiting = [...listed].sort((a, b) => a.firstOffset - b.firstOffset)
  let next = 0
  const aborting: number[] = []
  return (batch) => {
    const { producer, control } = batch
    if (producer === undefined) return false
    for (; next < waiting.length && waiting[next]!.firstOffset <= lastOffset(batch); next++) {
      aborting.push(waiting[next]!.producerId)
    }
    const at = aborting.indexOf(producer.id)
    if (control === undefined) return producer.transactional && at >= 0
    // A producer may be listed more than once: one marker ends every transaction of it that began before.
    if (control.type === 'ABORT') {
      for (let i = aborting.length - 1; i >= 0; i--) if (aborting[i] === producer.id) aborting.splice(i, 1)
    }
    return true
  }
}
