import { expect, test } from 'vitest'
import { producerMachine } from '../../src/client/producer/producer.ts'
import type { ProducerConfig, ProducerState } from '../../src/client/producer/state.ts'
import type { Settings } from '../../src/kafka/config.ts'
import type { ErrorName } from '../../src/kafka/errors.ts'
import { KAFKA_0_10_2 } from '../../src/kafka/generation/kafka-0-10-2.ts'
import { KAFKA_2_4 } from '../../src/kafka/generation/kafka-2-4.ts'
import { KAFKA_3_9 } from '../../src/kafka/generation/kafka-3-9.ts'
import type { Mechanisms } from '../../src/kafka/generation/mechanisms.ts'
import type { BrokerId, TopicPartition } from '../../src/kafka/ids.ts'
import { murmur2, toPositive } from '../../src/kafka/murmur2.ts'
import { utf8Bytes } from '../../src/kafka/utf8.ts'
import type { SentOf } from './bench.ts'
import { Bench } from './bench.ts'

const SETTINGS: Settings = {
  acks: 'all',
  'linger.ms': 0,
  'batch.size': 16_384,
  retries: 2_147_483_647,
  'retry.backoff.ms': 100,
  'request.timeout.ms': 30_000,
  'delivery.timeout.ms': 120_000,
  'max.in.flight.requests.per.connection': 5,
  'max.block.ms': 60_000,
  'buffer.memory': 33_554_432,
  'metadata.max.age.ms': 300_000,
}

/** Settings of a generation before 2.1. */
const OLD: Settings = Object.fromEntries(
  Object.entries({ ...SETTINGS, 'request.timeout.ms': 1000 }).filter(([key]) => key !== 'delivery.timeout.ms'),
)

class Producer extends Bench<ProducerState, ProducerConfig> {
  #sends = 0

  constructor(settings: Settings = {}, given: Partial<ProducerConfig> = {}, base: Settings = SETTINGS) {
    super(producerMachine, 'producer-p', {
      name: 'p',
      topic: 't',
      mechanisms: base === OLD ? KAFKA_0_10_2.mechanisms : KAFKA_2_4.mechanisms,
      settings: { ...base, ...settings },
      bootstrap: [1],
      ...given,
    })
  }

  /** Answers the handshake and the metadata request. `leaders` by partition number. */
  learn(leaders: readonly BrokerId[], brokers: readonly BrokerId[] = [1, 2, 3]): void {
    if (this.sent.some((one) => one.message.type === 'MetadataRequest' && one.message.topics?.length === 0)) {
      this.shakeHands()
    }
    const { to, message } = this.take('MetadataRequest')
    this.answer(to, {
      type: 'MetadataResponse',
      correlationId: message.correlationId,
      brokers,
      controller: 1,
      partitions: Object.fromEntries(
        leaders.map((leader, partition) => [
          `t-${partition}`,
          { error: leader < 0 ? 'LEADER_NOT_AVAILABLE' : 'NONE', leader, leaderEpoch: -1, replicas: [1, 2], isr: [1] },
        ]),
      ),
      unknownTopics: leaders.length === 0 ? ['t'] : [],
    })
  }

  /** Answers the version exchange of one new connection. */
  shakeHands(): void {
    const { to, message } = this.take('MetadataRequest')
    expect(message.topics).toEqual([])
    const { correlationId } = message
    const brokers = [1, 2, 3]
    this.answer(to, {
      type: 'MetadataResponse',
      correlationId,
      brokers,
      controller: 1,
      partitions: {},
      unknownTopics: [],
    })
  }

  begin(leaders: readonly BrokerId[] = [1], brokers: readonly BrokerId[] = [1, 2, 3]): this {
    this.start()
    this.learn(leaders, brokers)
    return this
  }

  send(given: { partition?: number | null; key?: string | null; value?: string } = {}): string {
    const id = `p/${this.#sends++}`
    this.operation({
      kind: 'send',
      operationId: id,
      topic: 't',
      partition: given.partition === undefined ? 0 : given.partition,
      record: { id, key: given.key ?? null, value: given.value ?? 'v', timestampMs: Math.floor(this.nowMs) },
    })
    return id
  }

