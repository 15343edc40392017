/** The rows of what recorded brokers write to the registry, by release. */
import { expect, test } from 'vitest'
import { PREFERRED_ELECTION, REASSIGN_PARTITIONS } from '../../src/kafka/znodes.ts'
import { Controllers } from './controllers.ts'

const SINCE_08 = ['0.8.2', '0.9', '0.10.2', '0.11', '1.1', '2.0.1', '2.1', '2.2']
const SINCE_23 = ['2.3', '2.4', '2.5', '2.6', '2.7', '2.8', '3.3', '3.5', '3.9']
const ALL = [...SINCE_08, ...SINCE_23]

/** Three brokers, `t-0` on [1,2,3] led by 1, the given broker being controller. */
function cluster(kafka: string, controller: number, settings = {}): Controllers {
  const it = new Controllers(kafka, settings)
  it.startAll(controller, ...[1, 2, 3].filter((id) => id !== controller))
  it.createTopic('t', { 0: [1, 2, 3] })
  expect(it.stateWrites('t-0')).toEqual([`v0 leader 1 e0 [1,2,3] by ${controller}`])
  it.forget()
  return it
}

test.each(['0.8.2', '0.10.2', '1.1', '2.0.1'])(
  'the first controller of %s makes /controller and then the epoch 1',
  (kafka) => {
    const it = new Controllers(kafka)
    it.start(3)
    expect(it.paths('/controller')).toEqual(['/controller create {"broker":3} by 3', '/controller_epoch create 1 by 3'])
    it.crash(3)
    it.start(2)
    expect(it.node('/controller_epoch')).toBe(2)
  },
)

test.each(['2.1', '2.4', '3.5'])(
  'the first controller of %s makes the epoch 0 and then takes both znodes at once',
  (kafka) => {
    const it = new Controllers(kafka)
    it.start(3)
    expect(it.paths('/controller')).toEqual([
      '/controller_epoch create 0 by 3',
      '/controller create {"broker":3} by 3',
      '/controller_epoch set 1 by 3',
    ])
  },
)

test.each(ALL)(
  '%s: a leader crash is one write, and a later return of the old leader none of the controller',
  (kafka) => {
    const it = cluster(kafka, 3)
    it.crash(1)
    expect(it.stateWrites('t-0')).toEqual(['v1 leader 2 e1 [2,3] by 3'])
    it.forget()
    it.start(1)
    expect(it.stateWrites('t-0')).toEqual([])
  },
)

test.each(SINCE_08)('%s: the crash of leader and controller in one is one write of the next controller', (kafka) => {
  const it = cluster(kafka, 1)
  it.crash(1)
  expect(it.controller).toBe(2)
  expect(it.stateWrites('t-0')).toEqual(['v1 leader 2 e1 [2,3] by 2'])
  expect(it.node('/controller_epoch')).toBe(2)
})

test.each(SINCE_23)('%s: the crash of leader and controller in one is two writes, leader -1 first', (kafka) => {
  const it = cluster(kafka, 1)
  it.crash(1)
  expect(it.stateWrites('t-0')).toEqual(['v1 leader -1 e1 [2,3] by 2', 'v2 leader 2 e2 [2,3] by 2'])
})

test.each(SINCE_08)('%s: a controller that crashes stays in the ISR of what it follows', (kafka) => {
  const it = cluster(kafka, 3)
  it.crash(3)
  expect(it.stateWrites('t-0')).toEqual([])
})

test.each(SINCE_23)('%s: a controller that crashes is taken out of the ISR by the next one', (kafka) => {
  const it = cluster(kafka, 3)
  it.crash(3)
  expect(it.stateWrites('t-0')).toEqual(['v1 leader 1 e1 [1,2] by 1'])
})

test.each(ALL)('%s: a follower crash is one write with a new leader epoch', (kafka) => {
  const it = cluster(kafka, 3)
  it.crash(2)
  expect(it.stateWrites('t-0')).toEqual(['v1 leader 1 e1 [1,3] by 3'])
})

test.each(ALL)('%s: deleting /controller makes another controller and writes no state', (kafka) => {
  const it = cluster(kafka, 3)
  it.pins = { 'controller.election/2/broker-1': 0.2 }
  it.admin({ op: 'delete', path: '/controller', version: -1 })
  expect(it.controller).toBe(1)
  expect(it.node('/controller_epoch')).toBe(2)
  expect(it.stateWrites('t-0')).toEqual([])
  expect(it.factsOf('controllerResigned')).toHaveLength(1)
})

