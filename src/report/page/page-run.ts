/** A trace as the page reads it: events with indexes over them, messages with both ends, and the state at any event. */
import type { Trace, TraceEvent, TraceFooter, TraceHeader } from '../../driver/trace.ts'
import type { Fact } from '../../kafka/facts.ts'
import { comparePartitions, type TopicPartition } from '../../kafka/ids.ts'
import type { RunView } from '../run-view.ts'
import { factWords, markOfFact, nodeWords } from '../words.ts'
import type { LostMessage, ViewLine } from './view-recorder.ts'
import type { Cell, Told, ViewPatch } from './view-state.ts'
import { isListPatch, pathOf, TOLD, ViewState } from './view-state.ts'

/** What the header of a trace holds for the page. */
export interface PageHeader extends TraceHeader {
  /** Version of highwater that wrote it. */
  readonly sim?: string
  /** Which generation the asked version became, one sentence. */
  readonly became?: string
  /** The command that repeats the run. */
  readonly repeat?: string
}

/** What the footer of a trace holds for the page. */
export interface PageFooter extends TraceFooter {
  readonly view?: Omit<RunView, 'timeline'>
  /** Event index by chapter. */
  readonly chapters?: readonly number[]
  /** Whether what the answer of each chapter claims came true; null: nothing is claimed. */
  readonly checks?: readonly (boolean | null)[]
  readonly underWay?: readonly LostMessage[]
}

export type PageEvent = TraceEvent & ViewLine

export interface PageTrace {
  readonly header: PageHeader
  readonly events: readonly PageEvent[]
  readonly footer: PageFooter | null
}

/** A trace with what the page needs; null when it was written without. */
export function pageTrace(trace: Trace): PageTrace | null {
  const events = trace.events as readonly PageEvent[]
  return events.some(({ d }) => d !== undefined) ? { ...trace, events } : null
}

/** A message on the network: where it was sent, and where it ended. */
export interface PageMessage {
  readonly key: string
  readonly from: string
  readonly to: string
  readonly type: string
  readonly words: string
  /** Event at which it was sent; -1 before the first. */
  readonly sent: number
  /** Event at which it arrived or was lost; null: still under way at the end. */
  readonly ended: number | null
  readonly fate: 'arrived' | 'lost' | 'under-way'
}

/** How much an event matters: 3 a reader of the story wants it, 2 it changes what is shown, 1 anything else. */
export type Level = 1 | 2 | 3

export type MomentKind = 'fault' | 'break' | 'election' | 'truncation' | 'chapter'

/** Something worth a mark on the scrubber. */
export interface Moment {
  readonly event: number
  readonly kind: MomentKind
  readonly glyph: string
  readonly words: string
}

/** A cut of a log: the ghosts that it leaves. */
export interface CutMoment {
  readonly event: number
  readonly path: string
  readonly cells: readonly Cell[]
}

/** A record that clients were told is in a log. */
export interface AcknowledgedRecord {
  readonly id: string
  readonly acks: number
}

/** Of one partition: when each was told of, and which are where. */
export interface Acknowledged {
  readonly eventOf: ReadonlyMap<string, number>
  readonly at: ReadonlyMap<number, readonly AcknowledgedRecord[]>
}

/** What has a name of its own and is shown at some moment of the run, each sorted. */
export interface NamedThings {
  readonly groups: readonly string[]
  readonly transactions: readonly string[]
  readonly producers: readonly string[]
}

/** Events between two kept states. Between them the state is stepped. */
const KEYFRAME_EVERY = 1024

/** `from>to/Message#7` in parts. */
export function partsOfKey(key: string): { from: string; to: string; type: string } | null {
  const slash = key.lastIndexOf('/')
  const hash = key.indexOf('#', slash)
  const arrow = key.lastIndexOf('>', slash)
  if (arrow < 0 || hash < slash + 2) return null
  return { from: key.slice(0, arrow), to: key.slice(arrow + 1, slash), type: key.slice(slash + 1, hash) }
}

function levelOf(event: PageEvent): Level {
  if (event.s !== undefined || event.ch !== undefined) return 3
  if (event.v?.some(({ change }) => change === 'broke')) return 3
  for (const { fact } of event.f ?? []) {
    if (markOfFact(fact).weight === 'major' || fact.kind === 'clientTold') return 3
  }
  return event.d === undefined ? 1 : 2
}

const FAULT_GLYPHS: readonly (readonly [RegExp, string])[] = [
  [/\bcrash|\bkill|power loss/i, '!'],
  [/\bstart|restart|resume/i, '^'],
  [/\bcut|drop|hold|slow|heal|release/i, '//'],
  [/\bstop/i, '-'],
  [/\bpause/i, '='],
]

