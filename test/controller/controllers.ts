/** Controllers around one registry, with brokers that answer every control request; nothing else is simulated. */
import { controllerMachine } from '../../src/controller/controller.ts'
import type { ControllerConfig, ControllerState } from '../../src/controller/state.ts'
import { resolveSettings, type Settings } from '../../src/kafka/config.ts'
import type { ErrorName } from '../../src/kafka/errors.ts'
import type { Fact } from '../../src/kafka/facts.ts'
import type { Mechanisms } from '../../src/kafka/generation/mechanisms.ts'
import { resolveGeneration } from '../../src/kafka/generation/table.ts'
import { type BrokerId, controllerNode, nodeNumber, sessionNode } from '../../src/kafka/ids.ts'
import type {
  LeaderAndIsrRequest,
  StopReplicaRequest,
  UpdateMetadataRequest,
} from '../../src/kafka/messages/control.ts'
import type { KafkaMessage } from '../../src/kafka/messages/message.ts'
import type { RegistryOp, RegistryResult } from '../../src/kafka/messages/registry.ts'
import type { Operation } from '../../src/kafka/operations.ts'
import {
  brokerIdPath,
  CONTROLLER,
  type StateZnode,
  statePath,
  topicConfigPath,
  topicPath,
} from '../../src/kafka/znodes.ts'
import type { Json } from '../../src/kernel/json.ts'
import type { Context, Input } from '../../src/kernel/machine.ts'
import { registryMachine } from '../../src/registry/registry.ts'
import type { RegistryState } from '../../src/registry/state.ts'
import { dropWatches, fireWatches, setWatch } from '../../src/registry/watches.ts'
import { applyOps, removeNodes, type TreeChange } from '../../src/registry/znode-tree.ts'

export interface Write {
  readonly path: string
  readonly write: 'create' | 'set' | 'delete'
  readonly data: Json
  readonly version: number
  /** -1: the administrator, or an ended session. */
  readonly by: BrokerId
}

export type ControlRequest = LeaderAndIsrRequest | UpdateMetadataRequest | StopReplicaRequest

export interface Sent {
  readonly from: BrokerId
  readonly to: BrokerId
  readonly request: ControlRequest
}

interface Timer {
  readonly node: BrokerId
  readonly name: string
  readonly atUs: number
  readonly data: Json
}

type ControllerInput = Input<KafkaMessage, Operation>

export class Controllers {
  readonly registry: RegistryState
  readonly writes: Write[] = []
  readonly sent: Sent[] = []
  readonly facts: { readonly by: BrokerId; readonly fact: Fact }[] = []
  readonly probes: string[] = []
  readonly told: { readonly to: string; readonly message: KafkaMessage }[] = []
  readonly replies: KafkaMessage[] = []
  readonly draws: string[] = []
  readonly states: Record<string, ControllerState> = {}
  /** Brokers that answer control requests; the others refuse the connection. */
  readonly answering = new Set<BrokerId>()
  /** A broker that takes control requests and does not answer. */
  mute: BrokerId | null = null
  /** What a broker answers to its roles. */
  rolesAnswered: (to: BrokerId, request: LeaderAndIsrRequest) => Record<string, ErrorName> = () => ({})
  /** Draws by stream; 0.5 else. */
  pins: Record<string, number> = {}
  /** Runs before the registry handles a request: a place to let somebody else write first. */
  beforeRequest: (by: BrokerId, ops: readonly RegistryOp[]) => void = () => {}
  /** Gives a request another answer than the registry's, which has carried it out. */
  distort: (by: BrokerId, ops: readonly RegistryOp[]) => { results: RegistryResult[]; retried: boolean } | null = () =>
    null
  nowUs = 0
  readonly #configs: Record<string, ControllerConfig> = {}
  readonly #sessions: Record<string, number> = {}
  readonly #paused = new Map<BrokerId, ControllerInput[]>()
  readonly #queue: (() => void)[] = []
  /** Brokers that register only when their controller has tried for office; whether after an expiry. */
  readonly #awaitsController: Record<string, boolean> = {}
  #timers: Timer[] = []
  #nextSession = 1
  readonly #mechanisms: Mechanisms
  readonly #settings: Settings

