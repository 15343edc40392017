import { expect, test } from 'vitest'
import { producerMachine } from '../../src/client/producer/producer.ts'
import type { ProducerConfig, ProducerState } from '../../src/client/producer/state.ts'
import type { ErrorName } from '../../src/kafka/errors.ts'
import type { Generation } from '../../src/kafka/generation/generation.ts'
import { KAFKA_0_11 } from '../../src/kafka/generation/kafka-0-11.ts'
import { KAFKA_1_1 } from '../../src/kafka/generation/kafka-1-1.ts'
import { Bench } from './bench.ts'

const REQUEST_TIMEOUT_MS = 1000
const BACKOFF_MS = 100

/** An idempotent producer with one request in flight, one record a batch, and one retry. */
class Idempotent extends Bench<ProducerState, ProducerConfig> {
  #sends = 0

  constructor(generation: Generation) {
    super(producerMachine, 'producer-p', {
      name: 'p',
      topic: 't',
      mechanisms: generation.mechanisms,
      settings: {
        acks: 'all',
        'batch.size': 1,
        'enable.idempotence': true,
        retries: 1,
        'retry.backoff.ms': BACKOFF_MS,
        'request.timeout.ms': REQUEST_TIMEOUT_MS,
        'max.in.flight.requests.per.connection': 1,
      },
      bootstrap: [1],
    })
    this.start()
    this.learn([])
    this.learn(['t-0'])
  }

  /** Answers a request for metadata: broker 1 leads these partitions. */
  learn(led: readonly string[]): void {
    const { to, message } = this.take('MetadataRequest')
    const partition = { error: 'NONE' as const, leader: 1, leaderEpoch: -1, replicas: [1, 2], isr: [1, 2] }
    this.answer(to, {
      type: 'MetadataResponse',
      correlationId: message.correlationId,
      brokers: [1],
      controller: 1,
      partitions: Object.fromEntries(led.map((name) => [name, partition])),
      unknownTopics: [],
    })
  }

  becomes(producerId: number): void {
    const { to, message } = this.take('InitProducerIdRequest')
    const { correlationId } = message
    this.answer(to, { type: 'InitProducerIdResponse', correlationId, error: 'NONE', producerId, producerEpoch: 0 })
  }

  send(): string {
    const id = `p/${this.#sends++}`
    const record = { id, key: null, value: 'v', timestampMs: 0 }
    this.operation({ kind: 'send', operationId: id, topic: 't', partition: 0, record })
    return id
  }

  /** Answers the request in flight; whose batch it was, and which sequence it had. */
  respond(error: ErrorName): readonly [producerId: number, baseSequence: number] {
    const { to, message } = this.take('ProduceRequest')
    const partitions = { 't-0': { error, baseOffset: -1, logStartOffset: 0 } }
    this.answer(to, { type: 'ProduceResponse', correlationId: message.correlationId, partitions })
    const { id, baseSequence } = message.producers!['t-0']!
    return [id, baseSequence]
  }
}

const sequenceAfterGivingUp = (generation: Generation): readonly [number, number] => {
  const p = new Idempotent(generation)
  const given = p.send()
  p.becomes(7)
  expect(p.respond('NOT_ENOUGH_REPLICAS_AFTER_APPEND')).toEqual([7, 0])
  p.advanceMs(BACKOFF_MS)
  expect(p.respond('NOT_ENOUGH_REPLICAS_AFTER_APPEND')).toEqual([7, 0])
  expect(p.completed[given]).toMatchObject({ error: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND' })
  p.send()
  return p.respond('NONE')
}

test('a batch that is given up leaves its sequence to the next one in 0.11, and keeps it from 1.0 on (KAFKA-5494)', () => {
  expect(sequenceAfterGivingUp(KAFKA_0_11)).toEqual([7, 0])
  expect(sequenceAfterGivingUp(KAFKA_1_1)).toEqual([7, 1])
})

test('a producer of 0.11 goes on as another one after a batch that expires in retry', () => {
  const p = new Idempotent(KAFKA_0_11)
  const given = p.send()
  p.becomes(7)
  p.take('ProduceRequest')
  p.disconnect('broker-1', 'reset')
  p.advanceMs(BACKOFF_MS + REQUEST_TIMEOUT_MS)
  expect(p.completed[given]).toMatchObject({ error: 'TimeoutError' })
  // Another connection, with its exchange of versions.
  for (let tries = 0; tries < 5 && !p.has('InitProducerIdRequest'); tries++) {
    while (p.has('MetadataRequest')) p.learn(['t-0'])
    p.advanceMs(BACKOFF_MS)
  }
  p.becomes(8)
  p.send()
  expect(p.respond('NONE')).toEqual([8, 0])
})
