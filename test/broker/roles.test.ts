import { expect, test } from 'vitest'
import type { ControlResponse } from '../../src/kafka/messages/control.ts'
import { leader, T0, TestBroker } from './broker-harness.ts'

const lastAnswer = (b: TestBroker): ControlResponse => b.replies.at(-1)!.message as ControlResponse

test('a role counts only at a higher leader epoch than the present one', () => {
  const b = new TestBroker('2.4').up().role({ leaderEpoch: 3 })
  b.role({ leader: 2, leaderEpoch: 3 })
  expect(lastAnswer(b).partitions[T0]).toBe('STALE_CONTROLLER_EPOCH')
  b.role({ leader: 2, leaderEpoch: 2 })
  expect(b.p).toMatchObject({ role: 'leader', leaderEpoch: 3 })
  b.role({ leader: 2, leaderEpoch: 4 })
  expect(b.p).toMatchObject({ role: 'follower', leader: 2, leaderEpoch: 4 })
})

test('a fresh process accepts any epoch, and a controller of an older epoch is refused once a newer was heard', () => {
  const b = new TestBroker('2.4').up().role({ leaderEpoch: 7, controllerEpoch: 5 })
  expect(b.p.leaderEpoch).toBe(7)
  b.role({ leader: 2, leaderEpoch: 8, controllerEpoch: 4 })
  expect(lastAnswer(b).error).toBe('STALE_CONTROLLER_EPOCH')
  expect(b.factsOf('controlRequestRefused')[0]).toMatchObject({ controllerEpoch: 4 })
  expect(b.p.role).toBe('leader')
})

test('KIP-380: a request for an earlier life of the broker is refused from 2.2', () => {
  for (const [generation, error] of [
    ['2.1', 'NONE'],
    ['2.2', 'STALE_BROKER_EPOCH'],
  ] as const) {
    const b = new TestBroker(generation).up()
    b.receive('controller-3', {
      type: 'StopReplicaRequest',
      correlationId: 9,
      controllerId: 3,
      controllerEpoch: 1,
      brokerEpoch: 49,
      partitions: {},
    })
    expect(lastAnswer(b).error).toBe(error)
  }
})

test('a leader that is told of a dead leader goes on leading; a new replica is kept for its checkpoint (KAFKA-1647)', () => {
  const b = leader('2.4').role({ leader: -1, leaderEpoch: 1, live: [] })
  expect(b.p).toMatchObject({ role: 'leader', leaderEpoch: 0 })
  for (const [generation, kept] of [
    ['0.8.1', false],
    ['0.8.2', true],
  ] as const) {
    const fresh = new TestBroker(generation).up()
    fresh.state.durable.highWatermarkCheckpoint = { [T0]: 0 }
    fresh.role({ leader: 2, live: [] }).wait(1000)
    expect(fresh.state.volatile?.partitions[T0] !== undefined).toBe(kept)
  }
})

test('the same leader at a higher epoch: 0.10.2 passes it over, 2.1 restarts the fetcher', () => {
  const old = new TestBroker('0.10.2').up().role({ leader: 2 })
  old.role({ leader: 2, leaderEpoch: 1 })
  expect(old.factsOf('becomeFollowerSkippedSameLeader')).toHaveLength(1)
  expect(old.p.leaderEpoch).toBe(1)
  const b = new TestBroker('2.4').up().role({ leader: 2 })
  b.role({ leader: 2, leaderEpoch: 1 })
  expect(b.factsOf('becomeFollowerSkippedSameLeader')).toEqual([])
  expect(b.factsOf('becameFollower')).toHaveLength(2)
})

test('a role reads the high watermark from the checkpoint, capped to the log end', () => {
  const before = new TestBroker('2.4').up().role({})
  before.produce(['a', 'b'], 1)
  const b = new TestBroker('2.4')
  b.state.durable = { ...before.state.durable, highWatermarkCheckpoint: { [T0]: 9 } }
  b.up().role({ leaderEpoch: 1 })
  expect(b.p.highWatermark).toBe(2)
})

test('a replica elected with a high watermark above its log end does not know it any more, from 0.8.2', () => {
  for (const [generation, highWatermark] of [
    ['0.8.1', 9],
    ['0.8.2', 0],
    ['2.3', 0],
  ] as const) {
    const b = new TestBroker(generation).up().role({ leader: 2 })
    b.p.highWatermark = 9
    b.role({ leaderEpoch: 1 })
    expect(b.p.highWatermark).toBe(highWatermark)
  }
})

test('being elected enters the epoch in the cache from 2.0.1, before only the first append does', () => {
  const cache = (generation: string) =>
    new TestBroker(generation).up().role({ leaderEpoch: 4 }).state.durable.logs[T0]?.epochCache
  expect(cache('1.1')).toEqual([])
  expect(cache('2.4')).toEqual([{ epoch: 4, startOffset: 0 }])
})

