/** A recording becomes a plan that replays it and a list of what to compare. */
import type { SettingValue } from '../kafka/config.ts'
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import { resolveGeneration } from '../kafka/generation/table.ts'
import type { BrokerId } from '../kafka/ids.ts'
import { ADMIN_NODE } from '../kafka/ids.ts'
import type { RawRequest } from '../kafka/operations.ts'
import { unreachable } from '../kernel/assert.ts'
import { msToUs } from '../kernel/time.ts'
import type { Action, Condition, Plan, PlanBroker } from '../world/plan.ts'
import type { Check, FreeOrder, PinNote } from './check.ts'
import { answered, brokerTarget, eventCondition, seenCondition, underProduceLoop } from './conditions.ts'
import {
  isDone,
  isFirstAfterRoleChange,
  isSeen,
  lastOf,
  produceResults,
  returnsAtOnce,
  unexplainedWrites,
} from './history.ts'
import type { Moment } from './moments.ts'
import { allOf, chain } from './moments.ts'
import { controllerPins, lateTouchPins, pingPins, tickPin } from './pins.ts'
import { queuedRequests, RECORDER_STREAM } from './queued.ts'
import type { Done, DoneEntry, Entry, Recording, Seen, SeenEntry } from './recording.ts'
import { fileRule, isrShrinkChecks, lagCheckMs, sessionEndChecks } from './rules.ts'
import { brokerIds, brokerSettings, lagLimitMs, sessionTimeoutMs } from './settings.ts'
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

export type CompileResult = Compiled | { readonly ok: false; readonly notModelled: string }

export interface CompileOptions {
  /** Choose the draws of races so that they come out as recorded. */
  readonly pins: boolean
  /** Further pins, found by trying. */
  readonly chosen?: readonly PinNote[]
}

const LATENCY_US = 1000
const SOCKET_TIMEOUT_MS = 30_000
/** What the recorder used where a broker may hang for long. */
const SHORT_SOCKET_TIMEOUT_MS = 3_000
/** The recorder's own Fetch requests. */
const CLIENT_FETCH_WAIT_MS = 100
/** Between the requests of a load sent back to back, in ms: what it shows does not need every one of thousands. */
const SHORTEST_PAUSE_MS = 4
/** The recorder's time between two things that it did. */
const NEXT_ACTION_MS = 20
/** So quick an answer waited for nothing. */
const AT_ONCE_MS = 100
/** Between two tries of a write that is repeated until it is accepted. */
const RETRY_MS = 100

const SEED = 'conform'

/** Words of KRaft recordings. */
const KRAFT_ONLY: readonly string[] = ['startController', 'crashController', 'pauseController', 'resumeController']

/** Compiles a recording. A recording of a cluster, or with an action, that is not simulated says so by name. */
export function compileRecording(recording: Recording, options: CompileOptions): CompileResult {
  const refused = notModelled(recording)
  if (refused !== null) return { ok: false, notModelled: refused }
  const generation = resolveGeneration(recording.kafka)
  if (!generation.ok) return { ok: false, notModelled: generation.message }
  const { name, mechanisms } = generation.generation
  if (mechanisms.metadata !== 'registry')
    return { ok: false, notModelled: `generation ${name} keeps its state in a metadata log` }

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
  const script = new Script(
    recording,
    startupTimes(recording, sessionMs),
    late,
    new Map(queued.map((each) => [each.index, each.atMs])),
    mechanisms,
  )
  const checks = [
    ...script.checks,
    ...sessionEndChecks(recording, sessionMs),
    ...isrShrinkChecks(recording, mechanisms),
  ]
  const pins = options.pins
    ? [
        ...controllerPins(recording),
        ...tickPin(recording),
        ...pingPins(recording, sessionMs),
        ...lateTouchPins(recording),
        ...queued.map((each) => each.note),
        ...chosen,
      ]
    : []
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
    seed: SEED,
    brokers,
    // Stories ask for sessions longer than ZooKeeper grants by itself, and got them.
    registry: { tickMs: recording.registry?.tickMs ?? 3000, maxSessionTimeoutMs: longestSessionMs },
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
    pins: Object.fromEntries(
      pins
        .filter((pin) => !pin.stream.startsWith(RECORDER_STREAM))
        .map((pin) => [`${pin.stream}#${pin.index}`, pin.value]),
    ),
    limits: { events: 20_000_000, records: 5_000_000 },
  }
  return { ok: true, plan, checks, pins, freeOrder: returnsAtOnce(recording), unknownSaw: unknownWords(recording) }
}

