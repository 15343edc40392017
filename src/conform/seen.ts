/** What was seen in a recording: what the replay waits for, what it looks at, and what is compared. */
import { splitTopicPartition } from '../kafka/ids.ts'
import type { RawRequest } from '../kafka/operations.ts'
import { unreachable } from '../kernel/assert.ts'
import type { Action, Condition } from '../world/plan.ts'
import type { MetadataFields } from './check.ts'
import { answered, brokerTarget, eventCondition, seenCondition, underProduceLoop } from './conditions.ts'
import { isDone, isFirstAfterRoleChange, isSeen, lastOf } from './history.ts'
import { addKraftSeen, addKraftSnapshot, rolesJustChanged } from './kraft-script.ts'
import { probes } from './loads.ts'
import { allOf } from './moments.ts'
import { CLIENT_FETCH_WAIT_MS } from './recorder.ts'
import type { Done, Seen, SeenEntry } from './recording.ts'
import { fileRule, lagCheckMs } from './rules.ts'
import type { Script } from './script.ts'

/** Longest time until a follower's next fetch after a role change or a refusal, in ms: one back-off of 1 s. */
const FETCH_BACK_OFF_MS = 1130

/** Adds the moments and checks of one entry. */
export function addSeen(script: Script, entry: SeenEntry, index: number): void {
  const id = `e${index}`
  const { atMs } = entry
  const common = { atMs, step: id }
  const also = script.also.get(index) ?? []
  const here = (when: Condition | null, ...actions: Action[]): void => {
    const all = allOf([...(when === null ? [] : [when]), ...also])
    script.add({ id, atMs, order: index, text: `saw ${entry.saw}`, when: all, actions })
  }
  const look: Action = { do: 'observe', label: id }
  if (addKraftSeen(script, entry, index, here)) return
  switch (entry.saw) {
    case 'snapshot':
      here(seenCondition(script.recording, entry, script.onlyPartition), look)
      script.check({
        ...common,
        kind: 'snapshot',
        label: entry.label,
        observation: id,
        seen: entry,
        files: fileRule(script.recording, index),
        rolesJustChanged: rolesJustChanged(script.recording, index),
      })
      addKraftSnapshot(script, entry, index)
      return
    case 'states':
      here(null, look)
      script.check({ ...common, kind: 'states', label: entry.label, observation: id, states: entry.states })
      return
    case 'logs':
      here(null, look)
      script.check({
        ...common,
        kind: 'logs',
        label: entry.label,
        observation: id,
        partition: entry.partition,
        replicas: entry.replicas,
      })
      return
    case 'highWatermarks':
      here(null, look)
      script.check({
        ...common,
        kind: 'highWatermarks',
        label: entry.label ?? script.name(index),
        observation: id,
        partition: entry.partition,
        byBroker: entry.byBroker,
      })
      return
    case 'state':
      here(seenCondition(script.recording, entry, script.onlyPartition))
      script.check({ ...common, kind: 'state', label: script.name(index), seen: entry })
      return
    case 'registryLog':
      registryLog(script, entry, index)
      here(null)
      return
    case 'produceResult':
      produceResult(script, entry, index, here)
      return
    case 'produceRuns': {
      here(null)
      const loop = script.recording.entries.findIndex(
        (each) => isDone(each) && each.do === 'produceRepeatedly' && each.label === entry.label,
      )
      script.check({ ...common, kind: 'produceRuns', label: entry.label, loop: `e${loop}`, runs: entry.runs })
      return
    }
    case 'probesToRestarted':
      probes(script, entry, index)
      here(null)
      return
    case 'fetchResult': {
      const request: RawRequest = {
        request: 'fetch',
        partition: entry.partition,
        fromOffset: entry.fromOffset ?? 0,
        maxWaitMs: CLIENT_FETCH_WAIT_MS,
      }
      here(script.ask(index, entry.broker, request))
      script.check({ ...common, kind: 'fetchResult', label: script.name(index), request: `${id}.ask`, seen: entry })
      return
    }
    case 'listLatest': {
      const request: RawRequest = {
        request: 'listOffsets',
        partition: entry.partition,
        timestamp: -1,
        version: entry.requestVersion ?? 0,
      }
      here(script.ask(index, entry.broker, request))
      script.check({ ...common, kind: 'listLatest', label: script.name(index), request: `${id}.ask`, seen: entry })
      return
    }
    case 'offsetForLeaderEpoch': {
      const request: RawRequest = { request: 'offsetForLeaderEpoch', partition: entry.partition, epoch: entry.asked }
      here(script.ask(index, entry.broker, request))
      script.check({
        ...common,
        kind: 'offsetForLeaderEpoch',
        label: script.name(index),
        request: `${id}.ask`,
        seen: entry,
      })
      return
    }
    case 'metadata':
      metadata(script, entry, index, here)
      return
    case 'highWatermarkReached': {
      here(seenCondition(script.recording, entry, script.onlyPartition))
      const cause = lastOf(script.recording, index, (each) => isDone(each) && each.do !== 'wait')
      script.check({
        ...common,
        kind: 'delay',
        label: script.name(index),
        field: `until broker ${entry.broker} has high watermark ${entry.value}`,
        from: `e${cause}`,
        to: id,
        recordedMs: entry.afterMs,
        legalMs: [0, FETCH_BACK_OFF_MS],
      })
      return
    }
    case 'highWatermarkLag':
      highWatermarkLag(script, entry, index)
      return
    case 'brokerEvents':
      here(null)
      script.check({
        ...common,
        kind: 'brokerEvents',
        label: entry.label,
        since: script.stepOf(
          index,
          (each) => isSeen(each) && each.saw === 'brokerEvents' && each.broker === entry.broker,
        ),
        extrasSince: script.stepOf(
          index,
          (each) =>
            (isSeen(each) && each.saw === 'brokerEvents' && each.broker === entry.broker) ||
            (isDone(each) && each.do !== 'wait' && each.do !== 'produce' && each.do !== 'produceRepeatedly'),
        ),
        seen: entry,
      })
      return
    case 'process':
      here(seenCondition(script.recording, entry, script.onlyPartition), look)
      script.check({ ...common, kind: 'process', label: script.name(index), observation: id, seen: entry })
      return
    case 'processExited':
      here(seenCondition(script.recording, entry, script.onlyPartition), look)
      script.check({
        ...common,
        kind: 'exitCode',
        label: script.name(index),
        observation: id,
        broker: entry.broker,
        code: entry.code,
      })
      return
    case 'registered':
    case 'stopped':
    case 'notInSync':
    case 'logEndOffset':
      here(seenCondition(script.recording, entry, script.onlyPartition))
      return
    case 'batchesSent':
    case 'sentEach':
    case 'activeController':
    case 'metadataLog':
    case 'electResult':
    case 'zombieLog':
    case 'zombieResultsAfterControllerResumed':
      here(null)
      return
    default:
      unreachable(entry)
  }
}

