/** The intervals in which things must happen, by the rules of the brokers, and what follows from them. */
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import type { BrokerId } from '../kafka/ids.ts'
import type { Check, FileRule } from './check.ts'
import { isDone, isSeen, lastCutOff, registryEvents, registryPausedWithin } from './history.ts'
import type { Recording, RegistryEvent } from './recording.ts'
import { brokerIds, brokerSettings, checkpointIntervalMs, fetchWaitMs, lagLimitMs } from './settings.ts'

/** How much every interval is widened: what the recorder and the machine added. */
export const WIDENED_MS = 300

/** A session ends at the first tick at which its timeout has passed since it was last heard of. */
export function sessionEndChecks(recording: Recording, timeoutMs: (broker: BrokerId) => number): Check[] {
  const tickMs = recording.registry?.tickMs ?? 0
  const checks: Check[] = []
  for (const event of registryEvents(recording)) {
    const broker = event.sessionEnded
    if (broker === undefined) continue
    const cut = lastCutOff(recording, broker, event.atMs)
    if (cut === null || registryPausedWithin(recording, cut.entry.atMs, event.atMs)) continue
    const timeout = timeoutMs(broker)
    checks.push({
      kind: 'sessionEnd',
      label: `session of broker ${broker} at ${event.atMs} ms`,
      atMs: event.atMs,
      step: `e${cut.index}`,
      cause: `e${cut.index}`,
      broker,
      // An idle client pings every third of its timeout, at least every 10 s.
      legalMs: [timeout - Math.min(timeout / 3, 10_000), timeout + tickMs],
    })
  }
  return checks
}

/** A follower that was stopped leaves the ISR at the first check after its lag limit. */
export function isrShrinkChecks(recording: Recording, mechanisms: Mechanisms): Check[] {
  const checks: Check[] = []
  const states = new Map<string, RegistryEvent>()
  for (const event of registryEvents(recording)) {
    if (event.state === undefined || event.isr === undefined || event.version === undefined) continue
    const before = states.get(event.state)
    states.set(event.state, event)
    const removed = before?.isr?.filter((id) => !event.isr?.includes(id)) ?? []
    if (removed.length !== 1 || event.leader === undefined) continue
    // What a controller does when a session ends raises the leader epoch, what a leader asks for does not.
    if (event.leader !== before?.leader || event.leaderEpoch !== before.leaderEpoch) continue
    const cut = lastCutOff(recording, removed[0]!, event.atMs)
    if (cut === null || cut.entry.do === 'cutFromRegistry') continue
    if (registryPausedWithin(recording, cut.entry.atMs, event.atMs)) continue
    const limit = lagLimitMs(brokerSettings(recording, event.leader))
    const wait = fetchWaitMs(brokerSettings(recording, removed[0]!))
    checks.push({
      kind: 'isrShrink',
      label: `ISR of ${event.state} at ${event.atMs} ms`,
      atMs: event.atMs,
      step: `e${cut.index}`,
      cause: `e${cut.index}`,
      partition: event.state,
      version: event.version,
      legalMs: [limit - wait, limit + lagCheckPeriodMs(limit, mechanisms)],
    })
  }
  return checks
}

/** How far apart two legal times may be at which a leader drops the same silent follower, in ms. */
export function lagCheckMs(recording: Recording, leader: BrokerId, mechanisms: Mechanisms): number {
  const settings = brokerSettings(recording, leader)
  return lagCheckPeriodMs(lagLimitMs(settings), mechanisms) + fetchWaitMs(settings)
}

const lagCheckPeriodMs = (limitMs: number, mechanisms: Mechanisms): number =>
  mechanisms.isrCheckEvery === 'limit' ? limitMs : limitMs / 2

/** What a snapshot's files must be equal to: nothing had moved for so long, and so much is enough for each broker. */
export function fileRule(recording: Recording, index: number): FileRule {
  const atMs = recording.entries[index]?.atMs ?? 0
  let lastMs = 0
  for (const entry of recording.entries.slice(0, index)) {
    const still =
      (isDone(entry) && entry.do === 'wait') ||
      (isSeen(entry) &&
        (entry.saw === 'snapshot' ||
          entry.saw === 'fetchResult' ||
          entry.saw === 'metadata' ||
          entry.saw === 'brokerEvents'))
    if (!still && !(isSeen(entry) && entry.saw === 'registryLog')) lastMs = Math.max(lastMs, entry.atMs)
  }
  for (const event of registryEvents(recording)) if (event.atMs <= atMs) lastMs = Math.max(lastMs, event.atMs)
  const settledAfterMs: Record<string, number> = {}
  for (const id of brokerIds(recording)) {
    const settings = brokerSettings(recording, id)
    settledAfterMs[id] = checkpointIntervalMs(settings) + fetchWaitMs(settings) + WIDENED_MS
  }
  return { quietMs: atMs - lastMs, settledAfterMs }
}
