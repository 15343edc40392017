/** What happens to a process as a whole: which machines share one fate. */
import { bytesToRecover } from '../broker/load-logs.ts'
import type { BrokerConfig, BrokerState } from '../broker/state.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import type { Operation } from '../kafka/operations.ts'
import type { ConnectionId, Input, NodeId } from '../kernel/machine.ts'
import { abandonConnections } from './connections.ts'
import type { StepReport } from './context.ts'
import { StepContext } from './context.ts'
import { moveEvent } from './disk-time.ts'
import type { Host } from './host.ts'
import { configOf } from './host.ts'
import { MACHINES } from './nodes.ts'
import { cancel, nextKey, pendingEvent, schedule, takeOut } from './pending.ts'
import type { NodeSlot, PendingEvent, Process, ProcessId, World } from './world.ts'

/** Steps one machine with one input. */
export function stepNode(
  world: World,
  host: Host,
  report: StepReport,
  slot: NodeSlot,
  process: Process,
  input: Input<KafkaMessage, Operation>,
): void {
  let ctx = host.contexts.get(slot.id)
  if (ctx === undefined) {
    ctx = new StepContext(world, host, report, slot, process)
    host.contexts.set(slot.id, ctx)
  } else ctx.begin(world, report, slot, process)
  MACHINES[slot.kind].step(slot.state, input, ctx, configOf(host, world, slot))
}

/** Whether a node that runs accepts connections. */
export const listens = ({ kind, state }: NodeSlot): boolean => MACHINES[kind].listens?.(state) ?? true

/** A process ends, by a kill or by itself: volatile state, timers and sockets go. */
export function endProcess(world: World, host: Host, report: StepReport, id: ProcessId, exitCode: number | null): void {
  const process = world.processes[id]
  if (process === undefined) return
  process.life += 1
  delete process.loading
  if (process.state === 'down') return
  process.state = 'down'
  process.exitCode = exitCode
  for (const node of process.nodes) {
    const slot = world.nodes[node]
    if (slot === undefined) continue
    MACHINES[slot.kind].kill(slot.state)
    for (const { place } of slot.timers) takeOut(world, place)
    slot.timers = []
  }
  // Timers that had come due are among them, and gone.
  for (const eventId of process.deferred) cancel(world, eventId)
  process.deferred = []
  abandonConnections(world, host, report, id)
  if (process.restartUs !== null) {
    const startupUs = process.restartUs
    process.restartUs = null
    launchProcess(world, host, report, id, startupUs)
  }
}

/** SIGTERM: the process is asked to shut down gracefully. */
export function stopProcess(world: World, host: Host, report: StepReport, id: ProcessId): void {
  const process = world.processes[id]
  if (process === undefined || process.state === 'down') return
  schedule(world, host, {
    atUs: world.nowUs,
    cause: [report.event.id],
    entity: nextKey(world, host, `${id}/stop`),
    count: 0,
    rule: 'SIGTERM',
    body: { kind: 'stop', process: id, life: process.life },
  })
}

/** A process is started: its first message leaves `startupUs` later. A process that runs is left alone. */
export function launchProcess(world: World, host: Host, report: StepReport, id: ProcessId, startupUs: number): void {
  const process = world.processes[id]
  if (process === undefined || process.state !== 'down') return
  process.life += 1
  process.exitCode = null
  process.loading = true
  schedule(world, host, {
    atUs: world.nowUs + startupUs,
    cause: [report.event.id],
    entity: nextKey(world, host, `${id}/start`),
    count: 0,
    rule: 'process start',
    body: { kind: 'start', process: id, life: process.life },
  })
}

/** Starts again of one broker, at most: what goes on exiting after that is not healed by starting it. */
const STARTS_AGAIN = 5

/**
 * Before each of them, in us: together they outlast the session of a former life (6 s), over which 0.9 to 2.1 exit
 * (KAFKA-7165).
 */
const START_AGAIN_US = 2_000_000

/** From now on a supervisor watches the process. */
export function superviseProcess(world: World, id: ProcessId): void {
  const process = world.processes[id]
  if (process !== undefined) process.startsLeft = STARTS_AGAIN
}

/** What a supervisor does: a broker that has exited is started again. */
export function startAgain(world: World, host: Host, report: StepReport, id: ProcessId): void {
  const process = world.processes[id]
  const broker = host.plan.brokers.find((it) => `broker-${it.id}` === id)
  if (process === undefined || broker === undefined || process.state !== 'down' || process.loading === true) return
  if (process.startsLeft === undefined || process.startsLeft === 0) return
  process.startsLeft -= 1
  launchProcess(world, host, report, id, START_AGAIN_US + broker.startupUs)
}

