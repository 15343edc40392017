/** Who has a producer id: hand-made histories of appends, told by what a leader's log holds and who its producers are. */
import { expect, test } from 'vitest'
import type { RecordBatch } from '../../../src/kafka/records.ts'
import { enterSent } from '../../../src/world/ledger.ts'
import type { NodeSlot, World } from '../../../src/world/world.ts'
import { brokerState } from '../../../src/world/world.ts'
import { findings, happen, P, worldOf } from '../builders.ts'

const APPENDED = { kind: 'appended', partition: P, leaderEpoch: 0 } as const

/** Appends of broker 1, each a record of a producer under an id; `ids` is who each producer is by now. */
function twins(
  appends: readonly (readonly [client: string, producerId: number])[],
  ids: Readonly<Record<string, number>> = {},
  transactionalId = '',
) {
  const settings = transactionalId === '' ? {} : { 'transactional.id': transactionalId }
  const values = appends.map((_, index) => `m${index}`)
  const world: World = worldOf({
    producers: [{}, { settings }, { settings }],
    replicas: { 1: { log: values, role: 'leader' } },
  })
  const log = brokerState(world, 1)!.durable.logs[P]!
  log.batches = log.batches.map((batch, index): RecordBatch => {
    const [client, producerId] = appends[index]!
    const id = `${client}/${values[index]}`
    enterSent(world, { id, client, partition: P, value: values[index]!, key: null, sentAtUs: 0, acks: -1 })
    const producer = { id: producerId, epoch: 0, baseSequence: index, transactional: transactionalId !== '' }
    return { ...batch, records: [{ ...batch.records[0]!, id }], producer }
  })
  for (const [name, producerId] of Object.entries(ids)) {
    const state = { durable: null, volatile: { identity: { producerId } } }
    world.nodes[`producer-${name}`] = { kind: 'producer', state } as unknown as NodeSlot
  }
  const last = appends.length - 1
  const step = happen(world, ['broker-1', { ...APPENDED, baseOffset: last, endOffset: last + 1, as: 'leader' }])
  return findings(world, 'OneProducerPerEpoch', step).map(({ words }) => words)
}

test('producers that each have an id of their own are no twins, whatever ids they had before', () => {
  expect(twins([['p1', 1]], { p1: 1, p2: 2 })).toEqual([])
  expect(
    twins(
      [
        ['p1', 1],
        ['p2', 2],
        ['p1', 1],
      ],
      { p1: 1, p2: 2 },
    ),
  ).toEqual([])
  expect(
    twins(
      [
        ['p1', 1],
        ['p1', 5],
      ],
      { p1: 5, p2: 2 },
    ),
  ).toEqual([])
})

test('an id that another producer has, or has written under, is shared', () => {
  const words = ['the batch at offset 0 of orders-0 is of producer p1 as producer 1, which producer p2 is, too']
  expect(twins([['p1', 1]], { p1: 1, p2: 1 })).toEqual(words)
  // The other one has been given a new id since.
  expect(
    twins(
      [
        ['p2', 1],
        ['p1', 1],
      ],
      { p1: 1, p2: 2 },
    ),
  ).toEqual([words[0]!.replace('offset 0', 'offset 1')])
})

test('processes of one transactional id share its producer id, and nobody else does', () => {
  expect(
    twins(
      [
        ['p2', 1],
        ['p3', 1],
      ],
      { p2: 1, p3: 1 },
      'a',
    ),
  ).toEqual([])
  expect(
    twins(
      [
        ['p2', 1],
        ['p1', 1],
      ],
      { p1: 1 },
      'a',
    ),
  ).toEqual(['the batch at offset 1 of orders-0 is of producer p1 as producer 1, which transactional id a is, too'])
})
