/** A recording of the log on disk, from its plain data to its report. */
import { simulate } from '../../driver/simulate.ts'
import { type SettingValue, topicSetting } from '../../kafka/config.ts'
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import { resolveGeneration } from '../../kafka/generation/table.ts'
import type { Json } from '../../kernel/json.ts'
import type { SegmentSettings } from '../../log/segment.ts'
import type { World } from '../../world/world.ts'
import { brokerState } from '../../world/world.ts'
import { notModelledReport, type RecordingReport } from '../compare.ts'
import { Comparison } from '../comparison.ts'
import { ContentsWatch, type SeenContents } from '../contents-watch.ts'
import type { Recording } from '../recording.ts'
import { SegmentWatch } from '../segment-watch.ts'
import { brokerSettings } from '../settings.ts'
import { SyncWatch } from '../sync-watch.ts'
import { CLOCK_MS } from './clock.ts'
import { type BrokerFiles, COMPARED, compareStorage } from './compare.ts'
import { FileWatch } from './file-watch.ts'
import { fittingStorage } from './forms.ts'
import { storagePlan } from './plan.ts'
import { isDoneEntry, type StorageRecording, unknownAction } from './recording.ts'

function filesOf(world: World, broker: number): BrokerFiles {
  const state = brokerState(world, broker)
  if (state === null) throw new RangeError(`there is no broker ${broker}`)
  const partitions = state.volatile?.partitions ?? {}
  const highWatermarks = Object.fromEntries(
    Object.entries(partitions).map(([name, { highWatermark }]) => [name, highWatermark]),
  )
  return { ...state.durable, highWatermarks, running: world.processes[`broker-${broker}`]?.state !== 'down' }
}

/** Settings of topics are what the recording created them with. */
function segmentSettingsOf(recording: StorageRecording, partition: string): SegmentSettings {
  const topic = partition.replace(/-\d+$/, '')
  const created = recording.entries.find(
    (entry) =>
      isDoneEntry(entry) &&
      ((entry.do === 'createTopic' && entry.topic === topic) ||
        (entry.do === 'createTopics' && entry.topics.includes(topic))),
  ) as { readonly settings?: Readonly<Record<string, SettingValue>> } | undefined
  const broker = brokerSettings(recording as unknown as Recording, 1)
  const number = (key: string, otherwise: number): number =>
    Number(topicSetting(broker, created?.settings, key) ?? otherwise)
  return {
    segmentBytes: number('segment.bytes', Number.MAX_SAFE_INTEGER),
    segmentMs: number('segment.ms', Number.MAX_SAFE_INTEGER),
    indexIntervalBytes: number('index.interval.bytes', 4096),
    segmentIndexBytes: number('segment.index.bytes', 10_485_760),
  }
}

/** Phases of a process's timers that are tried, in ms, one after another and then again with other draws. */
const PHASES_MS = [0, 50, 100, 150, 200, 250, 300, 350, 400, 450]

const MOST_TRIES = 60
/** Events of all tries together: a long recording gets fewer. */
const MOST_EFFORT = 400_000

/**
 * Replays a recording of the log on disk and compares the files wherever they were looked at. When a process opened its
 * logs is not known to the millisecond, so other phases of its timers are tried where one leaves a difference. `flipped`
 * puts switches of the version otherwise.
 */
export function conformStorage(
  recorded: StorageRecording,
  mostTries = MOST_TRIES,
  flipped: Partial<Mechanisms> = {},
): RecordingReport {
  const { recording, misfits, notModelled } = fittingStorage(recorded)
  const unknownSaw = { ...unknownSeen(recording), ...misfits }
  const generation = resolveGeneration(recording.kafka)
  if (!generation.ok) return notModelledReport(recording, generation.message, unknownSaw)
  if (notModelled !== null) return notModelledReport(recording, notModelled, unknownSaw)
  const unknown = unknownAction(recording)
  if (unknown !== null)
    return notModelledReport(recording, `the action "${unknown}" is not known in this form`, unknownSaw)
  const mechanisms = { ...generation.generation.mechanisms, ...flipped }
  let best = replayAt(recording, mechanisms, 0)
  const tries = Math.min(mostTries, Math.floor(MOST_EFFORT / Math.max(1, best.events)))
  for (let n = 1; n < tries && best.report.differences.length > 0; n++) {
    const tried = replayAt(recording, mechanisms, n)
    if (tried.report.differences.length < best.report.differences.length) best = tried
  }
  return { ...best.report, unknownSaw }
}

