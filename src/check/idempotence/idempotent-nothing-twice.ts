import type { TopicPartition } from '../../kafka/ids.ts'
import { offsetAt } from '../../kafka/records.ts'
import { knownPartitions } from '../../world/targets.ts'
import type { World } from '../../world/world.ts'
import { logOfLeader } from '../leadership.ts'
import type { Finding, Property } from '../property.ts'
import { PROMISED } from '../property.ts'

/** What a retry adds the log has to know again (KIP-98), also the log of another leader and of another life. */
export const IDEMPOTENT_NOTHING_TWICE: Property = {
  name: 'IdempotentNothingTwice',
  kind: 'finally',
  statement: 'No record of an idempotent producer stands at two offsets of a partition.',
  on: [],
  promised: () => PROMISED,
  check: (world) => {
    const findings = knownPartitions(world).flatMap((partition) => twiceIn(world, partition))
    return findings.length === 0 ? null : findings
  },
}

function twiceIn(world: World, partition: TopicPartition): Finding[] {
  const log = logOfLeader(world, partition)
  const offsets: Record<string, number> = {}
  const findings: Finding[] = []
  for (const batch of log?.batches ?? []) {
    if (batch.producer === undefined || batch.control !== undefined) continue
    batch.records.forEach(({ id, value }, index) => {
      const offset = offsetAt(batch, index)
      const before = offsets[id]
      if (before === undefined) offsets[id] = offset
      else {
        findings.push({
          partition,
          words: `${value ?? id} stands at offset ${before} and again at ${offset}`,
          evidence: { id, value, offset, before, producerId: batch.producer!.id },
          key: `${partition} ${offset}`,
        })
      }
    })
  }
  return findings
}
