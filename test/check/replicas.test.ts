import { expect, test } from 'vitest'
import type { Fact } from '../../src/kafka/facts.ts'
import {
  becameLeader,
  createState,
  findings,
  happen,
  highWatermark,
  P,
  setLog,
  truncated,
  worldOf,
  writeState,
} from './builders.ts'

const leads = { role: 'leader', hw: 2 } as const
const follows = { role: 'follower' } as const
const appended = (baseOffset: number, endOffset: number): Fact => ({
  kind: 'appended',
  partition: P,
  baseOffset,
  endOffset,
  leaderEpoch: 1,
  as: 'follower',
})

test('StrongIsr holds while every ISR member has what the leader exposes', () => {
  const log = ['m1@0', 'm2@0']
  const world = worldOf({ replicas: { 1: { ...leads, log }, 2: { ...follows, log }, 3: { ...follows, log } } })
  expect(findings(world, 'StrongIsr', happen(world, ['broker-1', highWatermark(0, 2)]))).toEqual([])
})

test('StrongIsr breaks when the high watermark passes a record that an ISR member lacks', () => {
  const world = worldOf({
    replicas: {
      1: { ...leads, log: ['m1@0', 'm2@0'] },
      2: { ...follows, log: ['m1@0'] },
      3: { ...follows, log: ['m1@0', 'm2@0'] },
    },
  })
  const found = findings(world, 'StrongIsr', happen(world, ['broker-1', highWatermark(1, 2)]))
  expect(found).toHaveLength(1)
  expect(found[0]!.evidence).toMatchObject({ leader: 1, member: 2, offset: 1, value: 'm2', memberHas: null })
})

test('StrongIsr breaks when an ISR member truncates below what a leader has exposed', () => {
  const world = worldOf({
    replicas: {
      1: { ...leads, log: ['m1', 'm2'] },
      2: { ...follows, log: ['m1'] },
      3: { ...follows, log: ['m1', 'm2'] },
    },
  })
  expect(findings(world, 'StrongIsr', happen(world, ['broker-2', truncated(1, ['m2'])]))).toHaveLength(1)
})

test('StrongIsr goes by the ISR of the registry, WeakIsr by the one the leader believes in', () => {
  const world = worldOf({
    state: { leader: 2, epoch: 1, isr: [2] },
    replicas: {
      1: { ...leads, log: ['m1', 'm2'], isr: [1, 3] },
      2: { role: 'leader', epoch: 1, hw: 0, log: ['m1'], isr: [2] },
      3: { ...follows, log: ['m1', 'm2'] },
    },
  })
  const step = happen(world, ['broker-1', highWatermark(1, 2)])
  expect(findings(world, 'StrongIsr', step).map(({ evidence }) => evidence)).toMatchObject([{ leader: 1, member: 2 }])
  expect(findings(world, 'WeakIsr', step)).toEqual([])
})

test('WeakIsr breaks when a member of the believed ISR has another record, and only above both log starts', () => {
  const world = worldOf({
    replicas: {
      1: { ...leads, log: ['m1@0', 'm2@0'] },
      2: { ...follows, log: ['m1@0', 'x@1'] },
      3: { ...follows, log: ['m2@0'], logStartOffset: 1 },
    },
  })
  const found = findings(world, 'WeakIsr', happen(world, ['broker-1', highWatermark(0, 2)]))
  expect(found.map(({ evidence }) => evidence)).toMatchObject([{ member: 2, offset: 1, memberHas: { value: 'x' } }])
})

test('LogMatchingBelowHighWatermark compares below the lower of the two high watermarks', () => {
  const replicas = (hw: number) => ({
    1: { role: 'leader', hw: 2, log: ['m1', 'm2'] } as const,
    2: { role: 'follower', hw, log: ['m1', 'x'] } as const,
    3: { process: 'down', log: ['y', 'y'] } as const,
  })
  const agreed = worldOf({ replicas: replicas(1) })
  expect(findings(agreed, 'LogMatchingBelowHighWatermark', happen(agreed, ['broker-1', highWatermark(0, 2)]))).toEqual(
    [],
  )
  const parted = worldOf({ replicas: replicas(2) })
  const found = findings(
    parted,
    'LogMatchingBelowHighWatermark',
    happen(parted, ['broker-2', highWatermark(1, 2, 'follower')]),
  )
  expect(found.map(({ evidence }) => evidence)).toMatchObject([{ offset: 1, brokers: [2, 1] }])
})

test('LogMatchingByEpoch breaks when an append of a shared epoch lands above different records', () => {
  const world = worldOf({
    replicas: {
      1: { log: ['m1@0', 'm2@0', 'm3@1'] },
      2: { log: ['m1@0', 'x@0', 'm3@1'] },
      3: { log: ['m1@0', 'm2@0', 'm3@1'] },
    },
  })
  const found = findings(world, 'LogMatchingByEpoch', happen(world, ['broker-2', appended(2, 3)]))
  expect(found.map(({ evidence }) => evidence)).toMatchObject([
    { offset: 1, brokers: [2, 1] },
    { offset: 1, brokers: [2, 3] },
  ])
  expect(findings(world, 'LogMatchingByEpoch', happen(world, ['broker-3', appended(2, 3)])).length).toBe(1)
})

