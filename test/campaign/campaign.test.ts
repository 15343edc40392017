import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mostBroken, withinBudget } from '../../src/campaign/budget.ts'
import type { Fault } from '../../src/campaign/families.ts'
import { drawCase } from '../../src/campaign/generate.ts'
import { isRightlyCaught, runMutant } from '../../src/campaign/mutant-run.ts'
import { PROFILES, profileNamed } from '../../src/campaign/profiles/table.ts'
import { judgeRun, planOf, runCase } from '../../src/campaign/run-case.ts'
import type { SeedResult } from '../../src/campaign/seed-result.ts'
import { inOrder, regression, storeWith } from '../../src/campaign/seed-store.ts'
import { shrink } from '../../src/campaign/shrink/shrink.ts'
import { withoutNumbers } from '../../src/campaign/signature.ts'
import { totalsOf } from '../../src/campaign/statistics.ts'
import { GENERATIONS, generationNamed } from '../../src/kafka/generation/table.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { printScenario } from '../../src/scenario/print.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'

const smoke = profileNamed('smoke')!
const kafka24 = generationNamed('2.4')!
const kafka41 = generationNamed('4.1')!
const fault = (fromMs: number, toMs: number, breaks = 1): Fault => ({
  family: 'crash',
  steps: [],
  breaks,
  fromMs,
  toMs,
})

test('every profile draws scenarios that compile on every generation', () => {
  for (const profile of PROFILES) {
    for (const generation of GENERATIONS) {
      expect(() => planOf(drawCase(profile, generation, 3).document)).not.toThrow()
    }
  }
})

test('every seed of a profile compiles where controllers are processes of their own', () => {
  for (const profile of PROFILES) {
    for (let seed = 1; seed <= 60; seed++) {
      expect(() => planOf(drawCase(profile, generationNamed('4.1')!, seed).document)).not.toThrow()
    }
  }
})

test('a drawn scenario is printed as one that reads back as the same', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { document } = drawCase(profileNamed('power')!, kafka24, seed)
    const read = parseScenario(printScenario({ fileName: null, document, places: null }), 'drawn.yaml')
    expect(read).toMatchObject({ ok: true })
    if (read.ok) expect(planOf(read.scenario.document)).toEqual(planOf(document))
  }
})

test('by swarm some families are off and others are on', () => {
  const counts = Array.from({ length: 30 }, (_, seed) => drawCase(profileNamed('swarm')!, kafka24, seed).on.length)
  expect(Math.min(...counts)).toBeLessThan(Math.max(...counts))
  expect(Math.max(...counts)).toBeLessThan(Object.keys(profileNamed('swarm')!.families).length)
})

test('the budget lets faults overlap only as far as the configuration survives them', () => {
  const faults = [fault(0, 10), fault(5, 15), fault(12, 20), fault(18, 19, 0)]
  expect(withinBudget(faults, 1).map(({ fromMs }) => fromMs)).toEqual([0, 12, 18])
  expect(mostBroken(withinBudget(faults, 2))).toBe(2)
  expect(withinBudget([fault(0, 10, 3)], 2)).toEqual([])
})

test('a seed gives the same result twice', () => {
  const run = (): SeedResult => runCase(drawCase(smoke, kafka24, 20), { liveness: true })
  expect(run()).toEqual(run())
  expect(run().twice).toBe(true)
})

test('a member whose commit fails before it is sent goes on, and its group settles', () => {
  const found = runCase(drawCase(profileNamed('groups')!, kafka24, 2019), { liveness: true })
  expect([found.outcome, ...found.liveness]).toEqual(['clean'])
  expect(found.probes['commit failed with CommitFailedException']).toBeGreaterThan(0)
})

test('a member that waits for its commit without a coordinator gives up in time, and does not spin', () => {
  const found = runCase(drawCase(profileNamed('groups')!, kafka24, 2034), { liveness: true })
  expect([found.outcome, ...found.liveness]).toEqual(['clean'])
})

test('a commit that is on its way at the end does not make an ISR differ', () => {
  const found = runCase(drawCase(profileNamed('groups')!, kafka24, 3174), { liveness: true })
  expect([found.outcome, ...found.liveness]).toEqual(['clean'])
})

