import type { Fact } from '../../kafka/facts.ts'
import type { FactEntry, World } from '../../world/world.ts'
import type { Finding, Property, StepView } from '../property.ts'
import { PROMISED } from '../property.ts'

type Initialized = Extract<Fact, { kind: 'producerInitialized' }>
type Told = Extract<Fact, { kind: 'transactionTold' }>

const initializedBefore = (world: World, step: StepView): FactEntry[] =>
  world.ledger.facts.filter(({ event, fact }) => fact.kind === 'producerInitialized' && event < step.event)

/** Two processes that share id and epoch cannot be told apart, and one that was replaced may end no transaction. */
export const ONE_PRODUCER_PER_EPOCH: Property = {
  name: 'OneProducerPerEpoch',
  kind: 'always',
  statement:
    'No two producers are given the same id and epoch, and none commits a transaction that it began before another took its place.',
  on: ['producerInitialized', 'transactionTold'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (fact.kind === 'producerInitialized') {
        const twin = twinOf(world, step, fact)
        if (twin === null) continue
        findings.push({
          partition: null,
          words: `${fact.client} is producer ${fact.producerId} epoch ${fact.producerEpoch} of ${fact.transactionalId}, which ${twin.node} is already`,
          evidence: { producerId: fact.producerId, producerEpoch: fact.producerEpoch, offset: null, broker: null },
          key: `${node} ${fact.producerId} ${fact.producerEpoch}`,
        })
      } else if (fact.kind === 'transactionTold' && fact.outcome === 'committed') {
        const successor = successorOf(world, step, fact)
        if (successor === null) continue
        findings.push({
          partition: null,
          words: `${fact.client} commits ${fact.transaction} as producer ${fact.producerId} epoch ${fact.producerEpoch} although ${successor.node} took its place before it began`,
          evidence: { producerId: fact.producerId, producerEpoch: fact.producerEpoch, transaction: fact.transaction },
          key: `${fact.transaction} ${step.event}`,
        })
      }
    }
    return findings.length === 0 ? null : findings
  },
}

function twinOf(world: World, step: StepView, { producerId, producerEpoch }: Initialized): FactEntry | null {
  return (
    initializedBefore(world, step).find(
      ({ fact }) =>
        fact.kind === 'producerInitialized' && fact.producerId === producerId && fact.producerEpoch === producerEpoch,
    ) ?? null
  )
}

/**
 * A producer of a higher epoch that was there when the commit was asked for and that has records behind it: an empty
 * transaction is ended without a word to the coordinator.
 */
function successorOf(world: World, step: StepView, told: Told): FactEntry | null {
  const sent = Object.values(world.ledger.sent).filter(({ transaction }) => transaction === told.transaction)
  const lastSentUs = sent.reduce((last, { sentAtUs }) => Math.max(last, sentAtUs), -1)
  if (lastSentUs < 0) return null
  return (
    initializedBefore(world, step).find(
      ({ atUs, fact }) =>
        fact.kind === 'producerInitialized' &&
        fact.producerId === told.producerId &&
        fact.producerEpoch > told.producerEpoch &&
        fact.client !== told.client &&
        atUs < lastSentUs,
    ) ?? null
  )
}