/** Bytes of logs that a start reads and checks in a microsecond: 200 MB/s. */
const SCANNED_PER_US = 200

/** Shorter scans are part of the time that a start takes anyway, in us. */
const SHORTEST_SCAN_US = 1000

/** How long a start must read through the logs of its broker, in us. */
export function recoveryUs(world: World, host: Host, process: Process): number {
  for (const node of process.nodes) {
    const slot = world.nodes[node]
    if (slot?.kind !== 'broker') continue
    const bytes = bytesToRecover(slot.state as BrokerState, configOf(host, world, slot) as BrokerConfig)
    const us = Math.floor(bytes / SCANNED_PER_US)
    return us < SHORTEST_SCAN_US ? 0 : us
  }
  return 0
}

/** Recovery takes its time before the process does anything else. */
export function scanFirst(world: World, host: Host, report: StepReport, process: Process, scanUs: number): void {
  schedule(world, host, {
    atUs: world.nowUs + scanUs,
    cause: [report.event.id],
    entity: nextKey(world, host, `${process.id}/recovered`),
    count: 0,
    rule: 'logs are read through after an unclean stop',
    body: { kind: 'start', process: process.id, life: process.life, scanned: true },
  })
}

/** The process is up: its machines start, in order. */
export function startProcess(world: World, host: Host, report: StepReport, process: Process): void {
  const first = !world.started.includes(process.id)
  if (first) world.started.push(process.id)
  process.state = 'up'
  delete process.loading
  for (const node of process.nodes) {
    const slot = world.nodes[node]
    if (slot !== undefined) stepNode(world, host, report, slot, process, { kind: 'start', first })
  }
}

/** SIGSTOP: what comes in waits. */
export function pauseProcess(world: World, id: ProcessId): void {
  const process = world.processes[id]
  if (process?.state === 'up') process.state = 'paused'
}

/**
 * Requests of clients that have hung up meanwhile. A broker reads one request of a connection and the next when it has
 * answered that one; its answer into a closed socket breaks the connection, and what lay behind is never read
 * (recorded: of five requests in a hanging broker's socket one or two are carried out).
 */
function unreadOfClosed(world: World, deferred: readonly number[]): number[] {
  const closed: ConnectionId[] = []
  const read: ConnectionId[] = []
  const unread: number[] = []
  for (const eventId of deferred) {
    const body = pendingEvent(world, eventId)?.body
    if (body?.kind === 'disconnect' && body.channel === 'client') closed.push(body.connection)
  }
  if (closed.length === 0) return unread
  for (const eventId of deferred) {
    const body = pendingEvent(world, eventId)?.body
    if (body?.kind !== 'deliver' || !closed.includes(body.connection)) continue
    if (read.includes(body.connection)) unread.push(eventId)
    else read.push(body.connection)
  }
  return unread
}

/** SIGCONT: what came due meanwhile is handled now, in order. */
export function resumeProcess(world: World, host: Host, report: StepReport, id: ProcessId): void {
  const process = world.processes[id]
  if (process?.state !== 'paused') return
  process.state = 'up'
  releaseDeferred(world, host, report, process)
}

/** What waited for a process, or for its disk, is handled now, in order. */
export function releaseDeferred(world: World, host: Host, report: StepReport, process: Process): void {
  const deferred = process.deferred
  process.deferred = []
  const unread = unreadOfClosed(world, deferred)
  const nextId = world.nextEventId
  const released: Extract<PendingEvent['body'], { kind: 'deliver' }>[] = []
  for (const eventId of deferred) {
    const event = pendingEvent(world, eventId)
    if (event === undefined) continue
    if (unread.includes(eventId)) takeOut(world, event.place)
    else {
      moveEvent(world, host, event, world.nowUs, [report.event.id])
      if (event.body.kind === 'deliver') released.push(event.body)
    }
  }
  for (const { connection, to } of released) letFollow(world, host, report, connection, to, nextId)
}

/** What arrives on a connection at this very time comes behind what has waited there. */
function letFollow(
  world: World,
  host: Host,
  report: StepReport,
  connection: ConnectionId,
  to: NodeId,
  firstReleased: number,
): void {
  for (const id of [...(world.connections[connection]?.inFlight ?? [])]) {
    const event = id < firstReleased ? pendingEvent(world, id) : undefined
    if (event?.atUs !== world.nowUs || event.body.kind !== 'deliver' || event.body.to !== to) continue
    moveEvent(world, host, event, world.nowUs, [report.event.id])
  }
}
