/**
 * Adya's phenomena as jepsen.tests.kafka looks for them, from what clients saw alone. A transaction appends and reads
 * nothing that later ones could overwrite, so there is no anti-dependency.
 */
import type { TopicPartition } from '../../kafka/ids.ts'
import type { RecordIdentity } from '../../kafka/records.ts'
import type { Anomaly } from './anomalies.ts'
import type { ClientHistory, Polled } from './history.ts'

/** G1a: a reader of committed transactions was handed a record of one that its application knows to be aborted. */
export function abortedTransactionReads(history: ClientHistory): Anomaly[] {
  const aborted = new Map<RecordIdentity, string>()
  for (const { name, told, records } of history.transactions ?? []) {
    if (told === 'aborted') for (const id of records) aborted.set(id, name)
  }
  return history.polls.flatMap(({ client, partition, records, readCommitted }) =>
    readCommitted !== true
      ? []
      : records.flatMap(({ id, offset }): Anomaly[] => {
          const transaction = aborted.get(id)
          if (transaction === undefined) return []
          const words = `${client} reads committed records and was handed ${id} at offset ${offset} of ${partition}, of transaction ${transaction}, which was aborted`
          return [{ partition, id, offset, words }]
        }),
  )
}

/** What was read in one go: it ends where the reader was moved, be it that another one of its group read on meanwhile. */
function stretchesOf(polled: readonly Polled[]): Polled[][] {
  const stretches: Polled[][] = []
  for (const record of polled) {
    if (record.moved || stretches.length === 0) stretches.push([])
    stretches.at(-1)!.push(record)
  }
  return stretches
}

/**
 * G1b: of a committed transaction a reader was handed a later record of a partition and not an earlier one, though it
 * read on past both without moving: it saw a version in between.
 */
export function intermediateReads(history: ClientHistory): Anomaly[] {
  const placed = new Map(history.sends.map((send) => [send.id, send]))
  const found: Anomaly[] = []
  for (const { name, told, records } of history.transactions ?? []) {
    if (told !== 'committed') continue
    for (const { client, partition, records: polled, readCommitted } of history.polls) {
      if (readCommitted !== true) continue
      const here = records.filter((id) => placed.get(id)?.partition === partition)
      const offsetOf = (id: RecordIdentity): number => placed.get(id)?.offset ?? -1
      for (const stretch of stretchesOf(polled)) {
        const seen = new Set(stretch.map(({ id }) => id))
        const first = stretch[0]!.offset
        const last = stretch.reduce((most, { offset }) => Math.max(most, offset), -1)
        const missed = here.find((id) => !seen.has(id) && offsetOf(id) >= first && offsetOf(id) <= last)
        if (missed === undefined || !here.some((id) => seen.has(id))) continue
        const offset = offsetOf(missed)
        const words = `${client} was handed a part of transaction ${name} and not ${missed} at offset ${offset} of ${partition}`
        found.push({ partition, id: missed, offset, words })
      }
    }
  }
  return found
}

/** The committed transaction that wrote each record. */
function writersOf(history: ClientHistory): Map<RecordIdentity, string> {
  const writers = new Map<RecordIdentity, string>()
  for (const { name, told, records } of history.transactions ?? []) {
    if (told === 'committed') for (const id of records) writers.set(id, name)
  }
  return writers
}

/** Which transaction wrote before which, by partition: of two neighbours in offset order. */
function writeEdges(history: ClientHistory): Map<string, Map<string, TopicPartition>> {
  const owner = writersOf(history)
  const byPartition = new Map<TopicPartition, { offset: number; transaction: string }[]>()
  for (const { id, partition, offset } of history.sends) {
    const transaction = owner.get(id)
    if (transaction === undefined || partition === null || offset < 0) continue
    byPartition.set(partition, [...(byPartition.get(partition) ?? []), { offset, transaction }])
  }
  const edges = new Map<string, Map<string, TopicPartition>>()
  for (const [partition, writes] of byPartition) {
    writes.sort((a, b) => a.offset - b.offset)
    for (let i = 1; i < writes.length; i++) {
      const [from, to] = [writes[i - 1]!.transaction, writes[i]!.transaction]
      if (from !== to) addEdge(edges, from, to, partition)
    }
  }
  return edges
}

function addEdge<Label>(edges: Map<string, Map<string, Label>>, from: string, to: string, label: Label): void {
  const known = edges.get(from) ?? new Map<string, Label>()
  edges.set(from, known)
  if (!known.has(to)) known.set(to, label)
}

/** G0: transactions whose writes come before each other in a circle. Kafka promises no order between producers. */
export function writeCycles(history: ClientHistory): Anomaly[] {
  const edges = writeEdges(history)
  const circle = findCircle(edges)
  if (circle === null) return []
  const partition = edges.get(circle[0]!)?.get(circle[1] ?? circle[0]!) ?? ''
  const words = `transactions ${circle.join(', ')} each wrote before the next, and the last before the first`
  return [{ partition, id: circle[0]!, offset: -1, words }]
}

/** Which committed transaction read what which other one wrote, by a record that shows it. */
function readEdges(history: ClientHistory): Map<string, Map<string, RecordIdentity>> {
  const writers = writersOf(history)
  const edges = new Map<string, Map<string, RecordIdentity>>()
  for (const { name, told, reads } of history.transactions ?? []) {
    if (told !== 'committed') continue
    for (const id of reads ?? []) {
      const writer = writers.get(id)
      if (writer !== undefined && writer !== name) addEdge(edges, writer, name, id)
    }
  }
  return edges
}

/**
 * G1c: transactions that each read what the one before wrote, in a circle. By reads alone, as jepsen.tests.kafka judges by
 * default: who wrote first is not ordered between producers (G0), and says nothing about what was known.
 */
export function informationCycles(history: ClientHistory): Anomaly[] {
  const edges = readEdges(history)
  const circle = findCircle(edges)
  if (circle === null) return []
  const id = edges.get(circle[0]!)!.get(circle[1]!)!
  const partition = history.sends.find((send) => send.id === id)?.partition ?? ''
  const words = `transactions ${circle.join(', ')} were each read by the next, and the last by the first`
  return [{ partition, id, offset: -1, words }]
}

/** A circle in a graph, by depth; null: there is none. */
function findCircle(edges: ReadonlyMap<string, ReadonlyMap<string, unknown>>): string[] | null {
  const done = new Set<string>()
  for (const start of [...edges.keys()].sort()) {
    const path: string[] = []
    const circle = walk(start, path, edges, done)
    if (circle !== null) return circle
  }
  return null
}

function walk(
  at: string,
  path: string[],
  edges: ReadonlyMap<string, ReadonlyMap<string, unknown>>,
  done: Set<string>,
): string[] | null {
  if (path.includes(at)) return path.slice(path.indexOf(at))
  if (done.has(at)) return null
  path.push(at)
  for (const next of [...(edges.get(at)?.keys() ?? [])].sort()) {
    const circle = walk(next, path, edges, done)
    if (circle !== null) return circle
  }
  path.pop()
  done.add(at)
  return null
}