/** `t-0` on [1,2] with the controller elsewhere, both dead one after the other. */
function lastMemberDead(kafka: string, unclean: boolean): Controllers {
  const it = new Controllers(kafka, { 'unclean.leader.election.enable': unclean })
  it.startAll(3, 1, 2)
  it.createTopic('t', { 0: [1, 2] })
  it.crash(2)
  it.forget()
  it.crash(1)
  return it
}

test.each(ALL)('%s: with unclean election off the last member stays in the ISR and alone may lead', (kafka) => {
  const it = lastMemberDead(kafka, false)
  expect(it.stateWrites('t-0')).toEqual(['v2 leader -1 e2 [1] by 3'])
  expect(it.factsOf('noLeaderPossible')).not.toEqual([])
  it.forget()
  it.start(2)
  expect(it.stateWrites('t-0')).toEqual([])
  it.start(1)
  expect(it.stateWrites('t-0')).toEqual(['v3 leader 1 e3 [1] by 3'])
})

test.each(['0.8.2', '0.10.2', '0.11'])(
  '%s: with unclean election on the ISR becomes empty and an outsider leads',
  (kafka) => {
    const it = lastMemberDead(kafka, true)
    expect(it.stateWrites('t-0')).toEqual(['v2 leader -1 e2 [] by 3'])
    it.forget()
    it.start(2)
    expect(it.stateWrites('t-0')).toEqual(['v3 leader 2 e3 [2] by 3'])
    expect(it.factsOf('leaderElected').map((fact) => fact.election)).toEqual(['unclean'])
  },
)

test.each(['1.1', '2.4', '3.5'])(
  '%s: with unclean election on the last member stays in the ISR and an outsider leads',
  (kafka) => {
    const it = lastMemberDead(kafka, true)
    expect(it.stateWrites('t-0')).toEqual(['v2 leader -1 e2 [1] by 3'])
    it.forget()
    it.start(2)
    expect(it.stateWrites('t-0')).toEqual(['v3 leader 2 e3 [2] by 3'])
  },
)

test('unclean election that only the topic forbids is refused', () => {
  const it = new Controllers('0.10.2', { 'unclean.leader.election.enable': true })
  it.startAll(3, 1, 2)
  it.createTopic('t', { 0: [1, 2] }, { 'unclean.leader.election.enable': 'false' })
  it.crash(2)
  it.crash(1)
  it.start(2)
  expect(it.state('t-0')).toMatchObject({ leader: -1, isr: [1] })
})

test.each(ALL)('%s: a controlled shutdown is one write before the session ends and none after', (kafka) => {
  const it = cluster(kafka, 3)
  const brokerEpoch = it.registry.nodes['/brokers/ids/1']!.czxid
  it.message(3, { type: 'ControlledShutdownRequest', correlationId: 7, broker: 1, brokerEpoch })
  const writes = ['v1 leader 2 e1 [2,3] by 3']
  expect(it.stateWrites('t-0')).toEqual(writes)
  expect(it.replies).toEqual([{ type: 'ControlledShutdownResponse', correlationId: 7, error: 'NONE', remaining: [] }])
  it.crash(1)
  expect(it.stateWrites('t-0')).toEqual(writes)
})

test.each(ALL)('%s: the controlled shutdown of a follower is one write too', (kafka) => {
  const it = cluster(kafka, 3)
  const brokerEpoch = it.registry.nodes['/brokers/ids/2']!.czxid
  it.message(3, { type: 'ControlledShutdownRequest', correlationId: 7, broker: 2, brokerEpoch })
  it.crash(2)
  expect(it.stateWrites('t-0')).toEqual(['v1 leader 1 e1 [1,3] by 3'])
})

test.each(ALL)('%s: a preferred election keeps the order of the ISR', (kafka) => {
  const it = cluster(kafka, 3)
  it.crash(1)
  it.start(1)
  it.leaderWritesIsr('t-0', [2, 3, 1])
  it.forget()
  it.admin({ op: 'create', path: PREFERRED_ELECTION, data: { partitions: ['t-0'] }, ephemeral: false })
  expect(it.stateWrites('t-0')).toEqual(['v3 leader 1 e2 [2,3,1] by 3'])
  expect(it.writes.at(-1)).toMatchObject({ path: PREFERRED_ELECTION, write: 'delete', by: 3 })
})

