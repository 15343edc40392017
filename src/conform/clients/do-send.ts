/** A producer and what it sends. */
import type { ClientCall } from '../../kafka/calls.ts'
import { msToUs } from '../../kernel/time.ts'
import type { Action } from '../../world/plan.ts'
import { startClient } from './do-life.ts'
import { unseenLoad } from './load.ts'
import type { ClientsEntry } from './recording.ts'
import { numberOf, partitionOf, textOf } from './recording.ts'
import type { DoRule } from './rule.ts'
import type { ClientsScript } from './script.ts'

/** A call of the application; null when no such client was started. */
export function callOf(
  entry: ClientsEntry,
  script: ClientsScript,
  kind: 'producer' | 'consumer',
  call: ClientCall | null,
): readonly Action[] | null {
  const client = script.client(textOf(entry, 'client'), kind)
  if (client === null || call === null) return null
  return [{ do: 'call', client, call, label: script.callLabel(entry) }]
}

function sendManyCall(entry: ClientsEntry): Extract<ClientCall, { call: 'sendMany' }> | null {
  const to = partitionOf(entry)
  const from = numberOf(entry, 'from')
  const until = numberOf(entry, 'to')
  if (to === null || from === null || until === null) return null
  return {
    call: 'sendMany',
    ...to,
    keyed: entry.keyed === true || entry.keyed === 1,
    prefix: textOf(entry, 'prefix') ?? 'v',
    from,
    to: until,
    padBytes: numberOf(entry, 'pad') ?? 0,
    gapUs: msToUs(numberOf(entry, 'gap') ?? 0),
    waits: entry.mode === 'sync',
  }
}

/** The first records that a client is seen to send, and those it has sent before, which have no entry. */
function firstSend(entry: ClientsEntry, script: ClientsScript): ClientsEntry | null {
  const over = script.rest().findIndex((each) => each.do === entry.do && each.client === entry.client)
  const life = over < 0 ? script.rest() : script.rest().slice(0, over)
  return life.find((each) => ['send', 'sendMany'].includes(each.do ?? '') && each.client === entry.client) ?? null
}

/** Between records that a producer was warmed up with, in us. */
const WARM_UP_GAP_US = 10_000

/**
 * The recorder's producers knew their topic before a story began: they had asked for its partitions, or sent the values
 * that are missing at the beginning of the first `sendMany`.
 */
const startProducer: DoRule = (entry, script) => {
  const started = startClient(entry, script, 'producer')
  if (started === null) return null
  const { name, actions } = started
  const first = firstSend(entry, script)
  const load = first === null ? unseenLoad(script) : null
  if (load !== null) return [...actions, { do: 'call', client: name, call: load, label: `e${script.index}.load` }]
  const to = first === null ? null : partitionOf(first)
  const created = script.recording.entries
    .slice(0, script.index)
    .some((each) => each.do === 'createTopic' && each.topic === to?.topic)
  if (first === null || to === null || !created) return actions
  const many = first.do === 'sendMany' ? sendManyCall(first) : null
  const call: ClientCall =
    many !== null && many.from > 0
      ? { ...many, from: 0, to: many.from, gapUs: WARM_UP_GAP_US, waits: false }
      : { call: 'partitionsFor', topic: to.topic }
  return [...actions, { do: 'call', client: name, call, label: `e${script.index}.warm-up` }]
}

export const SEND_ACTIONS: Readonly<Record<string, DoRule>> = {
  startProducer,
  send: (entry, script) => {
    const to = partitionOf(entry)
    const value = textOf(entry, 'value')
    const call: ClientCall | null =
      to === null ? null : { call: 'send', ...to, key: textOf(entry, 'key'), value, waits: true }
    return callOf(entry, script, 'producer', call)
  },
  sendMany: (entry, script) => callOf(entry, script, 'producer', sendManyCall(entry)),
  flush: (entry, script) => callOf(entry, script, 'producer', { call: 'flush' }),
}
