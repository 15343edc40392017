import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fetchLost, readFrom, readReplicaOf, returnToLeader } from '../../src/client/consumer/read-replica.ts'
import type { ConsumedPartition, ConsumerConfig } from '../../src/client/consumer/state.ts'
import type { ClientContext } from '../../src/client/links.ts'
import { simulate } from '../../src/driver/simulate.ts'
import type { Fact } from '../../src/kafka/facts.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'

const P = 't-0'

function setting(kafka = '3.5') {
  const facts: Fact[] = []
  const ctx = { nowUs: 0, fact: (fact: Fact) => void facts.push(fact) }
  const partition = { readReplica: null } as ConsumedPartition
  const { mechanisms } = generationNamed(kafka)!
  const config = { name: 'c', mechanisms, settings: { 'metadata.max.age.ms': 1000 } } as unknown as ConsumerConfig
  const view = { brokers: [1, 2, 3], refreshWanted: false }
  const asked = () => readReplicaOf(view as never, P, partition, config, ctx as ClientContext)
  return { facts, ctx: ctx as ClientContext & { nowUs: number }, partition, config, view, asked }
}

test('the lease of a replica is metadata.max.age.ms, and naming it again does not lengthen it', () => {
  const { ctx, partition, config, asked, facts } = setting()
  readFrom(P, partition, 2, config, ctx)
  ctx.nowUs = 900_000
  readFrom(P, partition, 2, config, ctx)
  expect(asked()).toBe(2)
  ctx.nowUs = 1_000_001
  expect(asked()).toBeNull()
  expect(facts).toMatchObject([{ replica: 2 }, { replica: null, why: 'its lease is over' }])
})

test('another replica begins a lease of its own', () => {
  const { ctx, partition, config, asked } = setting()
  readFrom(P, partition, 2, config, ctx)
  ctx.nowUs = 900_000
  readFrom(P, partition, 3, config, ctx)
  ctx.nowUs = 1_500_000
  expect(asked()).toBe(3)
})

test('a replica that the metadata does not list is left for the leader; from 3.3 on the metadata is asked for as well', () => {
  for (const [kafka, wanted] of [
    ['2.8', false],
    ['3.3', true],
  ] as const) {
    const { ctx, partition, config, view, asked } = setting(kafka)
    readFrom(P, partition, 2, config, ctx)
    view.brokers = [1, 3]
    expect(asked()).toBeNull()
    expect(view.refreshWanted).toBe(wanted)
  }
})

test('a broken connection sends the consumer back to the leader from 3.3 on', () => {
  for (const [kafka, left] of [
    ['2.8', 2],
    ['3.3', null],
  ] as const) {
    const { ctx, partition, config, asked } = setting(kafka)
    readFrom(P, partition, 2, config, ctx)
    fetchLost({ partitions: { [P]: partition } } as never, [P], config, ctx)
    expect(asked()).toBe(left)
  }
})

test('who reads from the leader has nowhere to go back to', () => {
  const { ctx, partition, config, facts } = setting()
  expect(returnToLeader(P, partition, 'x', config, ctx)).toBe(false)
  expect(facts).toEqual([])
})

test('the consumer in the other rack reads from both, and is never reset', () => {
  const file = 'a-consumer-reads-from-its-own-rack.yaml'
  const text = readFileSync(new URL(`../../scenarios/basics/${file}`, import.meta.url), 'utf8')
  const parsed = parseScenario(text, file)
  const compiled = parsed.ok ? compileScenario(parsed.scenario, { kafka: '2.4' }) : parsed
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message)
  const { ledger } = simulate(compiled.plan, { properties: [], digest: false }).world
  const resets = ledger.facts.filter(({ fact }) => fact.kind === 'positionReset' && fact.client === 'far')
  expect(resets).toHaveLength(1)
  const replicas = ledger.facts.flatMap(({ fact }) => (fact.kind === 'readReplica' ? [fact.replica] : []))
  expect(replicas.slice(0, 3)).toEqual([2, null, 2])
})