/**
 * The recorder is nearer than brokers are to each other: its next request arrives before a follower's next fetch has
 * gone through, as recordings show.
 */
const CLIENT_LATENCY_US = 400
const clientLinks = (): Plan['network']['links'] =>
  [
    { from: ADMIN_NODE, to: '*' },
    { from: '*', to: ADMIN_NODE },
  ].map((link) => ({ ...link, latency: { kind: 'constant', us: CLIENT_LATENCY_US }, bandwidthBytesPerSecond: null }))

const storyOf = ({ story }: Recording): string =>
  story === undefined ? '' : typeof story === 'string' ? story : story.join('\n')

function notModelled(recording: Recording): string | null {
  if (recording.mode === 'kraft') return 'KRaft: the brokers keep their state in a metadata log'
  for (const entry of recording.entries) {
    if ('unknown' in entry && entry.unknown === 'do') {
      return `the action "${entry.word}" is not known${entry.misfit === null ? '' : ` in this form (${entry.misfit})`}`
    }
    if (isDone(entry) && KRAFT_ONLY.includes(entry.do)) return `KRaft: "${entry.do}"`
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

/** The moments and checks of a recording, gathered entry by entry. */
class Script {
  readonly moments: Moment[] = []
  readonly checks: Check[] = []
  readonly #recording: Recording
  readonly #startup: ReadonlyMap<number, number>
  readonly #results: ReadonlyMap<number, number>
  readonly #produceOf: ReadonlyMap<number, number>
  readonly #retries: ReadonlyMap<number, Retry>
  readonly #cutOrOutage: boolean
  readonly #onlyPartition: string
  /** Conditions to be added to the moment of an entry. */
  readonly #also = new Map<number, Condition[]>()

  readonly #late: readonly string[]
  readonly #sendAtMs: ReadonlyMap<number, number>
  readonly #mechanisms: Mechanisms

  constructor(
    recording: Recording,
    startup: ReadonlyMap<number, number>,
    late: readonly string[],
    sendAtMs: ReadonlyMap<number, number>,
    mechanisms: Mechanisms,
  ) {
    this.#mechanisms = mechanisms
    this.#recording = recording
    this.#late = late
    this.#sendAtMs = sendAtMs
    this.#startup = startup
    this.#results = produceResults(recording)
    this.#produceOf = new Map([...this.#results].map(([produce, result]) => [result, produce]))
    this.#retries = retryLoops(recording, this.#results)
    this.#cutOrOutage = recording.entries.some(
      (entry) => isDone(entry) && (entry.do === 'cutFromRegistry' || entry.do === 'pauseRegistry'),
    )
    this.#onlyPartition = firstPartition(recording)
    this.#unexplained()
    recording.entries.forEach((entry, index) => {
      if (isDone(entry)) this.#done(entry, index)
      else if (isSeen(entry)) this.#seen(entry, index)
    })
  }

  #add(moment: Partial<Moment> & Pick<Moment, 'id' | 'atMs' | 'order'>): void {
    this.moments.push({ text: '', when: null, actions: [], beside: null, ...moment })
  }

  #check(check: Check): void {
    this.checks.push(check)
  }

  #act(entry: DoneEntry, index: number, ...actions: Action[]): void {
    this.#add({ id: `e${index}`, atMs: entry.atMs, order: index, text: describe(entry), actions })
  }

  #done(entry: DoneEntry, index: number): void {
    switch (entry.do) {
      case 'start': {
        const startupMs = this.#startup.get(index)
        this.#act(entry, index, {
          do: 'start',
          target: brokerTarget(entry.broker),
          startupUs: startupMs === undefined ? null : msToUs(startupMs),
        })
        return
      }
      case 'crash':
      case 'stop':
        this.#act(entry, index, { do: entry.do, target: brokerTarget(entry.broker) })
        return
      case 'pause':
        this.#act(entry, index, { do: 'pause', target: brokerTarget(entry.broker), forUs: null })
        return
      case 'resume':
        this.#act(entry, index, { do: 'resume', target: brokerTarget(entry.broker) })
        return
      case 'pauseRegistry':
        this.#act(entry, index, { do: 'pause', target: { role: 'registry' }, forUs: null })
        return
      case 'resumeRegistry':
        this.#act(entry, index, { do: 'resume', target: { role: 'registry' } })
        return
      case 'powerLoss':
        this.#act(entry, index, {
          do: 'powerLoss',
          target: brokerTarget(entry.broker),
          keepBelow: { [entry.partition]: entry.keptOffsetsBelow },
          keep: 'durable',
        })
        return
      case 'cutFromRegistry':
      case 'healToRegistry':
        this.#act(entry, index, { do: entry.do, target: brokerTarget(entry.broker) })
        return
      case 'createTopic':
        this.#act(entry, index, {
          do: 'admin',
          request: {
            admin: 'createTopic',
            topic: entry.topic,
            partitions: Object.keys(entry.assignment).length,
            replicationFactor: entry.assignment['0']?.length ?? 1,
            assignment: entry.assignment,
            settings: textual(entry.settings ?? {}),
            unchecked: true,
          },
        })
        return
      case 'electLeader':
        this.#act(entry, index, {
          do: 'admin',
          request: { admin: 'electLeader', election: entry.kind, partitions: entry.partitions },
        })
        return
      case 'deleteControllerNode':
        this.#act(entry, index, { do: 'admin', request: { admin: 'deleteControllerNode' } })
        return
      case 'reassign':
        this.#act(entry, index, {
          do: 'admin',
          request: { admin: 'reassign', partitions: { [entry.partition]: entry.replicas } },
        })
        return
      case 'produce':
        this.#produce(entry, index)
        return
      case 'produceRepeatedly':
        this.#produceRepeatedly(entry, index)
        return
      case 'burst':
        this.#burst(entry, index)
        return
      case 'produceLoop':
        this.#produceLoop(entry, index)
        return
      case 'startTraffic':
        this.#startTraffic(entry, index)
        return
      case 'stopTraffic': {
        const start = lastOf(this.#recording, index, (each) => isDone(each) && each.do === 'startTraffic')
        const { targets } = this.#recording.entries[start] as Done<'startTraffic'>
        this.#act(entry, index, ...targets.map((_, i): Action => ({ do: 'stopRequestLoop', label: `e${start}.${i}` })))
        return
      }
      case 'wait':
        this.#act(entry, index, { do: 'note', text: entry.why ?? '' })
        return
      case 'startController':
      case 'crashController':
      case 'pauseController':
      case 'resumeController':
        return
      default:
        unreachable(entry)
    }
  }

  #socketTimeoutUs(result: Seen<'produceResult'> | undefined): number {
    const waited = result?.error === 'TimeoutError' ? Math.round(result.tookMs / 1000) * 1000 : 0
    return msToUs(waited > 0 ? waited : this.#cutOrOutage ? SHORT_SOCKET_TIMEOUT_MS : SOCKET_TIMEOUT_MS)
  }

  #produce(entry: Done<'produce'>, index: number): void {
    const retry = this.#retries.get(index)
    if (retry !== undefined && retry.first !== index) {
      this.#act(entry, index)
      return
    }
    const resultIndex = this.#results.get(index)
    const result =
      resultIndex === undefined ? undefined : (this.#recording.entries[resultIndex] as Seen<'produceResult'>)
    const common = {
      target: brokerTarget(entry.broker),
      request: produceRequest(entry, entry.values),
      socketTimeoutUs: this.#socketTimeoutUs(result),
      label: `e${index}`,
    }
    // Without anything to wait for, a request is handled just before its answer: it took its time to come there.
    const atOnce = retry === undefined && entry.acks !== 'all' && result !== undefined && result.tookMs <= AT_ONCE_MS
    const atMs = atOnce ? Math.max(entry.atMs, result.atMs - (2 * CLIENT_LATENCY_US) / 1000) : entry.atMs
    this.#act(
      { ...entry, atMs: this.#sendAtMs.get(index) ?? atMs },
      index,
      retry === undefined
        ? { do: 'request', ...common }
        : { do: 'requestLoop', ...common, everyUs: msToUs(retry.everyMs), until: 'accepted' },
    )
  }

  #loop(options: {
    readonly index: number
    readonly id: string
    readonly atMs: number
    readonly order: number
    readonly stopMs: number
    readonly stopOrder: number
    readonly everyMs: number
    readonly socketTimeoutMs: number
    readonly broker: BrokerId
    readonly request: RawRequest
  }): void {
    const { id, atMs, order } = options
    this.#add({
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
    this.#add({
      id: `${id}.stop`,
      atMs: options.stopMs,
      order: options.stopOrder,
      text: 'the loop ends',
      actions: [{ do: 'stopRequestLoop', label: id }],
    })
  }

  #produceRepeatedly(entry: Done<'produceRepeatedly'>, index: number): void {
    const runs = this.#recording.entries.find(
      (each): each is Seen<'produceRuns'> => isSeen(each) && each.saw === 'produceRuns' && each.label === entry.label,
    )
    const fromMs = Math.min(entry.atMs, runs?.runs[0]?.fromMs ?? entry.atMs)
    this.#loop({
      index,
      id: `e${index}`,
      atMs: fromMs,
      order: index,
      stopMs: entry.atMs,
      stopOrder: index + 0.2,
      everyMs: entry.everyMs,
      socketTimeoutMs: SHORT_SOCKET_TIMEOUT_MS,
      broker: entry.broker,
      request: produceRequest(entry, ['z']),
    })
  }

  #burst(entry: Done<'burst'>, index: number): void {
    let atMs = entry.atMs - entry.tookMs.reduce((sum, took) => sum + took, 0)
    for (let i = 0; i < entry.records; i++) {
      const label = `e${index}.${i}`
      const before = i === 0 ? null : answered(`e${index}.${i - 1}`)
      this.#add({
        id: label,
        atMs,
        order: index + i / 100,
        text: describe(entry),
        when: before,
        actions: [
          {
            do: 'request',
            target: brokerTarget(entry.broker),
            request: produceRequest({ ...entry, timeoutMs: SHORT_SOCKET_TIMEOUT_MS }, [`b${entry.number}-${i}`]),
            socketTimeoutUs: msToUs(SOCKET_TIMEOUT_MS),
            label,
          },
        ],
      })
      atMs += entry.tookMs[i] ?? 0
    }
    this.#add({
      id: `e${index}`,
      atMs: entry.atMs,
      order: index + 0.5,
      text: `${describe(entry)} is acknowledged`,
      when: answered(`e${index}.${entry.records - 1}`),
      actions: [{ do: 'observe', label: `e${index}` }],
    })
  }

  #produceLoop(entry: Done<'produceLoop'>, index: number): void {
    const sent = this.#recording.entries.find(
      (each, i): each is Seen<'batchesSent'> => i > index && isSeen(each) && each.saw === 'batchesSent',
    )
    const usual = sent === undefined ? entry.everyMs : entry.forMs / Math.max(1, sent.count)
    this.#loop({
      index,
      id: `e${index}`,
      atMs: entry.atMs,
      order: index,
      stopMs: entry.atMs + entry.forMs,
      stopOrder: index + 0.2,
      everyMs: Math.max(SHORTEST_PAUSE_MS, usual - (2 * CLIENT_LATENCY_US) / 1000),
      socketTimeoutMs: SOCKET_TIMEOUT_MS,
      broker: entry.broker,
      request: produceRequest(
        { ...entry, timeoutMs: SHORT_SOCKET_TIMEOUT_MS },
        Array.from({ length: entry.batch }, (_, i) => `l${i}-`),
      ),
    })
  }

  #startTraffic(entry: Done<'startTraffic'>, index: number): void {
    const stop = this.#recording.entries.find(
      (each, i): each is Done<'stopTraffic'> => i > index && isDone(each) && each.do === 'stopTraffic',
    )
    const usual =
      stop?.sentEach === undefined || stop.sentEach === 0 ? entry.everyMs : (stop.atMs - entry.atMs) / stop.sentEach
    const actions = entry.targets.map(
      ([broker, partition], i): Action => ({
        do: 'requestLoop',
        target: brokerTarget(broker),
        request: produceRequest({ partition, acks: entry.acks, timeoutMs: SHORT_SOCKET_TIMEOUT_MS }, ['t']),
        socketTimeoutUs: msToUs(SHORT_SOCKET_TIMEOUT_MS),
        everyUs: msToUs(Math.max(SHORTEST_PAUSE_MS, usual - (2 * CLIENT_LATENCY_US) / 1000)),
        until: 'stopped',
        label: `e${index}.${i}`,
      }),
    )
    this.#act(entry, index, ...actions)
  }

  #seen(entry: SeenEntry, index: number): void {
    const id = `e${index}`
    const { atMs } = entry
    const common = { atMs, step: id }
    const also = this.#also.get(index) ?? []
    const here = (when: Condition | null, ...actions: Action[]): void => {
      const all = allOf([...(when === null ? [] : [when]), ...also])
      this.#add({ id, atMs, order: index, text: `saw ${entry.saw}`, when: all, actions })
    }
    const look: Action = { do: 'observe', label: id }
    switch (entry.saw) {
      case 'snapshot':
        here(seenCondition(this.#recording, entry, this.#onlyPartition), look)
        this.#check({
          ...common,
          kind: 'snapshot',
          label: entry.label,
          observation: id,
          seen: entry,
          files: fileRule(this.#recording, index),
        })
        return
      case 'states':
        here(null, look)
        this.#check({ ...common, kind: 'states', label: entry.label, observation: id, states: entry.states })
        return
      case 'logs':
        here(null, look)
        this.#check({
          ...common,
          kind: 'logs',
          label: entry.label,
          observation: id,
          partition: entry.partition,
          replicas: entry.replicas,
        })
        return
      case 'highWatermarks':
        here(null, look)
        this.#check({
          ...common,
          kind: 'highWatermarks',
          label: entry.label ?? this.#name(index),
          observation: id,
          partition: entry.partition,
          byBroker: entry.byBroker,
        })
        return
      case 'state':
        here(seenCondition(this.#recording, entry, this.#onlyPartition))
        this.#check({ ...common, kind: 'state', label: this.#name(index), seen: entry })
        return
      case 'registryLog':
        this.#registryLog(entry, index)
        here(null)
        return
      case 'produceResult':
        this.#produceResult(entry, index, here)
        return
      case 'produceRuns': {
        here(null)
        const loop = this.#recording.entries.findIndex(
          (each) => isDone(each) && each.do === 'produceRepeatedly' && each.label === entry.label,
        )
        this.#check({ ...common, kind: 'produceRuns', label: entry.label, loop: `e${loop}`, runs: entry.runs })
        return
      }
      case 'probesToRestarted':
        this.#probes(entry, index)
        here(null)
        return
      case 'fetchResult': {
        const request: RawRequest = {
          request: 'fetch',
          partition: entry.partition,
          fromOffset: entry.fromOffset ?? 0,
          maxWaitMs: CLIENT_FETCH_WAIT_MS,
        }
        here(this.#ask(index, entry.broker, request))
        this.#check({ ...common, kind: 'fetchResult', label: this.#name(index), request: `${id}.ask`, seen: entry })
        return
      }
      case 'listLatest': {
        const request: RawRequest = {
          request: 'listOffsets',
          partition: entry.partition,
          timestamp: -1,
          version: entry.requestVersion ?? 0,
        }
        here(this.#ask(index, entry.broker, request))
        this.#check({ ...common, kind: 'listLatest', label: this.#name(index), request: `${id}.ask`, seen: entry })
        return
      }
      case 'offsetForLeaderEpoch': {
        const request: RawRequest = { request: 'offsetForLeaderEpoch', partition: entry.partition, epoch: entry.asked }
        here(this.#ask(index, entry.broker, request))
        this.#check({
          ...common,
          kind: 'offsetForLeaderEpoch',
          label: this.#name(index),
          request: `${id}.ask`,
          seen: entry,
        })
        return
      }
      case 'metadata':
        this.#metadata(entry, index, here)
        return
      case 'highWatermarkReached': {
        here(seenCondition(this.#recording, entry, this.#onlyPartition))
        const cause = lastOf(this.#recording, index, (each) => isDone(each) && each.do !== 'wait')
        this.#check({
          ...common,
          kind: 'delay',
          label: this.#name(index),
          field: `until broker ${entry.broker} has high watermark ${entry.value}`,
          from: `e${cause}`,
          to: id,
          recordedMs: entry.afterMs,
          legalMs: [0, FETCH_BACK_OFF_MS],
        })
        return
      }
      case 'highWatermarkLag':
        this.#highWatermarkLag(entry, index)
        return
      case 'brokerEvents':
        here(null)
        this.#check({
          ...common,
          kind: 'brokerEvents',
          label: entry.label,
          since: this.#stepOf(
            index,
            (each) => isSeen(each) && each.saw === 'brokerEvents' && each.broker === entry.broker,
          ),
          extrasSince: this.#stepOf(
            index,
            (each) =>
              (isSeen(each) && each.saw === 'brokerEvents' && each.broker === entry.broker) ||
              (isDone(each) && each.do !== 'wait' && each.do !== 'produce' && each.do !== 'produceRepeatedly'),
          ),
          seen: entry,
        })
        return
      case 'process':
        here(seenCondition(this.#recording, entry, this.#onlyPartition), look)
        this.#check({ ...common, kind: 'process', label: this.#name(index), observation: id, seen: entry })
        return
      case 'processExited':
        here(seenCondition(this.#recording, entry, this.#onlyPartition), look)
        this.#check({
          ...common,
          kind: 'exitCode',
          label: this.#name(index),
          observation: id,
          broker: entry.broker,
          code: entry.code,
        })
        return
      case 'registered':
      case 'stopped':
      case 'notInSync':
      case 'logEndOffset':
        here(seenCondition(this.#recording, entry, this.#onlyPartition))
        return
      case 'batchesSent':
      case 'sentEach':
      case 'activeController':
      case 'metadataLog':
      case 'electResult':
      case 'zombieLog':
      case 'zombieResultsAfterControllerResumed':
        here(null)
        return
      default:
        unreachable(entry)
    }
  }

  /** Sends a request right after the entry before; the condition is its answer. */
  #ask(index: number, broker: BrokerId, request: RawRequest, label = `e${index}.ask`): Condition {
    const previousMs = this.#recording.entries[index - 1]?.atMs ?? 0
    const latestMs = this.#recording.entries[index]!.atMs - (2 * CLIENT_LATENCY_US) / 1000
    this.#add({
      id: label,
      atMs: this.#late.includes(label) ? Math.max(previousMs, latestMs) : previousMs,
      order: index - 0.1,
      text: `${request.request} to broker ${broker}`,
      actions: [
        { do: 'request', target: brokerTarget(broker), request, socketTimeoutUs: msToUs(SOCKET_TIMEOUT_MS), label },
      ],
    })
    return answered(label)
  }

  #metadata(entry: Seen<'metadata'>, index: number, here: (when: Condition | null) => void): void {
    const partition = entry.partition ?? this.#onlyPartition
    const number = partition.slice(partition.lastIndexOf('-') + 1)
    const topic = partition.slice(0, partition.lastIndexOf('-'))
    const requests: Record<string, string> = {}
    const byBroker: Record<string, Extract<Check, { kind: 'metadata' }>['byBroker'][string]> = {}
    const conditions: Condition[] = []
    for (const broker of Object.keys(entry.byBroker)) {
      const answer = entry.byBroker[broker]!
      const own = answer.partitions?.[number] ?? answer
      const label = `e${index}.ask${broker}`
      const request: RawRequest = { request: 'metadata', topics: [topic], version: 0 }
      conditions.push(this.#ask(index, Number(broker), request, label))
      requests[broker] = label
      byBroker[broker] = {
        error: own.error ?? 'NONE',
        leader: own.leader ?? -1,
        replicas: own.replicas ?? [],
        isr: own.isr ?? [],
        brokers: answer.brokers ?? [],
      }
    }
    here(allOf(conditions))
    const label = entry.label ?? this.#name(index)
    this.#check({ kind: 'metadata', label, atMs: entry.atMs, step: `e${index}`, requests, partition, byBroker })
  }

  #produceResult(entry: Seen<'produceResult'>, index: number, here: (when: Condition | null) => void): void {
    const produced = this.#produceOf.get(index)
    if (produced === undefined) {
      here(null)
      return
    }
    const retry = this.#retries.get(produced)
    const request = `e${retry?.first ?? produced}`
    if (retry !== undefined && retry.last !== produced) {
      here(null)
      return
    }
    here(answered(request))
    const { broker, timeoutMs, acks, values } = this.#recording.entries[produced] as Done<'produce'>
    this.#check({
      kind: 'produceResult',
      label: `produce ${values.join(' ')} to broker ${broker}`,
      atMs: entry.atMs,
      step: `e${index}`,
      request,
      seen: entry,
      timeoutMs,
      acks: acks === 'all' ? -1 : acks,
      afterRoleChange: isFirstAfterRoleChange(this.#recording, produced),
      lagCheckMs: lagCheckMs(this.#recording, broker, this.#mechanisms),
    })
  }

  #registryLog(entry: Seen<'registryLog'>, index: number): void {
    entry.events.forEach((event, i) => {
      const when = eventCondition(this.#recording, event)
      if (when === null) return
      this.#add({ id: `e${index}.${i}`, atMs: event.atMs, order: index, text: 'a registry write', when })
    })
    this.#check({
      kind: 'registryLog',
      label: entry.label,
      atMs: entry.atMs,
      step: `e${index}`,
      since: this.#stepOf(index, (each) => isSeen(each) && each.saw === 'registryLog'),
      events: entry.events,
      repeating: entry.events.some(
        (event) => event.state !== undefined && underProduceLoop(this.#recording, event.atMs),
      ),
    })
  }

  #probes(entry: Seen<'probesToRestarted'>, index: number): void {
    const first = entry.runs[0]
    const last = entry.runs.at(-1)
    if (first === undefined || last === undefined) return
    const starts = this.#recording.entries.filter(
      (each): each is Done<'start'> => isDone(each) && each.do === 'start' && each.broker === entry.broker,
    )
    const wantedMs = entry.atMs - last.toMs
    const start = starts.sort((a, b) => Math.abs(a.atMs - wantedMs) - Math.abs(b.atMs - wantedMs))[0]
    if (start === undefined) return
    const count = entry.runs.reduce((sum, run) => sum + run.count, 0)
    const id = `e${index}.probe`
    this.#loop({
      index,
      id,
      atMs: start.atMs + first.fromMs,
      order: this.#recording.entries.indexOf(start) + 0.3,
      stopMs: entry.atMs,
      stopOrder: index - 0.1,
      everyMs: Math.round((last.toMs - first.fromMs) / Math.max(1, count)),
      socketTimeoutMs: SHORT_SOCKET_TIMEOUT_MS,
      broker: entry.broker,
      request: produceRequest({ partition: this.#onlyPartition, acks: 1, timeoutMs: SHORT_SOCKET_TIMEOUT_MS }, [
        'probe',
      ]),
    })
    const label = this.#name(index)
    this.#check({ kind: 'probes', label, atMs: entry.atMs, step: `e${index}`, loop: id, runs: entry.runs })
  }

  #highWatermarkLag(entry: Seen<'highWatermarkLag'>, index: number): void {
    const burst = this.#recording.entries.findIndex(
      (each) => isDone(each) && each.do === 'burst' && each.number === entry.burst,
    )
    const done = this.#recording.entries[burst] as Done<'burst'> | undefined
    if (done === undefined) return
    const { partition } = done
    const common = { atMs: entry.atMs, step: `e${index}`, label: `after burst ${entry.burst}` }
    const conditions: Condition[] = []
    const figures = [
      ['memory', 'highWatermark', entry.msUntilInMemory],
      ['file', 'highWatermarkCheckpoint', entry.msUntilInFile],
    ] as const
    for (const [where, figure, times] of figures) {
      for (const broker of Object.keys(times)) {
        const replica = brokerTarget(Number(broker))
        const when: Condition = { when: figure, partition, replica, value: { atLeast: entry.end } }
        const id = `e${index}.${where}${broker}`
        this.#add({
          id,
          atMs: done.atMs,
          order: burst,
          text: `high watermark of broker ${broker} in ${where}`,
          when,
          beside: `e${burst}`,
        })
        conditions.push(when)
        this.#check({
          ...common,
          kind: 'delay',
          field: `high watermark of broker ${broker} in ${where}`,
          from: `e${burst}`,
          to: id,
          recordedMs: times[broker] ?? 0,
          legalMs: null,
        })
      }
    }
    this.#check({
      ...common,
      kind: 'highWatermarks',
      observation: `e${burst}`,
      partition,
      byBroker: entry.inMemoryRightAfter,
    })
    this.#add({
      id: `e${index}`,
      atMs: entry.atMs,
      order: index,
      text: 'saw highWatermarkLag',
      when: allOf(conditions),
    })
  }

  /** Writes that the recorder made without an entry: repeated until accepted, before whatever shows them first. */
  #unexplained(): void {
    unexplainedWrites(this.#recording).forEach((write, i) => {
      const label = `w${i}`
      const after = this.#recording.entries[write.after]!
      this.#add({
        id: label,
        atMs: after.atMs + (isCreation(after) ? 0 : NEXT_ACTION_MS),
        order: write.after + 0.5,
        text: `"${write.value}" is written to broker ${write.leader} until it is accepted`,
        actions: [
          {
            do: 'requestLoop',
            target: brokerTarget(write.leader),
            request: produceRequest({ partition: write.partition, acks: 'all', timeoutMs: 1000 }, [write.value]),
            socketTimeoutUs: msToUs(SHORT_SOCKET_TIMEOUT_MS),
            everyUs: msToUs(RETRY_MS),
            until: 'accepted',
            label,
          },
        ],
      })
      const conditions = this.#also.get(write.shownBy) ?? []
      this.#also.set(write.shownBy, [...conditions, answered(label)])
    })
  }

  /** The step of the last entry before one for which the test holds; null when there is none. */
  #stepOf(before: number, test: (entry: Entry) => boolean): string | null {
    const index = lastOf(this.#recording, before, test)
    return index < 0 ? null : `e${index}`
  }

  #name(index: number): string {
    const entry = this.#recording.entries[index] as SeenEntry & { broker?: number; partition?: string }
    const of = entry.broker === undefined ? (entry.partition ?? '') : `broker ${entry.broker}`
    return `${entry.saw} ${of} at ${entry.atMs} ms`.replace('  ', ' ')
  }
}

