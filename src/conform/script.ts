/** What a recording becomes, gathered entry by entry: moments of the replay and checks. */
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import type { BrokerId } from '../kafka/ids.ts'
import type { RawRequest } from '../kafka/operations.ts'
import { msToUs } from '../kernel/time.ts'
import type { Action, Condition } from '../world/plan.ts'
import type { Check } from './check.ts'
import { answered, brokerTarget } from './conditions.ts'
import { isDone, lastOf, produceResults } from './history.ts'
import type { Moment } from './moments.ts'
import { ROUND_TRIP_MS, SOCKET_TIMEOUT_MS } from './recorder.ts'
import type { DoneEntry, Entry, Recording, SeenEntry } from './recording.ts'
import type { Retry } from './retries.ts'
import { retryLoops } from './retries.ts'

/** What the script is told besides the recording. */
export interface Told {
  /** Start-up times in ms by the index of the `start` entry. */
  readonly startup: ReadonlyMap<number, number>
  /** Labels of requests that are sent just before their answer came. */
  readonly late: readonly string[]
  /** Times of `produce` entries that are sent at another time than their own, by index. */
  readonly sendAtMs: ReadonlyMap<number, number>
  readonly mechanisms: Mechanisms
}

/** A loop of requests: when it begins and ends, and what it sends. */
interface LoopOptions {
  readonly id: string
  readonly atMs: number
  readonly order: number
  readonly stopMs: number
  readonly stopOrder: number
  readonly everyMs: number
  readonly socketTimeoutMs: number
  readonly broker: BrokerId
  readonly request: RawRequest
}

export class Script {
  readonly moments: Moment[] = []
  readonly checks: Check[] = []
  readonly recording: Recording
  readonly told: Told
  /** Index of the result of each `produce`, and the other way round. */
  readonly results: ReadonlyMap<number, number>
  readonly produceOf: ReadonlyMap<number, number>
  readonly retries: ReadonlyMap<number, Retry>
  /** The partition of stories that have one and do not always name it. */
  readonly onlyPartition: string
  /** Conditions to be added to the moment of an entry. */
  readonly also = new Map<number, Condition[]>()

  constructor(recording: Recording, told: Told) {
    this.recording = recording
    this.told = told
    this.results = produceResults(recording)
    this.produceOf = new Map([...this.results].map(([produce, result]) => [result, produce]))
    this.retries = retryLoops(recording, this.results)
    this.onlyPartition = firstPartition(recording)
  }

  add(moment: Partial<Moment> & Pick<Moment, 'id' | 'atMs' | 'order'>): void {
    this.moments.push({ text: '', when: null, actions: [], beside: null, ...moment })
  }

  check(check: Check): void {
    this.checks.push(check)
  }

  /** The moment of an entry that was done. */
  act(entry: DoneEntry, index: number, ...actions: Action[]): void {
    this.add({ id: `e${index}`, atMs: entry.atMs, order: index, text: describe(entry), actions })
  }

  /** A loop of requests of its own, and its end. */
  loop(options: LoopOptions): void {
    const { id, atMs, order } = options
    this.add({
      id,
      atMs,
      order,
      text: `requests to broker ${options.broker} again and again`,
      actions: [
        {
          do: 'requestLoop',
          target: brokerTarget(options.broker),
          request: options.request,
          socketTimeoutUs: msToUs(options.socketTimeoutMs),
          everyUs: msToUs(options.everyMs),
          until: 'stopped',
          label: id,
        },
      ],
    })
    this.add({
      id: `${id}.stop`,
      atMs: options.stopMs,
      order: options.stopOrder,
      text: 'the loop ends',
      actions: [{ do: 'stopRequestLoop', label: id }],
    })
  }

  /** Sends a request right after the entry before; the condition is its answer. */
  ask(index: number, broker: BrokerId, request: RawRequest, label = `e${index}.ask`): Condition {
    const previousMs = this.recording.entries[index - 1]?.atMs ?? 0
    const latestMs = this.recording.entries[index]!.atMs - ROUND_TRIP_MS
    this.add({
      id: label,
      atMs: this.told.late.includes(label) ? Math.max(previousMs, latestMs) : previousMs,
      order: index - 0.1,
      text: `${request.request} to broker ${broker}`,
      actions: [
        { do: 'request', target: brokerTarget(broker), request, socketTimeoutUs: msToUs(SOCKET_TIMEOUT_MS), label },
      ],
    })
    return answered(label)
  }

  /** The step of the last entry before one for which the test holds; null when there is none. */
  stepOf(before: number, test: (entry: Entry) => boolean): string | null {
    const index = lastOf(this.recording, before, test)
    return index < 0 ? null : `e${index}`
  }

  /** How a reader finds an entry that has no label. */
  name(index: number): string {
    const entry = this.recording.entries[index] as SeenEntry & { broker?: number; partition?: string }
    const of = entry.broker === undefined ? (entry.partition ?? '') : `broker ${entry.broker}`
    return `${entry.saw} ${of} at ${entry.atMs} ms`.replace('  ', ' ')
  }
}

/** The first partition that the recording creates: stories of one partition do not always name it. */
function firstPartition(recording: Recording): string {
  for (const entry of recording.entries) {
    if (isDone(entry) && entry.do === 'createTopic') return `${entry.topic}-${Object.keys(entry.assignment)[0] ?? '0'}`
  }
  return 't-0'
}

/** What was done, in a few words. */
export function describe(entry: DoneEntry): string {
  const { atMs: _, do: word, ...rest } = entry as DoneEntry & { broker?: number; partition?: string }
  return [word, rest.broker === undefined ? '' : `broker ${rest.broker}`, rest.partition ?? '']
    .filter(Boolean)
    .join(' ')
}