  respond(request: SentOf<'ProduceRequest'>, error: ErrorName = 'NONE', baseOffset = error === 'NONE' ? 0 : -1): void {
    this.answer(request.to, {
      type: 'ProduceResponse',
      correlationId: request.message.correlationId,
      partitions: Object.fromEntries(
        Object.keys(request.message.partitions).map((name) => [name, { error, baseOffset, logStartOffset: 0 }]),
      ),
    })
  }

  /** Record ids of every Produce request sent and not taken, in order. */
  takeProduced(): string[][] {
    const batches: string[][] = []
    while (this.has('ProduceRequest')) {
      const { partitions } = this.take('ProduceRequest').message
      for (const records of Object.values(partitions)) batches.push(records.map((record) => record.id))
    }
    return batches
  }

  told(id: string): { outcome: string; error: string; partition: TopicPartition | null; offset: number } {
    return this.completed[id] as { outcome: string; error: string; partition: TopicPartition | null; offset: number }
  }
}

test('a record waits for metadata, goes to the leader and is acknowledged at its offset', () => {
  const p = new Producer()
  p.start()
  const id = p.send()
  expect(p.has('ProduceRequest')).toBe(false)
  p.learn([2])
  p.shakeHands()
  const request = p.take('ProduceRequest')
  expect(request.to).toBe('broker-2')
  expect(request.message.acks).toBe(-1)
  p.respond(request, 'NONE', 7)
  expect(p.told(id)).toEqual({ outcome: 'acked', error: 'NONE', partition: 't-0', offset: 7 })
  expect(p.factsOf('clientTold')).toEqual([
    { kind: 'clientTold', operationId: id, outcome: 'acked', error: 'NONE', partition: 't-0', offset: 7, acks: -1 },
  ])
})

test('records of one batch get consecutive offsets', () => {
  const p = new Producer({ 'linger.ms': 5 }).begin()
  const ids = [p.send(), p.send(), p.send()]
  p.advanceMs(5)
  const request = p.take('ProduceRequest')
  expect(request.message.partitions['t-0']?.map((record) => record.id)).toEqual(ids)
  p.respond(request, 'NONE', 10)
  expect(ids.map((id) => p.told(id).offset)).toEqual([10, 11, 12])
})

test('a batch is held open for linger.ms and no longer', () => {
  const p = new Producer({ 'linger.ms': 10 }).begin()
  p.send()
  p.advanceMs(9)
  p.send()
  expect(p.has('ProduceRequest')).toBe(false)
  p.advanceMs(1)
  expect(p.takeProduced()).toEqual([['p/0', 'p/1']])
})

test('a full batch does not wait for linger.ms, and closes where the next record would pass batch.size', () => {
  // Format 2: 61 bytes, then 8 + 93 bytes a record of 93 bytes, whose length takes 2 bytes from 64 on.
  const p = new Producer({ 'linger.ms': 1000, 'batch.size': 61 + 3 * 102 }).begin()
  for (let i = 0; i < 7; i++) p.send({ value: 'x'.repeat(93) })
  expect(p.takeProduced()).toEqual([
    ['p/0', 'p/1', 'p/2'],
    ['p/3', 'p/4', 'p/5'],
  ])
  p.advanceMs(1000)
  expect(p.takeProduced()).toEqual([['p/6']])
})

test('records of format 1 take 34 bytes besides key and value', () => {
  const p = new Producer({ 'linger.ms': 1000, 'batch.size': 2 * 44 }, {}, OLD).begin()
  for (let i = 0; i < 3; i++) p.send({ value: 'x'.repeat(10) })
  expect(p.takeProduced()).toEqual([['p/0', 'p/1']])
})

test('no more than max.in.flight requests are unanswered, and what waits meanwhile goes in one batch', () => {
  const p = new Producer({ 'max.in.flight.requests.per.connection': 2 }).begin()
  for (let i = 0; i < 5; i++) p.send()
  const first = p.take('ProduceRequest')
  const second = p.take('ProduceRequest')
  expect(p.has('ProduceRequest')).toBe(false)
  p.respond(first)
  expect(p.takeProduced()).toEqual([['p/2', 'p/3', 'p/4']])
  p.respond(second)
})

