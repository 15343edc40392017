/** Losses on disks, by the hole that let them happen: stories of one partition and three brokers, told by hand. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { propertyNamed } from '../../src/check/index.ts'
import { lostCommitted } from '../../src/check/loss.ts'
import type { StepView } from '../../src/check/property.ts'
import { violationOf } from '../../src/check/property.ts'
import { simulate } from '../../src/driver/simulate.ts'
import type { Fact } from '../../src/kafka/facts.ts'
import { compileScenario } from '../../src/scenario/compile.ts'
import { parseScenario } from '../../src/scenario/scenario.ts'
import type { Action } from '../../src/world/plan.ts'
import type { World } from '../../src/world/world.ts'
import { broker } from '../builders.ts'
import type { ReplicaGiven } from './builders.ts'
import { findings, happen, highWatermark, P, polled, worldOf, writeState } from './builders.ts'

const EVERY_MEMBER = 'C-02 (KIP-101: every ISR member lost power)'
const LAST_STANDING = 'C-16 (KIP-966: last replica standing)'
const UNNOTICED = 'C-29 (KIP-380: back before its loss was noticed)'
const LED_TWICE = 'C-29 (KIP-380: an epoch led twice, before and after a power loss)'
const NOT_NOTICED = 'replication without fsync (an ISR member lost what it had, and is not out of the ISR yet)'
const OLD_WORD = 'KIP-903 (a broker is taken into the ISR for what it had before its loss)'

const LAST_KNOWN = 'KIP-966 (the last known leader leads after an unclean stop)'

const ALL = [1, 2, 3]
const power: Action = { do: 'powerLoss', target: broker(1), keepBelow: null, keep: 'random' }

/** m1 and m2 are committed at epoch 0 by broker 1, with everybody in sync; `replicas` is how the run ends. */
function committed(
  replicas: Readonly<Record<number, ReplicaGiven>>,
  leader = 1,
  does: readonly Action[] = [power],
): World {
  const given = {
    kafka: '2.4',
    steps: [{ atUs: 0, do: does }],
    state: { leader, epoch: 0, isr: ALL },
    replicas,
  }
  const world = worldOf(given)
  happen(world, writeState(world, { leader: 1, isr: ALL }))
  leads(world, 1, 0, 0)
  commits(world, ['m1@0', 'm2@0'], 0)
  return world
}

/** Broker 1 leads with this log and moves its high watermark to the end of it; its log is what it was before again. */
function commits(world: World, log: readonly string[], from: number): StepView {
  const node = world.nodes['broker-1']!
  const last = node.state
  node.state = worldOf({ replicas: { 1: { log, role: 'leader' } } }).nodes['broker-1']!.state
  const step = happen(world, ['broker-1', highWatermark(from, log.length)])
  node.state = last
  return step
}

const elect = (world: World, leader: number, epoch: number, isr: readonly number[]) =>
  happen(world, writeState(world, { leader, epoch, isr }))

function leads(world: World, leader: number, leaderEpoch: number, logEndOffset: number, isr: readonly number[] = ALL) {
  const fact: Fact = { kind: 'becameLeader', partition: P, leaderEpoch, logEndOffset, highWatermark: 0, isr }
  happen(world, [`broker-${leader}`, fact])
}

const removedFrom = (to: number, values: readonly string[]) =>
  values.map((value, index) => ({ offset: to + index, epoch: 0, id: `p1/${value}`, value }))

/** Its new process has registered. */
const registers = (world: World, who: number) =>
  happen(world, [`broker-${who}`, { kind: 'registered', broker: who, brokerEpoch: 9 }])

const asksToExpand = (world: World, leader: number, fromIsr: readonly number[], toIsr: readonly number[]) =>
  happen(world, [`broker-${leader}`, { kind: 'isrExpandAsked', partition: P, fromIsr, toIsr }])

