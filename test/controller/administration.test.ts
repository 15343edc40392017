import { expect, test } from 'vitest'
import type { AlterPartitionRequest, AlterPartitionResponse } from '../../src/kafka/messages/control.ts'
import {
  CONFIG_CHANGES,
  DELETE_TOPICS,
  ISR_CHANGES,
  REASSIGN_PARTITIONS,
  topicConfigPath,
  topicPath,
  UNCLEAN_ELECTION,
} from '../../src/kafka/znodes.ts'
import { Controllers } from './controllers.ts'

function cluster(kafka: string, settings = {}, mechanisms = {}): Controllers {
  const it = new Controllers(kafka, settings, mechanisms)
  it.startAll(3, 1, 2)
  it.createTopic('t', { 0: [1, 2, 3] })
  it.forget()
  return it
}

const create = (path: string, data: object) => ({ op: 'create', path, data: data as never, ephemeral: false }) as const
const set = (path: string, data: object) => ({ op: 'setData', path, data: data as never, version: -1 }) as const

// --- Topics

test('added partitions get a state of their own', () => {
  const it = cluster('2.4')
  it.admin(set(topicPath('t'), { partitions: { 0: [1, 2, 3], 1: [2, 3, 1] } }))
  expect(it.stateWrites('t-1')).toEqual(['v0 leader 2 e0 [2,3,1] by 3'])
  expect(it.stateWrites('t-0')).toEqual([])
})

test('a topic none of whose replicas is alive waits for one', () => {
  const it = cluster('0.10.2')
  it.createTopic('u', { 0: [4] })
  expect(it.factsOf('noLeaderPossible')).toMatchObject([{ partition: 'u-0', isr: [] }])
  it.start(4)
  expect(it.stateWrites('u-0')).toEqual(['v0 leader 4 e0 [4] by 3'])
})

test.each(['0.10.2', '2.4', '2.6'])('%s: a topic is deleted once every replica has answered', (kafka) => {
  const it = cluster(kafka, { 'delete.topic.enable': true })
  it.admin(create(`${DELETE_TOPICS}/t`, {}))
  expect(Object.keys(it.registry.nodes).filter((path) => path.includes('/t/') || path.endsWith('/t'))).toEqual([])
  const stops = it.sent.filter(({ request }) => request.type === 'StopReplicaRequest')
  const deletes = stops.filter(({ request }) => JSON.stringify(request.partitions).includes('"delete":true'))
  expect(deletes.map((sent) => sent.to)).toEqual([1, 2, 3])
  expect(it.states[3]!.volatile!.office!.partitions).toEqual({})
  it.createTopic('t', { 0: [2] })
  expect(it.state('t-0')).toMatchObject({ leader: 2, leaderEpoch: 0 })
})

test('a topic with a dead replica is deleted when the replica has returned', () => {
  const it = cluster('2.4', { 'delete.topic.enable': true })
  it.crash(2)
  it.admin(create(`${DELETE_TOPICS}/t`, {}))
  expect(it.node(topicPath('t'))).toBeDefined()
  it.start(2)
  it.run()
  expect(it.node(topicPath('t'))).toBeUndefined()
  expect(it.node(`${DELETE_TOPICS}/t`)).toBeUndefined()
})

test('a new controller finishes a deletion that its predecessor began', () => {
  const it = cluster('2.4', { 'delete.topic.enable': true })
  it.crash(2)
  it.admin(create(`${DELETE_TOPICS}/t`, {}))
  it.crash(3)
  it.start(3)
  it.start(2)
  it.run()
  expect(it.node(topicPath('t'))).toBeUndefined()
})

test('where topics may not be deleted the wish is removed', () => {
  const it = cluster('2.4', { 'delete.topic.enable': false })
  it.admin(create(`${DELETE_TOPICS}/t`, {}))
  expect(it.node(`${DELETE_TOPICS}/t`)).toBeUndefined()
  expect(it.node(topicPath('t'))).toBeDefined()
})

test('a controller that gives topics their ids writes the topic again, once', () => {
  const it = cluster('2.8', {}, { topicIds: true })
  it.createTopic('u', { 0: [1] })
  const writes = it.writes.filter((write) => write.path === topicPath('u'))
  expect(writes).toMatchObject([
    { by: -1, data: { partitions: { 0: [1] } } },
    { by: 3, data: { partitions: { 0: [1] }, adding: {}, removing: {}, topicId: 'u@1' } },
  ])
  it.forget()
  it.crash(3)
  expect(it.writes.filter((write) => write.path === topicPath('u'))).toEqual([])
})

// --- Elections

