/** What a step of a recording of the log on disk does. */
import type { RawRequest } from '../../kafka/operations.ts'
import { msToUs } from '../../kernel/time.ts'
import type { Action } from '../../world/plan.ts'
import { brokerTarget } from '../conditions.ts'
import { createTopic } from '../create-topic.ts'
import { SOCKET_TIMEOUT_MS } from '../recorder.ts'
import { TOUCHED_MS } from './clock.ts'
import { damageAction, damageOfEntry } from './damage.ts'
import { isDoneEntry, type StorageDone, type StorageRecording } from './recording.ts'

export function requestAction(
  broker: number,
  request: RawRequest,
  label: string,
  socketTimeoutMs: number = SOCKET_TIMEOUT_MS,
): Action {
  return { do: 'request', target: brokerTarget(broker), request, socketTimeoutUs: msToUs(socketTimeoutMs), label }
}

/** Which files were touched is told by the question that follows. */
export function touchAction(recording: StorageRecording, index: number): readonly Action[] {
  const asked = recording.entries.slice(index).find((entry) => !isDoneEntry(entry) && entry.saw === 'offsetsBefore')
  if (asked === undefined || isDoneEntry(asked) || asked.saw !== 'offsetsBefore') return []
  const modifiedMs = Object.fromEntries(asked.segments.map((base, n) => [base, TOUCHED_MS + n * 1000]))
  return [{ do: 'touchFiles', target: brokerTarget(1), partition: asked.partition, modifiedMs }]
}

/** What a record of the recorder takes in the files of that version, as its directory was seen. */
function entryBytes(recording: StorageRecording): number {
  for (const entry of recording.entries) {
    if (isDoneEntry(entry) || entry.saw !== 'directory') continue
    const { bytes = 0, batches = 0 } = entry.segments[0] ?? {}
    if (batches > 0) return bytes / batches
  }
  return 0
}

export function actionsOf(recording: StorageRecording, entry: StorageDone, startMs: number): readonly Action[] {
  switch (entry.do) {
    case 'damage': {
      const damage = damageOfEntry(entry, entryBytes(recording))
      return damage === null ? [] : [damageAction(damage)]
    }
    case 'repair':
      return [damageAction({ what: 'repair' })]
    case 'fillDirectory':
    case 'freeDirectory':
      return [
        {
          do: 'disk',
          target: brokerTarget(entry.broker),
          directory: entry.directory,
          change: { bytesLeft: entry.do === 'fillDirectory' ? entry.bytesLeft : null },
        },
      ]
    case 'pause':
      return [{ do: 'pause', target: brokerTarget(entry.broker), forUs: null }]
    case 'resume':
      return [{ do: 'resume', target: brokerTarget(entry.broker) }]
    case 'createTopics':
      return entry.topics.map((topic) => createTopic(topic, entry.assignment, entry.settings))
    case 'start':
      return [{ do: 'start', target: brokerTarget(entry.broker), startupUs: msToUs(Math.round(startMs)) }]
    case 'stop':
    case 'crash':
      return [{ do: entry.do, target: brokerTarget(entry.broker) }]
    case 'createTopic':
      return [createTopic(entry.topic, entry.assignment, entry.settings)]
    case 'deleteTopic':
      return [{ do: 'admin', request: { admin: 'deleteTopic', topic: entry.topic } }]
    default:
      return []
  }
}
