import type { ProducerState } from '../../client/producer/state.ts'
import type { Fact } from '../../kafka/facts.ts'
import { type BrokerId, nodeNumber, type TopicPartition } from '../../kafka/ids.ts'
import type { RecordBatch } from '../../kafka/records.ts'
import { own } from '../../kernel/own.ts'
import type { PlanClient } from '../../world/plan.ts'
import type { FactEntry, World } from '../../world/world.ts'
import { logOf } from '../logs.ts'
import type { Finding, Property, StepView } from '../property.ts'
import { PROMISED } from '../property.ts'

type Initialized = Extract<Fact, { kind: 'producerInitialized' }>
type Told = Extract<Fact, { kind: 'transactionTold' }>

const initializedBefore = (world: World, step: StepView): FactEntry[] =>
  world.ledger.facts.filter(({ event, fact }) => fact.kind === 'producerInitialized' && event < step.event)

/**
 * Two processes that share id and epoch cannot be told apart, and one that was replaced may end no transaction. Plain
 * producers share no id at all: blocks of ids are handed out once (0.11 ProducerIdManager; KIP-730, 3.0).
 */
export const ONE_PRODUCER_PER_EPOCH: Property = {
  name: 'OneProducerPerEpoch',
  kind: 'always',
  statement:
    'No two producers are given the same id and epoch, and none commits a transaction that it began before another took its place.',
  on: ['producerInitialized', 'transactionTold', 'appended'],
  promised: () => PROMISED,
  check: (world, step) => {
    const findings: Finding[] = []
    for (const { node, fact } of step.facts) {
      if (fact.kind === 'appended') {
        if (fact.as === 'leader') findings.push(...sharedIds(world, nodeNumber(node), fact.partition, fact.baseOffset))
      } else if (fact.kind === 'producerInitialized') {
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

/** Who has a producer id: a transactional id, whose processes share it, or a plain producer, which shares it with nobody. */
const ownerOf = ({ name, settings }: PlanClient): string => {
  const transactionalId = settings['transactional.id'] ?? ''
  return transactionalId === '' ? `producer ${name}` : `transactional id ${transactionalId}`
}

/** Batches of an append with the id of somebody else: of another producer as it is now, or of who wrote under it last. */
function sharedIds(world: World, broker: BrokerId, partition: TopicPartition, baseOffset: number): Finding[] {
  const batches = logOf(world, broker, partition)?.batches ?? []
  const findings: Finding[] = []
  for (let at = batches.length - 1; at >= 0 && batches[at]!.baseOffset >= baseOffset; at--) {
    const { producer, control, records, baseOffset: offset } = batches[at]!
    if (producer === undefined || control !== undefined) continue
    const owner = writerOf(world, records)
    if (owner === null) continue
    const before = batches.findLast((batch, index) => index < at && batch.producer?.id === producer.id)
    const others = [
      ...world.plan.clients
        .filter(({ kind, name }) => kind === 'producer' && idOf(world, name) === producer.id)
        .map(ownerOf),
      writerOf(world, before?.records ?? []),
    ]
    const other = others.find((each) => each !== null && each !== owner)
    if (other === undefined) continue
    findings.push({
      partition,
      words: `the batch at offset ${offset} of ${partition} is of ${owner} as producer ${producer.id}, which ${other} is, too`,
      evidence: { producerId: producer.id, producerEpoch: producer.epoch, offset, broker },
      key: `${producer.id} ${[owner, other].sort().join(' ')}`,
    })
  }
  return findings
}

function writerOf({ plan, ledger }: World, records: RecordBatch['records']): string | null {
  const client = own(ledger.sent, records[0]?.id ?? '')?.client
  const found = plan.clients.find(({ kind, name }) => kind === 'producer' && name === client)
  return found === undefined ? null : ownerOf(found)
}

const idOf = (world: World, producer: string): number | undefined =>
  (world.nodes[`producer-${producer}`]?.state as ProducerState | undefined)?.volatile?.identity?.producerId

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
