/** What a leader lets into its log while it asks the coordinator about a transaction (KIP-890). */
import { describe, expect, test } from 'vitest'
import { T0 } from './broker-harness.ts'
import { VerifyingLeader } from './verification-harness.ts'

describe('two batches of a transaction in flight', () => {
  test('both asked about, the second comes in by the transaction that the first has opened', () => {
    const leader = new VerifyingLeader('3.9')
    const [first, second] = [leader.send(0), leader.send(1)]
    leader.coordinatorSays(0, 'NONE')
    leader.coordinatorSays(1, 'NONE')
    expect([leader.errorOf(first), leader.errorOf(second)]).toEqual(['NONE', 'NONE'])
    const third = leader.send(2)
    expect([leader.questions.length, leader.errorOf(third)]).toEqual([2, 'NONE'])
  })

  test('the second does not overtake the first, which is to be tried again (KAFKA-14920)', () => {
    const leader = new VerifyingLeader('3.9')
    const [first, second] = [leader.send(0), leader.send(1)]
    leader.coordinatorSays(0, 'CONCURRENT_TRANSACTIONS')
    leader.coordinatorSays(1, 'NONE')
    expect([leader.errorOf(first), leader.errorOf(second)]).toEqual([
      'NOT_ENOUGH_REPLICAS',
      'OUT_OF_ORDER_SEQUENCE_NUMBER',
    ])
    const [again, after] = [leader.send(0), leader.send(1)]
    leader.coordinatorSays(2, 'NONE')
    leader.coordinatorSays(3, 'NONE')
    expect([leader.errorOf(again), leader.errorOf(after)]).toEqual(['NONE', 'NONE'])
  })

  test('the lowest sequence is that of the highest epoch that asked', () => {
    const leader = new VerifyingLeader('3.9')
    leader.send(0, 0)
    const later = leader.send(5, 1)
    leader.coordinatorSays(1, 'NONE')
    expect(leader.errorOf(later)).toBe('NONE')
  })

  test('a marker ends what was asked about', () => {
    const leader = new VerifyingLeader('3.9')
    const late = leader.send(0)
    leader.receive('broker-2', {
      type: 'WriteTxnMarkersRequest',
      correlationId: 50,
      markers: [{ producerId: 7, producerEpoch: 0, coordinatorEpoch: 0, result: 'ABORT', partitions: [T0] }],
    })
    leader.coordinatorSays(0, 'NONE')
    expect(leader.errorOf(late)).toBe('TRANSACTION_ABORTABLE')
  })
})

test.each([
  ['3.6', 'NETWORK_EXCEPTION'],
  ['3.7', 'NOT_ENOUGH_REPLICAS'],
] as const)('a coordinator that is lost before it has answered: %s says %s', (kafka, error) => {
  const leader = new VerifyingLeader(kafka)
  const batch = leader.send(0)
  leader.coordinatorIsLost()
  expect(leader.errorOf(batch)).toBe(error)
})

test.each([
  [true, 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
  [false, 'NONE'],
] as const)(
  'a first batch with another sequence than 0, where it must begin there: %s',
  (transactionsBeginAtZero, error) => {
    const leader = new VerifyingLeader('3.9', { transactionsBeginAtZero })
    const batch = leader.send(2)
    leader.coordinatorSays(0, 'NONE')
    expect(leader.errorOf(batch)).toBe(error)
  },
)
