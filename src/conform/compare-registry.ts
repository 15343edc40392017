/** The registry: per path the sequence of writes and who made them. */
import type { BrokerId } from '../kafka/ids.ts'
import type { StateZnode, TopicZnode } from '../kafka/znodes.ts'
import { BROKER_IDS, CONTROLLER, CONTROLLER_EPOCH, partitionOfStatePath, TOPICS } from '../kafka/znodes.ts'
import type { RegistryWriteEntry, SessionEndedEntry } from '../world/world.ts'
import type { Check } from './check.ts'
import type { Eligible } from './compare-kraft.ts'
import { compareEligible } from './compare-kraft.ts'
import type { Comparison } from './comparison.ts'
import { printedIsr, sameIsr } from './comparison.ts'
import type { RegistryEvent } from './recording.ts'
import type { Replay } from './replay.ts'

type Of<Kind extends Check['kind']> = Extract<Check, { kind: Kind }>

interface State {
  readonly leader: BrokerId
  readonly leaderEpoch: number
  readonly isr: readonly BrokerId[]
  readonly controllerEpoch?: number | undefined
  readonly version: number
}

/** One write, as text; a state also as fields, because the order of its ISR may be free. */
interface Write {
  readonly path: string
  readonly text: string
  readonly by: string
  readonly state: State | null
}

export function compareRegistryLog(check: Of<'registryLog'>, replay: Replay, to: Comparison): void {
  const untilUs = replay.firedUs(check.step)
  if (untilUs === null) return
  const fromUs = check.since === null ? -1 : (replay.firedUs(check.since) ?? -1)
  const recorded = byPath(check.events.flatMap(recordedWrite))
  const ours = byPath(ourWrites(replay, fromUs, untilUs))
  for (const path of [...new Set([...recorded.keys(), ...ours.keys()])].sort()) {
    compareSequence(check, path, recorded.get(path) ?? [], ours.get(path) ?? [], replay, to)
  }
}

/** The state znode at the version that a poll of the recorder saw. */
export function compareStateSeen(check: Of<'state'>, replay: Replay, to: Comparison): void {
  const { seen, label } = check
  if (replay.firedUs(check.step) === null) return
  const write = replay.result.world.ledger.registryWrites.find(
    (each) =>
      each.write !== 'delete' && partitionOfStatePath(each.path) === seen.partition && each.version === seen.version,
  )
  const recorded = textOfState({ ...seen, version: seen.version ?? -1 })
  if (write === undefined) {
    to.holds(label, 'state', false, recorded, 'not written')
    return
  }
  const ours = { ...(write.data as unknown as StateZnode & Eligible), version: write.version }
  const same = sameState({ ...seen, version: write.version }, ours, replay.freeBrokers(check.atMs))
  to.holds(label, 'state', same, recorded, textOfState(ours))
  compareEligible(label, '', seen, ours, to)
}

function compareSequence(
  check: Of<'registryLog'>,
  path: string,
  recorded: readonly Write[],
  ours: readonly Write[],
  replay: Replay,
  to: Comparison,
): void {
  const free = replay.freeBrokers(check.atMs)
  const [theirs, own] =
    check.repeating && path.startsWith('state') ? [withoutRepeats(recorded), withoutRepeats(ours)] : [recorded, ours]
  const same =
    theirs.length === own.length && theirs.every((write, i) => sameWrite(write, own[i]!, free, check.repeating))
  to.holds(check.label, path, same, textOf(theirs), textOf(own))
}

function sameWrite(a: Write, b: Write, free: readonly (readonly BrokerId[])[], repeating: boolean): boolean {
  if (a.by !== b.by) return false
  if (a.state === null || b.state === null) return a.text === b.text
  return sameState(a.state, repeating ? { ...b.state, version: a.state.version } : b.state, free)
}

function sameState(a: State, b: State, free: readonly (readonly BrokerId[])[]): boolean {
  const figures = (state: State): string => [state.leader, state.leaderEpoch, state.version].join()
  const sameEpoch = a.controllerEpoch === undefined || a.controllerEpoch === b.controllerEpoch
  return figures(a) === figures(b) && sameEpoch && sameIsr(a.isr, b.isr, free, false)
}

