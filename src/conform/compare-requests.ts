/** Answers to requests: errors, offsets, values, and how long they took in kind. */
import type { Json } from '../kernel/json.ts'
import type { RequestEntry } from '../world/world.ts'
import type { Check } from './check.ts'
import type { Comparison } from './comparison.ts'
import { printed, printedIsr, sameIsr } from './comparison.ts'
import type { Run } from './recording.ts'
import { errorOf, fieldOf, type Replay } from './replay.ts'
import { WIDENED_MS } from './rules.ts'

type Of<Kind extends Check['kind']> = Extract<Check, { kind: Kind }>

/** At once, or after a short back-off of a follower, in ms. */
const SHORT_MS = 300
/** After the long back-off of a follower, in ms. */
const LONG_MS = 1130

const answerOf = (replay: Replay, label: string): RequestEntry | null => {
  const entry = replay.request(label)
  return entry === null || entry.answeredAtUs === null ? null : entry
}

const tookMs = (entry: RequestEntry): number => ((entry.answeredAtUs ?? entry.sentAtUs) - entry.sentAtUs) / 1000

export function compareProduceResult(check: Of<'produceResult'>, replay: Replay, to: Comparison): void {
  const answer = answerOf(replay, check.request)
  if (answer === null) return
  const { label, seen } = check
  const error = errorOf(answer.result)
  to.sameError(label, 'error', seen.error, error)
  if (seen.baseOffset !== null && seen.baseOffset >= 0) {
    to.equal(label, 'base offset', seen.baseOffset, fieldOf(answer.result, 'baseOffset') ?? null)
  }
  if (error !== seen.error) return
  const took = tookMs(answer)
  to.holds(label, 'time taken', sameKindOfTime(check, took), `${seen.tookMs} ms`, `${Math.round(took)} ms`)
}

/** Times agree in kind only: at once, after a back-off, after a time-out, after a follower has left the ISR. */
function sameKindOfTime(check: Of<'produceResult'>, took: number): boolean {
  const recorded = check.seen.tookMs
  const { error } = check.seen
  if (error === 'TimeoutError' || error === 'REQUEST_TIMED_OUT') return Math.abs(took - recorded) <= 2 * WIDENED_MS
  if (recorded <= LONG_MS + WIDENED_MS) {
    const backOff = check.acks === -1 && check.afterRoleChange
    return took <= (backOff || recorded > SHORT_MS + WIDENED_MS ? LONG_MS : SHORT_MS) + WIDENED_MS
  }
  return Math.abs(took - recorded) <= check.lagCheckMs + WIDENED_MS
}

export function compareFetchResult(check: Of<'fetchResult'>, replay: Replay, to: Comparison): void {
  const answer = answerOf(replay, check.request)
  if (answer === null) return
  const { label, seen } = check
  const field = `from ${seen.fromOffset ?? 0}`
  to.sameError(label, `${field}: error`, seen.error, errorOf(answer.result))
  if (seen.error !== 'NONE' || errorOf(answer.result) !== 'NONE') return
  if (seen.highWatermark !== undefined) {
    to.equal(label, `${field}: high watermark`, seen.highWatermark, fieldOf(answer.result, 'highWatermark') ?? null)
  }
  if (seen.values !== undefined) {
    to.equal(label, `${field}: values`, seen.values.join(' '), valuesOf(answer.result).join(' '))
  }
}

/** The values of the records of an answer. */
function valuesOf(result: Json): string[] {
  const records = fieldOf(result, 'records') ?? fieldOf(result, 'values')
  if (!Array.isArray(records)) return []
  return records.map((record: Json) => {
    if (typeof record === 'string' || record === null) return printed(record)
    if (Array.isArray(record)) return printed(record[record.length - 1])
    return printed(fieldOf(record, 'value'))
  })
}

export function compareListLatest(check: Of<'listLatest'>, replay: Replay, to: Comparison): void {
  const answer = answerOf(replay, check.request)
  if (answer === null) return
  const { label, seen } = check
  to.sameError(label, 'error', seen.error, errorOf(answer.result))
  if (seen.error !== 'NONE') return
  const offset = seen.offset ?? seen.offsets?.[0] ?? null
  to.equal(label, 'offset', offset, fieldOf(answer.result, 'offset') ?? null)
}

export function compareOffsetForLeaderEpoch(check: Of<'offsetForLeaderEpoch'>, replay: Replay, to: Comparison): void {
  const answer = answerOf(replay, check.request)
  if (answer === null) return
  const { label, seen } = check
  to.sameError(label, `end of epoch ${seen.asked}: error`, seen.error, errorOf(answer.result))
  if (seen.error !== 'NONE') return
  to.equal(label, `end of epoch ${seen.asked}`, seen.endOffset, fieldOf(answer.result, 'endOffset') ?? null)
}