function replayAt(
  recording: StorageRecording,
  mechanisms: Mechanisms,
  n: number,
): { readonly report: RecordingReport; readonly events: number } {
  const phaseMs = PHASES_MS[n % PHASES_MS.length]!
  const { looks, requests, writes, ...planned } = storagePlan(recording, { phaseMs, seed: `conform/${n}` })
  const plan = { ...planned.plan, mechanisms }
  /** Log end and recovery point when a request was sent, by partition: what the one before it left. */
  const flushed: Record<string, (readonly [number, number])[]> = {}
  const noteFlushed = (world: World, partition: string): void => {
    const log = brokerState(world, 1)?.durable.logs[partition]
    flushed[partition] ??= []
    if (log !== undefined) flushed[partition].push([log.logEndOffset, log.recoveryPoint])
  }
  const to = new Comparison()
  const watch = new FileWatch(recording.brokers)
  const segments = new SegmentWatch(recording.brokers)
  const syncs = new SyncWatch()
  const contents = contentsSeen(recording)
  const contentsWatch = new ContentsWatch([...new Set(contents.map(({ partition }) => partition))], CLOCK_MS)
  let looked = 0
  let seenSteps = 0
  const look = (world: World, step: number): void => {
    const written = writes[step]
    if (written !== undefined) noteFlushed(world, written)
    const index = looks[step]
    const entry = index === undefined ? undefined : recording.entries[index]
    if (index === undefined || entry === undefined || isDoneEntry(entry)) return
    looked += 1
    const label = 'label' in entry && entry.label !== undefined ? entry.label : `${entry.saw} at ${entry.atMs} ms`
    compareStorage(
      entry,
      {
        label: 'partition' in entry ? `${entry.partition}: ${label}` : label,
        mechanisms,
        files: (broker) => filesOf(world, broker),
        settingsOf: (partition) => segmentSettingsOf(recording, partition),
        flushed: (partition, count) => {
          noteFlushed(world, partition)
          return flushed[partition]!.slice(-count)
        },
        written: (broker, file, sinceMs) => watch.written(broker, file, world.nowUs - (entry.atMs - sinceMs) * 1000),
        segments: (broker, partition, sinceMs) =>
          segments.since(broker, partition, world.nowUs - (entry.atMs - sinceMs) * 1000),
        synced: (broker, fromMs, toMs) => {
          const usOf = (ms: number): number => world.nowUs - (entry.atMs - ms) * 1000
          return syncs.calls(broker, usOf(fromMs), usOf(toMs))
        },
        syncTimesMs: (broker, call, fromMs) =>
          syncs.times(broker, call, world.nowUs - (entry.atMs - fromMs) * 1000).map((atUs) => atUs / 1000),
        atUs: world.nowUs,
        asked: (requests[index] ?? []).map((label) => world.ledger.requests[label]?.result ?? null),
        answers: answersBefore(world, recording, requests, index),
        topics: recording.entries.flatMap((each) =>
          isDoneEntry(each) && each.do === 'createTopics' ? each.topics : [],
        ),
        world,
      },
      to,
    )
  }
  const result = simulate(plan, {
    properties: [],
    digest: false,
    onEvent: (world, { facts }) => {
      watch.look(world)
      syncs.look(facts)
      segments.look(world)
      contentsWatch.look(world)
      if (world.firedSteps === seenSteps) return undefined
      for (let step = seenSteps; step < world.firedSteps; step++) look(world, step)
      seenSteps = world.firedSteps
      return undefined
    },
  })
  contentsWatch.compare(contents, to)
  const missed = result.notReached
  if (missed !== null) {
    const { id } = plan.steps[missed.step]!
    to.holds(`step ${id}`, 'reached', false, 'came true', missed.words)
  }
  const why = 'the order of timers and records comes out as recorded'
  const report: RecordingReport = {
    name: recording.name,
    kafka: recording.kafka,
    unknownSaw: {},
    pins: n === 0 ? [] : [{ stream: 'start-up in ms more, and seed', index: n, value: phaseMs, why }],
    status: to.differences.length === 0 ? 'agreed' : 'differing',
    differences: to.differences,
    compared: to.compared,
    notReached: Object.keys(looks).length - looked,
    notModelledReason: null,
  }
  return { report, events: result.events }
}

const contentsSeen = (recording: StorageRecording): (SeenContents & { readonly atMs: number })[] =>
  recording.entries.flatMap((entry) => (!isDoneEntry(entry) && entry.saw === 'segmentContents' ? [entry] : []))

/** Answers to the requests of the entries since the last look, in order. */
function answersBefore(
  world: World,
  recording: StorageRecording,
  requests: Readonly<Record<number, readonly string[]>>,
  index: number,
): Json[] {
  const labels: string[] = []
  for (let before = index - 1; before >= 0 && isDoneEntry(recording.entries[before]!); before--) {
    labels.unshift(...(requests[before] ?? []))
  }
  return labels.map((label) => world.ledger.requests[label]?.result ?? null)
}

function unknownSeen(recording: StorageRecording): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const entry of recording.entries) {
    if (isDoneEntry(entry) || COMPARED.includes(entry.saw)) continue
    if (['registered', 'stopped', 'sessionEnded', 'brokerEvents'].includes(entry.saw)) continue
    counts[entry.saw] = (counts[entry.saw] ?? 0) + 1
  }
  return counts
}
