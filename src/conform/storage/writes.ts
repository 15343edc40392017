/** What the recorder wrote for an entry, request by request. */
import { resolveGeneration } from '../../kafka/generation/table.ts'
import type { KafkaRecord } from '../../kafka/records.ts'
import { batchBytes } from '../../log/record-size.ts'
import { CLOCK_MS, HOUR_MS, NO_TIMESTAMP } from './clock.ts'
import { isDoneEntry, type SeenDirectory, type StorageDone, type StorageRecording } from './recording.ts'

/** A request of the recording: the values and timestamps of its records. */
export interface Request {
  readonly records: readonly KafkaRecord[]
  readonly afterMs: number
}

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
export function requestsOf(recording: StorageRecording, entry: StorageDone, nextMs: number): readonly Request[] {
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

/** The partitions that an entry writes to: "each" is every topic that was created together. */
export function partitionsOf(recording: StorageRecording, entry: StorageDone): readonly string[] {
  if (!('partition' in entry) || entry.partition === undefined) return ['']
  if (entry.partition !== 'each') return [entry.partition]
  return recording.entries.flatMap((each) =>
    isDoneEntry(each) && each.do === 'createTopics' ? each.topics.map((topic) => `${topic}-0`) : [],
  )
}
