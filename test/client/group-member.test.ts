import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { simulate } from '../../src/driver/simulate.ts'
import type { Fact } from '../../src/kafka/facts.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'
import type { StepReport } from '../../src/world/context.ts'
import { groupNow } from '../../src/world/groups.ts'
import type { Plan } from '../../src/world/plan.ts'
import type { World } from '../../src/world/world.ts'
import { afterUnwrittenJoin } from '../kafka/switches/by-hand.ts'

function planOf(text: string, kafka: string): Plan {
  const parsed = parseScenario(text, 'given.yaml')
  const compiled = parsed.ok ? compileScenario(parsed.scenario, { kafka }) : parsed
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message)
  return compiled.plan
}

function factsOf(text: string, kafka: string): Fact[] {
  const { outcome, world } = simulate(planOf(text, kafka), { properties: [], digest: false })
  expect(outcome).toBe('completed')
  return world.ledger.facts.map(({ fact }) => fact)
}

test('a search for the coordinator that nobody answers ends with its connection, and another one begins', () => {
  // The search goes out on a connection that looks sound, behind the cut: only its time-out ends it.
  const facts = factsOf(
    `version: 1
title: a member behind a cut line
kafka: '2.4'
cluster: { brokers: 3, settings: { group.min.session.timeout.ms: 1000, offsets.topic.num.partitions: 1 } }
topics: { orders: { replicas: [[1, 2, 3], [2, 3, 1]] } }
clients:
  near: { consumes: orders, group: billing, commits: auto }
  far: { consumes: orders, group: billing, commits: auto, settings: { session.timeout.ms: 4000, request.timeout.ms: 6000 } }
run: 50s
steps:
  - { at: 10s, do: { cut: { between: client far, and: brokers } } }
  - { at: 30s, do: { heal: all } }
`,
    '2.4',
  )
  const members = facts.flatMap((fact) => (fact.kind === 'groupGeneration' ? [fact.members.length] : []))
  expect(members.slice(-2)).toEqual([1, 2])
})

/** How many joins went out, and how many were out at most at one time. */
function joinsOf(kafka: string): { sent: number; most: number } {
  const story = new URL('../kafka/switches/several-commits-come-too-late.yaml', import.meta.url)
  let [sent, out, most] = [0, 0, 0]
  const onEvent = (_: World, { event: { body } }: StepReport): undefined => {
    if (body.kind !== 'deliver') return
    if (body.message.type === 'JoinGroupRequest') [sent, out] = [sent + 1, out + 1]
    if (body.message.type === 'JoinGroupResponse') out -= 1
    most = Math.max(most, out)
  }
  const plan = planOf(readFileSync(story, 'utf8'), kafka)
  const { world } = simulate(plan, { properties: [], digest: false, onEvent })
  const refused = world.ledger.facts.filter(({ fact }) => fact.kind === 'commitAnswered' && fact.error !== null)
  expect(refused.length, kafka).toBeGreaterThan(1)
  expect(groupNow(world, 'billing')?.members.length, kafka).toBe(1)
  return { sent, most }
}

test('one join at a time: refusals that come while one is out make no second one, and from 2.6 on do not undo it', () => {
  expect(joinsOf('2.8')).toEqual({ sent: 2, most: 1 })
  expect(joinsOf('2.4')).toEqual({ sent: 3, most: 1 })
})

test('from 1.1 on a member leaves a coordinator that hangs, with the heartbeat that it has there', () => {
  const story = new URL('../kafka/switches/a-coordinator-hangs-with-heartbeats.yaml', import.meta.url)
  const removed = (kafka: string): number =>
    factsOf(readFileSync(story, 'utf8'), kafka).filter(({ kind }) => kind === 'groupMemberRemoved').length
  expect(removed('0.11')).toBeGreaterThan(0)
  expect(removed('2.4')).toBe(0)
})

test('to 2.5 a fenced member that polls on sends heartbeats again when it has joined anew', () => {
  const museum = '../../scenarios/history/kafka-10284-a-new-coordinator-knows-the-old-member.yaml'
  const facts = factsOf(readFileSync(new URL(museum, import.meta.url), 'utf8'), '2.4')
  const fenced = facts.findIndex((fact) => fact.kind === 'pollThrew' && fact.error === 'FencedInstanceIdException')
  expect(fenced).toBeGreaterThan(0)
  const removed = facts.slice(fenced).flatMap((fact) => (fact.kind === 'groupMemberRemoved' ? [fact.why] : []))
  // The old id's, whose place the member had; its own session goes on, also when there is nothing to commit any more.
  expect(removed).toEqual(['its session ran out'])
})

