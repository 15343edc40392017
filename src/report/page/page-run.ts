/** A trace as the page reads it: events with indexes over them, messages with both ends, and the state at any event. */
import type { TraceText } from '../../driver/trace.ts'
import { comparePartitions, type TopicPartition } from '../../kafka/ids.ts'
import { nodeWords } from '../words.ts'
import type { Moment } from './moments.ts'
import { breaksOf, factMoment, faultGlyph, levelOf } from './moments.ts'
import type { PageEvent, PageFooter, PageHeader } from './page-trace.ts'
import type { Cell, Told, ViewPatch } from './view-state.ts'
import { isListPatch, pathOf, TOLD, ViewState } from './view-state.ts'

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

/** A cut of a log: the ghosts that it leaves. */
interface CutMoment {
  readonly event: number
  readonly path: string
  readonly cells: readonly Cell[]
}

/** A record that clients were told is in a log. */
interface AcknowledgedRecord {
  readonly id: string
  readonly acks: number
}

/** Of one partition: when each was told of, and which are where. */
export interface Acknowledged {
  readonly eventOf: ReadonlyMap<string, number>
  readonly at: ReadonlyMap<number, readonly AcknowledgedRecord[]>
}

/** What has a name of its own and is shown at some moment of the run, each sorted. */
interface NamedThings {
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

/** What so many paths name. */
interface InPaths {
  readonly count: number
  readonly partitions: readonly TopicPartition[]
  readonly named: NamedThings
}

function partitionsOf(changes: ReadonlyMap<string, unknown>): TopicPartition[] {
  const found = [...changes.keys()].flatMap((path) => /^(?:log|partition)\/([^/]*)/.exec(path)?.[1] ?? [])
  return [...new Set(found)].sort(comparePartitions)
}

function namedThings(changes: ReadonlyMap<string, unknown>): NamedThings {
  const of = (kind: string): string[] =>
    [...changes.keys()]
      .filter((path) => path.startsWith(`${kind}/`))
      .map((path) => path.slice(kind.length + 1))
      .sort()
  return { groups: of('group'), transactions: of('transaction'), producers: of('producer') }
}

/** Events that are read at once. */
const READ_AT_ONCE = 512

/**
 * A run whose trace is read as far as somebody looks. What is known of the events that are read is right and whole: an
 * index over them only grows as more are read.
 */
export class PageRun {
  readonly header: PageHeader
  readonly footer: PageFooter | null
  /** How many events the run has, read or not. */
  readonly length: number
  /** Those that are read. */
  readonly events: PageEvent[] = []
  /** Of every event; 0: not read yet. */
  readonly levels: Uint8Array
  readonly messages: PageMessage[] = []
  readonly moments: Moment[] = []
  readonly cuts: CutMoment[] = []
  readonly #trace: TraceText
  readonly #acknowledged = new AcknowledgedSoFar()
  readonly #changes = new Map<string, number[]>()
  /** What the changed paths name, looked up when there are more of them. */
  #inPaths: InPaths | null = null
  readonly #breaks = new Map<number, Moment[]>()
  /** Ids of steps are far below zero, so that no array serves. */
  readonly #indexOfId = new Map<number, number>()
  /** By event: the first and the last message that it sent, and the one that arrived by it. One more than the index, 0: none. */
  readonly #firstSent: Int32Array
  readonly #lastSent: Int32Array
  readonly #arrived: Int32Array
  /** By message the next one of the same event, numbered alike. */
  readonly #nextSent: number[] = []
  /** The state before every event whose index is a multiple of `KEYFRAME_EVERY`, and before the next one to be read. */
  readonly #keyframes: ViewState[] = []
  readonly #reading = new ViewState()
  #state = new ViewState()
  #at = -1

  constructor(trace: TraceText) {
    this.#trace = trace
    this.header = trace.header
    this.footer = trace.footer
    this.length = trace.count
    this.levels = new Uint8Array(this.length)
    this.#firstSent = new Int32Array(this.length)
    this.#lastSent = new Int32Array(this.length)
    this.#arrived = new Int32Array(this.length)
  }

  get isWhole(): boolean {
    return this.events.length === this.length
  }

  /** Reads on until the event with that index, and a few more, are read. */
  readTo(index: number): void {
    while (this.events.length <= index && !this.isWhole) this.readOn()
  }

  readAll(): void {
    this.readTo(this.length)
  }

