/** What only recordings of KRaft clusters do and see, as moments of a replay and checks. */

import { msToUs } from '../kernel/time.ts'
import type { Action, Condition, Target } from '../world/plan.ts'
import type { PinNote } from './check.ts'
import { answered } from './conditions.ts'
import { isDone, isSeen, lastOf } from './history.ts'
import { controllerIds, isKraftRecording, recordsOf } from './kraft-recording.ts'
import { allOf } from './moments.ts'
import type { Done, DoneEntry, Recording, Seen, SeenEntry } from './recording.ts'
import type { Script } from './script.ts'

const controllerTarget = (id: number): Target => ({ role: 'quorum', id })

/** From the start of a controller's process to its first message, in ms: the recorder waited until it was up. */
const CONTROLLER_STARTUP_MS = 300
/** The same where a cluster waits for it. */
const CONTROLLER_RESTART_MS = 1000

/** An action on a controller; false: the entry is another one. */
export function addControllerDone(script: Script, entry: DoneEntry, index: number): boolean {
  switch (entry.do) {
    case 'startController': {
      const first = lastOf(script.recording, index, (each) => isDone(each) && each.do === 'start') < 0
      const startupUs = msToUs(first ? CONTROLLER_STARTUP_MS : CONTROLLER_RESTART_MS)
      script.act(entry, index, { do: 'start', target: controllerTarget(entry.controller), startupUs })
      return true
    }
    case 'crashController':
      script.act(entry, index, { do: 'crash', target: controllerTarget(entry.controller) })
      return true
    case 'pauseController':
      script.act(entry, index, { do: 'pause', target: controllerTarget(entry.controller), forUs: null })
      return true
    case 'resumeController':
      script.act(entry, index, { do: 'resume', target: controllerTarget(entry.controller) })
      return true
    default:
      return false
  }
}

/** From a request to a controller to its answer: two ways and the linger of the log, in ms. */
const CONTROLLER_ANSWER_MS = 27

/** The recorder's tool took its time to ask: the election is asked for just before its result came. */
export function electionAskedMs(script: Script, entry: Done<'electLeader'>, index: number): number {
  const result = script.recording.entries.find((each, i) => i > index && isSeen(each) && each.saw === 'electResult')
  return result === undefined ? entry.atMs : Math.max(entry.atMs, result.atMs - CONTROLLER_ANSWER_MS)
}

/** Label of the answer to the `electLeader` that an `electResult` belongs to. */
export const electionLabel = (index: number): string => `e${index}`

type Here = (when: Condition | null, ...actions: Action[]) => void

/** What was seen of the metadata log and the quorum; false: the entry is another one. */
export function addKraftSeen(script: Script, entry: SeenEntry, index: number, here: Here): boolean {
  const { recording } = script
  if (!isKraftRecording(recording)) return false
  const id = `e${index}`
  const common = { atMs: entry.atMs, step: id }
  switch (entry.saw) {
    case 'metadataLog': {
      here(writtenUntil(script, index))
      const since = script.stepOf(index, (each) => isSeen(each) && each.saw === 'metadataLog')
      const together = since === null
      script.check({ ...common, kind: 'metadataLog', label: entry.label, since, together, records: recordsOf(entry) })
      return true
    }
    case 'electResult': {
      const asked = lastOf(recording, index, (each) => isDone(each) && each.do === 'electLeader')
      here(answered(electionLabel(asked)))
      const label = `election asked at ${recording.entries[asked]?.atMs ?? 0} ms`
      script.check({ ...common, kind: 'electResult', label, request: electionLabel(asked), result: entry.result })
      return true
    }
    case 'activeController': {
      const { leader } = entry
      here(leader === undefined ? null : { when: 'controller', is: controllerTarget(leader), epoch: null })
      return true
    }
    case 'zombieLog': {
      here(null, { do: 'observe', label: id })
      const { records } = entry
      const zombie = lastOf(recording, index, (each) => isDone(each) && each.do === 'produce')
      if (records === undefined || zombie < 0) return true
      const { broker, partition } = recording.entries[zombie] as Done<'produce'>
      const replicas = { [broker]: { up: true, logEndOffset: records.length, records } }
      script.check({
        ...common,
        kind: 'logs',
        label: 'log of the deposed leader',
        observation: id,
        partition,
        replicas,
      })
      return true
    }
    default:
      return false
  }
}

