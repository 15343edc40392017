/** A run in the forms of other tools: Perfetto (Chrome trace), ShiViz, Mermaid, CSV. */
import { nodeNumber } from '../../kafka/ids.ts'
import { eventWords, shortNode } from './event-words.ts'
import type { PageRun } from './page-run.ts'

/** The process an event belongs to: sessions and controllers live in their broker's. */
const processOf = (node: string): string => (node === '' ? 'world' : node.replace(/^(controller|session)-/, 'broker-'))

/** JSON of the Chrome trace format: a process a node, messages as flows on a network track, log figures as counters. */
export function chromeTrace(run: PageRun): string {
  const pids = new Map<string, number>()
  const pidOf = (node: string): number => {
    const process = processOf(node)
    const known = pids.get(process)
    if (known !== undefined) return known
    pids.set(process, pids.size + 1)
    return pids.size
  }
  const lines: object[] = []
  const network = pidOf('network')
  for (const event of run.events) {
    const { i, t, n, k, s, d } = event
    const pid = pidOf(n)
    if (s !== undefined) lines.push({ ph: 'i', s: 'g', name: event.w ?? 'step', ts: t, pid: pidOf(''), tid: 0 })
    else lines.push({ ph: 'X', dur: 1, name: eventWords(event), cat: k, ts: t, pid, tid: 0, args: { event: i } })
    for (const patch of d ?? []) {
      const [kind, partition, broker, field] = String(patch[0]).split('/')
      if (kind !== 'replica' || (field !== 'highWatermark' && field !== 'logEndOffset')) continue
      const value = typeof patch[2] === 'number' ? patch[2] : 0
      lines.push({ ph: 'C', name: `${partition} ${field}`, ts: t, pid: pidOf(`broker-${broker}`), args: { value } })
    }
  }
  for (const [id, message] of run.messages.entries()) {
    const sent = run.events[message.sent]
    const ended = message.ended === null ? undefined : run.events[message.ended]
    if (sent === undefined || ended === undefined) continue
    const name = `${message.type} ${shortNode(message.from)}>${shortNode(message.to)}`
    const args = { words: message.words, fate: message.fate }
    lines.push({ ph: 'b', cat: 'network', id, name, ts: sent.t, pid: network, tid: 0, args })
    lines.push({ ph: 'e', cat: 'network', id, name, ts: ended.t, pid: network, tid: 0 })
    if (message.fate !== 'arrived') continue
    lines.push({ ph: 's', cat: 'message', id, name: message.type, ts: sent.t, pid: pidOf(message.from), tid: 0 })
    lines.push({
      ph: 'f',
      bp: 'e',
      cat: 'message',
      id,
      name: message.type,
      ts: ended.t,
      pid: pidOf(message.to),
      tid: 0,
    })
  }
  const names = [...pids].map(([name, pid]) => ({ ph: 'M', name: 'process_name', pid, args: { name } }))
  return JSON.stringify({ displayTimeUnit: 'ms', traceEvents: [...names, ...lines] })
}

/** The first line of a ShiViz log: how its lines are to be read. */
const SHIVIZ_FORM = '(?<event>.*)\\n(?<host>\\S*) (?<clock>{.*})'

/** Two lines an event: words, then the process with its vector clock, from the causes in the trace. */
export function shivizLog(run: PageRun): string {
  const lines = [SHIVIZ_FORM, '']
  const clocks: (Readonly<Record<string, number>> | undefined)[] = []
  const latest: Record<string, Readonly<Record<string, number>>> = {}
  for (const event of run.events) {
    const host = processOf(event.n)
    const clock: Record<string, number> = { ...latest[host] }
    for (const id of event.c) {
      const cause = clocks[run.indexOfId(id)] ?? {}
      for (const [name, value] of Object.entries(cause)) clock[name] = Math.max(clock[name] ?? 0, value)
    }
    clock[host] = (latest[host]?.[host] ?? 0) + 1
    clocks[event.i] = clock
    latest[host] = clock
    const sorted = Object.fromEntries(Object.entries(clock).sort(([a], [b]) => (a < b ? -1 : 1)))
    lines.push(eventWords(event).replaceAll('\n', ' '), `${host} ${JSON.stringify(sorted)}`)
  }
  return `${lines.join('\n')}\n`
}

/** More arrows than these are no diagram. */
const MOST_ARROWS = 120

/** Letters that Mermaid would read as its own. */
const plain = (text: string): string => text.replace(/[;#\n]/g, ' ').slice(0, 100)

/** A sequence diagram of the network messages that arrived in a stretch, the last ones first kept. */
export function mermaidSequence(run: PageRun, from: number, to: number): string {
  const messages = run.messages
    .filter(({ ended, fate }) => fate === 'arrived' && ended !== null && ended >= from && ended <= to)
    .slice(-MOST_ARROWS)
  const nodes = [...new Set(messages.flatMap((message) => [message.from, message.to]))].sort(
    (a, b) => nodeNumber(a) - nodeNumber(b) || (a < b ? -1 : 1),
  )
  const nameOf = (node: string): string => node.replace(/[^A-Za-z0-9]/g, '_')
  const lines = [
    'sequenceDiagram',
    `  %% ${plain(run.header.plan.title)}, Kafka ${run.header.kafka}, seed ${plain(run.header.seed)}`,
    ...nodes.map((node) => `  participant ${nameOf(node)} as ${shortNode(node)}`),
    ...messages.map(
      ({ from: source, to: target, type, words }) =>
        `  ${nameOf(source)}->>${nameOf(target)}: ${plain(`${type} ${words}`)}`,
    ),
  ]
  return `${lines.join('\n')}\n`
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

/** A line an event: number, virtual time in us, kind, node, words. */
export function eventsCsv(run: PageRun): string {
  const lines = run.events.map((event) =>
    [event.i, event.t, event.k, quoted(event.n), quoted(eventWords(event))].join(','),
  )
  return `event,us,kind,node,words\n${lines.join('\n')}\n`
}
