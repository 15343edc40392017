/**
 * What clients saw and nothing else: every send with its answer, every record that was handed out, in order. The
 * anomalies are those of jepsen.tests.kafka that apply without transactions, judged without a look inside the cluster.
 */
import type { ReadRecord } from '../../kafka/calls.ts'
import type { TopicPartition } from '../../kafka/ids.ts'
import type { RecordIdentity } from '../../kafka/records.ts'
import type { World } from '../../world/world.ts'
import { isReadCommitted } from '../transactions/visible.ts'

export interface Send {
  readonly id: RecordIdentity
  readonly client: string
  readonly partition: TopicPartition | null
  /** -1: the whole ISR. */
  readonly acks: number
  readonly outcome: 'acked' | 'failed' | 'unknown' | null
  /** Where the client was told it is; -1: nowhere. */
  readonly offset: number
  readonly answeredAtUs: number | null
}

export interface Polled {
  readonly offset: number
  readonly id: RecordIdentity
  readonly atUs: number
  /** The first one after a move of the position (a start, a seek, a reset): it need not follow on. */
  readonly moved: boolean
}

/** What one client was handed of one partition, in order. */
export interface Poll {
  readonly client: string
  readonly partition: TopicPartition
  readonly records: readonly Polled[]
  /** The client asked for committed transactions only. */
  readonly readCommitted?: boolean
}

/** A transaction as its application saw it. */
interface ClientTransaction {
  readonly name: string
  /** null: it was told nothing certain. */
  readonly told: 'committed' | 'aborted' | null
  /** Its records, in the order in which they were sent. */
  readonly records: readonly RecordIdentity[]
  /** The records of which it made them; absent: none that is known. */
  readonly reads?: readonly RecordIdentity[]
}

export interface ClientHistory {
  /** In the order in which clients sent them. */
  readonly sends: readonly Send[]
  readonly polls: readonly Poll[]
  /** When the history ends, in us. */
  readonly endUs: number
  /** Absent: none was begun. */
  readonly transactions?: readonly ClientTransaction[]
}

/** The history of a run. */
export function historyOf(world: World): ClientHistory {
  const { sent, polled, facts } = world.ledger
  const inOrder = Object.values(sent).sort((a, b) => a.sentAtUs - b.sentAtUs || byNumber(a.id, b.id))
  const sends = inOrder.map(({ id, client, partition, acks, outcome, offset, answeredAtUs }) => ({
    id,
    client,
    partition,
    acks,
    outcome,
    offset,
    answeredAtUs,
  }))
  const moves: Record<string, number[]> = {}
  for (const { atUs, fact } of facts) {
    if (fact.kind !== 'positionReset') continue
    const key = `${fact.client} ${fact.partition}`
    const times = moves[key]
    if (times === undefined) moves[key] = [atUs]
    else times.push(atUs)
  }
  const polls = Object.keys(polled)
    .sort()
    .flatMap((client) =>
      Object.keys(polled[client]!)
        .sort()
        .map((partition) => ({
          client,
          partition,
          records: withMoves(polled[client]![partition]!, moves[`${client} ${partition}`] ?? []),
          ...(isReadCommitted(world, client) ? { readCommitted: true } : {}),
        })),
    )
  const transactions = transactionsOf(world)
  return { sends, polls, endUs: world.nowUs, ...(transactions.length === 0 ? {} : { transactions }) }
}

/** What an application was handed at an offset; absent: nothing that is known. */
function handedTo(
  { plan, ledger }: World,
  producer: string,
  { partition, offset }: ReadRecord,
): RecordIdentity | undefined {
  const client = plan.clients.find(({ kind, name }) => kind === 'producer' && name === producer)
  const application = client?.kind === 'producer' ? client.serves?.application : undefined
  const handed = application === undefined ? undefined : ledger.polled[application]?.[partition]
  return handed?.find((record) => record.offset === offset)?.id
}

function transactionsOf(world: World): ClientTransaction[] {
  const { ledger } = world
  const told: Record<string, ClientTransaction['told']> = {}
  for (const { fact } of ledger.facts) {
    if (fact.kind === 'transactionBegan') told[fact.transaction] ??= null
    else if (fact.kind === 'transactionTold' && fact.outcome !== 'failed') told[fact.transaction] = fact.outcome
  }
  const names = Object.keys(told)
  if (names.length === 0) return []
  const records: Record<string, RecordIdentity[]> = Object.fromEntries(names.map((name) => [name, []]))
  const reads: Record<string, RecordIdentity[]> = {}
  for (const { id, client, transaction, madeOf } of Object.values(ledger.sent)) {
    if (transaction === undefined) continue
    records[transaction]?.push(id)
    const read = madeOf === undefined ? undefined : handedTo(world, client, madeOf)
    if (read !== undefined) reads[transaction] = [...(reads[transaction] ?? []), read]
  }
  return names.map((name) => {
    const transaction = { name, told: told[name] ?? null, records: records[name]! }
    return reads[name] === undefined ? transaction : { ...transaction, reads: reads[name] }
  })
}

/** Identities end with the number of the send. */
const byNumber = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1)

function withMoves(
  records: readonly { readonly offset: number; readonly id: RecordIdentity; readonly atUs: number }[],
  moves: readonly number[],
): Polled[] {
  let next = 0
  return records.map(({ offset, id, atUs }) => {
    let moved = false
    while (next < moves.length && moves[next]! <= atUs) {
      moved = true
      next += 1
    }
    return { offset, id, atUs, moved }
  })
}
