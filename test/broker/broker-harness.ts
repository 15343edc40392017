/** A broker under test: one machine, a context that writes down what is asked of it, and what others tell it. */
import { brokerMachine } from '../../src/broker/broker.ts'
import type { BrokerConfig, BrokerState, PartitionState } from '../../src/broker/state.ts'
import { resolveSettings, type Settings } from '../../src/kafka/config.ts'
import type { Fact, FactKind } from '../../src/kafka/facts.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import type { LeaderAndIsrState } from '../../src/kafka/messages/control.ts'
import type { FetchResponse, ProduceResponse } from '../../src/kafka/messages/data.ts'
import type { KafkaMessage } from '../../src/kafka/messages/message.ts'
import type { RegistryResult, SessionRequest } from '../../src/kafka/messages/registry.ts'
import type { Operation } from '../../src/kafka/operations.ts'
import type { Json } from '../../src/kernel/json.ts'
import type { Context, Input } from '../../src/kernel/machine.ts'

export const T0 = 't-0'

type Kind<K extends KafkaMessage['type']> = Extract<KafkaMessage, { type: K }>

export class TestBroker {
  readonly state: BrokerState
  readonly config: BrokerConfig
  nowUs = 10_000_000
  draw = 0
  readonly sent: { to: string; channel: string; message: KafkaMessage }[] = []
  readonly replies: { connection: string; message: KafkaMessage }[] = []
  readonly told: { to: string; message: KafkaMessage }[] = []
  readonly facts: Fact[] = []
  readonly closed: string[] = []
  readonly exits: number[] = []
  readonly timers: Record<string, { atUs: number; data: Json }> = {}
  #correlation = 100

  constructor(generation: string, settings: Settings = {}, id = 1, racks: Readonly<Record<number, string>> = {}) {
    const { mechanisms, name } = generationNamed(generation)!
    this.config = {
      id,
      rack: racks[id] ?? null,
      racks,
      mechanisms,
      settings: resolveSettings('broker', name, settings),
    }
    this.state = brokerMachine.init(`broker-${id}`, this.config)
  }

  context(): Context<KafkaMessage, Fact> {
    return {
      self: `broker-${this.config.id}`,
      nowUs: this.nowUs,
      random: () => this.draw,
      send: (to, channel, message) => void this.sent.push({ to, channel, message }),
      reply: (connection, message) => void this.replies.push({ connection, message }),
      close: () => {},
      closeConnection: (connection) => void this.closed.push(connection),
      tell: (to, message) => void this.told.push({ to, message }),
      setTimer: (name, delayUs, data = null) => {
        this.timers[name] = { atUs: this.nowUs + delayUs, data }
      },
      cancelTimer: (name) => {
        delete this.timers[name]
      },
      complete: () => {},
      fact: (fact) => void this.facts.push(fact),
      probe: () => {},
      exit: (code) => void this.exits.push(code),
    }
  }

  step(input: Input<KafkaMessage, Operation>): void {
    brokerMachine.step(this.state, input, this.context(), this.config)
  }

  /** Lets time pass; timers that come due fire in order. */
  wait(ms: number): this {
    const untilUs = this.nowUs + ms * 1000
    for (;;) {
      const due = Object.entries(this.timers)
        .filter(([, { atUs }]) => atUs <= untilUs)
        .sort(([a, x], [b, y]) => x.atUs - y.atUs || (a < b ? -1 : 1))[0]
      if (due === undefined) break
      const [name, { atUs, data }] = due
      delete this.timers[name]
      this.nowUs = Math.max(this.nowUs, atUs)
      this.step({ kind: 'timer', name, data })
    }
    this.nowUs = untilUs
    return this
  }

  receive(from: string, message: KafkaMessage, connection = `${from}>broker-${this.config.id}#client@1`): this {
    this.step({ kind: 'message', from, connection, message })
    return this
  }

  local(from: string, message: KafkaMessage): this {
    this.step({ kind: 'local', from, message })
    return this
  }

  get p(): PartitionState {
    return this.state.volatile!.partitions[T0]!
  }

  factsOf<K extends FactKind>(kind: K): Extract<Fact, { kind: K }>[] {
    return this.facts.filter((fact) => fact.kind === kind) as Extract<Fact, { kind: K }>[]
  }

  // --- Life

  start(): this {
    this.step({ kind: 'start', first: true })
    return this
  }

  session(state: 'established' | 'expired' | 'disconnected', sessionId = 7): this {
    return this.local(`session-${this.config.id}`, { type: 'SessionState', state, sessionId })
  }

