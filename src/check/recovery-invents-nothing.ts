import { nodeNumber } from '../kafka/ids.ts'
import { logOf } from './logs.ts'
import type { Finding, Property } from './property.ts'
import { PROMISED } from './property.ts'

/** A record of a client that is in a log was sent by it; what coordinators and brokers write of their own is theirs. */
const OWN = /^(marker\/|coordinator-)/

/**
 * A start finds what was written, or less. Only a scan that takes bytes back which an earlier start had left behind its
 * log end (a torn tail behind the marker of a clean stop) ends above where the log was.
 */
export const RECOVERY_INVENTS_NOTHING: Property = {
  name: 'RecoveryInventsNothing',
  kind: 'always',
  statement: 'A start finds no record in a log that nobody has written to it.',
  on: ['recovered'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (fact.kind !== 'recovered') continue
      const broker = nodeNumber(node)
      const log = logOf(world, broker, fact.partition)
      for (const batch of log?.batches.slice(-1) ?? []) {
        const stranger = batch.records.find(
          ({ id }) => id.startsWith('nobody/') || (!OWN.test(id) && id !== '' && world.ledger.sent[id] === undefined),
        )
        if (stranger === undefined || fact.logEndOffset <= fact.from) continue
        findings.push({
          partition: fact.partition,
          words: `broker ${broker} found ${stranger.id} at the end of ${fact.partition}, where its log had ended at ${fact.from}: nobody sent it`,
          evidence: { broker, id: stranger.id, from: fact.from, offset: fact.logEndOffset },
          key: `${fact.partition} ${broker} ${stranger.id}`,
        })
      }
    }
    return findings.length === 0 ? null : findings
  },
}
