import type { TopicPartition } from '../../kafka/ids.ts'
import type { ReplicaLog } from '../../log/replica-log.ts'
import type { World } from '../../world/world.ts'
import { leadershipOf } from '../leadership.ts'
import { findRecord, logOf } from '../logs.ts'
import { lossHoles, settlesHealed, unlessHoles } from '../promises.ts'
import type { Finding, Property } from '../property.ts'
import { type Fate, fateOf } from './fate.ts'
import { lateMessageHoles } from './holes.ts'

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

/** Judged at the end, by the logs of those who lead then. A transaction whose end nobody was told may go either way, but whole. */
export const TRANSACTIONS_ATOMIC: Property = {
  name: 'TransactionsAtomic',
  kind: 'finally',
  statement:
    'Of every transaction all records are committed, or none; what its application was told is what the logs say.',
  on: [],
  promised: (plan) => unlessHoles([...lossHoles(plan), ...lateMessageHoles(plan)]),
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
      })
    }
    return findings.length === 0 ? null : findings
  },
}
