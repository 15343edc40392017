/** Runs one machine by hand: gives it inputs, keeps what it did, and fires its timers when time is moved on. */
import type { Fact } from '../../src/kafka/facts.ts'
import type { KafkaMessage } from '../../src/kafka/messages/message.ts'
import type { Operation } from '../../src/kafka/operations.ts'
import type { Json } from '../../src/kernel/json.ts'
import type { Context, DisconnectReason, Input, Machine, NodeId } from '../../src/kernel/machine.ts'
import { RandomStreams } from '../../src/kernel/random.ts'

export interface Sent {
  readonly to: NodeId
  readonly channel: string
  readonly message: KafkaMessage
}

export type SentOf<T extends KafkaMessage['type']> = Sent & { readonly message: Extract<KafkaMessage, { type: T }> }

export class Bench<State, Config> {
  readonly state: State
  readonly config: Config
  readonly #machine: Machine<State, Config, KafkaMessage, Operation, Fact>
  readonly #self: NodeId
  readonly #random = new RandomStreams('bench')
  readonly #draws: Record<string, number> = {}
  readonly #timers = new Map<string, { atUs: number; data: Json }>()
  nowUs = 0
  /** What was sent and not yet taken by {@link take}. */
  sent: Sent[] = []
  /** What was said to other machines of the process. */
  within: { readonly to: NodeId; readonly message: KafkaMessage }[] = []
  closed: { to: NodeId; channel: string }[] = []
  facts: Fact[] = []
  probes: string[] = []
  completed: Record<string, Json> = {}

  constructor(machine: Machine<State, Config, KafkaMessage, Operation, Fact>, self: NodeId, config: Config) {
    this.#machine = machine
    this.#self = self
    this.config = config
    this.state = machine.init(self, config)
  }

  get nowMs(): number {
    return this.nowUs / 1000
  }

  step(input: Input<KafkaMessage, Operation>): void {
    this.#machine.step(this.state, input, this.#context(), this.config)
  }

  start(): void {
    this.step({ kind: 'start', first: true })
  }

  /** kill -9: timers go with the memory. */
  kill(): void {
    this.#timers.clear()
    this.#machine.kill(this.state)
  }

  operation(operation: Operation): void {
    this.step({ kind: 'operation', operation })
  }

  answer(from: NodeId, message: KafkaMessage, connection = `bench>${from}`): void {
    this.step({ kind: 'message', from, connection, message })
  }

  disconnect(peer: NodeId, reason: DisconnectReason, channel = 'client', connection = `bench>${peer}`): void {
    this.step({ kind: 'disconnected', peer, channel, connection, reason })
  }

  /** Lets time pass, firing each timer when it is due. */
  advanceMs(ms: number): void {
    const untilUs = this.nowUs + ms * 1000
    for (;;) {
      const due = [...this.#timers].filter(([, timer]) => timer.atUs <= untilUs)
      due.sort((a, b) => a[1].atUs - b[1].atUs || (a[0] < b[0] ? -1 : 1))
      const next = due[0]
      if (next === undefined) break
      const [name, { atUs, data }] = next
      this.#timers.delete(name)
      this.nowUs = Math.max(this.nowUs, atUs)
      this.step({ kind: 'timer', name, data })
    }
    this.nowUs = untilUs
  }

  /** Takes the oldest untaken message of a type out of `sent`. */
  take<T extends KafkaMessage['type']>(type: T, to?: NodeId): SentOf<T> {
    const index = this.sent.findIndex((one) => one.message.type === type && (to === undefined || one.to === to))
    if (index < 0) throw new Error(`no ${type} was sent; sent: ${JSON.stringify(this.sent)}`)
    return this.sent.splice(index, 1)[0] as SentOf<T>
  }

  has(type: KafkaMessage['type'], to?: NodeId): boolean {
    return this.sent.some((one) => one.message.type === type && (to === undefined || one.to === to))
  }

  factsOf<K extends Fact['kind']>(kind: K): Extract<Fact, { kind: K }>[] {
    return this.facts.filter((fact) => fact.kind === kind) as Extract<Fact, { kind: K }>[]
  }

  #context(): Context<KafkaMessage, Fact> {
    return {
      self: this.#self,
      nowUs: this.nowUs,
      random: (stream) => {
        const index = this.#draws[stream] ?? 0
        this.#draws[stream] = index + 1
        return this.#random.draw(stream, index)
      },
      send: (to, channel, message) => void this.sent.push({ to, channel, message: structuredClone(message) }),
      reply: () => {
        throw new Error('a client answers nobody')
      },
      close: (to, channel) => void this.closed.push({ to, channel }),
      closeConnection: () => undefined,
      tell: (to, message) => void this.within.push({ to, message }),
      setTimer: (name, delayUs, data = null) => void this.#timers.set(name, { atUs: this.nowUs + delayUs, data }),
      cancelTimer: (name) => void this.#timers.delete(name),
      complete: (operationId, outcome) => {
        if (operationId in this.completed) throw new Error(`${operationId} was completed twice`)
        this.completed[operationId] = outcome
      },
      fact: (fact) => void this.facts.push(fact),
      probe: (name) => void this.probes.push(name),
      exit: () => undefined,
    }
  }
}
