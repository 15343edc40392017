/** A recording of the log on disk as a plan: every request one step, and a look at the files wherever they were seen. */
import type { Generation } from '../../kafka/generation/generation.ts'
import { resolveGeneration } from '../../kafka/generation/table.ts'
import type { RawRequest } from '../../kafka/operations.ts'
import { msToUs } from '../../kernel/time.ts'
import type { Action, Condition, Plan, PlanStep } from '../../world/plan.ts'
import { answered } from '../conditions.ts'
import { allOf } from '../moments.ts'
import { CLIENT_LATENCY_US, LATENCY_US, SOCKET_TIMEOUT_MS } from '../recorder.ts'
import type { Recording } from '../recording.ts'
import { brokerIds, brokerSettings, sessionTimeoutMs } from '../settings.ts'
import { actionsOf, requestAction, touchAction } from './actions.ts'
import { asksOf } from './asks.ts'
import { CLOCK_MS } from './clock.ts'
import { conditionOf, isFirstWrite, leads } from './conditions.ts'
import { type Moment, moments } from './moments.ts'
import { isDoneEntry, type StorageDone, type StorageRecording, type StorageSeen } from './recording.ts'
import { comesUp, startupMs } from './startup.ts'

export interface StoragePlan {
  readonly plan: Plan
  /** By step: the entry whose files are looked at when it has fired. */
  readonly looks: Readonly<Record<number, number>>
  /** By entry that wrote or asked: the labels of its requests, in order. */
  readonly requests: Readonly<Record<number, readonly string[]>>
  /** By step of a request: the partition that it writes to. */
  readonly writes: Readonly<Record<number, string>>
}

interface StorageChance {
  /** How much later than estimated a process opens its logs, and with it the phase of its timers. */
  readonly phaseMs: number
  readonly seed: string
}

/** The steps of a recording as they are written, one moment after another. */
class StorageScript {
  readonly steps: PlanStep[] = []
  readonly looks: Record<number, number> = {}
  readonly requests: Record<number, string[]> = {}
  readonly writes: Record<number, string> = {}
  readonly #recording: StorageRecording
  readonly #phaseMs: number
  /** By broker: starts so far that came as far as the registration. */
  readonly #starts: Record<number, number> = {}
  #previousMs = 0
  /** The answer that the next step waits for; null: none is out. */
  #unanswered: Condition | null = null

  constructor(recording: StorageRecording, phaseMs: number) {
    this.#recording = recording
    this.#phaseMs = phaseMs
  }

  write(moment: Moment): void {
    const { entry, request } = moment
    if (!isDoneEntry(entry)) this.#see(entry, moment)
    else if (entry.do === 'touch') this.#do(moment, touchAction(this.#recording, moment.index))
    else if (entry.do === 'deleteRecords') this.#deleteRecords(entry, moment)
    else if (request === null) this.#act(entry, moment)
    else this.#produce(entry, moment, request)
  }

  /** A step at its recorded distance from the one before; `when` holds it back. */
  #add(id: string, atMs: number, when: Condition | null, actions: readonly Action[]): number {
    const delayMs = Math.max(0, atMs - this.#previousMs)
    const index = this.steps.length
    this.steps.push({
      id,
      text: id,
      atUs: index === 0 ? msToUs(atMs) : null,
      after: index === 0 ? null : { step: index - 1, delayUs: Math.round(delayMs * 1000) },
      when,
      withinUs: when === null ? null : msToUs(120_000),
      actions,
      source: null,
    })
    this.#previousMs = Math.max(this.#previousMs, atMs)
    return index
  }

