import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'

export const CONSUMERS_SEE_ONLY_COMMITTED: Property = {
  name: 'ConsumersSeeOnlyCommitted',
  kind: 'always',
  statement: 'A consumer is handed only records that were committed at that offset.',
  on: ['recordsPolled'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { fact } of step.facts) {
      if (fact.kind !== 'recordsPolled') continue
      const committed = world.ledger.committed[fact.partition]
      const early = fact.records.find(
        ({ offset, id }) => committed?.[offset]?.some((entry) => entry.id === id) !== true,
      )
      if (early === undefined) continue
      findings.push({
        partition: fact.partition,
        words:
          `${fact.client} is handed ${early.id} at offset ${early.offset} of ${fact.partition} by broker ${fact.broker}, ` +
          `where no leader has committed it`,
        evidence: {
          client: fact.client,
          broker: fact.broker,
          offset: early.offset,
          id: early.id,
          epoch: early.epoch,
          value: world.ledger.sent[early.id]?.value ?? null,
          highWatermark: fact.highWatermark,
        },
        key: `${fact.client} ${fact.partition} ${early.offset} ${early.id}`,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