function metadata(
  script: Script,
  entry: Seen<'metadata'>,
  index: number,
  here: (when: Condition | null) => void,
): void {
  const partition = entry.partition ?? script.onlyPartition
  const { topic, partition: number } = splitTopicPartition(partition)
  const requests: Record<string, string> = {}
  const byBroker: Record<string, MetadataFields> = {}
  const conditions: Condition[] = []
  for (const broker of Object.keys(entry.byBroker)) {
    const answer = entry.byBroker[broker]!
    const own = answer.partitions?.[number] ?? answer
    const label = `e${index}.ask${broker}`
    const request: RawRequest = { request: 'metadata', topics: [topic], version: 0 }
    conditions.push(script.ask(index, Number(broker), request, label))
    requests[broker] = label
    byBroker[broker] = {
      error: own.error ?? 'NONE',
      leader: own.leader ?? -1,
      replicas: own.replicas ?? [],
      isr: own.isr ?? [],
      brokers: answer.brokers ?? [],
    }
  }
  here(allOf(conditions))
  const label = entry.label ?? script.name(index)
  script.check({ kind: 'metadata', label, atMs: entry.atMs, step: `e${index}`, requests, partition, byBroker })
}

function produceResult(
  script: Script,
  entry: Seen<'produceResult'>,
  index: number,
  here: (when: Condition | null) => void,
): void {
  const produced = script.produceOf.get(index)
  if (produced === undefined) {
    here(null)
    return
  }
  const retry = script.retries.get(produced)
  const request = `e${retry?.first ?? produced}`
  if (retry !== undefined && retry.last !== produced) {
    here(null)
    return
  }
  here(answered(request))
  const { broker, timeoutMs, acks, values } = script.recording.entries[produced] as Done<'produce'>
  script.check({
    kind: 'produceResult',
    label: `produce ${values.join(' ')} to broker ${broker}`,
    atMs: entry.atMs,
    step: `e${index}`,
    request,
    seen: entry,
    timeoutMs,
    acks: acks === 'all' ? -1 : acks,
    afterRoleChange: isFirstAfterRoleChange(script.recording, produced),
    lagCheckMs: lagCheckMs(script.recording, broker, script.told.mechanisms),
  })
}

