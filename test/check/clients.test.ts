import { expect, test } from 'vitest'
import { longestUnavailable } from '../../src/check/availability.ts'
import { PROMISED_IN_CALM } from '../../src/check/history/client-properties.ts'
import { duplicatedRecords, everMissing, lostCommitted, lostRecords } from '../../src/check/loss.ts'
import { violationOf } from '../../src/check/property.ts'
import type { Fact } from '../../src/kafka/facts.ts'
import type { Action } from '../../src/world/plan.ts'
import { broker } from '../builders.ts'
import {
  becameLeader,
  findings,
  happen,
  highWatermark,
  P,
  polled,
  send,
  setLog,
  truncated,
  worldOf,
} from './builders.ts'

const leads = { role: 'leader', hw: 2 } as const
const acknowledged = (endOffset: number, highWatermark: number, isr = [1, 2, 3]): Fact => ({
  kind: 'produceAcknowledged',
  partition: P,
  baseOffset: endOffset - 1,
  endOffset,
  acks: -1,
  highWatermark,
  isr,
  minInsyncReplicas: 2,
})
const reset: Fact = { kind: 'positionReset', client: 'c1', partition: P, from: 2, to: 0, why: 'seek' }

test('an acknowledged record that the last leader has is not lost', () => {
  const world = worldOf({ replicas: { 1: { ...leads, log: ['m1', 'm2'] } } })
  send(world, 'm1', { offset: 0 })
  send(world, 'm2', { offset: 1 })
  expect(findings(world, 'AckedAtAllNotLost')).toEqual([])
  expect(findings(world, 'ConsistentCommittedData')).toEqual([])
})

test('a lost record names who cut it, what is there instead and where a diverged copy remains', () => {
  const log = ['m1', 'm2']
  const world = worldOf({
    kafka: '0.10.2',
    state: { leader: 2, epoch: 1, isr: [2] },
    replicas: { 1: { ...leads, log }, 2: { role: 'leader', epoch: 1, log: ['m1', 'y1'] }, 3: { process: 'down', log } },
  })
  send(world, 'm2', { offset: 1 })
  happen(world, ['broker-1', highWatermark(0, 2)])
  const cut = happen(world, ['broker-2', truncated(1, ['m2'], '0.10.2 truncate to high watermark')])
  expect(lostRecords(world)).toEqual([
    {
      id: 'p1/m2',
      value: 'm2',
      partition: P,
      offset: 1,
      epoch: -1,
      acks: -1,
      ackedAtUs: 1000,
      ackedBy: 0,
      committedAtUs: 2000,
      leader: 2,
      instead: { offset: 1, id: 'p1/y1', value: 'y1', epoch: -1 },
      remainsOn: [1, 3],
      truncatedBy: {
        broker: 2,
        event: cut.event,
        atUs: 3000,
        rule: '0.10.2 truncate to high watermark',
        to: 1,
        leader: 1,
      },
    },
  ])
  expect(findings(world, 'AckedAtAllNotLost')[0]!.words).toContain('a diverged copy remains on broker 1, 3')
  expect(findings(world, 'ConsistentCommittedData')).toHaveLength(1)
  expect(findings(world, 'AckedAtOneNotLost')).toEqual([])
})

test('a record acknowledged at acks=1 is judged apart', () => {
  const world = worldOf({ replicas: { 1: { ...leads, log: ['m1'] } } })
  send(world, 'm2', { offset: 1, acks: 1 })
  expect(findings(world, 'AckedAtAllNotLost')).toEqual([])
  expect(findings(world, 'AckedAtOneNotLost')).toHaveLength(1)
})

test('a record that retention removed is not lost, and neither is one that a retry put elsewhere', () => {
  const world = worldOf({ replicas: { 1: { ...leads, log: ['m3', 'm2'], logStartOffset: 2 } } })
  send(world, 'm1', { offset: 0 })
  send(world, 'm2', { offset: 2 })
  expect(lostRecords(world)).toEqual([])
})

test('what was never acknowledged cannot be lost, but what was committed can', () => {
  const world = worldOf({ replicas: { 1: { ...leads, log: ['m1', 'm2'] } } })
  send(world, 'm2', { error: 'REQUEST_TIMED_OUT' })
  happen(world, ['broker-1', highWatermark(0, 2)])
  setLog(world, 1, ['m1'])
  expect(lostRecords(world)).toEqual([])
  expect(lostCommitted(world).map(({ value, acks }) => [value, acks])).toEqual([['m2', null]])
})