const isCreation = (entry: Entry): boolean => isDone(entry) && entry.do === 'createTopic'

/** Longest time until a follower's next fetch after a role change or a refusal, in ms: one back-off of 1 s. */
const FETCH_BACK_OFF_MS = 1130

interface Retry {
  readonly first: number
  readonly last: number
  readonly everyMs: number
}

/** Produces of the same values to one broker, one after another, of which all but the last failed. */
function retryLoops(recording: Recording, results: ReadonlyMap<number, number>): ReadonlyMap<number, Retry> {
  const produces: [number, Done<'produce'>][] = []
  recording.entries.forEach((entry, index) => {
    if (isDone(entry) && entry.do === 'produce') produces.push([index, entry])
  })
  const errorOf = (index: number): string => {
    const result = results.get(index)
    return result === undefined ? 'NONE' : (recording.entries[result] as Seen<'produceResult'>).error
  }
  const loops = new Map<number, Retry>()
  for (let from = 0; from < produces.length; ) {
    const [first, entry] = produces[from]!
    let to = from
    while (to + 1 < produces.length && errorOf(produces[to]![0]) !== 'NONE' && sameWrite(entry, produces[to + 1]![1]))
      to += 1
    if (to > from) {
      const second = produces[from + 1]![1]
      const firstResult = recording.entries[results.get(first) ?? first]!
      const retry = { first, last: produces[to]![0], everyMs: Math.max(1, second.atMs - firstResult.atMs) }
      for (let i = from; i <= to; i++) loops.set(produces[i]![0], retry)
    }
    from = to + 1
  }
  return loops
}