test('a stopped replica keeps its role without a fetcher; a deleted one is gone with its log', () => {
  const b = new TestBroker('2.4').up().role({ leader: 2 })
  const stop = (deleted: boolean, leaderEpoch = -1) =>
    b.receive('controller-3', {
      type: 'StopReplicaRequest',
      correlationId: 9,
      controllerId: 3,
      controllerEpoch: 1,
      brokerEpoch: -1,
      partitions: { [T0]: { leaderEpoch, delete: deleted } },
    })
  stop(false)
  expect(b.p.role).toBe('follower')
  expect(Object.values(b.state.volatile!.fetchers).flatMap(({ partitions }) => Object.keys(partitions))).toEqual([])
  stop(true)
  expect(b.state.volatile?.partitions).toEqual({})
  expect(b.state.durable.logs).toEqual({})
})

test('KIP-570: from 2.6 a StopReplica of an epoch that is not newer is refused', () => {
  for (const [generation, error] of [
    ['2.5', 'NONE'],
    ['2.6', 'FENCED_LEADER_EPOCH'],
  ] as const) {
    const b = new TestBroker(generation).up().role({ leaderEpoch: 3 })
    b.receive('controller-3', {
      type: 'StopReplicaRequest',
      correlationId: 9,
      controllerId: 3,
      controllerEpoch: 1,
      brokerEpoch: -1,
      partitions: { [T0]: { leaderEpoch: 3, delete: true } },
    })
    expect(lastAnswer(b).partitions[T0]).toBe(error)
  }
})

test('UpdateMetadata overwrites newer leaders, and the leader own ISR changes do not show in metadata', () => {
  const b = leader('0.10.2')
  const update = (leaderEpoch: number, leaderId: number, liveBrokers: number[]) =>
    b.receive('controller-3', {
      type: 'UpdateMetadataRequest',
      correlationId: 1,
      controllerId: 3,
      controllerEpoch: 1,
      brokerEpoch: -1,
      liveBrokers,
      liveBrokerEpochs: {},
      partitions: {
        [T0]: {
          controllerEpoch: 1,
          leader: leaderId,
          leaderEpoch,
          isr: [1, 2, 3],
          partitionEpoch: 0,
          replicas: [1, 2, 3],
          isNew: false,
          topicSettings: {},
        },
      },
    })
  const metadata = (version: number) => {
    b.receive('producer-p', { type: 'MetadataRequest', correlationId: 5, version, topics: ['t', 'u'] })
    return b.replies.at(-1)!.message
  }
  update(5, 1, [1, 2, 3])
  b.p.isr = [1]
  expect(metadata(0)).toMatchObject({
    partitions: { [T0]: { error: 'NONE', leader: 1, isr: [1, 2, 3] } },
    unknownTopics: ['u'],
  })
  update(4, 2, [1, 2])
  expect(metadata(0)).toMatchObject({
    brokers: [1, 2],
    partitions: { [T0]: { error: 'REPLICA_NOT_AVAILABLE', leader: 2, replicas: [1, 2], isr: [1, 2] } },
  })
  expect(metadata(1)).toMatchObject({ partitions: { [T0]: { error: 'NONE', replicas: [1, 2, 3], isr: [1, 2, 3] } } })
  update(6, 3, [1, 2])
  expect(metadata(1)).toMatchObject({ partitions: { [T0]: { error: 'LEADER_NOT_AVAILABLE', leader: -1, isr: [] } } })
})

test('KAFKA-2334: version 5 of ListOffsets is told that a new leader does not know its high watermark yet', () => {
  const b = new TestBroker('2.4').up().role({ leader: 2 })
  b.state.durable.logs[T0]!.batches.push({
    baseOffset: 0,
    leaderEpoch: 0,
    records: [{ id: 'p/a', key: null, value: 'a', timestampMs: 5 }],
  })
  b.state.durable.logs[T0]!.logEndOffset = 1
  b.role({ leaderEpoch: 1 })
  const latest = (version: number, replicaId = -1, timestamp = -1) => {
    b.receive('consumer-c', {
      type: 'ListOffsetsRequest',
      correlationId: 5,
      replicaId,
      version,
      partitions: { [T0]: { timestamp, currentLeaderEpoch: -1 } },
    })
    return b.replies.at(-1)!.message
  }
  expect(latest(5)).toMatchObject({ partitions: { [T0]: { error: 'OFFSET_NOT_AVAILABLE', offset: -1 } } })
  expect(latest(0)).toMatchObject({ partitions: { [T0]: { error: 'NONE', offset: 0 } } })
  expect(latest(5, 2)).toMatchObject({ partitions: { [T0]: { error: 'NONE', offset: 1 } } })
  expect(latest(5, -1, -2)).toMatchObject({ partitions: { [T0]: { error: 'NONE', offset: 0 } } })
  expect(latest(5, 2, 5)).toMatchObject({ partitions: { [T0]: { error: 'NONE', offset: 0 } } })
})