test('with no leader in the end loss is judged under the last that was named', () => {
  const world = worldOf({
    state: { leader: -1, epoch: 2, isr: [2] },
    replicas: { 2: { process: 'down', log: ['m1'] } },
  })
  const path = '/brokers/topics/orders/partitions/0/state'
  const write = (leader: number, version: number): Fact => ({
    kind: 'registryWrite',
    path,
    write: version === 0 ? 'create' : 'set',
    version,
    czxid: 1,
    data: { leader, leaderEpoch: version, isr: [2], controllerEpoch: 1 },
    sessionId: 1,
    by: 'broker-1',
    ephemeral: false,
  })
  happen(world, ['registry', write(1, 0)], ['registry', write(2, 1)], ['registry', write(-1, 2)])
  send(world, 'm1', { offset: 0 })
  expect(lostRecords(world)).toEqual([])
  send(world, 'm2', { offset: 1 })
  expect(lostRecords(world).map(({ value, leader }) => [value, leader])).toEqual([['m2', 2]])
})

test('a record that was missing for a while and came back counts as ever missing, not as lost', () => {
  const world = worldOf({
    replicas: { 1: { ...leads, log: ['m1', 'm2'] }, 2: { role: 'leader', epoch: 1, log: ['m1'] } },
  })
  happen(world, ['broker-1', highWatermark(0, 2)])
  expect(everMissing(world)).toEqual([])
  happen(world, ['broker-2', becameLeader(1, 1)])
  expect(everMissing(world).map(({ value }) => value)).toEqual(['m2'])
  expect(lostCommitted(world)).toEqual([])
})

test('a record at two offsets is duplicated', () => {
  const world = worldOf({ replicas: { 1: { ...leads, log: ['m1', 'm2', 'm1'] } } })
  expect(duplicatedRecords(world)).toEqual([{ partition: P, id: 'p1/m1', value: 'm1', offsets: [0, 2] }])
})

test('unavailability runs from the oldest waiting record to the next acknowledgement, and idle time does not count', () => {
  const world = worldOf()
  send(world, 'm1', { offset: 0 })
  world.nowUs = 50_000
  send(world, 'm2', { sentAtUs: 40_000, offset: 1 })
  world.nowUs = 90_000
  send(world, 'm3', { sentAtUs: 60_000, offset: 2 })
  expect(longestUnavailable(world)).toEqual({ client: 'p1', fromUs: 60_000, forUs: 31_000 })
})

test('a record that is never answered waits to the end', () => {
  const world = worldOf()
  send(world, 'm1', { sentAtUs: 500 })
  world.nowUs = 10_500
  expect(longestUnavailable(world)).toEqual({ client: 'p1', fromUs: 500, forUs: 10_000 })
})

test('AckedBelowHighWatermark breaks when a leader answers before it has committed', () => {
  const world = worldOf()
  expect(findings(world, 'AckedBelowHighWatermark', happen(world, ['broker-1', acknowledged(2, 2)]))).toEqual([])
  expect(findings(world, 'AckedBelowHighWatermark', happen(world, ['broker-1', acknowledged(3, 2)]))).toHaveLength(1)
})

test('AckedWithEnoughReplicas breaks when the ISR is smaller than min.insync.replicas', () => {
  const world = worldOf()
  expect(findings(world, 'AckedWithEnoughReplicas', happen(world, ['broker-1', acknowledged(2, 2, [1, 2])]))).toEqual(
    [],
  )
  expect(findings(world, 'AckedWithEnoughReplicas', happen(world, ['broker-1', acknowledged(3, 3, [1])]))).toHaveLength(
    1,
  )
})

test('ConsumersSeeOnlyCommitted breaks by a record that no leader has committed there', () => {
  const world = worldOf({ replicas: { 1: { ...leads, log: ['m1', 'm2'] } } })
  happen(world, ['broker-1', highWatermark(0, 1)])
  expect(findings(world, 'ConsumersSeeOnlyCommitted', happen(world, ['consumer-c1', polled(0, [[0, 'm1']])]))).toEqual(
    [],
  )
  const found = findings(world, 'ConsumersSeeOnlyCommitted', happen(world, ['consumer-c1', polled(1, [[1, 'm2']])]))
  expect(found.map(({ evidence }) => evidence)).toMatchObject([{ offset: 1, id: 'p1/m2', client: 'c1' }])
})

