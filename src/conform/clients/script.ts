/** A recording of clients while it becomes a plan: who its clients are, and which call a result belongs to. */
import type { Settings, SettingValue } from '../../kafka/config.ts'
import { resolveSettings } from '../../kafka/config.ts'
import type { BrokerId } from '../../kafka/ids.ts'
import type { Condition, PlanClient, Target } from '../../world/plan.ts'
import type { Moment } from '../moments.ts'
import type { ClientsEntry, ClientsRecording } from './recording.ts'

interface ScriptOptions {
  readonly generation: string
  readonly brokers: readonly BrokerId[]
  /** From start to the first message to the registry in ms, by index of the `start` entry. */
  readonly startup: ReadonlyMap<number, number>
}

/** What results call some calls. */
const CALLED: Readonly<Record<string, readonly string[]>> = {
  autopoll: ['pollLoop', 'stopPolling'],
  commit: ['commitSync'],
  many: ['sendMany'],
}

/** A client of the plan: each start of a name in the recording is another one. */
interface Started {
  readonly kind: 'producer' | 'consumer'
  readonly name: string
  readonly index: number
}

export class ClientsScript {
  readonly recording: ClientsRecording
  readonly options: ScriptOptions
  readonly clients: PlanClient[] = []
  readonly moments: Moment[] = []
  /** The entry that is being compiled. */
  index = 0
  readonly #started = new Map<string, Started[]>()
  /** Labels of calls by recorded client and call, in order. */
  readonly #calls = new Map<string, string[]>()

  constructor(recording: ClientsRecording, options: ScriptOptions) {
    this.recording = recording
    this.options = options
  }

  /** A client is made at the entry being compiled; its name in the plan. */
  start(kind: 'producer' | 'consumer', recorded: string, given: Readonly<Record<string, SettingValue>>): string {
    const before = this.#started.get(recorded) ?? []
    const name = before.length === 0 ? recorded : `${recorded}~${before.length + 1}`
    this.#started.set(recorded, [...before, { kind, name, index: this.index }])
    const settings = resolveSettings(kind, this.options.generation, given) as Settings
    const common = { name, clientId: recorded, settings, bootstrap: this.options.brokers, startedByStep: true as const }
    this.clients.push(
      kind === 'producer'
        ? { kind, ...common, topic: '', partition: null, keys: { kind: 'none' }, valueBytes: 0, workload: [] }
        : { kind, ...common, partitions: null, topics: [], startUs: 0, stopUs: null },
    )
    return name
  }

  /** The name in the plan of the last client started under a recorded name before the entry; null: there is none. */
  client(recorded: string | null, kind?: 'producer' | 'consumer'): string | null {
    if (recorded === null) return null
    const all = this.#started.get(recorded) ?? []
    return (
      all.filter((each) => each.index <= this.index && (kind === undefined || each.kind === kind)).at(-1)?.name ?? null
    )
  }

  /** The processes of a recorded client: its consumer and its producer share one. */
  targets(recorded: string | null): Target[] {
    if (recorded === null) return []
    return (['consumer', 'producer'] as const).flatMap((kind) => {
      const name = this.client(recorded, kind)
      return name === null ? [] : [{ role: 'client' as const, name }]
    })
  }

  /** The label of a call made at the entry being compiled. */
  callLabel(entry: ClientsEntry): string {
    const key = `${String(entry.client)} ${String(entry.do)}`
    const label = `e${this.index}`
    this.#calls.set(key, [...(this.#calls.get(key) ?? []), label])
    return label
  }

  /** The label of the call that a `result` entry tells of: the last one of that client and name. */
  resultOf(entry: ClientsEntry): string | null {
    const of = String(entry.of)
    const names = Object.hasOwn(CALLED, of) ? CALLED[of]! : [of]
    const labels = names.flatMap((name) => this.#calls.get(`${String(entry.client)} ${name}`) ?? [])
    const made = labels.map((label) => Number(label.slice(1))).filter((index) => index <= this.index)
    return made.length === 0 ? null : `e${Math.max(...made)}`
  }

  /** One more moment beside those of entries. */
  add(moment: Partial<Moment> & Pick<Moment, 'id' | 'atMs' | 'order'>): void {
    this.moments.push({ text: '', when: null, actions: [], beside: null, ...moment })
  }

  /** Entries after the one being compiled. */
  rest(): readonly ClientsEntry[] {
    return this.recording.entries.slice(this.index + 1)
  }

  /** A fact of that kind was said so often by a client of the plan. */
  said(
    client: string,
    kind: 'producer' | 'consumer',
    fact: string,
    count: number,
  ): Extract<Condition, { when: 'clientFact' }> {
    return { when: 'clientFact', node: `${kind}-${client}`, kind: fact, count }
  }
}
