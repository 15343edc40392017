import { expect, test } from 'vitest'
import { applyPatches } from '../../src/driver/patches.ts'
import { record, worldAt } from '../../src/driver/record.ts'
import { simulate } from '../../src/driver/simulate.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'

/** Names from a hat, as topic, group and transactional id. */
const storyOf = (name: string, extra = ''): string => `version: 1
title: names that every object has
kafka: '2.8'
cluster: { brokers: 1, settings: { offsets.topic.num.partitions: 1, offsets.topic.replication.factor: 1, transaction.state.log.num.partitions: 1, transaction.state.log.replication.factor: 1, transaction.state.log.min.isr: 1 } }
topics: { orders: { replicas: [[1]] }, ${name}: { replicas: [[1]] } }
clients:
  shop: { produces: ${name}, rate: 20/s, count: 40, settings: { acks: all } }
  bank: { produces: orders, settings: { transactional.id: ${name} } }
  a: { consumes: ${name}, group: ${name}, commits: auto, settings: { auto.offset.reset: earliest } }
run: 15s
steps:
  - at: 3s
    do: [{ call: init-transactions, client: bank }, { call: begin, client: bank }, { call: send, client: bank, to: orders-0, value: v }, { call: commit, client: bank }]
${extra}`

const problemsOf = (text: string): string[] => {
  const parsed = parseScenario(text, 'given.yaml')
  const compiled = parsed.ok ? compileScenario(parsed.scenario, {}) : parsed
  return compiled.ok ? [] : compiled.problems.map(({ message }) => message)
}

const planOf = (text: string) => {
  const parsed = parseScenario(text, 'given.yaml')
  const compiled = parsed.ok ? compileScenario(parsed.scenario, {}) : parsed
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('; '))
  return compiled.plan
}

test.each(['constructor', 'toString', 'prototype'])(
  'a topic, a group and a transaction called %s are like any other',
  (name) => {
    const plan = planOf(storyOf(name))
    const { world } = simulate(plan, {})
    const like = simulate(planOf(storyOf('other')), {}).world
    const kinds = (of: typeof world): number => of.ledger.facts.filter(({ fact }) => fact.kind !== 'recordSent').length
    expect(kinds(world)).toBe(kinds(like))
    const recording = record(plan, { untilUs: 8_000_000 })
    const end = worldAt(recording, recording.events.length)
    expect(end.index).toBe(recording.events.length)
    let back = end
    for (const { undo } of [...recording.events].reverse()) back = applyPatches(back, undo)
    expect(JSON.stringify(back)).toBe(JSON.stringify(recording.initial))
  },
)

test('an id called __proto__, which no world can hold, is a mistake wherever it is given', () => {
  const good = storyOf('other')
  expect(problemsOf(good)).toEqual([])
  for (const [from, to] of [
    ['group: other', 'group: __proto__'],
    ['transactional.id: other', 'transactional.id: __proto__'],
    ['auto.offset.reset: earliest', 'group.instance.id: __proto__'],
    ['consumes: other', 'consumes: __proto__'],
    [
      'client: bank, to: orders-0, value: v }',
      'client: bank, to: orders-0, value: v }, { call: send-offsets, client: bank, offsets: { orders-0: 1 }, group: __proto__ }',
    ],
  ] as const) {
    const text = good.replace(from, to)
    expect(text).not.toBe(good)
    expect(problemsOf(text), to).not.toEqual([])
  }
})
