import { expect, test } from 'vitest'
import { PROPERTIES } from '../../src/check/index.ts'
import type { Violation } from '../../src/check/property.ts'
import { violationOf } from '../../src/check/property.ts'
import { hasFailed, judge } from '../../src/check/verdict.ts'
import type { Fact } from '../../src/kafka/facts.ts'
import type { Action, Expectation, Plan } from '../../src/world/plan.ts'
import type { World } from '../../src/world/world.ts'
import { broker } from '../builders.ts'
import { becameLeader, happen, highWatermark, P, send, truncated, worldOf } from './builders.ts'

const NOTHING: Expectation = { holds: [], violated: [], may: [], counts: {} }

/** A world in which m2, acknowledged at acks=all, is lost; judged under what a plan expects. */
function lossy(kafka: string, expect: Partial<Expectation>): { world: World; plan: Plan; violations: Violation[] } {
  const world = worldOf({
    kafka,
    steps: [{ atUs: 0, do: [{ do: 'crash', target: broker(1) }] }],
    settings: { 'unclean.leader.election.enable': false },
    replicas: { 1: { role: 'leader', log: ['m1'] } },
    plan: { expect: { ...NOTHING, ...expect } },
  })
  send(world, 'm1', { offset: 0 })
  commitByOther(world)
  send(world, 'm2', { offset: 1 })
  happen(world, ['broker-1', follows], ['broker-1', truncated(1, ['m2'])])
  happen(world, ['broker-1', becameLeader(2, 1)])
  return { world, plan: world.plan, violations: violationsOf(world) }
}

/** Broker 1 begins to follow broker 2 at its high watermark, which is 1. */
const follows: Fact = {
  kind: 'becameFollower',
  partition: P,
  leader: 2,
  leaderEpoch: 1,
  logEndOffset: 2,
  highWatermark: 1,
}

/** Broker 2 has m1 and m2 below its high watermark. */
function commitByOther(world: World): void {
  const node = world.nodes['broker-2']!
  const before = node.state
  node.state = worldOf({ replicas: { 2: { log: ['m1', 'm2'], role: 'leader' } } }).nodes['broker-2']!.state
  happen(world, ['broker-2', highWatermark(0, 2)])
  node.state = before
}

function violationsOf(world: World): Violation[] {
  const step = { event: world.index, facts: [], touchedBrokers: [] }
  return PROPERTIES.filter(({ name }) => name === 'AckedAtAllNotLost').flatMap((property) =>
    (property.check(world, step) ?? []).map((finding) =>
      violationOf(property, property.promised(world.plan), finding, world, step),
    ),
  )
}

const verdictOf = (name: string, given: ReturnType<typeof lossy>) => {
  const verdicts = judge(given.world, given.violations, given.plan)
  return { ...verdicts.find((verdict) => verdict.name === name)!, failed: hasFailed(verdicts) }
}

test('a break of what is promised fails the run', () => {
  const verdict = verdictOf('AckedAtAllNotLost', lossy('2.4', {}))
  expect(verdict).toMatchObject({
    outcome: 'violated',
    held: false,
    promised: true,
    fails: true,
    knownHole: null,
    failed: true,
  })
})

test('a break of what is not promised is a known hole with its name', () => {
  const verdict = verdictOf('AckedAtAllNotLost', lossy('0.10.2', {}))
  expect(verdict).toMatchObject({ outcome: 'known-hole', promised: false, fails: false, failed: false })
  expect(verdict.knownHole).toBe('KIP-101 (KAFKA-1211)')
})

