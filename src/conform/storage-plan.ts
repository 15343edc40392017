/** A recording of the log on disk as a plan: every request one step, and a look at the files wherever they were seen. */

import type { SettingValue } from '../kafka/config.ts'
import { resolveGeneration } from '../kafka/generation/table.ts'
import type { RawRequest } from '../kafka/operations.ts'
import type { KafkaRecord } from '../kafka/records.ts'
import { msToUs } from '../kernel/time.ts'
import { batchBytes } from '../log/record-size.ts'
import type { Action, Condition, Plan, PlanStep } from '../world/plan.ts'
import { answered, brokerTarget } from './conditions.ts'
import { allOf } from './moments.ts'
import { CLIENT_LATENCY_US, LATENCY_US, ROUND_TRIP_MS, SOCKET_TIMEOUT_MS } from './recorder.ts'
import type { Recording } from './recording.ts'
import { brokerIds, brokerSettings, sessionTimeoutMs } from './settings.ts'
import { damageAction, damageOfEntry } from './storage-damage.ts'
import type { SeenDirectory, StorageDone, StorageEntry, StorageRecording, StorageSeen } from './storage-recording.ts'

export interface StoragePlan {
  readonly plan: Plan
  /** By step: the entry whose files are looked at when it has fired. */
  readonly looks: Readonly<Record<number, number>>
  /** By entry that wrote: the labels of its requests, in order. */
  readonly requests: Readonly<Record<number, readonly string[]>>
  /** By step of a request: the partition that it writes to. */
  readonly writes: Readonly<Record<number, string>>
}

/** A request of the recording: the values and timestamps of its records. */
interface Request {
  readonly records: readonly KafkaRecord[]
  readonly afterMs: number
}

const NO_TIMESTAMP = -1

/**
 * What a broker's clock shows at the beginning of a recording, in ms: records of an hour before are then older than
 * any record without a time, and those of the past are older than the files.
 */
export const CLOCK_MS = 1_790_000_000_000

const HOUR_MS = 3_600_000

const recordOf = (valueBytes: number, timestampMs: number): KafkaRecord => ({
  id: '',
  key: null,
  value: 'v'.repeat(valueBytes),
  timestampMs,
})

/** The recorder padded values so that an entry with one takes so many bytes: as the first segment without a tombstone shows. */
function bytesOfRecord(recording: StorageRecording): number {
  for (const entry of recording.entries) {
    if (isDoneEntry(entry) || entry.saw !== 'segmentContents') continue
    for (const [, bytes, records] of entry.segments) {
      if (records.length > 0 && records.every(([, , value]) => value !== null)) return bytes / records.length
    }
  }
  return 0
}

/** A record whose entry takes `bytes`; a tombstone has nothing to pad. */
function padded(record: KafkaRecord, bytes: number, recording: StorageRecording): KafkaRecord {
  const resolved = resolveGeneration(recording.kafka)
  if (record.value === null || !resolved.ok) return record
  const format = resolved.generation.mechanisms.recordFormat
  let value = record.value
  const size = (): number =>
    batchBytes(
      { baseOffset: 0, leaderEpoch: format === 2 ? 0 : -1, records: [{ ...record, value }] },
      format === 0 ? 0 : 1,
    )
  value = value.padEnd(value.length + Math.max(0, bytes - size()))
  while (value.length > record.value.length && size() > bytes) value = value.slice(0, -1)
  return { ...record, value }
}

/** When the records of an entry were sent, in ms of the recording: told at the end of it, for all that were. */
function sentTimes(recording: StorageRecording, entry: StorageDone & { do: 'produceKeyed' }): readonly number[] {
  const told = recording.entries.find((each) => 'saw' in each && each.saw === 'batchesSent')
  const all =
    told !== undefined && 'batches' in told
      ? told.batches.flatMap((row) => (typeof row === 'number' ? [] : [Number(row[0])]))
      : []
  let before = 0
  for (const each of recording.entries) {
    if (each === entry) break
    if ('do' in each && each.do === 'produceKeyed') before += each.records.length
  }
  return all.slice(before, before + entry.records.length)
}

