import { expect, test } from 'vitest'
import { adminMachine } from '../../src/client/admin/admin.ts'
import type { AdminConfig, AdminState } from '../../src/client/admin/state.ts'
import { KAFKA_2_4 } from '../../src/kafka/generation/kafka-2-4.ts'
import type { RegistryOp, RegistryResult } from '../../src/kafka/messages/registry.ts'
import type { AdminRequest, RawRequest } from '../../src/kafka/operations.ts'
import type { Json } from '../../src/kernel/json.ts'
import { Bench } from './bench.ts'

const STAT = { version: 0, czxid: 1, ephemeralOwner: 0 }

class Admin extends Bench<AdminState, AdminConfig> {
  #operations = 0

  constructor(racks: readonly (string | null)[] = [null, null, null]) {
    const brokers = racks.map((rack, i) => ({ id: i + 1, rack }))
    super(adminMachine, 'admin', { brokers, mechanisms: KAFKA_2_4.mechanisms })
    this.start()
  }

  ask(request: AdminRequest): string {
    const operationId = `admin/${this.#operations++}`
    this.operation({ kind: 'admin', operationId, request })
    return operationId
  }

  raw(request: RawRequest, socketTimeoutMs = 3000): string {
    const operationId = `raw/${this.#operations++}`
    this.operation({ kind: 'request', operationId, broker: 2, socketTimeoutMs, request })
    return operationId
  }

  /** Answers the registry request under way. */
  registry(
    answer: Partial<Extract<RegistryResult, { error: null }>> | { error: 'NONODE' | 'NODEEXISTS' | 'BADVERSION' },
  ): RegistryOp {
    const { message } = this.take('RegistryRequest')
    expect(message.sessionId).toBe(0)
    const [op] = message.ops
    const result = { error: null, path: op!.path, ...answer } as RegistryResult
    this.answer('registry', { type: 'RegistryResponse', xid: message.xid, results: [result], zxid: 1 })
    return op!
  }
}

const topic = (given: Partial<Extract<AdminRequest, { admin: 'createTopic' }>> = {}): AdminRequest => ({
  admin: 'createTopic',
  topic: 't',
  partitions: 3,
  replicationFactor: 2,
  assignment: null,
  settings: {},
  ...given,
})

test('a topic is made by its settings first and its assignment last', () => {
  const a = new Admin()
  const id = a.ask(topic({ assignment: { 0: [1, 2], 1: [2, 3] }, settings: { 'min.insync.replicas': '2' } }))
  a.registry({ stat: null })
  a.registry({ children: ['1', '2', '3'] })
  expect(a.registry({})).toMatchObject({
    op: 'create',
    path: '/config/topics/t',
    data: { settings: { 'min.insync.replicas': '2' } },
  })
  expect(a.completed[id]).toBeUndefined()
  expect(a.registry({})).toEqual({
    op: 'create',
    path: '/brokers/topics/t',
    data: { partitions: { 0: [1, 2], 1: [2, 3] } },
    ephemeral: false,
  })
  expect(a.completed[id]).toEqual({ error: 'NONE' })
})

test('settings that an earlier topic left behind are written over', () => {
  const a = new Admin()
  const id = a.ask(topic())
  a.registry({ stat: null })
  a.registry({ children: ['1', '2', '3'] })
  a.registry({ error: 'NODEEXISTS' })
  expect(a.registry({})).toMatchObject({ op: 'setData', path: '/config/topics/t' })
  a.registry({})
  expect(a.completed[id]).toEqual({ error: 'NONE' })
})

test('without an assignment replicas are spread over the brokers that are registered', () => {
  const a = new Admin()
  a.ask(topic({ partitions: 6 }))
  a.registry({ stat: null })
  a.registry({ children: ['2', '3'] })
  a.registry({})
  const { data } = a.registry({}) as unknown as { readonly data: { readonly partitions: Record<string, number[]> } }
  const lists = Object.values(data.partitions)
  expect(lists).toHaveLength(6)
  for (const replicas of lists) expect([...replicas].sort()).toEqual([2, 3])
  expect(lists.filter(([leader]) => leader === 2)).toHaveLength(3)
})

test('a topic that cannot be is refused before anything is written', () => {
  const cases: [AdminRequest, string, Json][] = [
    [topic(), 'TOPIC_ALREADY_EXISTS', STAT],
    [topic({ replicationFactor: 4 }), 'INVALID_REPLICATION_FACTOR', null],
    [topic({ partitions: 0 }), 'INVALID_PARTITIONS', null],
    [topic({ assignment: { 0: [1, 1] } }), 'INVALID_REQUEST', null],
    [topic({ assignment: { 0: [1, 2], 1: [1] } }), 'INVALID_REQUEST', null],
  ]
  for (const [request, error, stat] of cases) {
    const a = new Admin()
    const id = a.ask(request)
    a.registry({ stat: stat as typeof STAT | null })
    if (stat === null) a.registry({ children: ['1', '2', '3'] })
    expect(a.completed[id]).toMatchObject({ error })
    expect(a.sent).toEqual([])
  }
})

