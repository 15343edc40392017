import { expect, test } from 'vitest'
import { compileScenario } from '../../src/scenario/compile.ts'
import { scenario } from '../../src/scenario/scenario.ts'
import { FRAME, planOf, read } from './frame.ts'

const SMALL = `version: 1
title: Small
kafka: "2.4"
cluster: { brokers: 3 }
run: 20s
`

test('a small scenario has the defaults that the documentation names', () => {
  const plan = planOf(SMALL)
  expect(plan).toMatchObject({
    kafka: '2.4',
    seed: '1',
    source: 'a.yaml',
    story: '',
    registry: { tickMs: 500 },
    topics: [],
    topicsAtUs: 300_000,
    network: { latency: { kind: 'constant', us: 1000 }, links: [] },
    runUs: 20_000_000,
    settleUs: 10_000_000,
    healAtEnd: false,
    endsWithSteps: false,
    expect: { holds: [], violated: [], may: [], counts: {} },
  })
  expect(
    plan.brokers.map(({ id, rack, startAtUs, startupUs, clockSkewUs }) => ({
      id,
      rack,
      startAtUs,
      startupUs,
      clockSkewUs,
    })),
  ).toEqual([1, 2, 3].map((id) => ({ id, rack: null, startAtUs: 0, startupUs: 100_000, clockSkewUs: 0 })))
  expect(plan.brokers[0]!.settings['zookeeper.session.timeout.ms']).toBe(6000)
})

test('a version is taken as it is written, also without quotes', () => {
  expect(planOf(SMALL.replace('"2.4"', '0.10.2')).kafka).toBe('0.10.2')
  expect(planOf(SMALL.replace('"2.4"', '2.4')).kafka).toBe('2.4')
  expect(planOf(SMALL.replace('"2.4"', '2.4.1')).kafka).toBe('2.4')
})

test('a seed is text: leading zeros and more digits than a number holds survive', () => {
  expect(planOf(`${SMALL}seed: 007\n`).seed).toBe('007')
  expect(planOf(`${SMALL}seed: 123456789012345678901234567890\n`).seed).toBe('123456789012345678901234567890')
})

test('the broker that shall be controller starts before the others', () => {
  const plan = planOf(SMALL.replace('brokers: 3', 'brokers: 3, controller: 2'))
  expect(plan.brokers.map(({ startAtUs }) => startAtUs)).toEqual([60_000, 0, 60_000])
})

test("a broker's own setting wins over the cluster's, and the cluster's over the default", () => {
  const plan = planOf(
    SMALL.replace(
      '{ brokers: 3 }',
      '{ brokers: [{ id: 2 }, { id: 1, rack: a, settings: { min.insync.replicas: 3 }, start-at: 2s, startup: 1s, clock-skew: -1s }], settings: { min.insync.replicas: 2 } }',
    ),
  )
  expect(plan.brokers.map(({ id, settings }) => [id, settings['min.insync.replicas']])).toEqual([
    [1, 3],
    [2, 2],
  ])
  expect(plan.brokers[0]).toMatchObject({
    rack: 'a',
    startAtUs: 2_000_000,
    startupUs: 1_000_000,
    clockSkewUs: -1_000_000,
  })
})

test('controllers of KRaft are set like the cluster, whatever a broker has of its own', () => {
  const cluster = (brokers: string): string => `{ brokers: ${brokers}, settings: { replica.lag.time.max.ms: 7000 } }`
  const kraft = (brokers: string) => planOf(SMALL.replace('"2.4"', "'4.1'").replace('{ brokers: 3 }', cluster(brokers)))
  const own = kraft('[{ id: 1, settings: { replica.lag.time.max.ms: 9000 } }, { id: 2 }]')
  expect(own.brokers.map(({ settings }) => settings['replica.lag.time.max.ms'])).toEqual([9000, 7000])
  expect(own.controllerSettings?.['replica.lag.time.max.ms']).toBe(7000)
  expect(kraft('3').controllerSettings).toBeUndefined()
})

test('a topic takes its partitions from its replicas, or three replicas of one partition', () => {
  const plan = planOf(
    `${SMALL}topics:\n  a: { replicas: [[1, 2], [2, 3]], settings: { retention.ms: 5 } }\n  b: {}\n  c: { partitions: 2, replication-factor: 1 }\n`,
  )
  expect(plan.topics).toEqual([
    {
      name: 'a',
      partitions: 2,
      replicationFactor: 2,
      assignment: { 0: [1, 2], 1: [2, 3] },
      settings: { 'retention.ms': '5' },
    },
    { name: 'b', partitions: 1, replicationFactor: 3, assignment: null, settings: {} },
    { name: 'c', partitions: 2, replicationFactor: 1, assignment: null, settings: {} },
  ])
})

