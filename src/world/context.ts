/** What a step is given: it turns what a machine asks for into events, at once. One context serves a node for a run. */
import type { Fact } from '../kafka/facts.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import type { Json } from '../kernel/json.ts'
import type { ConnectionId, Context, NodeId } from '../kernel/machine.ts'
import { remembered } from '../kernel/remembered.ts'
import { closeConnection, openConnection, openedTo, transmit } from './connections.ts'
import type { Host } from './host.ts'
import { cancel, nextKey, schedule } from './pending.ts'
import type { Connection, FactEntry, PendingEvent, World } from './world.ts'

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

/** Virtual time plus the skew of a node's machine, in us. */
export const clockOf = (world: World, node: NodeId): number => {
  const process = world.processes[world.nodes[node]?.process ?? '']
  return world.nowUs + (process?.skewUs ?? 0)
}

/** A timer's name without the number of what it is for: `fetch:17` is one of the `fetch` timers. */
const familyOf = remembered((name: string): string => {
  let end = name.length
  while (end > 0 && name.charCodeAt(end - 1) >= 48 && name.charCodeAt(end - 1) <= 57) end -= 1
  return end < name.length && name[end - 1] === ':' ? name.slice(0, end - 1) : name
})

export class StepContext implements Context<KafkaMessage, Fact> {
  #world: World
  readonly #host: Host
  #report: StepReport
  #cause: readonly number[]
  readonly #draw = (stream: string): number => drawFrom(this.#world, this.#host, this.#report, stream)
  readonly self: NodeId
  nowUs: number

  constructor(world: World, host: Host, report: StepReport, self: NodeId) {
    this.#world = world
    this.#host = host
    this.#report = report
    this.#cause = [report.event.id]
    this.self = self
    this.nowUs = clockOf(world, self)
  }

  /** The same node's next step. */
  begin(world: World, report: StepReport): this {
    this.#world = world
    this.#report = report
    this.#cause = [report.event.id]
    this.nowUs = clockOf(world, this.self)
    return this
  }

  random(stream: string): number {
    return this.#draw(stream)
  }

  send(to: NodeId, channel: string, message: KafkaMessage): void {
    this.#transmit(openConnection(this.#world, this.#host, this.self, to, channel), message, 'request')
  }

  reply(connection: ConnectionId, message: KafkaMessage): void {
    const open = this.#world.connections[connection] as Connection | undefined
    if (open !== undefined) this.#transmit(open, message, 'response')
  }

  #transmit(connection: Connection, message: KafkaMessage, rule: string): void {
    transmit(this.#world, this.#host, connection, {
      from: this.self,
      message,
      cause: this.#cause,
      rule,
      draw: this.#draw,
    })
  }

  close(to: NodeId, channel: string): void {
    const connection = openedTo(this.#world, this.#host, this.self, to, channel)
    if (connection !== null) this.closeConnection(connection.id)
  }

  closeConnection(id: ConnectionId): void {
    const connection = this.#world.connections[id] as Connection | undefined
    if (connection === undefined) return
    closeConnection(this.#world, this.#host, connection, this.self, {
      cause: this.#cause,
      reason: 'closed',
      draw: this.#draw,
    })
  }

  tell(to: NodeId, message: KafkaMessage): void {
    const process = this.#world.processes[this.#world.nodes[to]?.process ?? '']
    if (process === undefined) return
    schedule(this.#world, this.#host, {
      atUs: this.#world.nowUs,
      cause: this.#cause,
      key: nextKey(this.#world, `${this.self}>${to}/${message.type}`),
      rule: 'inside the process',
      body: { kind: 'local', to, from: this.self, life: process.life, message },
    })
  }

  setTimer(name: string, delayUs: number, data: Json = null): void {
    const world = this.#world
    let timers = world.timers[this.self]
    if (timers === undefined) {
      timers = {}
      world.timers[this.self] = timers
      timers = world.timers[this.self] as Record<string, number>
    }
    const armed = timers[name]
    if (armed !== undefined) cancel(world, armed)
    const process = world.processes[world.nodes[this.self]?.process ?? '']
    timers[name] = schedule(world, this.#host, {
      atUs: world.nowUs + Math.max(0, Math.round(delayUs)),
      cause: this.#cause,
      key: nextKey(world, this.#host.names.timer.of(this.self, 'timer', familyOf(name))),
      rule: 'timer',
      body: { kind: 'timer', node: this.self, name, data, life: process?.life ?? 0 },
    })
  }

  cancelTimer(name: string): void {
    const timers = this.#world.timers[this.self]
    const armed = timers?.[name]
    if (timers === undefined || armed === undefined) return
    cancel(this.#world, armed)
    delete timers[name]
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
    const process = this.#world.nodes[this.self]?.process
    if (process !== undefined) this.#report.exits.push({ process, code })
  }
}

/** The next draw of a stream: pinned where the plan says so, else a pure function of (seed, stream, index). */
export function drawFrom(world: World, host: Host, report: StepReport, stream: string): number {
  const index = world.draws[stream] ?? 0
  world.draws[stream] = index + 1
  report.draws.push(stream)
  const pinned = host.hasPins ? host.plan.pins[`${stream}#${index}`] : undefined
  return pinned ?? host.random.draw(stream, index)
}