/** Under a load the same changes come again and again: which they are, in the order in which they came first. */
function withoutRepeats(writes: readonly Write[]): Write[] {
  const seen = new Set<string>()
  return writes.filter(({ state, by }) => {
    const key = state === null ? '' : [state.leader, state.leaderEpoch, printedIsr(state.isr), by].join()
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

const textOf = (writes: readonly Write[]): string =>
  writes.length === 0 ? 'nothing' : writes.map((write) => `${write.text} by ${write.by}`).join('; ')

const textOfState = (state: State): string =>
  `v${state.version} leader ${state.leader} e${state.leaderEpoch} ${printedIsr(state.isr)} CE${state.controllerEpoch ?? '?'}`

function byPath(writes: readonly Write[]): Map<string, Write[]> {
  const paths = new Map<string, Write[]>()
  for (const write of writes) paths.set(write.path, [...(paths.get(write.path) ?? []), write])
  return paths
}

function recordedWrite(event: RegistryEvent): Write[] {
  const by = String(event.by ?? '')
  const write = (path: string, text: string): Write[] => [{ path, text, by, state: null }]
  if (event.state !== undefined) {
    const state = {
      leader: event.leader ?? -1,
      leaderEpoch: event.leaderEpoch ?? -1,
      isr: event.isr ?? [],
      controllerEpoch: event.controllerEpoch,
      version: event.version ?? -1,
    }
    return [{ path: `state of ${event.state}`, text: textOfState(state), by, state }]
  }
  if (event.controllerCreated !== undefined) return write('/controller', 'created')
  if (event.controllerDeleted !== undefined) return write('/controller', 'deleted')
  if (event.controllerEpochSet !== undefined) return write('/controller_epoch', String(event.controllerEpochSet))
  if (event.registered !== undefined) return write(`registration of broker ${event.registered}`, 'registered')
  if (event.sessionEnded !== undefined) return sessionEnd(event.sessionEnded, event.removed ?? [], by)
  if (event.assignment !== undefined) {
    return write(
      `assignment of ${event.assignment}`,
      textOfAssignment(event.partitions, event.adding_replicas, event.removing_replicas),
    )
  }
  if (event.admin !== undefined) return write(event.admin, event.op ?? '')
  return []
}

const sessionEnd = (broker: BrokerId | string, removed: readonly string[], by: string): Write[] => [
  {
    path: `registration of broker ${broker}`,
    text: `session ended, removed ${[...removed].sort().join(' ')}`,
    by,
    state: null,
  },
]

type Replicas = Readonly<Record<string, readonly BrokerId[]>> | undefined

function textOfAssignment(partitions: Replicas, adding: Replicas, removing: Replicas): string {
  const list = (replicas: Replicas): string =>
    Object.entries(replicas ?? {})
      .filter(([, brokers]) => brokers.length > 0)
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([partition, brokers]) => `${partition}:${printedIsr(brokers)}`)
      .join(' ')
  const parts = [list(partitions), list(adding), list(removing)]
  return [parts[0], parts[1] === '' ? '' : `adding ${parts[1]}`, parts[2] === '' ? '' : `removing ${parts[2]}`]
    .filter(Boolean)
    .join(', ')
}

const authorOf = (owner: string): string => owner.replace(/^broker-/, '')

/** Our writes of a window, those that a session took with it under the end of the session. */
function ourWrites(replay: Replay, fromUs: number, untilUs: number): Write[] {
  const ended = replay.result.world.ledger.sessionsEnded.filter((end) => end.atUs > fromUs && end.atUs <= untilUs)
  const ofEnds = new Set(ended.map((end) => end.event))
  const entries: { readonly event: number; readonly writes: Write[] }[] = []
  for (const write of replay.writes(fromUs, untilUs)) {
    if (write.write === 'delete' && ofEnds.has(write.event)) continue
    entries.push({ event: write.event, writes: ourWrite(write) })
  }
  for (const end of ended) entries.push({ event: end.event, writes: endOf(end) })
  return entries.sort((a, b) => a.event - b.event).flatMap((entry) => entry.writes)
}

function endOf(end: SessionEndedEntry): Write[] {
  const broker = authorOf(end.by)
  return end.removed.length === 0 ? [] : sessionEnd(broker, end.removed, broker)
}

function ourWrite(entry: RegistryWriteEntry): Write[] {
  const { path } = entry
  const by = authorOf(entry.by)
  const write = (at: string, text: string): Write[] => [{ path: at, text, by, state: null }]
  const partition = partitionOfStatePath(path)
  if (partition !== null && entry.write !== 'delete') {
    const state = { ...(entry.data as unknown as StateZnode), version: entry.version }
    return [{ path: `state of ${partition}`, text: textOfState(state), by, state }]
  }
  if (path === CONTROLLER) return write(path, entry.write === 'delete' ? 'deleted' : 'created')
  if (path === CONTROLLER_EPOCH) return write(path, String(entry.data))
  if (path.startsWith(`${BROKER_IDS}/`)) {
    const broker = path.slice(BROKER_IDS.length + 1)
    if (entry.write === 'set') return []
    return write(`registration of broker ${broker}`, entry.write === 'create' ? 'registered' : 'deleted')
  }
  const topic = path.startsWith(`${TOPICS}/`) ? path.slice(TOPICS.length + 1) : ''
  if (topic !== '' && !topic.includes('/') && entry.write !== 'delete') {
    const { partitions, adding, removing } = entry.data as unknown as TopicZnode
    return write(`assignment of ${topic}`, textOfAssignment(partitions, adding, removing))
  }
  if (path.startsWith('/admin/') && entry.write !== 'set') return write(path, entry.write)
  return []
}
