import { expect, test } from 'vitest'
import { FACT_KINDS } from '../../src/scenario/fact-words.ts'
import { CONDITIONS } from '../../src/scenario/vocabulary/conditions.ts'
import { conditionOf } from './frame.ts'

const broker = (id: number) => ({ role: 'broker', id })
const partition = 'orders-0'
const none = { when: 'leader', partition, is: { role: 'none' } }

const CASES: readonly (readonly [yaml: string, condition: unknown])[] = [
  ['{ leader: orders-0, is: broker 2 }', { when: 'leader', partition, is: broker(2) }],
  ['{ leader: orders-0, is: none }', none],
  [
    '{ leader: orders-0, is: preferred(orders-0) }',
    { when: 'leader', partition, is: { role: 'preferred', partition } },
  ],
  ['{ leader: orders-0, is-not: broker 1 }', { when: 'leaderNot', partition, not: 1 }],
  ['{ leader: orders-0, is-not: none }', { when: 'not', of: none }],
  [
    '{ leader: orders-0, is-not: preferred(orders-0) }',
    {
      when: 'not',
      of: { when: 'any', of: [none, { when: 'leader', partition, is: { role: 'preferred', partition } }] },
    },
  ],
  [
    '{ epoch: orders-0, at-least: 2, at-most: 4 }',
    { when: 'leaderEpoch', partition, value: { atLeast: 2, atMost: 4 } },
  ],
  [
    '{ isr: orders-0, equals: [1, 2] }',
    { when: 'isr', partition, equals: [1, 2], contains: [], lacks: [], size: null },
  ],
  [
    '{ isr: orders-0, contains: broker 1, lacks: [broker 2, broker 3], size: { at-most: 2 } }',
    { when: 'isr', partition, equals: null, contains: [broker(1)], lacks: [broker(2), broker(3)], size: { atMost: 2 } },
  ],
  [
    '{ isr: orders-0, size: 3 }',
    { when: 'isr', partition, equals: null, contains: [], lacks: [], size: { equals: 3 } },
  ],
  [
    '{ high-watermark: orders-0, at-least: 5 }',
    { when: 'highWatermark', partition, replica: null, value: { atLeast: 5 } },
  ],
  [
    '{ high-watermark-checkpoint: orders-0, of: broker 3, equals: 5 }',
    { when: 'highWatermarkCheckpoint', partition, replica: broker(3), value: { equals: 5 } },
  ],
  [
    '{ log-end-offset: orders-0, of: broker 3, equals: 5 }',
    { when: 'logEndOffset', partition, replica: broker(3), value: { equals: 5 } },
  ],
  [
    '{ log-start-offset: orders-0, at-least: 1 }',
    { when: 'logStartOffset', partition, replica: null, value: { atLeast: 1 } },
  ],
  [
    '{ belief: broker 1, about: orders-0, role: leader, leader: broker 1, epoch: 3, isr: [1, 2] }',
    {
      when: 'believes',
      broker: broker(1),
      partition,
      leader: 1,
      leaderEpoch: { equals: 3 },
      isr: [1, 2],
      role: 'leader',
    },
  ],
  [
    '{ belief: controller, about: orders-0, leader: none }',
    {
      when: 'believes',
      broker: { role: 'controller' },
      partition,
      leader: -1,
      leaderEpoch: null,
      isr: null,
      role: null,
    },
  ],
  ['{ session: broker 1, is: alive }', { when: 'session', broker: broker(1), alive: true }],
  ['{ session: broker 1, is: gone }', { when: 'session', broker: broker(1), alive: false }],
  ['{ registration: broker 1, is: present }', { when: 'registered', broker: broker(1), registered: true }],
  ['{ registration: broker 1, is: gone }', { when: 'registered', broker: broker(1), registered: false }],
  ['{ process: broker 1, is: paused }', { when: 'process', broker: broker(1), state: 'paused' }],
  ['{ controller: broker 2 }', { when: 'controller', is: broker(2), epoch: null }],
  ['{ controller: none }', { when: 'controller', is: { role: 'none' }, epoch: null }],
  ['{ controller: any, epoch: { at-least: 2 } }', { when: 'controller', is: null, epoch: { atLeast: 2 } }],
  ['{ acked: p1, at-least: 5 }', { when: 'acked', client: 'p1', count: { atLeast: 5 } }],
  ['{ failed: all, at-least: 5 }', { when: 'failed', client: null, count: { atLeast: 5 } }],
  ['{ sent: p1, equals: 5 }', { when: 'sent', client: 'p1', count: { equals: 5 } }],
  [
    '{ position: c1, partition: orders-0, at-least: 5 }',
    { when: 'position', client: 'c1', partition, value: { atLeast: 5 } },
  ],
  ['{ fact: truncated }', { when: 'fact', kind: 'truncated', broker: null, partition: null, since: 'start', count: 1 }],
  [
    '{ fact: truncated, by: broker 1, partition: orders-0, since: previous, count: 2 }',
    { when: 'fact', kind: 'truncated', broker: broker(1), partition, since: 'previous', count: 2 },
  ],
  [
    '{ written: orders-0, leader: broker 2, epoch: 3, isr: [3, 2], any-order: true, version: 7 }',
    { when: 'stateWritten', partition, leader: 2, leaderEpoch: 3, isr: [3, 2], isrAnyOrder: true, version: 7 },
  ],
  [
    '{ written: orders-0, leader: none }',
    { when: 'stateWritten', partition, leader: -1, leaderEpoch: null, isr: null, isrAnyOrder: false, version: null },
  ],
  [
    '{ transaction: billing, state: PrepareCommit }',
    { when: 'transaction', transactionalId: 'billing', status: 'PrepareCommit' },
  ],
  ['{ converged: all }', { when: 'converged', partition: null }],
  ['{ converged: orders-0 }', { when: 'converged', partition }],
  [
    '{ all: [{ controller: none }, { any: [{ not: { leader: orders-0, is: none } }] }] }',
    {
      when: 'all',
      of: [
        { when: 'controller', is: { role: 'none' }, epoch: null },
        { when: 'any', of: [{ when: 'not', of: none }] },
      ],
    },
  ],
]

