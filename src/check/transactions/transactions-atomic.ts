import type { TopicPartition } from '../../kafka/ids.ts'
import { batchIndexOf, type ReplicaLog } from '../../log/replica-log.ts'
import type { World } from '../../world/world.ts'
import { type Cuts, cutsOf } from '../cuts.ts'
import type { DiskHole } from '../disk-holes.ts'
import { leadershipOf } from '../leadership.ts'
import { findRecord, logOf } from '../logs.ts'
import { holeOfLost, isMarkerOf, numberIn, transactionsPartitionOf } from '../lost-for.ts'
import { lossHoles, settlesHealed, unlessToldHoles } from '../promises.ts'
import type { Finding, Property } from '../property.ts'
import { type Fate, fateOf } from './fate.ts'
import { LATE_MESSAGE, lateMessageHoles } from './holes.ts'

interface Outcome {
  /** What its application was told: committed, aborted, or nothing certain. */
  told: 'committed' | 'aborted' | null
  /** Records that are in a log, with what the log says of them. */
  readonly records: {
    readonly id: string
    readonly partition: TopicPartition
    readonly offset: number
    readonly fate: Fate
  }[]
  /** Records that were acknowledged and are in no log. */
  readonly gone: { readonly id: string; readonly partition: TopicPartition }[]
}

function outcomesOf(world: World): Record<string, Outcome> {
  const outcomes: Record<string, Outcome> = {}
  const of = (transaction: string): Outcome => {
    outcomes[transaction] ??= { told: null, records: [], gone: [] }
    return outcomes[transaction]
  }
  for (const { fact } of world.ledger.facts) {
    if (fact.kind !== 'transactionTold' || fact.outcome === 'failed') continue
    of(fact.transaction).told = fact.outcome
  }
  const logs = new Map<TopicPartition, ReplicaLog | null>()
  for (const id of Object.keys(world.ledger.sent).sort()) {
    const { transaction, partition, outcome } = world.ledger.sent[id]!
    if (transaction === undefined || partition === null) continue
    if (!logs.has(partition)) {
      const leader = leadershipOf(world, partition)
      logs.set(partition, leader?.kind === 'led' ? logOf(world, leader.leader, partition) : null)
    }
    const log = logs.get(partition) ?? null
    if (log === null) continue
    const held = findRecord(log, id)
    if (held === null) {
      if (outcome === 'acked') of(transaction).gone.push({ id, partition })
      continue
    }
    const fate = fateOf(log, held.offset, log.logEndOffset)
    of(transaction).records.push({ id, partition, offset: held.offset, fate })
  }
  return outcomes
}

/** Producer id and epoch under which the batches of a transaction went out, as logs and the end of the transaction tell. */
function producersOf(world: World, transaction: string, records: Outcome['records']): Set<number> {
  const ids = new Set<number>()
  for (const { fact } of world.ledger.facts) {
    if (fact.kind === 'transactionTold' && fact.transaction === transaction) ids.add(fact.producerId)
  }
  for (const { partition, offset } of records) {
    const leader = leadershipOf(world, partition)
    const log = leader?.kind === 'led' ? logOf(world, leader.leader, partition) : null
    const producer = log?.batches[batchIndexOf(log, offset)]?.producer
    if (producer !== undefined) ids.add(producer.id)
  }
  return ids
}

/**
 * The hole through which a transaction came apart: one of its records, a marker, or what its coordinator had written of it
 * was lost; or one of its records came behind the marker that had ended it (to 3.5, KIP-890).
 */
