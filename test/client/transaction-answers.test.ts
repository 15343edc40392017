import { describe, expect, test } from 'vitest'
import type { ErrorName } from '../../src/kafka/errors.ts'
import { type Asked, answerTo, call, LEADING, RECORD, Transactional } from './transactional.ts'

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
  ['another producer has its place, which its first answer does not tell apart from what it does not know (to 2.6)', 'InitProducerIdRequest', 'INVALID_PRODUCER_EPOCH', { '0.11': FATAL, '2.5': FATAL, '2.6': FATAL, '2.8': FATAL }],
  ['another producer has its place (KIP-588, 2.7)', 'EndTxnRequest', 'PRODUCER_FENCED', { '2.8': FATAL, '3.9': FATAL, '4.0': FATAL }],
  ['offsets did not get their acks in time', 'TxnOffsetCommitRequest', 'REQUEST_TIMED_OUT', { '2.4': LOOKS, '2.8': LOOKS, '3.9': LOOKS }],
  ['the group coordinator reads its log: to 2.0.0 nobody waits for it (KAFKA-7296)', 'TxnOffsetCommitRequest', 'COORDINATOR_LOAD_IN_PROGRESS', { '0.11': FATAL, '2.0.0': FATAL, '2.0.1': AGAIN, '2.4': AGAIN, '4.0': AGAIN }],
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

/** InitProducerIdHandler: to 2.6 an error that it does not know; KIP-588 (2.7) makes it the fenced producer's. */
test.each([
  ['2.4', ['KafkaException']],
  ['2.6', ['KafkaException']],
  ['2.8', ['ProducerFencedException']],
  ['4.0', ['ProducerFencedException']],
])('in %s a producer that is refused its epoch at the start ends with %s', (kafka, exception) => {
  const p = new Transactional(kafka)
  p.asks(call('initTransactions'))
  p.reactionTo('InitProducerIdRequest', 'INVALID_PRODUCER_EPOCH')
  expect(p.state.volatile!.transactions!.lastError).toEqual(exception)
})

/** TxnOffsetCommitHandler: to 2.6 the error is that of a fenced producer, from 3.6 on it is made that. */
test.each([
  ['2.4', ['ProducerFencedException']],
  ['2.6', ['ProducerFencedException']],
  ['2.7', ['InvalidProducerEpochException']],
  ['3.5', ['InvalidProducerEpochException']],
  ['3.5-kraft', ['InvalidProducerEpochException']],
  ['3.9', ['ProducerFencedException']],
  ['4.0', ['ProducerFencedException']],
])('in %s a producer whose offsets are refused for an old epoch ends with %s', (kafka, exception) => {
  const p = new Transactional(kafka)
  p.asks(...LEADING.TxnOffsetCommitRequest)
  expect(p.reactionTo('TxnOffsetCommitRequest', 'INVALID_PRODUCER_EPOCH')).toBe(FATAL)
  expect(p.state.volatile!.transactions!.lastError).toEqual(exception)
})

/** The leader of its partition refuses every connection, until the record is given up; everybody else answers. */
function expires(p: Transactional): void {
  for (let turn = 0; turn < 1500 && p.factsOf('clientTold').length === 0; turn++) {
    for (const { to, message } of p.sent.splice(0)) {
      const answer = answerTo(message)
      if (to === 'broker-2') p.disconnect(to, 'refused')
      else if (answer.type !== 'MetadataResponse') p.answer(to, answer)
      else {
        const partition = { error: 'NONE' as const, leader: 2, leaderEpoch: -1, replicas: [2], isr: [2] }
        p.answer(to, { ...answer, brokers: [1, 2], partitions: { 't-0': partition } })
      }
    }
    p.advanceMs(100)
  }
}

/** Sender.failBatch, TransactionManager.handleFailedBatch: a batch that was never sent fails its transaction like any other. */
test.each(['0.11', '1.1', '2.4', '2.8', '3.9', '4.0'])(
  'in %s a record that was never sent and has expired cannot be committed without',
  (kafka) => {
    const p = new Transactional(kafka)
    p.asks(call('initTransactions'), call('beginTransaction'), RECORD)
    expires(p)
    expect(p.factsOf('clientTold')).toMatchObject([{ outcome: 'failed', error: 'TimeoutError' }])
    const { status, lastError, epochBumpRequired } = p.state.volatile!.transactions!
    expect([status, lastError]).toEqual(['abortable-error', ['TimeoutException']])
    // KIP-360 (2.5): after the abort it goes on at the next epoch. KIP-890 (4.0): every end gives it one.
    expect(epochBumpRequired).toBe(['2.8', '3.9'].includes(kafka))
    p.asks(call('commitTransaction'))
    expect(p.completed['call-3']).toMatchObject({ error: ['KafkaException', 'TimeoutException'] })
    expect(p.has('EndTxnRequest')).toBe(false)
  },
)

test.each([
  ['2.8', 'in-transaction'],
  ['3.3', 'abortable-error'],
  ['4.0', 'abortable-error'],
])('in %s a record that is too large leaves its transaction %s (KAFKA-9279, 3.2)', (kafka, status) => {
  const p = new Transactional(kafka)
  p.refuseOne()
  expect(p.factsOf('clientTold')).toContainEqual(
    expect.objectContaining({ error: 'MESSAGE_TOO_LARGE', outcome: 'failed' }),
  )
  expect(p.state.volatile!.transactions!.status).toBe(status)
  p.asks(call('commitTransaction'))
  expect(p.settleBut('EndTxnRequest')).toBe(status === 'in-transaction')
})