test('partitions are added behind those there are, unless the topic changed meanwhile', () => {
  const a = new Admin()
  const id = a.ask({ admin: 'addPartitions', topic: 't', total: 3, assignment: null })
  const data = { partitions: { 0: [2, 3] } }
  a.registry({ data, stat: { ...STAT, version: 4 } })
  a.registry({ children: ['1', '2', '3'] })
  expect(a.registry({ error: 'BADVERSION' })).toMatchObject({ op: 'setData', version: 4 })
  a.registry({ data, stat: { ...STAT, version: 5 } })
  a.registry({ children: ['1', '2', '3'] })
  expect(a.registry({})).toEqual({
    op: 'setData',
    path: '/brokers/topics/t',
    data: { partitions: { 0: [2, 3], 1: [3, 2], 2: [1, 3] } },
    version: 5,
  })
  expect(a.completed[id]).toEqual({ error: 'NONE' })
})

test('altered settings are written over the present ones, and a sequential node announces them', () => {
  const a = new Admin()
  const id = a.ask({ admin: 'alterTopicConfig', topic: 't', settings: { b: '2' } })
  a.registry({ stat: STAT })
  a.registry({ data: { settings: { a: '1', b: '1' } }, stat: STAT })
  expect(a.registry({})).toMatchObject({ op: 'setData', data: { settings: { a: '1', b: '2' } } })
  expect(a.registry({})).toMatchObject({
    op: 'create',
    path: '/config/changes/config_change_',
    data: { topic: 't' },
    sequential: true,
  })
  expect(a.completed[id]).toEqual({ error: 'NONE' })
})

test('elections, reassignments and deletions are asked of the controller by a node each', () => {
  const cases: [AdminRequest, string, Json][] = [
    [
      { admin: 'reassign', partitions: { 't-0': [2, 3] } },
      '/admin/reassign_partitions',
      { partitions: { 't-0': [2, 3] } },
    ],
    [
      { admin: 'electLeader', election: 'PREFERRED', partitions: ['t-0'] },
      '/admin/preferred_replica_election',
      { partitions: ['t-0'] },
    ],
    [
      { admin: 'electLeader', election: 'UNCLEAN', partitions: ['t-0'] },
      '/admin/unclean_leader_election',
      { partitions: ['t-0'] },
    ],
  ]
  for (const [request, path, data] of cases) {
    const a = new Admin()
    const id = a.ask(request)
    expect(a.registry({})).toMatchObject({ op: 'create', path, data })
    expect(a.completed[id]).toEqual({ error: 'NONE' })
    const second = a.ask(request)
    a.registry({ error: 'NODEEXISTS' })
    expect(a.completed[second]).toMatchObject({ error: 'INVALID_REQUEST' })
  }
  const a = new Admin()
  a.ask({ admin: 'deleteTopic', topic: 't' })
  a.registry({ stat: STAT })
  expect(a.registry({})).toMatchObject({ op: 'create', path: '/admin/delete_topics/t' })
  a.ask({ admin: 'deleteControllerNode' })
  expect(a.registry({})).toMatchObject({ op: 'delete', path: '/controller', version: -1 })
})

test('a write whose connection broke is sent again, and "exists" is then the echo of the first try', () => {
  const a = new Admin()
  const id = a.ask({ admin: 'reassign', partitions: { 't-0': [2, 3] } })
  a.take('RegistryRequest')
  a.disconnect('registry', 'reset', 'registry')
  expect(a.has('RegistryRequest')).toBe(false)
  a.advanceMs(100)
  a.registry({ error: 'NODEEXISTS' })
  expect(a.completed[id]).toEqual({ error: 'NONE' })
})

test('a registry that does not answer is asked again on a connection of its own', () => {
  const a = new Admin()
  const id = a.ask({ admin: 'deleteControllerNode' })
  a.take('RegistryRequest')
  a.advanceMs(10_000)
  expect(a.closed).toEqual([{ to: 'registry', channel: 'registry' }])
  a.advanceMs(100)
  a.registry({})
  expect(a.completed[id]).toEqual({ error: 'NONE' })
})

const PRODUCE: RawRequest = {
  request: 'produce',
  partition: 't-0',
  records: [{ id: 'r/0', key: null, value: 'm0', timestampMs: 0 }],
  acks: -1,
  timeoutMs: 1000,
}

