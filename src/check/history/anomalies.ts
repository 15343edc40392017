/** The anomalies of a client's history, each a function of the history alone. */
import type { TopicPartition } from '../../kafka/ids.ts'
import type { RecordIdentity } from '../../kafka/records.ts'
import type { ClientHistory, Poll, Send } from './history.ts'

export interface Anomaly {
  readonly partition: TopicPartition
  readonly id: RecordIdentity
  readonly offset: number
  readonly words: string
  /** All that were seen at the offset, or stand in the wrong order, where it is about several. */
  readonly ids?: readonly RecordIdentity[]
}

/** Who read what: the ids that were handed out, by partition and offset. */
function readsOf({ polls }: ClientHistory): Map<TopicPartition, Map<number, Set<RecordIdentity>>> {
  const reads = new Map<TopicPartition, Map<number, Set<RecordIdentity>>>()
  for (const { partition, records } of polls) {
    const offsets = reads.get(partition) ?? new Map<number, Set<RecordIdentity>>()
    reads.set(partition, offsets)
    for (const { offset, id } of records) {
      const ids = offsets.get(offset)
      if (ids === undefined) offsets.set(offset, new Set([id]))
      else ids.add(id)
    }
  }
  return reads
}

const idsRead = (offsets: ReadonlyMap<number, ReadonlySet<RecordIdentity>> | undefined): Set<RecordIdentity> =>
  new Set([...(offsets?.values() ?? [])].flatMap((ids) => [...ids]))

/** First and last offset that anybody was handed. */
function rangeOf(offsets: ReadonlyMap<number, unknown>): { readonly first: number; readonly last: number } {
  let [first, last] = [Number.MAX_SAFE_INTEGER, -1]
  for (const offset of offsets.keys()) {
    if (offset < first) first = offset
    if (offset > last) last = offset
  }
  return { first, last }
}

/** Records that a reader of committed transactions need not see: nobody was told that theirs was committed. */
export function uncommitted({ transactions }: ClientHistory): ReadonlySet<RecordIdentity> {
  const ids = new Set<RecordIdentity>()
  for (const { told, records } of transactions ?? []) if (told !== 'committed') for (const id of records) ids.add(id)
  return ids
}

const wasAcked = (send: Send): send is Send & { readonly partition: TopicPartition } =>
  send.outcome === 'acked' && send.partition !== null && send.offset >= 0

/** Acknowledged at acks=all, below what was read, and read by nobody. */
export function lostWrites(history: ClientHistory): Anomaly[] {
  const found: Anomaly[] = []
  const unsure = uncommitted(history)
  for (const [partition, offsets] of readsOf(history)) {
    const read = idsRead(offsets)
    const { first, last } = rangeOf(offsets)
    for (const send of history.sends) {
      if (!wasAcked(send) || send.partition !== partition || send.acks !== -1) continue
      if (send.offset < first || send.offset > last || read.has(send.id) || unsure.has(send.id)) continue
      const words = `${send.id} was acknowledged at offset ${send.offset} of ${partition}, records up to ${last} were read, and nobody was ever handed it`
      found.push({ partition, id: send.id, offset: send.offset, words })
    }
  }
  return found
}

/** Acknowledged at acks=all long before the end, above all that was read, and never handed to anybody. */
export function unseenWrites(history: ClientHistory, graceUs: number): Anomaly[] {
  const found: Anomaly[] = []
  const unsure = uncommitted(history)
  for (const [partition, offsets] of readsOf(history)) {
    const { last } = rangeOf(offsets)
    for (const send of history.sends) {
      if (!wasAcked(send) || send.partition !== partition || send.acks !== -1 || send.offset <= last) continue
      if (unsure.has(send.id)) continue
      if (send.answeredAtUs === null || send.answeredAtUs > history.endUs - graceUs) continue
      const words = `${send.id} was acknowledged at offset ${send.offset} of ${partition} and never handed to anybody, who read up to ${last}`
      found.push({ partition, id: send.id, offset: send.offset, words })
    }
  }
  return found
}