const faultGlyph = (words: string): string => FAULT_GLYPHS.find(([pattern]) => pattern.test(words))?.[1] ?? '>'

function factMoment(fact: Fact): Omit<Moment, 'event'> | null {
  const words = factWords(fact)
  if (fact.kind === 'leaderElected' || fact.kind === 'controllerElected') return { kind: 'election', glyph: 'E', words }
  if (fact.kind === 'noLeaderPossible') return { kind: 'election', glyph: '?', words }
  if (fact.kind === 'truncated' && fact.removed.length > 0) return { kind: 'truncation', glyph: 'x', words }
  if ((fact.kind === 'powerLost' || fact.kind === 'recoveryCut') && fact.removed.length > 0)
    return { kind: 'truncation', glyph: 'D', words }
  return null
}

class AcknowledgedSoFar {
  readonly byPartition = new Map<
    TopicPartition,
    { readonly eventOf: Map<string, number>; readonly at: Map<number, AcknowledgedRecord[]> }
  >()

  add(event: number, told: readonly Told[]): void {
    for (const [id, partition, offset, outcome, , acks] of told) {
      // A producer that asks for no answer is told nothing.
      if (outcome !== 'acked' || offset < 0 || acks === 0) continue
      const of = this.byPartition.get(partition) ?? { eventOf: new Map(), at: new Map() }
      this.byPartition.set(partition, of)
      of.eventOf.set(id, event)
      const here = of.at.get(offset)
      if (here === undefined) of.at.set(offset, [{ id, acks }])
      else here.push({ id, acks })
    }
  }
}

function namedThings(changes: ReadonlyMap<string, unknown>): NamedThings {
  const of = (kind: string): string[] =>
    [...changes.keys()]
      .filter((path) => path.startsWith(`${kind}/`))
      .map((path) => path.slice(kind.length + 1))
      .sort()
  return { groups: of('group'), transactions: of('transaction'), producers: of('producer') }
}

const breaksOf = (verdicts: PageEvent['v'], event: number): Moment[] =>
  (verdicts ?? []).flatMap((verdict) =>
    verdict.change === 'at-stake'
      ? []
      : [{ event, kind: 'break', glyph: '✗', words: `${verdict.property}: ${verdict.words}` }],
  )

export class PageRun {
  readonly header: PageHeader
  readonly footer: PageFooter | null
  readonly events: readonly PageEvent[]
  readonly levels: Uint8Array
  readonly messages: readonly PageMessage[]
  readonly moments: readonly Moment[]
  readonly partitions: readonly TopicPartition[]
  readonly cuts: readonly CutMoment[]
  readonly acknowledged: ReadonlyMap<TopicPartition, Acknowledged>
  readonly named: NamedThings
  /** Events that changed a path, ascending. */
  readonly changes: ReadonlyMap<string, readonly number[]>
  /** Ids of steps are far below zero, so that no array serves. */
  readonly #indexOfId = new Map<number, number>()
  /** By event, the first message that it sent, and by message the next one of the same event; then the message that arrived by it. One more than the index, 0: none. */
  readonly #firstSent: Int32Array
  readonly #nextSent: Int32Array
  readonly #arrived: Int32Array
  /** Kept as the reader comes by: the state before every event whose index is a multiple of `KEYFRAME_EVERY`. */
  readonly #keyframes: ViewState[] = []
  #state = new ViewState()
  #at = -1

  constructor(trace: PageTrace) {
    this.header = trace.header
    this.footer = trace.footer
    this.events = trace.events
    this.levels = new Uint8Array(trace.events.length)
    const changes = new Map<string, number[]>()
    const cuts: CutMoment[] = []
    const partitions = new Set<TopicPartition>()
    const acknowledged = new AcknowledgedSoFar()
    for (const event of trace.events) {
      const { i, d } = event
      this.#indexOfId.set(event.id, i)
      this.levels[i] = levelOf(event)
      if (d === undefined) continue
      for (const patch of d) {
        const path = pathOf(patch)
        const known = changes.get(path)
        if (known === undefined) {
          changes.set(path, [i])
          if (path.startsWith('log/') || path.startsWith('partition/')) partitions.add(path.split('/')[1]!)
        } else if (known[known.length - 1] !== i) known.push(i)
        if (path === TOLD && patch[0] === '+') acknowledged.add(i, patch[2] as unknown as Told[])
        if (isListPatch(patch) && patch[0] === '-') cuts.push({ event: i, path, cells: patch[2] as unknown as Cell[] })
      }
    }
    this.changes = changes
    this.cuts = cuts
    this.acknowledged = acknowledged.byPartition
    this.named = namedThings(changes)
    this.partitions = [...partitions].sort(comparePartitions)
    this.messages = this.#readMessages()
    this.#firstSent = new Int32Array(this.events.length)
    this.#nextSent = new Int32Array(this.messages.length)
    this.#arrived = new Int32Array(this.events.length)
    // From the last one back, so that each chain is in the order of its messages.
    for (let at = this.messages.length - 1; at >= 0; at--) {
      const { sent, ended, fate } = this.messages[at]!
      if (sent >= 0) {
        this.#nextSent[at] = this.#firstSent[sent]!
        this.#firstSent[sent] = at + 1
      }
      if (ended !== null && fate === 'arrived') this.#arrived[ended] = at + 1
    }
    this.moments = this.#readMoments()
  }

