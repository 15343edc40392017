import { describe, expect, test } from 'vitest'
import type { KafkaMessage } from '../../src/kafka/messages/message.ts'
import type { ConnectRequest, RegistryOp, RegistryResult, WatchEvent } from '../../src/kafka/messages/registry.ts'
import { expireSession, registryMachine } from '../../src/registry/registry.ts'
import type { RegistryState } from '../../src/registry/state.ts'
import type { FakeContext } from './fake-context.ts'
import { contextAt } from './fake-context.ts'

const CONFIG = { tickMs: 500 }
const MS = 1_000

const create = (path: string, options: { ephemeral?: boolean; sequential?: boolean } = {}): RegistryOp => ({
  op: 'create',
  path,
  data: path,
  ephemeral: options.ephemeral ?? false,
  sequential: options.sequential ?? false,
})

const wire = (broker: number, incarnation = 1): string => `session-${broker}>registry#registry@${incarnation}`

/** A registry and those who talk to it: each call is one step. */
class Conversation {
  readonly state: RegistryState = registryMachine.init('registry', CONFIG)
  draws: Record<string, number> = {}

  receive(atMs: number, broker: number, message: KafkaMessage, incarnation = 1): FakeContext {
    const ctx = contextAt(atMs * MS, 'registry', this.draws)
    const connection = wire(broker, incarnation)
    registryMachine.step(this.state, { kind: 'message', from: `session-${broker}`, connection, message }, ctx, CONFIG)
    return ctx
  }

  open(atMs: number, broker: number, timeoutMs = 2000): number {
    const { replies } = this.receive(atMs, broker, { type: 'ConnectRequest', sessionId: 0, timeoutMs })
    const reply = replies[0]?.message
    return reply?.type === 'ConnectResponse' ? reply.sessionId : -1
  }

  ask(atMs: number, broker: number, sessionId: number, ...ops: RegistryOp[]): FakeContext {
    return this.receive(atMs, broker, { type: 'RegistryRequest', xid: 1, sessionId, ops })
  }

  admin(...ops: RegistryOp[]): RegistryResult[] {
    const ctx = contextAt(0, 'registry')
    const message: KafkaMessage = { type: 'RegistryRequest', xid: 1, sessionId: 0, ops }
    registryMachine.step(this.state, { kind: 'message', from: 'admin', connection: 'admin', message }, ctx, CONFIG)
    return results(ctx)
  }

  tick(atMs: number): FakeContext {
    const ctx = contextAt(atMs * MS, 'registry', this.draws)
    registryMachine.step(this.state, { kind: 'timer', name: 'tick', data: null }, ctx, CONFIG)
    return ctx
  }

  disconnect(atMs: number, broker: number): void {
    registryMachine.step(
      this.state,
      {
        kind: 'disconnected',
        peer: `session-${broker}`,
        channel: 'registry',
        connection: wire(broker),
        reason: 'closed',
      },
      contextAt(atMs * MS, 'registry'),
      CONFIG,
    )
  }
}

function results(ctx: FakeContext): RegistryResult[] {
  const last = ctx.replies.at(-1)?.message
  return last?.type === 'RegistryResponse' ? [...last.results] : []
}

const errors = (of: readonly RegistryResult[]): (string | null)[] => of.map(({ error }) => error)

const events = (ctx: FakeContext, broker: number, incarnation = 1): WatchEvent[] =>
  ctx.replies
    .filter(({ connection }) => connection === wire(broker, incarnation))
    .map(({ message }) => message)
    .filter((message) => message.type === 'WatchEvent')