test('a raw request has a connection of its own, which ends with its answer', () => {
  const a = new Admin()
  const id = a.raw(PRODUCE)
  const { to, channel, message } = a.take('ProduceRequest')
  expect([to, channel]).toEqual(['broker-2', `client:${id}`])
  expect(message).toMatchObject({ acks: -1, timeoutMs: 1000 })
  a.answer(to, {
    type: 'ProduceResponse',
    correlationId: message.correlationId,
    partitions: { 't-0': { error: 'NONE', baseOffset: 5, logStartOffset: 0 } },
  })
  expect(a.completed[id]).toEqual({ error: 'NONE', baseOffset: 5 })
  expect(a.closed).toEqual([{ to, channel }])
  a.advanceMs(10_000)
})

test('acks 0 is complete at once, and its connection stays open until the socket time-out', () => {
  const a = new Admin()
  const id = a.raw({ ...PRODUCE, acks: 0 })
  expect(a.completed[id]).toEqual({ error: 'NONE', baseOffset: null })
  a.advanceMs(2999)
  expect(a.closed).toEqual([])
  a.advanceMs(1)
  expect(a.closed).toHaveLength(1)
})

test('the errors of the client itself are told apart: no answer, a broken connection, nobody listening', () => {
  const a = new Admin()
  const silent = a.raw(PRODUCE)
  a.advanceMs(3000)
  expect(a.completed[silent]).toEqual({ error: 'TimeoutError', baseOffset: null })
  const broken = a.raw(PRODUCE)
  a.disconnect('broker-2', 'reset', `client:${broken}`)
  expect(a.completed[broken]).toEqual({ error: 'ConnectionError', baseOffset: null })
  const dead = a.raw({ request: 'metadata', topics: null, version: 0 })
  a.disconnect('broker-2', 'refused', `client:${dead}`)
  expect(a.completed[dead]).toEqual({ error: 'ConnectionRefusedError' })
})

test('a fetch gives its values from the offset asked for, with the high watermark', () => {
  const a = new Admin()
  const id = a.raw({ request: 'fetch', partition: 't-0', fromOffset: 1, maxWaitMs: 100 })
  const { to, message } = a.take('FetchRequest')
  const record = (value: string) => ({ id: `r/${value}`, key: null, value, timestampMs: 0 })
  a.answer(to, {
    type: 'FetchResponse',
    correlationId: message.correlationId,
    partitions: {
      't-0': {
        error: 'NONE',
        highWatermark: 3,
        logStartOffset: 0,
        batches: [{ baseOffset: 0, leaderEpoch: 2, records: [record('a'), record('b'), record('c')] }],
        divergingEpoch: null,
      },
    },
  })
  expect(a.completed[id]).toEqual({
    error: 'NONE',
    highWatermark: 3,
    logStartOffset: 0,
    values: ['b', 'c'],
    records: [
      [1, 2, 'b'],
      [2, 2, 'c'],
    ],
  })
})

test('offsets, epoch ends and metadata come back as the broker told them', () => {
  const a = new Admin()
  const list = (error: 'NONE' | 'NOT_LEADER_FOR_PARTITION', offset: number): Json => {
    const id = a.raw({ request: 'listOffsets', partition: 't-0', timestamp: -1, version: 0 })
    const { to, message } = a.take('ListOffsetsRequest')
    const partitions = { 't-0': { error, offset, leaderEpoch: -1 } }
    a.answer(to, { type: 'ListOffsetsResponse', correlationId: message.correlationId, partitions })
    return a.completed[id]!
  }
  expect(list('NONE', 5)).toEqual({ error: 'NONE', offset: 5, leaderEpoch: -1, timestampMs: -1, offsets: [5] })
  expect(list('NOT_LEADER_FOR_PARTITION', -1)).toMatchObject({ error: 'NOT_LEADER_FOR_PARTITION', offsets: [] })

  const epoch = a.raw({ request: 'offsetForLeaderEpoch', partition: 't-0', epoch: 1 })
  const asked = a.take('OffsetsForLeaderEpochRequest')
  a.answer(asked.to, {
    type: 'OffsetsForLeaderEpochResponse',
    correlationId: asked.message.correlationId,
    partitions: { 't-0': { error: 'NONE', leaderEpoch: 1, endOffset: 2 } },
  })
  expect(a.completed[epoch]).toEqual({ error: 'NONE', leaderEpoch: 1, endOffset: 2 })

  const metadata = a.raw({ request: 'metadata', topics: ['t'], version: 0 })
  const question = a.take('MetadataRequest')
  expect(question.message.version).toBe(0)
  const told = { error: 'NONE' as const, leader: 2, leaderEpoch: -1, replicas: [2, 3], isr: [2, 3] }
  a.answer(question.to, {
    type: 'MetadataResponse',
    correlationId: question.message.correlationId,
    brokers: [2, 3],
    controller: 2,
    partitions: { 't-0': told },
    unknownTopics: [],
  })
  expect(a.completed[metadata]).toEqual({
    error: 'NONE',
    brokers: [2, 3],
    controller: 2,
    partitions: { 't-0': { ...told, brokers: [2, 3] } },
    unknownTopics: [],
  })
})