  /** A step that asks nothing, behind what is out. */
  #do({ index, atMs }: Moment, actions: readonly Action[]): void {
    this.#add(`e${index}`, atMs, this.#unanswered, actions)
    this.#unanswered = null
  }

  /** Asks what the recorder asked, one after another, and then looks. */
  #see(entry: StorageSeen, { index, atMs }: Moment): void {
    asksOf(entry, this.#recording).forEach(({ broker, request }, n) => {
      const label = this.#label(index, `e${index}/${n}`)
      this.#add(label, atMs, this.#unanswered, [requestAction(broker, request, label)])
      this.#unanswered = answered(label)
    })
    const before = this.#recording.entries[index - 1]
    const justStarted = before !== undefined && isDoneEntry(before) && before.do === 'start'
    const when = both(this.#unanswered, conditionOf(entry, this.#starts, justStarted))
    this.looks[this.#add(`e${index}`, atMs, when, [])] = index
    this.#unanswered = null
  }

  #act(entry: StorageDone, moment: Moment): void {
    const recording = this.#recording
    if (entry.do === 'start' && comesUp(recording, moment.index))
      this.#starts[entry.broker] = (this.#starts[entry.broker] ?? 0) + 1
    this.#do(moment, actionsOf(recording, entry, startupMs(recording, moment.index) + this.#phaseMs))
  }

  #deleteRecords(entry: StorageDone & { do: 'deleteRecords' }, { index, atMs }: Moment): void {
    const { broker, partition, before, timeoutMs } = entry
    const request: RawRequest = { request: 'deleteRecords', partition, before, timeoutMs }
    const label = this.#label(index, `e${index}`)
    const action = requestAction(broker, request, label, timeoutMs + SOCKET_TIMEOUT_MS)
    this.#add(label, atMs, this.#unanswered, [action])
    this.#unanswered = answered(label)
  }

  #produce(entry: StorageDone, { index, atMs }: Moment, { partition, records }: NonNullable<Moment['request']>): void {
    const broker = 'broker' in entry ? entry.broker : 1
    const acks = 'acks' in entry && (entry.acks === 'all' || entry.acks === -1) ? -1 : 1
    const nth = this.requests[index]?.length ?? 0
    const ready = nth === 0 && isFirstWrite(this.#recording, index) ? leads(broker, partition) : null
    const label = this.#label(index, `e${index}/${nth}`)
    const produce: RawRequest = { request: 'produce', partition, records, acks, timeoutMs: 3000 }
    const step = this.#add(label, atMs, both(this.#unanswered, ready), [requestAction(broker, produce, label)])
    this.writes[step] = partition
    this.#unanswered = answered(label)
  }

  /** Enters a request of an entry under its label. */
  #label(index: number, label: string): string {
    this.requests[index] ??= []
    this.requests[index].push(label)
    return label
  }
}

/** What must hold of two conditions; null: nothing. */
const both = (first: Condition | null, second: Condition | null): Condition | null =>
  allOf([first, second].filter((each) => each !== null))

export function storagePlan(recording: StorageRecording, { phaseMs, seed }: StorageChance): StoragePlan {
  const resolved = resolveGeneration(recording.kafka)
  if (!resolved.ok) throw new RangeError(resolved.message)
  const script = new StorageScript(recording, phaseMs)
  for (const moment of moments(recording)) script.write(moment)
  const { steps, looks, requests, writes } = script
  return { plan: planOf(recording, resolved.generation, seed, steps), looks, requests, writes }
}

/** The cluster that was recorded, and the steps to do to it. */
function planOf(recording: StorageRecording, generation: Generation, seed: string, steps: readonly PlanStep[]): Plan {
  const common = recording as unknown as Recording
  const settings = (id: number) => ({ ...brokerSettings(common, id), ...logDirs(recording, id) })
  return {
    version: 1,
    title: `${recording.name} as recorded on Kafka ${recording.kafka}`,
    story: '',
    source: `${recording.name}/${recording.kafka}`,
    kafka: generation.name,
    mechanisms: generation.mechanisms,
    seed,
    brokers: brokerIds(common).map((id) => ({
      id,
      rack: null,
      settings: settings(id),
      startupUs: msToUs(1200),
      startAtUs: null,
      clockSkewUs: msToUs(CLOCK_MS),
    })),
    registry: {
      tickMs: recording.registry?.tickMs ?? 3000,
      maxSessionTimeoutMs: Math.max(...brokerIds(common).map((id) => sessionTimeoutMs(settings(id)))),
    },
    topics: [],
    topicsAtUs: 0,
    network: {
      latency: { kind: 'constant', us: LATENCY_US },
      links: [
        { from: 'admin', to: '*' },
        { from: '*', to: 'admin' },
      ].map((link) => ({
        ...link,
        latency: { kind: 'constant', us: CLIENT_LATENCY_US },
        bandwidthBytesPerSecond: null,
      })),
    },
    clients: [],
    steps,
    runUs: msToUs((recording.entries.at(-1)?.atMs ?? 0) + 3_600_000),
    settleUs: 0,
    endsWithSteps: true,
    healAtEnd: false,
    expect: { holds: [], violated: [], may: [], counts: {} },
    pins: {},
    limits: { events: 20_000_000, records: 5_000_000 },
  }
}

/** The log directories of a broker, `{ "broker 1": ["A (60 MB)", "N"] }`; the recorder wrote them down where there are several. */
function logDirs(recording: StorageRecording, broker: number): { readonly 'log.dirs'?: string } {
  const dirs = recording.layout?.[`broker ${broker}`] ?? []
  return dirs.length > 1 ? { 'log.dirs': dirs.map((each) => each.split(' ')[0]).join(',') } : {}
}
