import { expect, test } from 'vitest'
import { countOf } from '../../src/check/counts.ts'
import { simulate } from '../../src/driver/simulate.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'

interface Names {
  readonly orders: string
  readonly bills: string
  readonly later: string
  readonly shop: string
  readonly till: string
  readonly reader: string
  readonly group: string
  readonly transactions: string
}

const PLAIN: Names = {
  orders: 'orders',
  bills: 'bills',
  later: 'later',
  shop: 'shop',
  till: 'till',
  reader: 'reader',
  group: 'readers',
  transactions: 'tills',
}

/** Names that every object has without anybody having put them there. */
const INHERITED: Names = {
  orders: 'constructor',
  bills: 'toString',
  later: 'toLocaleString',
  shop: 'valueOf',
  till: 'isPrototypeOf',
  reader: 'hasOwnProperty',
  group: 'propertyIsEnumerable',
  transactions: 'constructor',
}

/** Topics and groups that go through everything that is kept by their names: leaders, settings, offsets, transactions. */
const story = (
  of: Names,
  kafka: string,
  has: { readonly groups: boolean; readonly transactions: boolean },
): string => `version: 1
title: What names mean
kafka: '${kafka}'
cluster: { brokers: 3 }
topics:
  ${of.orders}: { partitions: 3, replication-factor: 3, settings: { min.insync.replicas: 2 } }
  ${of.bills}: { partitions: 2, replication-factor: 3 }
clients:
  ${of.shop}: { produces: ${of.orders}, rate: 10/s, settings: { acks: all } }
  ${of.till}: { produces: ${of.bills}${has.transactions ? `, settings: { transactional.id: ${of.transactions} }` : ''} }
  ${of.reader}: { consumes: [${of.orders}, ${of.bills}]${has.groups ? `, group: ${of.group}` : ''}, settings: { auto.offset.reset: earliest } }
  other: { consumes: [${of.orders}, ${of.bills}]${has.groups ? `, group: ${of.group}` : ''}, settings: { auto.offset.reset: earliest } }
run: 45s
steps:
${
  has.transactions
    ? `  - at: 5s
    do:
      - { call: init-transactions, client: ${of.till}, as: a }
      - { call: begin, client: ${of.till}, as: b }
      - { send: 2, from: ${of.till} }
      - { call: commit, client: ${of.till}, as: c }
`
    : ''
}  - { at: 10s, do: { crash: leader(${of.orders}-0) } }
  - { at: 25s, do: [{ start: broker 1 }, { start: broker 2 }, { start: broker 3 }] }
  - { at: 30s, do: { create-topic: ${of.later}, partitions: 2, replication-factor: 2 } }
  - { at: 32s, do: { add-partitions: ${of.bills}, total: 3 } }
  - { at: 38s, do: { delete-topic: ${of.later} } }
`

function outcomeOf(text: string): object {
  const parsed = parseScenario(text, 'names.yaml')
  const compiled = parsed.ok ? compileScenario(parsed.scenario) : parsed
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('\n'))
  const { world, outcome, violations } = simulate(compiled.plan, { digest: false })
  const counts = ['sent', 'lost', 'processed', 'processedAgain', 'duplicated'].map((name) => [
    name,
    countOf(world, name),
  ])
  return { outcome, violations: violations.map(({ words }) => words), ...Object.fromEntries(counts) }
}

test.each([
  ['0.8.2', { groups: false, transactions: false }],
  ['0.10.2', { groups: true, transactions: false }],
  ['2.4', { groups: true, transactions: true }],
  ['3.9-kraft', { groups: true, transactions: true }],
  ['4.1', { groups: true, transactions: true }],
])('Kafka %s does the same whatever topics, clients, groups and transactions are called', (kafka, has) => {
  const plain = outcomeOf(story(PLAIN, kafka, has))
  expect(plain).toMatchObject({ outcome: 'completed', violations: [] })
  expect(outcomeOf(story(INHERITED, kafka, has))).toEqual(plain)
})
