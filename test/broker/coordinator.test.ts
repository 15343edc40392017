import { expect, test } from 'vitest'
import type { LeaderAndIsrState } from '../../src/kafka/messages/control.ts'
import type { KafkaMessage } from '../../src/kafka/messages/message.ts'
import { TestBroker } from './broker-harness.ts'

const OFFSETS = '__consumer_offsets-0'
const SETTINGS = { 'offsets.topic.num.partitions': 1, 'offsets.topic.replication.factor': 1 }

let correlationId = 1000

function ask(b: TestBroker, message: Record<string, unknown>): string {
  const connection = `k${++correlationId}`
  b.receive('consumer-c', { correlationId, ...message } as unknown as KafkaMessage, connection)
  return connection
}

const answerOf = (b: TestBroker, connection: string): KafkaMessage | undefined =>
  b.replies.find((each) => each.connection === connection)?.message

function tellRole(b: TestBroker, over: Partial<LeaderAndIsrState>): void {
  const told: LeaderAndIsrState = {
    controllerEpoch: 1,
    leader: 1,
    leaderEpoch: 0,
    isr: [1],
    partitionEpoch: 0,
    replicas: [1, 2],
    isNew: false,
    topicSettings: {},
    ...over,
  }
  b.receive('controller-3', {
    type: 'LeaderAndIsrRequest',
    correlationId: ++correlationId,
    controllerId: 3,
    controllerEpoch: 1,
    brokerEpoch: -1,
    partitions: { [OFFSETS]: told },
    liveLeaders: [told.leader],
  })
}

function tellMetadata(b: TestBroker, liveBrokers: readonly number[], leader: number | null): void {
  const state = { controllerEpoch: 1, leaderEpoch: 0, isr: [1], partitionEpoch: 0, replicas: [1], isNew: false }
  b.receive('controller-3', {
    type: 'UpdateMetadataRequest',
    correlationId: ++correlationId,
    controllerId: 3,
    controllerEpoch: 1,
    brokerEpoch: -1,
    liveBrokers,
    liveBrokerEpochs: {},
    partitions: leader === null ? {} : { [OFFSETS]: { ...state, leader, topicSettings: {} } },
  })
}

const find = (b: TestBroker): string => ask(b, { type: 'FindCoordinatorRequest', key: 'g', keyType: 'group' })

const commit = (b: TestBroker, offset: number): string =>
  ask(b, {
    type: 'OffsetCommitRequest',
    group: 'g',
    generation: -1,
    memberId: '',
    instanceId: null,
    retentionMs: -1,
    offsets: { 't-0': { offset, leaderEpoch: -1, metadata: '' } },
  })

const fetched = (b: TestBroker): unknown => {
  const connection = ask(b, { type: 'OffsetFetchRequest', group: 'g', partitions: ['t-0'], requireStable: false })
  const answer = answerOf(b, connection)
  if (answer?.type !== 'OffsetFetchResponse') return undefined
  return answer.error === 'NONE' ? answer.partitions['t-0']!.offset : answer.error
}

test('whoever first asks for a coordinator makes the broker create the topic, and is sent away until it is there', () => {
  const b = new TestBroker('2.4', SETTINGS).up()
  tellMetadata(b, [1], null)
  expect(answerOf(b, find(b))).toMatchObject({ error: 'COORDINATOR_NOT_AVAILABLE', coordinator: -1 })
  find(b)
  expect(b.asked('create-topic-config')).toHaveLength(1)
  b.answer('create-topic-config', { error: null, path: '' })
  expect(b.asked('create-topic')[0]?.ops[0]).toMatchObject({
    path: '/brokers/topics/__consumer_offsets',
    data: { partitions: { 0: [1] } },
  })
  b.answer('create-topic', { error: null, path: '' })
  tellMetadata(b, [1], 1)
  expect(answerOf(b, find(b))).toMatchObject({ error: 'NONE', coordinator: 1 })
})

test('KIP-115: with too few brokers the topic is created with fewer replicas to 0.10, and not at all from 0.11', () => {
  const settings = { ...SETTINGS, 'offsets.topic.replication.factor': 3 }
  const before = new TestBroker('0.10.2', settings).up()
  tellMetadata(before, [1], null)
  find(before)
  expect(before.asked('create-topic-config')).toHaveLength(1)
  const after = new TestBroker('0.11', settings).up()
  tellMetadata(after, [1], null)
  find(after)
  expect(after.asked('create-topic-config')).toHaveLength(0)
  expect(after.factsOf('internalTopicNotCreated')).toHaveLength(1)
})

test('a new coordinator reads its partition before it answers, and one that no longer leads sends clients away', () => {
  const b = new TestBroker('2.4', SETTINGS)
  b.draw = 0.5
  b.up()
  tellMetadata(b, [1, 2], 1)
  expect(fetched(b)).toBe('NOT_COORDINATOR')
  tellRole(b, { leaderEpoch: 0 })
  expect(fetched(b)).toBe('COORDINATOR_LOAD_IN_PROGRESS')
  b.wait(20)
  expect(fetched(b)).toBe(-1)
  tellRole(b, { leader: 2, leaderEpoch: 1 })
  expect(fetched(b)).toBe('NOT_COORDINATOR')
})

test('a commit is answered and visible when the high watermark has passed it, and survives a change of coordinator', () => {
  const b = new TestBroker('2.4', SETTINGS).up()
  tellMetadata(b, [1, 2], 1)
  tellRole(b, { isr: [1, 2] })
  b.wait(20)
  const sent = commit(b, 10)
  expect(answerOf(b, sent)).toBeUndefined()
  expect(fetched(b)).toBe(-1)
  b.receive('broker-2', {
    type: 'FetchRequest',
    correlationId: 1,
    replicaId: 2,
    replicaEpoch: -1,
    maxWaitMs: 500,
    minBytes: 1,
    partitions: {
      [OFFSETS]: { fetchOffset: 1, maxBytes: 1000, currentLeaderEpoch: 0, lastFetchedEpoch: -1, logStartOffset: 0 },
    },
  })
  expect(answerOf(b, sent)).toMatchObject({ partitions: { 't-0': 'NONE' } })
  expect(fetched(b)).toBe(10)
  tellRole(b, { leader: 2, leaderEpoch: 1 })
  tellRole(b, { leader: 1, leaderEpoch: 2 })
  b.wait(20)
  expect(fetched(b)).toBe(10)
})

test('a commit whose replicas do not come is answered after offsets.commit.timeout.ms', () => {
  const b = new TestBroker('2.4', { ...SETTINGS, 'offsets.commit.timeout.ms': 3000 }).up()
  tellMetadata(b, [1, 2], 1)
  tellRole(b, { isr: [1, 2] })
  b.wait(20)
  const sent = commit(b, 10)
  b.wait(2990)
  expect(answerOf(b, sent)).toBeUndefined()
  b.wait(20)
  expect(answerOf(b, sent)).toMatchObject({ partitions: { 't-0': 'REQUEST_TIMED_OUT' } })
  expect(fetched(b)).toBe(-1)
})

test('a commit that waits when the leadership goes is answered NOT_COORDINATOR', () => {
  const b = new TestBroker('2.4', SETTINGS).up()
  tellMetadata(b, [1, 2], 1)
  tellRole(b, { isr: [1, 2] })
  b.wait(20)
  const sent = commit(b, 10)
  tellRole(b, { leader: 2, leaderEpoch: 1 })
  expect(answerOf(b, sent)).toMatchObject({ partitions: { 't-0': 'NOT_COORDINATOR' } })
})
