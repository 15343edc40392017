/** Everything a step can do to the world. */
import { damageFiles } from '../broker/damage.ts'
import { changeDisk, wipeDisk } from '../broker/disk.ts'
import { setFetchThrottle } from '../broker/replica-fetcher.ts'
import type { BrokerConfig } from '../broker/state.ts'
import type { ConsumerState } from '../client/consumer/state.ts'
import type { ClientCall } from '../kafka/calls.ts'
import type { Fact } from '../kafka/facts.ts'
import { ADMIN_NODE, quorumNode } from '../kafka/ids.ts'
import type { GroupMemberIdentity } from '../kafka/messages/transactions.ts'
import type { Operation, RawRequest } from '../kafka/operations.ts'
import { unreachable } from '../kernel/assert.ts'
import type { Json } from '../kernel/json.ts'
import { losePower } from '../log/power-loss.ts'
import type { LinkFault } from '../network/links.ts'
import { expireSession } from '../registry/registry.ts'
import { breakConnection, releaseHeld } from './connections.ts'
import type { StepReport } from './context.ts'
import { drawFrom } from './context.ts'
import { controllersOf } from './controllers.ts'
import { configOf, type Host } from './host.ts'
import { enterSent } from './ledger.ts'
import { observe } from './observe.ts'
import { nextKey, schedule } from './pending.ts'
import type { Action, Target } from './plan.ts'
import {
  endProcess,
  launchProcess,
  pauseProcess,
  releaseDeferred,
  resumeProcess,
  stopProcess,
  superviseProcess,
} from './processes.ts'
import { clientControl, clientNode, clientProcess, resolveTarget } from './targets.ts'
import { offerRecord } from './workload.ts'
import type { Connection, ProcessId, RequestLoop, World } from './world.ts'
import { brokerState, isKraft, registryState } from './world.ts'

interface Doing {
  readonly world: World
  readonly host: Host
  readonly report: StepReport
}

const resolve = (doing: Doing, target: Target): ProcessId[] =>
  resolveTarget(doing.world, target, () => drawFrom(doing.world, doing.host, doing.report, 'fault.target/random'))

const number = (process: ProcessId): number => Number(process.slice(process.lastIndexOf('-') + 1))

/** The target that means just one process. */
function targetOf(world: World, id: ProcessId): Target {
  if (id === 'registry') return { role: 'registry' }
  const client = world.plan.clients.find(({ kind, name }) => id === `${kind}-${name}`)
  if (client !== undefined) return { role: 'client', name: client.name }
  return { role: id.startsWith('quorum-') ? 'quorum' : 'broker', id: number(id) }
}

/** Where cluster state lives: the registry, or every controller of KRaft. */
const metadataProcesses = (world: World): ProcessId[] =>
  isKraft(world) ? controllersOf(world.plan).map(({ id }) => quorumNode(id)) : ['registry']

function pairs(doing: Doing, from: readonly Target[], to: readonly Target[], both: boolean): [ProcessId, ProcessId][] {
  const list: [ProcessId, ProcessId][] = []
  for (const a of from.flatMap((target) => resolve(doing, target))) {
    for (const b of to.flatMap((target) => resolve(doing, target))) {
      if (a === b) continue
      list.push([a, b])
      if (both) list.push([b, a])
    }
  }
  return list
}

const sameFault = (a: LinkFault, b: LinkFault): boolean =>
  a.kind === b.kind && a.from === b.from && a.to === b.to && (a.messages ?? []).join() === (b.messages ?? []).join()

function addFault(world: World, fault: LinkFault): void {
  if (!world.faults.some((each) => sameFault(each, fault) && each.extraUs === fault.extraUs)) world.faults.push(fault)
}

function removeFaults(world: World, unwanted: (fault: LinkFault) => boolean): void {
  world.faults = world.faults.filter((fault) => !unwanted(fault))
}

function later(doing: Doing, afterUs: number, action: Action): void {
  schedule(doing.world, doing.host, {
    atUs: doing.world.nowUs + afterUs,
    cause: [doing.report.event.id],
    key: nextKey(doing.world, `fault/${action.do}`),
    rule: 'fault',
    body: { kind: 'action', action },
  })
}