/** The ISR of `t-0` is [1], which is dead; unclean election is off. */
function leaderless(kafka: string, mechanisms = {}): Controllers {
  const it = new Controllers(kafka, {}, mechanisms)
  it.startAll(3, 1, 2)
  it.createTopic('t', { 0: [1, 2] })
  it.crash(2)
  it.crash(1)
  it.start(2)
  expect(it.state('t-0')).toMatchObject({ leader: -1, isr: [1] })
  it.forget()
  return it
}

test('an administrator forces an election out of the ISR', () => {
  const it = leaderless('2.4')
  it.admin(create(UNCLEAN_ELECTION, { partitions: ['t-0'] }))
  expect(it.stateWrites('t-0')).toEqual(['v3 leader 2 e3 [2] by 3'])
  expect(it.factsOf('leaderElected')).toMatchObject([{ election: 'unclean', unclean: true }])
  expect(it.node(UNCLEAN_ELECTION)).toBeUndefined()
})

test('allowing unclean election for a topic elects at once from 2.1 on, else at the next change of brokers', () => {
  for (const uncleanEnabledElects of [true, false]) {
    const it = leaderless('2.4', { uncleanEnabledElects })
    it.admin(set(topicConfigPath('t'), { settings: { 'unclean.leader.election.enable': 'true' } }))
    it.admin(create(`${CONFIG_CHANGES}/config_change_0`, { topic: 't' }))
    expect(it.state('t-0').leader).toBe(uncleanEnabledElects ? 2 : -1)
    it.start(4)
    expect(it.state('t-0').leader).toBe(2)
  }
})

test('a preferred leader out of the ISR is not elected, and the wish is removed', () => {
  const it = cluster('2.4')
  it.crash(1)
  it.start(1)
  it.forget()
  it.admin(create('/admin/preferred_replica_election', { partitions: ['t-0', 'unknown-3'] }))
  expect(it.stateWrites('t-0')).toEqual([])
  expect(it.node('/admin/preferred_replica_election')).toBeUndefined()
  expect(it.probes).toContain('nobody-elected-by-preferred')
})

test('the balancer first looks after five seconds and then at its interval', () => {
  const it = cluster('2.4', { 'auto.leader.rebalance.enable': true, 'leader.imbalance.check.interval.seconds': 20 })
  it.crash(1)
  it.start(1)
  it.leaderWritesIsr('t-0', [2, 3, 1])
  it.forget()
  const secondsSinceStart = it.nowUs / 1e6
  it.run(4_900 - secondsSinceStart * 1_000)
  expect(it.stateWrites('t-0')).toEqual([])
  it.run(200)
  expect(it.stateWrites('t-0')).toEqual(['v3 leader 1 e2 [2,3,1] by 3'])
  it.crash(1)
  it.start(1)
  it.leaderWritesIsr('t-0', [2, 3, 1])
  it.forget()
  it.run(10_000)
  expect(it.stateWrites('t-0')).toEqual([])
  it.run(10_000)
  expect(it.stateWrites('t-0')).toHaveLength(1)
})

test('an imbalance below the percentage is left alone', () => {
  const it = cluster('2.4', { 'auto.leader.rebalance.enable': true, 'leader.imbalance.per.broker.percentage': 50 })
  it.createTopic('u', { 0: [1, 2], 1: [1, 2], 2: [1, 2] })
  it.admin(set('/brokers/topics/u/partitions/0/state', { leader: 2, leaderEpoch: 5, isr: [2, 1], controllerEpoch: 1 }))
  it.admin(create(`${ISR_CHANGES}/isr_change_0`, { partitions: ['u-0'] }))
  it.forget()
  it.run(6_000)
  expect(it.stateWrites('u-0')).toEqual([])
})

// --- Reassignment

test('a reassignment whose target is in sync already finishes at once', () => {
  const it = cluster('0.10.2')
  it.admin(create(REASSIGN_PARTITIONS, { partitions: { 't-0': [2, 1] } }))
  expect(it.stateWrites('t-0')).toEqual(['v1 leader 1 e1 [1,2,3] by 3', 'v2 leader 1 e2 [1,2] by 3'])
  expect(it.node(topicPath('t'))).toEqual({ partitions: { 0: [2, 1] } })
  expect(it.node(REASSIGN_PARTITIONS)).toBeUndefined()
  expect(it.factsOf('reassignmentCompleted')).toEqual([
    { kind: 'reassignmentCompleted', partition: 't-0', replicas: [2, 1] },
  ])
})

test('a reassignment to what is assigned already, or of nothing, is taken off the list', () => {
  const it = cluster('0.10.2')
  it.admin(create(REASSIGN_PARTITIONS, { partitions: { 't-0': [1, 2, 3], 'u-0': [1] } }))
  expect(it.node(REASSIGN_PARTITIONS)).toBeUndefined()
  expect(it.stateWrites('t-0')).toEqual([])
})