test('one request carries a batch of each partition that the broker leads', () => {
  const p = new Producer({ 'linger.ms': 10 }).begin([1, 2, 1])
  p.send({ partition: 0 })
  p.send({ partition: 2 })
  p.advanceMs(10)
  expect(Object.keys(p.take('ProduceRequest').message.partitions).sort()).toEqual(['t-0', 't-2'])
})

test('acks 0 ends a record when it is written, as unknown and without an offset', () => {
  const p = new Producer({ acks: '0' }).begin()
  const id = p.send()
  expect(p.take('ProduceRequest').message.acks).toBe(0)
  expect(p.told(id)).toEqual({ outcome: 'unknown', error: 'NONE', partition: 't-0', offset: -1 })
  for (let i = 0; i < 20; i++) p.send()
  expect(p.takeProduced()).toHaveLength(20)
})

test('a retriable error is tried again after the back-off, on the leader that new metadata names', () => {
  const p = new Producer().begin([1])
  p.advanceMs(1000)
  const id = p.send()
  p.respond(p.take('ProduceRequest'), 'NOT_LEADER_FOR_PARTITION')
  p.learn([2])
  p.advanceMs(99)
  expect(p.sent).toEqual([])
  p.advanceMs(1)
  p.shakeHands()
  const again = p.take('ProduceRequest', 'broker-2')
  p.respond(again, 'NONE', 3)
  expect(p.told(id)).toMatchObject({ outcome: 'acked', offset: 3 })
  expect(p.factsOf('clientRetried')).toMatchObject([{ attempt: 1, error: 'NOT_LEADER_FOR_PARTITION' }])
})

test('without retries an error that appended nothing is a definite failure', () => {
  const p = new Producer({ retries: 0 }).begin()
  const id = p.send()
  p.respond(p.take('ProduceRequest'), 'NOT_ENOUGH_REPLICAS')
  expect(p.told(id)).toMatchObject({ outcome: 'failed', error: 'NOT_ENOUGH_REPLICAS' })
})

test('an error after the append leaves the outcome unknown', () => {
  for (const [error, baseOffset] of [
    ['REQUEST_TIMED_OUT', -1],
    ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', -1],
    ['NOT_LEADER_FOR_PARTITION', 4],
  ] as const) {
    const p = new Producer({ retries: 0 }).begin()
    const id = p.send()
    p.respond(p.take('ProduceRequest'), error, baseOffset)
    expect(p.told(id)).toMatchObject({ outcome: 'unknown', error })
  }
})

test('one doubtful attempt makes a later definite error unknown', () => {
  const p = new Producer({ retries: 1 }).begin()
  const id = p.send()
  p.respond(p.take('ProduceRequest'), 'REQUEST_TIMED_OUT', 5)
  p.advanceMs(100)
  p.respond(p.take('ProduceRequest'), 'NOT_ENOUGH_REPLICAS')
  expect(p.told(id)).toMatchObject({ outcome: 'unknown', error: 'NOT_ENOUGH_REPLICAS' })
})

test('a retry after a lost answer sends the same record again, so the log can hold it twice', () => {
  const p = new Producer().begin()
  const id = p.send()
  p.take('ProduceRequest')
  p.disconnect('broker-1', 'reset')
  p.advanceMs(100)
  p.learn([1])
  p.advanceMs(100)
  const again = p.take('ProduceRequest')
  expect(again.message.partitions['t-0']?.map((record) => record.id)).toEqual([id])
  p.respond(again, 'NONE', 1)
  expect(p.told(id)).toMatchObject({ outcome: 'acked', offset: 1 })
})

test('with several in flight, a batch that fails while the next succeeds is written after it', () => {
  const p = new Producer().begin()
  p.send()
  p.send()
  const [first, second] = [p.take('ProduceRequest'), p.take('ProduceRequest')]
  p.respond(first, 'NOT_ENOUGH_REPLICAS')
  p.respond(second, 'NONE', 0)
  p.advanceMs(100)
  p.respond(p.take('ProduceRequest'), 'NONE', 1)
  expect([p.told('p/0').offset, p.told('p/1').offset]).toEqual([1, 0])
})