function release(doing: Doing): void {
  releaseHeld(doing.world, doing.host, [doing.report.event.id], (stream) =>
    drawFrom(doing.world, doing.host, doing.report, stream),
  )
}

/** How long work that needs the disk takes from now on. */
function changeDiskTime(doing: Doing, id: ProcessId, action: Action & { do: 'stallDisk' | 'slowDisk' }): void {
  const { world, host, report } = doing
  const process = world.processes[id]
  if (process === undefined) return
  const disk = process.disk ?? { stalled: false, slowUs: 0, freeUs: 0 }
  const wasStalled = disk.stalled
  if (action.do === 'slowDisk') disk.slowUs = action.byUs
  else disk.stalled = action.stalled
  if (disk.stalled || disk.slowUs > 0) process.disk = disk
  else delete process.disk
  if (wasStalled && !disk.stalled && process.state === 'up') releaseDeferred(world, host, report, process)
  if (action.do === 'stallDisk' && action.stalled && action.forUs !== null) {
    later(doing, action.forUs, { do: 'stallDisk', target: targetOf(world, id), stalled: false, forUs: null })
  }
}

/** A disk does what it should again, and there is room on it; a directory that has failed needs a restart all the same. */
export function mendDisks(world: World, host: Host, report: StepReport, id: ProcessId): void {
  const target = targetOf(world, id)
  const state = brokerState(world, number(id))
  if (state !== null) delete state.durable.disks
  if (world.processes[id]?.disk === undefined) return
  perform(world, host, report, { do: 'slowDisk', target, byUs: 0 })
  perform(world, host, report, { do: 'stallDisk', target, stalled: false, forUs: null })
}

/** kill -9: also of a process that was being restarted. */
function kill(doing: Doing, id: ProcessId): void {
  const process = doing.world.processes[id]
  if (process !== undefined) process.restartUs = null
  // KAFKA-10471 (2.8): from then on the marker of the last clean stop is gone before the first log is loaded.
  const state = process?.loading === true ? brokerState(doing.world, number(id)) : null
  if (state !== null && doing.host.plan.mechanisms.cleanMarkerRemoved === 'before-loading') {
    state.durable.cleanShutdown = false
  }
  endProcess(doing.world, doing.host, doing.report, id, null)
}

/**
 * A power loss keeps a prefix of each log, given, drawn, or the durable one. Checkpoint files stay, but for the one of
 * high watermarks where it is renamed without having been synced: it is empty then (0.8.0, 0.8.1 OffsetCheckpoint.write).
 * So does the marker of a clean stop that was made before. Stream `fault.torn-tail/<process>/<partition>`: how much of
 * the first batch that is lost stays in the file, where a torn tail is asked for.
 */
function losePowerOf(doing: Doing, process: ProcessId, action: Action & { do: 'powerLoss' }): void {
  const { world, host, report } = doing
  kill(doing, process)
  const state = brokerState(world, number(process))
  if (state === null) return
  if (!host.plan.mechanisms.checkpointFsync && state.durable.highWatermarkCheckpoint !== null) {
    state.durable.highWatermarkCheckpoint = {}
  }
  for (const partition of Object.keys(state.durable.logs).sort()) {
    const log = state.durable.logs[partition]!
    const given = action.keepBelow?.[partition]
    if (action.keepBelow !== null && given === undefined) continue
    let keep = given ?? log.flushedOffset
    if (given === undefined && action.keep === 'random') {
      const draw = drawFrom(world, host, report, `fault.power-loss/${process}/${partition}`)
      keep = log.flushedOffset + Math.floor(draw * (log.logEndOffset - log.flushedOffset + 1))
    }
    if (keep >= log.logEndOffset) continue
    const from = log.logEndOffset
    const tornShare =
      action.torn === true ? drawFrom(world, host, report, `fault.torn-tail/${process}/${partition}`) : 0
    const { flushedOffset: durable } = log
    const removed = losePower(log, Math.max(keep, log.logStartOffset), tornShare)
    const fact: Fact = { kind: 'powerLost', partition, from, to: log.logEndOffset, durable, removed }
    report.facts.push({ atUs: world.nowUs, event: world.index, node: process, fact })
  }
}