test('a group that fell into a hole of its version is told apart from one that a bug of ours keeps from settling', () => {
  const museum = '../../scenarios/history/kafka-9801-a-static-member-replaced-between-join-and-sync.yaml'
  const text = readFileSync(new URL(museum, import.meta.url), 'utf8')
  const judged = ['2.4', '2.5'].map((kafka) => {
    const parsed = parseScenario(text.replace('run:', 'heal-at-end: true\nrun:'), 'given.yaml')
    const compiled = parsed.ok ? compileScenario(parsed.scenario, { kafka }) : parsed
    if (!compiled.ok) throw new Error(compiled.problems[0]?.message)
    return judgeRun(compiled.plan, { liveness: true }).liveness
  })
  expect(judged).toMatchObject([{ kind: 'hole', hole: 'KAFKA-9801' }, { kind: 'converged' }])
})

test('sends of a producer that knows only brokers that are gone wait through a hole of its version', () => {
  const { document } = drawCase(profileNamed('transactions')!, generationNamed('2.4')!, 21_261)
  const { outcome, liveness } = judgeRun(planOf(document), { liveness: true })
  expect(outcome).toBe('hole')
  expect(liveness).toMatchObject({ kind: 'hole', hole: 'KAFKA-8206 (KIP-899)' })
})

test('a join that is answered by who coordinates no more is over', () => {
  const found = runCase(drawCase(profileNamed('groups')!, kafka24, 22604), { liveness: true })
  expect([found.outcome, ...found.liveness]).toEqual(['clean'])
})

test('holes of static members are told by what happened in the present generation', () => {
  const holes = [22486, 22500].map((seed) => {
    const plan = planOf(drawCase(profileNamed('groups')!, kafka24, seed).document)
    const { liveness } = judgeRun(plan, { liveness: true })
    return liveness.kind === 'hole' ? liveness.hole : liveness.kind
  })
  expect(holes).toEqual(['KIP-429', 'KAFKA-10284'])
})

test.each([220_347, 220_662])('what is sent or written just before the end is nobody’s failure: seed %i', (seed) => {
  const { document } = drawCase(profileNamed('transactions')!, generationNamed('2.8')!, seed)
  expect(judgeRun(planOf(document), { liveness: true }).liveness).toEqual({ kind: 'converged' })
})

test('a replaced leader does not know that a reassignment took the partition from a member of its ISR', () => {
  const { document } = drawCase(profileNamed('swarm')!, kafka24, 37_579)
  expect(judgeRun(planOf(document), { liveness: true, properties: ['WeakIsr'] }).breaks).toEqual([])
})

test('a leader whose answer about its ISR is lost with its session commits without a member: a hole of KIP-497', () => {
  const { document } = drawCase(profileNamed('swarm')!, kafka24, 29_444)
  const { breaks } = judgeRun(planOf(document), { liveness: true })
  expect(breaks.map(({ property, hole }) => [property, hole])).toEqual([
    ['ConsistentCommittedData', 'KIP-497'],
    ['AckedAtOneNotLost', 'KIP-497'],
    ['OneRecordPerCommittedOffset', 'KIP-497'],
    ['StrongIsr', 'KIP-497'],
    ['NoInconsistentOffsets', 'KIP-497'],
    ['NoNonmonotonicSends', 'KIP-497'],
  ])
})

test('a leader that is told what it knows forgets the ISR it asked for: a hole of KAFKA-12686', () => {
  const { document } = drawCase(profileNamed('swarm')!, kafka41, 79_484)
  const { breaks } = judgeRun(planOf(document), { liveness: true })
  expect(breaks.map(({ property, hole }) => [property, hole])).toEqual([['StrongIsr', 'KAFKA-12686']])
})

test('records of the metadata log that are committed at once are judged one by one', () => {
  const { document } = drawCase(profileNamed('swarm')!, kafka41, 17_377)
  expect(judgeRun(planOf(document), { liveness: true, properties: ['IsrWithinAssignment'] }).breaks).toEqual([])
})