test('groupMetadata tells who it was when it last took an assignment, also when it has left the group since', () => {
  const text = readFileSync(new URL('../../scenarios/delivery/exactly-once-transactions.yaml', import.meta.url), 'utf8')
  // Ten records take longer than the time between two polls: it leaves, and learns of that when it commits.
  const slow = text
    .replace('processing: 26ms', 'processing: 400ms')
    .replace('max.poll.records: 10', 'max.poll.records: 10, max.poll.interval.ms: 1000')
  const generations: number[] = []
  const onEvent = (_: World, { event: { body } }: StepReport): undefined => {
    if (body.kind !== 'deliver' || body.message.type !== 'TxnOffsetCommitRequest') return
    generations.push(body.message.member?.generation ?? -1)
  }
  const { world } = simulate(planOf(slow, '2.8'), { properties: [], digest: false, onEvent })
  const left = world.ledger.facts.some(({ fact }) => fact.kind === 'groupMemberRemoved' && fact.why === 'it left')
  expect([left, generations.length > 0, Math.min(...generations)]).toEqual([true, true, 1])
})

const SHOP = `version: 1
title: one member
kafka: '2.4'
cluster: { brokers: 3, settings: { offsets.topic.num.partitions: 1, auto.leader.rebalance.enable: false } }
topics: { orders: { replicas: [[1, 2, 3]] } }
clients:
  shop: { produces: orders, rate: 10/s, count: 200 }
  a: { consumes: orders, group: billing, commits: auto, settings: SETTINGS }
run: 25s
steps:`

/** When requests of a kind arrived at brokers, in ms. */
function arrivals(text: string, kafka: string, type: string): number[] {
  const found: number[] = []
  const onEvent = (world: World, { event: { body } }: StepReport): undefined => {
    if (body.kind === 'deliver' && body.message.type === type) found.push(world.nowUs / 1000)
  }
  const { outcome } = simulate(planOf(text, kafka), { properties: [], digest: false, onEvent })
  expect(outcome).toBe('completed')
  return found
}

test.each(['0.10.2', '2.4', '3.9', '4.1'])(
  'in %s an automatic commit whose answer is lost is tried again a back-off later, not an interval later',
  (kafka) => {
    const settings = `{ auto.commit.interval.ms: 6000, retry.backoff.ms: 300, auto.offset.reset: earliest }`
    const text = `${SHOP.replace('SETTINGS', settings).replace("'2.4'", `'${kafka}'`)}
  - at: 5s
    do: { drop: { from: brokers, to: client a, messages: [OffsetCommitResponse] } }
  - when: { fact: commitAnswered, count: 1, since: start }
    do: { heal: all }`
    const commits = arrivals(text, kafka, 'OffsetCommitRequest')
    const [lost, again, next] = commits.filter((ms) => ms > 5000)
    expect(again! - lost!).toBeGreaterThanOrEqual(300)
    expect(again! - lost!).toBeLessThan(2000)
    // After it has succeeded the interval counts again.
    expect(next! - again!).toBeGreaterThanOrEqual(5990)
  },
)

test.each(['0.10.2', '2.4', '3.9'])(
  'in %s a join whose answer is lost is sent again after retry.backoff.ms',
  (kafka) => {
    const settings = '{ retry.backoff.ms: 700, auto.offset.reset: earliest }'
    const text = `${SHOP.replace('SETTINGS', settings)}
  - at: 100ms
    do: { drop: { from: brokers, to: client a, messages: [JoinGroupResponse] } }
  - at: 12s
    do: { heal: all }`
    const joins = arrivals(text, kafka, 'JoinGroupRequest').filter((ms) => ms < 12_000)
    expect(joins.length).toBeGreaterThan(1)
    for (const [i, ms] of joins.slice(1).entries()) expect(ms - joins[i]!).toBeGreaterThanOrEqual(700)
  },
)

test('to 2.7 a member does not know that its group could not be written, and its poll throws; from 2.8 on it joins again', () => {
  for (const kafka of ['2.4', '2.6', '2.7']) expect(afterUnwrittenJoin(kafka, {}), kafka).toEqual(['KafkaException'])
  for (const kafka of ['2.8', '3.9', '4.1']) expect(afterUnwrittenJoin(kafka, {}), kafka).toBeNull()
})