function replaceDisk(doing: Doing, process: ProcessId): void {
  const { world, report } = doing
  kill(doing, process)
  const state = brokerState(world, number(process))
  if (state === null) return
  const lost = wipeDisk(state)
  for (const { partition, from, removed } of lost) {
    const fact: Fact = { kind: 'diskReplaced', partition, from, to: 0, removed }
    report.facts.push({ atUs: world.nowUs, event: world.index, node: process, fact })
  }
}

function startupOf(doing: Doing, process: ProcessId, given: number | null): number {
  return given ?? doing.host.plan.brokers.find((each) => `broker-${each.id}` === process)?.startupUs ?? 0
}

function ask(doing: Doing, to: string, operation: Operation): void {
  schedule(doing.world, doing.host, {
    atUs: doing.world.nowUs,
    cause: [doing.report.event.id],
    key: nextKey(doing.world, `${to}/${operation.kind}`),
    rule: 'asked by a step',
    body: { kind: 'operation', to, operation },
  })
}

function breakMatching(doing: Doing, list: readonly [ProcessId, ProcessId][]): void {
  const { world, host, report } = doing
  const draw = (stream: string): number => drawFrom(world, host, report, stream)
  for (const id of Object.keys(world.connections).sort()) {
    const connection = world.connections[id] as Connection | undefined
    if (connection === undefined) continue
    const client = world.nodes[connection.client]?.process
    const server = world.nodes[connection.server]?.process
    const hit = list.some(([a, b]) => (a === client && b === server) || (a === server && b === client))
    if (hit) breakConnection(world, host, connection, { cause: [report.event.id], reason: 'reset', tell: 'both', draw })
  }
}

/** From now on the answer under that label is kept. */
function expectAnswer(world: World, label: string): void {
  world.ledger.requests[label] = { label, sentAtUs: world.nowUs, answeredAtUs: null, result: null }
}

/** The next request of a loop: the first one starts it. */
function nextRequest(doing: Doing, action: Action & { do: 'requestLoop' }): ProcessId[] {
  const { world, host, report } = doing
  let loop = world.requestLoops[action.label]
  if (loop === undefined) {
    loop = { attempt: -1, running: true, action }
    world.requestLoops[action.label] = loop
    loop = world.requestLoops[action.label] as RequestLoop
    world.ledger.requests[action.label] = {
      label: action.label,
      sentAtUs: world.nowUs,
      answeredAtUs: null,
      result: null,
    }
  }
  if (!loop.running) {
    endLoop(world, action.label, null)
    return []
  }
  loop.attempt += 1
  const label = `${action.label}/${loop.attempt}`
  let { request } = action
  if (action.until === 'stopped' && request.request === 'produce') {
    const { attempt } = loop
    request = {
      ...request,
      records: request.records.map((record) => ({ ...record, value: `${record.value ?? ''}${attempt}` })),
    }
  }
  const touched = perform(world, host, report, {
    do: 'request',
    target: action.target,
    request,
    socketTimeoutUs: action.socketTimeoutUs,
    label,
  })
  const { answeredAtUs, result } = world.ledger.requests[label]!
  if (answeredAtUs !== null) continueLoop(world, host, report, label, result)
  return touched
}

function endLoop(world: World, label: string, result: Json): void {
  const entry = world.ledger.requests[label]
  if (entry === undefined || entry.answeredAtUs !== null) return
  entry.answeredAtUs = world.nowUs
  entry.result = result
}

/** The answer to a request under way is still waited for. */
function stopLoop(world: World, label: string): void {
  const loop = world.requestLoops[label]
  if (loop === undefined) return
  loop.running = false
  const last = world.ledger.requests[`${label}/${loop.attempt}`]
  if (last === undefined || last.answeredAtUs !== null) endLoop(world, label, last?.result ?? null)
}

