import { describe, expect, test } from 'vitest'
import { producerMachine } from '../../src/client/producer/producer.ts'
import type { ProducerConfig, ProducerState } from '../../src/client/producer/state.ts'
import type { ClientCall } from '../../src/kafka/calls.ts'
import { resolveSettings } from '../../src/kafka/config.ts'
import type { ErrorName } from '../../src/kafka/errors.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import type { KafkaMessage } from '../../src/kafka/messages/message.ts'
import { Bench } from './bench.ts'

const BACKOFF_MS = 100

type Asked =
  | 'InitProducerIdRequest'
  | 'AddPartitionsToTxnRequest'
  | 'AddOffsetsToTxnRequest'
  | 'TxnOffsetCommitRequest'
  | 'EndTxnRequest'

const call = (name: 'initTransactions' | 'beginTransaction' | 'commitTransaction'): ClientCall => ({ call: name })
const RECORD = { call: 'send', topic: 't', partition: 0, key: null, value: 'v', waits: false } as const
const OFFSETS = {
  call: 'sendOffsetsToTransaction',
  offsets: { 'in-0': 5 },
  group: 'g',
  metadataOf: null,
  member: null,
} as const

/** What a request of the producer is answered. */
function answerTo(message: KafkaMessage, error: ErrorName = 'NONE'): KafkaMessage {
  const { correlationId } = message as { readonly correlationId: number }
  const ids = error === 'NONE' ? { producerId: 7, producerEpoch: 0 } : { producerId: -1, producerEpoch: -1 }
  switch (message.type) {
    case 'MetadataRequest': {
      const partition = { error: 'NONE' as const, leader: 1, leaderEpoch: -1, replicas: [1], isr: [1] }
      const found = { brokers: [1], controller: 1, partitions: { 't-0': partition }, unknownTopics: [] }
      return { type: 'MetadataResponse', correlationId, ...found }
    }
    case 'FindCoordinatorRequest':
      return { type: 'FindCoordinatorResponse', correlationId, error, coordinator: 1 }
    case 'InitProducerIdRequest':
      return { type: 'InitProducerIdResponse', correlationId, error, ...ids }
    case 'ProduceRequest':
      return {
        type: 'ProduceResponse',
        correlationId,
        partitions: { 't-0': { error, baseOffset: 0, logStartOffset: 0 } },
      }
    case 'AddPartitionsToTxnRequest':
      return { type: 'AddPartitionsToTxnResponse', correlationId, partitions: { 't-0': error } }
    case 'AddOffsetsToTxnRequest':
      return { type: 'AddOffsetsToTxnResponse', correlationId, error }
    case 'TxnOffsetCommitRequest':
      return { type: 'TxnOffsetCommitResponse', correlationId, partitions: { 'in-0': error } }
    case 'EndTxnRequest':
      return { type: 'EndTxnResponse', correlationId, error, ...ids }
    default:
      throw new Error(`nobody answers a ${message.type}`)
  }
}

/** A transactional producer that is given everything it asks for, until it asks what the test is about. */
class Transactional extends Bench<ProducerState, ProducerConfig> {
  #calls = 0

  constructor(kafka: string) {
    const { name, mechanisms } = generationNamed(kafka)!
    const settings = resolveSettings('producer', name, {
      acks: 'all',
      'transactional.id': 'a',
      'enable.idempotence': true,
      'retry.backoff.ms': BACKOFF_MS,
    })
    super(producerMachine, 'producer-p', { name: 'p', topic: 't', mechanisms, settings, bootstrap: [1] })
    this.start()
  }

  asks(...calls: readonly ClientCall[]): void {
    for (const each of calls) {
      this.operation({ kind: 'call', operationId: `call-${this.#calls++}`, call: each })
    }
  }

  /** Answers whatever is asked but that; false: it is not asked. */
  settleBut(asked: Asked): boolean {
    for (let turn = 0; turn < 100; turn++) {
      if (this.has(asked)) return true
      const next = this.sent.shift()
      if (next === undefined) this.advanceMs(10)
      else this.answer(next.to, answerTo(next.message))
    }
    return false
  }