  constructor(kafka: string, settings: Settings = {}, mechanisms: Partial<Mechanisms> = {}) {
    const resolved = resolveGeneration(kafka)
    if (!resolved.ok) throw new Error(resolved.message)
    this.#mechanisms = { ...resolved.generation.mechanisms, ...mechanisms }
    const defaults = { 'auto.leader.rebalance.enable': false, 'unclean.leader.election.enable': false }
    this.#settings = resolveSettings('broker', resolved.generation.name, { ...defaults, ...settings })
    this.registry = registryMachine.init('registry', { tickMs: 500 })
  }

  // --- What happens to processes

  /** Starts a broker process: session, controller and registration in the order of the generation. */
  start(id: BrokerId): void {
    this.#configs[id] = { id, mechanisms: this.#mechanisms, settings: this.#settings }
    this.states[id] = controllerMachine.init(controllerNode(id), this.#configs[id])
    this.answering.add(id)
    this.#give(id, { kind: 'start', first: true })
    this.#openSession(id)
    if (this.#mechanisms.controllerStartsBeforeRegistration) {
      this.#awaitsController[id] = false
      this.#local(id, { type: 'ControllerStart' })
    } else {
      this.#register(id, false)
      this.#local(id, { type: 'ControllerStart' })
    }
    this.settle()
  }

  startAll(...ids: readonly BrokerId[]): void {
    for (const id of ids) this.start(id)
  }

  /** kill -9, and the end of the session. */
  crash(id: BrokerId): void {
    this.kill(id)
    this.endSession(id)
    this.run()
  }

  kill(id: BrokerId): void {
    controllerMachine.kill(this.states[id]!)
    this.#timers = this.#timers.filter((it) => it.node !== id)
    this.answering.delete(id)
  }

  /** The registry ends the session; watches and ephemeral nodes go. */
  endSession(id: BrokerId): void {
    const sessionId = this.#sessions[id]
    if (sessionId === undefined) return
    delete this.#sessions[id]
    dropWatches(this.registry, sessionId)
    const paths = Object.keys(this.registry.nodes).filter((it) => this.registry.nodes[it]!.ephemeralOwner === sessionId)
    this.#changed(removeNodes(this.registry, paths.sort()), -1)
    this.settle()
  }

  pause(id: BrokerId): void {
    this.#paused.set(id, [])
  }

  resume(id: BrokerId): void {
    const inputs = this.#paused.get(id) ?? []
    this.#paused.delete(id)
    for (const input of inputs) this.#give(id, input)
  }

  /** The client of an ended session notices, opens a new one, and the broker registers again. */
  noticeExpiry(id: BrokerId): void {
    this.#local(id, { type: 'SessionState', state: 'expired', sessionId: 0 })
    this.settle()
    if (this.#mechanisms.controllerStartsBeforeRegistration) this.#awaitsController[id] = true
    this.#openSession(id)
    this.settle()
    if (!this.#mechanisms.controllerStartsBeforeRegistration) this.#register(id, true)
    this.run()
  }

  // --- What administrators and leaders do

  admin(...ops: readonly RegistryOp[]): void {
    this.#apply(ops, 0, -1)
    this.run()
  }

  createTopic(
    topic: string,
    partitions: Readonly<Record<string, readonly number[]>>,
    settings: Readonly<Record<string, string>> = {},
  ): void {
    this.admin({ op: 'create', path: topicConfigPath(topic), data: { settings }, ephemeral: false })
    this.admin({ op: 'create', path: topicPath(topic), data: { partitions }, ephemeral: false })
  }

  /** A leader writes an ISR of its own accord. */
  leaderWritesIsr(partition: string, isr: readonly BrokerId[]): void {
    const { leader } = this.state(partition)
    const data = { ...this.state(partition), isr: [...isr] }
    this.#apply([{ op: 'setData', path: statePath(partition), data, version: -1 }], 0, leader)
    this.run()
  }

  /** A message to the controller of a broker, on a connection of its own. */
  message(to: BrokerId, message: KafkaMessage): void {
    this.#give(to, { kind: 'message', from: 'broker', connection: 'c', message })
    this.run()
  }

  local(to: BrokerId, message: KafkaMessage): void {
    this.#local(to, message)
    this.run()
  }

  give(to: BrokerId, input: ControllerInput): void {
    this.#give(to, input)
    this.settle()
  }

  // --- Time

  /** Lets everything happen that is due now. */
  settle(): void {
    for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) event()
  }

  /** Lets everything happen, and fires timers within `ms`. */
  run(ms = 1_000): void {
    const untilUs = this.nowUs + ms * 1_000
    this.settle()
    for (;;) {
      const due = this.#timers.filter((it) => it.atUs <= untilUs).sort((a, b) => a.atUs - b.atUs || a.node - b.node)[0]
      if (due === undefined) break
      this.#timers = this.#timers.filter((it) => it !== due)
      this.nowUs = Math.max(this.nowUs, due.atUs)
      this.#give(due.node, { kind: 'timer', name: due.name, data: due.data })
      this.settle()
    }
    this.nowUs = untilUs
  }

  // --- What can be seen

  node(path: string): Json | undefined {
    return this.registry.nodes[path]?.data
  }

  state(partition: string): StateZnode {
    return this.node(statePath(partition)) as StateZnode
  }

  /** State writes as the recordings tell them: `v1 leader 2 e1 [2,3] by 3`. */
  stateWrites(partition: string): string[] {
    return this.writes
      .filter((it) => it.path === statePath(partition))
      .map(({ version, data, by }) => {
        const { leader, leaderEpoch, isr } = data as StateZnode
        return `v${version} leader ${leader} e${leaderEpoch} [${isr.join(',')}] by ${by}`
      })
  }

  /** Writes of the given paths, as `path write by`. */
  paths(...prefixes: readonly string[]): string[] {
    return this.writes
      .filter((it) => prefixes.some((prefix) => it.path.startsWith(prefix)))
      .map((it) => `${it.path} ${it.write} ${JSON.stringify(it.data)} by ${it.by}`)
  }

  get controller(): BrokerId {
    return (this.node(CONTROLLER) as { broker: BrokerId } | undefined)?.broker ?? -1
  }

  factsOf<Kind extends Fact['kind']>(kind: Kind): Extract<Fact, { kind: Kind }>[] {
    return this.facts.map((it) => it.fact).filter((it): it is Extract<Fact, { kind: Kind }> => it.kind === kind)
  }

  /** Forgets what was seen so far. */
  forget(): void {
    for (const list of [this.writes, this.sent, this.facts, this.probes, this.told, this.replies]) list.length = 0
  }

  // --- Plumbing

  #openSession(id: BrokerId): void {
    const sessionId = this.#nextSession++
    this.#sessions[id] = sessionId
    this.#local(id, { type: 'SessionState', state: 'established', sessionId })
  }

  #register(id: BrokerId, afterExpiry: boolean): void {
    const sessionId = this.#sessions[id]!
    const data = { broker: id }
    this.#apply([{ op: 'create', path: brokerIdPath(id), data, ephemeral: true }], sessionId, id)
    const brokerEpoch = this.registry.nodes[brokerIdPath(id)]!.czxid
    this.#local(id, { type: 'BrokerRegistered', broker: id, brokerEpoch, afterExpiry })
  }

