/** A transactional producer by itself, and what its coordinators answer. */
import { expect } from 'vitest'
import { producerMachine } from '../../src/client/producer/producer.ts'
import type { ProducerConfig, ProducerState } from '../../src/client/producer/state.ts'
import type { ClientCall } from '../../src/kafka/calls.ts'
import { resolveSettings } from '../../src/kafka/config.ts'
import type { ErrorName } from '../../src/kafka/errors.ts'
import type { Mechanisms } from '../../src/kafka/generation/mechanisms.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import type { KafkaMessage } from '../../src/kafka/messages/message.ts'
import { Bench } from './bench.ts'

const BACKOFF_MS = 100

export type Asked =
  | 'InitProducerIdRequest'
  | 'AddPartitionsToTxnRequest'
  | 'AddOffsetsToTxnRequest'
  | 'TxnOffsetCommitRequest'
  | 'EndTxnRequest'

export const call = (name: 'initTransactions' | 'beginTransaction' | 'commitTransaction'): ClientCall => ({
  call: name,
})
export const RECORD = { call: 'send', topic: 't', partition: 0, key: null, value: 'v', waits: false } as const
const OFFSETS = {
  call: 'sendOffsetsToTransaction',
  offsets: { 'in-0': 5 },
  group: 'g',
  metadataOf: null,
  member: null,
} as const

/** What a request of the producer is answered. */
export function answerTo(message: KafkaMessage, error: ErrorName = 'NONE'): KafkaMessage {
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
export class Transactional extends Bench<ProducerState, ProducerConfig> {
  #calls = 0

  constructor(kafka: string, flipped: Partial<Mechanisms> = {}) {
    const { name, mechanisms } = generationNamed(kafka)!
    const settings = resolveSettings('producer', name, {
      acks: 'all',
      'transactional.id': 'a',
      'enable.idempotence': true,
      'retry.backoff.ms': BACKOFF_MS,
    })
    super(producerMachine, 'producer-p', {
      name: 'p',
      topic: 't',
      mechanisms: { ...mechanisms, ...flipped },
      settings,
      bootstrap: [1],
    })
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

  /** A transaction with one record, and one that is too large. */
  refuseOne(): void {
    this.asks({ call: 'initTransactions' }, { call: 'beginTransaction' }, RECORD, {
      ...RECORD,
      value: 'v'.repeat(2_000_000),
    })
    this.settleBut('EndTxnRequest')
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
export const LEADING: Readonly<Record<Asked, readonly ClientCall[]>> = {
  InitProducerIdRequest: [call('initTransactions')],
  AddPartitionsToTxnRequest: [call('initTransactions'), call('beginTransaction'), RECORD],
  AddOffsetsToTxnRequest: [call('initTransactions'), call('beginTransaction'), OFFSETS],
  TxnOffsetCommitRequest: [call('initTransactions'), call('beginTransaction'), OFFSETS],
  EndTxnRequest: [call('initTransactions'), call('beginTransaction'), RECORD, call('commitTransaction')],
}
