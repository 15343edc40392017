/** What was done in a recording, as actions of a plan. */
import { unreachable } from '../kernel/assert.ts'
import { msToUs } from '../kernel/time.ts'
import { brokerTarget } from './conditions.ts'
import { createTopic } from './create-topic.ts'
import { isDone } from './history.ts'
import { addControllerDone, electionAskedMs, electionLabel } from './kraft-script.ts'
import { burst, produceLoop, produceRepeatedly, startTraffic, stopTraffic } from './loads.ts'
import { produceRequest, ROUND_TRIP_MS, SHORT_SOCKET_TIMEOUT_MS, SOCKET_TIMEOUT_MS } from './recorder.ts'
import type { Done, DoneEntry, Seen } from './recording.ts'
import type { Script } from './script.ts'

/** So quick an answer waited for nothing, in ms. */
const AT_ONCE_MS = 100

/** Adds the moments of one entry. */
export function addDone(script: Script, entry: DoneEntry, index: number): void {
  switch (entry.do) {
    case 'start': {
      const startupMs = script.told.startup.get(index)
      script.act(entry, index, {
        do: 'start',
        target: brokerTarget(entry.broker),
        startupUs: startupMs === undefined ? null : msToUs(startupMs),
      })
      return
    }
    case 'crash':
    case 'stop':
      script.act(entry, index, { do: entry.do, target: brokerTarget(entry.broker) })
      return
    case 'pause':
      script.act(entry, index, { do: 'pause', target: brokerTarget(entry.broker), forUs: null })
      return
    case 'resume':
      script.act(entry, index, { do: 'resume', target: brokerTarget(entry.broker) })
      return
    case 'pauseRegistry':
      script.act(entry, index, { do: 'pause', target: { role: 'registry' }, forUs: null })
      return
    case 'resumeRegistry':
      script.act(entry, index, { do: 'resume', target: { role: 'registry' } })
      return
    case 'powerLoss':
      script.act(entry, index, {
        do: 'powerLoss',
        target: brokerTarget(entry.broker),
        keepBelow: { [entry.partition]: entry.keptOffsetsBelow },
        keep: 'durable',
      })
      return
    case 'cutFromRegistry':
    case 'healToRegistry':
      script.act(entry, index, { do: entry.do, target: brokerTarget(entry.broker) })
      return
    case 'createTopic':
      script.act(entry, index, createTopic(entry.topic, entry.assignment, entry.settings))
      return
    case 'electLeader':
      script.act({ ...entry, atMs: electionAskedMs(script, entry, index) }, index, {
        do: 'admin',
        label: electionLabel(index),
        request: { admin: 'electLeader', election: entry.kind, partitions: entry.partitions },
      })
      return
    case 'deleteControllerNode':
      script.act(entry, index, { do: 'admin', request: { admin: 'deleteControllerNode' } })
      return
    case 'reassign':
      script.act(entry, index, {
        do: 'admin',
        request: { admin: 'reassign', partitions: { [entry.partition]: entry.replicas } },
      })
      return
    case 'produce':
      sendProduce(script, entry, index)
      return
    case 'produceRepeatedly':
      produceRepeatedly(script, entry, index)
      return
    case 'burst':
      burst(script, entry, index)
      return
    case 'produceLoop':
      produceLoop(script, entry, index)
      return
    case 'startTraffic':
      startTraffic(script, entry, index)
      return
    case 'stopTraffic':
      stopTraffic(script, entry, index)
      return
    case 'wait':
      script.act(entry, index, { do: 'note', text: entry.why ?? '' })
      return
    case 'startController':
    case 'crashController':
    case 'pauseController':
    case 'resumeController':
      addControllerDone(script, entry, index)
      return
    default:
      unreachable(entry)
  }
}

function sendProduce(script: Script, entry: Done<'produce'>, index: number): void {
  const retry = script.retries.get(index)
  if (retry !== undefined && retry.first !== index) {
    script.act(entry, index)
    return
  }
  const resultIndex = script.results.get(index)
  const result =
    resultIndex === undefined ? undefined : (script.recording.entries[resultIndex] as Seen<'produceResult'>)
  const common = {
    target: brokerTarget(entry.broker),
    request: produceRequest(entry, entry.values),
    socketTimeoutUs: socketTimeoutUs(script, result),
    label: `e${index}`,
  }
  // Without anything to wait for, a request is handled just before its answer: it took its time to come there.
  const atOnce = retry === undefined && entry.acks !== 'all' && result !== undefined && result.tookMs <= AT_ONCE_MS
  const atMs = atOnce ? Math.max(entry.atMs, result.atMs - ROUND_TRIP_MS) : entry.atMs
  script.act(
    { ...entry, atMs: script.told.sendAtMs.get(index) ?? atMs },
    index,
    retry === undefined
      ? { do: 'request', ...common }
      : { do: 'requestLoop', ...common, everyUs: msToUs(retry.everyMs), until: 'accepted' },
  )
}

function socketTimeoutUs(script: Script, result: Seen<'produceResult'> | undefined): number {
  const waited = result?.error === 'TimeoutError' ? Math.round(result.tookMs / 1000) * 1000 : 0
  return msToUs(waited > 0 ? waited : mayHang(script) ? SHORT_SOCKET_TIMEOUT_MS : SOCKET_TIMEOUT_MS)
}
/** Stories in which a broker may hang for long were recorded with short time-outs. */
const mayHang = ({ recording }: Script): boolean =>
  recording.entries.some((entry) => isDone(entry) && (entry.do === 'cutFromRegistry' || entry.do === 'pauseRegistry'))
