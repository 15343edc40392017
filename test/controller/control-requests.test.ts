import { expect, test } from 'vitest'
import type { ControlRequest } from './controllers.ts'
import { Controllers } from './controllers.ts'

/** Requests to one broker in order, as short texts. */
function to(it: Controllers, broker: number): string[] {
  return it.sent.filter((sent) => sent.to === broker).map(({ request }) => tell(request))
}

function tell(request: ControlRequest): string {
  const names = Object.keys(request.partitions)
  if (request.type === 'UpdateMetadataRequest') return `UpdateMetadata live ${request.liveBrokers} ${names}`.trim()
  if (request.type === 'StopReplicaRequest') {
    return `StopReplica ${names.map((name) => `${name}${request.partitions[name]!.delete ? ' delete' : ''}`)}`
  }
  return `LeaderAndIsr ${names.map((name) => {
    const { leader, leaderEpoch, isr, isNew } = request.partitions[name]!
    return `${name} leader ${leader} e${leaderEpoch} [${isr}]${isNew ? ' new' : ''}`
  })}`
}

function cluster(kafka: string, settings = {}): Controllers {
  const it = new Controllers(kafka, settings)
  it.startAll(3, 1, 2)
  it.createTopic('t', { 0: [1, 2, 3] })
  return it
}

test('a new partition is told to its replicas first and then to everybody', () => {
  const it = new Controllers('2.4')
  it.startAll(3, 1, 2)
  it.forget()
  it.createTopic('t', { 0: [1, 2] })
  expect(to(it, 1)).toEqual(['LeaderAndIsr t-0 leader 1 e0 [1,2] new', 'UpdateMetadata live 1,2,3 t-0'])
  expect(to(it, 3)).toEqual(['UpdateMetadata live 1,2,3 t-0'])
  expect(it.sent[0]!.request).toMatchObject({ controllerId: 3, controllerEpoch: 1, liveLeaders: [1] })
})

test('a broker that joins is told everything, then its replicas with unchanged epochs', () => {
  const it = cluster('0.10.2')
  it.crash(2)
  it.forget()
  it.start(2)
  expect(to(it, 2)).toEqual([
    'UpdateMetadata live 1,2,3 t-0',
    'LeaderAndIsr t-0 leader 1 e1 [1,3]',
    'UpdateMetadata live 1,2,3 t-0',
  ])
  expect(it.stateWrites('t-0')).toEqual([])
})

test('a dead leader is stopped, and the replicas left are told the new one', () => {
  const it = cluster('0.10.2')
  it.forget()
  it.crash(1)
  expect(to(it, 2)).toEqual([
    'LeaderAndIsr t-0 leader 2 e1 [2,3]',
    'UpdateMetadata live 2,3 t-0',
    'LeaderAndIsr t-0 leader 2 e1 [2,3]',
    'UpdateMetadata live 2,3 t-0',
  ])
  expect(to(it, 1)).toEqual([])
})

test('a dead follower of 0.8.0 is told to the leader only', () => {
  const it = cluster('0.8.0')
  it.forget()
  it.crash(2)
  const told = it.sent.filter((sent) => sent.request.type === 'LeaderAndIsrRequest').map((sent) => sent.to)
  expect(told).toEqual([1])
})

test('a new controller tells who is alive before it tells roles, from 0.10 on', () => {
  const it = cluster('0.10.2')
  it.forget()
  it.crash(3)
  expect(to(it, 2).slice(0, 2)).toEqual(['UpdateMetadata live 1,2 t-0', 'LeaderAndIsr t-0 leader 1 e0 [1,2,3]'])
  const old = cluster('0.8.0')
  old.forget()
  old.crash(3)
  expect(to(old, 2)[0]).toBe('LeaderAndIsr t-0 leader 1 e0 [1,2,3]')
})

test('requests carry the broker epoch of their destination from 2.2 on', () => {
  for (const [kafka, carries] of [
    ['2.1', false],
    ['2.2', true],
  ] as const) {
    const it = cluster(kafka)
    const { request } = it.sent.find((sent) => sent.to === 1)!
    expect(request.brokerEpoch).toBe(carries ? it.registry.nodes['/brokers/ids/1']!.czxid : -1)
  }
})

test('the controlled shutdown of a follower stops its replica', () => {
  const it = cluster('0.10.2')
  it.forget()
  it.message(3, { type: 'ControlledShutdownRequest', correlationId: 1, broker: 2, brokerEpoch: -1 })
  expect(to(it, 2)).toEqual(['UpdateMetadata live 1,2,3 t-0', 'StopReplica t-0'])
  expect(to(it, 1)[0]).toBe('LeaderAndIsr t-0 leader 1 e1 [1,3]')
})

test('StopReplica carries the leader epoch from 2.6 on', () => {
  for (const [kafka, epoch] of [
    ['2.5', -1],
    ['2.6', 1],
  ] as const) {
    const it = cluster(kafka)
    it.forget()
    const brokerEpoch = it.registry.nodes['/brokers/ids/2']!.czxid
    it.message(3, { type: 'ControlledShutdownRequest', correlationId: 1, broker: 2, brokerEpoch })
    const stop = it.sent.find((sent) => sent.request.type === 'StopReplicaRequest')!
    expect(stop.request.partitions).toEqual({ 't-0': { leaderEpoch: epoch, delete: false } })
  }
})

test('a request that cannot be delivered is tried again until its broker leaves the registry', () => {
  const it = cluster('0.10.2')
  it.answering.delete(1)
  it.forget()
  it.createTopic('u', { 0: [1, 2] })
  it.run(350)
  expect(to(it, 1)).toEqual([])
  it.answering.add(1)
  it.run(100)
  expect(to(it, 1)).toEqual(['LeaderAndIsr u-0 leader 1 e0 [1,2] new', 'UpdateMetadata live 1,2,3 u-0'])
  it.answering.delete(1)
  it.createTopic('w', { 0: [1, 2] })
  it.crash(1)
  it.forget()
  it.answering.add(1)
  it.run(1_000)
  expect(to(it, 1)).toEqual([])
  expect(it.states[3]!.volatile!.office!.channels[1]).toBeUndefined()
})

test('a request without an answer is sent again after the socket time-out, and later ones wait behind it', () => {
  const it = cluster('0.10.2', { 'controller.socket.timeout.ms': 3000 })
  it.forget()
  it.mute = 1
  it.createTopic('u', { 0: [1, 2] })
  it.run(500)
  expect(to(it, 1)).toEqual(['LeaderAndIsr u-0 leader 1 e0 [1,2] new'])
  it.mute = null
  it.run(2_000)
  expect(to(it, 1)).toEqual([
    'LeaderAndIsr u-0 leader 1 e0 [1,2] new',
    'LeaderAndIsr u-0 leader 1 e0 [1,2] new',
    'UpdateMetadata live 1,2,3 u-0',
  ])
  expect(it.probes).toContain('control-request-timed-out')
})

test('topic settings travel with the partition state', () => {
  const it = new Controllers('2.4')
  it.startAll(1)
  it.createTopic('t', { 0: [1] }, { 'min.insync.replicas': '2' })
  const { request } = it.sent.find((sent) => sent.request.type === 'LeaderAndIsrRequest')!
  expect(request).toMatchObject({ partitions: { 't-0': { topicSettings: { 'min.insync.replicas': '2' } } } })
})
