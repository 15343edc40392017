import { describe, expect, test } from 'vitest'
import { producerMachine } from '../../src/client/producer/producer.ts'
import type { ProducerConfig, ProducerState } from '../../src/client/producer/state.ts'
import { resolveSettings } from '../../src/kafka/config.ts'
import type { ErrorName } from '../../src/kafka/errors.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import type { SentOf } from './bench.ts'
import { Bench } from './bench.ts'

const BACKOFF_MS = 100
const DELIVERY_MS = 5_000

/** An idempotent producer of one partition, one record a batch; ids are 7, 8 and so on. */
class Idempotent extends Bench<ProducerState, ProducerConfig> {
  #sends = 0
  #nextId = 7

  constructor(kafka: string) {
    const { name, mechanisms } = generationNamed(kafka)!
    const settings = resolveSettings('producer', name, {
      acks: 'all',
      'batch.size': 1,
      'enable.idempotence': true,
      retries: 1_000,
      'retry.backoff.ms': BACKOFF_MS,
      'request.timeout.ms': 1_000,
      'max.in.flight.requests.per.connection': kafka === '0.11' ? 1 : 5,
    })
    const limited = 'delivery.timeout.ms' in settings ? { ...settings, 'delivery.timeout.ms': DELIVERY_MS } : settings
    super(producerMachine, 'producer-p', { name: 'p', topic: 't', mechanisms, settings: limited, bootstrap: [1] })
    this.start()
    this.settle()
  }

  /** Everything but records gets its answer. */
  settle(): void {
    while (this.has('MetadataRequest') || this.has('InitProducerIdRequest')) {
      if (this.has('MetadataRequest')) this.#tellMetadata()
      else this.#giveId()
    }
  }

  #tellMetadata(): void {
    const { to, message } = this.take('MetadataRequest')
    const partition = { error: 'NONE' as const, leader: 1, leaderEpoch: -1, replicas: [1, 2], isr: [1, 2] }
    const { correlationId, topics } = message
    const partitions = topics === null || topics.includes('t') ? { 't-0': partition } : {}
    const found = { brokers: [1], controller: 1, partitions, unknownTopics: [] }
    this.answer(to, { type: 'MetadataResponse', correlationId, ...found })
  }

  #giveId(): void {
    const { to, message } = this.take('InitProducerIdRequest')
    const given = { error: 'NONE' as const, producerId: this.#nextId++, producerEpoch: 0 }
    this.answer(to, { type: 'InitProducerIdResponse', correlationId: message.correlationId, ...given })
  }

  send(): string {
    const id = `p/${this.#sends++}`
    const record = { id, key: null, value: 'v', timestampMs: 0 }
    this.operation({ kind: 'send', operationId: id, topic: 't', partition: 0, record })
    this.settle()
    return id
  }

  produced(): SentOf<'ProduceRequest'> {
    return this.take('ProduceRequest')
  }

  respond({ to, message }: SentOf<'ProduceRequest'>, error: ErrorName, logStartOffset = 0): void {
    const partitions = { 't-0': { error, baseOffset: error === 'NONE' ? 0 : -1, logStartOffset } }
    this.answer(to, { type: 'ProduceResponse', correlationId: message.correlationId, partitions })
    this.settle()
  }

  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 50) {
      this.advanceMs(Math.min(50, left))
      this.settle()
    }
  }

  /** With one record acknowledged at offset 0. */
  static atWork(kafka: string): Idempotent {
    const it = new Idempotent(kafka)
    it.send()
    it.respond(it.produced(), 'NONE')
    return it
  }

  /** Under which id, epoch and sequence a request sends its batch. */
  static stampOf({ message }: SentOf<'ProduceRequest'>): string {
    const { id, epoch, baseSequence } = message.producers!['t-0']!
    return `id ${id} epoch ${epoch} sequence ${baseSequence}`
  }

  /** What became of a record: that it was sent again, or how it ended and as whom the producer goes on. */
  fateOf(operation: string): string {
    this.pass(BACKOFF_MS)
    const outcome = this.completed[operation] as { readonly error: string } | undefined
    if (outcome === undefined) return `again: ${Idempotent.stampOf(this.produced())}`
    if (outcome.error === 'NONE') return 'done'
    const next = this.send()
    this.pass(BACKOFF_MS)
    const ended = this.completed[next] as { readonly error: string } | undefined
    if (!this.has('ProduceRequest')) return `${outcome.error}, then nothing: ${ended?.error}`
    return `${outcome.error}, then ${Idempotent.stampOf(this.produced())}`
  }
}

type Version = '0.11' | '1.1' | '2.0.0' | '2.4' | '2.5' | '2.6' | '2.8' | '3.9'

interface Row {
  /** What the second batch, at sequence 1, is answered. */
  readonly error: ErrorName
  /** Of the answer; the record before is at offset 0. */
  readonly logStartOffset?: number
  readonly rule: string
  readonly becomes: Readonly<Partial<Record<Version, string>>>
}

const AS_ANOTHER = 'id 8 epoch 0 sequence 0'
const AT_NEXT_EPOCH = 'again: id 7 epoch 1 sequence 0'
const AS_IT_WAS = 'again: id 7 epoch 0 sequence 1'

const same = <Outcome>(versions: readonly Version[], outcome: Outcome): Partial<Record<Version, Outcome>> =>
  Object.fromEntries(versions.map((version) => [version, outcome]))

const TO_2_4 = ['1.1', '2.0.0', '2.4'] as const
const FROM_2_5 = ['2.8', '3.9'] as const
const ALL = ['0.11', ...TO_2_4, ...FROM_2_5] as const

