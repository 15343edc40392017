import { describe, expect, test } from 'vitest'
import type { ClientHistory } from '../../src/check/history/history.ts'
import { historyOf } from '../../src/check/history/history.ts'
import {
  abortedTransactionReads,
  informationCycles,
  intermediateReads,
  writeCycles,
} from '../../src/check/history/transaction-anomalies.ts'
import { simulate } from '../../src/driver/simulate.ts'
import type { MutantName } from '../../src/kafka/mutants.ts'
import { runStory, type Story, sendTo, storyPlan } from './harness.ts'

const tx = (id: string) => ({ 'transactional.id': id })
const reader = {
  name: 'rc',
  kind: 'consumer',
  settings: { 'isolation.level': 'read_committed', 'auto.offset.reset': 'earliest' },
} as const

const begin = (name: string, at: number) =>
  [
    { at, start: name },
    { at: at + 500, of: name, call: { call: 'initTransactions' }, label: `${name} init` },
    { at: at + 2000, of: name, call: { call: 'beginTransaction' }, label: `${name} begin` },
  ] as const

/** One commits, one aborts, a third is replaced and goes on. */
const STORY: Story = {
  clients: [
    { name: 'p', settings: tx('a') },
    { name: 'z', settings: tx('b') },
    { name: 'y', settings: tx('b') },
    reader,
  ],
  steps: [
    ...begin('p', 3000),
    { at: 5100, of: 'p', call: sendTo('t', 'a1'), label: 's1' },
    { at: 5200, of: 'p', call: sendTo('u', 'a2'), label: 's2' },
    { at: 6500, of: 'p', call: { call: 'commitTransaction' }, label: 'commit' },
    { at: 7000, of: 'p', call: { call: 'beginTransaction' }, label: 'begin2' },
    { at: 7100, of: 'p', call: sendTo('t', 'b1'), label: 's3' },
    { at: 8500, of: 'p', call: { call: 'abortTransaction' }, label: 'abort' },
    ...begin('z', 9000),
    { at: 11_100, of: 'z', call: sendTo('t', 'c1'), label: 's4' },
    { at: 12_000, start: 'y' },
    { at: 12_500, of: 'y', call: { call: 'initTransactions' }, label: 'y init' },
    { at: 14_500, of: 'z', call: sendTo('u', 'c2', false), label: 's5' },
    { at: 15_500, of: 'z', call: { call: 'commitTransaction' }, label: 'z commit' },
  ],
  runMs: 18_000,
}

const broken = (mutants: readonly MutantName[]): string[] => {
  const { violations } = simulate(storyPlan({ ...STORY, mutants }))
  return [...new Set(violations.map(({ property }) => property))]
}

describe('the properties of transactions', () => {
  test('hold in a story with a commit, an abort and a zombie', () => {
    expect(broken([])).toEqual([])
  })

  test.each([
    ['last-stable-offset-is-high-watermark', 'ReadCommittedSeesOnlyCommitted'],
    ['aborted-transactions-not-told', 'ReadCommittedSeesOnlyCommitted'],
    ['aborted-transactions-not-told', 'NoAbortedTransactionReads'],
    ['marker-lost', 'TransactionsAtomic'],
    ['marker-lost', 'TransactionsEnd'],
    ['producer-epoch-not-bumped', 'OneProducerPerEpoch'],
    ['markers-before-prepare-is-written', 'MarkersFollowDecision'],
    ['partition-not-added', 'TransactionsEnd'],
    ['producer-not-fenced', 'OneProducerPerEpoch'],
  ] as const)('%s breaks %s', (mutant, property) => {
    expect(broken([mutant])).toContain(property)
  })
})

test('a history knows the transactions of its clients and what they were told', () => {
  const { transactions } = historyOf(runStory(STORY).world)
  expect(transactions?.map(({ name, told, records }) => [name, told, records.length])).toEqual([
    ['p/0', 'committed', 2],
    ['p/1', 'aborted', 1],
    ['z/0', null, 2],
  ])
})

const send = (id: string, partition: string, offset: number) => ({
  id,
  client: 'p',
  partition,
  acks: -1,
  outcome: 'acked' as const,
  offset,
  answeredAtUs: 1,
})
const polled = (partition: string, ...records: readonly (readonly [string, number])[]) => ({
  client: 'rc',
  partition,
  records: records.map(([id, offset]) => ({ id, offset, atUs: 1, moved: false })),
  readCommitted: true,
})
const history = (given: Partial<ClientHistory>): ClientHistory => ({ sends: [], polls: [], endUs: 9, ...given })

