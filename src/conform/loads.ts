/** Writes that come again and again: loops, bursts, traffic, probes, and those that have no entry of their own. */
import { msToUs } from '../kernel/time.ts'
import type { Action } from '../world/plan.ts'
import { answered, brokerTarget } from './conditions.ts'
import { isDone, isSeen, lastOf, unexplainedWrites } from './history.ts'
import { produceRequest, ROUND_TRIP_MS, SHORT_SOCKET_TIMEOUT_MS, SOCKET_TIMEOUT_MS } from './recorder.ts'
import type { Done, Entry, Seen } from './recording.ts'
import type { Script } from './script.ts'
import { describe } from './script.ts'

/** Between the requests of a load sent back to back, in ms: what it shows does not need every one of thousands. */
const SHORTEST_PAUSE_MS = 4
/** The recorder's time between two things that it did, in ms. */
const NEXT_ACTION_MS = 20
/** Between two tries of a write that is repeated until it is accepted, in ms. */
const RETRY_MS = 100

/** Single records from the first recorded answer on until the entry. */
export function produceRepeatedly(script: Script, entry: Done<'produceRepeatedly'>, index: number): void {
  const runs = script.recording.entries.find(
    (each): each is Seen<'produceRuns'> => isSeen(each) && each.saw === 'produceRuns' && each.label === entry.label,
  )
  const fromMs = Math.min(entry.atMs, runs?.runs[0]?.fromMs ?? entry.atMs)
  script.loop({
    id: `e${index}`,
    atMs: fromMs,
    order: index,
    stopMs: entry.atMs,
    stopOrder: index + 0.2,
    everyMs: entry.everyMs,
    socketTimeoutMs: SHORT_SOCKET_TIMEOUT_MS,
    broker: entry.broker,
    request: produceRequest(entry, ['z']),
  })
}

/** Single records, each after the answer to the one before; at the end the high watermarks are looked at. */
export function burst(script: Script, entry: Done<'burst'>, index: number): void {
  let atMs = entry.atMs - entry.tookMs.reduce((sum, took) => sum + took, 0)
  for (let i = 0; i < entry.records; i++) {
    const label = `e${index}.${i}`
    const before = i === 0 ? null : answered(`e${index}.${i - 1}`)
    script.add({
      id: label,
      atMs,
      order: index + i / 100,
      text: describe(entry),
      when: before,
      actions: [
        {
          do: 'request',
          target: brokerTarget(entry.broker),
          request: produceRequest({ ...entry, timeoutMs: SHORT_SOCKET_TIMEOUT_MS }, [`b${entry.number}-${i}`]),
          socketTimeoutUs: msToUs(SOCKET_TIMEOUT_MS),
          label,
        },
      ],
    })
    atMs += entry.tookMs[i] ?? 0
  }
  script.add({
    id: `e${index}`,
    atMs: entry.atMs,
    order: index + 0.5,
    text: `${describe(entry)} is acknowledged`,
    when: answered(`e${index}.${entry.records - 1}`),
    actions: [{ do: 'observe', label: `e${index}` }],
  })
}

/** Batches as often as were recorded, for the time the entry gives. */
export function produceLoop(script: Script, entry: Done<'produceLoop'>, index: number): void {
  const sent = script.recording.entries.find(
    (each, i): each is Seen<'batchesSent'> => i > index && isSeen(each) && each.saw === 'batchesSent',
  )
  const usual = sent === undefined ? entry.everyMs : entry.forMs / Math.max(1, sent.count)
  script.loop({
    id: `e${index}`,
    atMs: entry.atMs,
    order: index,
    stopMs: entry.atMs + entry.forMs,
    stopOrder: index + 0.2,
    everyMs: Math.max(SHORTEST_PAUSE_MS, usual - ROUND_TRIP_MS),
    socketTimeoutMs: SOCKET_TIMEOUT_MS,
    broker: entry.broker,
    request: produceRequest(
      { ...entry, timeoutMs: SHORT_SOCKET_TIMEOUT_MS },
      Array.from({ length: entry.batch }, (_, i) => `l${i}-`),
    ),
  })
}

