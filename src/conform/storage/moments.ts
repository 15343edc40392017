/** A recording of the log on disk in the order of time: what was done, seen and sent, and when. */
import { ROUND_TRIP_MS } from '../recorder.ts'
import { isDoneEntry, type StorageEntry, type StorageRecording } from './recording.ts'
import { partitionsOf, type Request, requestsOf } from './writes.ts'

/** Between a watch of files and a record that was written while it lasted, in ms. */
const INTO_A_WATCH_MS = 300

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

/** The entries by the time when they were done or seen. */
const inOrder = (recording: StorageRecording): { entry: StorageEntry; index: number; atMs: number }[] =>
  recording.entries
    .map((entry, index) => ({ entry, index, atMs: doneAtMs(recording, index) }))
    .sort((a, b) => a.atMs - b.atMs || a.index - b.index)

/** How long each answer took, where that was written down: requests go out so that they are answered then. */
function timesTaken(next: StorageEntry | undefined): readonly number[] | null {
  if (next === undefined || isDoneEntry(next) || next.saw !== 'produceResults') return null
  const at = next.fields.indexOf('tookMs')
  return at < 0 ? null : next.results.map((result) => Number(result[at]))
}

export interface Moment {
  readonly entry: StorageEntry
  readonly index: number
  readonly atMs: number
  /** One of the requests that the entry made; null: it made none. */
  readonly request: (Request & { readonly partition: string }) | null
}

/** Every look and every request by its time: a loop of requests goes on while other things are done. */
export function moments(recording: StorageRecording): Moment[] {
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
