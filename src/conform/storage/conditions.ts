/** What must have come true before a step of a recording of the log on disk. */
import type { Condition } from '../../world/plan.ts'
import { brokerTarget } from '../conditions.ts'
import { allOf } from '../moments.ts'
import { isDoneEntry, type StorageEntry, type StorageRecording } from './recording.ts'

/** What a `saw` entry shows to have come true by then. */
export function conditionOf(
  entry: StorageEntry,
  starts: Readonly<Record<number, number>>,
  justStarted: boolean,
): Condition | null {
  if (!('saw' in entry)) return null
  switch (entry.saw) {
    case 'registered':
      return allOf(
        entry.brokers.map((id) => ({
          when: 'fact',
          kind: 'registered',
          broker: brokerTarget(id),
          partition: null,
          since: 'start',
          count: starts[id] ?? 1,
        })),
      )
    case 'stopped':
      return { when: 'process', broker: brokerTarget(entry.broker), state: 'down' }
    case 'process':
      if (entry.up) return null
      return justStarted
        ? startEnded(entry.broker)
        : { when: 'process', broker: brokerTarget(entry.broker), state: 'down' }
    case 'sessionEnded':
      return { when: 'registered', broker: brokerTarget(entry.broker), registered: false }
    default:
      return null
  }
}

/** A start that failed: before the process ends it says why. */
const startEnded = (broker: number): Condition => ({
  when: 'all',
  of: [
    { when: 'process', broker: brokerTarget(broker), state: 'down' },
    {
      when: 'any',
      of: ['startFailed', 'logDirFailed'].map((kind) => ({
        when: 'fact',
        kind,
        broker: brokerTarget(broker),
        partition: null,
        since: 'previous',
        count: 1,
      })),
    },
  ],
})

/** What is written as soon as a broker was seen registered waited for its roles. */
export function isFirstWrite(recording: StorageRecording, index: number): boolean {
  const before = recording.entries[index - 1]
  return before !== undefined && !isDoneEntry(before) && before.saw === 'registered'
}

export const leads = (broker: number, partition: string): Condition => ({
  when: 'believes',
  broker: brokerTarget(broker),
  partition,
  leader: null,
  leaderEpoch: null,
  isr: null,
  role: 'leader',
})