test('LogMatchingByEpoch allows different records of different epochs at one offset', () => {
  const world = worldOf({ replicas: { 1: { log: ['m1@0', 'm2@1'] }, 2: { log: ['m1@0', 'x@0'] } } })
  expect(findings(world, 'LogMatchingByEpoch', happen(world, ['broker-1', appended(1, 2)]))).toEqual([])
})

test('SingleLeaderPerEpoch breaks when a second broker takes up the same epoch, not when one takes it up again', () => {
  const world = worldOf()
  happen(world, ['broker-1', becameLeader(3, 0)])
  expect(findings(world, 'SingleLeaderPerEpoch', happen(world, ['broker-1', becameLeader(3, 0)]))).toEqual([])
  expect(findings(world, 'SingleLeaderPerEpoch', happen(world, ['broker-2', becameLeader(4, 0)]))).toEqual([])
  expect(findings(world, 'SingleLeaderPerEpoch', happen(world, ['broker-2', becameLeader(3, 0)]))).toHaveLength(1)
})

test('MonotonicHighWatermark is about leaders only', () => {
  const world = worldOf()
  expect(findings(world, 'MonotonicHighWatermark', happen(world, ['broker-1', highWatermark(2, 3)]))).toEqual([])
  expect(
    findings(world, 'MonotonicHighWatermark', happen(world, ['broker-1', highWatermark(3, 2, 'follower')])),
  ).toEqual([])
  expect(findings(world, 'MonotonicHighWatermark', happen(world, ['broker-1', highWatermark(3, 2)]))).toHaveLength(1)
})

test('HighWatermarkBelowLogEnd exempts followers to 2.3', () => {
  const given = (kafka: string, role: 'leader' | 'follower') =>
    worldOf({ kafka, replicas: { 2: { role, hw: 2, log: ['m1'] } } })
  const found = (kafka: string, role: 'leader' | 'follower') => {
    const world = given(kafka, role)
    return findings(world, 'HighWatermarkBelowLogEnd', happen(world, ['broker-2', truncated(1, ['m2'])])).length
  }
  expect([found('2.3', 'follower'), found('2.4', 'follower'), found('2.3', 'leader')]).toEqual([0, 1, 1])
})

test('LeaderCompleteness breaks when a leader is elected without a committed record', () => {
  const log = ['m1', 'm2']
  const world = worldOf({ replicas: { 1: { ...leads, log }, 2: { ...follows, log }, 3: { ...follows, log: ['m1'] } } })
  createState(world)
  happen(world, ['broker-1', highWatermark(0, 2)])
  const whole = happen(world, writeState(world, { leader: 2, epoch: 1, isr: [2, 3] }))
  expect(findings(world, 'LeaderCompleteness', whole)).toEqual([])
  const short = happen(world, writeState(world, { leader: 3, epoch: 2, isr: [3] }))
  expect(findings(world, 'LeaderCompleteness', short).map(({ evidence }) => evidence)).toMatchObject([
    { leader: 3, leaderEpoch: 2, offset: 1, value: 'm2', count: 1 },
  ])
})

test('OneRecordPerCommittedOffset breaks when another record is committed in its place', () => {
  const world = worldOf({
    replicas: { 1: { ...leads, log: ['m1', 'm2'] }, 2: { role: 'leader', epoch: 1, hw: 2, log: ['m1', 'x'] } },
  })
  expect(findings(world, 'OneRecordPerCommittedOffset', happen(world, ['broker-1', highWatermark(0, 2)]))).toEqual([])
  const found = findings(world, 'OneRecordPerCommittedOffset', happen(world, ['broker-2', highWatermark(0, 2)]))
  expect(found.map(({ evidence }) => evidence)).toMatchObject([
    { offset: 1, value: 'm2', now: { value: 'x', broker: 2 } },
  ])
})

test('ReplicasConverge tells a diverged replica from a short one and from one outside the ISR', () => {
  const log = ['m1', 'm2']
  const world = worldOf({
    brokers: 4,
    assigned: [1, 2, 3, 4],
    state: { leader: 1, isr: [1, 2, 3] },
    replicas: {
      1: { ...leads, log },
      2: { ...follows, log: ['m1', 'x'] },
      3: { ...follows, log: ['m1'] },
      4: { ...follows, log },
    },
    topics: { orders: [[1, 2, 3, 4]] },
  })
  expect(findings(world, 'ReplicasConverge').map(({ key }) => key)).toEqual([
    'orders-0 2 diverged',
    'orders-0 3 length',
    'orders-0 4 outside',
  ])
})

test('ReplicasConverge asks nothing of a replica that is down', () => {
  const world = worldOf({
    state: { leader: 1, isr: [1, 2] },
    replicas: { 1: { ...leads, log: ['m1'] }, 2: { ...follows, log: ['m1'] }, 3: { process: 'down' } },
  })
  expect(findings(world, 'ReplicasConverge')).toEqual([])
  setLog(world, 2, [])
  expect(findings(world, 'ReplicasConverge')).toHaveLength(1)
})
