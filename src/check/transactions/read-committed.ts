import { logOf } from '../logs.ts'
import type { Finding, Property } from '../property.ts'
import { PROMISED } from '../property.ts'
import { fateOf } from './fate.ts'
import { isReadCommitted } from './visible.ts'

/** Judged by the log of the broker that served the poll, at the moment of the poll. */
export const READ_COMMITTED_SEES_ONLY_COMMITTED: Property = {
  name: 'ReadCommittedSeesOnlyCommitted',
  kind: 'always',
  statement: 'A consumer with read_committed is handed no record of a transaction that is open or was aborted.',
  on: ['recordsPolled'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { fact } of step.facts) {
      if (fact.kind !== 'recordsPolled' || !isReadCommitted(world, fact.client)) continue
      const log = logOf(world, fact.broker, fact.partition)
      if (log === null) continue
      for (const { offset, id } of fact.records) {
        const fate = fateOf(log, offset, log.logEndOffset)
        if (fate !== 'open' && fate !== 'ABORT') continue
        findings.push({
          partition: fact.partition,
          words: `${fact.client} reads committed records only and is handed ${id} at offset ${offset} of ${fact.partition} by broker ${fact.broker}, whose transaction ${fate === 'open' ? 'is open' : 'was aborted'}`,
          evidence: { client: fact.client, broker: fact.broker, offset, id, fate },
          key: `${fact.client} ${fact.partition} ${offset}`,
        })
        break
      }
    }
    return findings.length === 0 ? null : findings
  },
}