test('a member whose leave could not be written can never come back: a hole of KIP-848', () => {
  const member = {
    consumes: 't',
    group: 'g',
    settings: { 'group.protocol': 'consumer', 'max.poll.interval.ms': 2_500 },
  }
  const plan = planOf({
    version: 1,
    title: 'a leave that cannot be written',
    kafka: '4.1',
    cluster: {
      brokers: 3,
      settings: {
        'offsets.topic.num.partitions': 1,
        'min.insync.replicas': 2,
        'replica.lag.time.max.ms': 2_000,
        'group.consumer.heartbeat.interval.ms': 1_000,
      },
    },
    topics: {
      t: { replicas: [[1], [1]], settings: { 'min.insync.replicas': 1 } },
      __consumer_offsets: { replicas: [[1, 2, 3]] },
    },
    clients: { p: { produces: 't' }, m1: { ...member, processing: '4s' }, m2: { ...member, from: '9s' } },
    run: '30s',
    settle: '60s',
    'heal-at-end': true,
    steps: [
      {
        at: '8s',
        do: { hold: { from: 'followers(__consumer_offsets-0)', to: 'broker 1', messages: ['FetchRequest'] } },
      },
      // Its ISR is too small when a member has worked for so long that it leaves.
      { when: { isr: '__consumer_offsets-0', size: 1 }, do: { send: 4, from: 'p' } },
      { after: '8s', do: { heal: 'all' } },
    ],
  })
  expect(judgeRun(plan, { liveness: true }).liveness).toMatchObject({ kind: 'hole', hole: 'KAFKA-19233' })
})

test('a member that works at a poll for too long is out again and again, and its group does not settle', () => {
  const { document } = drawCase(profileNamed('groups')!, generationNamed('4.1')!, 200_010)
  expect(judgeRun(planOf(document), { liveness: true }).liveness).toMatchObject({
    kind: 'stuck',
    words: [expect.stringMatching(/m1 is out each time that it works at a poll for too long$/)],
  })
})

test.each([
  ['4.1', 100_761],
  ['3.9', 102_195],
])('on Kafka %s sends of a transaction wait for a coordinator without a leader: seed %i', (kafka, seed) => {
  const { document } = drawCase(profileNamed('transactions')!, generationNamed(kafka)!, seed)
  const { liveness } = judgeRun(planOf(document), { liveness: true })
  expect(liveness).toMatchObject({
    kind: 'stuck',
    words: expect.arrayContaining([
      '1 sends of transactions wait for their coordinator: __transaction_state-0 has no leader',
    ]),
  })
})

test('the canary is caught with its first seed, and for a right reason', () => {
  const result = runMutant('canary', { first: 1, most: 1, catches: 1 })
  expect(isRightlyCaught(result)).toBe(true)
})

test('a failing scenario shrinks to a smaller one that fails in the same way', () => {
  const parsed = parseScenario(
    `version: 1
title: an unclean election
kafka: '2.4'
cluster: { brokers: 3, settings: { unclean.leader.election.enable: true, zookeeper.session.timeout.ms: 2000, replica.lag.time.max.ms: 2000 } }
topics: { orders: { replicas: [[1, 2, 3], [2, 3, 1]] } }
clients:
  p1: { produces: orders, partition: 0, rate: 10/s, settings: { acks: all } }
  c1: { consumes: orders, settings: { auto.offset.reset: earliest } }
run: 20s
heal-at-end: true
steps:
  - { name: slow 1, at: 1500ms, do: { slow: { between: broker 2, and: broker 3, by: 3ms } } }
  - { name: cut 2, at: 2s, do: { cut: { between: broker 1, and: [broker 2, broker 3] } } }
  - { name: crash 3, at: 9s, do: { crash: broker 1 } }
  - { name: elect 4, at: 15s, do: { elect: preferred, partitions: orders-1 } }
`,
    'given.yaml',
  )
  expect(parsed.ok).toBe(true)
  if (!parsed.ok) return
  const shrunk = shrink(parsed.scenario.document, { origin: 'A test.', runs: 120 })
  expect(shrunk).not.toBeNull()
  expect(shrunk!.document.steps!.length).toBeLessThan(4)
  expect(Object.keys(shrunk!.document.clients!)).toHaveLength(1)
  const again = parseScenario(
    printScenario({ fileName: null, document: shrunk!.document, places: null }),
    'shrunk.yaml',
  )
  expect(again.ok).toBe(true)
  const { title, story } = shrunk!.document
  expect(title).toMatch(/^Kafka 2\.4 (breaks \w+|does not come to rest)$/)
  expect(story).toMatch(/^A test\. (It needs its seed|It fails under \d+ of 20)/m)
})