/** What goes with a snapshot besides what every cluster has. */
export function addKraftSnapshot(script: Script, entry: Seen<'snapshot'>, index: number): void {
  if (!isKraftRecording(script.recording)) return
  const id = `e${index}`
  const { brokers = {}, label, atMs } = entry
  const states = Object.fromEntries(Object.entries(entry.partitions).map(([name, { state }]) => [name, state]))
  script.check({ kind: 'kraftSnapshot', label, atMs, step: id, observation: id, brokers, states })
}

/** A broker acts on what was committed some ten milliseconds later, and a recorder can look in between. */
const APPLIED_WITHIN_MS = 60

/** Whether a partition's state was seen to change just before an entry. */
export function rolesJustChanged(recording: Recording, index: number): boolean {
  if (!isKraftRecording(recording)) return false
  const last = lastOf(recording, index, (entry) => isSeen(entry) && entry.saw === 'state')
  return last >= 0 && recording.entries[index]!.atMs - recording.entries[last]!.atMs <= APPLIED_WITHIN_MS
}

/** Everything that the metadata log has shown so far has been written: partitions to their epochs, brokers by number. */
function writtenUntil(script: Script, index: number): Condition | null {
  let partitionEpoch = -1
  let fenced = 0
  let unfenced = 0
  script.recording.entries.slice(0, index + 1).forEach((entry) => {
    if (!isSeen(entry) || entry.saw !== 'metadataLog') return
    for (const record of recordsOf(entry)) {
      if (record.type === 'PartitionRecord' || record.type === 'PartitionChangeRecord') partitionEpoch += 1
      if (record.type !== 'BrokerRegistrationChangeRecord') continue
      if (record.fenced === 1) fenced += 1
      if (record.fenced === -1) unfenced += 1
    }
  })
  const conditions: Condition[] = []
  const fact = (kind: string, count: number): Condition => ({
    when: 'fact',
    kind,
    broker: null,
    partition: null,
    since: 'start',
    count,
  })
  // Stories of KRaft have one partition.
  if (partitionEpoch >= 0) {
    const partition = script.onlyPartition
    const any = { leader: null, leaderEpoch: null, isr: null, isrAnyOrder: true } as const
    conditions.push({ when: 'stateWritten', partition, ...any, version: partitionEpoch })
  }
  if (fenced > 0) conditions.push(fact('brokerFenced', fenced))
  if (unfenced > 0) conditions.push(fact('brokerUnfenced', unfenced))
  return allOf(conditions)
}

/** The draws that make the recorded controllers active: who stands first at the start, and who misses a dead one first. */
export function quorumPins(recording: Recording): PinNote[] {
  const ids = controllerIds(recording)
  const [first, second] = activeControllers(recording)
  if (ids.length < 2 || first === undefined) return []
  const pins = (stream: string, winner: number, why: string): PinNote[] =>
    ids.map((id) => ({ stream: `${stream}/quorum-${id}`, index: 0, value: id === winner ? 0 : 0.99, why }))
  return [
    ...pins('quorum.election', first, `controller ${first} was active first`),
    ...(second === undefined ? [] : pins('quorum.patience', second, `controller ${second} followed ${first}`)),
  ]
}

/** Active controllers in their order, without repeats. */
function activeControllers(recording: Recording): number[] {
  const seen: number[] = []
  for (const entry of recording.entries) {
    if (!isSeen(entry)) continue
    const id =
      entry.saw === 'activeController'
        ? entry.leader
        : entry.saw === 'snapshot'
          ? (entry.controller?.broker ?? undefined)
          : undefined
    if (typeof id === 'number' && seen.at(-1) !== id) seen.push(id)
  }
  return seen
}
