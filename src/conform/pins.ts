/** Races that a recording has decided: pins choose among legal delays so that the same side wins. */
import type { BrokerId } from '../kafka/ids.ts'
import type { PinNote } from './check.ts'
import { isDone, isSeen, lastCutOff, registryEvents, registryPausedWithin } from './history.ts'
import type { Recording, RegistryEvent } from './recording.ts'
import { brokerIds } from './settings.ts'

/** A draw for who tries first, and one for who tries last. */
const FIRST = 0
const LAST = 0.99

/** The winner of each controller election by controller epoch: from the registry's log, else from snapshots. */
function electedControllers(recording: Recording): ReadonlyMap<number, BrokerId> {
  const winners = new Map<number, BrokerId>()
  for (const event of registryEvents(recording)) {
    if (event.controllerEpochSet === undefined || event.controllerEpochSet < 1) continue
    if (typeof event.by === 'number') winners.set(event.controllerEpochSet, event.by)
  }
  for (const entry of recording.entries) {
    if (!isSeen(entry) || entry.saw !== 'snapshot') continue
    const { broker, epoch } = entry.controller ?? {}
    if (typeof broker === 'number' && epoch !== undefined && !winners.has(epoch)) winners.set(epoch, broker)
  }
  return winners
}

/** The draws that make the recorded broker create `/controller` first. */
export function controllerPins(recording: Recording): PinNote[] {
  const notes: PinNote[] = []
  const winners = [...electedControllers(recording)].sort(([a], [b]) => a - b)
  for (const [epoch, winner] of winners) {
    for (const broker of brokerIds(recording)) {
      notes.push({
        stream: `controller.election/${epoch}/broker-${broker}`,
        index: 0,
        value: broker === winner ? FIRST : LAST,
        why: `broker ${winner} won the election of controller epoch ${epoch}`,
      })
    }
  }
  return notes
}

/** The registry's tick boundaries, as far as recorded session ends tell where they lie. */
export function tickPin(recording: Recording): PinNote[] {
  const tickMs = recording.registry?.tickMs ?? 0
  const ends = registryEvents(recording).filter((event) => event.sessionEnded !== undefined)
  const free = ends.filter((event) => isExpiry(recording, event) && !registryPausedWithin(recording, 0, event.atMs))
  const first = free[0]
  if (tickMs === 0 || first === undefined) return []
  // The log is written some milliseconds after the boundary.
  const phaseMs = Math.max(0, (first.atMs % tickMs) - AFTER_BOUNDARY_MS)
  const why = `sessions ended at ${first.atMs} ms, on a tick of ${tickMs} ms`
  return [{ stream: 'registry.tick-phase', index: 0, value: phaseMs / tickMs, why }]
}

const AFTER_BOUNDARY_MS = 3

const isExpiry = (recording: Recording, event: RegistryEvent): boolean =>
  event.sessionEnded !== undefined && lastCutOff(recording, event.sessionEnded, event.atMs) !== null

/**
 * The phase of the pings of each session that expired: the last one before the fault lies where the session's end says
 * it was heard.
 */
export function pingPins(recording: Recording, timeoutMs: (broker: BrokerId) => number): PinNote[] {
  const tickMs = recording.registry?.tickMs ?? 0
  const events = registryEvents(recording)
  const notes: PinNote[] = []
  const connections = new Map<BrokerId, number>()
  const connectedMs = new Map<BrokerId, number>()
  for (const event of events) {
    if (event.registered !== undefined) {
      connections.set(event.registered, (connections.get(event.registered) ?? 0) + 1)
      connectedMs.set(event.registered, event.atMs - CONNECTED_BEFORE_MS)
    }
    const broker = event.sessionEnded
    if (broker === undefined) continue
    const cut = lastCutOff(recording, broker, event.atMs)
    const sinceMs = connectedMs.get(broker)
    if (cut === null || sinceMs === undefined || registryPausedWithin(recording, sinceMs, event.atMs)) continue
    const intervalMs = Math.min(timeoutMs(broker) / 3, 10_000)
    const latestMs = Math.min(event.atMs - AFTER_BOUNDARY_MS - timeoutMs(broker), cut.entry.atMs)
    const earliestMs = Math.max(latestMs - tickMs, cut.entry.atMs - intervalMs)
    if (earliestMs >= latestMs) continue
    const pings = ((earliestMs + latestMs) / 2 - sinceMs) / intervalMs
    const after = pings - Math.floor(pings)
    notes.push({
      stream: `session.ping/broker-${broker}`,
      index: (connections.get(broker) ?? 1) - 1,
      value: Math.min(0.999, Math.max(0, Math.round((1 - after) * 1000) / 1000)),
      why: `the session of broker ${broker} ended ${event.atMs - cut.entry.atMs} ms after the ${cut.entry.do}`,
    })
  }
  return notes
}

/** A registration comes this long after its connection. */
const CONNECTED_BEFORE_MS = 3

/** Which sessions outlived a long stop of the registry: its threads race when it goes on. */
export function lateTouchPins(recording: Recording): PinNote[] {
  const events = registryEvents(recording)
  const notes: PinNote[] = []
  const draws = new Map<BrokerId, number>()
  let pausedMs: number | null = null
  for (const entry of recording.entries) {
    if (!isDone(entry)) continue
    if (entry.do === 'pauseRegistry') pausedMs = entry.atMs
    if (entry.do !== 'resumeRegistry' || pausedMs === null) continue
    const ended = events.filter(
      (event) => event.sessionEnded !== undefined && Math.abs(event.atMs - entry.atMs) < RACE_MS,
    )
    if (ended.length === 0) continue
    for (const broker of brokerIds(recording)) {
      const index = draws.get(broker) ?? 0
      const lost = ended.some((event) => event.sessionEnded === broker)
      for (let i = 0; i < LATE_TOUCHES; i++) {
        notes.push({
          stream: `registry.late-touch/broker-${broker}`,
          index: index + i,
          value: lost ? LAST : FIRST,
          why: `the session of broker ${broker} ${lost ? 'ended' : 'survived'} when the registry went on`,
        })
      }
      draws.set(broker, index + LATE_TOUCHES)
    }
  }
  return notes
}

const RACE_MS = 300
/** A few messages of each session may be queued. */
const LATE_TOUCHES = 6
