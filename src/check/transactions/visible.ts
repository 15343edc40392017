/** What of a log an application may see: never markers, and with read_committed nothing of aborted transactions. */
import { indexAt } from '../../kafka/records.ts'
import { batchIndexOf, type ReplicaLog } from '../../log/replica-log.ts'
import type { World } from '../../world/world.ts'

/** Whether a consumer of the plan has `isolation.level` read_committed. */
export const isReadCommitted = (world: World, client: string): boolean =>
  world.plan.clients.some(
    ({ kind, name, settings }) =>
      kind === 'consumer' && name === client && settings['isolation.level'] === 'read_committed',
  )

/** Whether the log holds a record at `offset` that is handed out. */
export function isVisible(log: ReplicaLog, offset: number, committedOnly: boolean): boolean {
  if (offset < log.logStartOffset || offset >= log.logEndOffset) return false
  const batch = log.batches[batchIndexOf(log, offset)]
  if (batch === undefined || indexAt(batch, offset) < 0 || batch.control !== undefined) return false
  const { producer } = batch
  if (!committedOnly || producer === undefined || !producer.transactional) return true
  const aborted = log.producers?.abortedTransactions ?? []
  return !aborted.some(
    ({ producerId, firstOffset, lastOffset }) =>
      producerId === producer.id && firstOffset <= offset && offset < lastOffset,
  )
}