function losesPower(world: World, who: number, to: number, values: readonly string[]) {
  const removed = removedFrom(to, values)
  const fact: Fact = { kind: 'powerLost', partition: P, from: to + values.length, to, durable: 0, removed }
  happen(world, [`broker-${who}`, fact])
}

/** A follower cuts its log to `to`; what it loses begins at `from`, which lies before where a whole batch goes. */
function truncates(world: World, who: number, to: number, values: readonly string[], from = to, leader = 1) {
  const removed = removedFrom(from, values)
  const rule = 'a rule'
  const fact: Fact = {
    kind: 'truncated',
    partition: P,
    from: from + values.length,
    to,
    removed,
    rule,
    leader,
    leaderEpoch: 1,
  }
  happen(world, [`broker-${who}`, fact])
}

const holes = (world: World) => lostCommitted(world).map(({ value, toldHole }) => [value, toldHole])

/** What the first finding of a property comes to. */
function violation(world: World, name: string) {
  const property = propertyNamed(name)!
  const step = { event: world.index, facts: [], touchedBrokers: [] }
  const [first] = property.check(world, step)!
  const { knownHole, isExplained } = violationOf(property, property.promised(world.plan), first!, world, step)
  return { knownHole, isExplained }
}

const SHORT: ReplicaGiven = { role: 'leader', log: ['m1@0'] }
const WHOLE: ReplicaGiven = { log: ['m1@0', 'm2@0'] }
const OF_FIRST_TERM: ReplicaGiven = { ...WHOLE, role: 'leader', epoch: 1 }
const SECOND: ReplicaGiven = { log: ['m1@0', 'm4@0'] }

test('every member of the ISR has lost the record with its power', () => {
  const world = committed({ 1: SHORT, 2: { log: ['m1@0'] }, 3: { log: ['m1@0'] } })
  for (const id of ALL) losesPower(world, id, 1, ['m2'])
  leads(world, 1, 0, 1)
  expect(holes(world)).toEqual([['m2', EVERY_MEMBER]])
  expect(findings(world, 'ConsistentCommittedData')[0]!.knownHole).toBe(EVERY_MEMBER)
})

test('a member that loses it only after the leader was back has not lost it with the others', () => {
  const world = committed({ 1: SHORT, 2: { log: ['m1@0'] }, 3: { log: ['m1@0'] } })
  losesPower(world, 1, 1, ['m2'])
  losesPower(world, 2, 1, ['m2'])
  leads(world, 1, 0, 1)
  losesPower(world, 3, 1, ['m2'])
  expect(holes(world)).toEqual([['m2', UNNOTICED]])
})

test('every member of a smaller ISR has lost it, and one outside has not', () => {
  const world = committed({ 1: SHORT, 2: { log: ['m1@0'] }, 3: WHOLE })
  elect(world, 1, 1, [1, 2])
  leads(world, 1, 1, 2, [1, 2])
  losesPower(world, 1, 1, ['m2'])
  losesPower(world, 2, 1, ['m2'])
  leads(world, 1, 1, 1, [1, 2])
  expect(holes(world)).toEqual([['m2', EVERY_MEMBER]])
})

test('the last replica standing loses it and leads all the same', () => {
  const world = committed({ 1: SHORT, 2: WHOLE, 3: WHOLE })
  elect(world, 1, 1, [1])
  leads(world, 1, 1, 2, [1])
  losesPower(world, 1, 1, ['m2'])
  leads(world, 1, 1, 1, [1])
  expect(holes(world)).toEqual([['m2', LAST_STANDING]])
})

test('the last replica standing loses it and does not come back before the end', () => {
  const world = committed({ 1: { ...SHORT, process: 'down' }, 2: WHOLE, 3: WHOLE })
  losesPower(world, 1, 1, ['m2'])
  elect(world, 1, 1, [1])
  expect(holes(world)).toEqual([['m2', LAST_STANDING]])
})

