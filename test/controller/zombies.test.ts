/** Controllers that do not know that they are replaced, and writes that meet others. */
import { expect, test } from 'vitest'
import { statePath } from '../../src/kafka/znodes.ts'
import { Controllers } from './controllers.ts'

function cluster(kafka: string, mechanisms = {}): Controllers {
  const it = new Controllers(kafka, {}, mechanisms)
  it.startAll(3, 1, 2)
  it.createTopic('t', { 0: [1, 2, 3] })
  it.forget()
  return it
}

/** Controller 3 stops for longer than its session; 1 takes over; then 3 goes on with what it had heard. */
function replaced(kafka: string): Controllers {
  const it = cluster(kafka)
  it.pause(3)
  it.pins = { 'controller.election/2/broker-1': 0.1 }
  it.endSession(3)
  it.run()
  expect(it.controller).toBe(1)
  return it
}

test.each(['0.10.2', '2.0.1'])('%s: an expired controller resigns when it learns of its successor', (kafka) => {
  const it = replaced(kafka)
  it.resume(3)
  expect(it.states[3]!.volatile!.office).not.toBeNull()
  it.noticeExpiry(3)
  expect(it.states[3]!.volatile!.office).toBeNull()
  expect(it.controller).toBe(1)
  expect(it.states[3]!.volatile!.controller).toBe(1)
  expect(it.factsOf('controllerResigned')).toHaveLength(1)
})

test.each(['2.1', '2.4'])('%s: a write of a replaced controller is refused, and it resigns', (kafka) => {
  const it = cluster(kafka)
  // Its session lives on, so only the check of /controller_epoch stands against its write.
  it.beforeRequest = (by, ops) => {
    if (by !== 3 || ops[0]?.op !== 'check' || it.node('/controller_epoch') === 2) return
    it.registry.nodes['/controller_epoch']!.data = 2
    it.registry.nodes['/controller_epoch']!.version += 1
    it.registry.nodes['/controller']!.data = { broker: 9 }
  }
  it.crash(2)
  expect(it.stateWrites('t-0')).toEqual([])
  expect(it.factsOf('controllerWriteFenced')).toEqual([{ kind: 'controllerWriteFenced', path: statePath('t-0') }])
  expect(it.states[3]!.volatile!.office).toBeNull()
  expect(it.states[3]!.volatile!.controller).toBe(9)
})

test('2.0.1: a replaced controller still writes a state that its successor has not written', () => {
  const it = cluster('2.0.1')
  it.registry.nodes['/controller_epoch']!.data = 2
  it.crash(2)
  expect(it.stateWrites('t-0')).toEqual(['v1 leader 1 e1 [1,3] by 3'])
})

test('a state that a newer controller wrote is left alone', () => {
  const it = cluster('0.10.2')
  const data = { ...it.state('t-0'), controllerEpoch: 2 }
  it.admin({ op: 'setData', path: statePath('t-0'), data, version: -1 })
  it.forget()
  it.crash(2)
  expect(it.stateWrites('t-0')).toEqual([])
  expect(it.probes).toContain('zombie-controller-meets-a-newer-epoch')
})

test.each(['0.10.2', '2.4'])(
  '%s: a write that a leader came before is decided again on what the leader wrote',
  (kafka) => {
    const it = cluster(kafka)
    let raced = false
    it.beforeRequest = (by, ops) => {
      if (by !== 3 || raced || !ops.some((op) => op.op === 'setData')) return
      raced = true
      const node = it.registry.nodes[statePath('t-0')]!
      node.data = { ...it.state('t-0'), isr: [1, 3] }
      node.version += 1
    }
    it.crash(1)
    expect(it.stateWrites('t-0')).toEqual(['v2 leader 3 e1 [3] by 3'])
    expect(it.probes).toContain('state-write-refused-by-version')
  },
)

/** The answer to the first write of a state is lost with its connection, and the repeated request is refused. */
function lostAnswer(it: Controllers): void {
  let lost = false
  it.distort = (_by, ops) => {
    const last = ops[ops.length - 1]
    if (lost || last?.op !== 'setData' || last.path !== statePath('t-0')) return null
    lost = true
    return { results: ops.map(() => ({ error: 'BADVERSION' as const })).slice(0, 1), retried: true }
  }
}

test('0.10.2 recognises its own write after a lost answer', () => {
  const it = cluster('0.10.2')
  lostAnswer(it)
  it.crash(2)
  expect(it.stateWrites('t-0')).toEqual(['v1 leader 1 e1 [1,3] by 3'])
  expect(it.states[3]!.volatile!.office!.partitions['t-0']!.leadership).toMatchObject({ leaderEpoch: 1, version: 1 })
})