  get length(): number {
    return this.events.length
  }

  /** The index of the event with an id; -1 when it is not in the trace. */
  indexOfId(id: number): number {
    return this.#indexOfId.get(id) ?? -1
  }

  /** Messages that an event sent. */
  sentBy(event: number): PageMessage[] {
    const found: PageMessage[] = []
    for (let at = this.#firstSent[event] ?? 0; at > 0; at = this.#nextSent[at - 1]!) found.push(this.messages[at - 1]!)
    return found
  }

  /** The message whose arrival an event was. */
  arrivedBy(event: number): PageMessage | undefined {
    return this.messages[(this.#arrived[event] ?? 0) - 1]
  }

  /** The state after event `index`; -1: before the first. The same object every time, brought to that event. */
  stateAt(index: number): ViewState {
    const to = Math.max(-1, Math.min(index, this.events.length - 1))
    const wanted = Math.floor((to + 1) / KEYFRAME_EVERY)
    const nearest = Math.min(wanted, this.#keyframes.length - 1)
    if (nearest >= 0 && to + 1 - nearest * KEYFRAME_EVERY < Math.abs(to - this.#at)) {
      this.#state = new ViewState(this.#keyframes[nearest])
      this.#at = nearest * KEYFRAME_EVERY - 1
    }
    while (this.#at < to) {
      this.#at += 1
      if (this.#at === this.#keyframes.length * KEYFRAME_EVERY) this.#keyframes.push(new ViewState(this.#state))
      this.#state.redo(this.events[this.#at]!.d ?? [])
    }
    while (this.#at > to) {
      this.#state.undo(this.events[this.#at]!.d ?? [])
      this.#at -= 1
    }
    return this.#state
  }

  /** The value of a path along the run: where it changed, and to what. For charts and watchpoints. */
  series(path: string): { readonly event: number; readonly value: unknown }[] {
    return (this.changes.get(path) ?? []).map((event) => {
      const patch = this.events[event]!.d!.findLast((each) => pathOf(each) === path) as ViewPatch
      return { event, value: patch[2] }
    })
  }

  #readMessages(): PageMessage[] {
    const messages: PageMessage[] = []
    const add = (key: string, sentBy: number, ended: number | null, fate: PageMessage['fate'], words: string): void => {
      const parts = partsOfKey(key)
      if (parts !== null) messages.push({ key, ...parts, words, sent: this.indexOfId(sentBy), ended, fate })
    }
    for (const { i, k, a, c, w, x } of this.events) {
      if (k === 'deliver') add(a, c[0] ?? Number.NaN, i, 'arrived', w ?? '')
      for (const [key, sentBy, words] of x ?? []) add(key, sentBy, i, 'lost', words)
    }
    for (const [key, sentBy, words] of this.footer?.underWay ?? []) add(key, sentBy, null, 'under-way', words)
    return messages
  }

  #readMoments(): Moment[] {
    const moments: Moment[] = []
    for (const event of this.events) {
      if (event.s !== undefined) {
        const words = event.w ?? ''
        moments.push({ event: event.i, kind: 'fault', glyph: faultGlyph(words), words })
      }
      moments.push(...breaksOf(event.v, event.i))
      for (const { node, fact } of event.f ?? []) {
        const moment = factMoment(fact)
        if (moment !== null) moments.push({ event: event.i, ...moment, words: `${nodeWords(node)} ${moment.words}` })
      }
    }
    // What is judged at the end stands in the footer, and is marked at the last event.
    moments.push(...breaksOf(this.footer?.v, this.events.length - 1))
    for (const [index, event] of (this.footer?.chapters ?? []).entries()) {
      const title = this.header.plan.chapters?.[index]?.title ?? ''
      if (event >= 0) moments.push({ event, kind: 'chapter', glyph: String(index + 1), words: title })
    }
    return moments.sort((a, b) => a.event - b.event)
  }
}