test('batches that fail one by one with error answers come back in reversed order in every generation', () => {
  for (const base of [OLD, SETTINGS]) {
    const p = new Producer({}, {}, base).begin()
    for (let i = 0; i < 3; i++) p.send()
    const requests = [p.take('ProduceRequest'), p.take('ProduceRequest'), p.take('ProduceRequest')]
    for (const request of requests) p.respond(request, 'NOT_ENOUGH_REPLICAS')
    p.advanceMs(100)
    expect(p.takeProduced()).toEqual([['p/2'], ['p/1'], ['p/0']])
  }
})

/** Five batches in flight and one waiting when the connection breaks; what is sent afterwards, in order. */
function afterDisconnect(p: Producer): string[][] {
  for (let i = 0; i < 6; i++) p.send()
  p.takeProduced()
  p.disconnect('broker-1', 'reset')
  p.advanceMs(100)
  p.learn([1])
  const sent: string[][] = []
  for (let i = 0; i < 6; i++) {
    p.advanceMs(100)
    if (!p.has('ProduceRequest')) continue
    const request = p.take('ProduceRequest')
    sent.push((request.message.partitions['t-0'] ?? []).map((record) => record.id))
    p.respond(request)
  }
  return sent
}

test('after a disconnect the window in flight comes back reversed from 2.0 on', () => {
  expect(afterDisconnect(new Producer().begin())).toEqual([['p/4'], ['p/3'], ['p/2'], ['p/1'], ['p/0'], ['p/5']])
})

test('after a disconnect the window in flight comes back in order before 2.0', () => {
  const p = new Producer({ 'request.timeout.ms': 30_000 }, {}, OLD).begin()
  expect(afterDisconnect(p)).toEqual([['p/0'], ['p/1'], ['p/2'], ['p/3'], ['p/4'], ['p/5']])
})

test('with one request in flight a retry keeps the order', () => {
  const p = new Producer({ 'max.in.flight.requests.per.connection': 1 }).begin()
  p.send()
  p.send()
  p.respond(p.take('ProduceRequest'), 'NOT_ENOUGH_REPLICAS')
  expect(p.has('ProduceRequest')).toBe(false)
  p.advanceMs(100)
  const again = p.take('ProduceRequest')
  expect(again.message.partitions['t-0']?.map((record) => record.id)).toEqual(['p/0'])
  expect(p.has('ProduceRequest')).toBe(false)
  p.respond(again)
  expect(p.takeProduced()).toEqual([['p/1']])
})

test('a request without an answer for request.timeout.ms closes the connection, and no retry goes out before versions are exchanged again', () => {
  const p = new Producer({ 'request.timeout.ms': 1000 }).begin()
  const id = p.send()
  p.take('ProduceRequest')
  p.advanceMs(999)
  expect(p.closed).toEqual([])
  p.advanceMs(1)
  expect(p.closed).toEqual([{ to: 'broker-1', channel: 'client' }])
  p.advanceMs(500)
  expect(p.has('ProduceRequest')).toBe(false)
  p.shakeHands()
  p.learn([1])
  p.advanceMs(100)
  p.respond(p.take('ProduceRequest'))
  expect(p.told(id).outcome).toBe('acked')
})

test('from 2.1 on a hanging broker costs delivery.timeout.ms, however few retries there are', () => {
  const p = new Producer({ 'request.timeout.ms': 1000, 'delivery.timeout.ms': 15_000, retries: 2 }).begin()
  const id = p.send()
  p.advanceMs(14_999)
  expect(p.told(id)).toBeUndefined()
  p.advanceMs(1)
  expect(p.told(id)).toEqual({ outcome: 'unknown', error: 'TimeoutError', partition: 't-0', offset: -1 })
})