test('latencies and links compile, both ways or one way, by rack and by client', () => {
  const plan = planOf(`${FRAME}network:
  latency: { bimodal: { fast: 1ms, slow: 50ms, slow-share: 0.01 } }
  links:
    - { between: broker 1, and: rack(b), latency: { uniform: [1ms, 3ms] } }
    - { from: client p1, to: any, bandwidth: 2MB/s, latency: { exponential: { floor: 1ms, mean: 2ms } } }
`)
  const uniform = { latency: { kind: 'uniform', minUs: 1000, maxUs: 3000 }, bandwidthBytesPerSecond: null }
  expect(plan.network).toEqual({
    latency: { kind: 'bimodal', fastUs: 1000, slowUs: 50_000, slowShare: 0.01 },
    links: [
      { from: 'broker-1', to: 'broker-2', ...uniform },
      { from: 'broker-1', to: 'broker-3', ...uniform },
      { from: 'broker-2', to: 'broker-1', ...uniform },
      { from: 'broker-3', to: 'broker-1', ...uniform },
      {
        from: 'producer-p1',
        to: '*',
        latency: { kind: 'exponential', floorUs: 1000, meanUs: 2000 },
        bandwidthBytesPerSecond: 2_000_000,
      },
    ],
  })
})

test('clients have their workloads, keys, sizes and defaults of the version', () => {
  const plan = planOf(`${SMALL}topics: { orders: { partitions: 2 } }
clients:
  p1: { produces: orders, rate: 90/m, count: 5, until: 10s, keys: { round-robin: 3 }, value-size: 2KB, partition: 1, bootstrap: [2] }
  p2: { produces: orders, workload: [{ burst: 4, from: 2s }, { rate: 2/ms, from: 3s }], keys: { random: 9 }, settings: { acks: -1 } }
  p3: { produces: orders }
  c1: { consumes: [orders], partitions: [orders-1], from: 2s, until: 5s }
`)
  expect(plan.clients).toMatchObject([
    {
      kind: 'producer',
      workload: [{ kind: 'rate', perSecond: 1.5, count: 5, startUs: 1_000_000, stopUs: 10_000_000 }],
      keys: { kind: 'round-robin', count: 3 },
      valueBytes: 2000,
      partition: 1,
      bootstrap: [2],
      settings: { acks: '1' },
    },
    {
      workload: [
        { kind: 'burst', count: 4, startUs: 2_000_000 },
        { kind: 'rate', perSecond: 2000, count: null, startUs: 3_000_000, stopUs: null },
      ],
      keys: { kind: 'random', count: 9 },
      settings: { acks: 'all' },
      bootstrap: [1, 2, 3],
    },
    { workload: [], valueBytes: 100, keys: { kind: 'none' }, partition: null },
    { kind: 'consumer', topics: ['orders'], partitions: ['orders-1'], startUs: 2_000_000, stopUs: 5_000_000 },
  ])
})

test('steps know when they fire, what they wait for and where they are written', () => {
  const plan = planOf(`${FRAME}steps:
  - when: { controller: any }
    do: { note: first }
  - name: crash
    text: The leader goes.
    at: 5s
    do: { crash: broker 1 }
  - when: { leader: orders-0, is: broker 2 }
    within: 8s
    do: { note: moved }
  - after: 2s
    do: { note: later }
  - after: { step: crash, by: 1s }
    when: { controller: any }
    do: { note: from the crash }
  - at: 9s
    when: { controller: any }
    do: { note: not before }
  - after: { step: step-1 }
    do: { note: at once }
`)
  expect(
    plan.steps.map(({ id, text, atUs, after, withinUs, source }) => [id, text, atUs, after, withinUs, source]),
  ).toEqual([
    ['step-1', '', null, null, null, 'a.yaml:13'],
    ['crash', 'The leader goes.', 5_000_000, null, null, 'a.yaml:15'],
    ['step-3', '', null, { step: 1, delayUs: 0 }, 8_000_000, 'a.yaml:19'],
    ['step-4', '', null, { step: 2, delayUs: 2_000_000 }, null, 'a.yaml:22'],
    ['step-5', '', null, { step: 1, delayUs: 1_000_000 }, null, 'a.yaml:24'],
    ['step-6', '', 9_000_000, null, null, 'a.yaml:27'],
    ['step-7', '', null, { step: 0, delayUs: 0 }, null, 'a.yaml:30'],
  ])
})

test('mechanisms, pins, limits and the end of the run are taken over', () => {
  const plan = planOf(`${SMALL}settle: 3s
heal-at-end: true
mechanisms: { truncation: high-watermark, leaderEpochFencing: false }
pins: { "controller.election/1/broker-2#0": 0.25 }
limits: { events: 1000, records: 10 }
`)
  expect(plan.mechanisms).toMatchObject({ truncation: 'high-watermark', leaderEpochFencing: false, recordFormat: 2 })
  expect(plan).toMatchObject({
    settleUs: 3_000_000,
    healAtEnd: true,
    pins: { 'controller.election/1/broker-2#0': 0.25 },
    limits: { events: 1000, records: 10 },
  })
})

