/** A consumer and what its application calls. */
import { msToUs } from '../../kernel/time.ts'
import type { Action } from '../../world/plan.ts'
import { startClient } from './do-life.ts'
import { callOf } from './do-send.ts'
import type { ClientsEntry } from './recording.ts'
import { numberOf, textOf } from './recording.ts'
import type { DoRule } from './rule.ts'
import type { ClientsScript } from './script.ts'

/** `t` or `t,u`. */
const topicsOf = (entry: ClientsEntry): string[] =>
  (textOf(entry, 'topics') ?? '').split(',').filter((each) => each !== '')

/** `t-0:1,t-1:5`; null: none are named. */
function offsetsOf(entry: ClientsEntry): Readonly<Record<string, number>> | null {
  const text = textOf(entry, 'offsets')
  if (text === null) return null
  return Object.fromEntries(
    text
      .split(',')
      .map((each) => [each.slice(0, each.lastIndexOf(':')), Number(each.slice(each.lastIndexOf(':') + 1))]),
  )
}

/** A client that only polls was subscribed when it was made, to the topics that the story had created. */
function subscribesBySelf(entry: ClientsEntry, script: ClientsScript): string[] {
  const over = script.rest().findIndex((each) => each.do === entry.do && each.client === entry.client)
  const life = over < 0 ? script.rest() : script.rest().slice(0, over)
  const told = life.some((each) => each.client === entry.client && ['subscribe', 'assign'].includes(each.do ?? ''))
  if (told) return []
  const before = script.recording.entries.slice(0, script.index)
  return before.flatMap((each) => (each.do === 'createTopic' && typeof each.topic === 'string' ? [each.topic] : []))
}

const startConsumer: DoRule = (entry, script) => {
  const started = startClient(entry, script, 'consumer')
  if (started === null) return null
  const topics = subscribesBySelf(entry, script)
  if (topics.length === 0) return started.actions
  const subscribe: Action = {
    do: 'call',
    client: started.name,
    call: { call: 'subscribe', topics, revokedTakesUs: 0 },
    label: `e${script.index}.subscribe`,
  }
  return [...started.actions, subscribe]
}

export const GROUP_ACTIONS: Readonly<Record<string, DoRule>> = {
  startConsumer,
  subscribe: (entry, script) =>
    callOf(entry, script, 'consumer', {
      call: 'subscribe',
      topics: topicsOf(entry),
      revokedTakesUs: msToUs(numberOf(entry, 'revSleep') ?? numberOf(entry, 'revokedTakesMs') ?? 0),
    }),
  assign: (entry, script) =>
    callOf(entry, script, 'consumer', {
      call: 'assign',
      partitions: (textOf(entry, 'parts') ?? textOf(entry, 'partitions') ?? '').split(','),
    }),
  pollLoop: (entry, script) => callOf(entry, script, 'consumer', { call: 'pollLoop' }),
  stopPolling: (entry, script) => callOf(entry, script, 'consumer', { call: 'stopPolling' }),
  poll: (entry, script) =>
    callOf(entry, script, 'consumer', { call: 'poll', timeoutUs: msToUs(numberOf(entry, 'ms') ?? 0) }),
  processFor: (entry, script) =>
    callOf(entry, script, 'consumer', { call: 'processFor', forUs: msToUs(numberOf(entry, 'ms') ?? 0) }),
  commitSync: (entry, script) => callOf(entry, script, 'consumer', { call: 'commitSync', offsets: offsetsOf(entry) }),
  commitAsync: (entry, script) => callOf(entry, script, 'consumer', { call: 'commitAsync', offsets: offsetsOf(entry) }),
  positions: (entry, script) => callOf(entry, script, 'consumer', { call: 'positions' }),
  /** Bookkeeping of the recorder: what the application has processed. */
  process: () => [],
}
