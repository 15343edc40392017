/** A recording of clients as a plan: entries in their order, each not before what it shows has come true. */
import { resolveGeneration } from '../../kafka/generation/table.ts'
import { msToUs } from '../../kernel/time.ts'
import type { Plan } from '../../world/plan.ts'
import type { PinNote } from '../check.ts'
import { releaseOf } from '../kraft-recording.ts'
import { chain } from '../moments.ts'
import { CLIENT_LATENCY_US, LATENCY_US, SOCKET_TIMEOUT_MS } from '../recorder.ts'
import type { Recording } from '../recording.ts'
import { brokerIds, brokerSettings, controllerSettings, lagLimitMs, sessionTimeoutMs } from '../settings.ts'
import { startupTimes } from '../startup.ts'
import { doRule } from './do.ts'
import { createInternalTopics } from './internal-topics.ts'
import { controllerPins, withFirstController } from './pins.ts'
import type { ClientsRecording } from './recording.ts'
import { sawRule } from './saw.ts'
import { ClientsScript } from './script.ts'

export type CompiledClients =
  | {
      readonly ok: true
      readonly plan: Plan
      readonly script: ClientsScript
      /** Index of the entry by the id of the step at which it is looked at. */
      readonly looks: ReadonlyMap<string, number>
      readonly pins: readonly PinNote[]
    }
  | { readonly ok: false; readonly notModelled: string }

/** Controllers of KRaft: those that the recording starts. */
const controllersOf = (recording: ClientsRecording): number[] => [
  ...new Set(recording.entries.flatMap((entry) => (entry.do === 'startController' ? [Number(entry.controller)] : []))),
]

/** What is chance in a replay: the seed, and how many times slower than usual the recording's host was. */
interface ClientsChance {
  readonly seed: string
  readonly slowness: number
}

/** The recorder had one partition in each internal topic, and up to three replicas; where the recording does not say so itself. */
function internalTopicSettings(recording: ClientsRecording, brokers: number): Record<string, number> {
  const given = (recording.settings ?? {}) as Readonly<Record<string, unknown>>
  const replicas = Math.min(brokers, 3)
  const used = Object.entries({
    'offsets.topic.num.partitions': 1,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.replication.factor': replicas,
  })
  return Object.fromEntries(used.filter(([key]) => given[key] === undefined))
}

export function compileClients(recording: ClientsRecording, { seed, slowness }: ClientsChance): CompiledClients {
  const common = recording as unknown as Recording
  const resolved = resolveGeneration(releaseOf(common))
  if (!resolved.ok) return { ok: false, notModelled: resolved.message }
  const { name: generation, mechanisms } = resolved.generation
  const ids = brokerIds(common)
  const settings = (id: number) => brokerSettings(common, id)
  const sessionMs = (id: number): number => sessionTimeoutMs(settings(id))
  const kraft = recording.mode === 'kraft'
  const pins = kraft ? [] : controllerPins(recording, ids)
  const times = kraft ? new Map<number, number>() : startupTimes(common, sessionMs)
  const startup = withFirstController(recording, times, pins)
  const script = new ClientsScript(recording, { generation, brokers: ids, startup })
  const looks = new Map<string, number>()
  for (const [index, entry] of recording.entries.entries()) {
    script.index = index
    const id = `e${index}`
    const at = { id, atMs: entry.atMs, order: index }
    if (entry.do !== undefined) {
      const rule = doRule(entry.do)
      if (rule === undefined) return { ok: false, notModelled: `the action "${entry.do}" is not known` }
      const actions = rule(entry, script)
      if (actions === null) return { ok: false, notModelled: `the action "${entry.do}" is not known in this form` }
      script.add({ ...at, text: `${entry.do} ${String(entry.client ?? entry.broker ?? '')}`, actions })
    } else if (entry.saw !== undefined) {
      const rule = sawRule(entry.saw)
      if (rule === undefined) continue
      script.add({ ...at, text: entry.saw, when: rule.when?.(entry, script) ?? null })
      if (rule.compare !== undefined) looks.set(id, index)
    }
  }
  createInternalTopics(script)
  const longestMs = Math.max(...ids.map((id) => 2 * sessionMs(id) + 2 * lagLimitMs(settings(id))))
  const plan: Plan = {
    version: 1,
    title: `${recording.name} as recorded on Kafka ${recording.kafka}`,
    story: '',
    source: `${recording.name}/${recording.kafka}`,
    kafka: generation,
    mechanisms,
    seed,
    brokers: ids.map((id) => ({
      id,
      rack: null,
      settings: { ...settings(id), ...internalTopicSettings(recording, ids.length) },
      startupUs: msToUs(1200),
      startAtUs: null,
      clockSkewUs: 0,
    })),
    registry: { tickMs: recording.registry?.tickMs ?? 3000, maxSessionTimeoutMs: Math.max(...ids.map(sessionMs)) },
    ...(kraft
      ? {
          controllers: controllersOf(recording).map((id) => ({ id, startAtUs: null })),
          controllerSettings: { ...controllerSettings(common), ...internalTopicSettings(recording, ids.length) },
        }
      : {}),
    topics: [],
    topicsAtUs: 0,
    network: { latency: { kind: 'constant', us: LATENCY_US * slowness }, links: linksOf(script, slowness) },
    clients: script.clients,
    steps: chain(script.moments, msToUs(longestMs + 2 * SOCKET_TIMEOUT_MS)),
    runUs: msToUs((recording.entries.at(-1)?.atMs ?? 0) + 3_600_000),
    settleUs: 0,
    endsWithSteps: true,
    healAtEnd: false,
    expect: { holds: [], violated: [], may: [], counts: {} },
    pins: Object.fromEntries(pins.map((pin) => [`${pin.stream}#${pin.index}`, pin.value])),
    limits: { events: 20_000_000, records: 5_000_000 },
  }
  return { ok: true, plan, script, looks, pins }
}

/** Clients ran on the same host as the brokers, and so did the recorder. */
const linksOf = (script: ClientsScript, slowness: number): Plan['network']['links'] =>
  ['admin', ...script.clients.map((client) => `${client.kind}-${client.name}`)]
    .flatMap((node) => [
      { from: node, to: '*' },
      { from: '*', to: node },
    ])
    .map((link) => ({
      ...link,
      latency: { kind: 'constant', us: CLIENT_LATENCY_US * slowness },
      bandwidthBytesPerSecond: null,
    }))
