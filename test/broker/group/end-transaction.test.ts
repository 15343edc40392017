/** What a coordinator tells a producer that wants to end its transaction, and what it looks at first (TransactionCoordinator.endTransaction). */
import { expect, test } from 'vitest'
import type { TransactionalId, TransactionStatus } from '../../../src/broker/coordinator/transactions/transaction.ts'
import { Coordinator, TRANSACTIONS } from './group-harness.ts'

const PRODUCER = 7
const EPOCH = 5

interface Given {
  readonly status: TransactionStatus
  /** The state that is being written. */
  readonly pending?: TransactionStatus
}

interface Asked {
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly committed?: boolean
}

/** The error of an EndTxn, of the version that clients of that generation send. */
function ended(kafka: string, { status, pending }: Given, asked: Asked = {}): string | undefined {
  const c = new Coordinator(kafka, { 'transaction.state.log.num.partitions': 1 })
  c.lead(0, 1, TRANSACTIONS)
  c.broker.wait(20)
  const id: TransactionalId = {
    transactionalId: 'shop',
    metadata: {
      producerId: PRODUCER,
      producerEpoch: EPOCH,
      lastProducerEpoch: -1,
      timeoutMs: 60_000,
      status,
      partitions: ['t-0'],
      startMs: 0,
      lastUpdateMs: 0,
      nextProducerId: -1,
      bumpsEpoch: false,
    },
    pending: pending ?? null,
    hasFailedEpochFence: false,
    unmarked: null,
  }
  c.broker.state.volatile!.coordination!.partitions[TRANSACTIONS]!.transactions = { shop: id }
  const bumps = c.broker.config.mechanisms.transactionsBumpEpoch ? { bumpsEpoch: true } : {}
  const request = {
    type: 'EndTxnRequest',
    transactionalId: 'shop',
    producerId: PRODUCER,
    producerEpoch: EPOCH,
    committed: true,
  }
  const answer = c.answer(c.ask({ ...request, ...asked, ...bumps }))
  return answer?.type === 'EndTxnResponse' ? answer.error : undefined
}

const MOVING: readonly Given[] = [
  { status: 'Ongoing', pending: 'PrepareCommit' },
  { status: 'PrepareCommit', pending: 'CompleteCommit' },
  { status: 'PrepareAbort', pending: 'CompleteAbort' },
]

test.each(MOVING)(
  'while $status becomes $pending: from 4.0 on that is told before the epoch is looked at (KAFKA-18464)',
  (given) => {
    const older = { producerEpoch: EPOCH - 1, committed: false }
    expect(ended('0.11', given, older)).toBe('INVALID_PRODUCER_EPOCH')
    expect(ended('2.6', given, older)).toBe('INVALID_PRODUCER_EPOCH')
    expect(ended('3.9', given, older)).toBe('PRODUCER_FENCED')
    expect(ended('4.0', given, older)).toBe('CONCURRENT_TRANSACTIONS')
    expect(ended('4.1', given, older)).toBe('CONCURRENT_TRANSACTIONS')
    for (const kafka of ['0.11', '2.6', '3.9', '4.0']) {
      expect(ended(kafka, given), kafka).toBe('CONCURRENT_TRANSACTIONS')
      // Whose id it is comes before everything.
      expect(ended(kafka, given, { producerId: PRODUCER + 1 }), kafka).toBe('INVALID_PRODUCER_ID_MAPPING')
    }
  },
)

test('with nothing under way an older epoch is fenced in all versions, but for the end that led to the present one (4.0)', () => {
  const older = { producerEpoch: EPOCH - 1 }
  expect(ended('2.6', { status: 'Ongoing' }, older)).toBe('INVALID_PRODUCER_EPOCH')
  expect(ended('3.9', { status: 'Ongoing' }, older)).toBe('PRODUCER_FENCED')
  expect(ended('4.0', { status: 'Ongoing' }, older)).toBe('PRODUCER_FENCED')
  expect(ended('4.0', { status: 'Empty' }, older)).toBe('PRODUCER_FENCED')
  expect(ended('3.9', { status: 'CompleteCommit' }, older)).toBe('PRODUCER_FENCED')
  expect(ended('4.0', { status: 'CompleteCommit' }, older)).toBe('NONE')
  expect(ended('4.0', { status: 'CompleteCommit' }, { ...older, committed: false })).toBe('INVALID_TXN_STATE')
  expect(ended('4.0', { status: 'CompleteAbort' }, older)).toBe('INVALID_TXN_STATE')
})

test('what has ended can be ended once more, up to 3.9 at the same epoch', () => {
  expect(ended('2.6', { status: 'CompleteCommit' })).toBe('NONE')
  expect(ended('3.9', { status: 'CompleteAbort' }, { committed: false })).toBe('NONE')
  expect(ended('3.9', { status: 'CompleteAbort' })).toBe('INVALID_TXN_STATE')
  // The epoch is the next transaction's now, which has nothing to commit.
  expect(ended('4.0', { status: 'CompleteCommit' })).toBe('INVALID_TXN_STATE')
})

test('to 2.4 an epoch above the present one passes, from 2.5 on it does not (KIP-360)', () => {
  const newer = { producerEpoch: EPOCH + 1 }
  const given: Given = { status: 'CompleteCommit' }
  expect(ended('2.4', given, newer)).toBe('NONE')
  expect(ended('2.5', given, newer)).toBe('INVALID_PRODUCER_EPOCH')
  expect(ended('3.9', given, newer)).toBe('PRODUCER_FENCED')
})
