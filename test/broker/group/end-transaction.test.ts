/** What a coordinator tells a producer that wants to end its transaction, and what it looks at first (TransactionCoordinator.endTransaction). */
import { expect, test } from 'vitest'
import { generationNamed } from '../../../src/kafka/generation/table.ts'
import { EPOCH, type Given, PRODUCER, told } from './transaction-harness.ts'

interface Asked {
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly committed?: boolean
}

/** The error of an EndTxn, of the version that clients of that generation send. */
function ended(kafka: string, given: Given, asked: Asked = {}): string | undefined {
  const bumps = generationNamed(kafka)!.mechanisms.transactionsBumpEpoch ? { bumpsEpoch: true } : {}
  const answer = told(kafka, given, { type: 'EndTxnRequest', committed: true, ...asked, ...bumps } as const)
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
    const other = { producerId: PRODUCER + 1 }
    for (const kafka of ['0.11', '2.6', '3.9', '4.0']) {
      expect(ended(kafka, given), kafka).toBe('CONCURRENT_TRANSACTIONS')
      expect(ended(kafka, given, other), kafka).toBe(
        kafka === '4.0' ? 'CONCURRENT_TRANSACTIONS' : 'INVALID_PRODUCER_ID_MAPPING',
      )
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