test('of the runs of a search some are kept for other seeds; where there are too few for them that is said', () => {
  const text = readFileSync(
    new URL('../../scenarios/history/kip-101-truncation-loses-acked-record.yaml', import.meta.url),
    'utf8',
  )
  const parsed = parseScenario(text, 'given.yaml')
  if (!parsed.ok) throw new Error('no scenario')
  const { expect: _, ...document } = parsed.scenario.document
  const shrunk = shrink(document, { origin: 'A test.', runs: 400 })!
  expect(shrunk.otherSeeds).toBeGreaterThan(0)
  const { story, steps } = shrunk.document
  // A step is told once, by its number, with the nodes and records by the names that the rest of the story uses.
  expect(story).toMatch(/^- \d\d:\d\d\.\d{3} step \d+: crash \(broker 1\)$/m)
  expect(story!.match(/step \d+:/g)).toHaveLength(steps!.length)
  expect(story).not.toMatch(/broker-\d|producer-p|p\/\d/)
  const few = shrink(document, { origin: 'A test.', runs: 60 })!
  expect(few.otherSeeds).toBeNull()
  expect(few.document.story).toContain('A test. No other seeds were tried.')
})

test('words without their numbers are the same for the same kind of break', () => {
  expect(withoutNumbers('broker 3 ends at 14 of orders-1, ISR [1, 2]')).toBe(
    withoutNumbers('broker 1 ends at 7 of payments-0, ISR [3]'),
  )
})

const result = (seed: number, given: Partial<SeedResult>): SeedResult => ({
  seed,
  outcome: 'clean',
  breaks: [],
  liveness: [],
  events: 100,
  virtualUs: 1_000_000,
  history: '',
  twice: false,
  on: ['crash'],
  placed: ['crash'],
  fired: [],
  probes: {},
  premises: [],
  ...given,
})
const broken = { property: 'StrongIsr', hole: null, signature: 'StrongIsr | x', words: 'w', count: 1 }

test('totals name the first seed of each kind of break and the faults that struck', () => {
  const totals = totalsOf([
    result(1, {}),
    result(2, { outcome: 'broke', breaks: [broken], fired: ['crash'], probes: { rare: 2 } }),
    result(3, { outcome: 'broke', breaks: [broken], probes: { rare: 1 } }),
  ])
  expect(totals.outcomes).toMatchObject({ clean: 1, broke: 2 })
  expect(totals.breaks).toMatchObject([{ property: 'StrongIsr', seeds: 2, firstSeed: 2, count: 2 }])
  expect(totals.probes).toEqual([{ probe: 'rare', hits: 3, seeds: 2, exampleSeed: 2 }])
  expect(totals.families[0]).toEqual({ family: 'crash', on: 3, placed: 3, fired: 1 })
})

test('the seed store keeps the fastest seed of each kind and fails on a worse outcome', () => {
  const of = { kafka: '2.4', profile: 'smoke' }
  const store = storeWith(
    [],
    [
      result(1, {}),
      result(2, { outcome: 'broke', breaks: [broken], events: 50 }),
      result(3, { outcome: 'broke', breaks: [broken] }),
    ],
    of,
  )
  expect(store).toMatchObject([{ seed: 2, outcome: 'broke' }])
  expect(regression(store[0]!, result(2, {}))).toBeNull()
  expect(regression({ ...store[0]!, outcome: 'clean' }, result(2, { outcome: 'broke', breaks: [broken] }))).toContain(
    'instead of clean',
  )
})

test('the seed store runs what fails first, the fastest of it first of all', () => {
  const of = (seed: number, outcome: SeedResult['outcome'], events: number) => ({
    kafka: '2.4',
    profile: 'smoke',
    seed,
    outcome,
    signature: null,
    events,
  })
  const seeds = [of(1, 'clean', 10), of(2, 'broke', 900), of(3, 'liveness', 20), of(4, 'clean', 5)]
  expect(inOrder(seeds).map(({ seed }) => seed)).toEqual([3, 2, 4, 1])
})