test('ConsumersInOrderWithoutGaps breaks when a record is passed over, not where the log has none', () => {
  const world = worldOf({ replicas: { 1: { ...leads, log: ['m1', '', 'm3', 'm4', 'm5'] } } })
  const check = (fact: Fact) => findings(world, 'ConsumersInOrderWithoutGaps', happen(world, ['consumer-c1', fact]))
  expect(
    check(
      polled(0, [
        [0, 'm1'],
        [2, 'm3'],
      ]),
    ),
  ).toEqual([])
  expect(check(polled(4, [[4, 'm5']])).map(({ evidence }) => evidence)).toMatchObject([{ offset: 3, lastOffset: 2 }])
  expect(
    check(
      polled(5, [
        [6, 'b'],
        [5, 'a'],
      ]),
    ),
  ).toHaveLength(1)
})

test('ConsumersNothingTwice breaks unless the position was reset', () => {
  const world = worldOf({ replicas: { 1: { ...leads, log: ['m1', 'm2'] } } })
  const check = (...facts: Fact[]) =>
    findings(world, 'ConsumersNothingTwice', happen(world, ...facts.map((fact) => ['consumer-c1', fact] as const)))
  expect(
    check(
      polled(0, [
        [0, 'm1'],
        [1, 'm2'],
      ]),
    ),
  ).toEqual([])
  expect(check(polled(1, [[1, 'm2']]))).toHaveLength(1)
  happen(world, ['consumer-c1', reset])
  expect(check(polled(0, [[0, 'm1']]))).toEqual([])
  expect(check(reset, polled(0, [[0, 'm1']]))).toEqual([])
})

/** m1 was handed out at two offsets; `retried`: its producer sent something again. */
function twice(retried: boolean, settings: Record<string, string | boolean> = {}) {
  const crash: Action = { do: 'crash', target: broker(1) }
  const world = worldOf({ producers: [{ settings }], steps: [{ atUs: 0, do: [crash] }] })
  send(world, 'm1', { offset: 0 })
  const again = { kind: 'clientRetried', client: 'p1', partition: P, error: 'REQUEST_TIMED_OUT', attempt: 1 } as const
  if (retried) happen(world, ['producer-p1', again])
  happen(world, [
    'consumer-c1',
    polled(0, [
      [0, 'm1'],
      [1, 'm1'],
    ]),
  ])
  const property = PROMISED_IN_CALM.find(({ name }) => name === 'NoDuplicates')!
  const step = { event: world.index, facts: [], touchedBrokers: [] }
  return property
    .check(world, step)!
    .map((found) => violationOf(property, property.promised(world.plan), found, world, step).isExplained)
}

test('a record stands twice because its producer sent it again, or somebody appended it twice', () => {
  expect(twice(true)).toEqual([true])
  expect(twice(false)).toEqual([false])
  // Whether the log should have known it again is for IdempotentNothingTwice to say.
  expect(twice(false, { 'enable.idempotence': true })).toEqual([true])
})

/** m1 was sent before m2 and stands behind it; `retried`: their producer sent something again. */
function overtaken(retried: boolean, settings: Record<string, string | number | boolean>) {
  const crash: Action = { do: 'crash', target: broker(1) }
  const world = worldOf({
    producers: [{ settings }],
    steps: [{ atUs: 0, do: [crash] }],
    replicas: { 1: { ...leads, log: ['m2', 'm1'] } },
  })
  send(world, 'm1', { offset: 1 })
  send(world, 'm2', { offset: 0 })
  const again = { kind: 'clientRetried', client: 'p1', partition: P, error: 'NOT_ENOUGH_REPLICAS', attempt: 1 } as const
  if (retried) happen(world, ['producer-p1', again])
  const property = PROMISED_IN_CALM.find(({ name }) => name === 'NoNonmonotonicSends')!
  const step = { event: world.index, facts: [], touchedBrokers: [] }
  return (property.check(world, step) ?? []).map(
    (found) => violationOf(property, property.promised(world.plan), found, world, step).isExplained,
  )
}

test('a record stands behind a later one because something was sent again with others in flight', () => {
  const inFlight = 'max.in.flight.requests.per.connection'
  expect(overtaken(true, { [inFlight]: 5 })).toEqual([true])
  expect(overtaken(false, { [inFlight]: 5 })).toEqual([false])
  expect(overtaken(true, { [inFlight]: 1 })).toEqual([false])
  expect(overtaken(true, { [inFlight]: 5, 'enable.idempotence': true })).toEqual([false])
})