  /** Reads some events more. */
  readOn(): void {
    if (this.isWhole) return
    for (const event of this.#trace.next(READ_AT_ONCE) as readonly PageEvent[]) this.#read(event)
    if (this.isWhole) this.#readFooter()
  }

  get acknowledged(): ReadonlyMap<TopicPartition, Acknowledged> {
    return this.#acknowledged.byPartition
  }

  get partitions(): readonly TopicPartition[] {
    return this.#paths().partitions
  }

  get named(): NamedThings {
    return this.#paths().named
  }

  /** Events that changed a path, ascending. */
  get changes(): ReadonlyMap<string, readonly number[]> {
    return this.#changes
  }

  /** What an event broke; what is judged at the end of the run stands at its last event. */
  breaksAt(event: number): readonly Moment[] {
    return this.#breaks.get(event) ?? []
  }

  /** The index of the event with an id; -1 when it is not in the trace, or not read. */
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

  /** Messages that were under way after an event, those that end first before others; at most `most`. */
  inFlight(index: number, most: number): PageMessage[] {
    const found: PageMessage[] = []
    for (let at = this.#firstEndedAfter(index); at < this.messages.length && found.length < most; at++) {
      const message = this.messages[at]!
      if (message.sent <= index) found.push(message)
    }
    return found
  }

  /** Messages are in the order of their ends; those that never end are the last. */
  #firstEndedAfter(index: number): number {
    let low = 0
    let high = this.messages.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.messages[middle]!.ended ?? this.length) <= index) low = middle + 1
      else high = middle
    }
    return low
  }

  /** The state after event `index`; -1: before the first. The same object every time, brought to that event. */
  stateAt(index: number): ViewState {
    const to = Math.max(-1, Math.min(index, this.length - 1))
    this.readTo(to)
    const nearest = Math.min(Math.floor((to + 1) / KEYFRAME_EVERY), this.#keyframes.length - 1)
    if (nearest >= 0 && to + 1 - nearest * KEYFRAME_EVERY < Math.abs(to - this.#at)) {
      this.#state = new ViewState(this.#keyframes[nearest])
      this.#at = nearest * KEYFRAME_EVERY - 1
    }
    while (this.#at < to) {
      this.#at += 1
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

  #paths(): InPaths {
    const count = this.#changes.size
    if (this.#inPaths?.count === count) return this.#inPaths
    const found = { count, partitions: partitionsOf(this.#changes), named: namedThings(this.#changes) }
    this.#inPaths = found
    return found
  }

  #read(event: PageEvent): void {
    const { i, d, id } = event
    this.events.push(event)
    this.#indexOfId.set(id, i)
    this.levels[i] = levelOf(event)
    if (i % KEYFRAME_EVERY === 0) this.#keyframes.push(new ViewState(this.#reading))
    if (d !== undefined) {
      this.#reading.redo(d)
      for (const patch of d) this.#readPatch(i, patch)
    }
    this.#readMessages(event)
    this.#readMoments(event)
  }

  #readPatch(index: number, patch: ViewPatch): void {
    const path = pathOf(patch)
    const known = this.#changes.get(path)
    if (known === undefined) this.#changes.set(path, [index])
    else if (known[known.length - 1] !== index) known.push(index)
    if (path === TOLD && patch[0] === '+') this.#acknowledged.add(index, patch[2] as unknown as Told[])
    if (isListPatch(patch) && patch[0] === '-')
      this.cuts.push({ event: index, path, cells: patch[2] as unknown as Cell[] })
  }

  #readMessages({ i, k, a, c, w, x }: PageEvent): void {
    if (k === 'deliver') this.#addMessage(a, c[0] ?? Number.NaN, i, 'arrived', w ?? '')
    for (const [key, sentBy, words] of x ?? []) this.#addMessage(key, sentBy, i, 'lost', words)
  }

  #addMessage(key: string, sentBy: number, ended: number | null, fate: PageMessage['fate'], words: string): void {
    const parts = partsOfKey(key)
    if (parts === null) return
    const sent = this.indexOfId(sentBy)
    this.messages.push({ key, ...parts, words, sent, ended, fate })
    const numbered = this.messages.length
    this.#nextSent.push(0)
    if (ended !== null && fate === 'arrived') this.#arrived[ended] = numbered
    if (sent < 0) return
    const last = this.#lastSent[sent]!
    if (last === 0) this.#firstSent[sent] = numbered
    else this.#nextSent[last - 1] = numbered
    this.#lastSent[sent] = numbered
  }

  #readMoments(event: PageEvent): void {
    const { i, s, w, v, f } = event
    if (s !== undefined) {
      const words = w ?? ''
      this.moments.push({ event: i, kind: 'fault', glyph: faultGlyph(words), words })
    }
    this.#addBreaks(v, i)
    for (const { node, fact } of f ?? []) {
      const moment = factMoment(fact)
      if (moment !== null) this.moments.push({ event: i, ...moment, words: `${nodeWords(node)} ${moment.words}` })
    }
  }

  #addBreaks(verdicts: PageEvent['v'], event: number): void {
    const breaks = breaksOf(verdicts, event)
    if (breaks.length === 0) return
    this.moments.push(...breaks)
    this.#breaks.set(event, [...this.breaksAt(event), ...breaks])
  }

  /** What is judged at the end, what never arrived, and chapters, are told in the footer. */
  #readFooter(): void {
    for (const [key, sentBy, words] of this.footer?.underWay ?? [])
      this.#addMessage(key, sentBy, null, 'under-way', words)
    this.#addBreaks(this.footer?.v, this.length - 1)
    for (const [index, event] of (this.footer?.chapters ?? []).entries()) {
      const title = this.header.plan.chapters?.[index]?.title ?? ''
      if (event >= 0) this.moments.push({ event, kind: 'chapter', glyph: String(index + 1), words: title })
    }
    this.moments.sort((a, b) => a.event - b.event)
  }
}
