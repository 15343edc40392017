/**
 * Recordings of KRaft clusters, read so that what they have in common with the others is in the same places: a partition
 * epoch where a znode has its version, active brokers where a registry lists the live ones.
 */
import type { BrokerId } from '../kafka/ids.ts'
import { isDone, isSeen, lastOf } from './history.ts'
import type { Done, Entry, Recording, Seen, StateFields } from './recording.ts'

export const isKraftRecording = (recording: { readonly mode?: string | undefined }): boolean =>
  recording.mode === 'kraft'

/** The release a recording was made on, in the lineage it was made in. From 4.0 there is only KRaft. */
export const releaseOf = (recording: { readonly kafka: string; readonly mode?: string | undefined }): string =>
  isKraftRecording(recording) && /^[0-3]\./.test(recording.kafka) ? `${recording.kafka}-kraft` : recording.kafka

/** Ids of the controllers, ascending; where only their number is told, those that are started. None with a registry. */
export function controllerIds({ controllers, entries }: Recording): number[] {
  const started = entries.flatMap((entry) =>
    isDone(entry) && entry.do === 'startController' ? [entry.controller] : [],
  )
  return [...new Set(Array.isArray(controllers) ? controllers : started)].sort((a, b) => a - b)
}

export function inCommonTerms(recording: Recording): Recording {
  if (!isKraftRecording(recording)) return recording
  return { ...recording, entries: recording.entries.map((entry, index) => commonEntry(recording, entry, index)) }
}

const versioned = <State extends StateFields>(state: State): State =>
  state.partitionEpoch === undefined ? state : { ...state, version: state.partitionEpoch }

function commonEntry(recording: Recording, entry: Entry, index: number): Entry {
  if (!isSeen(entry)) return entry
  if (entry.saw === 'state') return versioned(entry)
  return entry.saw === 'snapshot' ? commonSnapshot(recording, entry, index) : entry
}

function commonSnapshot(recording: Recording, entry: Seen<'snapshot'>, index: number): Seen<'snapshot'> {
  const { brokers } = entry
  const active = Object.keys(brokers ?? {}).filter((id) => brokers![id]!.state === 'active')
  const live = brokers === undefined ? {} : { live: active.map(Number).sort((a, b) => a - b) }
  const partitions = Object.fromEntries(
    Object.entries(entry.partitions).map(([name, { state, replicas }]) => [
      name,
      {
        state: state === null ? null : versioned(state),
        replicas: Object.fromEntries(
          Object.entries(replicas).map(([id, replica]) => [
            id,
            // A paused process is shown as down there.
            { ...replica, up: replica.up || isPausedAt(recording, Number(id), index) },
          ]),
        ),
      },
    ]),
  )
  const { controller: _, ...rest } = entry
  const id = entry.controller?.controller ?? -1
  const named = id >= 0 && isControllerUp(recording, id, index) ? { controller: { broker: id } } : {}
  return { ...rest, ...named, ...live, partitions }
}

function isPausedAt(recording: Recording, broker: BrokerId, before: number): boolean {
  const last = lastOf(
    recording,
    before,
    (entry) =>
      isDone(entry) &&
      (entry.do === 'pause' || entry.do === 'resume' || entry.do === 'crash') &&
      entry.broker === broker,
  )
  return last >= 0 && (recording.entries[last] as { do?: string }).do === 'pause'
}

/** Whether a controller ran at that point of the recording; other controllers may still name one that is gone. */
function isControllerUp(recording: Recording, id: number, before: number): boolean {
  const last = lastOf(
    recording,
    before,
    (entry) =>
      isDone(entry) && (entry.do === 'startController' || entry.do === 'crashController') && entry.controller === id,
  )
  return last >= 0 && (recording.entries[last] as { do?: string }).do === 'startController'
}

/** From the first signs of a process to its place in an ISR: it registers, is unfenced and fetches, in ms. */
const JOINING_MS = 1000
/** A point at which all had settled lies well after what it shows; this much of the way is taken for the start. */
const BEFORE_A_SETTLED_POINT = 0.45
const SHORTEST_MS = 300

/** Start-up times in ms by the index of the `start` entry, from when the broker is first seen back. */
export function kraftStartupTimes(recording: Recording): ReadonlyMap<number, number> {
  const times = new Map<number, number>()
  recording.entries.forEach((entry, index) => {
    if (isDone(entry) && entry.do === 'start') times.set(index, startupMs(recording, entry, index))
  })
  return times
}

function startupMs(recording: Recording, start: Done<'start'>, index: number): number {
  for (const entry of recording.entries.slice(index + 1)) {
    const passedMs = entry.atMs - start.atMs
    if (isDone(entry) && entry.do === 'createTopic') return Math.max(SHORTEST_MS, passedMs - 2 * JOINING_MS)
    if (!isSeen(entry)) continue
    if (entry.saw === 'state' && entry.isr.includes(start.broker)) return Math.max(SHORTEST_MS, passedMs - JOINING_MS)
    if (entry.saw === 'metadataLog' && registers(entry, start.broker)) {
      return Math.max(SHORTEST_MS, passedMs * BEFORE_A_SETTLED_POINT)
    }
  }
  return 1200
}

/** A record of the metadata log, as a recording has it. */
export interface SeenRecord {
  readonly type: string
  readonly brokerId?: BrokerId
  readonly fenced?: boolean | number
  readonly inControlledShutdown?: boolean | number
  readonly replicas?: readonly BrokerId[]
  readonly isr?: readonly BrokerId[]
  readonly leader?: BrokerId
  readonly leaderEpoch?: number
  readonly partitionEpoch?: number
  readonly leaderRecoveryState?: number
  readonly eligibleLeaderReplicas?: readonly BrokerId[]
  readonly lastKnownElr?: readonly BrokerId[]
}

export const recordsOf = (entry: Seen<'metadataLog'>): readonly SeenRecord[] => entry.records as readonly SeenRecord[]

const registers = (entry: Seen<'metadataLog'>, broker: BrokerId): boolean =>
  recordsOf(entry).some((record) => record.type === 'RegisterBrokerRecord' && record.brokerId === broker)
