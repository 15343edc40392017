/** Recordings of the log on disk: what was done to one or two brokers, and what their files were then. */
import type { SettingValue } from '../../kafka/config.ts'
import type { SeenContents } from '../contents-watch.ts'
import { damageOfEntry } from './damage.ts'

interface At {
  readonly atMs: number
}

export type StorageDone = At &
  (
    | { readonly do: 'start' | 'stop' | 'crash'; readonly broker: number }
    | {
        readonly do: 'createTopic'
        readonly topic: string
        readonly assignment: Readonly<Record<string, readonly number[]>>
        readonly settings?: Readonly<Record<string, SettingValue>>
      }
    | {
        readonly do: 'produceMany'
        readonly broker: number
        readonly partition: string
        readonly requests: number
        readonly recordsPerRequest: number
        readonly valueBytes: number
        readonly timestampFirst?: number
        readonly timestampStep?: number
        /** In words: `now`, or `an hour before now, each 1 ms later`. */
        readonly timestamp?: string
        readonly everyMs?: number
        readonly acks?: number | 'all'
      }
    | {
        readonly do: 'produceTimestamps'
        readonly broker: number
        readonly partition: string
        readonly timestamps: readonly number[]
        readonly recordsPerRequest?: number
        readonly everyMs?: number
        readonly valueBytes: number
      }
    | {
        readonly do: 'produceKeyed'
        readonly broker: number
        readonly partition: string
        readonly records: readonly (readonly [string | null, string | null])[]
      }
    | { readonly do: 'touch'; readonly note: string }
    | {
        readonly do: 'produceLoop'
        readonly broker: number
        readonly partition: string
        readonly everyMs: number
        readonly records?: number
        readonly untilMs?: number
        readonly valueBytes?: number
      }
    | {
        readonly do: 'produce'
        readonly broker: number
        readonly partition: string
        readonly values: readonly string[]
      }
    | {
        readonly do: 'deleteRecords'
        readonly broker: number
        readonly partition: string
        readonly before: number
        readonly timeoutMs: number
      }
    | {
        readonly do: 'createTopics'
        readonly topics: readonly string[]
        readonly assignment: Readonly<Record<string, readonly number[]>>
        readonly settings?: Readonly<Record<string, SettingValue>>
      }
    | {
        readonly do: 'damage'
        readonly what: string
        readonly partition?: string
        readonly file?: string
        readonly segment?: number
        readonly atPosition?: number
        readonly inEntryOfOffset?: number
        readonly toBytes?: number
        readonly bytes?: number
        readonly entry?: readonly number[]
      }
    | { readonly do: 'repair'; readonly file: string }
    | {
        readonly do: 'fillDirectory'
        readonly broker: number
        readonly directory: string
        readonly bytesLeft: number
      }
    | { readonly do: 'freeDirectory'; readonly broker: number; readonly directory: string }
    | { readonly do: 'pause' | 'resume'; readonly broker: number }
    | { readonly do: 'deleteTopic'; readonly topic: string }
    | { readonly do: 'wait'; readonly ms: number | string }
  )

export interface SeenSegment {
  readonly base: number
  readonly bytes: number
  readonly first?: number
  readonly last?: number
  readonly batches?: number
  readonly index?: { readonly bytes: number; readonly entries: number }
  readonly timeindex?: { readonly bytes: number; readonly entries: number }
}

export interface SeenDirectory {
  readonly saw: 'directory'
  readonly label?: string
  readonly broker?: number
  readonly partition: string
  readonly files?: Readonly<Record<string, number>>
  readonly segments: readonly SeenSegment[]
  readonly epochCache?: readonly (readonly [number, number])[]
}

export interface SeenCheckpoints {
  readonly saw: 'checkpoints'
  readonly label?: string
  readonly broker: number
  readonly files: Readonly<Record<string, unknown>>
}

export interface SeenState {
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
  readonly version: number
}

/** What a broker tells clients about a partition. */
export interface SeenMetadata {
  readonly error: string
  readonly leader: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
}

/** A partition's directory after a start. */
export interface SeenRecovered {
  readonly earliest: number
  readonly logEndOffset: number
  readonly segments: readonly (readonly [number, number, number])[]
  readonly indexBytes: readonly number[]
  readonly timeindexBytes?: readonly number[]
  readonly other: readonly string[]
  readonly epochCache?: readonly (readonly [number, number])[]
}

