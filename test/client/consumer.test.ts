import { expect, test } from 'vitest'
import { consumerMachine } from '../../src/client/consumer/consumer.ts'
import type { ConsumerConfig, ConsumerState } from '../../src/client/consumer/state.ts'
import { consumerPosition } from '../../src/client/consumer/state.ts'
import type { Settings } from '../../src/kafka/config.ts'
import type { ErrorName } from '../../src/kafka/errors.ts'
import { KAFKA_2_0_1 } from '../../src/kafka/generation/kafka-2-0-1.ts'
import { KAFKA_2_2 } from '../../src/kafka/generation/kafka-2-2.ts'
import { KAFKA_2_4 } from '../../src/kafka/generation/kafka-2-4.ts'
import type { BrokerId } from '../../src/kafka/ids.ts'
import type { RecordBatch } from '../../src/kafka/records.ts'
import type { SentOf } from './bench.ts'
import { Bench } from './bench.ts'

const SETTINGS: Settings = {
  'fetch.min.bytes': 1,
  'fetch.max.wait.ms': 500,
  'max.poll.records': 500,
  'auto.offset.reset': 'earliest',
  'enable.auto.commit': true,
  'auto.commit.interval.ms': 5000,
  'request.timeout.ms': 30_000,
  'retry.backoff.ms': 100,
  'metadata.max.age.ms': 300_000,
}

/** A batch of records `r<offset>`. */
const batch = (baseOffset: number, count: number, leaderEpoch = 0): RecordBatch => ({
  baseOffset,
  leaderEpoch,
  records: Array.from({ length: count }, (_, i) => ({
    id: `p/${baseOffset + i}`,
    key: null,
    value: 'v',
    timestampMs: 0,
  })),
})

class Consumer extends Bench<ConsumerState, ConsumerConfig> {
  #controls = 0

  constructor(settings: Settings = {}, given: Partial<ConsumerConfig> = {}) {
    super(consumerMachine, 'consumer-c', {
      name: 'c',
      partitions: ['t-0'],
      topics: ['t'],
      mechanisms: KAFKA_2_4.mechanisms,
      settings: { ...SETTINGS, ...settings },
      bootstrap: [1],
      ...given,
    })
  }

  control(control: 'start' | 'stop'): void {
    this.operation({ kind: 'control', operationId: `control/${this.#controls++}`, control })
  }

  /** Answers every version exchange under way. */
  shakeHands(): void {
    const handshakes = this.sent.filter(
      ({ message }) => message.type === 'MetadataRequest' && message.topics?.length === 0,
    )
    for (const one of handshakes) {
      this.sent.splice(this.sent.indexOf(one), 1)
      if (one.message.type !== 'MetadataRequest') continue
      const { correlationId } = one.message
      this.answer(one.to, {
        type: 'MetadataResponse',
        correlationId,
        brokers: [1, 2, 3],
        controller: 1,
        partitions: {},
        unknownTopics: [],
      })
    }
  }

  learn(leaders: readonly BrokerId[], leaderEpoch = 0): void {
    this.shakeHands()
    const { to, message } = this.take('MetadataRequest')
    this.answer(to, {
      type: 'MetadataResponse',
      correlationId: message.correlationId,
      brokers: [1, 2, 3],
      controller: 1,
      partitions: Object.fromEntries(
        leaders.map((leader, i) => [
          `t-${i}`,
          { error: 'NONE' as const, leader, leaderEpoch, replicas: [1, 2, 3], isr: [1, 2, 3] },
        ]),
      ),
      unknownTopics: [],
    })
    this.shakeHands()
  }

  /** Answers ListOffsets for every partition asked about. */
  listed(offset: number, error: ErrorName = 'NONE', leaderEpoch = -1): void {
    const { to, message } = this.take('ListOffsetsRequest')
    const partitions = Object.fromEntries(
      Object.keys(message.partitions).map((name) => [name, { error, offset, leaderEpoch }]),
    )
    this.answer(to, { type: 'ListOffsetsResponse', correlationId: message.correlationId, partitions })
  }

  /** A consumer that reads `t-0` from offset 0 of broker 1. */
  begin(): this {
    this.start()
    this.learn([1])
    this.listed(0)
    return this
  }

