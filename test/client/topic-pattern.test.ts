import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { simulate } from '../../src/driver/simulate.ts'
import type { Fact } from '../../src/kafka/facts.ts'
import { matchingTopics, patternProblem } from '../../src/kafka/topic-pattern.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'

interface Run {
  readonly reached: boolean
  readonly facts: readonly Fact[]
}

function run(file: string, kafka: string, change: (text: string) => string = (text) => text): Run {
  const text = change(readFileSync(new URL(`../../scenarios/groups/${file}`, import.meta.url), 'utf8'))
  const parsed = parseScenario(text, file)
  const compiled = parsed.ok ? compileScenario(parsed.scenario, { kafka }) : parsed
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message)
  const result = simulate(compiled.plan, { properties: [], digest: false })
  return { reached: result.outcome === 'completed', facts: result.world.ledger.facts.map(({ fact }) => fact) }
}

/** What the members had after each generation in which somebody got something. */
const given = ({ facts }: Run): string[] =>
  facts.flatMap((fact) =>
    fact.kind === 'partitionsAssigned' && fact.partitions.length > 0
      ? [`${fact.client}: ${fact.partitions.join(' ')}`]
      : [],
  )

const generations = ({ facts }: Run): number => facts.filter(({ kind }) => kind === 'groupGeneration').length

test('a pattern matches whole names', () => {
  expect(matchingTopics('orders-.*', ['orders-us', 'old-orders-us', 'orders-eu', 'orders'])).toEqual([
    'orders-eu',
    'orders-us',
  ])
  expect(matchingTopics('a|b', ['a', 'b', 'ab'])).toEqual(['a', 'b'])
  expect(patternProblem('orders-(')).not.toBeNull()
  expect(patternProblem('orders-.*')).toBeNull()
})

test('members by pattern divide a topic that comes, and give up one that goes', () => {
  const told = run('a-topic-that-matches-appears.yaml', '2.4')
  expect(told.reached).toBe(true)
  expect(given(told)).toEqual([
    'a: orders-eu-0',
    'b: orders-eu-1',
    'a: orders-eu-0 orders-us-0',
    'b: orders-eu-1 orders-us-1',
    'a: orders-eu-0',
    'b: orders-eu-1',
  ])
})

test('from 2.0 on one rebalance tells all members of a new topic, before each began one when it found it', () => {
  // b renews its metadata five seconds after a, and is told of a rebalance sooner than that.
  const apart = (text: string) => text.replace('b: { consumes', 'b: { from: 6s, consumes')
  expect(generations(run('a-topic-that-matches-appears.yaml', '2.0.1', apart))).toBeLessThan(
    generations(run('a-topic-that-matches-appears.yaml', '1.1', apart)),
  )
})

test('a coordinator of KIP-848 finds matches itself, and its members ask for no topics but those that they are given', () => {
  const told = run('kip-848-a-topic-that-matches-appears.yaml', '4.1')
  expect(told.reached).toBe(true)
  expect(told.facts.some(({ kind }) => kind === 'subscriptionChanged')).toBe(false)
  expect(given(told).filter((each) => each.includes('orders-us'))).toHaveLength(2)
})

test('a topic filter of 0.8 is held against the list of topics in the registry', () => {
  const told = run('a-topic-filter-in-zookeeper.yaml', '0.8.2')
  expect(told.reached).toBe(true)
  expect(given(told)).toEqual([
    'a: orders-eu-0',
    'b: orders-eu-1',
    'a: orders-eu-0 orders-us-0',
    'b: orders-eu-1 orders-us-1',
  ])
})