  /** The registry requests that have not been answered here, oldest first. */
  readonly answered: string[] = []
  asked(purpose: string): SessionRequest[] {
    return this.told
      .map(({ message }) => message)
      .filter((message): message is SessionRequest => message.type === 'SessionRequest')
      .filter(({ requestId }) => requestId.split(':')[2] === purpose && !this.answered.includes(requestId))
  }

  /** Answers the oldest request of a purpose. */
  answer(purpose: string, result: RegistryResult, retried = false): this {
    const request = this.asked(purpose)[0]
    if (request === undefined) throw new Error(`nothing was asked for ${purpose}`)
    this.answered.push(request.requestId)
    const { requestId, ops } = request
    const results = ops.map(
      (_, index): RegistryResult => (index === ops.length - 1 ? result : { error: null, path: '' }),
    )
    return this.local(`session-${this.config.id}`, { type: 'SessionResponse', requestId, results, retried })
  }

  /** Started, registered, in charge of nothing. */
  up(): this {
    this.start().session('established')
    if (this.config.mechanisms.controllerStartsBeforeRegistration) {
      this.local(`controller-${this.config.id}`, { type: 'ControllerKnown', controller: 3, afterStart: true })
    }
    this.answer('register', { error: null, path: '/brokers/ids/1', stat: { version: 0, czxid: 50, ephemeralOwner: 7 } })
    return this.local(`controller-${this.config.id}`, { type: 'ControllerKnown', controller: 3 })
  }

  // --- What a controller says

  role(over: Partial<LeaderAndIsrState> & { readonly live?: readonly number[]; readonly requestEpoch?: number }): this {
    const { live, requestEpoch, ...state } = over
    const told: LeaderAndIsrState = {
      controllerEpoch: 1,
      leader: 1,
      leaderEpoch: 0,
      isr: [1, 2, 3],
      partitionEpoch: 0,
      replicas: [1, 2, 3],
      isNew: false,
      topicSettings: {},
      ...state,
    }
    return this.receive('controller-3', {
      type: 'LeaderAndIsrRequest',
      correlationId: this.#correlation++,
      controllerId: 3,
      controllerEpoch: requestEpoch ?? told.controllerEpoch,
      brokerEpoch: -1,
      partitions: { [T0]: told },
      liveLeaders: live ?? [told.leader],
    })
  }

  // --- Clients and followers

  produce(values: readonly string[], acks: number, timeoutMs = 1000, connection = `c${this.#correlation}`): string {
    this.receive(
      'producer-p',
      {
        type: 'ProduceRequest',
        correlationId: this.#correlation++,
        clientId: 'p',
        acks,
        timeoutMs,
        partitions: { [T0]: values.map((value) => ({ id: `p/${value}`, key: null, value, timestampMs: 0 })) },
      },
      connection,
    )
    return connection
  }

  produced(connection: string): ProduceResponse['partitions'][string] | null {
    const reply = this.replies.find((each) => each.connection === connection)?.message as
      | Kind<'ProduceResponse'>
      | undefined
    return reply?.partitions[T0] ?? null
  }

  /** A fetch of a follower, or of a consumer (-1). */
  fetch(
    replicaId: number,
    fetchOffset: number,
    over: { epoch?: number; lastEpoch?: number; maxWaitMs?: number; rack?: string } = {},
  ): string {
    const connection = `f${this.#correlation}`
    this.receive(
      replicaId < 0 ? 'consumer-c' : `broker-${replicaId}`,
      {
        type: 'FetchRequest',
        correlationId: this.#correlation++,
        replicaId,
        replicaEpoch: -1,
        maxWaitMs: over.maxWaitMs ?? 500,
        minBytes: 1,
        ...(over.rack === undefined ? {} : { rack: over.rack }),
        partitions: {
          [T0]: {
            fetchOffset,
            maxBytes: 1_000_000,
            currentLeaderEpoch: over.epoch ?? -1,
            lastFetchedEpoch: over.lastEpoch ?? -1,
            logStartOffset: 0,
          },
        },
      },
      connection,
    )
    return connection
  }

  fetched(connection: string): FetchResponse['partitions'][string] | null {
    const reply = this.replies.find((each) => each.connection === connection)?.message as
      | Kind<'FetchResponse'>
      | undefined
    return reply?.partitions[T0] ?? null
  }

  values(connection: string): (string | null)[] | null {
    return this.fetched(connection)?.batches.flatMap((batch) => batch.records.map(({ value }) => value)) ?? null
  }
}

/** A registered leader of t-0 with replicas 1, 2, 3, all in the ISR. */
export const leader = (generation: string, settings: Settings = {}): TestBroker =>
  new TestBroker(generation, settings).up().role({})
