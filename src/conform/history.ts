/** Questions about a recording that need more than one entry to be answered. */
import { type BrokerId, splitTopicPartition, type TopicPartition } from '../kafka/ids.ts'
import type { FreeOrder } from './check.ts'
import type { Done, DoneEntry, Entry, Recording, RegistryEvent, Seen, SeenEntry } from './recording.ts'

export const isDone = (entry: Entry): entry is DoneEntry => 'do' in entry
export const isSeen = (entry: Entry): entry is SeenEntry => 'saw' in entry

/** Every registry write with an exact time, oldest first. */
export function registryEvents(recording: Recording): RegistryEvent[] {
  return recording.entries
    .flatMap((entry) => (isSeen(entry) && entry.saw === 'registryLog' ? entry.events : []))
    .sort((a, b) => a.atMs - b.atMs)
}

/** The last entry before `index` that took a broker away from the registry. */
export function lastCutOff(
  recording: Recording,
  broker: BrokerId,
  beforeMs: number,
): { index: number; entry: DoneEntry } | null {
  let found: { index: number; entry: DoneEntry } | null = null
  recording.entries.forEach((entry, index) => {
    if (!isDone(entry) || entry.atMs > beforeMs) return
    const takes =
      entry.do === 'crash' || entry.do === 'powerLoss' || entry.do === 'pause' || entry.do === 'cutFromRegistry'
    const gives = entry.do === 'resume' || entry.do === 'healToRegistry' || entry.do === 'start' || entry.do === 'stop'
    if (!(takes || gives) || !('broker' in entry) || entry.broker !== broker) return
    found = takes ? { index, entry } : null
  })
  return found
}

/** Whether the registry was stopped at some time between the two. */
export function registryPausedWithin(recording: Recording, fromMs: number, toMs: number): boolean {
  let since: number | null = null
  for (const entry of recording.entries) {
    if (!isDone(entry)) continue
    if (entry.do === 'pauseRegistry') since = entry.atMs
    if (entry.do === 'resumeRegistry' && since !== null) {
      if (since <= toMs && entry.atMs >= fromMs) return true
      since = null
    }
  }
  return since !== null && since <= toMs
}

/** Whether a broker's process is stopped by SIGSTOP at a moment. */
export function isPaused(recording: Recording, broker: BrokerId, atMs: number): boolean {
  let paused = false
  for (const entry of recording.entries) {
    if (!isDone(entry) || entry.atMs > atMs || !('broker' in entry) || entry.broker !== broker) continue
    if (entry.do === 'pause') paused = true
    if (entry.do === 'resume' || entry.do === 'crash' || entry.do === 'powerLoss' || entry.do === 'start')
      paused = false
  }
  return paused
}

/**
 * Whether a produce is the first with acks=all that its partition accepts since leaders or followers changed: it may
 * have to wait for the back-off of a follower that was refused.
 */
export function isFirstAfterRoleChange(recording: Recording, produce: number): boolean {
  const asked = recording.entries[produce] as Done<'produce'>
  const results = produceResults(recording)
  for (let index = produce - 1; index >= 0; index--) {
    const entry = recording.entries[index]!
    if (isSeen(entry) && (entry.saw === 'state' || entry.saw === 'registered' || entry.saw === 'stopped')) return true
    if (isDone(entry) && (entry.do === 'createTopic' || entry.do === 'start' || entry.do === 'resume')) return true
    if (!isDone(entry) || entry.do !== 'produce' || entry.acks !== 'all' || entry.partition !== asked.partition)
      continue
    const result = results.get(index)
    if (result !== undefined && (recording.entries[result] as Seen<'produceResult'>).error === 'NONE') return false
  }
  return true
}

/** How close two returns must be for their order to be chance. */
const AT_ONCE_MS = 2000

/** Groups of brokers that were started or resumed with nothing seen in between, once topics existed. */
export function returnsAtOnce(recording: Recording): FreeOrder[] {
  const groups: FreeOrder[] = []
  let topics = false
  let group: { atMs: number; brokers: BrokerId[] } | null = null
  const close = (): void => {
    if (group !== null && group.brokers.length > 1) groups.push({ fromMs: group.atMs, brokers: group.brokers })
    group = null
  }
  for (const entry of recording.entries) {
    const back = isDone(entry) && (entry.do === 'start' || entry.do === 'resume')
    if (isDone(entry) && entry.do === 'createTopic') topics = true
    if (!back || !topics) {
      close()
      continue
    }
    const { broker } = entry as Done<'start'>
    if (group !== null && entry.atMs - group.atMs > AT_ONCE_MS) close()
    if (group === null) group = { atMs: entry.atMs, brokers: [broker] }
    else if (!group.brokers.includes(broker)) group.brokers.push(broker)
  }
  close()
  return groups
}

