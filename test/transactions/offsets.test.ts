import { expect, test } from 'vitest'
import type { ClientCall } from '../../src/kafka/calls.ts'
import { brokerState } from '../../src/world/world.ts'
import { runStory, type StoryResult, sendTo } from './harness.ts'

const offsets = (offset: number): ClientCall => ({
  call: 'sendOffsetsToTransaction',
  offsets: { 't-0': offset },
  group: 'g',
  metadataOf: null,
  member: null,
})

/** The committed offset as the coordinator of the group would answer it; null: none. */
function committed({ world }: StoryResult): number | null {
  for (const id of [1, 2, 3]) {
    const group = brokerState(world, id)?.volatile?.coordination?.partitions['__consumer_offsets-0']?.groups.g
    if (group !== undefined) return group.offsets['t-0']?.committed.offset ?? null
  }
  return null
}

/** The first transaction is begun, at 5 s. */
const BEGUN: Parameters<typeof runStory>[0]['steps'] = [
  { at: 3000, start: 'p' },
  { at: 3500, of: 'p', call: { call: 'initTransactions' }, label: 'init' },
  { at: 5000, of: 'p', call: { call: 'beginTransaction' }, label: 'begin' },
]

const upTo = (end: ClientCall | null, more: readonly { at: number; do: [] }[] = []) =>
  runStory({
    clients: [{ name: 'p', settings: { 'transactional.id': 'a' } }],
    steps: [
      ...BEGUN,
      { at: 5100, of: 'p', call: sendTo('u', 'x'), label: 's1' },
      { at: 5200, of: 'p', call: offsets(10), label: 'offsets' },
      ...(end === null ? [] : [{ at: 7000, of: 'p', call: end, label: 'end' }]),
      ...more,
    ],
    runMs: 9000,
  })

test('offsets of a transaction are not committed before it is', () => {
  const run = upTo(null)
  expect(run.gave('offsets')).toBe('NONE')
  expect(committed(run)).toBeNull()
})

test('they are committed with it, and the offsets topic has the marker', () => {
  const run = upTo({ call: 'commitTransaction' })
  expect(run.gave('end')).toBe('NONE')
  expect(committed(run)).toBe(10)
  expect(run.log(1, '__consumer_offsets-0').at(-1)).toBe('COMMIT 0')
})

test('and thrown away with it', () => {
  const run = upTo({ call: 'abortTransaction' })
  expect(run.gave('end')).toBe('NONE')
  expect(committed(run)).toBeNull()
})

test('a new coordinator reads both from its log', () => {
  for (const [end, offset] of [
    ['commitTransaction', 10],
    ['abortTransaction', null],
  ] as const) {
    const run = runStory({
      clients: [{ name: 'p', settings: { 'transactional.id': 'a' } }],
      steps: [
        ...BEGUN,
        { at: 5200, of: 'p', call: offsets(10), label: 'offsets' },
        { at: 7000, of: 'p', call: { call: end }, label: 'end' },
        { at: 8000, do: [{ do: 'crash', target: { role: 'leader', partition: '__consumer_offsets-0' } }] },
      ],
      runMs: 40_000,
    })
    expect(run.gave('end')).toBe('NONE')
    expect(committed(run)).toBe(offset)
  }
})

test('those of the next transaction, asked for before its markers are written, leave them alone (KIP-890, 4.0)', () => {
  const run = runStory({
    kafka: '4.1',
    clients: [{ name: 'p', settings: { 'transactional.id': 'a' } }],
    steps: [
      ...BEGUN,
      { at: 5200, of: 'p', call: offsets(10), label: 'offsets' },
      { at: 7000, of: 'p', call: { call: 'commitTransaction' }, label: 'commit' },
      { at: 7000, of: 'p', call: { call: 'beginTransaction' }, label: 'begin2' },
      { at: 7000, of: 'p', call: offsets(20), label: 'offsets2' },
      { at: 8000, of: 'p', call: { call: 'abortTransaction' }, label: 'abort' },
    ],
    runMs: 10_000,
  })
  expect(['commit', 'offsets2', 'abort'].map(run.gave)).toEqual(['NONE', 'NONE', 'NONE'])
  expect(committed(run)).toBe(10)
})