const sameWrite = (a: Done<'produce'>, b: Done<'produce'>): boolean =>
  a.broker === b.broker && a.partition === b.partition && a.values.join('\n') === b.values.join('\n')

function produceRequest(
  entry: { readonly partition: string; readonly acks: 'all' | number; readonly timeoutMs: number },
  values: readonly string[],
): RawRequest {
  return {
    request: 'produce',
    partition: entry.partition,
    records: values.map((value) => ({ id: '', key: null, value, timestampMs: 0 })),
    acks: entry.acks === 'all' ? -1 : entry.acks,
    timeoutMs: entry.timeoutMs,
  }
}

const textual = (settings: Readonly<Record<string, SettingValue>>): Record<string, string> =>
  Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)]))

/** The first partition that the recording creates: stories of one partition do not always name it. */
function firstPartition(recording: Recording): string {
  for (const entry of recording.entries) {
    if (isDone(entry) && entry.do === 'createTopic') return `${entry.topic}-${Object.keys(entry.assignment)[0] ?? '0'}`
  }
  return 't-0'
}

function describe(entry: DoneEntry): string {
  const { atMs: _, do: word, ...rest } = entry as DoneEntry & { broker?: number; partition?: string }
  return [word, rest.broker === undefined ? '' : `broker ${rest.broker}`, rest.partition ?? '']
    .filter(Boolean)
    .join(' ')
}