/** A client was told that the send had failed for good, and somebody was handed the record. */
export function abortedReads(history: ClientHistory): Anomaly[] {
  const failed = new Set(history.sends.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id))
  if (failed.size === 0) return []
  const found: Anomaly[] = []
  for (const [partition, offsets] of readsOf(history)) {
    for (const [offset, ids] of offsets) {
      for (const id of ids) {
        if (failed.has(id))
          found.push({
            partition,
            id,
            offset,
            words: `${id} was told to have failed and was read at offset ${offset} of ${partition}`,
          })
      }
    }
  }
  return found
}

/** One record at more than one offset. */
export function duplicates(history: ClientHistory): Anomaly[] {
  const found: Anomaly[] = []
  for (const [partition, offsets] of readsOf(history)) {
    const at = new Map<RecordIdentity, number>()
    for (const [offset, ids] of [...offsets].sort(([a], [b]) => a - b)) {
      for (const id of ids) {
        const before = at.get(id)
        if (before !== undefined)
          found.push({
            partition,
            id,
            offset,
            words: `${id} was read at offsets ${before} and ${offset} of ${partition}`,
          })
        at.set(id, offset)
      }
    }
  }
  return found
}

/** Two records at one offset, as they were read or acknowledged. */
export function inconsistentOffsets(history: ClientHistory): Anomaly[] {
  const found: Anomaly[] = []
  for (const [partition, offsets] of readsOf(history)) {
    const known = new Map([...offsets].map(([offset, ids]) => [offset, new Set(ids)]))
    for (const send of history.sends) {
      // acks=1 promises nothing about what comes to stand there.
      if (wasAcked(send) && send.partition === partition && send.acks === -1) known.get(send.offset)?.add(send.id)
    }
    for (const [offset, ids] of known) {
      if (ids.size < 2) continue
      const [id, ...others] = [...ids]
      found.push({
        partition,
        id: id!,
        offset,
        ids: [...ids],
        words: `offset ${offset} of ${partition} was seen as ${id} and as ${others.join(', ')}`,
      })
    }
  }
  return found
}

/** A client was handed a record from beyond one that is known to be there, without having moved its position. */
export function pollSkips(history: ClientHistory): Anomaly[] {
  const reads = readsOf(history)
  const unsure = uncommitted(history)
  return history.polls.flatMap((poll) => {
    const there = reads.get(poll.partition)
    return steps(poll, (before, after) => {
      for (let offset = before + 1; offset < after; offset++) {
        const [id] = there?.get(offset) ?? []
        if (id !== undefined && !(poll.readCommitted === true && unsure.has(id))) {
          return {
            partition: poll.partition,
            id,
            offset,
            words: `${poll.client} was handed offset ${after} of ${poll.partition} after ${before}, past ${id} at ${offset}`,
          }
        }
      }
      return null
    })
  })
}

/** A client was handed a record from before what it had, without having moved its position. */
export function nonmonotonicPolls(history: ClientHistory): Anomaly[] {
  return history.polls.flatMap((poll) =>
    steps(poll, (before, after, id) =>
      after > before
        ? null
        : {
            partition: poll.partition,
            id,
            offset: after,
            words: `${poll.client} was handed offset ${after} of ${poll.partition} after ${before}`,
          },
    ),
  )
}

function steps(poll: Poll, judge: (before: number, after: number, id: RecordIdentity) => Anomaly | null): Anomaly[] {
  const found: Anomaly[] = []
  poll.records.forEach((record, index) => {
    if (index === 0 || record.moved) return
    const anomaly = judge(poll.records[index - 1]!.offset, record.offset, record.id)
    if (anomaly !== null) found.push(anomaly)
  })
  return found
}

/** What one client sent later was acknowledged at a lower offset. */
export function nonmonotonicSends(history: ClientHistory): Anomaly[] {
  const highest = new Map<string, Send>()
  const found: Anomaly[] = []
  for (const send of history.sends) {
    if (!wasAcked(send)) continue
    const key = `${send.client} ${send.partition}`
    const before = highest.get(key)
    if (before === undefined || send.offset > before.offset) highest.set(key, send)
    else {
      const words = `${send.client} sent ${before.id} before ${send.id}, and they stand at offsets ${before.offset} and ${send.offset} of ${send.partition}`
      const ids = [before.id, send.id]
      found.push({ partition: send.partition, id: send.id, offset: send.offset, words, ids })
    }
  }
  return found
}
