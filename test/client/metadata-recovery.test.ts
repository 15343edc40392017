/** `metadata.recovery.strategy` (KIP-899, KIP-1102): a client that begins anew from its bootstrap servers. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { judgeRun } from '../../src/campaign/run-case.ts'
import { judge } from '../../src/check/verdict.ts'
import { producerMachine } from '../../src/client/producer/producer.ts'
import type { ProducerConfig, ProducerState } from '../../src/client/producer/state.ts'
import { simulate } from '../../src/driver/simulate.ts'
import { resolveSettings, type Settings } from '../../src/kafka/config.ts'
import type { Fact } from '../../src/kafka/facts.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import type { BrokerId } from '../../src/kafka/ids.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'
import type { Plan } from '../../src/world/plan.ts'
import { Bench } from './bench.ts'

const REBOOTSTRAP = { 'metadata.recovery.strategy': 'rebootstrap' }

class Producer extends Bench<ProducerState, ProducerConfig> {
  #sends = 0

  constructor(kafka: string, settings: Settings = {}, bootstrap: readonly BrokerId[] = [3]) {
    super(producerMachine, 'producer-p', {
      name: 'p',
      topic: 't',
      mechanisms: generationNamed(kafka)!.mechanisms,
      settings: resolveSettings('producer', kafka, { 'enable.idempotence': false, 'linger.ms': 0, ...settings }),
      bootstrap,
    })
  }

  send(partition: number | null = null, value = 'v'): string {
    const id = `p/${this.#sends++}`
    const record = { id, key: null, value, timestampMs: Math.floor(this.nowMs) }
    this.operation({ kind: 'send', operationId: id, topic: 't', partition, record })
    return id
  }

  /** Answers every metadata request that is out: these brokers live, and the first one leads. */
  learn(brokers: readonly BrokerId[], partitions = ['t-0', 't-1']): BrokerId[] {
    const asked: BrokerId[] = []
    while (this.has('MetadataRequest')) {
      const { to, message } = this.take('MetadataRequest')
      asked.push(Number(to.slice('broker-'.length)))
      const state = { error: 'NONE' as const, leader: brokers[0]!, leaderEpoch: 1, replicas: brokers, isr: brokers }
      this.answer(to, {
        type: 'MetadataResponse',
        correlationId: message.correlationId,
        brokers,
        controller: brokers[0]!,
        partitions: message.topics?.length === 0 ? {} : Object.fromEntries(partitions.map((name) => [name, state])),
        unknownTopics: [],
      })
    }
    return asked
  }

  /** Refuses every connection attempt for a while, and returns who was tried. */
  refuse(ms: number): string[] {
    const tried: string[] = []
    for (let at = 0; at < ms; at += 10) {
      for (const { to } of this.sent.splice(0)) {
        tried.push(to)
        this.disconnect(to, 'refused')
      }
      this.advanceMs(10)
    }
    return tried
  }

  /** Acknowledges everything that was produced. */
  acknowledge(): void {
    while (this.has('ProduceRequest')) {
      const { to, message } = this.take('ProduceRequest')
      const told = { error: 'NONE' as const, baseOffset: 0, logStartOffset: 0 }
      const partitions = Object.fromEntries(Object.keys(message.partitions).map((name) => [name, told]))
      this.answer(to, { type: 'ProduceResponse', correlationId: message.correlationId, partitions })
    }
  }

  told(id: string): string | undefined {
    return (this.completed[id] as { outcome: string } | undefined)?.outcome
  }

  get view() {
    return this.state.volatile!.view
  }
}

/** A producer that was told of broker 1 alone, which then goes. */
function stranded(kafka: string, settings: Settings = {}): Producer {
  const p = new Producer(kafka, settings)
  p.start()
  p.learn([1])
  p.disconnect('broker-3', 'reset')
  p.send(0)
  p.learn([1])
  p.disconnect('broker-1', 'reset')
  return p
}

test('to 3.7 no client asks its bootstrap servers again, in 3.9 one that is told to, from 4.0 on each', () => {
  const asked = (kafka: string, settings: Settings = {}) => [...new Set(stranded(kafka, settings).refuse(5000))].sort()
  expect(asked('2.8')).toEqual(['broker-1'])
  expect(asked('3.9')).toEqual(['broker-1'])
  expect(asked('3.9', REBOOTSTRAP)).toEqual(['broker-1', 'broker-3'])
  expect(asked('4.0')).toEqual(['broker-1', 'broker-3'])
  expect(asked('4.0', { 'metadata.recovery.strategy': 'none' })).toEqual(['broker-1'])
})

