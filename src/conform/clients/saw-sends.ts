/** What became of records that were sent. */

import { splitTopicPartition } from '../../kafka/ids.ts'
import type { Condition } from '../../world/plan.ts'
import { answered } from '../conditions.ts'
import type { ClientsEntry } from './recording.ts'
import { listOf, numberOf, textOf } from './recording.ts'
import type { SawRule } from './rule.ts'
import { sameTime } from './rule.ts'
import type { ClientsScript } from './script.ts'
import { exceptionOf, failedGroups, recordedGroups, sentBy, tookMs } from './sent.ts'

/** So many records of the entry's client have their result. */
export function told(entry: ClientsEntry, script: ClientsScript, count: number): Condition | null {
  const client = script.client(textOf(entry, 'client'), 'producer')
  return client === null ? null : { when: 'told', client, count: { atLeast: count } }
}

const sendResults: SawRule = {
  when: (entry, script) =>
    told(
      entry,
      script,
      recordedGroups(entry).reduce((sum, { count }) => sum + count, 0),
    ),
  compare: (look, to) => {
    const { world, entry, script, label } = look
    const client = script.client(textOf(entry, 'client'), 'producer')
    const ours = client === null ? [] : failedGroups(sentBy(world, client), look.mechanisms)
    const recorded = recordedGroups(entry)
    const words = ({ by, error, count }: { by: string; error: string; count: number }): string =>
      `${by} ${error} ${count}`
    to.equal(label, 'results', recorded.map(words), ours.map(words))
    recorded.forEach((group, n) => {
      if (ours[n] === undefined) return
      sameTime(to, look, `${group.error} first after`, group.ms, ours[n].ms[0])
      sameTime(to, look, `${group.error} last after`, group.ms, ours[n].ms[1])
    })
  },
}

/** Partitions are told by number, or by name. */
const numberOfPartition = (partition: unknown): number | null =>
  typeof partition === 'string' ? splitTopicPartition(partition).partition : (partition as number | null)

const ack: SawRule = {
  when: (entry, script) => {
    const call = script.resultOf({ ...entry, of: 'send' })
    return call === null ? null : answered(call)
  },
  compare: (look, to) => {
    const { world, entry, script, label } = look
    const client = script.client(textOf(entry, 'client'), 'producer')
    const value = textOf(entry, 'value')
    const sent = client === null ? [] : sentBy(world, client)
    const ours = sent.filter((each) => value === null || each.value === value).at(-1)
    to.equal(
      label,
      'error',
      listOf(entry, 'error'),
      ours === undefined ? 'nothing sent' : exceptionOf(ours, look.mechanisms),
    )
    if (ours === undefined) return
    to.equal(label, 'partition', numberOfPartition(entry.partition), numberOfPartition(ours.partition))
    const offset = numberOf(entry, 'offset')
    if (offset !== null) to.equal(label, 'offset', offset, ours.offset)
    const ms = numberOf(entry, 'ms')
    if (ms !== null) sameTime(to, look, 'after', [ms, ms], tookMs(ours))
  },
}

export const SENDS_SEEN: Readonly<Record<string, SawRule>> = { sendResults, ack }