  fetched(
    request: SentOf<'FetchRequest'>,
    batches: readonly RecordBatch[],
    highWatermark: number,
    error: ErrorName = 'NONE',
  ): void {
    const partitions = Object.fromEntries(
      Object.keys(request.message.partitions).map((name) => [
        name,
        { error, highWatermark, logStartOffset: 0, batches, divergingEpoch: null },
      ]),
    )
    const { correlationId } = request.message
    this.answer(request.to, { type: 'FetchResponse', correlationId, partitions })
  }

  get position(): number | null {
    return consumerPosition(this.state, 't-0')
  }

  /** Offsets handed to the application so far. */
  get polled(): number[] {
    return this.factsOf('recordsPolled').flatMap((fact) => fact.records.map((record) => record.offset))
  }
}

test('a consumer without a committed offset begins where auto.offset.reset says', () => {
  for (const [policy, timestamp] of [
    ['earliest', -2],
    ['latest', -1],
  ] as const) {
    const c = new Consumer({ 'auto.offset.reset': policy })
    c.start()
    c.learn([2])
    const asked = c.sent.find((one) => one.message.type === 'ListOffsetsRequest')
    expect(asked).toMatchObject({ to: 'broker-2', message: { partitions: { 't-0': { timestamp } } } })
    c.listed(5)
    expect(c.position).toBe(5)
    expect(c.factsOf('positionReset')).toMatchObject([{ from: -1, to: 5, why: `no committed offset: ${policy}` }])
  }
})

test.each([
  ['2.4', KAFKA_2_4.mechanisms],
  ['2.0', KAFKA_2_0_1.mechanisms],
])('a topic that the asked broker of %s does not know yet is asked for again', (_, mechanisms) => {
  const c = new Consumer({}, { partitions: null, mechanisms })
  c.start()
  c.shakeHands()
  const { to, message } = c.take('MetadataRequest')
  c.answer(to, {
    type: 'MetadataResponse',
    correlationId: message.correlationId,
    brokers: [1, 2, 3],
    controller: 1,
    partitions: {},
    unknownTopics: ['t'],
  })
  c.advanceMs(100)
  c.learn([1])
  c.listed(0)
  expect(c.take('FetchRequest').message.partitions).toHaveProperty('t-0')
})

test('records are handed out from the position on, and the next fetch goes out with the answer', () => {
  const c = new Consumer().begin()
  const request = c.take('FetchRequest')
  expect(request.message).toMatchObject({ replicaId: -1, maxWaitMs: 500, minBytes: 1 })
  c.fetched(request, [batch(0, 3)], 3)
  expect(c.polled).toEqual([0, 1, 2])
  const next = c.take('FetchRequest')
  expect(next.message.partitions['t-0']?.fetchOffset).toBe(3)
  expect(c.has('FetchRequest')).toBe(false)
  c.fetched(next, [batch(2, 3)], 5)
  expect(c.polled).toEqual([0, 1, 2, 3, 4])
})

test('a poll hands out at most max.poll.records', () => {
  const c = new Consumer({ 'max.poll.records': 2 }).begin()
  c.fetched(c.take('FetchRequest'), [batch(0, 5)], 5)
  expect(c.factsOf('recordsPolled').map((fact) => [fact.fromOffset, fact.records.length])).toEqual([
    [0, 2],
    [2, 2],
    [4, 1],
  ])
})

test('records at or above the high watermark are never handed out', () => {
  const c = new Consumer().begin()
  c.fetched(c.take('FetchRequest'), [batch(0, 4)], 2)
  expect(c.polled).toEqual([0, 1])
  expect(c.position).toBe(2)
  expect(c.probes).toContain('fetch-answer-holds-records-above-the-high-watermark')
})

test('a position out of range is reset by the policy, and says so', () => {
  const c = new Consumer({ 'auto.offset.reset': 'latest' }).begin()
  c.fetched(c.take('FetchRequest'), [batch(0, 10)], 10)
  c.fetched(c.take('FetchRequest'), [], -1, 'OFFSET_OUT_OF_RANGE')
  c.listed(7)
  expect(c.position).toBe(7)
  expect(c.factsOf('positionReset').at(-1)).toMatchObject({ from: 10, to: 7, why: 'OFFSET_OUT_OF_RANGE: latest' })
})