describe('the tree', () => {
  test('a new registry has the persistent paths of Kafka', () => {
    const { state } = new Conversation()
    expect(state.nodes['/brokers']?.children).toEqual(['ids', 'topics'])
    expect(state.nodes['/admin']?.children).toEqual(['delete_topics'])
    expect(state.nodes['/']?.children).toEqual([
      'admin',
      'brokers',
      'config',
      'isr_change_notification',
      'log_dir_event_notification',
    ])
  })

  test('a node needs its parent and may exist only once', () => {
    const registry = new Conversation()
    expect(errors(registry.admin(create('/a/b')))).toEqual(['NONODE'])
    expect(errors(registry.admin(create('/a')))).toEqual([null])
    expect(errors(registry.admin(create('/a/b')))).toEqual([null])
    expect(errors(registry.admin(create('/a')))).toEqual(['NODEEXISTS'])
    expect(errors(registry.admin({ op: 'delete', path: '/a', version: -1 }))).toEqual(['NOTEMPTY'])
  })

  test('setData and delete are conditional on the version unless it is -1', () => {
    const registry = new Conversation()
    registry.admin(create('/a'))
    const set = (version: number): RegistryOp => ({ op: 'setData', path: '/a', data: 'x', version })
    expect(registry.admin(set(0))).toMatchObject([{ error: null, stat: { version: 1 } }])
    expect(errors(registry.admin(set(0)))).toEqual(['BADVERSION'])
    expect(registry.admin(set(-1))).toMatchObject([{ error: null, stat: { version: 2 } }])
    expect(errors(registry.admin({ op: 'delete', path: '/a', version: 1 }))).toEqual(['BADVERSION'])
    expect(errors(registry.admin({ op: 'delete', path: '/a', version: 2 }))).toEqual([null])
    expect(errors(registry.admin({ op: 'delete', path: '/a', version: -1 }))).toEqual(['NONODE'])
  })

  test('a multi that fails changes nothing and says which operation failed', () => {
    const registry = new Conversation()
    registry.admin(create('/epoch'))
    const before = structuredClone(registry.state)
    const outcome = registry.admin(
      create('/a'),
      create('/a/b'),
      { op: 'setData', path: '/epoch', data: 5, version: 0 },
      { op: 'delete', path: '/a/b', version: -1 },
      { op: 'check', path: '/epoch', version: 7 },
      create('/c'),
    )
    const rolledBack = 'ROLLEDBACK'
    expect(errors(outcome)).toEqual([rolledBack, rolledBack, rolledBack, rolledBack, 'BADVERSION', rolledBack])
    expect(registry.state).toEqual(before)
  })

  test('the operations of a multi see one another and share one zxid', () => {
    const registry = new Conversation()
    const zxid = registry.state.zxid
    expect(errors(registry.admin(create('/a'), create('/a/b'), { op: 'getData', path: '/a/b', watch: false }))).toEqual(
      [null, null, null],
    )
    expect(registry.state.zxid).toBe(zxid + 1)
    expect(registry.state.nodes['/a']?.czxid).toBe(zxid + 1)
    expect(registry.state.nodes['/a/b']?.czxid).toBe(zxid + 1)
  })

  test('sequential children are numbered with ten digits and a number never comes back', () => {
    const registry = new Conversation()
    const next = create('/isr_change_notification/isr_change_', { sequential: true })
    expect(registry.admin(next)).toMatchObject([{ path: '/isr_change_notification/isr_change_0000000000' }])
    registry.admin({ op: 'delete', path: '/isr_change_notification/isr_change_0000000000', version: -1 })
    expect(registry.admin(next)).toMatchObject([{ path: '/isr_change_notification/isr_change_0000000001' }])
  })

  test('a node created again has a greater czxid', () => {
    const registry = new Conversation()
    const first = registry.admin(create('/a'))[0]
    registry.admin({ op: 'delete', path: '/a', version: -1 })
    const second = registry.admin(create('/a'))[0]
    const czxid = (result: RegistryResult | undefined): number =>
      result?.error === null && result.stat ? result.stat.czxid : -1
    expect(czxid(second)).toBeGreaterThan(czxid(first))
  })

  test('every successful write is reported with its author, and nothing else is', () => {
    const registry = new Conversation()
    const session = registry.open(0, 3)
    const { facts } = registry.ask(1, 3, session, create('/controller', { ephemeral: true }))
    expect(facts).toEqual([
      {
        kind: 'registryWrite',
        path: '/controller',
        write: 'create',
        version: 0,
        czxid: registry.state.zxid,
        data: '/controller',
        sessionId: session,
        by: 'broker-3',
        ephemeral: true,
      },
    ])
    expect(registry.ask(2, 3, session, create('/controller')).facts).toEqual([])
    expect(registry.ask(3, 3, session, { op: 'getData', path: '/controller', watch: false }).facts).toEqual([])
  })
})