test('whoever was put out of the ISR, and leads alone in an unclean way, is not the last replica standing', () => {
  const world = committed({ 1: SHORT, 2: WHOLE, 3: WHOLE })
  losesPower(world, 1, 1, ['m2'])
  elect(world, 2, 1, [2])
  leads(world, 2, 1, 2, [2])
  elect(world, 1, 2, [1])
  leads(world, 1, 2, 1, [1])
  // Unclean election is off, so that nothing explains it.
  expect(holes(world)).toEqual([['m2', undefined]])
})

test('a leader is back before its loss was noticed, and others follow it who never had the record', () => {
  const world = committed({ 1: { log: ['m1@0'] }, 2: SHORT, 3: { log: ['m1@0'] } })
  losesPower(world, 1, 1, ['m2'])
  leads(world, 1, 0, 1)
  truncates(world, 2, 1, ['m2'])
  elect(world, 2, 1, ALL)
  leads(world, 2, 1, 1)
  expect(holes(world)).toEqual([['m2', UNNOTICED]])
})

test('a follower whose loss nobody has noticed is elected', () => {
  const world = committed({ 1: WHOLE, 2: SHORT, 3: WHOLE }, 2)
  losesPower(world, 2, 1, ['m2'])
  const elected = elect(world, 2, 1, [2, 3])
  const electedWithout = () => findings(world, 'LeaderCompleteness', elected).map(({ knownHole }) => knownHole)
  expect(electedWithout()).toEqual([NOT_NOTICED])
  registers(world, 2)
  expect(electedWithout()).toEqual([UNNOTICED])
  leads(world, 2, 1, 1, [2, 3])
  expect(holes(world)).toEqual([['m2', UNNOTICED]])
})

test('a follower that was cut by its leader is no victim of a power loss', () => {
  const world = committed({ 1: WHOLE, 2: SHORT, 3: WHOLE }, 2)
  truncates(world, 2, 1, ['m2'])
  const elected = elect(world, 2, 1, [2, 3])
  expect(findings(world, 'LeaderCompleteness', elected).map(({ knownHole }) => knownHole)).toEqual([undefined])
  leads(world, 2, 1, 1, [2, 3])
  expect(holes(world)).toEqual([['m2', undefined]])
  // Though power is lost in this run, that is no excuse for it.
  expect(violation(world, 'ConsistentCommittedData')).toEqual({ knownHole: null, isExplained: false })
})

/** Broker 2 is out of the ISR when it loses m2, its leader asks for it, and it comes to lead. */
function outsiderLeads(isAskedBefore: boolean, restarts = true): World {
  const world = committed({ 1: WHOLE, 2: SHORT, 3: WHOLE }, 2)
  elect(world, 1, 0, [1, 3])
  if (isAskedBefore) asksToExpand(world, 1, [1, 3], ALL)
  losesPower(world, 2, 1, ['m2'])
  if (!isAskedBefore) asksToExpand(world, 1, [1, 3], ALL)
  if (restarts) registers(world, 2)
  elect(world, 1, 0, ALL)
  elect(world, 2, 1, ALL)
  if (restarts) leads(world, 2, 1, 1)
  return world
}

test('a broker is taken into the ISR by a word from before its loss', () => {
  expect(holes(outsiderLeads(true))).toEqual([['m2', OLD_WORD]])
  expect(holes(outsiderLeads(true, false))).toEqual([['m2', NOT_NOTICED]])
  // Where the controller compares broker epochs (KIP-903) it does not.
  const world = outsiderLeads(true)
  const mechanisms = { ...world.plan.mechanisms, isrEligibility: 'unfenced-epoch' } as const
  expect(holes({ ...world, plan: { ...world.plan, mechanisms } })).toEqual([['m2', undefined]])
})

test('a broker that its leader asked for after its loss has been compared to it', () => {
  expect(holes(outsiderLeads(false))).toEqual([['m2', undefined]])
})

