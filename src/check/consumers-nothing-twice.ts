import { pollViews } from './polled-before.ts'
import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'

/** Offsets, not values: a retry that was appended twice is two records at two offsets and is handed out twice. */
export const CONSUMERS_NOTHING_TWICE: Property = {
  name: 'ConsumersNothingTwice',
  kind: 'always',
  statement: 'From one position a consumer is handed no offset a second time.',
  on: ['recordsPolled'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { fact, lastOffset } of pollViews(world, step)) {
      const again = lastOffset === null ? undefined : fact.records.find((record) => record.offset <= lastOffset)
      if (again === undefined) continue
      findings.push({
        partition: fact.partition,
        words: `${fact.client} is handed offset ${again.offset} of ${fact.partition} again by broker ${fact.broker}, after ${lastOffset}`,
        evidence: {
          client: fact.client,
          broker: fact.broker,
          offset: again.offset,
          id: again.id,
          value: world.ledger.sent[again.id]?.value ?? null,
          lastOffset,
        },
        key: `${fact.client} ${fact.partition} ${again.offset} ${step.event}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
