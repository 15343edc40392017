/** How long a process of a recording took from its start to its first message to the registry. */
import type { BrokerId } from '../kafka/ids.ts'
import { isDone, isSeen, registryEvents } from './history.ts'
import type { Done, Recording } from './recording.ts'

/** From a simulated process's first message to its registration: a handshake, a session and a few requests. */
const REGISTERING_MS = 6

/** A process that was only looked at later had registered some time before. */
const BEFORE_A_LOOK = 0.8

/** Where no start of a recording shows it. */
const USUAL_MS = 1200

interface Start {
  readonly index: number
  readonly broker: BrokerId
  /** null: a conflict or an exit followed, or nothing was seen. */
  readonly tookMs: number | null
  /** It was seen registered by then. */
  readonly atMostMs: number
}

const ends = (entry: Recording['entries'][number], broker: BrokerId): boolean =>
  isDone(entry) &&
  (entry.do === 'start' || entry.do === 'crash' || entry.do === 'powerLoss') &&
  'broker' in entry &&
  entry.broker === broker

/** Whether the registration of the broker's former life was certainly gone when it was started again. */
function conflicts(recording: Recording, start: Done<'start'>, index: number, timeoutMs: number): boolean {
  let killed: number | null = null
  for (const entry of recording.entries.slice(0, index)) {
    if (!isDone(entry) || !('broker' in entry) || entry.broker !== start.broker) continue
    if (entry.do === 'crash' || entry.do === 'powerLoss') killed = entry.atMs
    if (entry.do === 'stop' || entry.do === 'start') killed = null
  }
  if (killed === null) return false
  const since = killed
  const logged = registryEvents(recording).filter((event) => event.sessionEnded === start.broker && event.atMs >= since)
  if (logged.length > 0) return logged[0]!.atMs > start.atMs
  return start.atMs - since < timeoutMs / 2
}

function startsOf(recording: Recording, timeoutMs: (broker: BrokerId) => number): Start[] {
  const events = registryEvents(recording)
  const starts: Start[] = []
  recording.entries.forEach((entry, index) => {
    if (!isDone(entry) || entry.do !== 'start') return
    const { broker, atMs } = entry
    const rest = recording.entries.slice(index + 1)
    const over = rest.findIndex((each) => ends(each, broker))
    const life = over === -1 ? rest : rest.slice(0, over)
    const untilMs = over === -1 ? Number.POSITIVE_INFINITY : rest[over]!.atMs
    const failed =
      life.some((each) => isSeen(each) && each.saw === 'processExited' && each.broker === broker) ||
      conflicts(recording, entry, index, timeoutMs(broker))
    const exact = events.find((event) => event.registered === broker && event.atMs >= atMs && event.atMs <= untilMs)
    const polled = life.find((each) => isSeen(each) && each.saw === 'registered' && each.brokers.includes(broker))
    const registeredMs = exact?.atMs ?? polled?.atMs ?? null
    const looked = life.find(
      (each) => isSeen(each) && each.saw === 'process' && each.broker === broker && each.registered,
    )
    starts.push({
      index,
      broker,
      tookMs: failed || registeredMs === null ? null : registeredMs - atMs,
      atMostMs: looked === undefined ? Number.POSITIVE_INFINITY : (looked.atMs - atMs) * BEFORE_A_LOOK,
    })
  })
  return starts
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? USUAL_MS
}

/** Start-up times in ms by the index of the `start` entry. */
export function startupTimes(
  recording: Recording,
  timeoutMs: (broker: BrokerId) => number,
): ReadonlyMap<number, number> {
  const starts = startsOf(recording, timeoutMs)
  const usual = median(starts.flatMap((start) => (start.tookMs === null ? [] : [start.tookMs])))
  return new Map(
    starts.map((start) => [
      start.index,
      Math.max(1, (start.tookMs ?? Math.min(usual, start.atMostMs)) - REGISTERING_MS),
    ]),
  )
}