test('a disk that was replaced is no power loss, and falls into the holes of brokers that nobody noticed', () => {
  const wipe: Action = { do: 'wipe', target: broker(1) }
  const replaced: Fact = { kind: 'diskReplaced', partition: P, from: 2, to: 0, removed: removedFrom(0, ['m1', 'm2']) }
  const empty: ReplicaGiven = { log: [] }
  const all = committed({ 1: { ...empty, role: 'leader' }, 2: empty, 3: empty }, 1, [wipe])
  for (const id of ALL) happen(all, [`broker-${id}`, replaced])
  leads(all, 1, 0, 0)
  expect(holes(all)).toEqual([
    ['m1', null],
    ['m2', null],
  ])
  // No issue of Kafka's, and explained all the same.
  expect(violation(all, 'ConsistentCommittedData')).toEqual({ knownHole: null, isExplained: true })
  const one = committed({ 1: { ...empty, role: 'leader' }, 2: WHOLE, 3: WHOLE }, 1, [wipe])
  happen(one, ['broker-1', replaced])
  registers(one, 1)
  leads(one, 1, 0, 0)
  expect(holes(one).map(([, hole]) => hole)).toEqual([UNNOTICED, UNNOTICED])
})

test('a start that finds less than was written explains a loss only where disks are damaged', () => {
  const cut: Fact = { kind: 'recoveryCut', partition: P, from: 2, to: 1, removed: removedFrom(1, ['m2']), rule: 'bad' }
  const story = (does: readonly Action[]) => {
    const world = committed({ 1: SHORT, 2: WHOLE, 3: WHOLE }, 1, does)
    happen(world, ['broker-1', cut])
    registers(world, 1)
    leads(world, 1, 0, 1)
    return holes(world)
  }
  const rots: Action = { do: 'damage', target: broker(1), damage: { what: 'snapshots', partition: P } }
  expect(story([rots])).toEqual([['m2', UNNOTICED]])
  expect(story([power])).toEqual([['m2', undefined]])
})

test('a copy that a retry put at another offset does not bring a lost one back', () => {
  const world = committed({ 1: { role: 'leader', log: ['m1@0', 'm3@1', 'm2@1'] }, 2: WHOLE, 3: WHOLE })
  elect(world, 1, 1, [1])
  losesPower(world, 1, 1, ['m2'])
  leads(world, 1, 1, 1, [1])
  expect(holes(world)).toEqual([['m2', LAST_STANDING]])
})

/** Broker 1 leads epoch 0 twice: m2 is of its first term and kept by broker 2, m4 of its second. Then broker 2 leads. */
function ledTwice(replicas: Readonly<Record<number, ReplicaGiven>>, before?: (world: World) => void): World {
  const world = committed(replicas, 2)
  losesPower(world, 1, 1, ['m2'])
  leads(world, 1, 0, 1)
  commits(world, ['m1@0', 'm4@0'], 1)
  before?.(world)
  elect(world, 2, 1, [2, 3])
  leads(world, 2, 1, 2, [2, 3])
  return world
}

test('a record of an epoch that was led twice is lost to one of its first term', () => {
  const world = ledTwice({ 1: SECOND, 2: OF_FIRST_TERM, 3: SECOND })
  expect(holes(world)).toEqual([['m4', LED_TWICE]])
})

test('so it is where the record of the first term went with the rest of its batch', () => {
  const world = ledTwice({ 1: SECOND, 2: { ...OF_FIRST_TERM, log: ['m1@0', '', 'm5@1'] }, 3: SECOND }, (story) =>
    truncates(story, 2, 2, ['m2', 'm3'], 1),
  )
  expect(holes(world).filter(([value]) => value === 'm4')).toEqual([['m4', LED_TWICE]])
})