const BY_VERSION = `${FRAME}expect:
  - kafka: "<0.11"
    violated: [StrongIsr, { property: WeakIsr, partition: orders-0, value: 7 }]
  - kafka: "0.11 - 2.0"
    may: [StrongIsr]
  - holds: [StrongIsr]
    counts: { acked: { at-least: 500 }, lost: 0, unavailable-time: { at-most: 8s } }
`

test('the first block of expectations that matches the version counts', () => {
  expect(planOf(BY_VERSION, { kafka: '0.10.2' }).expect).toEqual({
    holds: [],
    violated: [
      { property: 'StrongIsr', partition: null, value: null },
      { property: 'WeakIsr', partition: 'orders-0', value: '7' },
    ],
    may: [],
    counts: {},
  })
  expect(planOf(BY_VERSION, { kafka: '2.0.1' }).expect.may).toEqual(['StrongIsr'])
  expect(planOf(BY_VERSION).expect).toEqual({
    holds: ['StrongIsr'],
    violated: [],
    may: [],
    counts: { acked: { atLeast: 500 }, lost: { equals: 0 }, unavailableUs: { atMost: 8_000_000 } },
  })
})

test('nothing is expected when no block matches', () => {
  expect(planOf(`${FRAME}expect: { kafka: "<0.9", holds: [StrongIsr] }\n`).expect).toEqual({
    holds: [],
    violated: [],
    may: [],
    counts: {},
  })
})

test('another version leaves settings out that it does not have, and says so', () => {
  const compiled = compileScenario(
    read(SMALL.replace('brokers: 3', 'brokers: 3, settings: { min.insync.replicas: 2 }')),
    { kafka: '0.8.1' },
  )
  expect(compiled).toMatchObject({
    ok: true,
    notes: ['min.insync.replicas is left out: Kafka 0.8.1 has no such broker setting'],
  })
  if (compiled.ok) expect(Object.hasOwn(compiled.plan.brokers[0]!.settings, 'min.insync.replicas')).toBe(false)
})

test('a version that is none is a problem of the flag', () => {
  expect(compileScenario(read(SMALL), { kafka: '2.44' })).toMatchObject({
    ok: false,
    problems: [{ file: '--kafka 2.44', line: 0, path: '', nearest: '2.4' }],
  })
})

test('seed and end of the run can be given from outside; steps after the end are no mistake then', () => {
  const plan = planOf(`${FRAME}steps:\n  - at: 15s\n    do: { note: late }\n`, { seed: '42', untilUs: 10_000_000 })
  expect(plan).toMatchObject({ seed: '42', runUs: 10_000_000 })
})

test('a transaction is refused by versions that have none, and a plain send is not', () => {
  const calling = (call: string) => read(`${FRAME}steps:\n  - { at: 1s, do: { ${call}, client: p1 } }\n`)
  const begins = calling('call: begin')
  expect(compileScenario(begins, { kafka: '0.10.2' })).toMatchObject({
    ok: false,
    problems: [{ path: 'steps[0].do.call', message: expect.stringContaining('transactions came with 0.11 (KIP-98)') }],
  })
  expect(compileScenario(begins, { kafka: '0.11' }).ok).toBe(true)
  expect(compileScenario(calling('call: send, to: orders-0'), { kafka: '0.10.2' }).ok).toBe(true)
})

test('a program makes a scenario from its own data, under the same rules', () => {
  const made = scenario({
    version: 1,
    title: 'Made',
    kafka: '2.4',
    seed: 7,
    cluster: { brokers: 3 },
    topics: { orders: {} },
    run: '5s',
    steps: [{ at: '1s', do: { crash: 'leader(orders-0)' } }],
  })
  expect(made).toMatchObject({ ok: true, scenario: { document: { seed: '7' } } })
  if (made.ok)
    expect(compileScenario(made.scenario)).toMatchObject({
      ok: true,
      plan: { source: null, steps: [{ source: null }] },
    })
  const wrong = scenario({
    version: 1,
    title: 'Made',
    kafka: '2.4',
    cluster: { brokers: 3 },
    run: '5',
    steps: [{ at: '1s', do: { crash: 'broker 9' } }],
  })
  expect(wrong).toMatchObject({
    ok: false,
    problems: [{ path: 'run' }, { path: 'steps[0].do.crash', message: 'there is no broker 9' }],
  })
})

test('a plan is plain data', () => {
  const plan = planOf(BY_VERSION)
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
})