export function compareMetadata(check: Of<'metadata'>, replay: Replay, to: Comparison): void {
  for (const broker of Object.keys(check.requests)) {
    const answer = answerOf(replay, check.requests[broker]!)
    if (answer === null) continue
    const recorded = check.byBroker[broker]!
    const who = `asked of broker ${broker}`
    const own = fieldOf(fieldOf(answer.result, 'partitions') ?? null, check.partition)
    to.equal(check.label, `${who}: brokers`, sorted(recorded.brokers), sorted(numbers(answer.result, 'brokers')))
    if (own === undefined) {
      to.sameError(check.label, `${who}: error`, recorded.error, errorOf(answer.result))
      continue
    }
    to.sameError(check.label, `${who}: error`, recorded.error, errorOf(own))
    to.equal(check.label, `${who}: leader`, recorded.leader, fieldOf(own, 'leader') ?? null)
    to.equal(check.label, `${who}: replicas`, printedIsr(recorded.replicas), printedIsr(numbers(own, 'replicas')))
    const isr = numbers(own, 'isr')
    const same = sameIsr(recorded.isr, isr, replay.freeBrokers(check.atMs), true)
    to.holds(check.label, `${who}: ISR`, same, printedIsr(recorded.isr), printedIsr(isr))
  }
}

const sorted = (list: readonly number[]): string => printedIsr([...list].sort((a, b) => a - b))

/** A list of broker ids in an answer; empty where there is none. */
function numbers(answer: Json, field: string): readonly number[] {
  const list = fieldOf(answer, field)
  return Array.isArray(list) ? (list as number[]) : []
}

interface Kind {
  readonly error: string
  readonly count: number
}

/** Answers of a loop as runs of the same error. */
function runsOf(entries: readonly RequestEntry[]): Kind[] {
  const runs: { error: string; count: number }[] = []
  for (const entry of entries) {
    if (entry.answeredAtUs === null) continue
    const error = errorOf(entry.result)
    const last = runs.at(-1)
    if (last?.error === error) last.count += 1
    else runs.push({ error, count: 1 })
  }
  return runs
}

const printedRuns = (runs: readonly Kind[]): string =>
  runs.length === 0 ? 'nothing' : runs.map(({ error, count }) => `${count} x ${error}`).join(', ')

/** Counts agree roughly: within a factor, and a handful more or less. */
const FACTOR = 2.5
const HANDFUL = 5

export function compareProduceRuns(check: Of<'produceRuns'>, replay: Replay, to: Comparison): void {
  if (replay.firedUs(check.step) === null) return
  const ours = runsOf(replay.loop(check.loop))
  const same =
    ours.length === check.runs.length &&
    check.runs.every((run, i) => {
      const own = ours[i]!
      // The last answers come until the recorder stopped, whenever that was.
      const last = i === check.runs.length - 1
      const roughly = last || (own.count <= run.count * FACTOR + HANDFUL && own.count >= run.count / FACTOR - HANDFUL)
      return own.error === run.error && roughly
    })
  to.holds(check.label, 'runs', same, printedRuns(check.runs), printedRuns(ours))
}

/** What a process that is starting answers, or that nothing answers, belongs to its start and is not compared. */
const STARTING: readonly string[] = ['ConnectionRefusedError', 'ConnectionError', 'TimeoutError']
/** So few probes may fall between two of ours, or between the start of a process and its first role. */
const PASSING = 3

export function compareProbes(check: Of<'probes'>, replay: Replay, to: Comparison): void {
  if (replay.firedUs(check.step) === null) return
  const own = runsOf(replay.loop(check.loop))
  const kinds = (runs: readonly (Kind | Run)[]): string[] => {
    const kept = runs.filter(
      ({ error, count }) => !STARTING.includes(error) && !(isRoleless(error) && count <= PASSING),
    )
    return kept.map((run) => run.error).filter((error, i, all) => error !== all[i - 1])
  }
  // A process without a role for long is a mechanism; whether a moment of it is seen is chance.
  const theirs = kinds(check.runs)
  const ours = kinds(own)
  const core = (list: readonly string[]): string => list.filter((error) => !isRoleless(error)).join(', ')
  const same = theirs.join() === ours.join() || (core(theirs) === core(ours) && theirs.filter(isRoleless).length === 0)
  to.holds(check.label, 'answers to probes', same, printedRuns(check.runs), printedRuns(own))
}

const isRoleless = (error: string): boolean => error === 'UNKNOWN_TOPIC_OR_PARTITION'