describe('sessions', () => {
  test('an expiry lies on the first tick boundary after the last message and the timeout', () => {
    const registry = new Conversation()
    const session = registry.open(100, 1)
    expect(registry.state.sessions[session]?.expiresAtUs).toBe(2_500 * MS)
    registry.receive(600, 1, { type: 'PingRequest', sessionId: session })
    expect(registry.state.sessions[session]?.expiresAtUs).toBe(3_000 * MS)
    registry.receive(1_000, 1, { type: 'PingRequest', sessionId: session })
    expect(registry.state.sessions[session]?.expiresAtUs).toBe(3_500 * MS)
  })

  test('tick boundaries have a phase that is drawn once', () => {
    const registry = new Conversation()
    registry.draws['registry.tick-phase'] = 0.5
    const session = registry.open(100, 1)
    expect(registry.state.sessions[session]?.expiresAtUs).toBe(2_250 * MS)
    expect(registry.receive(300, 1, { type: 'PingRequest', sessionId: session }).draws).toEqual([])
  })

  test('one timer is armed for the earliest expiry, and none when there is nothing to expire', () => {
    const registry = new Conversation()
    const first = registry.receive(100, 1, { type: 'ConnectRequest', sessionId: 0, timeoutMs: 2000 })
    expect(first.timers).toEqual({ tick: 2_400 * MS })
    expect(registry.receive(200, 2, { type: 'ConnectRequest', sessionId: 0, timeoutMs: 6000 }).timers).toEqual({})
    expect(registry.receive(300, 3, { type: 'ConnectRequest', sessionId: 0, timeoutMs: 1000 }).timers).toEqual({
      tick: 1_200 * MS,
    })
    registry.tick(1_500)
    registry.tick(2_500)
    expect(registry.tick(6_500).timers).toEqual({})
    expect(registry.state.sessions).toEqual({})
  })

  test('a tick that finds every session alive is armed for the next one', () => {
    const registry = new Conversation()
    const session = registry.open(100, 1)
    registry.receive(700, 1, { type: 'PingRequest', sessionId: session })
    const ctx = registry.tick(2_500)
    expect(ctx.facts).toEqual([])
    expect(ctx.timers).toEqual({ tick: 500 * MS })
  })

  test('an expired session loses its ephemeral nodes, in order, and its connection', () => {
    const registry = new Conversation()
    const session = registry.open(0, 3)
    registry.ask(1, 3, session, create('/controller', { ephemeral: true }))
    registry.ask(2, 3, session, create('/brokers/ids/3', { ephemeral: true }), create('/brokers/topics/t'))
    const ctx = registry.tick(2_500)
    expect(ctx.facts).toMatchObject([
      { kind: 'registryWrite', write: 'delete', path: '/brokers/ids/3', by: 'broker-3', data: null, ephemeral: true },
      { kind: 'registryWrite', write: 'delete', path: '/controller', by: 'broker-3', ephemeral: true },
      {
        kind: 'registrySessionEnded',
        sessionId: session,
        by: 'broker-3',
        removed: ['/brokers/ids/3', '/controller'],
        expired: true,
      },
    ])
    expect(ctx.closed).toEqual([wire(3)])
    expect(registry.state.nodes['/brokers/ids']?.children).toEqual([])
    expect(registry.state.nodes['/brokers/topics/t']).toBeDefined()
  })

  test('an ephemeral node that was deleted and created by another session stays when the first session ends', () => {
    const registry = new Conversation()
    const first = registry.open(0, 1)
    const second = registry.open(0, 2)
    registry.ask(1, 1, first, create('/controller', { ephemeral: true }))
    registry.ask(2, 2, second, { op: 'delete', path: '/controller', version: -1 })
    registry.ask(3, 2, second, create('/controller', { ephemeral: true }))
    registry.receive(4, 1, { type: 'CloseSessionRequest', sessionId: first })
    expect(registry.state.nodes['/controller']?.ephemeralOwner).toBe(second)
  })

  test('closing a session ends it at once and is no expiry', () => {
    const registry = new Conversation()
    const session = registry.open(0, 1)
    registry.ask(1, 1, session, create('/brokers/ids/1', { ephemeral: true }))
    const ctx = registry.receive(2, 1, { type: 'CloseSessionRequest', sessionId: session })
    expect(ctx.replies).toEqual([{ connection: wire(1), message: { type: 'CloseSessionResponse' } }])
    expect(ctx.facts.at(-1)).toMatchObject({
      kind: 'registrySessionEnded',
      removed: ['/brokers/ids/1'],
      expired: false,
    })
    expect(registry.state.nodes['/brokers/ids/1']).toBeUndefined()
  })

  test('a live session moves to a new connection and the former one is closed', () => {
    const registry = new Conversation()
    const session = registry.open(0, 1)
    const request: ConnectRequest = { type: 'ConnectRequest', sessionId: session, timeoutMs: 2000 }
    const ctx = registry.receive(1_000, 1, request, 2)
    expect(ctx.replies).toEqual([
      { connection: wire(1, 2), message: { type: 'ConnectResponse', sessionId: session, timeoutMs: 2000 } },
    ])
    expect(ctx.closed).toEqual([wire(1)])
    expect(registry.state.sessions[session]?.expiresAtUs).toBe(3_500 * MS)
  })

  test('an unknown session is answered with 0, and its requests with SESSIONEXPIRED', () => {
    const registry = new Conversation()
    const connected = registry.receive(0, 1, { type: 'ConnectRequest', sessionId: 77, timeoutMs: 2000 })
    expect(connected.replies[0]?.message).toMatchObject({ type: 'ConnectResponse', sessionId: 0 })
    const asked = registry.ask(0, 1, 77, create('/a'), create('/b'))
    expect(errors(results(asked))).toEqual(['SESSIONEXPIRED', 'SESSIONEXPIRED'])
    expect(registry.state.nodes['/a']).toBeUndefined()
  })

  test('a timeout is granted between 2 and 20 ticks', () => {
    const registry = new Conversation()
    const granted = (timeoutMs: number): unknown =>
      registry.receive(0, 1, { type: 'ConnectRequest', sessionId: 0, timeoutMs }).replies[0]?.message
    expect(granted(400)).toMatchObject({ timeoutMs: 1000 })
    expect(granted(6000)).toMatchObject({ timeoutMs: 6000 })
    expect(granted(60_000)).toMatchObject({ timeoutMs: 10_000 })
  })

  test('a session ordered to expire ends at a tick fired at once, and no message can save it', () => {
    const registry = new Conversation()
    const first = registry.open(0, 1)
    const second = registry.open(0, 2)
    expect(expireSession(registry.state, 'broker-1')).toBe(true)
    expect(expireSession(registry.state, 'broker-9')).toBe(false)
    expect(registry.tick(100).facts).toMatchObject([{ kind: 'registrySessionEnded', sessionId: first, expired: true }])
    expireSession(registry.state, 'broker-2')
    const ctx = registry.receive(101, 2, { type: 'PingRequest', sessionId: second })
    expect(ctx.facts).toMatchObject([{ kind: 'registrySessionEnded', sessionId: second, expired: true }])
    expect(ctx.replies).toEqual([])
  })

  test('after a pause a queued message may save an overdue session or come too late', () => {
    const saved = new Conversation()
    const survivor = saved.open(0, 1)
    saved.draws['registry.late-touch/broker-1'] = 0.1
    saved.receive(9_000, 1, { type: 'PingRequest', sessionId: survivor })
    saved.tick(9_000)
    expect(saved.state.sessions[survivor]?.expiresAtUs).toBe(11_500 * MS)

    const lost = new Conversation()
    const victim = lost.open(0, 1)
    lost.draws['registry.late-touch/broker-1'] = 0.9
    const ctx = lost.receive(9_000, 1, { type: 'ConnectRequest', sessionId: victim, timeoutMs: 2000 }, 2)
    expect(ctx.facts).toMatchObject([{ kind: 'registrySessionEnded', sessionId: victim, expired: true }])
    expect(ctx.replies[0]?.message).toMatchObject({ type: 'ConnectResponse', sessionId: 0 })
  })

  test('a kill loses connections and watches only, and a restart gives each session its whole timeout again', () => {
    const registry = new Conversation()
    const session = registry.open(0, 1)
    registry.ask(1, 1, session, create('/brokers/ids/1', { ephemeral: true }), {
      op: 'exists',
      path: '/controller',
      watch: true,
    })
    registryMachine.kill(registry.state)
    expect(registry.state.sessions[session]).toMatchObject({ connection: null, ephemerals: ['/brokers/ids/1'] })
    expect(registry.state.dataWatches).toEqual({})
    const ctx = contextAt(10_000 * MS, 'registry')
    registryMachine.step(registry.state, { kind: 'start', first: false }, ctx, CONFIG)
    expect(registry.state.sessions[session]?.expiresAtUs).toBe(12_500 * MS)
    expect(ctx.timers).toEqual({ tick: 2_500 * MS })
  })
})

