/** Internal topics of a recording: the recorder had brokers create them before a story began. */
import type { BrokerId } from '../../kafka/ids.ts'
import { createTopic } from '../create-topic.ts'
import type { ClientsScript } from './script.ts'

interface InternalTopic {
  readonly partitions: number
  readonly leader: BrokerId
  readonly isr: readonly BrokerId[]
}

/** Creates them as they were recorded, once every broker that began the story was registered. */
export function createInternalTopics(script: ClientsScript): void {
  const { internal } = script.recording
  const entries = script.recording.entries
  const first = entries.findIndex(
    (each) => each.do !== undefined && each.do !== 'start' && each.do !== 'startController',
  )
  const index = entries.slice(0, first).findLastIndex((each) => each.saw === 'registered')
  const at = entries[index]
  if (internal === undefined || at === undefined) return
  Object.entries(internal as Readonly<Record<string, InternalTopic>>).forEach(
    ([topic, { partitions, leader, isr }], n) => {
      const replicas = [leader, ...isr.filter((id) => id !== leader)]
      const assignment = Object.fromEntries(Array.from({ length: partitions }, (_, partition) => [partition, replicas]))
      script.add({
        id: `internal${n}`,
        atMs: at.atMs,
        order: index + 0.1 * (n + 1),
        text: `createTopic ${topic}`,
        actions: [createTopic(topic, assignment, { 'cleanup.policy': 'compact' })],
      })
    },
  )
}