test('a position that is out of range at a follower is asked of the leader, and not reset (KIP-392)', () => {
  const c = new Consumer({ 'client.rack': 'south' }).begin()
  const first = c.take('FetchRequest')
  expect(first).toMatchObject({ to: 'broker-1', message: { rack: 'south' } })
  const { correlationId } = first.message
  const empty = { error: 'NONE' as const, highWatermark: 5, logStartOffset: 0, batches: [], divergingEpoch: null }
  const sentTo2 = { ...empty, preferredReadReplica: 2 }
  c.answer('broker-1', { type: 'FetchResponse', correlationId, partitions: { 't-0': sentTo2 } })
  c.shakeHands()
  const second = c.take('FetchRequest')
  expect(second.to).toBe('broker-2')
  c.fetched(second, [], -1, 'OFFSET_OUT_OF_RANGE')
  expect(c.take('FetchRequest').to).toBe('broker-1')
  expect(c.factsOf('positionReset')).toHaveLength(1)
})

test('without a reset policy an offset out of range ends the reading of that partition', () => {
  const c = new Consumer({ 'auto.offset.reset': 'none' })
  c.state.durable.committed['t-0'] = { offset: 9, leaderEpoch: -1 }
  c.start()
  c.learn([1])
  c.fetched(c.take('FetchRequest'), [], -1, 'OFFSET_OUT_OF_RANGE')
  expect(c.factsOf('consumerFailed')).toMatchObject([{ partition: 't-0', position: 9 }])
  c.advanceMs(1000)
  expect(c.has('FetchRequest')).toBe(false)
})

test('a stale leader is left for the one that new metadata names, at the same position', () => {
  const c = new Consumer().begin()
  c.fetched(c.take('FetchRequest'), [batch(0, 2)], 2)
  c.advanceMs(1000)
  c.fetched(c.take('FetchRequest'), [], -1, 'NOT_LEADER_FOR_PARTITION')
  c.learn([2])
  c.advanceMs(100)
  c.shakeHands()
  const next = c.take('FetchRequest')
  expect(next.to).toBe('broker-2')
  expect(next.message.partitions['t-0']?.fetchOffset).toBe(2)
})

test('committed offsets survive a kill, and only what was not committed is read again', () => {
  const c = new Consumer().begin()
  c.fetched(c.take('FetchRequest'), [batch(0, 3)], 3)
  c.advanceMs(5000)
  expect(c.factsOf('offsetCommitted')).toMatchObject([{ partition: 't-0', offset: 3 }])
  c.fetched(c.take('FetchRequest'), [batch(3, 2)], 5)
  expect(c.position).toBe(5)
  c.kill()
  c.sent = []
  expect(c.position).toBe(null)
  c.start()
  expect(c.position).toBe(3)
  expect(c.factsOf('positionReset').at(-1)).toMatchObject({ from: -1, to: 3, why: 'committed offset' })
})

test('stopping commits and closes the connections; starting again goes on from there', () => {
  const c = new Consumer().begin()
  c.fetched(c.take('FetchRequest'), [batch(0, 3)], 3)
  c.control('stop')
  expect(c.state.durable).toEqual({ running: false, committed: { 't-0': { offset: 3, leaderEpoch: 0 } } })
  expect(c.closed).toEqual([{ to: 'broker-1', channel: 'client' }])
  c.sent = []
  c.advanceMs(60_000)
  c.kill()
  c.start()
  expect(c.sent).toEqual([])
  c.control('start')
  expect(c.position).toBe(3)
})

test('with auto commit off nothing is committed', () => {
  const c = new Consumer({ 'enable.auto.commit': false }).begin()
  c.fetched(c.take('FetchRequest'), [batch(0, 3)], 3)
  c.advanceMs(60_000)
  c.control('stop')
  expect(c.state.durable.committed).toEqual({})
})

