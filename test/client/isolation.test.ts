import { expect, test } from 'vitest'
import { transactionFilter } from '../../src/client/consumer/isolation.ts'
import type { ConsumerConfig } from '../../src/client/consumer/state.ts'
import type { FetchedPartition } from '../../src/kafka/messages/data.ts'
import type { RecordBatch } from '../../src/kafka/records.ts'

const config = (level: string): ConsumerConfig =>
  ({ settings: { 'isolation.level': level } }) as unknown as ConsumerConfig

const batch = (baseOffset: number, id: number, control?: 'COMMIT' | 'ABORT', transactional = true): RecordBatch => ({
  baseOffset,
  leaderEpoch: 0,
  records: [{ id: `r/${baseOffset}`, key: null, value: null, timestampMs: 0 }],
  producer: { id, epoch: 0, baseSequence: 0, transactional },
  ...(control === undefined ? {} : { control: { type: control, coordinatorEpoch: 0 } }),
})

const plain: RecordBatch = { baseOffset: 9, leaderEpoch: 0, records: [] }

function seen(level: string, batches: readonly RecordBatch[], aborted: readonly [number, number][]): number[] {
  const told = {
    abortedTransactions: aborted.map(([producerId, firstOffset]) => ({ producerId, firstOffset })),
  } as unknown as FetchedPartition
  const isUnseen = transactionFilter(told, config(level))
  return batches.filter((each) => !isUnseen(each)).map(({ baseOffset }) => baseOffset)
}

const LOG = [batch(0, 1), batch(1, 2), batch(2, 2, 'COMMIT'), batch(3, 1, 'ABORT'), batch(4, 1), batch(5, 1, 'COMMIT')]

test('read_uncommitted hides markers and nothing else', () => {
  expect(seen('read_uncommitted', LOG, [])).toEqual([0, 1, 4])
})

test('read_committed leaves out an aborted transaction up to its marker, and what follows comes', () => {
  expect(seen('read_committed', LOG, [[1, 0]])).toEqual([1, 4])
})

test('a transaction that begins later than the list says is not taken for aborted before', () => {
  expect(seen('read_committed', LOG, [[1, 4]])).toEqual([0, 1])
})

test('records outside transactions of the same producer, and of nobody, are handed out', () => {
  expect(seen('read_committed', [batch(0, 1, undefined, false), plain], [[1, 0]])).toEqual([0, 9])
})
