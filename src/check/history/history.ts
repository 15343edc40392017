/**
 * What clients saw and nothing else: every send with its answer, every record that was handed out, in order. The
 * anomalies are those of jepsen.tests.kafka that apply without transactions, judged without a look inside the cluster.
 */
import type { TopicPartition } from '../../kafka/ids.ts'
import type { RecordIdentity } from '../../kafka/records.ts'
import type { World } from '../../world/world.ts'

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
}

export interface ClientHistory {
  /** In the order in which clients sent them. */
  readonly sends: readonly Send[]
  readonly polls: readonly Poll[]
  /** When the history ends, in us. */
  readonly endUs: number
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
        })),
    )
  return { sends, polls, endUs: world.nowUs }
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
