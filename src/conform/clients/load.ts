/** What a producer sent of which no entry tells: the recorder filled topics before a story began, and consumers show it. */
import type { ClientCall } from '../../kafka/calls.ts'
import { splitTopicPartition } from '../../kafka/ids.ts'
import type { ClientsEntry } from './recording.ts'
import { objectOf, textOf } from './recording.ts'
import type { ClientsScript } from './script.ts'

/** Values that consumers were handed of a partition, in any entry. */
function shownOf(entry: ClientsEntry): (readonly [partition: string, values: readonly string[]])[] {
  if (entry.saw === 'consumed') return [[textOf(entry, 'partition') ?? '', (entry.values ?? []) as readonly string[]]]
  if (entry.saw !== 'result' || entry.of !== 'poll') return []
  return Object.entries(objectOf(entry, 'records') ?? {}) as [string, readonly string[]][]
}

/** The records of a topic of the same section that nobody is seen to send; null: there are none. */
export function unseenLoad(script: ClientsScript): ClientCall | null {
  const { entries } = script.recording
  const before = entries.slice(0, script.index)
  const section = before.findLastIndex(({ saw }) => saw === 'section')
  const created = before.slice(section + 1).flatMap((each) => (each.do === 'createTopic' ? [String(each.topic)] : []))
  const sentTo = entries.flatMap((each) =>
    each.do === 'send' || each.do === 'sendMany'
      ? [textOf(each, 'topic') ?? splitTopicPartition(textOf(each, 'partition') ?? '').topic]
      : [],
  )
  const shown = script.rest().flatMap(shownOf)
  for (const [partition] of shown) {
    const { topic, partition: number } = splitTopicPartition(partition)
    if (!created.includes(topic) || sentTo.includes(topic)) continue
    const values = shown.flatMap(([name, each]) => (name === partition ? each : []))
    const [, prefix = ''] = /^(\D*)\d+$/.exec(values[0] ?? '') ?? []
    const numbers = values.map((value) => Number(value.slice(prefix.length))).filter((each) => each >= 0)
    return {
      call: 'sendMany',
      topic,
      partition: number,
      keyed: false,
      prefix,
      from: 0,
      to: Math.max(-1, ...numbers) + 1,
      padBytes: 0,
      gapUs: 0,
      waits: false,
    }
  }
  return null
}
