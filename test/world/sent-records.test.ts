import { expect, test } from 'vitest'
import { emptyLedger, enterSent } from '../../src/world/ledger.ts'
import type { World } from '../../src/world/world.ts'

const record = {
  id: 'p1/0',
  client: 'p1',
  partition: 'orders-0',
  value: 'a',
  key: null,
  sentAtUs: 5,
  acks: -1,
}

test('a record that is sent keeps the transaction it was sent in, and has no such member without one', () => {
  const world = { ledger: emptyLedger() } as World
  enterSent(world, { ...record, transaction: 't1#0' })
  enterSent(world, { ...record, id: 'p1/1' })
  expect(world.ledger.sent['p1/0']).toMatchObject({ ...record, transaction: 't1#0', outcome: null, offset: -1 })
  expect(world.ledger.sent['p1/1']).not.toHaveProperty('transaction')
})
