import { comparePartitions, splitTopicPartition } from '../../kafka/ids.ts'
import { TRANSACTIONS_TOPIC } from '../../kafka/internal-topics.ts'
import { knownPartitions } from '../../world/targets.ts'
import type { World } from '../../world/world.ts'
import { leadershipOf } from '../leadership.ts'
import { logOf } from '../logs.ts'
import { settlesHealed, unlessHoles } from '../promises.ts'
import type { Finding, Property } from '../property.ts'
import { lateMessageHoles } from './holes.ts'

/** Producer ids that a coordinator still has something to do for, with their partitions, from the transaction log. */
function underWay(world: World): Record<string, readonly string[]> {
  const found: Record<string, readonly string[]> = {}
  for (const partition of knownPartitions(world)) {
    if (splitTopicPartition(partition).topic !== TRANSACTIONS_TOPIC) continue
    const leader = leadershipOf(world, partition)
    const log = leader?.kind === 'led' ? logOf(world, leader.leader, partition) : null
    const last: Record<string, { producerId: number; status: string; partitions: readonly string[] }> = {}
    for (const batch of log?.batches ?? []) {
      for (const { key, value } of batch.records) {
        if (key === null) continue
        if (value === null) delete last[key]
        else last[key] = JSON.parse(value) as (typeof last)[string]
      }
    }
    for (const { producerId, status, partitions } of Object.values(last)) {
      if (status === 'Ongoing' || status === 'PrepareCommit' || status === 'PrepareAbort')
        found[producerId] = partitions
    }
  }
  return found
}

/** A hanging transaction: open in a log, and no coordinator will ever end it. Readers of committed records stop there. */
export const TRANSACTIONS_END: Property = {
  name: 'TransactionsEnd',
  kind: 'finally',
  statement: 'Every transaction that is open in a log is known to its coordinator, which will end it.',
  on: [],
  promised: (plan) => {
    const settles = settlesHealed(plan)
    return settles.promised ? unlessHoles(lateMessageHoles(plan)) : settles
  },
  check: (world) => {
    const known = underWay(world)
    const findings: Finding[] = []
    for (const partition of knownPartitions(world).sort(comparePartitions)) {
      const leader = leadershipOf(world, partition)
      const log = leader?.kind === 'led' ? logOf(world, leader.leader, partition) : null
      for (const { producerId, firstOffset } of log?.producers?.openTransactions ?? []) {
        if (known[producerId]?.includes(partition) === true) continue
        findings.push({
          partition,
          words: `${partition} has an open transaction of producer ${producerId} from offset ${firstOffset}, and its coordinator knows of none there: it hangs`,
          evidence: { producerId, offset: firstOffset },
          key: `${partition} ${producerId} ${firstOffset}`,
        })
      }
    }
    return findings.length === 0 ? null : findings
  },
}
