import { expect, test } from 'vitest'
import { COMMITTED_OFFSETS_KEPT } from '../../../src/check/groups/committed-offsets-kept.ts'
import { NO_STALE_COMMITS } from '../../../src/check/groups/no-stale-commits.ts'
import { ONE_OWNER_PER_GENERATION } from '../../../src/check/groups/one-owner-per-generation.ts'
import type { Property } from '../../../src/check/property.ts'
import type { Fact } from '../../../src/kafka/facts.ts'
import { brokerState } from '../../../src/world/world.ts'
import { happen, P, worldOf } from '../builders.ts'

const judged = (property: Property, fact: Fact): number => {
  const step = { facts: [{ atUs: 1, event: 1, node: 'broker-1', fact }] }
  const found = property.check(null as never, step as never)
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
  const knows = (offset: number, leaderEpoch: number): number => {
    const world = worldOf({ state: { leader: 2, epoch: 5, isr: [1, 2, 3] } })
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
  expect(knows(6, 4)).toBe(0)
})
