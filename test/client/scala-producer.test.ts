import { expect, test } from 'vitest'
import { producerMachine } from '../../src/client/producer/producer.ts'
import type { ProducerConfig, ProducerState } from '../../src/client/producer/state.ts'
import type { Settings } from '../../src/kafka/config.ts'
import type { ErrorName } from '../../src/kafka/errors.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import type { BrokerId } from '../../src/kafka/ids.ts'
import { Bench, type SentOf } from './bench.ts'

/** Until a connection is made. */
const CONNECTS_MS = 60

/** A Scala producer in front of brokers 1 and 2, which answer when a test says so. */
class ScalaProducer extends Bench<ProducerState, ProducerConfig> {
  #sends = 0

  constructor(settings: Settings = {}) {
    super(producerMachine, 'producer-p', {
      name: 'p',
      topic: 't',
      api: 'scala',
      mechanisms: generationNamed('0.8.2')!.mechanisms,
      settings: { acks: '1', 'retry.backoff.ms': 100, 'request.timeout.ms': 10_000, ...settings },
      bootstrap: [1],
    })
    this.start()
  }

  send(count = 1, key: string | null = null): void {
    for (let i = 0; i < count; i++) {
      const operationId = `p/${this.#sends++}`
      const record = { id: operationId, key, value: 'v', timestampMs: 0 }
      this.operation({ kind: 'send', operationId, topic: 't', partition: null, record })
    }
  }

  /** Answers the metadata request that is out; the connection that it needs takes a moment. */
  learn(leaders: readonly BrokerId[]): void {
    this.advanceMs(CONNECTS_MS)
    this.sent = this.sent.filter(({ message }) => message.type !== 'MetadataRequest' || message.topics?.length === 1)
    const { to, message } = this.take('MetadataRequest')
    this.answer(to, {
      type: 'MetadataResponse',
      correlationId: message.correlationId,
      brokers: [1, 2],
      controller: 1,
      partitions: Object.fromEntries(
        leaders.map((leader, i) => [
          `t-${i}`,
          { error: 'NONE' as const, leader, leaderEpoch: -1, replicas: [1, 2], isr: [1, 2] },
        ]),
      ),
      unknownTopics: [],
    })
    this.advanceMs(CONNECTS_MS)
  }

  produced(request: SentOf<'ProduceRequest'>, error: ErrorName = 'NONE'): void {
    const partitions = Object.fromEntries(
      Object.keys(request.message.partitions).map((name) => [name, { error, baseOffset: 7, logStartOffset: 0 }]),
    )
    const { correlationId } = request.message
    this.answer(request.to, { type: 'ProduceResponse', correlationId, partitions })
  }

  get told(): string[] {
    return this.factsOf('clientTold').map(({ operationId, outcome }) => `${operationId} ${outcome}`)
  }
}

const ASYNC = { 'producer.type': 'async', 'batch.num.messages': 3, 'queue.buffering.max.ms': 1000 }

test('a synchronous producer handles one record after another, and is told where it lies', () => {
  const p = new ScalaProducer()
  p.send(2)
  p.learn([1])
  const first = p.take('ProduceRequest')
  expect(Object.values(first.message.partitions).flat()).toHaveLength(1)
  expect(p.has('ProduceRequest')).toBe(false)
  p.produced(first)
  expect(p.factsOf('clientTold')).toMatchObject([{ operationId: 'p/0', outcome: 'acked', offset: 7, partition: 't-0' }])
  p.produced(p.take('ProduceRequest'))
  expect(p.told).toEqual(['p/0 acked', 'p/1 acked'])
})

test('with acks 0 what was written to the socket is done, and nobody knows of what', () => {
  const p = new ScalaProducer({ acks: '0' })
  p.send(2)
  p.learn([1])
  expect(p.sent.filter(({ message }) => message.type === 'ProduceRequest')).toHaveLength(2)
  expect(p.told).toEqual(['p/0 unknown', 'p/1 unknown'])
})

test('whatever fails is dispatched again after a back-off with new metadata, so often and not more', () => {
  const p = new ScalaProducer({ 'message.send.max.retries': 1 })
  p.send()
  p.learn([1])
  p.produced(p.take('ProduceRequest'), 'MESSAGE_TOO_LARGE')
  expect(p.has('ProduceRequest')).toBe(false)
  p.advanceMs(99)
  expect(p.has('MetadataRequest')).toBe(false)
  p.advanceMs(100)
  p.learn([2])
  const second = p.take('ProduceRequest')
  expect(second.to).toBe('broker-2')
  p.produced(second, 'MESSAGE_TOO_LARGE')
  p.advanceMs(1000)
  expect(p.factsOf('clientTold')).toMatchObject([{ outcome: 'unknown', exception: ['FailedToSendMessageException'] }])
  expect(p.has('ProduceRequest')).toBe(false)
})

