import { expect, test } from 'vitest'
import { GENERATIONS } from '../../src/kafka/generation/table.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'

const text = (kafka: string, { producer = '', consumer = '', topic = '', broker = '', action = '' }) => `version: 1
title: a
kafka: "${kafka}"
cluster: { brokers: 3, settings: { ${broker} } }
topics: { t: { settings: { ${topic} } } }
clients:
  p: { produces: t, settings: { ${producer} } }
  c: { consumes: t, group: g, settings: { ${consumer} } }
run: 5s
steps:
  - at: 1s
    do: [{ note: nothing }${action === '' ? '' : `, ${action}`}]
`

type Given = Parameters<typeof text>[1]

/** Problems that a scenario has with something given and has not without it: groups, say, are no matter here. */
const problemsOf = (kafka: string, given: Given) => {
  const of = (some: Given) => {
    const parsed = parseScenario(text(kafka, some), 'a.yaml')
    return parsed.ok ? [] : parsed.problems
  }
  const anyway = of({}).map(({ message }) => message)
  return of(given).filter(({ message }) => !anyway.includes(message))
}

const takenBy = (given: Given) =>
  GENERATIONS.map(({ name }) => name).filter((name) => problemsOf(name, given).length === 0)

const NAMES = GENERATIONS.map(({ name }) => name)
const since = (name: string) => NAMES.slice(NAMES.indexOf(name))
const STRATEGY = 'partition.assignment.strategy'

test.each<[Given, readonly string[]]>([
  [{ consumer: `${STRATEGY}: range` }, NAMES],
  [{ consumer: `${STRATEGY}: roundrobin` }, since('0.8.2')],
  [{ consumer: `${STRATEGY}: org.apache.kafka.clients.consumer.RoundRobinAssignor` }, since('0.8.2')],
  [{ consumer: `${STRATEGY}: sticky` }, since('0.11')],
  [{ consumer: `${STRATEGY}: StickyAssignor` }, since('0.11')],
  [{ consumer: `${STRATEGY}: "range, cooperative-sticky"` }, since('2.4')],
  [{ consumer: `${STRATEGY}: com.example.RangeAssignor` }, []],
  [{ consumer: `${STRATEGY}: ""` }, []],
  [{ consumer: 'isolation.level: read_committed' }, since('0.11')],
  [{ consumer: 'group.instance.id: one' }, since('2.3')],
  [{ consumer: 'client.rack: a' }, since('2.4')],
  [{ consumer: 'metadata.recovery.strategy: none' }, ['3.8', '3.9', ...since('3.8-kraft')]],
  [{ consumer: 'group.protocol: consumer' }, since('4.0')],
  [{ consumer: 'group.protocol: consumer, group.remote.assignor: range' }, since('4.0')],
  [{ consumer: 'group.protocol: consumer, group.remote.assignor: sticky' }, []],
  [{ consumer: 'group.protocol: consumer, session.timeout.ms: 10000' }, []],
  [{ consumer: `group.protocol: consumer, ${STRATEGY}: range` }, []],
  [{ consumer: 'group.remote.assignor: range' }, []],
  [{ consumer: 'rebalance.max.retries: 2' }, NAMES.slice(0, NAMES.indexOf('2.0.0'))],
  [{ producer: 'compression.type: lz4' }, since('0.8.2')],
  [{ producer: 'compression.type: zstd' }, since('2.1')],
  [{ producer: 'enable.idempotence: true' }, since('0.11')],
  [{ producer: 'transactional.id: one' }, since('0.11')],
  [{ producer: 'enable.idempotence: true, acks: all' }, since('0.11')],
  [{ producer: 'enable.idempotence: true, acks: 1' }, []],
  [{ producer: 'enable.idempotence: true, retries: 0' }, []],
  [{ producer: 'enable.idempotence: true, max.in.flight.requests.per.connection: 5' }, since('1.0')],
  [{ producer: 'enable.idempotence: true, max.in.flight.requests.per.connection: 6' }, []],
  [{ producer: 'enable.idempotence: false, transactional.id: one' }, []],
  [{ producer: 'acks: 2' }, ['0.8.0', '0.8.1', '0.8.2']],
  [{ producer: 'partitioner.class: RoundRobinPartitioner' }, since('2.4')],
  [{ producer: 'partitioner.class: UniformStickyPartitioner' }, since('2.4').filter((name) => !name.startsWith('4.'))],
  [{ producer: 'partitioner.class: DefaultPartitioner' }, NAMES.filter((name) => !name.startsWith('4.'))],
  [{ producer: 'partitioner.class: Mine' }, []],
  [{ producer: 'partitioner.ignore.keys: true' }, since('3.3')],
  [{ producer: 'producer.type: async' }, NAMES.slice(0, NAMES.indexOf('2.0.0'))],
  [{ topic: 'cleanup.policy: compact' }, since('0.8.1')],
  [{ topic: 'cleanup.policy: "compact,delete"' }, since('0.10.2')],
  [{ topic: 'compression.type: zstd' }, since('2.1')],
  [{ topic: 'min.cleanable.dirty.ratio: 0.3' }, since('0.8.1')],
  [{ topic: 'min.cleanable.dirty.ratio: 1.5' }, []],
  [{ topic: 'min.cleanable.dirty.ratio: often' }, []],
  [{ topic: 'message.timestamp.type: LogAppendTime' }, since('0.10.2')],
  [{ broker: 'replica.selector.class: RackAwareReplicaSelector' }, since('2.4')],
  [{ broker: 'replica.selector.class: Mine' }, []],
  [{ broker: 'eligible.leader.replicas.version: 1' }, since('4.0')],
  [{ broker: 'eligible.leader.replicas.version: 2' }, []],
  [{ action: '{ request: end-of-epoch, to: broker 1, partition: t-0, epoch: 0 }' }, since('0.11')],
  [{ action: '{ request: delete-records, to: broker 1, partition: t-0, before: 1 }' }, since('0.11')],
  [{ action: '{ delete-topic: t }' }, since('0.8.1')],
  [{ action: '{ call: begin, client: p }' }, since('0.11')],
])('%j is taken where Kafka has it and refused elsewhere', (given, names) => {
  expect(takenBy(given)).toEqual(names)
})