describe('watches', () => {
  const watchChildren: RegistryOp = { op: 'getChildren', path: '/brokers/ids', watch: true }
  const watchController: RegistryOp = { op: 'exists', path: '/controller', watch: true }

  test('an event leaves before the answer to the write that caused it, and only once', () => {
    const registry = new Conversation()
    const session = registry.open(0, 1)
    registry.ask(1, 1, session, watchController)
    const created = registry.ask(2, 1, session, create('/controller'))
    expect(created.replies.map(({ message }) => message.type)).toEqual(['WatchEvent', 'RegistryResponse'])
    expect(events(created, 1)).toEqual([{ type: 'WatchEvent', path: '/controller', watch: 'created' }])
    const changed = registry.ask(3, 1, session, { op: 'setData', path: '/controller', data: 2, version: -1 })
    expect(events(changed, 1)).toEqual([])
  })

  test('a child watch hears of creations and deletions, a data watch of changes and deletion', () => {
    const registry = new Conversation()
    const watcher = registry.open(0, 1)
    const writer = registry.open(0, 2)
    registry.ask(1, 1, watcher, watchChildren)
    const joined = registry.ask(2, 2, writer, create('/brokers/ids/2', { ephemeral: true }))
    expect(events(joined, 1)).toEqual([{ type: 'WatchEvent', path: '/brokers/ids', watch: 'childrenChanged' }])
    registry.ask(3, 1, watcher, watchChildren, { op: 'getData', path: '/brokers/ids/2', watch: true })
    const gone = registry.receive(4, 2, { type: 'CloseSessionRequest', sessionId: writer })
    expect(events(gone, 1)).toEqual([
      { type: 'WatchEvent', path: '/brokers/ids/2', watch: 'deleted' },
      { type: 'WatchEvent', path: '/brokers/ids', watch: 'childrenChanged' },
    ])
  })

  test('the deletion of a node with both kinds of watches is told once to each session', () => {
    const registry = new Conversation()
    const both = registry.open(0, 1)
    const children = registry.open(0, 2)
    registry.admin(create('/a'))
    const watchA: RegistryOp = { op: 'getChildren', path: '/a', watch: true }
    registry.ask(1, 1, both, { op: 'getData', path: '/a', watch: true }, watchA)
    registry.ask(1, 2, children, watchA)
    const ctx = registry.ask(2, 2, children, { op: 'delete', path: '/a', version: -1 })
    const deleted = { type: 'WatchEvent', path: '/a', watch: 'deleted' }
    expect(events(ctx, 1)).toEqual([deleted])
    expect(events(ctx, 2)).toEqual([deleted])
  })

  test('a failed read sets no watch', () => {
    const registry = new Conversation()
    const session = registry.open(0, 1)
    registry.ask(1, 1, session, { op: 'getData', path: '/controller', watch: true })
    expect(registry.state.dataWatches).toEqual({})
  })

  test('a change during a disconnection fires the watch on return, after the greeting', () => {
    const registry = new Conversation()
    const watcher = registry.open(0, 1)
    const writer = registry.open(0, 2)
    registry.ask(1, 1, watcher, watchChildren, watchController)
    const zxid = registry.state.zxid
    registry.disconnect(2, 1)
    registry.ask(3, 2, writer, create('/brokers/ids/2', { ephemeral: true }))
    const watches = { zxid, data: [], exists: ['/controller'], children: ['/brokers/ids'] }
    const request: ConnectRequest = { type: 'ConnectRequest', sessionId: watcher, timeoutMs: 2000, watches }
    const back = registry.receive(1_000, 1, request, 2)
    expect(back.replies.map(({ message }) => message)).toEqual([
      { type: 'ConnectResponse', sessionId: watcher, timeoutMs: 2000 },
      { type: 'WatchEvent', path: '/brokers/ids', watch: 'childrenChanged' },
    ])
    const later = registry.ask(1_001, 2, writer, create('/controller', { ephemeral: true }))
    expect(events(later, 1, 2)).toEqual([{ type: 'WatchEvent', path: '/controller', watch: 'created' }])
  })

  test('an event lost with a connection that broke unnoticed is told again on return', () => {
    const registry = new Conversation()
    const watcher = registry.open(0, 1)
    const writer = registry.open(0, 2)
    registry.admin(create('/a'))
    registry.ask(1, 1, watcher, { op: 'getData', path: '/a', watch: true })
    const zxid = registry.state.zxid
    const lost = registry.ask(2, 2, writer, { op: 'setData', path: '/a', data: 1, version: -1 })
    expect(events(lost, 1)).toHaveLength(1)
    const watches = { zxid, data: ['/a'], exists: [], children: [] }
    const request: ConnectRequest = { type: 'ConnectRequest', sessionId: watcher, timeoutMs: 2000, watches }
    const back = registry.receive(1_000, 1, request, 2)
    expect(events(back, 1, 2)).toEqual([{ type: 'WatchEvent', path: '/a', watch: 'dataChanged' }])
  })
})
