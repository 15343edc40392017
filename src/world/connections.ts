/**
 * TCP as machines see it: order is kept on a connection, nothing is duplicated, and a broken connection loses what is
 * in flight. A cut link holds what is sent on it (TCP sends again until it heals) while the ends know nothing.
 */

import type { KafkaMessage } from '../kafka/messages/message.ts'
import { messageBytes } from '../kafka/messages/size.ts'
import type { ConnectionId, DisconnectReason, NodeId } from '../kernel/machine.ts'
import { travelTime } from '../network/latency.ts'
import { fate, isCut } from '../network/links.ts'
import type { StepReport } from './context.ts'
import { drawNext, streamOf } from './draws.ts'
import type { Host } from './host.ts'
import { HELD_US } from './host.ts'
import { countKey, nextKey, pendingEvent, reschedule, schedule, takeOut } from './pending.ts'
import type { Route } from './routes.ts'
import { messageKey, openName, processOf, routeOf } from './routes.ts'
import type { Connection, ProcessId, World } from './world.ts'

/** Between two machines of one computer, in us. */
const LOOPBACK_US = 50

/** The connection that is open to the end of a route, or a new one. */
export function openConnection(world: World, route: Route, channel: string): Connection {
  const name = openName(route, channel)
  const existing = world.open[name]
  if (existing !== undefined) return world.connections[existing] as Connection
  const id = `${name}@${world.nextConnection++}`
  const connection: Connection = {
    id,
    client: route.from,
    server: route.to,
    channel,
    established: false,
    lastDueUs: { toServer: 0, toClient: 0 },
    held: { toServer: [], toClient: [] },
    inFlight: [],
    gone: null,
    closing: false,
  }
  world.connections[id] = connection
  world.open[name] = id
  return world.connections[id] as Connection
}

export const openedTo = (world: World, route: Route, channel: string): Connection | null => {
  const id = world.open[openName(route, channel)]
  return id === undefined ? null : (world.connections[id] as Connection)
}

/** Time on the wire, without order and faults, in us. */
function wireTime(world: World, host: Host, report: StepReport, route: Route): number {
  if (route.latency === null) return LOOPBACK_US
  return travelTime(route.latency, () => {
    route.latencyStream ??= streamOf(world, host, `network.latency/${route.fromProcess}>${route.toProcess}`)
    return drawNext(world, host, report, route.latencyStream)
  })
}

/** The end of transmission on a link of limited bandwidth, in us from now. */
function transmission(world: World, route: Route, message: KafkaMessage): number {
  const { bytesPerSecond } = route
  if (bytesPerSecond === null) return 0
  const key = `${route.fromProcess}>${route.toProcess}`
  const start = Math.max(world.linkFreeUs[key] ?? 0, world.nowUs)
  const free = start + Math.ceil((messageBytes(message) * 1_000_000) / bytesPerSecond)
  world.linkFreeUs[key] = free
  return free - world.nowUs
}

interface Sending {
  readonly route: Route
  readonly message: KafkaMessage
  readonly cause: readonly number[]
  readonly rule: string
}

/** Puts a message on a connection. It arrives after what was sent on it before, or waits, or breaks the connection. */
export function transmit(
  world: World,
  host: Host,
  report: StepReport,
  connection: Connection,
  { route, message, cause, rule }: Sending,
): void {
  const { from, to, fromProcess, toProcess } = route
  const direction = from === connection.client ? 'toServer' : 'toClient'
  const faults = world.faults
  const met = faults.length === 0 ? null : fate(faults, fromProcess, toProcess, message.type)
  if (met?.dropped) {
    breakConnection(world, host, report, connection, 'reset', 'both')
    return
  }
  const handshake = !connection.established && isCut(faults, toProcess, fromProcess)
  const wait = (met?.blocked ?? false) || handshake || connection.held[direction].length > 0
  const travelUs = wait
    ? 0
    : wireTime(world, host, report, route) + transmission(world, route, message) + (met?.extraUs ?? 0)
  const dueUs = wait ? HELD_US : Math.max(world.nowUs + travelUs, connection.lastDueUs[direction])
  const key = messageKey(world, host, route, message.type)
  const { id } = schedule(world, host, {
    atUs: dueUs,
    cause,
    entity: world.keyCounts.names[key]!,
    count: countKey(world, key),
    rule,
    body: { kind: 'deliver', to, from, connection: connection.id, message },
  })
  if (wait) connection.held[direction].push(id)
  else {
    connection.lastDueUs[direction] = dueUs
    connection.inFlight.push(id)
  }
}

/** Faults have changed: what no longer has to wait goes on its way, in order. */
export function releaseHeld(world: World, host: Host, report: StepReport): void {
  for (const id of Object.keys(world.connections).sort()) {
    const connection = world.connections[id] as Connection
    for (const direction of ['toServer', 'toClient'] as const) {
      const held = connection.held[direction]
      if (held.length === 0) continue
      const from = direction === 'toServer' ? connection.client : connection.server
      const to = direction === 'toServer' ? connection.server : connection.client
      const route = routeOf(world, host, from, to)
      const { fromProcess, toProcess } = route
      if (!connection.established && isCut(world.faults, toProcess, fromProcess)) continue
      let released = 0
      for (const eventId of held) {
        const event = pendingEvent(world, eventId)
        if (event === undefined || event.body.kind !== 'deliver') {
          released += 1
          continue
        }
        const met = fate(world.faults, fromProcess, toProcess, event.body.message.type)
        if (met.blocked) break
        const wireUs = wireTime(world, host, report, route)
        const travelUs = wireUs + transmission(world, route, event.body.message) + met.extraUs
        const dueUs = Math.max(world.nowUs + travelUs, connection.lastDueUs[direction])
        connection.lastDueUs[direction] = dueUs
        connection.inFlight.push(reschedule(world, host, event, dueUs, [report.event.id]).id)
        released += 1
      }
      held.splice(0, released)
    }
  }
}