test('from 2.3 on a new leader is first asked where the epoch of the last record ends', () => {
  const c = new Consumer().begin()
  c.fetched(c.take('FetchRequest'), [batch(0, 10, 4)], 10)
  c.advanceMs(1000)
  c.fetched(c.take('FetchRequest'), [], -1, 'FENCED_LEADER_EPOCH')
  c.learn([2], 6)
  c.advanceMs(100)
  c.shakeHands()
  expect(c.has('FetchRequest')).toBe(false)
  const asked = c.take('OffsetsForLeaderEpochRequest')
  expect(asked.to).toBe('broker-2')
  expect(asked.message.partitions).toEqual({ 't-0': { leaderEpoch: 4, currentLeaderEpoch: 6 } })
  c.answer(asked.to, {
    type: 'OffsetsForLeaderEpochResponse',
    correlationId: asked.message.correlationId,
    partitions: { 't-0': { error: 'NONE', leaderEpoch: 4, endOffset: 12 } },
  })
  expect(c.take('FetchRequest').message.partitions['t-0']).toMatchObject({ fetchOffset: 10, currentLeaderEpoch: 6 })
})

/** A consumer at offset 10 whose partition comes under a leader at epoch 6 that has less of epoch 4. */
function truncated(c: Consumer): void {
  c.fetched(c.take('FetchRequest'), [batch(0, 10, 4)], 10)
  c.advanceMs(1000)
  c.fetched(c.take('FetchRequest'), [], -1, 'NOT_LEADER_FOR_PARTITION')
  c.learn([2], 6)
  c.advanceMs(100)
  c.shakeHands()
}

test('a truncation below the position moves it to where the logs parted', () => {
  const c = new Consumer().begin()
  truncated(c)
  const asked = c.take('OffsetsForLeaderEpochRequest')
  c.answer(asked.to, {
    type: 'OffsetsForLeaderEpochResponse',
    correlationId: asked.message.correlationId,
    partitions: { 't-0': { error: 'NONE', leaderEpoch: 4, endOffset: 7 } },
  })
  expect(c.factsOf('positionReset').at(-1)).toMatchObject({ from: 10, to: 7, why: 'log truncated (KIP-320)' })
  expect(c.take('FetchRequest').message.partitions['t-0']?.fetchOffset).toBe(7)
})

test('before 2.3 a truncation goes unseen, and other records are skipped in silence', () => {
  const c = new Consumer({}, { mechanisms: KAFKA_2_2.mechanisms }).begin()
  truncated(c)
  expect(c.has('OffsetsForLeaderEpochRequest')).toBe(false)
  const request = c.take('FetchRequest')
  expect(request.message.partitions['t-0']).toMatchObject({ fetchOffset: 10, currentLeaderEpoch: -1 })
  c.fetched(request, [batch(10, 2, 6)], 12)
  expect(c.polled.slice(-2)).toEqual([10, 11])
})

test('a lost connection only repeats the fetch: nothing is skipped and nothing handed out twice', () => {
  const c = new Consumer().begin()
  c.fetched(c.take('FetchRequest'), [batch(0, 3)], 3)
  const lost = c.take('FetchRequest')
  c.disconnect('broker-1', 'reset')
  c.advanceMs(100)
  c.learn([1])
  c.fetched(lost, [batch(3, 2)], 5)
  expect(c.polled).toEqual([0, 1, 2])
  c.fetched(c.take('FetchRequest'), [batch(3, 2)], 5)
  expect(c.polled).toEqual([0, 1, 2, 3, 4])
})

test('a fetch that is not answered within request.timeout.ms closes the connection', () => {
  const c = new Consumer().begin()
  c.take('FetchRequest')
  c.advanceMs(30_000)
  expect(c.closed).toEqual([{ to: 'broker-1', channel: 'client' }])
})

test('a new leader that does not know its high watermark yet is asked again after a back-off', () => {
  const c = new Consumer()
  c.start()
  c.learn([1])
  c.listed(-1, 'OFFSET_NOT_AVAILABLE')
  expect(c.has('ListOffsetsRequest')).toBe(false)
  c.advanceMs(100)
  c.listed(4)
  expect(c.position).toBe(4)
})

test('without a list of partitions every partition of the topics is read, each from its leader', () => {
  const c = new Consumer({}, { partitions: null })
  c.start()
  c.learn([1, 2, 1])
  c.listed(0)
  c.listed(0)
  const requests = [c.take('FetchRequest', 'broker-1'), c.take('FetchRequest', 'broker-2')]
  expect(requests.map(({ message }) => Object.keys(message.partitions))).toEqual([['t-0', 't-2'], ['t-1']])
})
