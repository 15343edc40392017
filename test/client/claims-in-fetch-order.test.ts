import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fetchedLast, initialFetchOrder } from '../../src/client/consumer/group/fetch-order.ts'
import { newMembership, own } from '../../src/client/consumer/group/membership.ts'
import type { ConsumerConfig, ConsumerVolatile } from '../../src/client/consumer/state.ts'
import { simulate } from '../../src/driver/simulate.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import { comparePartitions } from '../../src/kafka/ids.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'

const names = (topic: string, numbers: readonly number[]) => numbers.map((number) => `${topic}-${number}`)

test('a new assignment is fetched in the order of a hash map, topic by topic', () => {
  // Made by java.util.HashSet and HashMap with the real TopicPartition.
  expect(initialFetchOrder(names('t', [0, 1, 2, 3]))).toEqual(names('t', [3, 2, 1, 0]))
  expect(initialFetchOrder([...names('orders', [0, 1, 2]), ...names('payments', [0, 1, 2])])).toEqual([
    ...names('orders', [0, 1, 2]),
    ...names('payments', [0, 2, 1]),
  ])
  const fourteen = Array.from({ length: 14 }, (_, number) => number)
  expect(initialFetchOrder(names('orders', fourteen))).toEqual(
    names('orders', [7, 8, 9, 10, 11, 12, 13, 0, 1, 2, 3, 4, 5, 6]),
  )
})

test('what records came from is fetched last', () => {
  const group = newMembership('g', null, 0)
  const config = { mechanisms: generationNamed('2.4')!.mechanisms } as ConsumerConfig
  own({ partitions: {} } as ConsumerVolatile, group, names('t', [0, 1, 2, 3]), config)
  const [first, ...others] = group.fetchOrder!
  fetchedLast(group, first!)
  expect(group.fetchOrder).toEqual([...others, first])
  expect(group.owned).toEqual(names('t', [0, 1, 2, 3]))
})

/** What members of a cooperative group say they own when they join again because a third one has come. */
function claimsIn(kafka: string): string[][] {
  const parsed = parseScenario(
    readFileSync(new URL('../../scenarios/groups/cooperative-rebalance.yaml', import.meta.url), 'utf8'),
    'a.yaml',
  )
  const compiled = parsed.ok ? compileScenario(parsed.scenario, { kafka, seed: '1' }) : parsed
  if (!compiled.ok) throw new Error('a scenario was refused')
  const claims: string[][] = []
  simulate(compiled.plan, {
    properties: [],
    digest: false,
    onEvent: (_, { event: { body } }) => {
      if (body.kind !== 'deliver' || body.message.type !== 'JoinGroupRequest') return
      const { owned } = body.message.protocols[0]!.subscription
      if (owned.length > 1) claims.push([...owned])
    },
  })
  return claims
}

const isSorted = (claim: readonly string[]): boolean => claim.join() === [...claim].sort(comparePartitions).join()

test('members claim as they fetch from 2.4 to 2.7, and sorted from 2.8 on', () => {
  for (const [kafka, sorted] of [
    ['2.4', false],
    ['2.7', false],
    ['2.8', true],
    ['3.9', true],
  ] as const) {
    const claims = claimsIn(kafka)
    expect(claims.length, kafka).toBeGreaterThan(1)
    expect(claims.every(isSorted), kafka).toBe(sorted)
  }
})