export interface SeenRestart {
  readonly saw: 'restartResult'
  readonly file: string
  readonly damage: string
  readonly starts: boolean
  readonly exitCode: number | null
  /** null: it did not start. An error in place of an offset where the broker answered with one. */
  readonly listOffsets: { readonly earliest: number | string; readonly latest: number | string } | null
}

export type StorageSeen = At &
  (
    | SeenDirectory
    | SeenCheckpoints
    | {
        readonly saw: 'rolls'
        readonly partition: string
        readonly rolls: readonly {
          readonly newSegment: number
          readonly requestBaseOffset?: number
          readonly recordsInRequest?: number
          readonly oldSegmentBytes: number
          readonly newSegmentBytesAfterRequest?: number
        }[]
      }
    | {
        readonly saw: 'indexEntries'
        readonly partition: string
        readonly segment: number
        readonly index?: readonly (readonly [number, number])[]
        readonly timeindex?: readonly (readonly [number, number])[]
        readonly timesRelativeTo?: number
      }
    | {
        readonly saw: 'offsetsForTimes'
        readonly partition: string
        readonly requestVersion: number
        readonly timesRelativeTo?: number
        /** [asked, error, timestamp, offset]; what was asked may be told in words. */
        readonly answers: readonly (readonly [number | string, string, number | string, number])[]
      }
    | {
        readonly saw: 'offsetsBefore'
        readonly partition: string
        readonly maxOffsets: number
        readonly segments: readonly number[]
        readonly answers: readonly (readonly [number | string, string, readonly number[]])[]
      }
    | {
        readonly saw: 'produceResults'
        readonly partition: string
        readonly fields: readonly string[]
        readonly results: readonly (readonly (number | string)[])[]
      }
    | {
        readonly saw: 'recoveryPoints'
        readonly partition: string
        readonly points: readonly (readonly [number, number])[]
      }
    | {
        readonly saw: 'fileEvents'
        readonly broker: number
        /** [atMs, what, file, …]; the entries of the first time say how things stood then. */
        readonly events: readonly (readonly [number, string, string, ...unknown[]])[]
      }
    | {
        readonly saw: 'brokerEvents'
        readonly broker: number
        /** `atMs` null: the log line had no time. */
        readonly events: readonly { readonly atMs?: number | null; readonly event: string }[]
      }
    | { readonly saw: 'listOffsets'; readonly partition: string; readonly earliest: number; readonly latest?: number }
    | { readonly saw: 'deleteRecordsResult'; readonly error: string; readonly lowWatermark: number }
    | {
        readonly saw: 'logStart'
        readonly fields: readonly string[]
        readonly byBroker: Readonly<Record<string, readonly (string | number)[]>>
      }
    | {
        readonly saw: 'fetchResult'
        readonly broker: number
        readonly partition: string
        readonly fromOffset: number
        readonly error: string
        readonly values: readonly string[]
      }
    | SeenContents
    | {
        readonly saw: 'batchesSent'
        readonly partition?: string
        readonly fields: readonly string[]
        /** Rows of the fields; one row alone where all batches are told together. */
        readonly batches: readonly (readonly (number | string | null)[])[] | readonly number[]
      }
    | { readonly saw: 'produceResult'; readonly error: string; readonly baseOffset?: number }
    | { readonly saw: 'process'; readonly broker: number; readonly up: boolean; readonly exitCode?: number }
    | SeenRestart
    | {
        readonly saw: 'afterRecovery'
        readonly label?: string
        readonly partitions: Readonly<Record<string, SeenRecovered | 'like intact'>>
      }
    | {
        readonly saw: 'fetches'
        readonly partition: string
        readonly results: readonly (readonly [number, string, number, readonly number[]])[]
      }
    | {
        readonly saw: 'produceThenFetchFrom25'
        /** Topic, error and base offset of the produce, error, high watermark and offsets of the fetch. */
        readonly results: readonly (readonly [string, string, number, string, number, readonly number[]])[]
      }
    | {
        readonly saw: 'brokerEventsByPartition'
        readonly broker: number
        readonly label?: string
        readonly likeIntact: readonly string[]
        readonly events: Readonly<Record<string, readonly { readonly event: string; readonly base?: number }[]>>
      }
    | {
        readonly saw: 'logFile'
        readonly broker: number
        readonly partition: string
        readonly lastOffset: number
        readonly bytes: number
        readonly bytesAfterLastWholeBatch: number
      }
    | {
        readonly saw: 'state'
        readonly partition: string
        readonly leader: number
        readonly leaderEpoch: number
        readonly isr: readonly number[]
        readonly version: number
      }
    | {
        readonly saw: 'states'
        readonly label?: string
        readonly partitions: Readonly<Record<string, SeenState>>
      }
    | {
        readonly saw: 'stateChanges'
        /** [atMs, partition, leader, epoch, ISR, version], and what else was seen in the registry. */
        readonly changes: readonly (readonly unknown[])[]
      }
    | {
        readonly saw: 'logs'
        readonly partitions: Readonly<
          Record<string, { readonly offsetsBroker1: number; readonly offsetsBroker2: number }>
        >
      }
    | {
        readonly saw: 'metadata'
        readonly broker: number
        readonly topic: string
        readonly partitions: Readonly<Record<string, SeenMetadata>>
      }
    | { readonly saw: 'placement'; readonly broker: number; readonly directoryOf: Readonly<Record<string, string>> }
    | { readonly saw: 'checkpointFile'; readonly directory: string; readonly cleanShutdownFile: boolean }
    | {
        readonly saw: 'syncCalls'
        readonly broker: number
        readonly phases: readonly {
          readonly phase: string
          readonly fromMs: number
          readonly seconds: number
          readonly calls: Readonly<Record<string, number>>
        }[]
      }
    | {
        readonly saw: 'syncTimes'
        readonly broker?: number
        readonly partition: string
        /** [atMs, call, file], in time. */
        readonly calls: readonly (readonly [number, string, string])[]
      }
    | { readonly saw: 'registered'; readonly brokers: readonly number[] }
    | { readonly saw: 'stopped' | 'sessionEnded'; readonly broker: number }
  )

