/** A recording becomes a plan that replays it and a list of what to compare. */
import { resolveGeneration } from '../kafka/generation/table.ts'
import type { BrokerId } from '../kafka/ids.ts'
import { ADMIN_NODE } from '../kafka/ids.ts'
import { msToUs } from '../kernel/time.ts'
import type { Plan, PlanBroker } from '../world/plan.ts'
import type { Check, FreeOrder, PinNote } from './check.ts'
import { addDone } from './done.ts'
import { isDone, isSeen, returnsAtOnce } from './history.ts'
import { controllerIds, inCommonTerms, isKraftRecording, kraftStartupTimes, releaseOf } from './kraft-recording.ts'
import { quorumPins } from './kraft-script.ts'
import { addUnexplained } from './loads.ts'
import { chain } from './moments.ts'
import { controllerPins, lateTouchPins, pingPins, tickPin } from './pins.ts'
import { queuedRequests, RECORDER_STREAM } from './queued.ts'
import { CLIENT_LATENCY_US, LATENCY_US, SOCKET_TIMEOUT_MS } from './recorder.ts'
import type { Recording } from './recording.ts'
import { isrShrinkChecks, sessionEndChecks } from './rules.ts'
import { Script } from './script.ts'
import { addSeen } from './seen.ts'
import { brokerIds, brokerSettings, controllerSettings, lagLimitMs, sessionTimeoutMs } from './settings.ts'
import { startupTimes } from './startup.ts'

export interface Compiled {
  readonly ok: true
  readonly plan: Plan
  readonly checks: readonly Check[]
  readonly pins: readonly PinNote[]
  readonly freeOrder: readonly FreeOrder[]
  /** Words seen that this version does not know, and how often. */
  readonly unknownSaw: Readonly<Record<string, number>>
}

type CompileResult = Compiled | { readonly ok: false; readonly notModelled: string }

export interface CompileOptions {
  /** Choose the draws of races so that they come out as recorded. */
  readonly pins: boolean
  /** Further pins, found by trying. */
  readonly chosen?: readonly PinNote[]
  /** Of everything that is chance in the replay; the same for every recording where it is not given. */
  readonly seed?: string
}

const SEED = 'conform'

/** Compiles a recording. A recording of a cluster, or with an action, that is not simulated says so by name. */
export function compileRecording(recorded: Recording, options: CompileOptions): CompileResult {
  const recording = inCommonTerms(recorded)
  const refused = notModelled(recording)
  if (refused !== null) return { ok: false, notModelled: refused }
  const generation = resolveGeneration(releaseOf(recording))
  if (!generation.ok) return { ok: false, notModelled: generation.message }
  const { name, mechanisms } = generation.generation

  const settings = (id: BrokerId) => brokerSettings(recording, id)
  const sessionMs = (id: BrokerId): number => sessionTimeoutMs(settings(id))
  const brokers = brokerIds(recording).map(
    (id): PlanBroker => ({
      id,
      rack: null,
      settings: settings(id),
      startupUs: msToUs(1200),
      startAtUs: null,
      clockSkewUs: 0,
    }),
  )
  const chosen = options.chosen ?? []
  const late = chosen.flatMap((pin) =>
    pin.stream.startsWith(RECORDER_STREAM) && pin.value > 0 ? [pin.stream.slice(RECORDER_STREAM.length)] : [],
  )
  const queued = options.pins ? queuedRequests(recording) : []
  const script = new Script(recording, {
    startup: isKraftRecording(recording) ? kraftStartupTimes(recording) : startupTimes(recording, sessionMs),
    late,
    sendAtMs: new Map(queued.map((each) => [each.index, each.atMs])),
    mechanisms,
  })
  addUnexplained(script)
  recording.entries.forEach((entry, index) => {
    if (isDone(entry)) addDone(script, entry, index)
    else if (isSeen(entry)) addSeen(script, entry, index)
  })
  const checks = [
    ...script.checks,
    ...sessionEndChecks(recording, sessionMs),
    ...isrShrinkChecks(recording, mechanisms),
  ]
  const pins = options.pins ? [...racePins(recording, sessionMs), ...queued.map((each) => each.note), ...chosen] : []
  const longestSessionMs = Math.max(...brokerIds(recording).map(sessionMs))
  const longestMs = Math.max(...brokerIds(recording).map((id) => 2 * sessionMs(id) + 2 * lagLimitMs(settings(id))))
  const lastMs = recording.entries.at(-1)?.atMs ?? 0
  const plan: Plan = {
    version: 1,
    title: `${recording.name} as recorded on Kafka ${recording.kafka}`,
    story: storyOf(recording),
    source: `${recording.name}/${recording.kafka}`,
    kafka: name,
    mechanisms,
    seed: options.seed ?? SEED,
    brokers,
    // Stories ask for sessions longer than ZooKeeper grants by itself, and got them.
    registry: { tickMs: recording.registry?.tickMs ?? 3000, maxSessionTimeoutMs: longestSessionMs },
    ...(isKraftRecording(recording)
      ? {
          controllers: controllerIds(recording).map((id) => ({ id, startAtUs: null })),
          controllerSettings: controllerSettings(recording),
        }
      : {}),
    topics: [],
    topicsAtUs: 0,
    network: { latency: { kind: 'constant', us: LATENCY_US }, links: clientLinks() },
    clients: [],
    steps: chain(script.moments, msToUs(longestMs + 2 * SOCKET_TIMEOUT_MS)),
    runUs: msToUs(lastMs + 3_600_000),
    settleUs: 0,
    endsWithSteps: true,
    healAtEnd: false,
    expect: { holds: [], violated: [], may: [], counts: {} },
    pins: drawPins(pins),
    limits: { events: 20_000_000, records: 5_000_000 },
  }
  return { ok: true, plan, checks, pins, freeOrder: returnsAtOnce(recording), unknownSaw: unknownWords(recording) }
}

/** What a recording shows of its races, as the draws that decide them. */
const racePins = (recording: Recording, sessionMs: (id: BrokerId) => number): PinNote[] => [
  ...(isKraftRecording(recording) ? quorumPins(recording) : controllerPins(recording)),
  ...tickPin(recording),
  ...pingPins(recording, sessionMs),
  ...lateTouchPins(recording),
]

/** Pins as a plan has them, without those of the recorder, which is no part of the cluster. */
const drawPins = (pins: readonly PinNote[]): Plan['pins'] =>
  Object.fromEntries(
    pins
      .filter((pin) => !pin.stream.startsWith(RECORDER_STREAM))
      .map((pin) => [`${pin.stream}#${pin.index}`, pin.value]),
  )

const clientLinks = (): Plan['network']['links'] =>
  [
    { from: ADMIN_NODE, to: '*' },
    { from: '*', to: ADMIN_NODE },
  ].map((link) => ({ ...link, latency: { kind: 'constant', us: CLIENT_LATENCY_US }, bandwidthBytesPerSecond: null }))

const storyOf = ({ story }: Recording): string =>
  story === undefined ? '' : typeof story === 'string' ? story : story.join('\n')

function notModelled(recording: Recording): string | null {
  for (const entry of recording.entries) {
    if ('unknown' in entry && entry.unknown === 'do') {
      return `the action "${entry.word}" is not known${entry.misfit === null ? '' : ` in this form (${entry.misfit})`}`
    }
  }
  return null
}

function unknownWords(recording: Recording): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const entry of recording.entries) {
    if (!('unknown' in entry)) continue
    const word = entry.misfit === null ? entry.word : `${entry.word} in another form`
    counts[word] = (counts[word] ?? 0) + 1
  }
  return counts
}