test.each(ALL)('%s: a reassignment goes through the recorded states', (kafka) => {
  const it = new Controllers(kafka)
  it.startAll(3, 1, 2)
  it.createTopic('t', { 0: [1, 2] })
  it.forget()
  const data = { partitions: { 't-0': [2, 3] } }
  it.admin({ op: 'create', path: REASSIGN_PARTITIONS, data, ephemeral: false })
  expect(it.stateWrites('t-0')).toEqual(['v1 leader 1 e1 [1,2] by 3'])
  it.leaderWritesIsr('t-0', [1, 2, 3])
  expect(it.stateWrites('t-0')).toEqual([
    'v1 leader 1 e1 [1,2] by 3',
    'v2 leader 1 e1 [1,2,3] by 1',
    'v3 leader 2 e2 [1,2,3] by 3',
    'v4 leader 2 e3 [2,3] by 3',
  ])
  const order = it.writes.map((write) => write.path.replace('/brokers/topics/t/partitions/0/', ''))
  expect(order).toEqual([
    REASSIGN_PARTITIONS,
    '/brokers/topics/t',
    'state',
    'state',
    'state',
    'state',
    '/brokers/topics/t',
    REASSIGN_PARTITIONS,
  ])
  const assignments = it.writes.filter((write) => write.path === '/brokers/topics/t').map((write) => write.data)
  const adds = SINCE_23.includes(kafka) && kafka !== '2.3'
  expect(assignments).toMatchObject([
    adds
      ? { partitions: { 0: [2, 3, 1] }, adding: { 0: [3] }, removing: { 0: [1] } }
      : { partitions: { 0: [2, 3, 1] } },
    adds ? { partitions: { 0: [2, 3] }, adding: {}, removing: {} } : { partitions: { 0: [2, 3] } },
  ])
})

test('a topic created while a replica is down is led by the first live one', () => {
  const it = new Controllers('2.4')
  it.startAll(3, 2)
  it.createTopic('t', { 0: [1, 2, 3] })
  expect(it.stateWrites('t-0')).toEqual(['v0 leader 2 e0 [2,3] by 3'])
  it.start(1)
  expect(it.stateWrites('t-0')).toEqual(['v0 leader 2 e0 [2,3] by 3'])
})

/** Everybody dies at once while the ISR of `t-0` is [1,3]; then outsider 2 comes first, as controller. */
function outsiderFirst(kafka: string): Controllers {
  const it = cluster(kafka, 1)
  it.crash(2)
  for (const id of [1, 3]) it.kill(id)
  for (const id of [1, 3]) it.endSession(id)
  it.run()
  it.forget()
  it.start(2)
  return it
}

test.each(['0.10.2', '2.2'])(
  '%s: an outsider that comes first leaves the znode alone, and either member is elected',
  (kafka) => {
    const it = outsiderFirst(kafka)
    expect(it.stateWrites('t-0')).toEqual([])
    it.start(1)
    expect(it.stateWrites('t-0')).toEqual(['v2 leader 1 e2 [1] by 2'])
  },
)

test.each(SINCE_23)('%s: an outsider that comes first cuts the ISR down to one, who alone may lead', (kafka) => {
  const it = outsiderFirst(kafka)
  expect(it.stateWrites('t-0')).toEqual(['v2 leader -1 e2 [3] by 2', 'v3 leader -1 e3 [3] by 2'])
  it.start(1)
  expect(it.state('t-0')).toMatchObject({ leader: -1, isr: [3] })
  it.start(3)
  expect(it.stateWrites('t-0').at(-1)).toBe('v4 leader 3 e4 [3] by 2')
})

test('0.10.2 becomes controller before it is registered and elects itself anew', () => {
  const it = new Controllers('0.10.2')
  it.start(1)
  it.createTopic('t', { 0: [1] })
  it.crash(1)
  it.forget()
  it.start(1)
  expect(it.stateWrites('t-0')).toEqual(['v1 leader 1 e1 [1] by 1'])
})
