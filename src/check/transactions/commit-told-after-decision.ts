import type { Fact } from '../../kafka/facts.ts'
import type { World } from '../../world/world.ts'
import type { Finding, Property, StepView } from '../property.ts'
import { PROMISED } from '../property.ts'

type Told = Extract<Fact, { kind: 'transactionTold' }>

/** An empty transaction is ended without a word to the coordinator. */
const hasRecords = (world: World, { transaction }: Told): boolean =>
  Object.values(world.ledger.sent).some((sent) => sent.transaction === transaction && sent.outcome === 'acked')

/**
 * Whether since its begin the transaction log has taken a decision to commit for its producer. A coordinator that took
 * over with the decision in its log writes no other one: then the commit is complete, of a transaction that was ongoing
 * after the begin.
 */
function isDecided(world: World, step: StepView, told: Told): boolean {
  const { facts } = world.ledger
  let complete = false
  for (let i = facts.length - 1; i >= 0; i--) {
    const { event, fact } = facts[i]!
    if (event > step.event) continue
    if (fact.kind === 'transactionBegan' && fact.transaction === told.transaction) return false
    if (fact.kind !== 'transactionState' || fact.producerId !== told.producerId) continue
    if (fact.to === 'PrepareCommit' || (fact.to === 'Ongoing' && complete)) return true
    complete ||= fact.to === 'CompleteCommit'
  }
  return false
}

/** Otherwise a coordinator that dies takes the commit with it, and its successor aborts. */
export const COMMIT_TOLD_AFTER_DECISION: Property = {
  name: 'CommitToldAfterDecision',
  kind: 'always',
  statement:
    'No application is told that its transaction is committed before that has its acks in the transaction log.',
  on: ['transactionTold'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { fact } of step.facts) {
      if (fact.kind !== 'transactionTold' || fact.outcome !== 'committed') continue
      if (!hasRecords(world, fact) || isDecided(world, step, fact)) continue
      const { client, transaction, producerId, producerEpoch } = fact
      findings.push({
        partition: null,
        words: `${client} is told that ${transaction} is committed, and no PrepareCommit of producer ${producerId} is in the transaction log since it began`,
        evidence: { client, transaction, producerId, producerEpoch },
        key: transaction,
      })
    }
    return findings.length === 0 ? null : findings
  },
}