test('a value that came later or is gone says when, where it stands, and what there is instead', () => {
  expect(problemsOf('0.10.2', { consumer: `${STRATEGY}: sticky` })).toMatchObject([
    {
      message: `${STRATEGY} cannot be sticky in Kafka 0.10.2: it came with 0.11`,
      path: `clients.c.settings["${STRATEGY}"]`,
      line: 8,
      expected: 'one or more of range, roundrobin',
      found: 'sticky',
    },
  ])
  expect(problemsOf('4.0', { producer: 'partitioner.class: DefaultPartitioner' })[0]!.message).toContain(
    'it was removed in 4.0',
  )
})

test('a misspelt value is told the one that was probably meant', () => {
  const [problem] = problemsOf('2.4', { consumer: `${STRATEGY}: "range,cooperative-stiky"` })
  expect(problem).toMatchObject({ nearest: 'cooperative-sticky' })
  expect(problemsOf('2.4', { producer: 'partitioner.class: RoundRobinPartioner' })[0]).toMatchObject({
    nearest: 'RoundRobinPartitioner',
  })
})

test('assignors are known by the names of their classes as by their own', () => {
  const parsed = parseScenario(
    text('2.4', { consumer: `${STRATEGY}: "org.apache.kafka.clients.consumer.StickyAssignor, range"` }),
    'a.yaml',
  )
  if (!parsed.ok) throw new Error('a scenario was refused')
  const compiled = compileScenario(parsed.scenario, {})
  const member = compiled.ok ? compiled.plan.clients.find(({ name }) => name === 'c') : undefined
  expect(member?.settings[STRATEGY]).toBe('sticky,range')
})

test('a consumer whose group lives in ZooKeeper knows two ways to divide', () => {
  const scenario = text('0.11', { consumer: `${STRATEGY}: sticky` }).replace(
    'group: g,',
    'group: g, coordination: zookeeper,',
  )
  const parsed = parseScenario(scenario, 'a.yaml')
  expect(parsed.ok ? [] : parsed.problems).toMatchObject([{ expected: 'range or roundrobin', found: 'sticky' }])
})