export type StorageEntry = StorageDone | StorageSeen

export interface StorageRecording {
  readonly name: string
  readonly kafka: string
  readonly brokers: number
  readonly settings: Readonly<Record<string, SettingValue>>
  readonly registry?: { readonly tickMs: number }
  /** Data directories by broker: `A (60 MB)`. */
  readonly layout?: Readonly<Record<string, readonly string[]>>
  readonly entries: readonly StorageEntry[]
}

/** What only recordings of the log on disk do or see. */
const OWN_WORDS = [
  'produceMany',
  'produceTimestamps',
  'produceKeyed',
  'deleteRecords',
  'damage',
  'fillDirectory',
  'directory',
  'checkpoints',
  'fileEvents',
]

const DONE = [
  'createTopics',
  'damage',
  'repair',
  'fillDirectory',
  'freeDirectory',
  'pause',
  'resume',
  'start',
  'stop',
  'crash',
  'createTopic',
  'produceMany',
  'produceTimestamps',
  'produceLoop',
  'produce',
  'deleteRecords',
  'touch',
  'produceKeyed',
  'deleteTopic',
  'wait',
]

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The words of a recording's entries: what was done and what was seen. */
function wordsOf(data: Readonly<Record<string, unknown>>, key: 'do' | 'saw'): string[] {
  const entries = Array.isArray(data.entries) ? data.entries : []
  return entries.flatMap((entry) => (isObject(entry) && typeof entry[key] === 'string' ? [entry[key]] : []))
}

export const isStorageRecording = (data: Readonly<Record<string, unknown>>): boolean =>
  [...wordsOf(data, 'do'), ...wordsOf(data, 'saw')].some((word) => OWN_WORDS.includes(word))

/** Times of records told in words. */
const TIMES = ['now', 'an hour before now, each 1 ms later']

/** The first action that is not simulated; null when all are. */
export function unknownAction(recording: StorageRecording): string | null {
  for (const entry of recording.entries as unknown as readonly Readonly<Record<string, unknown>>[]) {
    if (typeof entry.do !== 'string') continue
    if (!DONE.includes(entry.do)) return entry.do
    if (entry.do === 'damage' && damageOfEntry(entry as never, 1) === null) return entry.do
    if (typeof entry.timestamp === 'string' && !TIMES.includes(entry.timestamp)) return entry.do
  }
  return null
}

export const isDoneEntry = (entry: StorageEntry): entry is StorageDone => 'do' in entry
