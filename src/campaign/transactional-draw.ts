/** Clients of a campaign that call their transactional producer, and where those are coordinated. */
import { coordinatorPartition, TRANSACTIONS_TOPIC } from '../kafka/internal-topics.ts'
import type { ClientForm } from '../scenario/schema.ts'
import type { DrawnCluster } from './cluster-draw.ts'

/** Now and then two processes believe that they are the same producer: the later one fences the other. */
export const transactionalIdOf = ({ core }: DrawnCluster, client: string): string =>
  core % 3 === 0 ? 'billing' : `billing-${client.slice(1)}`

/** Enough for coordinators on every broker; the default of 50 makes runs twice as long and tells nothing more. */
export const TRANSACTION_PARTITIONS = 5

/** In half of the seeds a transaction may last so long: a producer that sleeps finds it aborted. */
const SHORT_TRANSACTION_MS = 2_500

/** Where the transactional id is coordinated. */
export const transactionPartition = (id: string): string =>
  `${TRANSACTIONS_TOPIC}-${coordinatorPartition(id, TRANSACTION_PARTITIONS)}`

export function transactionalClient(cluster: DrawnCluster, name: string, topic: string): ClientForm {
  const timeout = cluster.core % 2 === 0 ? { 'transaction.timeout.ms': SHORT_TRANSACTION_MS } : {}
  return {
    produces: topic,
    settings: { 'transactional.id': transactionalIdOf(cluster, name), 'request.timeout.ms': 3_000, ...timeout },
  }
}
