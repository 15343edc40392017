import { expect, test } from 'vitest'
import { haltProcess } from '../../src/broker/lifecycle.ts'
import { leader, T0, TestBroker } from './broker-harness.ts'

const toldTo = (b: TestBroker, node: string): string[] =>
  b.told.filter(({ to }) => to === node).map(({ message }) => message.type)

const owned = (ephemeralOwner: number) =>
  ({ error: null, path: '', stat: { version: 0, czxid: 40, ephemeralOwner } }) as const

test('from 1.1 a broker registers and then starts its controller, to 1.0 the other way round', () => {
  const b = new TestBroker('2.4').start().session('established')
  expect(b.asked('register')[0]?.ops).toEqual([
    { op: 'create', path: '/brokers/ids/1', data: { broker: 1 }, ephemeral: true },
  ])
  expect(toldTo(b, 'controller-1')).toEqual([])
  b.answer('register', owned(7))
  expect(toldTo(b, 'controller-1')).toEqual(['ControllerStart', 'BrokerRegistered'])
  expect(b.state.volatile).toMatchObject({ phase: 'running', registered: true, brokerEpoch: 40 })

  const old = new TestBroker('0.10.2').start().session('established')
  expect(toldTo(old, 'controller-1')).toEqual(['ControllerStart'])
  expect(old.asked('register')).toEqual([])
  old.local('controller-1', { type: 'ControllerKnown', controller: 1, afterStart: true })
  expect(old.asked('register')).toHaveLength(1)
})

test('a start that meets another registration fails from 0.9: the process closes its session and exits with 1', () => {
  const b = new TestBroker('2.4').start().session('established')
  b.answer('register', { error: 'NODEEXISTS' }).answer('registered-by', owned(3)).wait(0)
  expect(b.factsOf('registrationConflict')).toHaveLength(1)
  expect(toldTo(b, 'controller-1')).toEqual(['ControllerShutdown'])
  b.local('controller-1', { type: 'ControllerShutdownDone' })
  expect(toldTo(b, 'session-1').at(-1)).toBe('SessionClose')
  b.local('session-1', { type: 'SessionClosed' })
  expect(b.exits).toEqual([1])
})

test('0.8 waits one session time-out and tries again', () => {
  const b = new TestBroker('0.8.2', { 'zookeeper.session.timeout.ms': 6000 }).start().session('established')
  b.local('controller-1', { type: 'ControllerKnown', controller: 3, afterStart: true })
  b.answer('register', { error: 'NODEEXISTS' }).answer('registered-by', owned(3))
  b.wait(5999)
  expect(b.asked('register')).toEqual([])
  b.wait(1)
  b.answer('register', owned(7))
  expect(b.state.volatile?.registered).toBe(true)
})

test('after an expiry the broker serves on and registers again; 2.2 replaces what its own former session left', () => {
  const b = leader('2.4').session('expired')
  expect(b.p.role).toBe('leader')
  expect(b.produced(b.produce(['a'], 1))?.error).toBe('NONE')
  b.session('established', 8)
  b.answer('register', { error: 'NODEEXISTS' }).answer('registered-by', owned(7))
  expect(b.asked('register')[0]?.ops.map(({ op }) => op)).toEqual(['delete', 'create'])
  b.answer('register', owned(8))
  expect(b.factsOf('registered')).toHaveLength(2)
  expect(b.told.at(-1)?.message).toMatchObject({ type: 'BrokerRegistered', afterExpiry: true })
})

test('to 2.1 a running broker that cannot register again stays alive and unregistered (C-32)', () => {
  const b = leader('1.1').session('expired').session('established', 8)
  b.answer('register', { error: 'NODEEXISTS' }).answer('registered-by', owned(7)).wait(60_000)
  expect(b.state.volatile).toMatchObject({ phase: 'running', registered: false })
  expect(b.exits).toEqual([])
})

test('a graceful stop moves leaderships, writes everything, closes the session and exits with 0', () => {
  const b = leader('2.4')
  b.produce(['a'], 1)
  b.step({ kind: 'stop' })
  const asked = b.sent.at(-1)!
  expect(asked).toMatchObject({
    to: 'controller-3',
    channel: 'controller',
    message: { type: 'ControlledShutdownRequest' },
  })
  const { correlationId } = asked.message as { correlationId: number }
  const answer = { type: 'ControlledShutdownResponse', correlationId, error: 'NONE', remaining: [] } as const
  b.receive('controller-3', answer)
  expect(b.factsOf('controlledShutdownSucceeded')).toHaveLength(1)
  expect(b.state.durable).toMatchObject({
    cleanShutdown: true,
    highWatermarkCheckpoint: { [T0]: 0 },
    recoveryPointCheckpoint: { [T0]: 1 },
  })
  expect(b.produced(b.produce(['b'], 1))).toBeNull()
  b.local('controller-1', { type: 'ControllerShutdownDone' }).local('session-1', { type: 'SessionClosed' })
  expect(b.exits).toEqual([0])
})