test('a batch in flight at its delivery timeout is unknown, and its late answer changes nothing', () => {
  const p = new Producer({ 'delivery.timeout.ms': 2000, 'linger.ms': 0, 'request.timeout.ms': 30_000 }).begin()
  const id = p.send()
  const request = p.take('ProduceRequest')
  p.advanceMs(2000)
  expect(p.told(id).outcome).toBe('unknown')
  p.respond(request, 'NONE', 0)
  expect(p.factsOf('clientTold')).toHaveLength(1)
})

test('before 2.1 a batch that never left is refused after linger.ms and request.timeout.ms, whatever retries says', () => {
  const p = new Producer({ 'linger.ms': 20 }, {}, OLD).begin([-1])
  const id = p.send()
  p.advanceMs(1019)
  expect(p.told(id)).toBeUndefined()
  p.advanceMs(1)
  expect(p.told(id)).toMatchObject({ outcome: 'failed', error: 'TimeoutError' })
})

test('before 2.1 what waits behind a batch that may still be tried is not refused yet', () => {
  const p = new Producer({ 'max.in.flight.requests.per.connection': 2 }, {}, OLD).begin()
  p.send()
  p.send()
  const waiting = p.send()
  p.advanceMs(1050)
  expect(p.told(waiting)).toBeUndefined()
})

test('before 2.1 a hanging broker costs one time-out, the back-off and another time-out', () => {
  const p = new Producer({ retries: 2 }, {}, OLD).begin()
  const id = p.send()
  p.advanceMs(2099)
  expect(p.told(id)).toBeUndefined()
  p.advanceMs(2)
  expect(p.told(id)).toMatchObject({ outcome: 'unknown', error: 'TimeoutError' })
})

test('a dead broker uses up no attempt: the record waits for its whole delivery timeout and failed for certain', () => {
  const p = new Producer({ retries: 0, 'delivery.timeout.ms': 3000 }).begin()
  p.disconnect('broker-1', 'reset')
  const id = p.send()
  for (let i = 0; i < 60; i++) {
    p.advanceMs(50)
    for (const { to } of p.sent.splice(0)) p.disconnect(to, 'refused')
  }
  expect(p.told(id)).toMatchObject({ outcome: 'failed', error: 'TimeoutError' })
})

test('a client that exchanges no versions still sends nothing to a broker that refuses, not even with acks 0', () => {
  const mechanisms = { ...KAFKA_0_10_2.mechanisms, clientAsksVersions: false }
  const p = new Producer({ acks: '0' }, { mechanisms }, OLD).begin()
  p.disconnect('broker-1', 'reset')
  const id = p.send()
  for (let i = 0; i < 90; i++) {
    p.advanceMs(10)
    expect(p.has('ProduceRequest')).toBe(false)
    for (const { to } of p.sent.splice(0)) p.disconnect(to, 'refused')
  }
  expect(p.told(id)).toBeUndefined()
})

test('a client that exchanges no versions hands its retries to a broker that hangs', () => {
  const mechanisms = { ...KAFKA_0_10_2.mechanisms, clientAsksVersions: false }
  const p = new Producer({ retries: 5 }, { mechanisms }, OLD).begin()
  p.send()
  p.take('ProduceRequest')
  p.advanceMs(1000)
  expect(p.closed).toHaveLength(1)
  p.advanceMs(200)
  expect(p.has('ProduceRequest')).toBe(true)
})

test('a record for an unknown topic is refused after max.block.ms', () => {
  const p = new Producer({ 'max.block.ms': 2000 })
  p.start()
  const id = p.send()
  p.learn([])
  p.advanceMs(1999)
  expect(p.told(id)).toBeUndefined()
  p.advanceMs(1)
  expect(p.told(id)).toEqual({ outcome: 'failed', error: 'TimeoutError', partition: 't-0', offset: -1 })
})

test('a record is refused when buffer.memory stays exhausted for max.block.ms, and goes on when memory is freed', () => {
  const p = new Producer({
    'buffer.memory': 3000,
    'batch.size': 1000,
    'max.block.ms': 2000,
    'max.in.flight.requests.per.connection': 3,
  }).begin()
  for (let i = 0; i < 3; i++) p.send({ value: 'x'.repeat(600) })
  const blocked = p.send({ value: 'x'.repeat(600) })
  const requests = [p.take('ProduceRequest'), p.take('ProduceRequest'), p.take('ProduceRequest')]
  p.advanceMs(1000)
  const later = p.send({ value: 'y'.repeat(600) })
  p.advanceMs(1000)
  expect(p.told(blocked)).toMatchObject({ outcome: 'failed', error: 'TimeoutError' })
  p.respond(requests[0]!)
  expect(p.takeProduced()).toEqual([[later]])
})