  /** What it does about an error: asks again, of another coordinator perhaps, or gives up the transaction or itself. */
  reactionTo(asked: Asked, error: ErrorName): string {
    expect(this.settleBut(asked)).toBe(true)
    const { to, message } = this.take(asked)
    this.sent = []
    this.answer(to, answerTo(message, error))
    const { status } = this.state.volatile!.transactions!
    if (status === 'abortable-error') return 'the transaction can only be aborted'
    if (status === 'fatal-error') return 'nothing more succeeds'
    this.advanceMs(BACKOFF_MS)
    if (this.has('FindCoordinatorRequest')) return 'looks for its coordinator'
    return this.has(asked) ? 'asks again' : 'goes on'
  }
}

/** The calls that lead to a request. */
const LEADING: Readonly<Record<Asked, readonly ClientCall[]>> = {
  InitProducerIdRequest: [call('initTransactions')],
  AddPartitionsToTxnRequest: [call('initTransactions'), call('beginTransaction'), RECORD],
  AddOffsetsToTxnRequest: [call('initTransactions'), call('beginTransaction'), OFFSETS],
  TxnOffsetCommitRequest: [call('initTransactions'), call('beginTransaction'), OFFSETS],
  EndTxnRequest: [call('initTransactions'), call('beginTransaction'), RECORD, call('commitTransaction')],
}

const AGAIN = 'asks again'
const LOOKS = 'looks for its coordinator'
const ABORTS = 'the transaction can only be aborted'
const FATAL = 'nothing more succeeds'

/** Rules of the handlers of clients' TransactionManager, and what they make of each error in a release. */
// biome-ignore format: a table reads better with one row a line.
const ROWS: readonly (readonly [rule: string, Asked, ErrorName, Readonly<Record<string, string>>])[] = [
  ['the coordinator has moved', 'InitProducerIdRequest', 'NOT_COORDINATOR', { '0.11': LOOKS, '2.4': LOOKS, '4.0': LOOKS }],
  ['the transaction before is being completed', 'InitProducerIdRequest', 'CONCURRENT_TRANSACTIONS', { '0.11': AGAIN, '2.8': AGAIN, '4.0': AGAIN }],
  ['the coordinator reads its log', 'EndTxnRequest', 'COORDINATOR_LOAD_IN_PROGRESS', { '1.1': AGAIN, '3.9': AGAIN }],
  ['another producer has its place', 'AddPartitionsToTxnRequest', 'INVALID_PRODUCER_EPOCH', { '0.11': FATAL, '2.4': FATAL, '2.8': FATAL }],
  ['another producer has its place (KIP-588, 2.7)', 'EndTxnRequest', 'PRODUCER_FENCED', { '2.8': FATAL, '3.9': FATAL, '4.0': FATAL }],
  ['offsets did not get their acks in time', 'TxnOffsetCommitRequest', 'REQUEST_TIMED_OUT', { '2.4': LOOKS, '2.8': LOOKS, '3.9': LOOKS }],
  ['the group coordinator has moved', 'TxnOffsetCommitRequest', 'COORDINATOR_NOT_AVAILABLE', { '2.4': LOOKS, '4.0': LOOKS }],
  ['the member is not in its group any more (KIP-447, 2.5)', 'TxnOffsetCommitRequest', 'UNKNOWN_MEMBER_ID', { '2.5': ABORTS, '3.9': ABORTS, '4.0': ABORTS }],
  ['the generation is over (KIP-447, 2.5)', 'TxnOffsetCommitRequest', 'ILLEGAL_GENERATION', { '2.5': ABORTS, '3.9': ABORTS, '4.0': ABORTS }],
  ['another member has its instance id (KIP-447, 2.5)', 'TxnOffsetCommitRequest', 'FENCED_INSTANCE_ID', { '2.5': ABORTS, '4.0': ABORTS }],
  ['its id was forgotten: an epoch bump recovers (KIP-360, 2.5), from 4.0 on nothing does (KAFKA-18019)', 'EndTxnRequest', 'INVALID_PRODUCER_ID_MAPPING', { '2.4': FATAL, '2.8': ABORTS, '3.9': ABORTS, '4.0': FATAL }],
  ['the transaction is in another state', 'EndTxnRequest', 'INVALID_TXN_STATE', { '0.11': FATAL, '3.9': FATAL, '4.0': FATAL }],
]

describe.each(ROWS)('%s: %s is answered %s', (_, asked, error, becomes) => {
  test.each(Object.entries(becomes))('in %s: %s', (kafka, expected) => {
    const p = new Transactional(kafka)
    p.asks(...LEADING[asked])
    expect(p.reactionTo(asked, error)).toBe(expected)
  })
})
