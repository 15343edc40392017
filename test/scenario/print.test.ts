import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderProblems } from '../../src/scenario/errors.ts'
import { printScenario } from '../../src/scenario/print.ts'
import { parseScenario, scenario } from '../../src/scenario/scenario.ts'
import type { ScenarioForm } from '../../src/scenario/schema.ts'
import { ACTIONS } from '../../src/scenario/vocabulary/actions.ts'
import { CONDITIONS } from '../../src/scenario/vocabulary/conditions.ts'
import { readScalar } from '../../src/scenario/yaml.ts'

const duration = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.constantFrom('us', 'ms', 's'))
  .map(([n, unit]) => `${n}${unit}`)
const early = fc.integer({ min: 0, max: 999 }).map((ms) => `${ms}ms`)
const anyText = fc.string({ unit: 'binary', maxLength: 60 })
const anyLine = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 })
const replicas = fc.shuffledSubarray([1, 2, 3], { minLength: 1 })
const amount = fc.oneof(fc.nat(500), fc.record({ 'at-least': fc.nat(5), 'at-most': fc.integer({ min: 5, max: 10 }) }))

const action = fc.oneof(
  fc.constantFrom(...ACTIONS.map((it) => readScalar(it.example) as object).filter((it) => !('request' in it))),
  anyLine.map((note) => ({ note })),
  fc.record({ send: fc.integer({ min: 1, max: 5 }), from: fc.constant('p1'), value: anyText }),
  fc.record({ pause: fc.constantFrom('broker 1', 'registry', ['broker 1', 'client c1']), for: duration }),
)
const condition = fc.constantFrom(
  ...CONDITIONS.filter((it) => it.name !== 'answered').map((it) => readScalar(it.example) as never),
)
const step = fc
  .record(
    {
      text: anyText,
      at: early,
      when: condition,
      within: duration,
      do: fc.oneof(action, fc.array(action, { minLength: 1, maxLength: 3 })),
    },
    { requiredKeys: ['at', 'do'] },
  )
  .map(({ within, ...rest }) => (within !== undefined && 'when' in rest ? { ...rest, within } : rest))

const block = fc.record(
  {
    kafka: fc.constantFrom('<0.11', '>=2.0', '0.11 - 2.0', 'kraft', '2.4'),
    holds: fc.subarray(['StrongIsr', 'LeaderInIsr']),
    violated: fc.array(
      fc.record({ property: fc.constant('WeakIsr'), value: anyText }, { requiredKeys: ['property'] }),
      { maxLength: 2 },
    ),
    counts: fc.record({ acked: amount, lost: fc.nat(3), 'unavailable-time': duration }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
)

const form: fc.Arbitrary<ScenarioForm> = fc.record(
  {
    version: fc.constant(1 as const),
    title: anyLine,
    story: anyText,
    kafka: fc.constantFrom('0.10.2', '2.4', '2.0.1'),
    seed: fc.oneof(fc.nat(), anyLine),
    cluster: fc.record(
      {
        brokers: fc.constant([{ id: 1, rack: 'a' }, { id: 2 }, { id: 3 }, { id: 4 }]),
        settings: fc.record({ 'min.insync.replicas': fc.integer({ min: 1, max: 3 }) }),
        controller: fc.integer({ min: 1, max: 4 }),
        registry: fc.constant({ tick: '250ms' }),
      },
      { requiredKeys: ['brokers'] },
    ),
    topics: fc.record({ orders: fc.record({ replicas: replicas.map((ids) => [ids]) }, { requiredKeys: [] }) }),
    network: fc.record({ latency: fc.oneof(duration, fc.constant({ uniform: ['1ms', '2ms'] as [string, string] })) }),
    clients: fc.constant({
      p1: { produces: 'orders', rate: '5/s', settings: { acks: 'all' } },
      c1: { consumes: ['orders'] },
    }),
    run: fc.constant('20s'),
    'heal-at-end': fc.boolean(),
    steps: fc.array(step, { maxLength: 6 }) as fc.Arbitrary<NonNullable<ScenarioForm['steps']>>,
    expect: block as fc.Arbitrary<NonNullable<ScenarioForm['expect']>>,
    pins: fc.dictionary(
      fc.constantFrom('a#0', 'network.latency/x>y#12'),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
    ),
  },
  { requiredKeys: ['version', 'title', 'kafka', 'cluster', 'topics', 'clients', 'run'] },
)

test('a scenario that is printed and read again is the same scenario', () => {
  let compared = 0
  fc.assert(
    fc.property(form, (wanted) => {
      const made = scenario(wanted)
      // Some draws contradict one another, for example a replica that the topic does not have; those are refused.
      if (!made.ok) return
      compared += 1
      const text = printScenario(made.scenario)
      const parsed = parseScenario(text, 'printed.yaml')
      if (!parsed.ok) throw new Error(`${renderProblems(parsed.problems, text)}\n${text}`)
      expect(parsed.scenario.document).toEqual(made.scenario.document)
      expect(printScenario(parsed.scenario)).toBe(text)
    }),
    { seed: 20240117, numRuns: 200 },
  )
  expect(compared).toBeGreaterThan(40)
})

test('a printed scenario begins with the line that tells editors its schema, and keeps short things on one line', () => {
  const made = scenario({
    version: 1,
    title: 'Printed',
    story: 'One line.\nAnother line.\n',
    kafka: '0.10',
    cluster: { brokers: 3, settings: { 'min.insync.replicas': 2 } },
    topics: { orders: { replicas: [[1, 2, 3]] } },
    run: '20s',
    steps: [{ at: '5s', do: { crash: 'leader(orders-0)' } }],
  } as ScenarioForm)
  expect(made.ok).toBe(false)
  const valid = scenario({
    steps: [
      { at: '5s', do: { crash: 'leader(orders-0)' } },
      { when: { leader: 'orders-0', is: 'broker 2' }, within: '20s', do: [{ restart: 'broker 1' }, { note: 'yes' }] },
    ],
    expect: { holds: ['StrongIsr'], counts: { acked: { 'at-least': 500 } } },
    run: '20s',
    topics: { orders: { replicas: [[1, 2, 3]] } },
    cluster: { brokers: 3, settings: { 'min.insync.replicas': 2 } },
    kafka: '0.10.2',
    story: 'One line.\nAnother line.\n',
    title: 'Printed',
    version: 1,
  })
  expect(
    valid.ok && printScenario(valid.scenario, '../../schema/scenario.schema.json'),
  ).toBe(`# yaml-language-server: $schema=../../schema/scenario.schema.json
version: 1
title: Printed
story: |
  One line.
  Another line.
kafka: 0.10.2
cluster:
  brokers: 3
  settings: { min.insync.replicas: 2 }
topics:
  orders: { replicas: [ [ 1, 2, 3 ] ] }
run: 20s
steps:
  - at: 5s
    do: { crash: leader(orders-0) }
  - when: { leader: orders-0, is: broker 2 }
    within: 20s
    do: [ { restart: broker 1 }, { note: yes } ]
expect:
  holds: [ StrongIsr ]
  counts: { acked: { at-least: 500 } }
`)
})