test.each(['0.10.2', '2.3', '2.4', '3.5'])('%s: a new controller goes on with a reassignment', (kafka) => {
  const it = new Controllers(kafka)
  it.startAll(4, 1, 2, 3)
  it.createTopic('t', { 0: [1, 2] })
  it.admin(create(REASSIGN_PARTITIONS, { partitions: { 't-0': [2, 3] } }))
  it.crash(4)
  it.leaderWritesIsr('t-0', [1, 2, 3])
  expect(it.state('t-0')).toMatchObject({ leader: 2, isr: [2, 3] })
  expect(it.node(topicPath('t'))).toMatchObject({ partitions: { 0: [2, 3] } })
  expect(it.node(REASSIGN_PARTITIONS)).toBeUndefined()
})

test('a new replica that is told to follow is told so with the whole assignment', () => {
  const it = new Controllers('2.4')
  it.startAll(3, 1, 2)
  it.createTopic('t', { 0: [1, 2] })
  it.forget()
  it.admin(create(REASSIGN_PARTITIONS, { partitions: { 't-0': [2, 3] } }))
  const told = it.sent.filter(({ to, request }) => to === 3 && request.type === 'LeaderAndIsrRequest')
  expect(told.map(({ request }) => request.partitions['t-0'])).toMatchObject([
    { leader: 1, leaderEpoch: 1, replicas: [2, 3, 1], isNew: false },
    { leader: 1, leaderEpoch: 1, replicas: [2, 3, 1], isNew: true },
  ])
  it.forget()
  it.leaderWritesIsr('t-0', [1, 2, 3])
  const stopped = it.sent.filter(({ request }) => request.type === 'StopReplicaRequest')
  expect(stopped.map(({ to, request }) => [to, request.partitions['t-0']])).toMatchObject([
    [1, { delete: false }],
    [1, { delete: true }],
  ])
})

// --- Brokers

test('a bounce between two looks is seen from 2.2 on only', () => {
  for (const [kafka, writes] of [
    ['2.1', []],
    ['2.2', ['v1 leader 1 e1 [1,3] by 3']],
  ] as const) {
    const it = cluster(kafka)
    it.pause(3)
    it.crash(2)
    it.start(2)
    it.resume(3)
    it.run()
    expect(it.stateWrites('t-0')).toEqual(writes)
  }
})

test('the new life of a bounced broker is told its roles and not to stop', () => {
  const it = cluster('2.4')
  it.pause(3)
  it.crash(2)
  it.start(2)
  it.forget()
  it.resume(3)
  it.run()
  const told = it.sent.filter(({ to }) => to === 2).map(({ request }) => request.type)
  expect(told).toContain('LeaderAndIsrRequest')
  expect(told).not.toContain('StopReplicaRequest')
})

test('a controlled shutdown of an earlier life is refused', () => {
  const it = cluster('2.4')
  it.message(3, { type: 'ControlledShutdownRequest', correlationId: 1, broker: 1, brokerEpoch: 1 })
  expect(it.replies).toMatchObject([{ error: 'STALE_BROKER_EPOCH' }])
  expect(it.stateWrites('t-0')).toEqual([])
})

test('a leadership that nobody can take is reported as remaining', () => {
  const it = new Controllers('0.10.2')
  it.startAll(3, 1, 2)
  it.createTopic('t', { 0: [1, 2] })
  it.crash(2)
  it.message(3, { type: 'ControlledShutdownRequest', correlationId: 1, broker: 1, brokerEpoch: -1 })
  expect(it.replies).toMatchObject([{ error: 'NONE', remaining: ['t-0'] }])
  expect(it.state('t-0')).toMatchObject({ leader: 1, leaderEpoch: 1 })
})

test('a broker that is not controller says so', () => {
  const it = cluster('2.7')
  it.message(1, { type: 'ControlledShutdownRequest', correlationId: 1, broker: 2, brokerEpoch: -1 })
  it.message(1, alter({}))
  expect(it.replies).toMatchObject([{ error: 'STALE_CONTROLLER_EPOCH' }, { error: 'NOT_CONTROLLER' }])
})

test('a controller that goes down gracefully resigns and leaves /controller to its session', () => {
  const it = cluster('2.4')
  it.local(3, { type: 'ControllerShutdown' })
  expect(it.told.at(-1)).toEqual({ to: 'broker-3', message: { type: 'ControllerShutdownDone' } })
  expect(it.controller).toBe(3)
  expect(it.factsOf('controllerResigned')).toHaveLength(1)
})