/** An entry lists all timestamps of its story; the directory seen next tells how many of them were sent. */
function sentOf(recording: StorageRecording, entry: StorageDone & { do: 'produceTimestamps' }): number {
  const seen = recording.entries
    .slice(recording.entries.indexOf(entry))
    .find((each) => 'saw' in each && each.saw === 'directory' && each.partition === entry.partition)
  const last = seen !== undefined && 'segments' in seen ? (seen as SeenDirectory).segments.at(-1)?.last : undefined
  return last === undefined ? entry.timestamps.length : last + 1
}

/** What the recorder sent for an entry; requests without time between them follow each other at once. */
function requestsOf(recording: StorageRecording, entry: StorageDone, nextMs: number): readonly Request[] {
  switch (entry.do) {
    case 'produceMany': {
      const { timestampFirst, timestampStep = 0, recordsPerRequest } = entry
      const spaced = Math.max(0, nextMs - entry.atMs) / (entry.requests + 1)
      return Array.from({ length: entry.requests }, (_, request) => ({
        afterMs: request === 0 ? 0 : (entry.everyMs ?? Math.min(1, spaced)),
        records: Array.from({ length: recordsPerRequest }, (_, index) =>
          recordOf(
            entry.valueBytes,
            timestampFirst === undefined
              ? timeInWords(entry.timestamp, entry.atMs, request * recordsPerRequest + index)
              : timestampFirst + (request * recordsPerRequest + index) * timestampStep,
          ),
        ),
      }))
    }
    case 'produceTimestamps': {
      const { recordsPerRequest = 1, valueBytes, everyMs = 0 } = entry
      const records = entry.timestamps.slice(0, sentOf(recording, entry)).map((time) => recordOf(valueBytes, time))
      return Array.from({ length: Math.ceil(records.length / recordsPerRequest) }, (_, n) => ({
        afterMs: n === 0 ? 0 : everyMs,
        records: records.slice(n * recordsPerRequest, (n + 1) * recordsPerRequest),
      }))
    }
    case 'produceKeyed': {
      const sent = sentTimes(recording, entry)
      const bytes = bytesOfRecord(recording)
      return entry.records.map(([key, value], n) => ({
        afterMs: n === 0 ? 0 : Math.max(0, (sent[n] ?? 0) - (sent[n - 1] ?? 0)),
        records: [padded({ id: '', key, value, timestampMs: CLOCK_MS + (sent[n] ?? entry.atMs) }, bytes, recording)],
      }))
    }
    case 'produceLoop': {
      const count = entry.records ?? Math.ceil(((entry.untilMs ?? entry.atMs) - entry.atMs) / entry.everyMs)
      const bytes = entry.valueBytes
      return Array.from({ length: count }, (_, index) => ({
        afterMs: index === 0 ? 0 : entry.everyMs,
        // Without a size the recorder sent short texts, as version 0, which has no timestamps.
        records: [
          bytes === undefined
            ? { id: '', key: null, value: loopValue(index), timestampMs: NO_TIMESTAMP }
            : recordOf(bytes, CLOCK_MS + entry.atMs + index * entry.everyMs),
        ],
      }))
    }
    case 'produce':
      return [
        {
          afterMs: 0,
          records: entry.values.map((value) => {
            const bytes = /^(\d+) bytes$/.exec(value)?.[1]
            if (bytes !== undefined) return recordOf(Number(bytes), CLOCK_MS + entry.atMs)
            return { id: '', key: null, value, timestampMs: NO_TIMESTAMP }
          }),
        },
      ]
    default:
      return []
  }
}

const timeInWords = (words: string | undefined, atMs: number, index: number): number =>
  words?.startsWith('an hour before now') === true ? CLOCK_MS + atMs - HOUR_MS + index : CLOCK_MS + atMs + index

const loopValue = (index: number): string => `w${String(index).padStart(2, '0')}`