test('a controlled shutdown is tried three times with pauses, then the broker stops all the same', () => {
  const b = leader('2.4')
  b.step({ kind: 'stop' })
  for (let n = 0; n < 3; n++) {
    const { correlationId } = b.sent.at(-1)!.message as { correlationId: number }
    b.receive('controller-3', { type: 'ControlledShutdownResponse', correlationId, error: 'NONE', remaining: [T0] })
    b.wait(5000)
  }
  expect(b.sent.filter(({ message }) => message.type === 'ControlledShutdownRequest')).toHaveLength(3)
  expect(b.factsOf('controlledShutdownFailed')).toHaveLength(1)
  expect(toldTo(b, 'controller-1').at(-1)).toBe('ControllerShutdown')
})

test('a follower that may not cut its log takes the process down: 1.1 exits, 0.10.2 hangs, still registered', () => {
  for (const generation of ['1.1', '0.10.2']) {
    const b = leader(generation)
    haltProcess(b.state, b.context(), b.config, T0)
    const { correlationId } = b.sent.at(-1)!.message as { correlationId: number }
    b.receive('controller-3', { type: 'ControlledShutdownResponse', correlationId, error: 'NONE', remaining: [] })
    if (generation === '1.1') {
      expect(toldTo(b, 'controller-1').at(-1)).toBe('ControllerShutdown')
      continue
    }
    expect(b.state.volatile).toMatchObject({ phase: 'hung', registered: true })
    expect(b.produced(b.produce(['a'], 1))).toBeNull()
    expect(toldTo(b, 'session-1')).not.toContain('SessionClose')
  }
})

test('high watermarks are written from the first role on, then every interval', () => {
  const b = new TestBroker('2.4', { 'replica.high.watermark.checkpoint.interval.ms': 5000 }).up().wait(20_000)
  expect(b.state.durable.highWatermarkCheckpoint).toBeNull()
  b.role({ isr: [1], replicas: [1] }).wait(0)
  expect(b.state.durable.highWatermarkCheckpoint).toEqual({ [T0]: 0 })
  b.produce(['a'], 1)
  b.wait(4999)
  expect(b.state.durable.highWatermarkCheckpoint).toEqual({ [T0]: 0 })
  b.wait(1)
  expect(b.state.durable.highWatermarkCheckpoint).toEqual({ [T0]: 1 })
})

test('recovery points are written 30 s after the start, then every interval; nothing is flushed by default', () => {
  const b = leader('2.4')
  b.produce(['a'], 1)
  expect(b.state.durable.recoveryPointCheckpoint).toEqual({})
  b.wait(29_999)
  expect(b.state.durable.recoveryPointCheckpoint).toEqual({})
  b.wait(1)
  expect(b.state.durable.recoveryPointCheckpoint).toEqual({ [T0]: 0 })
})

test('flush.messages flushes after so many records', () => {
  const b = new TestBroker('2.4').up().role({ topicSettings: { 'flush.messages': '3' } })
  b.produce(['a', 'b'], 1)
  expect(b.state.durable.logs[T0]?.flushedOffset).toBe(0)
  b.produce(['c'], 1)
  expect(b.state.durable.logs[T0]?.flushedOffset).toBe(3)
})

test('a changed topic setting is read when it is announced', () => {
  const b = leader('2.4')
  b.answer('config-changes', { error: null, path: '', children: ['config_change_0000000001'] })
  b.local('session-1', { type: 'SessionWatch', path: '/config/changes', watch: 'childrenChanged' })
  const children = ['config_change_0000000001', 'config_change_0000000002']
  b.answer('config-changes', { error: null, path: '', children })
  expect(b.asked('config-change')).toHaveLength(1)
  b.answer('config-change', { error: null, path: '', data: { topic: 't' } })
  b.answer('topic-config', { error: null, path: '', data: { settings: { 'min.insync.replicas': '4' } } })
  expect(b.produced(b.produce(['a'], -1))?.error).toBe('NOT_ENOUGH_REPLICAS')
})