test('2.0.1 reads again after a lost answer and elects a second time', () => {
  const it = cluster('2.0.1')
  lostAnswer(it)
  it.crash(1)
  expect(it.stateWrites('t-0')).toEqual(['v1 leader 2 e1 [2,3] by 3', 'v2 leader 2 e2 [2,3] by 3'])
})

test('to 0.11 a controller whose epoch write failed goes on with the epoch of its predecessor', () => {
  const it = cluster('0.11')
  it.pins = { 'controller.election/2/broker-1': 0.1 }
  it.beforeRequest = (_by, ops) => {
    if (ops[0]?.op === 'setData' && ops[0].path === '/controller_epoch')
      it.registry.nodes['/controller_epoch']!.version += 5
  }
  it.crash(3)
  expect(it.states[1]!.volatile!.office).toMatchObject({ epoch: 1 })
  expect(it.probes).toContain('controller-goes-on-with-the-epoch-of-its-predecessor')
})

test('1.1 gives up when the epoch write failed, and deletes /controller whoever owns it', () => {
  const it = cluster('1.1')
  it.pins = { 'controller.election/2/broker-1': 0.1 }
  let raced = false
  it.beforeRequest = (_by, ops) => {
    if (raced || ops[0]?.op !== 'setData' || ops[0].path !== '/controller_epoch') return
    raced = true
    it.registry.nodes['/controller_epoch']!.version += 5
  }
  it.crash(3)
  expect(it.probes).toContain('take-over-failed-half-way')
  expect(it.paths('/controller')).toContain('/controller delete null by 1')
  expect([1, 2]).toContain(it.controller)
  expect(it.node('/controller_epoch')).toBe(2)
})

test('a multi that lost its answer is recognised as won', () => {
  const it = new Controllers('2.4')
  it.distort = (_by, ops) =>
    ops[0]?.op === 'create' && ops[0].path === '/controller'
      ? { results: [{ error: 'NODEEXISTS' }, { error: 'ROLLEDBACK' }], retried: true }
      : null
  it.start(1)
  expect(it.states[1]!.volatile!.office).toMatchObject({ epoch: 1, epochVersion: 1 })
})

test('an ephemeral that lost its answer is recognised as its own', () => {
  const it = new Controllers('0.10.2')
  it.distort = (_by, ops) =>
    ops[0]?.op === 'create' && ops[0].path === '/controller'
      ? { results: [{ error: 'NODEEXISTS' }], retried: true }
      : null
  it.start(1)
  expect(it.states[1]!.volatile!.office).toMatchObject({ epoch: 1 })
})

test('1.1+: an expiry ends the running event and everything queued', () => {
  const it = cluster('2.4')
  it.pause(3)
  it.endSession(3)
  it.run()
  const office = it.states[3]!.volatile!.office
  expect(office).not.toBeNull()
  it.resume(3)
  it.message(3, { type: 'ControlledShutdownRequest', correlationId: 4, broker: 2, brokerEpoch: -1 })
  expect(it.probes).toContain('controller-event-ended-by-an-expired-session')
  it.noticeExpiry(3)
  expect(it.states[3]!.volatile!.office).toBeNull()
  expect(it.factsOf('controllerResigned').map((fact) => fact.reason)).toEqual(['its session has expired'])
})

test('a broker whose session expired tries again only when it has registered, from 1.1 on', () => {
  for (const kafka of ['0.10.2', '2.4']) {
    const it = new Controllers(kafka)
    it.start(1)
    it.endSession(1)
    it.forget()
    it.noticeExpiry(1)
    const order = it.writes.filter((write) => write.write === 'create').map((write) => write.path)
    const expected = ['/controller', '/brokers/ids/1']
    expect(order).toEqual(kafka === '0.10.2' ? expected : expected.reverse())
    expect(it.node('/controller_epoch')).toBe(2)
  }
})

test('the broker is let go on only when its controller has tried for office and has finished its take-over', () => {
  const it = new Controllers('0.10.2')
  it.start(1)
  it.createTopic('t', { 0: [1] })
  it.crash(1)
  it.forget()
  it.start(1)
  const known = it.told.filter(({ message }) => message.type === 'ControllerKnown').map(({ message }) => message)
  expect(known).toContainEqual({ type: 'ControllerKnown', controller: 1, afterStart: true })
  const order = it.writes.map((write) => write.path)
  expect(order.indexOf('/controller_epoch')).toBeLessThan(order.indexOf('/brokers/ids/1'))
  expect(it.factsOf('noLeaderPossible')).toMatchObject([{ partition: 't-0' }])
})
