import { describe, expect, test } from 'vitest'
import type { KafkaMessage } from '../../src/kafka/messages/message.ts'
import type { RegistryOp, RegistryResult, SessionConfig } from '../../src/kafka/messages/registry.ts'
import type { Operation } from '../../src/kafka/operations.ts'
import type { Input } from '../../src/kernel/machine.ts'
import { sessionOwner } from '../../src/session/owner.ts'
import { sessionMachine } from '../../src/session/session.ts'
import type { SessionNodeState } from '../../src/session/state.ts'
import type { FakeContext } from '../registry/fake-context.ts'
import { contextAt } from '../registry/fake-context.ts'

const CONFIG: SessionConfig = { users: ['controller-1', 'broker-1'], timeoutMs: 3000, expiredRequests: 'fail' }
const MS = 1_000
const READ: RegistryOp = { op: 'getData', path: '/controller', watch: true }
const WRITE: RegistryOp = { op: 'setData', path: '/a', data: 1, version: 4 }

/** The session of broker 1, step by step; connections are counted by the test. */
class Client {
  readonly config: SessionConfig
  readonly state: SessionNodeState
  draws: Record<string, number> = {}
  incarnation = 1

  constructor(config: Partial<SessionConfig> = {}) {
    this.config = { ...CONFIG, ...config }
    this.state = sessionMachine.init('session-1', this.config)
  }

  step(input: Input<KafkaMessage, Operation>): FakeContext {
    const ctx = contextAt(0, 'session-1', this.draws)
    sessionMachine.step(this.state, input, ctx, this.config)
    return ctx
  }

  start(): FakeContext {
    return this.step({ kind: 'start', first: true })
  }

  hear(message: KafkaMessage, incarnation = this.incarnation): FakeContext {
    return this.step({ kind: 'message', from: 'registry', connection: `registry@${incarnation}`, message })
  }

  grant(sessionId: number): FakeContext {
    return this.hear({ type: 'ConnectResponse', sessionId, timeoutMs: sessionId === 0 ? 0 : 3000 })
  }

  established(sessionId = 7): this {
    this.start()
    this.grant(sessionId)
    return this
  }

  ask(requestId: string, ...ops: RegistryOp[]): FakeContext {
    return this.step({ kind: 'local', from: 'broker-1', message: { type: 'SessionRequest', requestId, ops } })
  }

  answer(xid: number, zxid: number, ...results: RegistryResult[]): FakeContext {
    return this.hear({ type: 'RegistryResponse', xid, results, zxid })
  }

  fire(name: string): FakeContext {
    return this.step({ kind: 'timer', name, data: null })
  }

  lose(): FakeContext {
    const connection = `registry@${this.incarnation}`
    this.incarnation += 1
    return this.step({ kind: 'disconnected', peer: 'registry', channel: 'registry', connection, reason: 'reset' })
  }
}

const sent = (ctx: FakeContext): KafkaMessage[] => ctx.sent.map(({ message }) => message)
const told = (ctx: FakeContext, node = 'broker-1'): KafkaMessage[] =>
  ctx.told.filter(({ to }) => to === node).map(({ message }) => message)

