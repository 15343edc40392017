import type { World } from '../world/world.ts'
import { logOf } from './logs.ts'
import type { PollView } from './polled-before.ts'
import { pollViews } from './polled-before.ts'
import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'
import { isReadCommitted, isVisible } from './transactions/visible.ts'

/** An offset that was passed over: the log of the broker that served the poll has a record there. */
function passedOver(world: World, { fact, lastOffset }: PollView): number | null {
  const log = logOf(world, fact.broker, fact.partition)
  const committedOnly = isReadCommitted(world, fact.client)
  let expected = lastOffset === null ? fact.fromOffset : lastOffset + 1
  for (const { offset } of fact.records) {
    for (; expected < offset; expected++) {
      if (log !== null && isVisible(log, expected, committedOnly)) return expected
    }
    expected = Math.max(expected, offset + 1)
  }
  return null
}

function outOfOrder({ fact }: PollView): number | null {
  for (let i = 1; i < fact.records.length; i++) {
    if (fact.records[i]!.offset <= fact.records[i - 1]!.offset) return fact.records[i]!.offset
  }
  return null
}

/** Offsets where the log has no record (cut batches, compaction) or none that the client may see are no gaps. */
export const CONSUMERS_IN_ORDER_WITHOUT_GAPS: Property = {
  name: 'ConsumersInOrderWithoutGaps',
  kind: 'always',
  statement: 'From one position a consumer is handed records in offset order and none is passed over.',
  on: ['recordsPolled'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const view of pollViews(world, step)) {
      const { client, partition, broker } = view.fact
      const disordered = outOfOrder(view)
      const skipped = disordered === null ? passedOver(world, view) : null
      if (disordered === null && skipped === null) continue
      const offset = disordered ?? skipped!
      findings.push({
        partition,
        words:
          disordered !== null
            ? `${client} is handed offset ${offset} of ${partition} by broker ${broker} after a higher one`
            : `${client} is handed offset ${view.fact.records[0]!.offset} of ${partition} by broker ${broker} after ${view.lastOffset ?? 'a new position'}, past the record at offset ${offset}`,
        evidence: {
          client,
          broker,
          offset,
          lastOffset: view.lastOffset,
          handed: view.fact.records.map((record) => record.offset),
        },
        key: `${client} ${partition} ${offset} ${step.event}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
