/**
 * The trace of a run as text: one JSON object a line. The first line holds the plan, then one line an event that was
 * chosen, the last line the digests. A versioned format: readers refuse another major version in words.
 */
import type { VerdictChange } from '../check/property.ts'
import { canonical, digestText, emptyDigest, foldText } from '../kernel/fingerprint.ts'
import type { StepReport } from '../world/context.ts'
import type { Plan } from '../world/plan.ts'
import type { EventBody, FactEntry } from '../world/world.ts'
import { eventKey } from '../world/world.ts'
import type { RunResult } from './simulate.ts'

const TRACE_VERSION = 1

export interface TraceHeader {
  readonly ktrace: number
  readonly kafka: string
  readonly seed: string
  readonly plan: Plan
}

/** One event that was chosen. */
export interface TraceEvent {
  /** Index, virtual time in us, id. */
  readonly i: number
  readonly t: number
  readonly id: number
  /** Kind, node (or process), alignment key, rule, causes. */
  readonly k: EventBody['kind']
  readonly n: string
  readonly a: string
  readonly r: string
  readonly c: readonly number[]
  /** What machines said. */
  readonly f?: readonly { readonly node: string; readonly fact: FactEntry['fact'] }[]
  /** Properties whose verdict it changed, with the witness. */
  readonly v?: readonly VerdictChange[]
}

export interface TraceFooter {
  readonly events: number
  readonly virtualUs: number
  readonly outcome: string
  readonly digest: string
  readonly history: string
  /** Digest of the lines before this one and of its other fields, as they were written. */
  readonly seal?: string
  /** Properties that are judged at the end of the run, and what that did to their verdicts. */
  readonly v?: readonly VerdictChange[]
}

/** The node or process an event concerns; empty for events of the world itself. */
export function concerned(body: EventBody): string {
  switch (body.kind) {
    case 'start':
    case 'stop':
      return body.process
    case 'deliver':
    case 'local':
    case 'disconnect':
    case 'operation':
      return body.to
    case 'timer':
      return body.node
    case 'offer':
      return body.client
    default:
      return ''
  }
}

/** What a report adds to a line; readers that do not know it leave it alone. */
type TraceExtra = object

export const traceHeader = (plan: Plan, extra: TraceExtra = {}): string =>
  canonical({ ktrace: TRACE_VERSION, kafka: plan.kafka, seed: plan.seed, plan, ...extra } satisfies TraceHeader)

export function traceEvent(
  index: number,
  report: StepReport,
  verdicts: readonly VerdictChange[],
  extra: TraceExtra = {},
): string {
  const { event, facts } = report
  const line: TraceEvent = {
    ...extra,
    i: index,
    t: event.atUs,
    id: event.id,
    k: event.body.kind,
    n: concerned(event.body),
    a: eventKey(event),
    r: event.rule,
    c: event.cause,
    ...(facts.length > 0 ? { f: facts.map(({ node, fact }) => ({ node, fact })) } : {}),
    ...(verdicts.length > 0 ? { v: verdicts } : {}),
  }
  return canonical(line)
}

/** Folds lines as they are written, for the `seal` of the footer. */
export class TraceSeal {
  readonly #digest = emptyDigest()

  add(line: string): void {
    foldText(this.#digest, line)
  }

  get text(): string {
    return digestText(this.#digest)
  }
}

/** The last line. `seal` has the lines before it; without one the trace does not say whether it was changed. */
export function traceFooter(result: RunResult, extra: TraceExtra = {}, seal: TraceSeal | null = null): string {
  const footer: TraceFooter = {
    ...extra,
    events: result.events,
    virtualUs: result.virtualUs,
    outcome: result.outcome,
    digest: result.digest,
    history: result.history,
    ...(result.verdictsAtEnd.length > 0 ? { v: result.verdictsAtEnd } : {}),
  }
  if (seal === null) return canonical(footer)
  seal.add(canonical(footer))
  return canonical({ ...footer, seal: seal.text } satisfies TraceFooter)
}

export interface Trace {
  readonly header: TraceHeader
  readonly events: readonly TraceEvent[]
  readonly footer: TraceFooter | null
  /** It has the seal of its writer: nobody has changed or cut it since. */
  readonly asWritten: boolean
}

/** Why a text is no trace, in words. */
class TraceError extends Error {}

/** A trace as text: its first and last line are read at once, its events in order and in parts, as they are asked for. */
export class TraceText {
  readonly header: TraceHeader
  readonly footer: TraceFooter | null
  /** How many events it has. */
  readonly count: number
  readonly #text: string
  /** Where each line begins, and where the last one ends. */
  readonly #starts: readonly number[]
  #read = 0

  /** Throws a TraceError when the text is no trace. Lines of events are not looked at yet. */
  constructor(text: string) {
    this.#text = text
    this.#starts = lineStarts(text)
    const lines = this.#starts.length - 1
    const header = (lines === 0 ? undefined : this.#line(0)) as Partial<TraceHeader> | undefined
    if (header?.ktrace === undefined || header.plan === undefined) {
      throw new TraceError('the first line is not the header of a trace ({"ktrace": 1, "plan": …})')
    }
    if (header.ktrace !== TRACE_VERSION) {
      throw new TraceError(`this is a trace of version ${header.ktrace}; this program reads version ${TRACE_VERSION}`)
    }
    const last = lines < 2 ? undefined : (this.#line(lines - 1) as Partial<TraceFooter>)
    this.header = header as TraceHeader
    this.footer = last?.digest === undefined ? null : (last as TraceFooter)
    this.count = lines - (this.footer === null ? 1 : 2)
  }

  /** The next events, at most so many; none when all are read. Throws a TraceError for a line that holds no object. */
  next(most: number): TraceEvent[] {
    const events: TraceEvent[] = []
    const end = Math.min(this.count, this.#read + most)
    while (this.#read < end) {
      this.#read += 1
      events.push(this.#line(this.#read) as TraceEvent)
    }
    return events
  }

  /** Whether the seal of the footer is that of the lines before it and of what the footer says itself. */
  get asWritten(): boolean {
    if (this.footer === null) return false
    const { seal: told, ...footer } = this.footer
    const seal = new TraceSeal()
    for (let index = 0; index <= this.count; index++) seal.add(this.#lineText(index).trimEnd())
    seal.add(canonical(footer))
    return told === seal.text
  }

  #lineText(index: number): string {
    return this.#text.slice(this.#starts[index], this.#starts[index + 1])
  }

  #line(index: number): object {
    let value: unknown
    try {
      value = JSON.parse(this.#lineText(index))
    } catch {
      throw new TraceError(`line ${index + 1} is not JSON: a trace has one JSON object a line`)
    }
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
    throw new TraceError(`line ${index + 1} is no JSON object: a trace has one a line`)
  }
}

function lineStarts(text: string): number[] {
  const starts: number[] = []
  let at = 0
  while (at < text.length) {
    const end = text.indexOf('\n', at)
    const next = end < 0 ? text.length : end + 1
    if (end !== at) starts.push(at)
    at = next
  }
  starts.push(text.length)
  return starts
}

/** Reads a whole trace. Says in words why a text is none. */
export function parseTrace(
  text: string,
): { readonly ok: true; readonly trace: Trace } | { readonly ok: false; readonly message: string } {
  try {
    const trace = new TraceText(text)
    const { header, footer, asWritten } = trace
    return { ok: true, trace: { header, events: trace.next(trace.count), footer, asWritten } }
  } catch (error) {
    if (error instanceof TraceError) return { ok: false, message: error.message }
    throw error
  }
}
