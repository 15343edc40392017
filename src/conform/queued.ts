/** Requests that waited in the sockets of a stopped broker: in which order it reads them when it goes on is chance. */
import type { BrokerId } from '../kafka/ids.ts'
import type { PinNote } from './check.ts'
import { isDone, isPaused, isSeen, produceResults } from './history.ts'
import type { Done, Recording, Seen } from './recording.ts'

/** Pins of the recorder's own: when, between being sent and being answered, a request was handled: 0 at once, 1 late. */
export const RECORDER_STREAM = 'recorder.request/'

/** A request that must be handled later than it was sent, and when. */
interface QueuedRequest {
  /** Of its `produce` entry. */
  readonly index: number
  readonly atMs: number
  readonly note: PinNote
}

interface Waiting {
  readonly index: number
  readonly entry: Done<'produce'>
  readonly baseOffset: number
}

/** Between two requests read one after another, in ms. */
const READ_MS = 2
/** Between two that are queued while nobody reads. */
const QUEUED_MS = 0.1

/** The requests that were read in another order than they were sent, as the offsets of their records tell. */
export function queuedRequests(recording: Recording): QueuedRequest[] {
  return recording.entries.flatMap((entry) =>
    isDone(entry) && entry.do === 'resume' ? readAfter(recording, entry.broker, entry.atMs) : [],
  )
}

function readAfter(recording: Recording, broker: BrokerId, resumeMs: number): QueuedRequest[] {
  const waiting = waitingFor(recording, broker, resumeMs).sort((a, b) => a.baseOffset - b.baseOffset)
  const logEnd = logEndBefore(recording, broker, resumeMs)
  const loop = loopFrom(recording, broker, resumeMs)
  const moved: QueuedRequest[] = []
  let next = logEnd ?? waiting[0]?.baseOffset ?? 0
  let atMs = resumeMs - READ_MS
  let sentBefore = 0
  for (const { index, entry, baseOffset } of waiting) {
    const others = baseOffset - next
    next = baseOffset + entry.values.length
    // Records in between are those of a loop that began meanwhile.
    if (others > 0) atMs = Math.max(atMs, resumeMs, (loop?.fromMs ?? 0) + (others - 1) * (loop?.everyMs ?? 0)) + READ_MS
    else atMs += QUEUED_MS
    const isLate = others > 0 || moved.length > 0 || entry.atMs < sentBefore
    sentBefore = Math.max(sentBefore, entry.atMs)
    if (isLate) moved.push({ index, atMs, note: noteOf(index, broker) })
  }
  return moved
}

const noteOf = (index: number, broker: BrokerId): PinNote => ({
  stream: `${RECORDER_STREAM}e${index}`,
  index: 0,
  value: 1,
  why: `broker ${broker} read what waited in its sockets in this order when it went on`,
})

function waitingFor(recording: Recording, broker: BrokerId, resumeMs: number): Waiting[] {
  const waiting: Waiting[] = []
  for (const [index, resultIndex] of produceResults(recording)) {
    const entry = recording.entries[index] as Done<'produce'>
    const result = recording.entries[resultIndex] as Seen<'produceResult'>
    if (entry.broker !== broker || entry.atMs > resumeMs || result.atMs < resumeMs) continue
    if (!isPaused(recording, broker, entry.atMs) || result.baseOffset === null || result.baseOffset < 0) continue
    waiting.push({ index, entry, baseOffset: result.baseOffset })
  }
  return waiting
}

/** Where the log of a broker's only partition ended when it was last looked at; null when it never was. */
function logEndBefore(recording: Recording, broker: BrokerId, beforeMs: number): number | null {
  let end: number | null = null
  for (const entry of recording.entries) {
    if (!isSeen(entry) || entry.saw !== 'snapshot' || entry.atMs > beforeMs) continue
    const partitions = Object.values(entry.partitions)
    if (partitions.length === 1) end = partitions[0]?.replicas[broker]?.logEndOffset ?? end
  }
  return end
}

/** The loop of requests to a broker that began when it went on. */
function loopFrom(
  recording: Recording,
  broker: BrokerId,
  resumeMs: number,
): { fromMs: number; everyMs: number } | null {
  for (const entry of recording.entries) {
    if (!isDone(entry) || entry.do !== 'produceRepeatedly' || entry.broker !== broker) continue
    const runs = recording.entries.find(
      (each): each is Seen<'produceRuns'> => isSeen(each) && each.saw === 'produceRuns' && each.label === entry.label,
    )
    const fromMs = runs?.runs[0]?.fromMs ?? entry.atMs
    if (fromMs >= resumeMs) return { fromMs, everyMs: entry.everyMs + READ_MS }
  }
  return null
}
