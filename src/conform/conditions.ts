/** What must have come true in a replay before it goes on: the conditions behind what a recording saw. */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { Condition, Target } from '../world/plan.ts'
import { isDone, isSeen, registryEvents } from './history.ts'
import { allOf } from './moments.ts'
import type { Entry, Recording, RegistryEvent, Seen } from './recording.ts'
import { brokerIds } from './settings.ts'

export const brokerTarget = (id: BrokerId): Target => ({ role: 'broker', id })

/**
 * The state znode has reached a version. Only that: a replay in which another state was written goes on, and the
 * difference is reported when the contents are compared.
 */
const versionWritten = (partition: TopicPartition, version: number): Condition => ({
  when: 'stateWritten',
  partition,
  leader: null,
  leaderEpoch: null,
  isr: null,
  isrAnyOrder: true,
  version,
})

export const answered = (label: string): Condition => ({ when: 'answered', label })

export const registeredNow = (brokers: readonly BrokerId[]): Condition | null =>
  allOf(brokers.map((id): Condition => ({ when: 'registered', broker: brokerTarget(id), registered: true })))

/** The broker's process has registered itself that many times since the run began. */
const registrations = (id: BrokerId, count: number): Condition => ({
  when: 'fact',
  kind: 'registered',
  broker: brokerTarget(id),
  partition: null,
  since: 'start',
  count,
})

/** What one write of the registry's log asks of a replay; null: nothing (informative, or an administrator's own). */
export function eventCondition(recording: Recording, event: RegistryEvent): Condition | null {
  if (event.by === 'admin') return null
  if (event.state !== undefined && event.version !== undefined) {
    return underProduceLoop(recording, event.atMs) ? null : versionWritten(event.state, event.version)
  }
  if (event.controllerEpochSet !== undefined && event.controllerEpochSet > 0) {
    return { when: 'controller', is: null, epoch: { atLeast: event.controllerEpochSet } }
  }
  if (event.registered !== undefined) {
    const count = registrationsUntil(recording, event.registered, event.atMs)
    const now: Condition = { when: 'registered', broker: brokerTarget(event.registered), registered: true }
    return count < 2 ? now : { when: 'any', of: [registrations(event.registered, count)] }
  }
  if (event.sessionEnded !== undefined) {
    const count = registrationsUntil(recording, event.sessionEnded, event.atMs)
    const gone: Condition = { when: 'registered', broker: brokerTarget(event.sessionEnded), registered: false }
    return { when: 'any', of: [gone, registrations(event.sessionEnded, count + 1)] }
  }
  return null
}

const registrationsUntil = (recording: Recording, broker: BrokerId, untilMs: number): number =>
  registryEvents(recording).filter((event) => event.registered === broker && event.atMs <= untilMs).length

/** Whether a load that moves the ISR again and again was running: which of its writes come is then chance. */
export function underProduceLoop(recording: Recording, atMs: number): boolean {
  let since: number | null = null
  let over = Number.POSITIVE_INFINITY
  for (const entry of recording.entries) {
    if (isDone(entry) && entry.do === 'produceLoop' && entry.atMs <= atMs) {
      since = entry.atMs
      over = Number.POSITIVE_INFINITY
    } else if (since !== null && over === Number.POSITIVE_INFINITY && isSeen(entry) && entry.saw === 'registryLog') {
      over = entry.atMs
    }
  }
  return since !== null && atMs <= over
}

/** What an entry that was seen asks of a replay before it goes on; null: nothing. */
export function seenCondition(recording: Recording, entry: Entry, onlyPartition: TopicPartition): Condition | null {
  if (!isSeen(entry)) return null
  switch (entry.saw) {
    case 'state':
      return entry.version === undefined ? null : versionWritten(entry.partition, entry.version)
    case 'registered':
      return registeredNow(entry.brokers)
    case 'stopped':
    case 'processExited':
      return { when: 'process', broker: brokerTarget(entry.broker), state: 'down' }
    case 'logEndOffset':
      return {
        when: 'logEndOffset',
        partition: entry.partition,
        replica: brokerTarget(entry.broker),
        value: { atLeast: entry.atLeast },
      }
    case 'snapshot':
      return settledMembers(recording, entry.live)
    case 'process':
      return processAs(entry)
    case 'notInSync':
      return entry.broker === undefined
        ? null
        : {
            when: 'isr',
            partition: entry.partition ?? onlyPartition,
            equals: null,
            contains: [],
            lacks: [brokerTarget(entry.broker)],
            size: null,
          }
    case 'highWatermarkReached':
      return {
        when: 'highWatermark',
        partition: entry.partition ?? onlyPartition,
        replica: brokerTarget(entry.broker),
        value: { atLeast: entry.value },
      }
    default:
      return null
  }
}

/** A settled point: exactly the brokers that it shows are registered. */
function settledMembers(recording: Recording, live: readonly BrokerId[] | undefined): Condition | null {
  if (live === undefined) return null
  return allOf(
    brokerIds(recording).map(
      (id): Condition => ({ when: 'registered', broker: brokerTarget(id), registered: live.includes(id) }),
    ),
  )
}

/** A process is looked at once it has come to where it was seen. */
function processAs({ broker, alive, registered }: Seen<'process'>): Condition | null {
  const target = brokerTarget(broker)
  if (!alive) return { when: 'process', broker: target, state: 'down' }
  return registered === undefined ? null : { when: 'registered', broker: target, registered }
}
