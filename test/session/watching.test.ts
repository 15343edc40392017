/** Session and registry together over connections that break at any moment. */
import { expect, test } from 'vitest'
import type { KafkaMessage } from '../../src/kafka/messages/message.ts'
import type { RegistryOp, SessionConfig } from '../../src/kafka/messages/registry.ts'
import type { Operation } from '../../src/kafka/operations.ts'
import type { Input } from '../../src/kernel/machine.ts'
import { expireSession, registryMachine } from '../../src/registry/registry.ts'
import { sessionMachine } from '../../src/session/session.ts'
import { contextAt } from '../registry/fake-context.ts'

const SESSION: SessionConfig = { users: ['broker-1'], timeoutMs: 6000, expiredRequests: 'retry' }
const REGISTRY = { tickMs: 500 }
const READS: Readonly<Record<string, RegistryOp>> = {
  data: { op: 'exists', path: '/a', watch: true },
  value: { op: 'getData', path: '/brokers', watch: true },
  children: { op: 'getChildren', path: '/brokers/ids', watch: true },
}

type Step = Input<KafkaMessage, Operation>

/** A user who reads three nodes again whenever a watch fires and for each new session. */
class Play {
  readonly session = sessionMachine.init('session-1', SESSION)
  readonly registry = registryMachine.init('registry', REGISTRY)
  nowUs = 0
  incarnation = 1
  isOpen = false
  toServer: KafkaMessage[] = []
  toClient: KafkaMessage[] = []
  requests = 0
  asked: Record<string, string> = {}
  seen: Record<string, unknown> = {}
  watchesTold = 0

  get connection(): string {
    return `registry@${this.incarnation}`
  }

  breakConnection(): void {
    this.isOpen = false
    this.incarnation += 1
    this.toServer = []
    this.toClient = []
  }

  stepSession(input: Step): void {
    const ctx = contextAt(this.nowUs, 'session-1', { 'session.ping/broker-1': 0.5 })
    sessionMachine.step(this.session, input, ctx, SESSION)
    if (ctx.closed.length > 0) this.breakConnection()
    if (ctx.sent.length > 0) this.isOpen = true
    this.toServer.push(...ctx.sent.map(({ message }) => message))
    for (const { message } of ctx.told) this.onTold(message)
  }

  onTold(message: KafkaMessage): void {
    if (message.type === 'SessionWatch') this.watchesTold += 1
    const isNews = message.type === 'SessionState' && message.state === 'established'
    if (isNews || message.type === 'SessionWatch') {
      for (const name of Object.keys(READS).sort()) this.ask(name)
    }
    if (message.type !== 'SessionResponse') return
    const name = this.asked[message.requestId] ?? ''
    const [result] = message.results
    if (name === 'children' && result?.error === null) this.seen[name] = result.children
    if (name === 'value' && result?.error === null) this.seen[name] = result.stat?.version
    if (name === 'data' && result?.error === null) this.seen[name] = result.stat?.czxid ?? null
  }

  ask(name: string): void {
    const op = READS[name]
    if (op === undefined) return
    this.requests += 1
    const requestId = `broker:${this.requests}`
    this.asked[requestId] = name
    this.stepSession({ kind: 'local', from: 'broker-1', message: { type: 'SessionRequest', requestId, ops: [op] } })
  }

  stepRegistry(input: Step): void {
    const ctx = contextAt(this.nowUs, 'registry')
    registryMachine.step(this.registry, input, ctx, REGISTRY)
    const mine = ctx.replies.filter(({ connection }) => connection === this.connection)
    this.toClient.push(...mine.map(({ message }) => message))
    if (ctx.closed.includes(this.connection)) this.disconnectSession()
  }

  disconnectSession(): void {
    const { connection } = this
    this.breakConnection()
    this.stepSession({ kind: 'disconnected', peer: 'registry', channel: 'registry', connection, reason: 'reset' })
  }

  deliver(way: 'toServer' | 'toClient'): void {
    const message = this[way].shift()
    if (message === undefined) return
    if (way === 'toServer') {
      this.stepRegistry({ kind: 'message', from: 'session-1', connection: this.connection, message })
    } else this.stepSession({ kind: 'message', from: 'registry', connection: this.connection, message })
  }

  write(...ops: RegistryOp[]): void {
    const message: KafkaMessage = { type: 'RegistryRequest', xid: 0, sessionId: 0, ops }
    this.stepRegistry({ kind: 'message', from: 'admin', connection: 'admin', message })
  }

  tick(): void {
    this.stepRegistry({ kind: 'timer', name: 'tick', data: null })
  }

  fire(name: string): void {
    this.stepSession({ kind: 'timer', name, data: null })
  }
}

/** Any numbers will do, as long as they are the same each time. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    yield Math.floor(state / 65_536)
  }
}

function play(seed: number): Play {
  const draws = numbers(seed)
  const below = (limit: number): number => draws.next().value % limit
  const world = new Play()
  world.stepSession({ kind: 'start', first: true })
  for (let turn = 0; turn < 300; turn += 1) {
    world.nowUs += 10_000
    const choice = below(100)
    if (choice < 30) world.deliver('toServer')
    else if (choice < 60) world.deliver('toClient')
    else if (choice < 68) world.write({ op: 'create', path: '/a', data: turn, ephemeral: false })
    else if (choice < 74) world.write({ op: 'delete', path: '/a', version: -1 })
    else if (choice < 80) world.write({ op: 'setData', path: '/brokers', data: turn, version: -1 })
    else if (choice < 85) world.write({ op: 'create', path: `/brokers/ids/${below(4)}`, data: 0, ephemeral: false })
    else if (choice < 89) world.write({ op: 'delete', path: `/brokers/ids/${below(4)}`, version: -1 })
    else if (choice < 93) world.fire('silence')
    else if (choice < 95) world.disconnectSession()
    else if (choice < 96) {
      expireSession(world.registry, 'broker-1')
      world.tick()
    } else world.fire('reconnect')
  }
  for (let turn = 0; turn < 400; turn += 1) {
    if (world.session.volatile?.phase === 'waiting') world.fire('reconnect')
    world.deliver('toServer')
    world.deliver('toClient')
  }
  return world
}

test('a client that reads again after each event knows the registry in the end, however its connections break', () => {
  let watches = 0
  for (let seed = 1; seed <= 60; seed += 1) {
    const { seen, registry, watchesTold } = play(seed)
    watches += watchesTold
    expect({ seed, ...seen }).toEqual({
      seed,
      children: registry.nodes['/brokers/ids']?.children,
      value: registry.nodes['/brokers']?.version,
      data: registry.nodes['/a']?.czxid ?? null,
    })
  }
  expect(watches).toBeGreaterThan(200)
})