function registryLog(script: Script, entry: Seen<'registryLog'>, index: number): void {
  entry.events.forEach((event, i) => {
    const when = eventCondition(script.recording, event)
    if (when === null) return
    script.add({ id: `e${index}.${i}`, atMs: event.atMs, order: index, text: 'a registry write', when })
  })
  script.check({
    kind: 'registryLog',
    label: entry.label,
    atMs: entry.atMs,
    step: `e${index}`,
    since: script.stepOf(index, (each) => isSeen(each) && each.saw === 'registryLog'),
    events: entry.events,
    repeating: entry.events.some(
      (event) => event.state !== undefined && underProduceLoop(script.recording, event.atMs),
    ),
  })
}

function highWatermarkLag(script: Script, entry: Seen<'highWatermarkLag'>, index: number): void {
  const burst = script.recording.entries.findIndex(
    (each) => isDone(each) && each.do === 'burst' && each.number === entry.burst,
  )
  const done = script.recording.entries[burst] as Done<'burst'> | undefined
  if (done === undefined) return
  const { partition } = done
  const common = { atMs: entry.atMs, step: `e${index}`, label: `after burst ${entry.burst}` }
  const conditions: Condition[] = []
  const figures = [
    ['memory', 'highWatermark', entry.msUntilInMemory],
    ['file', 'highWatermarkCheckpoint', entry.msUntilInFile],
  ] as const
  for (const [where, figure, times] of figures) {
    for (const broker of Object.keys(times)) {
      const replica = brokerTarget(Number(broker))
      const when: Condition = { when: figure, partition, replica, value: { atLeast: entry.end } }
      const id = `e${index}.${where}${broker}`
      script.add({
        id,
        atMs: done.atMs,
        order: burst,
        text: `high watermark of broker ${broker} in ${where}`,
        when,
        beside: `e${burst}`,
      })
      conditions.push(when)
      script.check({
        ...common,
        kind: 'delay',
        field: `high watermark of broker ${broker} in ${where}`,
        from: `e${burst}`,
        to: id,
        recordedMs: times[broker] ?? 0,
        legalMs: null,
      })
    }
  }
  script.check({
    ...common,
    kind: 'highWatermarks',
    observation: `e${burst}`,
    partition,
    byBroker: entry.inMemoryRightAfter,
  })
  script.add({
    id: `e${index}`,
    atMs: entry.atMs,
    order: index,
    text: 'saw highWatermarkLag',
    when: allOf(conditions),
  })
}
