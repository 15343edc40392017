/** What stood in a partition's log, and how the callbacks of its producer counted up. */
import { offsetAt } from '../../kafka/records.ts'
import type { Json } from '../../kernel/json.ts'
import { partitionTruth } from '../../world/targets.ts'
import type { World } from '../../world/world.ts'
import { brokerState } from '../../world/world.ts'
import type { ClientsEntry } from './recording.ts'
import { listOf, numberOf, objectOf, textOf } from './recording.ts'
import type { Look, SawRule } from './rule.ts'
import { ordinal } from './rule.ts'
import type { ClientsScript } from './script.ts'
import { exceptionOf, sentBy } from './sent.ts'

/** One record of a log: the number in its value, and who sent it with which sequence. */
interface LogLine {
  readonly value: number
  readonly pid: number
  readonly epoch: number
  readonly sequence: number
}

function logOf(world: World, partition: string): LogLine[] {
  const leader = partitionTruth(world, partition)?.leader ?? -1
  const log = brokerState(world, leader)?.durable.logs[partition]
  return (log?.batches ?? []).flatMap((batch) =>
    batch.records.map((record, n): LogLine => {
      const { producer } = batch
      const sequence = producer === undefined ? -1 : producer.baseSequence + offsetAt(batch, n) - batch.baseOffset
      const value = Number((record.value ?? '').replace(/^\D+/, '').replace(/\.+$/, ''))
      return { value, pid: producer?.id ?? -1, epoch: producer?.epoch ?? -1, sequence }
    }),
  )
}

/** Runs of a recorded log: values and sequences count up inside each. */
function recordedLog(runs: readonly ClientsEntry[]): LogLine[] {
  return runs.flatMap((run) => {
    const [from, to] = run.values as readonly [number, number]
    const [sequence] = (run.seq ?? [-1, -1]) as readonly [number, number]
    return Array.from({ length: to - from + 1 }, (_, n) => ({
      value: from + n,
      pid: numberOf(run, 'pid') ?? -1,
      epoch: numberOf(run, 'pepoch') ?? -1,
      sequence: sequence < 0 ? -1 : sequence + n,
    }))
  })
}

/**
 * Kinds, not counts: which records are repeated, out of order or missing depends on milliseconds, whether there are any
 * on the rules.
 */
function kindsOf(lines: readonly LogLine[], look: Look, side: 'recorded' | 'ours'): Json {
  const seen = new Set<number>()
  let repeated = false
  let disordered = false
  let highest = -1
  for (const { value } of lines) {
    if (seen.has(value)) repeated = true
    else if (value < highest) disordered = true
    seen.add(value)
    highest = Math.max(highest, value)
  }
  const missing = Array.from({ length: highest + 1 }, (_, n) => n).some((n) => !seen.has(n))
  const producers = [...new Set(lines.map(({ pid, epoch }) => `${pid}/${epoch}`))].map((each) => {
    const [pid, epoch] = each.split('/').map(Number)
    return pid! < 0 ? 'none' : `producer ${ordinal(look, 'producer', side, pid!)} epoch ${epoch}`
  })
  const sequenced = lines.every(({ pid, sequence }, n) => pid < 0 || sequence === n)
  return { repeated, disordered, missing, producers, sequenced }
}

const log: SawRule = {
  compare: (look, to) => {
    const { entry, world, label } = look
    const partition = textOf(entry, 'partition')
    const runs = listOf(entry, 'runs') as readonly ClientsEntry[] | null
    if (partition === null || runs === null) return
    const recorded = kindsOf(recordedLog(runs), look, 'recorded') as Record<string, Json>
    const ours = kindsOf(logOf(world, partition), look, 'ours') as Record<string, Json>
    const acks = String(objectOf(lastStart(look.index, look.script), 'settings')?.acks)
    for (const kind of Object.keys(recorded)) {
      // Which records of acks=1 a crash takes with it, the last milliseconds before it decide.
      if (kind !== 'missing' || acks !== '1') to.equal(label, kind, recorded[kind], ours[kind])
    }
  },
}

/** The last producer started before an entry: the one whose records are looked at. */
const lastStart = (index: number, script: ClientsScript): ClientsEntry =>
  script.recording.entries
    .slice(0, index)
    .filter((each) => each.do === 'startProducer')
    .at(-1) ?? { atMs: 0 }

const lastProducer = (index: number, script: ClientsScript): string | null =>
  script.client(textOf(lastStart(index, script), 'client'), 'producer')

/** Counts of callbacks agree within this share of all. */
const NEARLY = 0.2

const callbacks: SawRule = {
  compare: (look, to) => {
    const { entry, world, script, index, label } = look
    const client = lastProducer(index, script)
    const recorded = objectOf(entry, 'callbacks') as Readonly<Record<string, number>> | null
    if (client === null || recorded === null) return
    const sent = sentBy(world, client)
    const ours: Record<string, number> = {}
    for (const each of sent) {
      const result = each.outcome === null ? 'none' : (exceptionOf(each, look.mechanisms)?.join() ?? 'NONE')
      ours[result] = (ours[result] ?? 0) + 1
    }
    to.equal(label, 'results', Object.keys(recorded).sort(), Object.keys(ours).sort())
    for (const result of Object.keys(recorded)) {
      const near = Math.abs(recorded[result]! - (ours[result] ?? 0)) <= NEARLY * sent.length
      to.holds(label, `records with ${result}`, near, String(recorded[result]), String(ours[result] ?? 0))
    }
    // What acks=all acknowledged is never lost; with acks=1 the last milliseconds before a crash decide.
    const acked = sent.filter((each) => each.outcome === 'acked' && each.acks === -1)
    if (acked.length === 0) return
    const there = new Set(acked.flatMap((each) => logOf(world, each.partition ?? '').map(({ value }) => value)))
    const numberIn = (value: string | null): number => Number((value ?? '').replace(/^\D+/, ''))
    const lost = acked.filter((each) => !there.has(numberIn(each.value))).length
    to.equal(label, 'acknowledged but lost', (listOf(entry, 'acknowledgedButLost') ?? []).length, lost)
  },
}

export const LOG_SEEN: Readonly<Record<string, SawRule>> = { log, callbacks }