/** Results of produces by the index of their entry: a produce and the result it got. */
export function produceResults(recording: Recording): ReadonlyMap<number, number> {
  const open: { index: number; entry: Done<'produce'> }[] = []
  const pairs = new Map<number, number>()
  recording.entries.forEach((entry, index) => {
    if (isDone(entry) && entry.do === 'produce') open.push({ index, entry })
    if (!isSeen(entry) || entry.saw !== 'produceResult') return
    const mine = open.filter((each) => each.entry.broker === entry.broker)
    // Two at once to one broker are told apart by how long they took.
    const best = mine.sort((a, b) => miss(a.entry, entry) - miss(b.entry, entry) || a.index - b.index)[0]
    if (best === undefined) return
    pairs.set(best.index, index)
    open.splice(open.indexOf(best), 1)
  })
  return pairs
}

const miss = (asked: Done<'produce'>, answer: Seen<'produceResult'>): number =>
  Math.round(Math.abs(asked.atMs + answer.tookMs - answer.atMs) / 20)

/** Writes that have no entry of their own: values that logs show and nothing in the recording explains. */
export interface Unexplained {
  readonly value: string
  readonly partition: TopicPartition
  readonly leader: BrokerId
  /** The entry that shows it first, and the one after which it was written. */
  readonly shownBy: number
  readonly after: number
}

export function unexplainedWrites(recording: Recording): Unexplained[] {
  const explained = new Set<string>()
  let counters = false
  const found: Unexplained[] = []
  recording.entries.forEach((entry, index) => {
    if (isDone(entry)) {
      if (entry.do === 'produce') for (const value of entry.values) explained.add(value)
      if (entry.do === 'burst') for (let i = 0; i < entry.records; i++) explained.add(`b${entry.number}-${i}`)
      if (entry.do === 'produceRepeatedly' || entry.do === 'produceLoop' || entry.do === 'startTraffic') counters = true
      return
    }
    if (!isSeen(entry) || entry.saw !== 'snapshot') return
    for (const partition of Object.keys(entry.partitions).sort()) {
      const { state, replicas } = entry.partitions[partition]!
      if (state === null || state.leader < 0) continue
      for (const [, , value] of replicas[state.leader]?.records ?? []) {
        const known =
          value === null ||
          explained.has(value) ||
          found.some((each) => each.value === value && each.partition === partition)
        if (known || (counters && /\d/.test(value))) continue
        const after = writtenAfter(recording, partition, index)
        const places = createdWith(recording.entries[after]!) ?? [{ partition, leader: state.leader }]
        for (const place of places) found.push({ ...place, value, shownBy: index, after })
      }
    }
  })
  return found
}

/** The partitions of a topic just created, each with its first leader: what is written then is written to all. */
function createdWith(entry: Entry): { partition: TopicPartition; leader: BrokerId }[] | null {
  if (!isDone(entry) || entry.do !== 'createTopic') return null
  return Object.entries(entry.assignment).map(([number, replicas]) => ({
    partition: `${entry.topic}-${number}`,
    leader: replicas[0] ?? -1,
  }))
}

/** The creation of its topic where nothing else was done with it since, else the last action before. */
function writtenAfter(recording: Recording, partition: TopicPartition, before: number): number {
  const { topic } = splitTopicPartition(partition)
  let last = 0
  let created = -1
  recording.entries.slice(0, before).forEach((entry, index) => {
    if (!isDone(entry) || entry.do === 'wait') return
    if (entry.do === 'createTopic') {
      if (entry.topic === topic) created = index
      return
    }
    last = index
  })
  return Math.max(created, last)
}

/** The index of the last entry before one for which the test holds; -1 when there is none. */
export function lastOf(recording: Recording, before: number, test: (entry: Entry) => boolean): number {
  for (let index = before - 1; index >= 0; index--) if (test(recording.entries[index]!)) return index
  return -1
}
