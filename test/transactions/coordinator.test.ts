import { describe, expect, test } from 'vitest'
import { runStory, sendTo } from './harness.ts'

const tx = (id: string, more = {}) => ({ 'transactional.id': id, ...more })

const reader = {
  name: 'rc',
  kind: 'consumer',
  settings: { 'isolation.level': 'read_committed', 'auto.offset.reset': 'earliest' },
} as const
const anyReader = { name: 'ru', kind: 'consumer', settings: { 'auto.offset.reset': 'earliest' } } as const

const opening = (name: string, at = 3000) =>
  [
    { at, start: name },
    { at: at + 500, of: name, call: { call: 'initTransactions' }, label: `${name} init` },
    { at: at + 2000, of: name, call: { call: 'beginTransaction' }, label: `${name} begin` },
  ] as const

describe('a transaction', () => {
  const story = (kafka: string) =>
    runStory({
      kafka,
      clients: [{ name: 'p', settings: tx('a') }, reader, anyReader],
      steps: [
        ...opening('p'),
        { at: 5100, of: 'p', call: sendTo('t', 'a1'), label: 's1' },
        { at: 5200, of: 'p', call: sendTo('u', 'a2'), label: 's2' },
        { at: 5500, of: 'p', call: { call: 'commitTransaction' }, label: 'commit' },
        { at: 6000, of: 'p', call: { call: 'beginTransaction' }, label: 'begin2' },
        { at: 6100, of: 'p', call: sendTo('t', 'b1'), label: 's3' },
        { at: 6500, of: 'p', call: { call: 'abortTransaction' }, label: 'abort' },
      ],
      runMs: 9000,
    })

  test.each(['0.11', '1.1', '2.4', '2.8', '3.5', '3.9', '3.5-kraft', '3.9-kraft', '4.0'])(
    'is read whole when committed and not at all when aborted (%s)',
    (kafka) => {
      const { gave, log, polled, facts, world } = story(kafka)
      for (const label of ['p init', 'p begin', 's1', 's2', 'commit', 'begin2', 's3', 'abort']) {
        expect([label, gave(label)]).toEqual([label, 'NONE'])
      }
      const epochs = kafka === '4.0' ? [1, 2] : [0, 0]
      expect(log(1, 't-0')).toEqual(['a1', `COMMIT ${epochs[0]}`, 'b1', `ABORT ${epochs[1]}`])
      expect(log(2, 'u-0')).toEqual(['a2', `COMMIT ${epochs[0]}`])
      expect(polled('rc', 't-0')).toEqual(['a1'])
      expect(polled('rc', 'u-0')).toEqual(['a2'])
      expect(polled('ru', 't-0')).toEqual(['a1', 'b1'])
      expect(facts('transactionState').map(({ to }) => to)).toEqual([
        'Empty',
        'Ongoing',
        'Ongoing',
        'PrepareCommit',
        'CompleteCommit',
        'Ongoing',
        'PrepareAbort',
        'CompleteAbort',
      ])
      expect(world.notReached).toBeNull()
    },
  )
})

test('a successor aborts what its predecessor left open, at the next epoch, and begins at the one after', () => {
  const { gave, log, facts } = runStory({
    clients: [{ name: 'p', settings: tx('a') }, { name: 'q', settings: tx('a') }, reader],
    steps: [
      ...opening('p'),
      { at: 5100, of: 'p', call: sendTo('t', 'd1'), label: 's1' },
      { at: 6000, start: 'q' },
      { at: 6500, of: 'q', call: { call: 'initTransactions' }, label: 'q init' },
      { at: 8000, of: 'p', call: sendTo('t', 'd2'), label: 's2' },
      { at: 8100, of: 'p', call: { call: 'commitTransaction' }, label: 'commit' },
      { at: 8200, of: 'p', call: { call: 'abortTransaction' }, label: 'abort' },
    ],
    runMs: 10_000,
  })
  expect(gave('q init')).toBe('NONE')
  expect(facts('transactionState').map(({ to, producerEpoch }) => `${to} ${producerEpoch}`)).toEqual([
    'Empty 0',
    'Ongoing 0',
    'PrepareAbort 1',
    'CompleteAbort 1',
    'Empty 2',
  ])
  expect(log(1, 't-0')).toEqual(['d1', 'ABORT 1'])
  expect(gave('commit')).toEqual(['ProducerFencedException'])
  expect(gave('abort')).toEqual(['ProducerFencedException'])
})