function holeOf(world: World, cuts: Cuts, transaction: string, { records }: Outcome): DiskHole {
  const producers = producersOf(world, transaction, records)
  const isOfIt = (id: string): boolean => world.ledger.sent[id]?.transaction === transaction
  const partitions = new Set(
    Object.values(world.ledger.sent).flatMap(({ id, partition }) =>
      partition !== null && isOfIt(id) ? [partition] : [],
    ),
  )
  for (const partition of [...partitions].sort()) {
    const hole = holeOfLost(
      world,
      cuts,
      partition,
      (record) => isOfIt(record.id) || [...producers].some((id) => isMarkerOf(record, id)),
    )
    if (hole !== undefined) return hole
  }
  const client = world.plan.clients.find(({ name }) => transaction.startsWith(`${name}/`))
  const transactionalId = String(client?.settings['transactional.id'] ?? '')
  const decided = holeOfLost(world, cuts, transactionsPartitionOf(world, transactionalId), (record) =>
    producers.has(numberIn(record, 'producerId') ?? -1),
  )
  if (decided !== undefined) return decided
  return records.some((record) => isBehindItsMarker(world, producers, record)) ? LATE_MESSAGE : undefined
}

/** Whether a marker of its producer, written after the record was sent, stands before it. */
const isBehindItsMarker = (
  { plan, ledger }: World,
  producers: ReadonlySet<number>,
  { id, partition, offset }: Outcome['records'][number],
): boolean =>
  !plan.mechanisms.transactionsVerified &&
  ledger.facts.some(
    ({ atUs, fact }) =>
      fact.kind === 'transactionMarker' &&
      fact.partition === partition &&
      fact.offset < offset &&
      producers.has(fact.producerId) &&
      atUs > ledger.sent[id]!.sentAtUs,
  )

/** Judged at the end, by the logs of those who lead then. A transaction whose end nobody was told may go either way, but whole. */
export const TRANSACTIONS_ATOMIC: Property = {
  name: 'TransactionsAtomic',
  kind: 'finally',
  statement:
    'Of every transaction all records are committed, or none; what its application was told is what the logs say.',
  on: [],
  promised: (plan) =>
    unlessToldHoles([
      ...lossHoles(plan),
      ...lateMessageHoles(plan).map((hole) => ({ ...hole, isTold: true as const })),
    ]),
  check: (world) => {
    const findings: Finding[] = []
    const outcomes = outcomesOf(world)
    for (const transaction of Object.keys(outcomes).sort()) {
      const { told, records, gone } = outcomes[transaction]!
      const committed = records.find(({ fate }) => fate === 'COMMIT')
      const aborted = records.find(({ fate }) => fate === 'ABORT')
      const open = records.find(({ fate }) => fate === 'open')
      const whole = told === 'committed' || committed !== undefined
      let why: string | null = null
      let witness: { readonly id: string; readonly partition: TopicPartition } | undefined
      if (whole && aborted !== undefined) {
        why = `${aborted.id} of ${aborted.partition} was aborted${committed === undefined ? '' : ` and ${committed.id} of ${committed.partition} committed`}`
        witness = aborted
      } else if (told === 'aborted' && committed !== undefined) {
        why = `${committed.id} of ${committed.partition} is committed`
        witness = committed
      } else if (whole && gone.length > 0) {
        why = `${gone[0]!.id} of ${gone[0]!.partition} was acknowledged and is gone`
        witness = gone[0]
      } else if (committed !== undefined && open !== undefined && settlesHealed(world.plan).promised) {
        why = `${open.id} of ${open.partition} was never decided and ${committed.id} of ${committed.partition} is committed`
        witness = open
      }
      if (why === null) continue
      const hole = holeOf(world, cutsOf(world), transaction, outcomes[transaction]!)
      findings.push({
        partition: witness?.partition ?? null,
        words: `transaction ${transaction}, ${told === null ? 'of whose end nobody was told' : `told as ${told}`}: ${why}`,
        evidence: {
          transaction,
          told,
          id: witness?.id ?? null,
          value: world.ledger.sent[witness?.id ?? '']?.value ?? null,
        },
        key: transaction,
        ...(hole === undefined ? {} : { knownHole: hole }),
      })
    }
    return findings.length === 0 ? null : findings
  },
}