test('two logs that differ in an epoch that was led twice are told by it', () => {
  const world = ledTwice({ 1: SECOND, 2: OF_FIRST_TERM, 3: SECOND })
  const step = happen(world, [
    'broker-3',
    { kind: 'appended', partition: P, baseOffset: 1, endOffset: 2, leaderEpoch: 0, as: 'follower' },
  ])
  expect(findings(world, 'LogMatchingByEpoch', step).map(({ knownHole }) => knownHole)).toEqual([LED_TWICE])
  expect(findings(world, 'ReplicasConverge').map(({ knownHole }) => knownHole)).toEqual([LED_TWICE, LED_TWICE])
})

test('what stands in the place of a lost record has the hole of that loss, for whoever sees both', () => {
  const world = committed({ 1: SECOND, 2: WHOLE, 3: WHOLE })
  losesPower(world, 1, 1, ['m2'])
  elect(world, 1, 1, [1])
  leads(world, 1, 1, 1, [1])
  const step = commits(world, ['m1@0', 'm4@1'], 1)
  expect(findings(world, 'OneRecordPerCommittedOffset', step).map(({ knownHole }) => knownHole)).toEqual([
    LAST_STANDING,
  ])
})

test('below two high watermarks, and to clients, the same', () => {
  const world = committed({
    1: { ...SECOND, role: 'leader', hw: 2 },
    2: { ...WHOLE, role: 'follower', hw: 2 },
    3: WHOLE,
  })
  losesPower(world, 1, 1, ['m2'])
  elect(world, 1, 1, [1])
  leads(world, 1, 1, 1, [1])
  const step = happen(world, ['broker-1', highWatermark(1, 2)])
  const seen = (name: string) => findings(world, name, step).map(({ knownHole }) => knownHole)
  expect(seen('LogMatchingBelowHighWatermark')).toEqual([LAST_STANDING])
  happen(world, ['consumer-c1', polled(0, [[1, 'm2']])], ['consumer-c1', polled(1, [[1, 'm4']])])
  expect(seen('NoInconsistentOffsets')).toEqual([LAST_STANDING])
})

test('what stands in the place of a record that no disk lost has no hole', () => {
  const world = committed({ 1: SECOND, 2: WHOLE, 3: WHOLE })
  leads(world, 1, 1, 1, [1])
  const step = commits(world, ['m1@0', 'm4@1'], 1)
  expect(findings(world, 'OneRecordPerCommittedOffset', step).map(({ knownHole }) => knownHole)).toEqual([undefined])
})

test('two logs that differ without such an epoch have no name', () => {
  const world = committed({ 1: SECOND, 2: OF_FIRST_TERM, 3: SECOND }, 2)
  elect(world, 2, 1, ALL)
  const step = happen(world, [
    'broker-3',
    { kind: 'appended', partition: P, baseOffset: 1, endOffset: 2, leaderEpoch: 0, as: 'follower' },
  ])
  expect(findings(world, 'LogMatchingByEpoch', step).map(({ knownHole }) => knownHole)).toEqual([undefined])
  // Lost with its power, and led on in another epoch: that is what epochs tell apart.
  losesPower(world, 1, 1, ['m2'])
  leads(world, 1, 1, 1)
  expect(findings(world, 'ReplicasConverge').map(({ knownHole }) => knownHole)).toEqual([undefined, undefined])
})

test('the last known leader leads after its power loss, when the record that elects it takes the last eligible replica away', () => {
  const file = '../../scenarios/history/kafka-3410-a-follower-ahead-of-its-leader-stops-its-broker.yaml'
  const parsed = parseScenario(readFileSync(new URL(file, import.meta.url), 'utf8'), 'given.yaml')
  const compiled = parsed.ok ? compileScenario(parsed.scenario, { kafka: '4.1' }) : parsed
  if (!compiled.ok) throw new Error(compiled.problems[0]?.message)
  const { violations } = simulate(compiled.plan)
  expect(violations.map(({ property }) => property)).toEqual(
    expect.arrayContaining(['AckedAtAllNotLost', 'ConsistentCommittedData', 'LeaderCompleteness']),
  )
  expect([...new Set(violations.map(({ knownHole }) => knownHole))]).toEqual([LAST_KNOWN])
})