/** After the answer to a request of a loop: the next one, or the end. Other requests are left alone. */
export function continueLoop(world: World, host: Host, report: StepReport, operationId: string, outcome: Json): void {
  const label = operationId.slice(0, operationId.lastIndexOf('/'))
  const loop = world.requestLoops[label]
  if (loop === undefined || operationId !== `${label}/${loop.attempt}`) return
  const accepted = (outcome as { readonly error?: string } | null)?.error === 'NONE'
  if (!loop.running || (loop.action.until === 'accepted' && accepted)) endLoop(world, label, outcome)
  else later({ world, host, report }, loop.action.everyUs, loop.action)
}

/** The member id that a raw commit goes under: of a consumer of the plan, or of a raw join, as it is now. */
function memberIdOf(world: World, request: Extract<RawRequest, { request: 'offsetCommit' }>): string {
  const { memberOf, memberId } = request
  if (memberOf === null) return memberId
  const joined = world.ledger.requests[memberOf]?.result as { readonly memberId?: string } | null | undefined
  const consumer = world.nodes[`consumer-${memberOf}`]?.state as ConsumerState | undefined
  return joined?.memberId ?? consumer?.volatile?.group?.memberId ?? memberId
}

/** KIP-447: what the consumer said of itself goes along with the offsets that its transaction commits. */
function withMember(world: World, call: ClientCall): ClientCall {
  if (call.call !== 'sendOffsetsToTransaction' || call.metadataOf === null) return call
  const told = world.ledger.requests[call.metadataOf]?.result as { readonly member?: GroupMemberIdentity } | null
  return { ...call, member: told?.member ?? null }
}