test('G1a: a record of an aborted transaction was read', () => {
  const transactions = [{ name: 'p/0', told: 'aborted' as const, records: ['a'] }]
  expect(abortedTransactionReads(history({ transactions, polls: [polled('t-0', ['a', 0])] }))).toHaveLength(1)
  expect(abortedTransactionReads(history({ transactions, polls: [polled('t-0', ['b', 0])] }))).toEqual([])
})

test('G1b: a reader that went past a transaction has only a part of it', () => {
  const transactions = [{ name: 'p/0', told: 'committed' as const, records: ['a', 'b'] }]
  const sends = [send('a', 't-0', 0), send('b', 't-0', 1), send('c', 't-0', 2)]
  const part = polled('t-0', ['a', 0], ['c', 2])
  const whole = polled('t-0', ['a', 0], ['b', 1], ['c', 2])
  expect(intermediateReads(history({ transactions, sends, polls: [part] }))).toHaveLength(1)
  expect(intermediateReads(history({ transactions, sends, polls: [whole] }))).toEqual([])
  const twice = { ...part, records: part.records.map((record) => ({ ...record, moved: true })) }
  expect(intermediateReads(history({ transactions, sends, polls: [twice] }))).toEqual([])
})

test('G0: two transactions write in one order here and in the other there', () => {
  const transactions = [
    { name: 'p/0', told: 'committed' as const, records: ['a', 'b'] },
    { name: 'q/0', told: 'committed' as const, records: ['c', 'd'] },
  ]
  const crossed = [send('a', 't-0', 0), send('c', 't-0', 1), send('d', 'u-0', 0), send('b', 'u-0', 1)]
  const alike = [send('a', 't-0', 0), send('c', 't-0', 1), send('b', 'u-0', 0), send('d', 'u-0', 1)]
  expect(writeCycles(history({ transactions, sends: crossed }))).toHaveLength(1)
  expect(writeCycles(history({ transactions, sends: alike }))).toEqual([])
})

describe('G1c: what was made of its own records comes back to a transaction', () => {
  /** p reads what q wrote last and writes a; q reads a and writes b. */
  const circle = (q: 'committed' | 'aborted' | null) => [
    { name: 'p/0', told: 'committed' as const, records: ['a'], reads: ['b'] },
    { name: 'q/0', told: q, records: ['b'], reads: ['a'] },
  ]
  const sends = [send('a', 't-0', 0), send('b', 'u-0', 0)]

  test('two committed transactions that each read the other', () => {
    expect(informationCycles(history({ transactions: circle('committed'), sends }))).toHaveLength(1)
  })

  test('one that was aborted, or whose end is not known, closes no circle', () => {
    expect(informationCycles(history({ transactions: circle('aborted'), sends }))).toEqual([])
    expect(informationCycles(history({ transactions: circle(null), sends }))).toEqual([])
  })

  test('a circle of three, and a chain of three', () => {
    const of = (last: string) => [
      { name: 'p/0', told: 'committed' as const, records: ['a'], reads: [last] },
      { name: 'q/0', told: 'committed' as const, records: ['b'], reads: ['a'] },
      { name: 'r/0', told: 'committed' as const, records: ['c'], reads: ['b'] },
    ]
    expect(informationCycles(history({ transactions: of('c') }))).toHaveLength(1)
    expect(informationCycles(history({ transactions: of('x') }))).toEqual([])
  })

  test('who wrote first in a partition is no flow of information', () => {
    const transactions = [
      { name: 'p/0', told: 'committed' as const, records: ['a', 'c'], reads: ['x'] },
      { name: 'q/0', told: 'committed' as const, records: ['b'], reads: ['a'] },
    ]
    const order = [send('a', 't-0', 0), send('b', 't-0', 1), send('c', 't-0', 2)]
    expect(informationCycles(history({ transactions, sends: order }))).toEqual([])
  })

  test('a transaction that reads its own record', () => {
    const transactions = [{ name: 'p/0', told: 'committed' as const, records: ['a'], reads: ['a'] }]
    expect(informationCycles(history({ transactions, sends }))).toEqual([])
  })
})