test('a break that nothing which happened explains fails the run where each of its holes would be told', () => {
  const power: Action = { do: 'powerLoss', target: broker(1), keepBelow: null, keep: 'random' }
  const lossOf = (what: Fact, kafka = '2.4') => {
    const world = worldOf({
      kafka,
      steps: [{ atUs: 0, do: [power] }],
      settings: { 'unclean.leader.election.enable': false },
      replicas: { 1: { role: 'leader', log: ['m1'] } },
      plan: { expect: NOTHING },
    })
    send(world, 'm2', { offset: 1 })
    happen(world, ['broker-1', what])
    return verdictOf('AckedAtAllNotLost', { world, plan: world.plan, violations: violationsOf(world) })
  }
  const removed = [{ offset: 1, epoch: -1, id: 'p1/m2', value: 'm2' }]
  const lost = lossOf({ kind: 'powerLost', partition: P, from: 2, to: 1, durable: 0, removed })
  expect(lost).toMatchObject({ outcome: 'known-hole', promised: false, fails: false })
  expect(lost.knownHole).not.toContain('KIP-380 (C-29)')
  const cut = lossOf(truncated(1, ['m2']))
  expect(cut).toMatchObject({ outcome: 'violated', promised: false, fails: true, knownHole: null })
  // Nor does it matter that this version cuts logs to high watermarks: nobody began to follow.
  const older = lossOf(truncated(1, ['m2']), '0.10.2')
  expect(older).toMatchObject({ outcome: 'violated', promised: false, fails: true, knownHole: null })
})

test('a break of what is expected to hold fails the run though it is not promised', () => {
  const verdict = verdictOf('AckedAtAllNotLost', lossy('0.10.2', { holds: ['AckedAtAllNotLost'] }))
  expect(verdict).toMatchObject({ outcome: 'violated', fails: true })
})

test('an expected violation needs its witness', () => {
  const violated = (value: string | null, partition: string | null) =>
    verdictOf('AckedAtAllNotLost', lossy('0.10.2', { violated: [{ property: 'AckedAtAllNotLost', partition, value }] }))
  expect(violated('m2', P)).toMatchObject({ outcome: 'expected-violation', fails: false })
  expect(violated(null, null)).toMatchObject({ outcome: 'expected-violation', fails: false })
  const other = violated('m1', P)
  expect(other).toMatchObject({ outcome: 'expectation-missed', fails: true })
  expect(other.words).toContain('by another witness')
})

test('an expected violation that did not come says what became of the record', () => {
  const world = worldOf({
    replicas: { 1: { role: 'leader', log: ['m1', 'm2'] } },
    plan: { expect: { ...NOTHING, violated: [{ property: 'AckedAtAllNotLost', partition: P, value: 'm2' }] } },
  })
  send(world, 'm2', { offset: 1 })
  const missed = (expect: string) =>
    judge(world, [], {
      ...world.plan,
      expect: { ...world.plan.expect, violated: [{ property: 'AckedAtAllNotLost', partition: P, value: expect }] },
    })[1]!.words
  expect(missed('m2')).toContain(
    'm2 was acknowledged (acks=all) at offset 1; the last leader, broker 1, has it at offset 1',
  )
  expect(missed('m9')).toContain('no record m9 was sent')
})

test('a break that the plan allows does not fail the run', () => {
  expect(verdictOf('AckedAtAllNotLost', lossy('2.4', { may: ['AckedAtAllNotLost'] }))).toMatchObject({
    outcome: 'allowed',
    fails: false,
  })
})

test('counts are held against their bounds', () => {
  const counted = (counts: Expectation['counts']) => judge(...judged(counts)).filter(({ kind }) => kind === 'count')
  const judged = (counts: Expectation['counts']): [World, Violation[], Plan] => {
    const { world, plan, violations } = lossy('0.10.2', { counts })
    return [world, violations, plan]
  }
  expect(counted({ lost: { equals: 1 }, acked: { atLeast: 2 } }).map(({ held }) => held)).toEqual([true, true])
  expect(counted({ lost: { atMost: 0 } })).toMatchObject([{ fails: true, words: '1, expected at most 0' }])
  expect(counted({ losses: { equals: 0 } })).toMatchObject([{ fails: true, words: 'nothing is counted as losses' }])
})

test('an expectation about a property that does not exist is missed', () => {
  expect(verdictOf('NothingEverBreaks', lossy('0.10.2', { holds: ['NothingEverBreaks'] }))).toMatchObject({
    fails: true,
  })
})
