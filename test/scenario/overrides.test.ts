import { expect, test } from 'vitest'
import { compileScenario } from '../../src/scenario/compile.ts'
import { planOf, read } from './frame.ts'

const TEXT = `version: 1
title: Overrides
kafka: "2.4"
cluster:
  brokers: [{ id: 1, settings: { min.insync.replicas: 3 } }, { id: 2 }, { id: 3 }]
topics:
  orders: { settings: { min.insync.replicas: 1 } }
  payments: {}
clients:
  p1: { produces: orders, rate: 50/s, settings: { acks: all } }
  c1: { consumes: orders }
run: 20s
`

const set = (key: string, value: string) => planOf(TEXT, { set: { [key]: value } })

test('a broker setting holds for every broker and for topics that state their own', () => {
  const plan = set('min.insync.replicas', '2')
  expect(plan.brokers.map(({ settings }) => settings['min.insync.replicas'])).toEqual([2, 2, 2])
  expect(plan.topics.map(({ settings }) => settings)).toEqual([{ 'min.insync.replicas': '2' }, {}])
})

test('a scope before the key limits it', () => {
  const plan = set('topic:min.insync.replicas', '2')
  expect(plan.brokers.map(({ settings }) => settings['min.insync.replicas'])).toEqual([3, 1, 1])
  expect(plan.topics.map(({ settings }) => settings['min.insync.replicas'])).toEqual(['2', '2'])
})

test('client settings go to the clients that have them', () => {
  expect(set('acks', '1').clients.map(({ settings }) => settings.acks)).toEqual(['1', undefined])
  expect(set('request.timeout.ms', '7000').clients.map(({ settings }) => settings['request.timeout.ms'])).toEqual([
    7000, 7000,
  ])
  expect(set('consumer:request.timeout.ms', '7000').clients[0]!.settings['request.timeout.ms']).toBe(30000)
})

test('a path sets what it names, and the key after settings may have dots', () => {
  expect(set('run', '5s').runUs).toBe(5_000_000)
  expect(set('network.latency', '{ uniform: [1ms, 2ms] }').network.latency).toEqual({
    kind: 'uniform',
    minUs: 1000,
    maxUs: 2000,
  })
  expect(set('topics.orders.partitions', '4').topics[0]!.partitions).toBe(4)
  expect(set('mechanisms.truncation', 'kip-101').mechanisms.truncation).toBe('kip-101')
  expect(
    set('cluster.brokers.0.settings.replica.lag.time.max.ms', '1234').brokers[0]!.settings['replica.lag.time.max.ms'],
  ).toBe(1234)
  expect(set('kafka', '0.11').kafka).toBe('0.11')
  expect(set('seed', '0012').seed).toBe('0012')
})

test('the scenario itself stays as it is', () => {
  const scenario = read(TEXT)
  const before = JSON.stringify(scenario)
  compileScenario(scenario, { set: { 'min.insync.replicas': '2', run: '5s' } })
  expect(JSON.stringify(scenario)).toBe(before)
})

const problemsOf = (key: string, value: string) => {
  const compiled = compileScenario(read(TEXT), { set: { [key]: value } })
  return compiled.ok ? [] : compiled.problems
}

test('what cannot be set is told with the flag and the nearest name', () => {
  expect(problemsOf('min.insync.replica', '2')).toMatchObject([
    { file: '--set min.insync.replica', nearest: 'min.insync.replicas' },
  ])
  expect(problemsOf('run', '5')).toMatchObject([{ file: '--set run=5', path: 'run', found: '5' }])
  expect(problemsOf('min.insync.replicas', 'two')).toMatchObject([
    { path: 'cluster.settings["min.insync.replicas"]' },
    {},
  ])
  expect(problemsOf('topics.__proto__.polluted', '1')).toHaveLength(1)
  expect(problemsOf('steps', '[]')).toHaveLength(1)
})
