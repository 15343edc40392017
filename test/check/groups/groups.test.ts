import { expect, test } from 'vitest'
import { COMMITTED_OFFSETS_KEPT } from '../../../src/check/groups/committed-offsets-kept.ts'
import { NO_STALE_COMMITS } from '../../../src/check/groups/no-stale-commits.ts'
import { ONE_OWNER_PER_GENERATION } from '../../../src/check/groups/one-owner-per-generation.ts'
import type { Property } from '../../../src/check/property.ts'
import type { Fact } from '../../../src/kafka/facts.ts'
import { generationNamed } from '../../../src/kafka/generation/table.ts'
import { brokerState } from '../../../src/world/world.ts'
import { happen, P, worldOf, writeState } from '../builders.ts'

const judged = (property: Property, fact: Fact): number => {
  const step = { facts: [{ atUs: 1, event: 1, node: 'broker-1', fact }] }
  const found = property.check(worldOf(), step as never)
  return found === null ? 0 : [found].flat().length
}

const stable = (assignments: Record<string, string[]>): Fact => ({
  kind: 'groupStable',
  group: 'g',
  generation: 2,
  assignments,
})

test('a partition that two members are given in one generation has two owners', () => {
  expect(judged(ONE_OWNER_PER_GENERATION, stable({ a: ['t-0'], b: ['t-1'] }))).toBe(0)
  expect(judged(ONE_OWNER_PER_GENERATION, stable({ a: ['t-0', 't-1'], b: ['t-1'] }))).toBe(1)
})

test.each([
  ['2.2', 'sticky', 'KAFKA-7026 (KIP-341)'],
  ['2.3', 'sticky', undefined],
  ['2.2', 'range', undefined],
  ['2.4', 'cooperative-sticky', undefined],
  ['2.5', 'cooperative-sticky', 'KAFKA-12984'],
  ['2.7', 'cooperative-sticky', 'KAFKA-12984'],
  ['2.7', 'sticky', undefined],
  ['2.8', 'cooperative-sticky', undefined],
])('in %s two owners of a group that divides by %s are put down to %s', (kafka, protocol, hole) => {
  const { mechanisms } = generationNamed(kafka)!
  const world = worldOf({ plan: { mechanisms } })
  const began = {
    kind: 'groupGeneration',
    group: 'g',
    generation: 2,
    protocol,
    leader: 'a',
    members: ['a', 'b'],
  } as const
  const step = happen(world, ['broker-1', began], ['broker-1', stable({ a: ['t-0'], b: ['t-0'] })])
  const found = ONE_OWNER_PER_GENERATION.check(world, step) ?? []
  expect(found.map(({ knownHole }) => knownHole)).toEqual([hole])
  // Whatever no hole explains breaks the promise, also where the plan has one.
  const promised = ONE_OWNER_PER_GENERATION.promised(world.plan)
  if (!promised.promised) expect(promised.excuse).toBeNull()
})

const commit = (over: object): Fact => ({
  kind: 'groupCommit',
  group: 'g',
  member: 'a-1',
  generation: 2,
  current: 2,
  isMember: true,
  ...over,
})

test('a commit of an old generation, or of who is no member, must not be taken', () => {
  expect(judged(NO_STALE_COMMITS, commit({}))).toBe(0)
  expect(judged(NO_STALE_COMMITS, commit({ generation: 1 }))).toBe(1)
  expect(judged(NO_STALE_COMMITS, commit({ isMember: false }))).toBe(1)
})

test("a coordinator that takes over must know what was committed, unless its office is another one's by then", () => {
  const knows = (offset: number, leaderEpoch: number, leaders: readonly number[] = [2]): number => {
    const world = worldOf({ state: { leader: 2, epoch: 4, isr: [1, 2, 3] } })
    for (const [index, leader] of leaders.entries()) {
      happen(world, writeState(world, { leader, epoch: 5 + index, isr: [1, 2, 3] }))
    }
    happen(world, [
      'consumer-m',
      { kind: 'commitAnswered', client: 'm', group: 'g', how: 'sync', offsets: { 't-0': 7 }, error: null },
    ])
    const { volatile } = brokerState(world, 2)!
    const groups = { g: { offsets: { 't-0': { committed: { offset } } } } }
    Object.assign(volatile!, { coordination: { partitions: { [P]: { groups } } } })
    const step = happen(world, ['broker-2', { kind: 'coordinatorLoaded', partition: P, leaderEpoch }])
    return [COMMITTED_OFFSETS_KEPT.check(world, step)].flat().filter((found) => found !== null).length
  }
  expect(knows(7, 5)).toBe(0)
  expect(knows(6, 5)).toBe(1)
  // Its epoch was raised meanwhile, and it leads all the same.
  expect(knows(6, 4)).toBe(1)
  expect(knows(6, 4, [1])).toBe(0)
  expect(knows(6, 4, [1, 2])).toBe(0)
})