// --- ISR changes

test('an announced ISR change is read, told to every broker and taken off the list', () => {
  const it = cluster('0.10.2')
  it.leaderWritesIsr('t-0', [1, 2])
  it.admin(create(`${ISR_CHANGES}/isr_change_0`, { partitions: ['t-0'] }))
  expect(it.sent.map(({ to, request }) => [to, request.type, request.partitions['t-0']])).toMatchObject([
    [1, 'UpdateMetadataRequest', { isr: [1, 2], partitionEpoch: 1 }],
    [2, 'UpdateMetadataRequest', { isr: [1, 2] }],
    [3, 'UpdateMetadataRequest', { isr: [1, 2] }],
  ])
  expect(it.node(`${ISR_CHANGES}/isr_change_0`)).toBeUndefined()
})

interface Asked {
  readonly leaderEpoch?: number
  readonly isr?: readonly number[]
  readonly isrEpochs?: Readonly<Record<string, number>>
  readonly partitionEpoch?: number
}

function alter(asked: Asked, brokerEpoch = -1): AlterPartitionRequest {
  const { leaderEpoch = 0, isr = [1, 2], isrEpochs = {}, partitionEpoch = 0 } = asked
  const partitions = { 't-0': { leaderEpoch, isr, isrEpochs, partitionEpoch, recoveryState: 0 } }
  return { type: 'AlterPartitionRequest', correlationId: 1, broker: 1, brokerEpoch, partitions }
}

/** The answer for `t-0` to a leader of [1,2,3] at epoch 0, version 0. */
function judged(it: Controllers, asked: Asked): AlterPartitionResponse['partitions'][string] {
  it.replies.length = 0
  it.message(3, alter(asked, it.registry.nodes['/brokers/ids/1']!.czxid))
  return (it.replies[0] as AlterPartitionResponse).partitions['t-0']!
}

test.each(['2.7', '3.3', '3.5'])('%s: an ISR that a leader asks for is written without a new leader epoch', (kafka) => {
  const it = cluster(kafka)
  expect(judged(it, { isr: [1, 2] })).toMatchObject({ error: 'NONE', isr: [1, 2], leaderEpoch: 0, partitionEpoch: 1 })
  expect(it.stateWrites('t-0')).toEqual(['v1 leader 1 e0 [1,2] by 3'])
  expect(it.sent.map(({ request }) => request.type)).toEqual(Array(3).fill('UpdateMetadataRequest'))
  expect(judged(it, { isr: [1, 2] })).toMatchObject({ error: 'NONE', partitionEpoch: 1 })
  expect(it.stateWrites('t-0')).toHaveLength(1)
})

test('the sender of an ISR request must be the present life of its broker', () => {
  const it = cluster('2.7')
  it.message(3, alter({}, 1))
  expect(it.replies).toMatchObject([{ error: 'STALE_BROKER_EPOCH', partitions: {} }])
})

test('an ISR request that is late is refused by the rule of its release', () => {
  for (const kafka of ['2.7', '3.3']) {
    const it = cluster(kafka)
    it.leaderWritesIsr('t-0', [1, 2, 3])
    expect(judged(it, { isr: [1, 3] }).error).toBe('INVALID_UPDATE_VERSION')
    it.crash(2)
    expect(judged(it, { isr: [1], partitionEpoch: 2 }).error).toBe('FENCED_LEADER_EPOCH')
  }
})

test('an ISR request ahead of the controller makes the leader look for another one, from 3.3 on', () => {
  const it = cluster('3.3')
  expect(judged(it, { leaderEpoch: 1 }).error).toBe('NOT_CONTROLLER')
  expect(judged(it, { partitionEpoch: 4 }).error).toBe('NOT_CONTROLLER')
})

test('a dead broker may not join the ISR from 3.3 on', () => {
  for (const [kafka, error] of [
    ['2.8', 'NONE'],
    ['3.3', 'INELIGIBLE_REPLICA'],
  ] as const) {
    const it = cluster(kafka)
    expect(judged(it, { isr: [1, 9] }).error).toBe(error)
  }
})

test('another life of a broker may not join the ISR where members are checked by their epoch', () => {
  const it = cluster('3.5', {}, { isrEligibility: 'alive-epoch' })
  expect(judged(it, { isr: [1, 2], isrEpochs: { 1: -1, 2: 1 } }).error).toBe('INELIGIBLE_REPLICA')
  const epoch = it.registry.nodes['/brokers/ids/2']!.czxid
  expect(judged(it, { isr: [1, 2], isrEpochs: { 1: -1, 2: epoch } }).error).toBe('NONE')
})
