/**
 * TCP as machines see it: order is kept on a connection, nothing is duplicated, and a broken connection loses what is
 * in flight. A cut link holds what is sent on it (TCP sends again until it heals) while the ends know nothing.
 */

import type { KafkaMessage } from '../kafka/messages/message.ts'
import { messageBytes } from '../kafka/messages/size.ts'
import type { ConnectionId, DisconnectReason, NodeId } from '../kernel/machine.ts'
import { travelTime } from '../network/latency.ts'
import { fate, isCut, onLink } from '../network/links.ts'
import type { Host } from './host.ts'
import { HELD_US } from './host.ts'
import { cancel, nextKey, reschedule, schedule } from './pending.ts'
import type { Connection, ProcessId, World } from './world.ts'

/** Between two machines of one computer, in us. */
const LOOPBACK_US = 50

const processOf = (world: World, node: NodeId): ProcessId => world.nodes[node]?.process ?? node

/** The connection `client` has open to `server`, or a new one. */
export function openConnection(world: World, host: Host, client: NodeId, server: NodeId, channel: string): Connection {
  const key = host.names.open.of(client, server, channel)
  const existing = world.open[key]
  if (existing !== undefined) return world.connections[existing] as Connection
  const id = `${key}@${world.nextConnection++}`
  const connection: Connection = {
    id,
    client,
    server,
    channel,
    established: false,
    lastDueUs: { toServer: 0, toClient: 0 },
    held: { toServer: [], toClient: [] },
    inFlight: [],
    gone: null,
    closing: false,
  }
  world.connections[id] = connection
  world.open[key] = id
  return world.connections[id] as Connection
}

export const openedTo = (
  world: World,
  host: Host,
  client: NodeId,
  server: NodeId,
  channel: string,
): Connection | null => {
  const id = world.open[host.names.open.of(client, server, channel)]
  return id === undefined ? null : (world.connections[id] as Connection)
}

/** Time on the wire, without order and faults, in us. */
function wireTime(host: Host, from: ProcessId, to: ProcessId, draw: (stream: string) => number): number {
  if (from === to) return LOOPBACK_US
  const network = host.plan.network
  let latency = network.latency
  for (const link of network.links) if (link.latency !== null && onLink(link, from, to)) latency = link.latency
  return travelTime(latency, () => draw(host.names.latency.of('network.latency', from, to)))
}

/** The end of transmission on a link of limited bandwidth, in us from now. */
function transmission(world: World, host: Host, from: ProcessId, to: ProcessId, message: KafkaMessage): number {
  for (const link of host.plan.network.links) {
    if (link.bandwidthBytesPerSecond === null || !onLink(link, from, to)) continue
    const key = `${from}>${to}`
    const start = Math.max(world.linkFreeUs[key] ?? 0, world.nowUs)
    const free = start + Math.ceil((messageBytes(message) * 1_000_000) / link.bandwidthBytesPerSecond)
    world.linkFreeUs[key] = free
    return free - world.nowUs
  }
  return 0
}

export interface Sending {
  readonly from: NodeId
  readonly message: KafkaMessage
  readonly cause: readonly number[]
  readonly rule: string
  readonly draw: (stream: string) => number
}