describe('the connection', () => {
  test('a started process asks for a new session and tells every machine when it has one', () => {
    const client = new Client()
    expect(sent(client.start())).toEqual([{ type: 'ConnectRequest', sessionId: 0, timeoutMs: 3000 }])
    const ctx = client.grant(7)
    const established = { type: 'SessionState', state: 'established', sessionId: 7 }
    expect(ctx.told).toEqual([
      { to: 'controller-1', message: established },
      { to: 'broker-1', message: established },
    ])
    expect(ctx.facts).toEqual([{ kind: 'sessionEstablished', sessionId: 7 }])
  })

  test('the first ping comes within a third of the timeout, at a drawn phase, and the others a third apart', () => {
    const client = new Client()
    client.draws['session.ping/broker-1'] = 0.25
    client.start()
    expect(client.grant(7).timers).toEqual({ ping: 750 * MS, silence: 2_000 * MS })
    const ping = client.fire('ping')
    expect(sent(ping)).toEqual([{ type: 'PingRequest', sessionId: 7 }])
    expect(ping.timers).toEqual({ ping: 1_000 * MS })
    expect(client.hear({ type: 'PingResponse' }).timers).toEqual({ silence: 2_000 * MS })
  })

  test('a registry silent for two thirds of the timeout is given up and asked again with the same session', () => {
    const client = new Client().established()
    client.draws['session.reconnect/broker-1'] = 0.5
    const silent = client.fire('silence')
    expect(silent.closed).toEqual(['registry#registry'])
    expect(told(silent)).toEqual([{ type: 'SessionState', state: 'disconnected', sessionId: 7 }])
    expect(silent.timers).toEqual({ reconnect: 1_600 * MS })
    const attempt = client.fire('reconnect')
    expect(sent(attempt)).toMatchObject([{ type: 'ConnectRequest', sessionId: 7 }])
    expect(attempt.timers).toEqual({ connect: 1_000 * MS })
  })

  test('an attempt that nobody answers, or that is refused, is followed by another and told to nobody', () => {
    const client = new Client().established()
    client.lose()
    client.fire('reconnect')
    const unanswered = client.fire('connect')
    expect(unanswered.closed).toEqual(['registry#registry'])
    expect(unanswered.told).toEqual([])
    expect(unanswered.timers).toEqual({ reconnect: 1_100 * MS })
    client.fire('reconnect')
    const refused = client.lose()
    expect(refused.told).toEqual([])
    expect(refused.timers).toEqual({ reconnect: 1_100 * MS })
  })

  test('the end of a connection that was already given up changes nothing', () => {
    const client = new Client().established()
    client.fire('silence')
    const late = client.lose()
    expect(late.timers).toEqual({})
    expect(late.told).toEqual([])
  })

  test('a live session is told as reconnected', () => {
    const client = new Client().established()
    client.lose()
    client.fire('reconnect')
    const back = client.grant(7)
    expect(told(back)).toEqual([{ type: 'SessionState', state: 'reconnected', sessionId: 7 }])
    expect(back.facts).toEqual([])
  })

  test('an expired session is noticed only on return, and followed by a new one', () => {
    const client = new Client().established()
    expect(client.lose().facts).toEqual([{ kind: 'sessionDisconnected' }])
    client.fire('reconnect')
    const expired = client.grant(0)
    expect(expired.facts).toEqual([{ kind: 'sessionExpired' }])
    expect(told(expired)).toEqual([{ type: 'SessionState', state: 'expired', sessionId: 7 }])
    expect(expired.closed).toEqual(['registry#registry'])
    expect(sent(expired)).toEqual([{ type: 'ConnectRequest', sessionId: 0, timeoutMs: 3000 }])
    client.incarnation += 1
    expect(told(client.grant(8))).toEqual([{ type: 'SessionState', state: 'established', sessionId: 8 }])
  })

  test('a killed process forgets its session', () => {
    const client = new Client().established()
    sessionMachine.kill(client.state)
    expect(client.state).toEqual({ volatile: null })
    expect(sent(client.start())).toMatchObject([{ type: 'ConnectRequest', sessionId: 0 }])
  })
})

describe('requests', () => {
  test('requests asked before the session is established are sent in order once it is', () => {
    const client = new Client()
    client.start()
    expect(sent(client.ask('broker:1', READ))).toEqual([])
    client.ask('broker:2', WRITE)
    expect(sent(client.grant(7))).toEqual([
      { type: 'RegistryRequest', xid: 1, sessionId: 7, ops: [READ] },
      { type: 'RegistryRequest', xid: 2, sessionId: 7, ops: [WRITE] },
    ])
  })

  test('an answer goes to the asker alone', () => {
    const client = new Client().established()
    client.ask('broker:1', WRITE)
    const results: RegistryResult[] = [{ error: 'BADVERSION' }]
    expect(client.answer(1, 5, ...results).told).toEqual([
      { to: 'broker-1', message: { type: 'SessionResponse', requestId: 'broker:1', results, retried: false } },
    ])
  })

  test('after a reconnection what was sent is sent again as a retry, what was not is sent for the first time', () => {
    const client = new Client().established()
    client.ask('broker:1', WRITE)
    client.lose()
    client.ask('broker:2', WRITE)
    client.fire('reconnect')
    expect(sent(client.grant(7))).toMatchObject([{ xid: 1 }, { xid: 2 }])
    expect(told(client.answer(1, 5, { error: 'BADVERSION' }))).toMatchObject([{ requestId: 'broker:1', retried: true }])
    expect(told(client.answer(2, 5, { error: 'BADVERSION' }))).toMatchObject([
      { requestId: 'broker:2', retried: false },
    ])
  })

  test('a noticed expiry fails the requests that waited', () => {
    const client = new Client({ expiredRequests: 'fail' }).established()
    client.ask('broker:1', WRITE, WRITE)
    client.lose()
    client.fire('reconnect')
    const expired = client.grant(0)
    expect(told(expired)).toMatchObject([
      { type: 'SessionState', state: 'expired' },
      {
        type: 'SessionResponse',
        requestId: 'broker:1',
        results: [{ error: 'SESSIONEXPIRED' }, { error: 'SESSIONEXPIRED' }],
      },
    ])
    client.incarnation += 1
    expect(sent(client.grant(8))).toEqual([])
  })

  test('or, in old clients, sends them again on the new session', () => {
    const client = new Client({ expiredRequests: 'retry' }).established()
    client.ask('broker:1', WRITE)
    client.lose()
    client.fire('reconnect')
    expect(told(client.grant(0))).toMatchObject([{ type: 'SessionState', state: 'expired' }])
    client.incarnation += 1
    expect(sent(client.grant(8))).toMatchObject([{ type: 'RegistryRequest', xid: 1, sessionId: 8 }])
    expect(told(client.answer(1, 5, { error: 'BADVERSION' }))).toMatchObject([{ retried: true }])
  })

  test('messages of a former connection are ignored', () => {
    const client = new Client().established()
    client.ask('broker:1', WRITE)
    client.lose()
    client.fire('reconnect')
    client.grant(7)
    const results: RegistryResult[] = [{ error: 'NONODE' }]
    expect(client.hear({ type: 'RegistryResponse', xid: 1, results }, 1).told).toEqual([])
  })
})

