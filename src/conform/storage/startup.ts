/** When a process that was started opened its logs, and whether it came up. */
import { isDoneEntry, type StorageEntry, type StorageRecording } from './recording.ts'

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
export function startupMs(recording: StorageRecording, index: number): number {
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

/** Whether a start was seen to come as far as its registration. */
export function comesUp(recording: StorageRecording, index: number): boolean {
  for (const entry of recording.entries.slice(index + 1)) {
    if (isDoneEntry(entry)) return true
    if (entry.saw === 'registered') return true
    if (entry.saw === 'process') return entry.up
  }
  return true
}