  #local(id: BrokerId, message: KafkaMessage): void {
    this.#give(id, { kind: 'local', from: 'any', message })
  }

  #give(id: BrokerId, input: ControllerInput): void {
    this.#queue.push(() => {
      const paused = this.#paused.get(id)
      if (paused !== undefined) paused.push(input)
      else controllerMachine.step(this.states[id]!, input, this.#context(id), this.#configs[id]!)
    })
  }

  #apply(ops: readonly RegistryOp[], sessionId: number, by: BrokerId): RegistryResult[] {
    const { results, changes } = applyOps(this.registry, ops, sessionId)
    this.#changed(changes, by)
    for (const [index, op] of ops.entries()) setWatch(this.registry, sessionId, op, results[index]!)
    return results
  }

  #changed(changes: readonly TreeChange[], by: BrokerId): void {
    for (const change of changes) {
      const { path, write, data, version } = change
      this.writes.push({ path, write, data, version, by })
      for (const notice of fireWatches(this.registry, change)) {
        const id = Object.keys(this.#sessions).find((it) => this.#sessions[it] === notice.sessionId)
        if (id === undefined) continue
        this.#local(Number(id), { type: 'SessionWatch', path: notice.path, watch: notice.watch })
      }
    }
  }

  #onSessionRequest(id: BrokerId, requestId: string, ops: readonly RegistryOp[]): void {
    this.beforeRequest(id, ops)
    const sessionId = this.#sessions[id]
    if (sessionId === undefined) {
      if (this.#mechanisms.expiredSessionRequests === 'retry') return
      const results = ops.map((): RegistryResult => ({ error: 'SESSIONEXPIRED' }))
      this.#local(id, { type: 'SessionResponse', requestId, results, retried: false })
      return
    }
    const results = this.#apply(ops, sessionId, id)
    const distorted = this.distort(id, ops)
    this.#local(id, { type: 'SessionResponse', requestId, ...(distorted ?? { results, retried: false }) })
  }

  #onControlRequest(from: BrokerId, to: BrokerId, request: ControlRequest): void {
    if (!this.answering.has(to)) {
      const peer = `broker-${to}`
      this.#give(from, { kind: 'disconnected', peer, channel: 'control', connection: 'c', reason: 'refused' })
      return
    }
    this.sent.push({ from, to, request })
    if (this.mute === to) return
    const { correlationId } = request
    const partitions = request.type === 'LeaderAndIsrRequest' ? this.rolesAnswered(to, request) : {}
    const message = { type: 'ControlResponse', correlationId, error: 'NONE', partitions } as const
    this.#give(from, { kind: 'message', from: `broker-${to}`, connection: 'c', message })
  }

  #context(id: BrokerId): Context<KafkaMessage, Fact> {
    return {
      self: controllerNode(id),
      nowUs: this.nowUs,
      random: (stream) => {
        this.draws.push(stream)
        return this.pins[stream] ?? 0.5
      },
      send: (to, _channel, message) =>
        void this.#queue.push(() => this.#onControlRequest(id, nodeNumber(to), message as ControlRequest)),
      reply: (_connection, message) => void this.replies.push(message),
      close: () => {},
      closeConnection: () => {},
      tell: (to, message) => {
        this.told.push({ to, message })
        const afterExpiry = this.#awaitsController[id]
        if (message.type === 'ControllerKnown' && message.afterStart === true && afterExpiry !== undefined) {
          delete this.#awaitsController[id]
          this.#queue.push(() => this.#register(id, afterExpiry))
        }
        if (to !== sessionNode(id) || message.type !== 'SessionRequest') return
        this.#queue.push(() => this.#onSessionRequest(id, message.requestId, message.ops))
      },
      setTimer: (name, delayUs, data = null) => {
        this.#cancel(id, name)
        this.#timers.push({ node: id, name, atUs: this.nowUs + delayUs, data })
      },
      cancelTimer: (name) => this.#cancel(id, name),
      complete: () => {},
      fact: (fact) => void this.facts.push({ by: id, fact }),
      probe: (name) => void this.probes.push(name),
      exit: () => {},
    }
  }

  #cancel(id: BrokerId, name: string): void {
    this.#timers = this.#timers.filter((it) => it.node !== id || it.name !== name)
  }
}