const ROWS: readonly Row[] = [
  {
    error: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
    rule: 'a gap before the very next batch means that records are lost: another id (KIP-98), the next epoch from 2.5 on (KIP-360)',
    becomes: {
      ...same(['0.11', ...TO_2_4], `OUT_OF_ORDER_SEQUENCE_NUMBER, then ${AS_ANOTHER}`),
      ...same(FROM_2_5, AT_NEXT_EPOCH),
    },
  },
  {
    error: 'UNKNOWN_PRODUCER_ID',
    logStartOffset: 1,
    rule: 'what the log has forgotten was deleted with the records: from 0 again (KAFKA-5793, 1.0), at the next epoch from 2.5 on (KIP-360)',
    becomes: { ...same(TO_2_4, 'again: id 7 epoch 0 sequence 0'), ...same(FROM_2_5, AT_NEXT_EPOCH) },
  },
  {
    error: 'UNKNOWN_PRODUCER_ID',
    logStartOffset: 0,
    rule: 'records are there and their producer is not known: records are lost (KAFKA-5793, 1.0); from 2.5 on the next epoch all the same (KIP-360)',
    becomes: {
      ...same(TO_2_4, `UNKNOWN_PRODUCER_ID, then ${AS_ANOTHER}`),
      ...same(FROM_2_5, AT_NEXT_EPOCH),
    },
  },
  {
    error: 'UNKNOWN_PRODUCER_ID',
    logStartOffset: -1,
    rule: 'without the start of the log nothing can be told: once more (KAFKA-5793, 1.0)',
    becomes: same([...TO_2_4, ...FROM_2_5], AS_IT_WAS),
  },
  {
    error: 'INVALID_PRODUCER_EPOCH',
    rule: 'to 2.6 it takes itself for fenced, for good (KIP-98); from 2.7 on the batch fails, and the next one goes out at the next epoch (KIP-588)',
    becomes: {
      ...same(['0.11', ...TO_2_4, '2.5', '2.6'], 'INVALID_PRODUCER_EPOCH, then nothing: INVALID_PRODUCER_EPOCH'),
      ...same(FROM_2_5, 'INVALID_PRODUCER_EPOCH, then id 7 epoch 1 sequence 0'),
    },
  },
  {
    error: 'DUPLICATE_SEQUENCE_NUMBER',
    rule: 'it is in the log, further back than the log remembers offsets of (KIP-98)',
    becomes: same(ALL, 'done'),
  },
  {
    error: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
    rule: 'whatever is sent again keeps its sequence, so that the log knows it (KIP-98)',
    becomes: same(ALL, AS_IT_WAS),
  },
  {
    error: 'REQUEST_TIMED_OUT',
    rule: 'whatever is sent again keeps its sequence, so that the log knows it (KIP-98)',
    becomes: same(ALL, AS_IT_WAS),
  },
]

describe.each(ROWS)('$error with the log from $logStartOffset on: $rule', ({ error, logStartOffset, becomes }) => {
  test.each(Object.entries(becomes))('in %s', (kafka, expected) => {
    const p = Idempotent.atWork(kafka)
    const operation = p.send()
    p.respond(p.produced(), error, logStartOffset)
    expect(p.fateOf(operation)).toBe(expected)
  })
})

test.each([...TO_2_4, ...FROM_2_5])('a gap behind a batch that is under way may close: once more, in %s', (kafka) => {
  const p = Idempotent.atWork(kafka)
  p.send()
  const second = p.send()
  p.produced()
  p.respond(p.produced(), 'OUT_OF_ORDER_SEQUENCE_NUMBER')
  p.pass(BACKOFF_MS)
  expect(p.completed[second]).toBeUndefined()
  // It waits for the one before it.
  expect(p.has('ProduceRequest')).toBe(false)
})

/** KIP-91 (2.1) and KAFKA-5494: of a batch that expires after it was sent nobody knows whether the log has it. */
test.each([
  ['2.4', AS_ANOTHER],
  ['2.8', 'id 7 epoch 1 sequence 0'],
  ['3.9', 'id 7 epoch 1 sequence 0'],
])('in %s a batch that was sent and expires leaves the producer to go on with %s', (kafka, expected) => {
  const p = Idempotent.atWork(kafka)
  const operation = p.send()
  while (p.completed[operation] === undefined) {
    if (p.has('ProduceRequest')) p.respond(p.produced(), 'NOT_ENOUGH_REPLICAS_AFTER_APPEND')
    p.pass(BACKOFF_MS)
  }
  expect(p.nowMs).toBeGreaterThanOrEqual(DELIVERY_MS)
  expect(p.completed[operation]).toMatchObject({ error: 'TimeoutError' })
  // The request that was on its way.
  p.produced()
  p.send()
  p.pass(BACKOFF_MS)
  expect(Idempotent.stampOf(p.produced())).toBe(expected)
})

test.each(['2.4', '2.6'])(
  'in %s a producer that takes itself for fenced gives up what waits and what is on its way',
  (kafka) => {
    const p = Idempotent.atWork(kafka)
    const [refused, sent, waits] = [p.send(), p.send(), p.send()]
    const asked = p.produced()
    p.respond(asked, 'INVALID_PRODUCER_EPOCH')
    expect([refused, sent, waits].map((id) => p.completed[id])).toMatchObject([
      { outcome: 'failed', error: 'INVALID_PRODUCER_EPOCH' },
      { outcome: 'unknown', error: 'INVALID_PRODUCER_EPOCH' },
      { outcome: 'unknown', error: 'INVALID_PRODUCER_EPOCH' },
    ])
    // The answer to what was on its way comes to nobody.
    p.respond(p.produced(), 'NONE')
    p.pass(1000)
    expect(p.sent.filter(({ message }) => message.type === 'InitProducerIdRequest')).toEqual([])
  },
)
