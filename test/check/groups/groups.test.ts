import { expect, test } from 'vitest'
import { NO_STALE_COMMITS } from '../../../src/check/groups/no-stale-commits.ts'
import { ONE_OWNER_PER_GENERATION } from '../../../src/check/groups/one-owner-per-generation.ts'
import type { Property } from '../../../src/check/property.ts'
import type { Fact } from '../../../src/kafka/facts.ts'

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