/** Puts a message on a connection. It arrives after what was sent on it before, or waits, or breaks the connection. */
export function transmit(world: World, host: Host, connection: Connection, sending: Sending): void {
  const { from, message, cause, rule, draw } = sending
  const toServer = from === connection.client
  const to = toServer ? connection.server : connection.client
  const fromProcess = processOf(world, from)
  const toProcess = processOf(world, to)
  const direction = toServer ? 'toServer' : 'toClient'
  const faults = world.faults
  const met = faults.length === 0 ? null : fate(faults, fromProcess, toProcess, message.type)
  if (met?.dropped) {
    breakConnection(world, host, connection, { cause, reason: 'reset', tell: 'both', draw })
    return
  }
  const handshake = !connection.established && isCut(faults, toProcess, fromProcess)
  const wait = (met?.blocked ?? false) || handshake || connection.held[direction].length > 0
  const travelUs = wait
    ? 0
    : wireTime(host, fromProcess, toProcess, draw) +
      transmission(world, host, fromProcess, toProcess, message) +
      (met?.extraUs ?? 0)
  const dueUs = wait ? HELD_US : Math.max(world.nowUs + travelUs, connection.lastDueUs[direction])
  const id = schedule(world, host, {
    atUs: dueUs,
    cause,
    key: nextKey(world, host.names.message.of(from, to, message.type)),
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
export function releaseHeld(
  world: World,
  host: Host,
  cause: readonly number[],
  draw: (stream: string) => number,
): void {
  for (const id of Object.keys(world.connections).sort()) {
    const connection = world.connections[id] as Connection
    for (const direction of ['toServer', 'toClient'] as const) {
      const held = connection.held[direction]
      if (held.length === 0) continue
      const from = direction === 'toServer' ? connection.client : connection.server
      const to = direction === 'toServer' ? connection.server : connection.client
      const fromProcess = processOf(world, from)
      const toProcess = processOf(world, to)
      if (!connection.established && isCut(world.faults, toProcess, fromProcess)) continue
      let released = 0
      for (const eventId of held) {
        const event = world.pending[eventId]
        if (event === undefined || event.body.kind !== 'deliver') {
          released += 1
          continue
        }
        const met = fate(world.faults, fromProcess, toProcess, event.body.message.type)
        if (met.blocked) break
        const travelUs = wireTime(host, fromProcess, toProcess, draw) + met.extraUs
        const dueUs = Math.max(world.nowUs + travelUs, connection.lastDueUs[direction])
        connection.lastDueUs[direction] = dueUs
        connection.inFlight.push(reschedule(world, host, eventId, dueUs, cause))
        released += 1
      }
      held.splice(0, released)
    }
  }
}

/** What is on the wire is lost; what waits in the receive buffer of a paused process has arrived and stays. */
function dropMessages(world: World, connection: Connection, keep: (to: NodeId) => boolean): void {
  for (const id of [...connection.inFlight, ...connection.held.toServer, ...connection.held.toClient]) {
    const event = world.pending[id]
    if (event === undefined || event.body.kind !== 'deliver' || keep(event.body.to)) continue
    if (world.processes[processOf(world, event.body.to)]?.deferred.includes(id)) continue
    cancel(world, id)
  }
}

/** What its client sends next goes out on another connection. */
function release(world: World, host: Host, connection: Connection): void {
  const key = host.names.open.of(connection.client, connection.server, connection.channel)
  if (world.open[key] === connection.id) delete world.open[key]
}

function forget(world: World, host: Host, connection: Connection): void {
  release(world, host, connection)
  delete world.connections[connection.id]
}

interface Breaking {
  readonly cause: readonly number[]
  readonly reason: DisconnectReason
  /** Who learns: the other end of `by`, both ends, or nobody. */
  readonly tell: NodeId | 'both'
  readonly draw: (stream: string) => number
}

function tellEnd(world: World, host: Host, connection: Connection, to: NodeId, breaking: Breaking): void {
  const peer = to === connection.client ? connection.server : connection.client
  const process = world.processes[processOf(world, to)]
  if (process === undefined || process.state === 'down') return
  const fromProcess = processOf(world, peer)
  const delayUs = wireTime(host, fromProcess, process.id, breaking.draw)
  const direction = to === connection.client ? 'toClient' : 'toServer'
  schedule(world, host, {
    atUs: Math.max(world.nowUs + delayUs, connection.lastDueUs[direction]),
    cause: breaking.cause,
    key: nextKey(world, `${peer}>${to}/disconnect`),
    rule: 'TCP: the other end is gone',
    body: {
      kind: 'disconnect',
      to,
      peer,
      channel: connection.channel,
      connection: connection.id,
      reason: breaking.reason,
      life: process.life,
    },
  })
}

/** Breaks a connection at once: what is in flight on it, both ways, is lost. */
export function breakConnection(world: World, host: Host, connection: Connection, breaking: Breaking): void {
  dropMessages(world, connection, () => false)
  forget(world, host, connection)
  const ends = breaking.tell === 'both' ? [connection.client, connection.server] : [breaking.tell]
  for (const end of ends) {
    const peer = end === connection.client ? connection.server : connection.client
    if (isCut(world.faults, processOf(world, peer), processOf(world, end))) continue
    tellEnd(world, host, connection, end, breaking)
  }
}

/** One end closes: the other learns after what was sent before has arrived. */
export function closeConnection(
  world: World,
  host: Host,
  connection: Connection,
  by: NodeId,
  breaking: Omit<Breaking, 'tell'>,
): void {
  const other = by === connection.client ? connection.server : connection.client
  breakConnection(world, host, connection, { ...breaking, tell: other })
}

/**
 * A process ends: its kernel closes its sockets. What it had sent still arrives, then the other end learns of the
 * close; behind a cut the other end learns nothing until it sends again.
 */
export function abandonConnections(
  world: World,
  host: Host,
  process: ProcessId,
  breaking: Omit<Breaking, 'tell'>,
): void {
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
    tellEnd(world, host, connection, other, { ...breaking, tell: other })
  }
}

/** A message reached a socket whose process is gone: the sender is told, if the way back is open. */
export function answerWithReset(
  world: World,
  host: Host,
  connectionId: ConnectionId,
  sender: NodeId,
  breaking: Omit<Breaking, 'tell'>,
): void {
  const connection = world.connections[connectionId] as Connection | undefined
  if (connection === undefined) return
  const other = sender === connection.client ? connection.server : connection.client
  if (connection.closing || isCut(world.faults, processOf(world, other), processOf(world, sender))) return
  connection.closing = true
  tellEnd(world, host, connection, sender, { ...breaking, tell: sender })
}

/** The remaining end has been told: the connection is forgotten. False when it was replaced meanwhile. */
export function finishDisconnect(world: World, host: Host, connectionId: ConnectionId): void {
  const connection = world.connections[connectionId] as Connection | undefined
  if (connection === undefined) return
  dropMessages(world, connection, () => false)
  forget(world, host, connection)
}

/** A message has arrived. */
export function arrived(world: World, connectionId: ConnectionId, eventId: number): void {
  const connection = world.connections[connectionId] as Connection | undefined
  if (connection === undefined) return
  connection.established = true
  const index = connection.inFlight.indexOf(eventId)
  if (index >= 0) connection.inFlight.splice(index, 1)
}
