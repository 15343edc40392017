import { expect, test } from 'vitest'
import { simulate } from '../../src/driver/simulate.ts'
import { brokerState } from '../../src/world/world.ts'
import { broker, planOf } from '../builders.ts'

test('a broker that is given another disk says what was on the old one, and has nothing', () => {
  const { world } = simulate(
    planOf({
      kafka: '2.4',
      producers: [{}],
      steps: [{ atUs: 6_000_000, do: [{ do: 'wipe', target: broker(2) }] }],
      runUs: 8_000_000,
    }),
  )
  const told = world.ledger.facts.flatMap(({ node, fact }) => (fact.kind === 'diskReplaced' ? [{ node, fact }] : []))
  expect(told).toMatchObject([{ node: 'broker-2', fact: { partition: 'orders-0', to: 0 } }])
  const { from, removed } = told[0]!.fact
  expect(from).toBeGreaterThan(0)
  expect(removed.map(({ offset }) => offset)).toEqual(Array.from({ length: from }, (_, offset) => offset))
  expect(brokerState(world, 2)!.durable.logs).toEqual({})
})