test('a client that begins anew forgets topics and leaders, says so once, and goes on with what it is told then', () => {
  const p = stranded('4.0')
  p.refuse(5000)
  expect(p.factsOf('clientRebootstrapped')).toEqual([{ kind: 'clientRebootstrapped', client: 'p', brokers: [1] }])
  expect(p.view).toMatchObject({ brokers: [], topics: {}, partitions: {} })
  const waits = p.send(0)
  p.advanceMs(2000)
  p.learn([2])
  p.learn([2])
  p.learn([2])
  p.acknowledge()
  expect([p.told('p/0'), p.told(waits)]).toEqual(['acked', 'acked'])
  expect(p.view.tryingSinceUs).toBeUndefined()
})

test('a broker that is being connected to is not gone', () => {
  const p = stranded('4.0')
  p.advanceMs(60)
  expect(p.sent.map(({ to }) => to)).toEqual(['broker-1'])
  p.advanceMs(5000)
  expect(p.factsOf('clientRebootstrapped')).toEqual([])
})

test('who gets no metadata for metadata.recovery.rebootstrap.trigger.ms closes its connections and begins anew (4.0)', () => {
  const silent = (kafka: string, settings: Settings) => {
    const p = new Producer(kafka, settings)
    p.start()
    p.learn([1, 2])
    p.advanceMs(300_100)
    // Metadata is too old. Whoever is asked accepts connections and never answers.
    p.learn([], [])
    p.advanceMs(9000)
    const before = p.factsOf('clientRebootstrapped').length
    p.advanceMs(20_000)
    return { before, after: p.factsOf('clientRebootstrapped').length, closed: p.closed.map(({ to }) => to) }
  }
  const trigger = { 'metadata.recovery.rebootstrap.trigger.ms': 10_000, 'request.timeout.ms': 60_000 }
  expect(silent('4.0', trigger)).toMatchObject({ before: 0, after: 1 })
  expect(silent('4.0', { ...trigger, 'metadata.recovery.strategy': 'none' })).toEqual({
    before: 0,
    after: 0,
    closed: [],
  })
  // KIP-899 alone (3.9) looks at connections only.
  expect(silent('3.9', { ...REBOOTSTRAP, 'request.timeout.ms': 60_000 })).toEqual({ before: 0, after: 0, closed: [] })
})

test('sends that wait for memory go on while their producer knows no topic, and choose partitions when it does', () => {
  const times = { 'delivery.timeout.ms': 2000, 'request.timeout.ms': 1000 }
  const p = new Producer('4.0', { 'buffer.memory': 30_000, 'batch.size': 8192, ...times })
  p.start()
  p.learn([1])
  p.learn([1])
  p.disconnect('broker-3', 'reset')
  const big = 'v'.repeat(20_000)
  // The first takes the memory, the second has its partition and waits, the third waits behind it.
  const [first, second, third] = [p.send(null, big), p.send(null, big), p.send(null, 'v')]
  p.learn([1])
  p.disconnect('broker-1', 'reset')
  p.refuse(2200)
  expect(p.factsOf('clientRebootstrapped')).toHaveLength(1)
  // The first was given up meanwhile, and its memory went to the second.
  expect([p.told(first), p.told(second), p.told(third)]).toEqual(['unknown', undefined, undefined])
  expect(Object.values(p.state.volatile!.queues).map(({ batches }) => batches.tail - batches.head)).toContain(1)
  for (let round = 0; round < 10; round++) {
    p.learn([2])
    p.acknowledge()
    p.advanceMs(200)
  }
  expect([p.told(second), p.told(third)]).toEqual(['acked', 'acked'])
})

function planOf(text: string, kafka: string): Plan {
  const parsed = parseScenario(text, 'given.yaml')
  const compiled = parsed.ok ? compileScenario(parsed.scenario, { kafka }) : parsed
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('; '))
  return compiled.plan
}