test('36 records of 1000 bytes into 32768 bytes of buffer: as many are refused as with the real producers', () => {
  for (const [base, refused] of [
    [OLD, 5],
    [SETTINGS, 6],
  ] as const) {
    const p = new Producer(
      { 'buffer.memory': 32_768, 'batch.size': 1000, 'max.block.ms': 2000, 'request.timeout.ms': 30_000, retries: 0 },
      {},
      base,
    ).begin()
    for (let i = 0; i < 36; i++) p.send({ value: 'x'.repeat(1000) })
    p.advanceMs(2000)
    expect(p.factsOf('clientTold')).toHaveLength(refused)
    expect(p.factsOf('clientTold').every((fact) => fact.outcome === 'failed')).toBe(true)
  }
})

test('a record larger than max.request.size is refused at once', () => {
  const p = new Producer({ 'max.request.size': 3000 }).begin()
  expect(p.told(p.send({ value: 'x'.repeat(4000) }))).toMatchObject({ outcome: 'failed', error: 'MESSAGE_TOO_LARGE' })
})

test('a key always has the partition of its murmur2 hash, with or without a leader', () => {
  const p = new Producer().begin([1, -1, 1, -1, 1])
  for (const key of ['a', 'user-42', 'key-7']) {
    p.send({ partition: null, key })
    const expected = toPositive(murmur2(utf8Bytes(key))) % 5
    if (expected % 2 === 0) expect(Object.keys(p.take('ProduceRequest').message.partitions)).toEqual([`t-${expected}`])
    else expect(p.has('ProduceRequest')).toBe(false)
  }
})

test('to 2.3 keyless records go round the partitions that have a leader', () => {
  const p = new Producer({}, {}, OLD).begin([1, 1, -1, 1])
  const chosen: string[] = []
  for (let i = 0; i < 6; i++) {
    p.send({ partition: null })
    const request = p.take('ProduceRequest')
    chosen.push(...Object.keys(request.message.partitions))
    p.respond(request)
  }
  expect([...chosen.slice(0, 3)].sort()).toEqual(['t-0', 't-1', 't-3'])
  expect(chosen.slice(3)).toEqual(chosen.slice(0, 3))
})

test('from 2.4 keyless records stay on one partition for a batch, and the next batch goes to another', () => {
  const p = new Producer({ 'linger.ms': 10 }).begin([1, 1, 1, -1])
  const chosen: string[][] = []
  for (let i = 0; i < 8; i++) {
    for (let k = 0; k < 3; k++) p.send({ partition: null })
    p.advanceMs(10)
    const request = p.take('ProduceRequest')
    chosen.push(Object.keys(request.message.partitions))
    expect(Object.values(request.message.partitions).map((records) => records.length)).toEqual([3])
    p.respond(request)
  }
  for (const [i, names] of chosen.entries()) {
    expect(names).toHaveLength(1)
    expect(names).not.toEqual(['t-3'])
    if (i > 0) expect(names).not.toEqual(chosen[i - 1])
  }
})

/** Partitions to which records with this key go one after another, each in a request of its own. */
function goTo(partitioner: string, key: string | null, mechanisms: Mechanisms): string[] {
  const p = new Producer({ 'partitioner.class': partitioner }, { mechanisms }).begin([1, 1, 1, 1])
  return Array.from({ length: 4 }, () => {
    p.send({ partition: null, key })
    const request = p.take('ProduceRequest')
    p.respond(request)
    return Object.keys(request.message.partitions).join()
  })
}