/** What is on the wire is lost; what waits in the receive buffer of a paused process has arrived and stays. */
function dropMessages(world: World, connection: Connection, keep: (to: NodeId) => boolean): void {
  for (const id of [...connection.inFlight, ...connection.held.toServer, ...connection.held.toClient]) {
    const event = pendingEvent(world, id)
    if (event === undefined || event.body.kind !== 'deliver' || keep(event.body.to)) continue
    if (world.processes[processOf(world, event.body.to)]?.deferred.includes(id)) continue
    takeOut(world, event.place)
  }
}

/** What its client sends next goes out on another connection. */
function release(world: World, host: Host, { id, client, server, channel }: Connection): void {
  const name = openName(routeOf(world, host, client, server), channel)
  if (world.open[name] === id) delete world.open[name]
}

function forget(world: World, host: Host, connection: Connection): void {
  release(world, host, connection)
  delete world.connections[connection.id]
}

function tellEnd(
  world: World,
  host: Host,
  report: StepReport,
  connection: Connection,
  to: NodeId,
  reason: DisconnectReason,
): void {
  const peer = to === connection.client ? connection.server : connection.client
  const process = world.processes[processOf(world, to)]
  if (process === undefined || process.state === 'down') return
  const delayUs = wireTime(world, host, report, routeOf(world, host, peer, to))
  const direction = to === connection.client ? 'toClient' : 'toServer'
  schedule(world, host, {
    atUs: Math.max(world.nowUs + delayUs, connection.lastDueUs[direction]),
    cause: [report.event.id],
    entity: nextKey(world, host, `${peer}>${to}/disconnect`),
    count: 0,
    rule: 'TCP: the other end is gone',
    body: {
      kind: 'disconnect',
      to,
      peer,
      channel: connection.channel,
      connection: connection.id,
      reason,
      life: process.life,
    },
  })
}

/** Breaks a connection at once: what is in flight on it, both ways, is lost. `told`: one end learns of it, or both. */
export function breakConnection(
  world: World,
  host: Host,
  report: StepReport,
  connection: Connection,
  reason: DisconnectReason,
  told: NodeId | 'both',
): void {
  dropMessages(world, connection, () => false)
  forget(world, host, connection)
  const ends = told === 'both' ? [connection.client, connection.server] : [told]
  for (const end of ends) {
    const peer = end === connection.client ? connection.server : connection.client
    if (isCut(world.faults, processOf(world, peer), processOf(world, end))) continue
    tellEnd(world, host, report, connection, end, reason)
  }
}

/** One end closes: the other learns after what was sent before has arrived. */
export function closeConnection(
  world: World,
  host: Host,
  report: StepReport,
  connection: Connection,
  by: NodeId,
  reason: DisconnectReason,
): void {
  const other = by === connection.client ? connection.server : connection.client
  breakConnection(world, host, report, connection, reason, other)
}

/**
 * A process ends: its kernel closes its sockets. What it had sent still arrives, then the other end learns of the
 * close; behind a cut the other end learns nothing until it sends again.
 */
export function abandonConnections(world: World, host: Host, report: StepReport, process: ProcessId): void {
  for (const id of Object.keys(world.connections).sort()) {
    const connection = world.connections[id] as Connection
    const ofClient = processOf(world, connection.client) === process
    const ofServer = processOf(world, connection.server) === process
    if (!ofClient && !ofServer) continue
    const gone = ofClient ? connection.client : connection.server
    const other = ofClient ? connection.server : connection.client
    dropMessages(world, connection, (to) => to === other)
    if ((ofClient && ofServer) || connection.gone !== null) {
      dropMessages(world, connection, () => false)
      forget(world, host, connection)
      continue
    }
    connection.gone = gone
    // Its next life may begin before the server has learned of the end of this one.
    if (ofClient) release(world, host, connection)
    const direction = other === connection.client ? 'toClient' : 'toServer'
    if (connection.held[direction].length > 0 || isCut(world.faults, process, processOf(world, other))) continue
    connection.closing = true
    tellEnd(world, host, report, connection, other, 'reset')
  }
}

/** A message reached a socket whose process is gone: the sender is told, if the way back is open. */
export function answerWithReset(
  world: World,
  host: Host,
  report: StepReport,
  connection: Connection | undefined,
  sender: NodeId,
  reason: DisconnectReason,
): void {
  if (connection === undefined) return
  const other = sender === connection.client ? connection.server : connection.client
  if (connection.closing || isCut(world.faults, processOf(world, other), processOf(world, sender))) return
  connection.closing = true
  tellEnd(world, host, report, connection, sender, reason)
}

/** The remaining end has been told: the connection is forgotten. False when it was replaced meanwhile. */
export function finishDisconnect(world: World, host: Host, connectionId: ConnectionId): void {
  const connection = world.connections[connectionId] as Connection | undefined
  if (connection === undefined) return
  dropMessages(world, connection, () => false)
  forget(world, host, connection)
}

/** A message has arrived: mostly the first of those in flight. */
export function arrived(connection: Connection | undefined, eventId: number): void {
  if (connection === undefined) return
  connection.established = true
  const { inFlight } = connection
  if (inFlight[0] === eventId) inFlight.shift()
  else {
    const index = inFlight.indexOf(eventId)
    if (index >= 0) inFlight.splice(index, 1)
  }
}