export const isDoneEntry = (entry: StorageEntry): entry is StorageDone => 'do' in entry

class StepList {
  readonly steps: PlanStep[] = []
  #previousMs = 0

  /** A step at its recorded distance from the one before; `when` holds it back. */
  add(id: string, atMs: number, when: Condition | null, actions: readonly Action[]): number {
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
}

/** Between a watch of files and a record that was written while it lasted, in ms. */
const INTO_A_WATCH_MS = 300

/** A process whose registration was seen had opened its logs some time before: this share of the time. */
const LOGS_OPEN_AT = 0.8

/** From the opening of the logs to the first writing of their checkpoints. */
const FIRST_CHECKPOINT_MS = 30_000

/** When a file that the log manager writes by its timers was first written in a life; null when nobody watched. */
function firstCheckpointMs(life: readonly StorageEntry[], startMs: number): number | null {
  for (const entry of life) {
    if (isDoneEntry(entry) || entry.saw !== 'fileEvents') continue
    const watched = entry.events.find(
      ([atMs, what, file]) =>
        what === 'written' && file === 'log-start-offset-checkpoint' && atMs > startMs + FIRST_CHECKPOINT_MS,
    )
    if (watched !== undefined && watched[0] < startMs + 2 * FIRST_CHECKPOINT_MS) return watched[0]
  }
  return null
}

/** From a start to the opening of the logs, in ms: as the broker's own log has it, else by its registration. */
function startupMs(recording: StorageRecording, index: number): number {
  const start = recording.entries[index]!
  const rest = recording.entries.slice(index + 1)
  const next = rest.findIndex((entry) => isDoneEntry(entry) && entry.do === 'start')
  const life = next < 0 ? rest : rest.slice(0, next)
  for (const entry of life) {
    if (isDoneEntry(entry) || entry.saw !== 'brokerEvents') continue
    const opened = entry.events.find(({ event }) => event === 'logManagerStarted')
    if (typeof opened?.atMs === 'number') return opened.atMs - start.atMs
  }
  const checkpointed = firstCheckpointMs(life, start.atMs)
  if (checkpointed !== null) return checkpointed - FIRST_CHECKPOINT_MS - start.atMs
  const registered = life.find((entry) => !isDoneEntry(entry) && entry.saw === 'registered')
  return registered === undefined ? 1200 : LOGS_OPEN_AT * (registered.atMs - start.atMs)
}

/**
 * When an entry was done. What follows a watch of files was written down behind it, though the files show that it was
 * done in it: a record soon after the watch began, a batch as soon as the recovery points had been read.
 */
function doneAtMs(recording: StorageRecording, index: number): number {
  const entry = recording.entries[index]!
  const watch = recording.entries[index - 1]
  if (!isDoneEntry(entry) || watch === undefined || isDoneEntry(watch)) return entry.atMs
  if (entry.do === 'produceMany' && watch.saw === 'recoveryPoints') return watch.atMs
  if (entry.do !== 'produce' || watch.saw !== 'fileEvents') return entry.atMs
  return (recording.entries[index - 2]?.atMs ?? entry.atMs) + INTO_A_WATCH_MS
}

/** What a `saw` entry shows to have come true by then. */
function conditionOf(
  entry: StorageEntry,
  starts: Readonly<Record<number, number>>,
  justStarted: boolean,
): Condition | null {
  if (!('saw' in entry)) return null
  switch (entry.saw) {
    case 'registered':
      return allOf(
        entry.brokers.map((id) => ({
          when: 'fact',
          kind: 'registered',
          broker: brokerTarget(id),
          partition: null,
          since: 'start',
          count: starts[id] ?? 1,
        })),
      )
    case 'stopped':
      return { when: 'process', broker: brokerTarget(entry.broker), state: 'down' }
    case 'process':
      if (entry.up) return null
      return justStarted
        ? startEnded(entry.broker)
        : { when: 'process', broker: brokerTarget(entry.broker), state: 'down' }
    case 'sessionEnded':
      return { when: 'registered', broker: brokerTarget(entry.broker), registered: false }
    default:
      return null
  }
}

/** A start that failed: before the process ends it says why. */
const startEnded = (broker: number): Condition => ({
  when: 'all',
  of: [
    { when: 'process', broker: brokerTarget(broker), state: 'down' },
    {
      when: 'any',
      of: ['startFailed', 'logDirFailed'].map((kind) => ({
        when: 'fact',
        kind,
        broker: brokerTarget(broker),
        partition: null,
        since: 'previous',
        count: 1,
      })),
    },
  ],
})

/** Whether a start was seen to come as far as its registration. */
function comesUp(recording: StorageRecording, index: number): boolean {
  for (const entry of recording.entries.slice(index + 1)) {
    if (isDoneEntry(entry)) return true
    if (entry.saw === 'registered') return true
    if (entry.saw === 'process') return entry.up
  }
  return true
}

/** What is written as soon as a broker was seen registered waited for its roles. */
function isFirstWrite(recording: StorageRecording, index: number): boolean {
  const before = recording.entries[index - 1]
  return before !== undefined && !isDoneEntry(before) && before.saw === 'registered'
}

const leads = (broker: number, partition: string): Condition => ({
  when: 'believes',
  broker: brokerTarget(broker),
  partition,
  leader: null,
  leaderEpoch: null,
  isr: null,
  role: 'leader',
})

interface Probe {
  readonly broker: number
  readonly request: RawRequest
}

/** What the recorder asked for an entry that tells of answers. */
function probesOf(entry: StorageSeen): readonly Probe[] {
  const fetch = (partition: string, fromOffset: number): Probe => ({
    broker: 1,
    request: { request: 'fetch', partition, fromOffset, maxWaitMs: 100 },
  })
  switch (entry.saw) {
    case 'fetches':
      return entry.results.map(([fromOffset]) => fetch(entry.partition, fromOffset))
    case 'produceThenFetchFrom25':
      return entry.results.flatMap(([topic]): Probe[] => [
        {
          broker: 1,
          request: {
            request: 'produce',
            partition: `${topic}-0`,
            records: [{ id: '', key: null, value: 'after', timestampMs: NO_TIMESTAMP }],
            acks: 1,
            timeoutMs: 3000,
          },
        },
        fetch(`${topic}-0`, 25),
      ])
    case 'restartResult':
      return entry.listOffsets === null
        ? []
        : [-2, -1].map((timestamp) => ({
            broker: 1,
            request: { request: 'listOffsets', partition: 'intact-0', timestamp, version: 1 },
          }))
    default:
      return []
  }
}

/** The entries by the time when they were done or seen. */
const inOrder = (recording: StorageRecording): { entry: StorageEntry; index: number; atMs: number }[] =>
  recording.entries
    .map((entry, index) => ({ entry, index, atMs: doneAtMs(recording, index) }))
    .sort((a, b) => a.atMs - b.atMs || a.index - b.index)

function requestAction(
  broker: number,
  request: RawRequest,
  label: string,
  socketTimeoutMs: number = SOCKET_TIMEOUT_MS,
): Action {
  return { do: 'request', target: brokerTarget(broker), request, socketTimeoutUs: msToUs(socketTimeoutMs), label }
}

/** Times in words: long before and after everything, the moment of asking, and the sentinels. */
function askedTime(asked: number | string, entry: StorageSeen, recording: StorageRecording): number {
  const words: Readonly<Record<string, number>> = {
    past: FAR_PAST_MS,
    now: CLOCK_MS + entry.atMs + 1000,
    '-1': -1,
    '-2': -2,
    'client timestamp of the first': firstTimestamp(recording, entry),
  }
  return typeof asked === 'string' ? (words[asked] ?? Number(asked)) : asked
}

/** Before any file and any record. */
const FAR_PAST_MS = 1_000

function firstTimestamp(recording: StorageRecording, seen: StorageSeen): number {
  const partition = 'partition' in seen ? seen.partition : ''
  for (const entry of recording.entries) {
    if (!isDoneEntry(entry) || entry.do !== 'produceTimestamps' || entry.partition !== partition) continue
    return entry.timestamps[0] ?? 0
  }
  return 0
}

/** When the record at an offset was sent, in ms of the recording. */
function sentAtMs(recording: StorageRecording, partition: string, offset: number): number {
  for (const entry of recording.entries) {
    if (!isDoneEntry(entry) || entry.do !== 'produceTimestamps' || entry.partition !== partition) continue
    return entry.atMs + offset * (entry.everyMs ?? 0)
  }
  return 0
}

const brokerOf = (entry: StorageSeen): number => ('broker' in entry ? (entry.broker ?? 1) : 1)

/** What was asked of a broker to see what the entry says. */
function asksOf(entry: StorageSeen, recording: StorageRecording): readonly RawRequest[] {
  switch (entry.saw) {
    case 'fetchResult':
      return [{ request: 'fetch', partition: entry.partition, fromOffset: entry.fromOffset, maxWaitMs: 0 }]
    case 'metadata':
      return [{ request: 'metadata', topics: [entry.topic], version: 0 }]
    case 'offsetsForTimes': {
      const { partition, requestVersion: version, timesRelativeTo } = entry
      return entry.answers.map(([asked]): RawRequest => {
        const relative = timesRelativeTo !== undefined && typeof asked === 'number'
        // Without a time to count from, a number names a record, and two ms before it was sent were asked for.
        const byRecord = timesRelativeTo === undefined && typeof asked === 'number'
        const timestamp = relative
          ? timesRelativeTo + asked
          : byRecord
            ? CLOCK_MS + sentAtMs(recording, partition, asked) - 2
            : askedTime(asked, entry, recording)
        return { request: 'listOffsets', partition, timestamp, version }
      })
    }
    case 'offsetsBefore':
      return entry.answers.map(([asked]): RawRequest => {
        const timestamp = typeof asked === 'number' ? TOUCHED_MS + asked : askedTime(asked, entry, recording)
        return {
          request: 'listOffsets',
          partition: entry.partition,
          timestamp,
          version: 0,
          maxOffsets: entry.maxOffsets,
        }
      })
    default:
      return []
  }
}

/** The time that the recorder gave the file of the first segment; the others are a second apart. */
const TOUCHED_MS = 1_700_000_000_000

/** Which files were touched is told by the question that follows. */
function touchAction(recording: StorageRecording, index: number): readonly Action[] {
  const asked = recording.entries.slice(index).find((entry) => !isDoneEntry(entry) && entry.saw === 'offsetsBefore')
  if (asked === undefined || isDoneEntry(asked) || asked.saw !== 'offsetsBefore') return []
  const modifiedMs = Object.fromEntries(asked.segments.map((base, n) => [base, TOUCHED_MS + n * 1000]))
  return [{ do: 'touchFiles', target: brokerTarget(1), partition: asked.partition, modifiedMs }]
}

/** The partitions that an entry writes to: "each" is every topic that was created together. */
function partitionsOf(recording: StorageRecording, entry: StorageDone): readonly string[] {
  if (!('partition' in entry) || entry.partition === undefined) return ['']
  if (entry.partition !== 'each') return [entry.partition]
  return recording.entries.flatMap((each) =>
    isDoneEntry(each) && each.do === 'createTopics' ? each.topics.map((topic) => `${topic}-0`) : [],
  )
}

/** How long each answer took, where that was written down: requests go out so that they are answered then. */
function timesTaken(next: StorageEntry | undefined): readonly number[] | null {
  if (next === undefined || isDoneEntry(next) || next.saw !== 'produceResults') return null
  const at = next.fields.indexOf('tookMs')
  return at < 0 ? null : next.results.map((result) => Number(result[at]))
}

interface Moment {
  readonly entry: StorageEntry
  readonly index: number
  readonly atMs: number
  /** One of the requests that the entry made; null: it made none. */
  readonly request: (Request & { readonly partition: string }) | null
}

/** Every look and every request by its time: a loop of requests goes on while other things are done. */
function moments(recording: StorageRecording): Moment[] {
  const all = inOrder(recording).flatMap(({ entry, index, atMs }): Moment[] => {
    if (!isDoneEntry(entry)) return [{ entry, index, atMs, request: null }]
    const next = recording.entries[index + 1]
    const sent = requestsOf(recording, entry, next?.atMs ?? atMs)
    if (sent.length === 0) return [{ entry, index, atMs, request: null }]
    let timeMs = atMs
    const took = timesTaken(next)
    // Times taken are rounded, so that together they may reach past the look at the answers.
    const latestMs = took === null ? Number.POSITIVE_INFINITY : (next?.atMs ?? atMs)
    return partitionsOf(recording, entry).flatMap((partition) =>
      sent.map((request, n) => {
        timeMs +=
          took === null ? request.afterMs : (took[n] ?? 0) - (n === 0 ? Math.min(took[0] ?? 0, ROUND_TRIP_MS) : 0)
        return { entry, index, atMs: Math.min(timeMs, latestMs), request: { ...request, partition } }
      }),
    )
  })
  return all
    .map((moment, order) => ({ moment, order }))
    .sort((a, b) => a.moment.atMs - b.moment.atMs || a.order - b.order)
    .map(({ moment }) => moment)
}

export interface StorageChance {
  /** How much later than estimated a process opens its logs, and with it the phase of its timers. */
  readonly phaseMs: number
  readonly seed: string
}

export function storagePlan(recording: StorageRecording, { phaseMs, seed }: StorageChance): StoragePlan {
  const common = recording as unknown as Recording
  const resolved = resolveGeneration(recording.kafka)
  if (!resolved.ok) throw new RangeError(resolved.message)
  const { generation } = resolved
  const list = new StepList()
  const looks: Record<number, number> = {}
  const requests: Record<number, string[]> = {}
  const writes: Record<number, string> = {}
  const starts: Record<number, number> = {}
  let pending: Condition | null = null
  for (const { entry, index, atMs, request } of moments(recording)) {
    const id = `e${index}`
    if (!isDoneEntry(entry)) {
      const asked = [
        ...asksOf(entry, recording).map((request) => ({ broker: brokerOf(entry), request })),
        ...probesOf(entry),
      ]
      asked.forEach((probe, n) => {
        const label = `${id}/${n}`
        requests[index] ??= []
        requests[index].push(label)
        list.add(label, atMs, pending, [requestAction(probe.broker, probe.request, label)])
        pending = answered(label)
      })
      const before = recording.entries[index - 1]
      const justStarted = before !== undefined && isDoneEntry(before) && before.do === 'start'
      const own = conditionOf(entry, starts, justStarted)
      const all = [pending, own].flatMap((each) => (each === null ? [] : [each]))
      looks[list.add(id, atMs, allOf(all), [])] = index
      pending = null
      continue
    }
    if (entry.do === 'touch') {
      list.add(id, atMs, pending, touchAction(recording, index))
      pending = null
      continue
    }
    if (entry.do === 'deleteRecords') {
      const { partition, before, timeoutMs } = entry
      const request: RawRequest = { request: 'deleteRecords', partition, before, timeoutMs }
      list.add(id, atMs, pending, [requestAction(entry.broker, request, id, timeoutMs + SOCKET_TIMEOUT_MS)])
      requests[index] = [id]
      pending = answered(id)
      continue
    }
    if (request === null) {
      if (entry.do === 'start' && comesUp(recording, index)) starts[entry.broker] = (starts[entry.broker] ?? 0) + 1
      list.add(id, atMs, pending, actionsOf(recording, entry, startupMs(recording, index) + phaseMs))
      pending = null
      continue
    }
    const { partition } = request
    const broker = 'broker' in entry ? entry.broker : 1
    const acks = 'acks' in entry && (entry.acks === 'all' || entry.acks === -1) ? -1 : 1
    requests[index] ??= []
    const label = `${id}/${requests[index].length}`
    const produce: RawRequest = { request: 'produce', partition, records: request.records, acks, timeoutMs: 3000 }
    const first = requests[index].length === 0 && isFirstWrite(recording, index)
    const ready = first ? leads(broker, partition) : null
    const when = allOf([pending, ready].flatMap((each) => (each === null ? [] : [each])))
    const step = list.add(label, atMs, when, [requestAction(broker, produce, label)])
    writes[step] = partition
    pending = answered(label)
    requests[index].push(label)
  }
  const settings = (id: number) => ({ ...brokerSettings(common, id), ...logDirs(recording, id) })
  const plan: Plan = {
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
    steps: list.steps,
    runUs: msToUs((recording.entries.at(-1)?.atMs ?? 0) + 3_600_000),
    settleUs: 0,
    endsWithSteps: true,
    healAtEnd: false,
    expect: { holds: [], violated: [], may: [], counts: {} },
    pins: {},
    limits: { events: 20_000_000, records: 5_000_000 },
  }
  return { plan, looks, requests, writes }
}

/** The log directories of a broker, `{ "broker 1": ["A (60 MB)", "N"] }`; the recorder wrote them down where there are several. */
function logDirs(recording: StorageRecording, broker: number): { readonly 'log.dirs'?: string } {
  const dirs = recording.layout?.[`broker ${broker}`] ?? []
  return dirs.length > 1 ? { 'log.dirs': dirs.map((each) => each.split(' ')[0]).join(',') } : {}
}

const createTopic = (
  topic: string,
  assignment: Readonly<Record<string, readonly number[]>>,
  settings: Readonly<Record<string, SettingValue>> = {},
): Action => ({
  do: 'admin',
  request: {
    admin: 'createTopic',
    topic,
    partitions: Object.keys(assignment).length,
    replicationFactor: assignment['0']?.length ?? 1,
    assignment,
    settings: Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)])),
    unchecked: true,
  },
})