/** Does one action now; returns the processes concerned, for the timeline. */
export function perform(world: World, host: Host, report: StepReport, action: Action): ProcessId[] {
  const doing: Doing = { world, host, report }
  switch (action.do) {
    case 'start': {
      const processes = resolve(doing, action.target)
      for (const id of processes) launchProcess(world, host, report, id, startupOf(doing, id, action.startupUs))
      return processes
    }
    case 'restart': {
      const processes = resolve(doing, action.target)
      for (const id of processes) {
        const process = world.processes[id]
        const startupUs = startupOf(doing, id, action.startupUs)
        if (process === undefined || process.state === 'down') launchProcess(world, host, report, id, startupUs)
        else {
          process.restartUs = startupUs
          stopProcess(world, host, report, id)
        }
      }
      return processes
    }
    case 'crash': {
      const processes = resolve(doing, action.target)
      for (const id of processes) kill(doing, id)
      return processes
    }
    case 'powerLoss': {
      const processes = resolve(doing, action.target)
      for (const id of processes) losePowerOf(doing, id, action)
      return processes
    }
    case 'damage': {
      const processes = resolve(doing, action.target)
      for (const id of processes) {
        const state = brokerState(world, number(id))
        if (state !== null) damageFiles(state, action.damage)
      }
      return processes
    }
    case 'stallDisk':
    case 'slowDisk': {
      const processes = resolve(doing, action.target)
      for (const id of processes) changeDiskTime(doing, id, action)
      return processes
    }
    case 'wipe': {
      const processes = resolve(doing, action.target)
      for (const id of processes) replaceDisk(doing, id)
      return processes
    }
    case 'disk': {
      const processes = resolve(doing, action.target)
      for (const id of processes) {
        const state = brokerState(world, number(id))
        const config = configOf(host, world, world.nodes[id]!) as BrokerConfig
        if (state !== null) changeDisk(state, config, action.directory, action.change)
      }
      return processes
    }
    case 'stop': {
      const processes = resolve(doing, action.target)
      for (const id of processes) stopProcess(world, host, report, id)
      return processes
    }
    case 'pause': {
      const processes = resolve(doing, action.target)
      for (const id of processes) {
        pauseProcess(world, id)
        const named = targetOf(world, id)
        if (action.forUs !== null) later(doing, action.forUs, { do: 'resume', target: named })
      }
      return processes
    }
    case 'resume': {
      const processes = resolve(doing, action.target)
      for (const id of processes) resumeProcess(world, host, report, id)
      return processes
    }
    case 'supervise': {
      const processes = resolve(doing, action.target)
      for (const id of processes) superviseProcess(world, id)
      return processes
    }
    case 'expireSession': {
      const processes = resolve(doing, action.target)
      for (const id of processes) {
        // Sessions of KRaft are memory of the active controller: nobody can end them by hand.
        if (isKraft(world)) continue
        if (!expireSession(registryState(world), id)) continue
        schedule(world, host, {
          atUs: world.nowUs,
          cause: [report.event.id],
          key: nextKey(world, 'registry/expire'),
          rule: 'a session is expired by hand',
          body: {
            kind: 'timer',
            node: 'registry',
            name: 'tick',
            data: null,
            life: world.processes.registry?.life ?? 0,
          },
        })
      }
      return processes
    }
    case 'cut': {
      const list = pairs(doing, action.from, action.to, action.both)
      for (const [from, to] of list) addFault(world, { kind: 'cut', from, to, extraUs: 0, messages: null })
      return list.flat()
    }
    case 'heal': {
      const list = pairs(doing, action.from, action.to, action.both)
      removeFaults(world, (fault) => list.some(([from, to]) => fault.from === from && fault.to === to))
      release(doing)
      return list.flat()
    }
    case 'healAll':
      world.faults = []
      release(doing)
      return []
    case 'cutFromRegistry':
    case 'healToRegistry': {
      const processes = resolve(doing, action.target)
      for (const id of processes) {
        for (const [from, to] of metadataProcesses(world).flatMap((other) => [
          [id, other] as const,
          [other, id] as const,
        ])) {
          if (action.do === 'cutFromRegistry') addFault(world, { kind: 'cut', from, to, extraUs: 0, messages: null })
          else removeFaults(world, (fault) => fault.kind === 'cut' && fault.from === from && fault.to === to)
        }
      }
      if (action.do === 'healToRegistry') release(doing)
      return processes
    }
    case 'slow': {
      const list = pairs(doing, action.from, action.to, action.both)
      for (const [from, to] of list) {
        removeFaults(world, (fault) =>
          sameFault(fault, { kind: 'slow', from, to, extraUs: 0, messages: action.messages }),
        )
        if (action.extraUs > 0)
          addFault(world, { kind: 'slow', from, to, extraUs: action.extraUs, messages: action.messages })
      }
      return list.flat()
    }
    case 'hold':
    case 'drop': {
      const list = pairs(doing, action.from, action.to, action.both)
      for (const [from, to] of list)
        addFault(world, { kind: action.do, from, to, extraUs: 0, messages: action.messages })
      if (action.do === 'drop' && action.messages === null) breakMatching(doing, list)
      return list.flat()
    }
    case 'release': {
      const list = pairs(doing, action.from, action.to, action.both)
      removeFaults(
        world,
        (fault) =>
          (fault.kind === 'hold' || fault.kind === 'drop') &&
          list.some(([from, to]) => fault.from === from && fault.to === to) &&
          (action.messages === null || (fault.messages ?? []).join() === action.messages.join()),
      )
      release(doing)
      return list.flat()
    }
    case 'lagFollower': {
      const processes = resolve(doing, action.target)
      for (const id of processes) {
        const process = world.processes[id]
        if (process !== undefined) process.fetchLagUs = action.byUs
        const state = brokerState(world, number(id))
        if (state !== null) setFetchThrottle(state, action.byUs)
      }
      return processes
    }
    case 'clockSkew': {
      const processes = resolve(doing, action.target)
      for (const id of processes) {
        const process = world.processes[id]
        if (process !== undefined) process.skewUs = action.skewUs + (action.relative === true ? process.skewUs : 0)
      }
      return processes
    }
    case 'touchFiles': {
      const processes = resolve(doing, action.target)
      for (const id of processes) {
        const segments = brokerState(world, number(id))?.durable.logs[action.partition]?.layout?.segments ?? []
        for (const segment of segments) {
          segment.lastModifiedMs = action.modifiedMs[segment.baseOffset] ?? segment.lastModifiedMs
        }
      }
      return processes
    }
    case 'admin':
      if (action.label !== undefined) expectAnswer(world, action.label)
      ask(doing, ADMIN_NODE, {
        kind: 'admin',
        operationId: action.label ?? nextKey(world, `admin/${action.request.admin}`),
        request: action.request,
      })
      return [ADMIN_NODE]
    case 'request': {
      const id = resolve(doing, action.target)[0]
      world.ledger.requests[action.label] = {
        label: action.label,
        sentAtUs: world.nowUs,
        answeredAtUs: null,
        result: null,
      }
      if (id === undefined) {
        const request = world.ledger.requests[action.label]!
        request.answeredAtUs = world.nowUs
        request.result = { error: 'LEADER_NOT_AVAILABLE' }
        return []
      }
      let { request } = action
      if (request.request === 'offsetCommit') request = { ...request, memberId: memberIdOf(world, request) }
      if (request.request === 'produce') {
        const { partition, acks } = request
        request = {
          ...request,
          records: request.records.map((record, i) => ({
            ...record,
            id: `${action.label}/${i}`,
            timestampMs: record.timestampMs === 0 ? Math.floor(world.nowUs / 1000) : record.timestampMs,
          })),
        }
        for (const record of request.records) {
          enterSent(world, {
            id: record.id,
            client: 'request',
            partition,
            value: record.value,
            key: record.key,
            sentAtUs: world.nowUs,
            acks,
          })
        }
      }
      ask(doing, ADMIN_NODE, {
        kind: 'request',
        operationId: action.label,
        broker: number(id),
        socketTimeoutMs: Math.round(action.socketTimeoutUs / 1000),
        request,
      })
      return [id]
    }
    case 'requestLoop':
      return nextRequest(doing, action)
    case 'stopRequestLoop':
      stopLoop(world, action.label)
      return []
    case 'changeSetting': {
      const processes = resolve(doing, action.target)
      for (const id of processes) {
        for (const node of [`broker-${number(id)}`, `controller-${number(id)}`]) {
          world.settingChanges[node] = { ...world.settingChanges[node], [action.key]: action.value }
          host.configs.delete(node)
        }
      }
      return processes
    }
    case 'startClient':
    case 'stopClient': {
      const control = action.do === 'startClient' ? 'start' : 'stop'
      const client = host.plan.clients.find((each) => each.name === action.name)
      if (client?.kind === 'producer') {
        world.stoppedClients = world.stoppedClients.filter((name) => name !== action.name)
        if (control === 'stop') world.stoppedClients = [...world.stoppedClients, action.name].sort()
      } else if (client !== undefined) {
        ask(doing, clientControl(world, action.name), {
          kind: 'control',
          operationId: nextKey(world, `${action.name}/${control}`),
          control,
        })
      }
      return [clientProcess(world, action.name)]
    }
    case 'offer': {
      const client = host.plan.clients.find((each) => each.name === action.client)
      if (client?.kind !== 'producer') return []
      const given = action.value === null && action.key === null && action.partition === null
      for (let i = 0; i < action.count; i++) {
        offerRecord(
          world,
          host,
          report,
          client,
          given ? null : { value: action.value, key: action.key, partition: action.partition },
        )
      }
      return [clientProcess(world, client.name)]
    }
    case 'call': {
      const node = clientNode(world, action.client)
      world.ledger.requests[action.label] = {
        label: action.label,
        sentAtUs: world.nowUs,
        answeredAtUs: null,
        result: null,
      }
      ask(doing, node, { kind: 'call', operationId: action.label, call: withMember(world, action.call) })
      return [clientProcess(world, action.client)]
    }
    case 'observe':
      world.ledger.observations[action.label] = { label: action.label, atUs: world.nowUs, view: observe(world) }
      return []
    case 'note':
      return []
    default:
      return unreachable(action)
  }
}
