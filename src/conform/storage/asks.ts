/** What the recorder asked of brokers to see what an entry tells. */
import type { RawRequest } from '../../kafka/operations.ts'
import { CLOCK_MS, FAR_PAST_MS, NO_TIMESTAMP, TOUCHED_MS } from './clock.ts'
import { isDoneEntry, type StorageRecording, type StorageSeen } from './recording.ts'

interface Ask {
  readonly broker: number
  readonly request: RawRequest
}

/** What entries tell that name the very requests of the recorder. */
function toldAsks(entry: StorageSeen): readonly Ask[] {
  const fetch = (partition: string, fromOffset: number): Ask => ({
    broker: 1,
    request: { request: 'fetch', partition, fromOffset, maxWaitMs: 100 },
  })
  switch (entry.saw) {
    case 'fetches':
      return entry.results.map(([fromOffset]) => fetch(entry.partition, fromOffset))
    case 'produceThenFetchFrom25':
      return entry.results.flatMap(([topic]): Ask[] => [
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

/** The broker that an entry is about: the first unless it says which. */
const brokerOf = (entry: StorageSeen): number => ('broker' in entry ? (entry.broker ?? 1) : 1)

/** What has to be asked of a broker to see what the entry tells. */
function requestsFor(entry: StorageSeen, recording: StorageRecording): readonly RawRequest[] {
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

/** What is asked before the files of an entry are looked at, in order. */
export const asksOf = (entry: StorageSeen, recording: StorageRecording): readonly Ask[] => [
  ...requestsFor(entry, recording).map((request) => ({ broker: brokerOf(entry), request })),
  ...toldAsks(entry),
]