test('a transaction that takes too long is aborted at the next epoch', () => {
  const { facts, gave, log } = runStory({
    kafka: '2.8',
    clients: [{ name: 'p', settings: tx('a', { 'transaction.timeout.ms': 3000 }) }],
    steps: [
      ...opening('p'),
      { at: 5100, of: 'p', call: sendTo('t', 'c1'), label: 's1' },
      { at: 11_000, of: 'p', call: sendTo('t', 'c2'), label: 's2' },
      { at: 11_500, of: 'p', call: { call: 'commitTransaction' }, label: 'commit' },
      { at: 11_600, of: 'p', call: { call: 'abortTransaction' }, label: 'abort' },
      { at: 11_900, of: 'p', call: { call: 'beginTransaction' }, label: 'again' },
    ],
    runMs: 13_000,
  })
  expect(facts('transactionState').map(({ to, producerEpoch }) => `${to} ${producerEpoch}`)).toEqual([
    'Empty 0',
    'Ongoing 0',
    'PrepareAbort 1',
    'CompleteAbort 1',
  ])
  expect(log(1, 't-0')).toEqual(['c1', 'ABORT 1'])
  expect(gave('commit')).toEqual(['InvalidProducerEpochException'])
  expect(gave('abort')).toEqual(['ProducerFencedException'])
  expect(gave('again')).toEqual(['ProducerFencedException'])
})

describe('with an epoch a transaction (KIP-890, 4.0)', () => {
  const states = (facts: ReturnType<typeof runStory>['facts']) =>
    facts('transactionState').map(({ to, producerEpoch }) => `${to} ${producerEpoch}`)

  test('a producer that was replaced before it had sent anything cannot abort its way to the epoch of its successor', () => {
    const { gave, facts } = runStory({
      kafka: '4.1',
      clients: [
        { name: 'p', settings: tx('a') },
        { name: 'q', settings: tx('a') },
      ],
      steps: [
        ...opening('p'),
        { at: 6000, start: 'q' },
        { at: 6500, of: 'q', call: { call: 'initTransactions' }, label: 'q init' },
        { at: 8000, of: 'p', call: sendTo('t', 'd1'), label: 's1' },
        { at: 8500, of: 'p', call: { call: 'abortTransaction' }, label: 'abort' },
      ],
      runMs: 10_000,
    })
    expect(gave('q init')).toBe('NONE')
    expect(gave('abort')).toEqual(['ProducerFencedException'])
    expect(states(facts)).toEqual(['Empty 0', 'Empty 1'])
  })

  test('a producer whose transaction took too long is given the next epoch when it aborts, and goes on', () => {
    const { gave, facts, log } = runStory({
      kafka: '4.1',
      clients: [{ name: 'p', settings: tx('a', { 'transaction.timeout.ms': 3000 }) }],
      steps: [
        ...opening('p'),
        { at: 5100, of: 'p', call: sendTo('t', 'c1'), label: 's1' },
        { at: 11_000, of: 'p', call: sendTo('t', 'c2'), label: 's2' },
        { at: 11_500, of: 'p', call: { call: 'abortTransaction' }, label: 'abort' },
        { at: 11_800, of: 'p', call: { call: 'beginTransaction' }, label: 'again' },
        { at: 11_900, of: 'p', call: sendTo('t', 'c3'), label: 's3' },
        { at: 12_200, of: 'p', call: { call: 'commitTransaction' }, label: 'commit' },
      ],
      runMs: 13_500,
    })
    for (const label of ['abort', 'again', 'commit']) expect([label, gave(label)]).toEqual([label, 'NONE'])
    // No InitProducerId in between: the end of a transaction tells the epoch.
    expect(states(facts)).toEqual([
      'Empty 0',
      'Ongoing 0',
      'PrepareAbort 1',
      'CompleteAbort 1',
      'Ongoing 1',
      'PrepareCommit 2',
      'CompleteCommit 2',
    ])
    expect(log(1, 't-0')).toEqual(['c1', 'ABORT 1', 'c3', 'COMMIT 2'])
  })
})

describe('a producer whose transactional id was forgotten meanwhile', () => {
  const story = (kafka: string) =>
    runStory({
      kafka,
      settings: {
        'transactional.id.expiration.ms': 3_000,
        'transaction.remove.expired.transaction.cleanup.interval.ms': 1_000,
      },
      clients: [{ name: 'p', settings: tx('a') }],
      steps: [
        ...opening('p'),
        { at: 5100, of: 'p', call: sendTo('t', 'a1'), label: 's1' },
        { at: 5500, of: 'p', call: { call: 'commitTransaction' }, label: 'commit' },
        { at: 12_000, of: 'p', call: { call: 'beginTransaction' }, label: 'begin2' },
        { at: 12_100, of: 'p', call: sendTo('t', 'a2'), label: 's2' },
        { at: 13_000, of: 'p', call: { call: 'abortTransaction' }, label: 'abort' },
        { at: 14_000, of: 'p', call: { call: 'beginTransaction' }, label: 'begin3' },
      ],
      runMs: 16_000,
    })

  test.each(['2.8', '3.9'])('goes on under a new id after an abort, in %s (KIP-360)', (kafka) => {
    const { gave } = story(kafka)
    expect([gave('abort'), gave('begin3')]).toEqual(['NONE', 'NONE'])
  })

  test('does not go on from 4.0: another one may have had its place (KAFKA-18019)', () => {
    const { gave } = story('4.0')
    const fatal = ['KafkaException', 'InvalidPidMappingException']
    expect([gave('abort'), gave('begin3')]).toEqual([fatal, fatal])
  })
})
