import type { TopicPartition } from '../../kafka/ids.ts'
import { own } from '../../kernel/own.ts'
import type { World } from '../../world/world.ts'
import { logOfLeader } from '../leadership.ts'
import type { Finding, Property } from '../property.ts'
import { PROMISED } from '../property.ts'
import { isReadCommitted, isVisible } from '../transactions/visible.ts'

/**
 * The furthest that the member ever came by being handed records or by beginning there, at least as far as matters for
 * a commit of `to`; null: it never had the partition.
 */
function deliveredTo(world: World, client: string, partition: TopicPartition, to: number): number | null {
  const polled = own(world.ledger.polled, client)?.[partition] ?? []
  const last = polled.at(-1)
  if (last !== undefined && last.offset + 1 >= to) return to
  let furthest: number | null = null
  for (const { offset } of polled) furthest = Math.max(furthest ?? 0, offset + 1)
  for (const { fact } of world.ledger.facts) {
    if (fact.kind !== 'positionReset' || fact.client !== client || fact.partition !== partition) continue
    furthest = Math.max(furthest ?? 0, fact.to)
  }
  return furthest
}

/** The first record below a committed offset that the member should have been handed before. */
function skipped(world: World, client: string, partition: TopicPartition, to: number): number | null {
  const from = deliveredTo(world, client, partition, to)
  if (from === null || from >= to) return null
  const log = logOfLeader(world, partition)
  if (log === null) return null
  const committedOnly = isReadCommitted(world, client)
  for (let offset = from; offset < to; offset++) if (isVisible(log, offset, committedOnly)) return offset
  return null
}

/** Otherwise what lies between is lost for the group when the member dies. */
export const NO_COMMIT_AHEAD_OF_DELIVERY: Property = {
  name: 'NoCommitAheadOfDelivery',
  kind: 'always',
  statement: 'No member commits an offset behind a record that its application was not handed.',
  on: ['commitAnswered'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { fact } of step.facts) {
      if (fact.kind !== 'commitAnswered' || fact.error !== null) continue
      const { client, group, offsets } = fact
      for (const partition of Object.keys(offsets).sort()) {
        const record = skipped(world, client, partition, offsets[partition]!)
        if (record === null) continue
        findings.push({
          partition,
          words: `${client} commits ${offsets[partition]} of ${partition} for ${group} and was never handed the record at ${record}`,
          evidence: { client, group, offset: record, committed: offsets[partition]! },
          key: `${client} ${partition} ${record}`,
        })
      }
    }
    return findings.length === 0 ? null : findings
  },
}