function factsOf(text: string, kafka: string): Fact[] {
  const { outcome, world } = simulate(planOf(text, kafka), { properties: [], digest: false })
  expect(outcome).toBe('completed')
  return world.ledger.facts.map(({ fact }) => fact)
}

const museum = '../../scenarios/history/kafka-8206-a-client-knows-only-a-broker-that-is-gone.yaml'
const story = readFileSync(new URL(museum, import.meta.url), 'utf8')

test('a send of a client that knows only brokers that are gone is a hole of its version only where it cannot begin anew', () => {
  const text = story.replace('run: 100s', 'run: 60s').replace('produces: orders,', 'produces: orders, partition: 0,')
  const told = text.replace('acks: all', `acks: all, ${JSON.stringify(REBOOTSTRAP).slice(1, -1)}`)
  const hole = { kind: 'hole', hole: 'KAFKA-8206 (KIP-899)' }
  expect(judgeRun(planOf(text, '2.4'), { liveness: true }).liveness).toMatchObject(hole)
  expect(judgeRun(planOf(text, '3.9'), { liveness: true }).liveness).toMatchObject(hole)
  expect(judgeRun(planOf(told, '3.9'), { liveness: true }).liveness).toMatchObject({ kind: 'converged' })
  expect(judgeRun(planOf(text, '4.0'), { liveness: true }).liveness).toMatchObject({ kind: 'converged' })
})

test('a client that may begin anew and has no bootstrap server left waits for one, which is nobody’s bug', () => {
  const text = story
    .replace('produces: orders,', 'produces: orders, partition: 0, bootstrap: [1],')
    .replace('run: 100s', 'run: 60s')
  const { liveness } = judgeRun(planOf(text, '4.1'), { liveness: true })
  expect(liveness).toMatchObject({ kind: 'stuck' })
  expect(JSON.stringify(liveness)).toContain('the bootstrap servers of shop are all down')
})

test('a scenario names the strategies that its version has', () => {
  const wrong = story.replace('acks: all', 'acks: all, metadata.recovery.strategy: always')
  expect(() => planOf(wrong, '4.0')).toThrow(/metadata\.recovery\.strategy/)
  const early = story.replace('acks: all', 'acks: all, metadata.recovery.strategy: none').replace('"3.9"', '"2.8"')
  expect(() => planOf(early, '2.8')).toThrow(/metadata\.recovery\.strategy/)
  const trigger = story.replace('acks: all', 'acks: all, metadata.recovery.rebootstrap.trigger.ms: 1000')
  expect(() => planOf(trigger, '3.9')).toThrow(/metadata\.recovery\.rebootstrap\.trigger\.ms/)
  expect(() => planOf(trigger.replace('"3.9"', '"4.0"'), '4.1')).not.toThrow()
})

/** A group of one on one broker that restarts. */
const GROUP = `version: 1
title: the only broker goes and comes back
kafka: '4.1'
cluster: { brokers: 1, settings: { offsets.topic.num.partitions: 1, offsets.topic.replication.factor: 1 } }
topics: { orders: { replicas: [[1], [1]] } }
clients:
  shop: { produces: orders, rate: 20/s, count: 600, settings: { acks: all } }
  a: { consumes: orders, group: billing, commits: auto, settings: { auto.offset.reset: earliest } }
run: 90s
steps:
  - { at: 10s, do: { crash: broker 1 } }
  - { at: 14s, do: { start: broker 1 } }
expect: { counts: { acked: 600, lost: 0, processed: 600, skipped: 0 } }
`

test('a leader of a group that polls while its client knows nothing takes that for a change, and joins again', () => {
  const generations = (settings: string): number =>
    factsOf(GROUP.replace('auto.offset.reset: earliest', `auto.offset.reset: earliest, ${settings}`), '4.1').filter(
      ({ kind }) => kind === 'groupGeneration',
    ).length
  const anew = generations('metadata.recovery.strategy: rebootstrap')
  expect(anew).toBeGreaterThan(generations('metadata.recovery.strategy: none'))
})

test('nothing is lost or read twice by clients that begin anew', () => {
  const { result, breaks, outcome } = judgeRun(planOf(GROUP, '4.1'), { liveness: true })
  expect([outcome, breaks]).toEqual(['clean', []])
  expect(judge(result.world, result.violations, result.plan).filter(({ fails }) => fails)).toEqual([])
})
