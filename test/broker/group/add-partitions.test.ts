/** What a coordinator tells whoever adds a partition to a transaction, or asks whether it is in it (KIP-890). */
import { expect, test } from 'vitest'
import { EPOCH, type Given, PRODUCER, told } from './transaction-harness.ts'

interface Asked {
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly verifyOnly?: true
}

function added(kafka: string, given: Given, partition: string, asked: Asked = {}): string | undefined {
  const answer = told(kafka, given, { type: 'AddPartitionsToTxnRequest', partitions: [partition], ...asked } as const)
  return answer?.type === 'AddPartitionsToTxnResponse' ? answer.partitions[partition] : undefined
}

const WRITING: Given = { status: 'Ongoing', pending: 'PrepareCommit' }

test.each([{ producerId: PRODUCER + 1 }, { producerEpoch: EPOCH - 1 }])(
  'a transition that is under way is told before it is looked at who asks, from 4.0 on: %j',
  (stranger) => {
    const refused = 'producerId' in stranger ? 'INVALID_PRODUCER_ID_MAPPING' : 'PRODUCER_FENCED'
    expect(added('3.9', WRITING, 't-0', stranger)).toBe(refused)
    expect(added('4.0', WRITING, 't-0', stranger)).toBe('CONCURRENT_TRANSACTIONS')
    expect(added('4.0', { status: 'Ongoing' }, 't-0', stranger)).toBe(refused)
    for (const kafka of ['3.9', '4.0']) expect(added(kafka, WRITING, 't-0')).toBe('CONCURRENT_TRANSACTIONS')
  },
)

test('a leader that asks is told of what is written, not of what is being written (KAFKA-14904)', () => {
  const verified = (given: Given, partition: string): string | undefined =>
    added('3.9', given, partition, { verifyOnly: true })
  expect(verified(WRITING, 't-0')).toBe('NONE')
  expect(verified(WRITING, 't-1')).toBe('TRANSACTION_ABORTABLE')
  expect(verified({ status: 'PrepareCommit', pending: 'CompleteCommit' }, 't-0')).toBe('CONCURRENT_TRANSACTIONS')
  expect(verified({ status: 'CompleteCommit' }, 't-1')).toBe('TRANSACTION_ABORTABLE')
})
