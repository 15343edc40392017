/** What a step is given: it turns what a machine asks for into events, at once. One context serves a node for a run. */
import type { Fact } from '../kafka/facts.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import type { Json } from '../kernel/json.ts'
import type { ConnectionId, Context, NodeId } from '../kernel/machine.ts'
import { closeConnection, openConnection, openedTo, transmit } from './connections.ts'
import { drawFrom } from './draws.ts'
import type { Host } from './host.ts'
import { countKey, keyIndex, schedule, takeOut } from './pending.ts'
import type { Route, RoutesFrom } from './routes.ts'
import { messageKey, routesFrom, routeTo } from './routes.ts'
import type { ArmedTimer, Connection, FactEntry, NodeSlot, PendingEvent, Process, World } from './world.ts'

/** What one event did besides changing the world. */
export interface StepReport {
  readonly event: PendingEvent
  /** What machines said, in order. */
  readonly facts: FactEntry[]
  /** Draws taken, as stream names in order. */
  readonly draws: string[]
  /** Probes reached. */
  readonly probes: string[]
  /** Operations answered. */
  readonly completed: { readonly operationId: string; readonly outcome: Json }[]
  /** Processes whose machine asked to exit. */
  readonly exits: { readonly process: string; readonly code: number }[]
}

export const emptyReport = (event: PendingEvent): StepReport => ({
  event,
  facts: [],
  draws: [],
  probes: [],
  completed: [],
  exits: [],
})

/** A timer's name without the number of what it is for: `fetch:17` is one of the `fetch` timers. */
function familyOf(name: string): string {
  let end = name.length
  while (end > 0 && name.charCodeAt(end - 1) >= 48 && name.charCodeAt(end - 1) <= 57) end -= 1
  return end < name.length && name[end - 1] === ':' ? name.slice(0, end - 1) : name
}

/** Where a timer of that name is among the armed ones; -1: it is not armed. */
function armedAt(timers: readonly ArmedTimer[], name: string): number {
  for (let at = 0; at < timers.length; at++) if (timers[at]!.name === name) return at
  return -1
}

/** A timer that fires or is cancelled is armed no more. The order of the others says nothing. */
export function disarm(timers: ArmedTimer[], at: number): void {
  const last = timers.pop()!
  if (at < timers.length) timers[at] = last
}

export class StepContext implements Context<KafkaMessage, Fact> {
  #world: World
  readonly #host: Host
  #report: StepReport
  #slot: NodeSlot
  #life: number
  #cause: readonly number[]
  readonly #routes: RoutesFrom
  /** Index of the key of each family of timers. */
  readonly #timerKeys = new Map<string, number>()
  readonly self: NodeId
  nowUs: number

  constructor(world: World, host: Host, report: StepReport, slot: NodeSlot, process: Process) {
    this.#world = world
    this.#host = host
    this.#report = report
    this.#slot = slot
    this.#life = process.life
    this.#cause = [report.event.id]
    this.#routes = routesFrom(host, slot.id)
    this.self = slot.id
    this.nowUs = world.nowUs + process.skewUs
  }

  /** The same node's next step. */
  begin(world: World, report: StepReport, slot: NodeSlot, process: Process): this {
    this.#world = world
    this.#report = report
    this.#slot = slot
    this.#life = process.life
    this.#cause = [report.event.id]
    this.nowUs = world.nowUs + process.skewUs
    return this
  }

  random(stream: string): number {
    return drawFrom(this.#world, this.#host, this.#report, stream)
  }

  #routeTo(to: NodeId): Route {
    return routeTo(this.#world, this.#host, this.#routes, this.self, to)
  }

  send(to: NodeId, channel: string, message: KafkaMessage): void {
    const route = this.#routeTo(to)
    this.#transmit(openConnection(this.#world, route, channel), route, message, 'request')
  }

  reply(connection: ConnectionId, message: KafkaMessage): void {
    const open = this.#world.connections[connection] as Connection | undefined
    if (open === undefined) return
    const to = this.self === open.client ? open.server : open.client
    this.#transmit(open, this.#routeTo(to), message, 'response')
  }

  #transmit(connection: Connection, route: Route, message: KafkaMessage, rule: string): void {
    transmit(this.#world, this.#host, this.#report, connection, { route, message, cause: this.#cause, rule })
  }

  close(to: NodeId, channel: string): void {
    const connection = openedTo(this.#world, this.#routeTo(to), channel)
    if (connection !== null) this.closeConnection(connection.id)
  }

  closeConnection(id: ConnectionId): void {
    const connection = this.#world.connections[id] as Connection | undefined
    if (connection === undefined) return
    closeConnection(this.#world, this.#host, this.#report, connection, this.self, 'closed')
  }

  tell(to: NodeId, message: KafkaMessage): void {
    const world = this.#world
    const process = world.processes[world.nodes[to]?.process ?? '']
    if (process === undefined) return
    const key = messageKey(world, this.#host, this.#routeTo(to), message.type)
    schedule(world, this.#host, {
      atUs: world.nowUs,
      cause: this.#cause,
      entity: world.keyCounts.names[key]!,
      count: countKey(world, key),
      rule: 'inside the process',
      body: { kind: 'local', to, from: this.self, life: process.life, message },
    })
  }

  setTimer(name: string, delayUs: number, data: Json = null): void {
    const world = this.#world
    const { timers } = this.#slot
    const at = armedAt(timers, name)
    if (at >= 0) takeOut(world, timers[at]!.place)
    const key = this.#timerKey(familyOf(name))
    const { place } = schedule(world, this.#host, {
      atUs: world.nowUs + Math.max(0, Math.round(delayUs)),
      cause: this.#cause,
      entity: world.keyCounts.names[key]!,
      count: countKey(world, key),
      rule: 'timer',
      body: { kind: 'timer', node: this.self, name, data, life: this.#life },
    })
    if (at >= 0) timers[at]!.place = place
    else timers.push({ name, place })
  }

  #timerKey(family: string): number {
    let index = this.#timerKeys.get(family)
    if (index === undefined) {
      index = keyIndex(this.#world, this.#host, `${this.self}/timer ${family}`)
      this.#timerKeys.set(family, index)
    }
    return index
  }

  cancelTimer(name: string): void {
    const { timers } = this.#slot
    const at = armedAt(timers, name)
    if (at < 0) return
    takeOut(this.#world, timers[at]!.place)
    disarm(timers, at)
  }

  complete(operationId: string, outcome: Json): void {
    this.#report.completed.push({ operationId, outcome })
  }

  fact(fact: Fact): void {
    // A new leader of the quorum cannot know which records its predecessor has seen committed: they are told once.
    const known = this.#world.ledger.metadataLog.length
    if (fact.kind === 'metadataRecord' && fact.offset < known) return
    if (fact.kind === 'registryWrite' && fact.sessionId === 0 && fact.czxid < known) return
    this.#report.facts.push({ atUs: this.#world.nowUs, event: this.#world.index, node: this.self, fact })
  }

  probe(name: string): void {
    this.#report.probes.push(name)
  }

  exit(code: number): void {
    this.#report.exits.push({ process: this.#slot.process, code })
  }
}