for (const [yaml, condition] of CASES) {
  test(`${yaml} compiles to what it says`, () => {
    expect(conditionOf(yaml)).toEqual(condition)
  })
}

const REQUEST = 'do: { request: metadata, to: broker 1, as: stale read }'

test('a condition looks at a group as its coordinator has it', () => {
  expect(conditionOf('{ group: billing, state: Stable, generation: 2, members: 3 }')).toMatchObject({
    when: 'group',
    group: 'billing',
  })
})

test('a condition waits for the answer to a request by its name', () => {
  expect(conditionOf('{ answered: stale read }', REQUEST)).toEqual({ when: 'answered', label: 'stale read' })
  expect(conditionOf('{ answered: stale read, gives: NONE }', REQUEST)).toEqual({
    when: 'answered',
    label: 'stale read',
    gives: 'NONE',
  })
})

for (const { name, example } of CONDITIONS) {
  test(`the example of ${name} is valid and starts with its name`, () => {
    expect(example.startsWith(`{ ${name}: `)).toBe(true)
    expect(conditionOf(example, REQUEST)).not.toBeNull()
  })
}

test('every condition has a case of its own here', () => {
  const tested = [...CASES.map(([yaml]) => /^\{ ([a-z-]+):/.exec(yaml)![1]), 'answered', 'group']
  expect(CONDITIONS.map((it) => it.name).filter((name) => !tested.includes(name))).toEqual(['any', 'not'])
})

test('every kind of fact can be waited for', () => {
  for (const kind of FACT_KINDS) expect(conditionOf(`{ fact: ${kind} }`)).toMatchObject({ kind })
})

test('a broker that a step makes a replica may come to lead', () => {
  expect(conditionOf('{ leader: orders-0, is: broker 4 }', 'do: { reassign: { orders-0: [4, 1, 2] } }')).toMatchObject({
    is: broker(4),
  })
})
