/** What is looked at while a recording of the log on disk is replayed, and compared with what was seen then. */
import type { SettingValue } from '../../kafka/config.ts'
import { topicSetting } from '../../kafka/config.ts'
import type { Mechanisms } from '../../kafka/generation/mechanisms.ts'
import type { Json } from '../../kernel/json.ts'
import type { SegmentSettings } from '../../log/segment.ts'
import type { StepReport } from '../../world/context.ts'
import type { World } from '../../world/world.ts'
import { brokerState } from '../../world/world.ts'
import { Comparison } from '../comparison.ts'
import { ContentsWatch, type SeenContents } from '../contents-watch.ts'
import type { Recording } from '../recording.ts'
import { SegmentWatch } from '../segment-watch.ts'
import { brokerSettings } from '../settings.ts'
import { SyncWatch } from '../sync-watch.ts'
import { CLOCK_MS } from './clock.ts'
import { type BrokerFiles, compareStorage, type StoragePoint } from './compare.ts'
import { FileWatch } from './file-watch.ts'
import type { StoragePlan } from './plan.ts'
import { isDoneEntry, type StorageRecording, type StorageSeen } from './recording.ts'

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

/** Watches one replay event by event, and looks wherever the recorder did. */
export class StorageLooks {
  readonly to = new Comparison()
  /** Entries that were looked at so far. */
  looked = 0
  readonly #recording: StorageRecording
  readonly #mechanisms: Mechanisms
  readonly #planned: StoragePlan
  readonly #files: FileWatch
  readonly #segments: SegmentWatch
  readonly #syncs = new SyncWatch()
  readonly #contents: ContentsWatch
  readonly #contentsSeen: ReturnType<typeof contentsSeen>
  /** Log end and recovery point when a request was sent, by partition: what the one before it left. */
  readonly #flushed: Record<string, (readonly [number, number])[]> = {}
  #seenSteps = 0

  constructor(recording: StorageRecording, mechanisms: Mechanisms, planned: StoragePlan) {
    this.#recording = recording
    this.#mechanisms = mechanisms
    this.#planned = planned
    this.#files = new FileWatch(recording.brokers)
    this.#segments = new SegmentWatch(recording.brokers)
    this.#contentsSeen = contentsSeen(recording)
    this.#contents = new ContentsWatch([...new Set(this.#contentsSeen.map(({ partition }) => partition))], CLOCK_MS)
  }

  afterEvent(world: World, { facts }: StepReport): void {
    this.#files.look(world)
    this.#syncs.look(facts)
    this.#segments.look(world)
    this.#contents.look(world)
    for (; this.#seenSteps < world.firedSteps; this.#seenSteps++) this.#afterStep(world, this.#seenSteps)
  }

  /** What could only be compared when all was seen. */
  atEnd(): void {
    this.#contents.compare(this.#contentsSeen, this.to)
  }

  #afterStep(world: World, step: number): void {
    const { looks, writes } = this.#planned
    const written = writes[step]
    if (written !== undefined) this.#noteFlushed(world, written)
    const index = looks[step]
    const entry = index === undefined ? undefined : this.#recording.entries[index]
    if (index === undefined || entry === undefined || isDoneEntry(entry)) return
    this.looked += 1
    compareStorage(entry, this.#pointOf(world, entry, index), this.to)
  }

  #noteFlushed(world: World, partition: string): void {
    const log = brokerState(world, 1)?.durable.logs[partition]
    this.#flushed[partition] ??= []
    if (log !== undefined) this.#flushed[partition].push([log.logEndOffset, log.recoveryPoint])
  }

  /** What the world shows at the moment of an entry; times of the recording are counted back from there. */
  #pointOf(world: World, entry: StorageSeen, index: number): StoragePoint {
    const recording = this.#recording
    const { requests } = this.#planned
    const usOf = (ms: number): number => world.nowUs - (entry.atMs - ms) * 1000
    const label = 'label' in entry && entry.label !== undefined ? entry.label : `${entry.saw} at ${entry.atMs} ms`
    return {
      label: 'partition' in entry ? `${entry.partition}: ${label}` : label,
      mechanisms: this.#mechanisms,
      files: (broker) => filesOf(world, broker),
      settingsOf: (partition) => segmentSettingsOf(recording, partition),
      flushed: (partition, count) => {
        this.#noteFlushed(world, partition)
        return this.#flushed[partition]!.slice(-count)
      },
      written: (broker, file, sinceMs) => this.#files.written(broker, file, usOf(sinceMs)),
      segments: (broker, partition, sinceMs) => this.#segments.since(broker, partition, usOf(sinceMs)),
      synced: (broker, fromMs, toMs) => this.#syncs.calls(broker, usOf(fromMs), usOf(toMs)),
      syncTimesMs: (broker, call, fromMs) => this.#syncs.times(broker, call, usOf(fromMs)).map((atUs) => atUs / 1000),
      atUs: world.nowUs,
      asked: (requests[index] ?? []).map((label) => world.ledger.requests[label]?.result ?? null),
      answers: answersBefore(world, recording, requests, index),
      topics: recording.entries.flatMap((each) => (isDoneEntry(each) && each.do === 'createTopics' ? each.topics : [])),
      world,
    }
  }
}