describe('watches', () => {
  test('an event is told to every machine of the process', () => {
    const client = new Client().established()
    const ctx = client.hear({ type: 'WatchEvent', path: '/controller', watch: 'deleted' })
    expect(ctx.told.map(({ to }) => to)).toEqual(['controller-1', 'broker-1'])
    expect(told(ctx)).toEqual([{ type: 'SessionWatch', path: '/controller', watch: 'deleted' }])
  })

  test('a returning session brings the watches that have not fired, with the last zxid it has seen', () => {
    const client = new Client().established()
    const stat = { version: 0, czxid: 3, ephemeralOwner: 0 }
    client.ask('a', READ, { op: 'exists', path: '/x', watch: true })
    client.answer(1, 11, { error: null, path: '/controller', data: 1, stat }, { error: null, path: '/x', stat: null })
    client.ask(
      'b',
      { op: 'getChildren', path: '/brokers/ids', watch: true },
      { op: 'getData', path: '/y', watch: false },
    )
    client.answer(
      2,
      12,
      { error: null, path: '/brokers/ids', children: [] },
      { error: null, path: '/y', data: 1, stat },
    )
    client.ask('c', { op: 'getData', path: '/z', watch: true })
    client.answer(3, 13, { error: 'NONODE' })
    client.hear({ type: 'WatchEvent', path: '/controller', watch: 'dataChanged' })
    client.lose()
    expect(sent(client.fire('reconnect'))).toEqual([
      {
        type: 'ConnectRequest',
        sessionId: 7,
        timeoutMs: 3000,
        watches: { zxid: 13, data: [], exists: ['/x'], children: ['/brokers/ids'] },
      },
    ])
  })

  test('an expired session brings no watches to the next one', () => {
    const client = new Client().established()
    client.ask('a', { op: 'getChildren', path: '/brokers/ids', watch: true })
    client.answer(1, 12, { error: null, path: '/brokers/ids', children: [] })
    client.lose()
    client.fire('reconnect')
    client.grant(0)
    expect(client.state.volatile?.watches).toEqual({ data: [], exists: [], children: [] })
  })
})

describe('the end', () => {
  const close = (client: Client): FakeContext =>
    client.step({ kind: 'local', from: 'broker-1', message: { type: 'SessionClose' } })

  test('a close is told to every machine once the registry has answered it', () => {
    const client = new Client().established()
    const asked = close(client)
    expect(sent(asked)).toEqual([{ type: 'CloseSessionRequest', sessionId: 7 }])
    expect(asked.told).toEqual([])
    const closed = client.hear({ type: 'CloseSessionResponse' })
    expect(closed.told.map(({ to, message }) => [to, message.type])).toEqual([
      ['controller-1', 'SessionClosed'],
      ['broker-1', 'SessionClosed'],
    ])
    expect(told(client.ask('late', WRITE))).toMatchObject([{ results: [{ error: 'SESSIONEXPIRED' }] }])
  })

  test('a close that the registry does not answer ends with the silence limit', () => {
    const client = new Client().established()
    close(client)
    const silent = client.fire('silence')
    expect(told(silent)).toEqual([{ type: 'SessionClosed' }])
    expect(silent.timers).toEqual({})
  })

  test('a close without a connection leaves the session to expire', () => {
    const client = new Client().established()
    client.lose()
    const closed = close(client)
    expect(sent(closed)).toEqual([])
    expect(told(closed)).toEqual([{ type: 'SessionClosed' }])
  })
})

test('a session belongs to the process that its node is named after', () => {
  expect(sessionOwner('session-3')).toBe('broker-3')
  expect(sessionOwner('session-consumer-c1')).toBe('consumer-c1')
})