/** What a record of the recorder takes in the files of that version, as its directory was seen. */
function entryBytes(recording: StorageRecording): number {
  for (const entry of recording.entries) {
    if (isDoneEntry(entry) || entry.saw !== 'directory') continue
    const { bytes = 0, batches = 0 } = entry.segments[0] ?? {}
    if (batches > 0) return bytes / batches
  }
  return 0
}

function actionsOf(recording: StorageRecording, entry: StorageDone, startMs: number): readonly Action[] {
  switch (entry.do) {
    case 'damage': {
      const damage = damageOfEntry(entry, entryBytes(recording))
      return damage === null ? [] : [damageAction(damage)]
    }
    case 'repair':
      return [damageAction({ what: 'repair' })]
    case 'fillDirectory':
    case 'freeDirectory':
      return [
        {
          do: 'disk',
          target: brokerTarget(entry.broker),
          directory: entry.directory,
          change: { bytesLeft: entry.do === 'fillDirectory' ? entry.bytesLeft : null },
        },
      ]
    case 'pause':
      return [{ do: 'pause', target: brokerTarget(entry.broker), forUs: null }]
    case 'resume':
      return [{ do: 'resume', target: brokerTarget(entry.broker) }]
    case 'createTopics':
      return entry.topics.map((topic) => createTopic(topic, entry.assignment, entry.settings))
    case 'start':
      return [{ do: 'start', target: brokerTarget(entry.broker), startupUs: msToUs(Math.round(startMs)) }]
    case 'stop':
    case 'crash':
      return [{ do: entry.do, target: brokerTarget(entry.broker) }]
    case 'createTopic':
      return [createTopic(entry.topic, entry.assignment, entry.settings)]
    case 'deleteTopic':
      return [{ do: 'admin', request: { admin: 'deleteTopic', topic: entry.topic } }]
    default:
      return []
  }
}