/** A loop a target, as often as `stopTraffic` says each sent. */
export function startTraffic(script: Script, entry: Done<'startTraffic'>, index: number): void {
  const stop = script.recording.entries.find(
    (each, i): each is Done<'stopTraffic'> => i > index && isDone(each) && each.do === 'stopTraffic',
  )
  const usual =
    stop?.sentEach === undefined || stop.sentEach === 0 ? entry.everyMs : (stop.atMs - entry.atMs) / stop.sentEach
  const actions = entry.targets.map(
    ([broker, partition], i): Action => ({
      do: 'requestLoop',
      target: brokerTarget(broker),
      request: produceRequest({ partition, acks: entry.acks, timeoutMs: SHORT_SOCKET_TIMEOUT_MS }, ['t']),
      socketTimeoutUs: msToUs(SHORT_SOCKET_TIMEOUT_MS),
      everyUs: msToUs(Math.max(SHORTEST_PAUSE_MS, usual - ROUND_TRIP_MS)),
      until: 'stopped',
      label: `e${index}.${i}`,
    }),
  )
  script.act(entry, index, ...actions)
}

/** Ends the loops of the traffic before it. */
export function stopTraffic(script: Script, entry: Done<'stopTraffic'>, index: number): void {
  const start = lastOf(script.recording, index, (each) => isDone(each) && each.do === 'startTraffic')
  const { targets } = script.recording.entries[start] as Done<'startTraffic'>
  script.act(entry, index, ...targets.map((_, i): Action => ({ do: 'stopRequestLoop', label: `e${start}.${i}` })))
}

/** Probes to a broker that is being restarted, from its start on. */
export function probes(script: Script, entry: Seen<'probesToRestarted'>, index: number): void {
  const first = entry.runs[0]
  const last = entry.runs.at(-1)
  if (first === undefined || last === undefined) return
  const starts = script.recording.entries.filter(
    (each): each is Done<'start'> => isDone(each) && each.do === 'start' && each.broker === entry.broker,
  )
  const wantedMs = entry.atMs - last.toMs
  const start = starts.sort((a, b) => Math.abs(a.atMs - wantedMs) - Math.abs(b.atMs - wantedMs))[0]
  if (start === undefined) return
  const count = entry.runs.reduce((sum, run) => sum + run.count, 0)
  const id = `e${index}.probe`
  script.loop({
    id,
    atMs: start.atMs + first.fromMs,
    order: script.recording.entries.indexOf(start) + 0.3,
    stopMs: entry.atMs,
    stopOrder: index - 0.1,
    everyMs: Math.round((last.toMs - first.fromMs) / Math.max(1, count)),
    socketTimeoutMs: SHORT_SOCKET_TIMEOUT_MS,
    broker: entry.broker,
    request: produceRequest({ partition: script.onlyPartition, acks: 1, timeoutMs: SHORT_SOCKET_TIMEOUT_MS }, [
      'probe',
    ]),
  })
  const label = script.name(index)
  script.check({ kind: 'probes', label, atMs: entry.atMs, step: `e${index}`, loop: id, runs: entry.runs })
}

/** Writes that the recorder made without an entry: repeated until accepted, before whatever shows them first. */
export function addUnexplained(script: Script): void {
  unexplainedWrites(script.recording).forEach((write, i) => {
    const label = `w${i}`
    const after = script.recording.entries[write.after]!
    script.add({
      id: label,
      atMs: after.atMs + (isCreation(after) ? 0 : NEXT_ACTION_MS),
      order: write.after + 0.5,
      text: `"${write.value}" is written to broker ${write.leader} until it is accepted`,
      actions: [
        {
          do: 'requestLoop',
          target: brokerTarget(write.leader),
          request: produceRequest({ partition: write.partition, acks: 'all', timeoutMs: 1000 }, [write.value]),
          socketTimeoutUs: msToUs(SHORT_SOCKET_TIMEOUT_MS),
          everyUs: msToUs(RETRY_MS),
          until: 'accepted',
          label,
        },
      ],
    })
    const conditions = script.also.get(write.shownBy) ?? []
    script.also.set(write.shownBy, [...conditions, answered(label)])
  })
}

const isCreation = (entry: Entry): boolean => isDone(entry) && entry.do === 'createTopic'