test('RoundRobinPartitioner and UniformStickyPartitioner look at no key; DefaultPartitioner does', () => {
  const { mechanisms } = KAFKA_2_4
  expect(goTo('RoundRobinPartitioner', 'k', mechanisms)).toEqual(['t-0', 't-1', 't-2', 't-3'])
  expect(new Set(goTo('DefaultPartitioner', 'k', mechanisms)).size).toBe(1)
  const sticky = goTo('UniformStickyPartitioner', 'k', mechanisms)
  for (const [i, name] of sticky.slice(1).entries()) expect(name).not.toBe(sticky[i])
})

test('from 3.3 on DefaultPartitioner by name still leaves a partition with its batch (KIP-480)', () => {
  const chosen = goTo('DefaultPartitioner', null, KAFKA_3_9.mechanisms)
  for (const [i, name] of chosen.slice(1).entries()) expect(name).not.toBe(chosen[i])
  expect(new Set(goTo('', null, KAFKA_3_9.mechanisms)).size).toBe(1)
})

test('metadata is asked for again at its age', () => {
  const p = new Producer({ 'metadata.max.age.ms': 5000 }).begin([1])
  p.send()
  p.takeProduced()
  p.advanceMs(4999)
  expect(p.has('MetadataRequest')).toBe(false)
  p.advanceMs(1)
  expect(p.take('MetadataRequest').message.topics).toEqual(['t'])
})

test('a partition without a leader keeps its batch, and metadata is asked for at each back-off', () => {
  const p = new Producer().begin([-1])
  const id = p.send()
  for (let i = 0; i < 3; i++) {
    p.advanceMs(100)
    p.learn([-1])
  }
  p.advanceMs(100)
  p.learn([1])
  p.respond(p.take('ProduceRequest'))
  expect(p.told(id).outcome).toBe('acked')
})

test('metadata at an older leader epoch does not lead a client of 2.2 and later back', () => {
  const p = new Producer()
  p.start()
  p.shakeHands()
  const tell = (leader: BrokerId, leaderEpoch: number): void => {
    const { to, message } = p.take('MetadataRequest')
    p.answer(to, {
      type: 'MetadataResponse',
      correlationId: message.correlationId,
      brokers: [1, 2],
      controller: 1,
      partitions: { 't-0': { error: 'NONE', leader, leaderEpoch, replicas: [1, 2], isr: [2] } },
      unknownTopics: [],
    })
  }
  tell(1, 5)
  p.send()
  p.respond(p.take('ProduceRequest', 'broker-1'), 'NOT_LEADER_FOR_PARTITION')
  p.advanceMs(100)
  tell(2, 4)
  p.advanceMs(100)
  expect(p.take('ProduceRequest').to).toBe('broker-1')
})

test('a kill loses everything in memory, and the next life starts anew', () => {
  const p = new Producer().begin()
  p.send()
  p.kill()
  expect(p.state.volatile).toBeNull()
  p.sent = []
  p.begin([2])
  const id = p.send()
  p.shakeHands()
  p.respond(p.take('ProduceRequest', 'broker-2'))
  expect(p.told(id).outcome).toBe('acked')
})

test('a topic called like a member that every object has is as unknown as any other until it is told', () => {
  const p = new Producer({}, { topic: 'constructor' })
  p.start()
  p.shakeHands()
  const record = { id: 'p/0', key: null, value: 'v', timestampMs: 0 }
  p.operation({ kind: 'send', operationId: 'p/0', topic: 'constructor', partition: null, record })
  const { to, message } = p.take('MetadataRequest')
  const answer = { type: 'MetadataResponse' as const, brokers: [1, 2, 3], controller: 1, partitions: {} }
  p.answer(to, { ...answer, correlationId: message.correlationId, unknownTopics: ['constructor'] })
  p.advanceMs(200)
  expect(p.has('ProduceRequest')).toBe(false)
  const again = p.take('MetadataRequest')
  const partition = { error: 'NONE' as const, leader: 1, leaderEpoch: 0, replicas: [1], isr: [1] }
  p.answer(again.to, {
    ...answer,
    correlationId: again.message.correlationId,
    partitions: { 'constructor-0': partition },
    unknownTopics: [],
  })
  expect(p.takeProduced()).toEqual([['p/0']])
})