test('a leader that nobody knows fails without a request, and the record was never sent', () => {
  const p = new ScalaProducer({ 'message.send.max.retries': 0 })
  p.send()
  p.learn([-1])
  expect(p.has('ProduceRequest')).toBe(false)
  expect(p.told).toEqual(['p/0 failed'])
})

test('an asynchronous producer sends a batch when it is full, or when its time is up', () => {
  const p = new ScalaProducer(ASYNC)
  p.send(3)
  p.learn([1])
  const full = p.take('ProduceRequest')
  expect(full.message.partitions['t-0']).toHaveLength(3)
  p.produced(full)
  p.send()
  p.advanceMs(900)
  expect(p.has('ProduceRequest')).toBe(false)
  p.advanceMs(200)
  expect(p.take('ProduceRequest').message.partitions['t-0']).toHaveLength(1)
})

test('an asynchronous application is told that its send has returned, and nothing later', () => {
  const p = new ScalaProducer({ ...ASYNC, 'message.send.max.retries': 0 })
  p.send(3)
  expect(p.told).toEqual(['p/0 unknown', 'p/1 unknown', 'p/2 unknown'])
  p.learn([-1])
  expect(p.factsOf('recordsGivenUp')).toMatchObject([{ count: 3 }])
  expect(p.told).toHaveLength(3)
})

/** The sending thread has three records in hand and waits for their answer; two more fill the queue. */
function full(patienceMs: number): ScalaProducer {
  const p = new ScalaProducer({ ...ASYNC, 'queue.buffering.max.messages': 2, 'queue.enqueue.timeout.ms': patienceMs })
  p.send(2)
  p.advanceMs(1001)
  p.learn([1])
  expect(p.has('ProduceRequest')).toBe(true)
  p.send(2)
  return p
}

test('queue.enqueue.timeout.ms 0: a send that finds no place is refused at once', () => {
  const p = full(0)
  p.send()
  expect(p.told.at(-1)).toBe('p/4 failed')
  expect(p.factsOf('clientTold').at(-1)).toMatchObject({ thrown: true, exception: ['QueueFullException'] })
})

test('queue.enqueue.timeout.ms above 0: the application waits so long for a place', () => {
  const p = full(300)
  p.send()
  p.advanceMs(299)
  expect(p.told).toHaveLength(4)
  p.advanceMs(1)
  expect(p.told.at(-1)).toBe('p/4 failed')
})

test('queue.enqueue.timeout.ms -1: the application waits until there is a place, and what it sends later with it', () => {
  const p = full(-1)
  p.send(2)
  p.advanceMs(5000)
  expect(p.told).toHaveLength(4)
  p.produced(p.take('ProduceRequest'))
  expect(p.told.slice(4)).toEqual(['p/4 unknown', 'p/5 unknown'])
})

test('records without keys stay on one partition until metadata is renewed; keys are hashed as Java does', () => {
  const p = new ScalaProducer({ 'topic.metadata.refresh.interval.ms': 1000 })
  const partitionsOf = (count: number): Set<string> => {
    const seen = new Set<string>()
    for (let i = 0; i < count; i++) {
      p.send()
      const request = p.take('ProduceRequest')
      seen.add(Object.keys(request.message.partitions).join())
      p.produced(request)
    }
    return seen
  }
  p.send()
  p.learn(Array.from({ length: 8 }, () => 1))
  const first = p.take('ProduceRequest')
  p.produced(first)
  expect(partitionsOf(20)).toEqual(new Set(Object.keys(first.message.partitions)))
  const later = new Set<string>()
  for (let round = 0; round < 12; round++) {
    p.advanceMs(1100)
    p.send()
    p.learn(Array.from({ length: 8 }, () => 1))
    const request = p.take('ProduceRequest')
    later.add(Object.keys(request.message.partitions).join())
    p.produced(request)
  }
  expect(later.size).toBeGreaterThan(2)
  p.send(1, 'k')
  // 'k'.hashCode() is 107.
  expect(Object.keys(p.take('ProduceRequest').message.partitions)).toEqual([`t-${107 % 8}`])
})
