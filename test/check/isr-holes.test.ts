/** A member of the ISR that lacks what its leader has exposed: which loss explains it, told from the run. */
import { expect, test } from 'vitest'
import type { RemovedRecord } from '../../src/kafka/facts/log.ts'
import type { Fact } from '../../src/kafka/facts.ts'
import type { Action } from '../../src/world/plan.ts'
import type { World } from '../../src/world/world.ts'
import { brokerState } from '../../src/world/world.ts'
import { broker } from '../builders.ts'
import { findings, happen, highWatermark, P, polled, send, truncated, worldOf, writeState } from './builders.ts'

const UNNOTICED = 'replication without fsync (an ISR member lost what it had, and is not out of the ISR yet)'
const ALL = [1, 2, 3]
const WHOLE = ['m1@0', 'm2@0']

/** Broker 1 leads with m1 and m2 exposed; broker 2 has m1 only; whatever disks may do is in the plan. */
function lacking(memberLog: readonly string[] = ['m1@0']): World {
  const actions: Action[] = [
    { do: 'powerLoss', target: broker(2), keepBelow: null, keep: 'random' },
    { do: 'wipe', target: broker(2) },
    { do: 'damage', target: broker(2), damage: { what: 'snapshots', partition: P } },
  ]
  const world = worldOf({
    kafka: '3.9',
    steps: [{ atUs: 0, do: actions }],
    replicas: { 1: { role: 'leader', hw: 2, log: WHOLE }, 2: { log: memberLog }, 3: { role: 'follower', log: WHOLE } },
  })
  happen(world, writeState(world, { leader: 1, isr: ALL }))
  return world
}

const m2: RemovedRecord = { offset: 1, epoch: 0, id: 'p1/m2', value: 'm2' }
const powerLost: Fact = { kind: 'powerLost', partition: P, from: 2, to: 1, durable: 1, removed: [m2] }
const recoveryCut: Fact = { kind: 'recoveryCut', partition: P, from: 2, to: 1, removed: [m2], rule: 'a bad checksum' }
const diskReplaced: Fact = { kind: 'diskReplaced', partition: P, from: 2, to: 0, removed: [m2] }

/** The holes that StrongIsr and WeakIsr name for broker 2, after these facts of its own. */
function holes(world: World, ...facts: readonly Fact[]) {
  for (const fact of facts) happen(world, ['broker-2', fact])
  const step = happen(world, ['broker-1', highWatermark(1, 2)])
  return ['StrongIsr', 'WeakIsr'].flatMap((name) => findings(world, name, step).map(({ knownHole }) => knownHole))
}

test('a member that lost its tail with its power is one until that is noticed', () => {
  expect(holes(lacking(), powerLost)).toEqual([UNNOTICED, UNNOTICED])
})

test('a member whose leader had it cut is no victim of a disk, even after a power loss', () => {
  expect(holes(lacking(), truncated(1, ['m2']))).toEqual([undefined, undefined])
  expect(holes(lacking(), powerLost, truncated(1, ['m2']))).toEqual([undefined, undefined])
})

test('a member that never had it has lost nothing', () => {
  expect(holes(lacking())).toEqual([undefined, undefined])
})

test('a member with another disk, or with a damaged one, falls into no hole of Kafka', () => {
  expect(holes(lacking(), diskReplaced)).toEqual([null, null])
  expect(holes(lacking(), recoveryCut)).toEqual([null, null])
})

test('another disk lacks what the old one had dropped before, too', () => {
  expect(holes(lacking([]), { ...diskReplaced, removed: [] })).toEqual([null, null])
})

test('a member that was out of the ISR and is in again without the record is not one whose loss nobody noticed', () => {
  const world = lacking()
  happen(world, ['broker-2', powerLost])
  happen(world, writeState(world, { leader: 1, isr: [1, 3] }))
  happen(world, writeState(world, { leader: 1, isr: ALL }))
  expect(holes(world)).toEqual([undefined, undefined])
})

test('a leader that has not heard that the member is out names the loss all the same', () => {
  const world = lacking()
  happen(world, ['broker-2', powerLost])
  happen(world, writeState(world, { leader: 1, isr: [1, 3] }))
  expect(holes(world)).toEqual([UNNOTICED])
})

/** m1 and m3 were read; m2 between them was acknowledged and nobody was handed it. Ends with this log of the leader. */
function unread(log: readonly string[], cleanedTo = 0): World {
  const wiped: Action = { do: 'wipe', target: broker(2) }
  const topicSettings = { 'cleanup.policy': 'compact' }
  const replicas = { 1: { role: 'leader', hw: 3, log }, 2: { log }, 3: { log } } as const
  const world = worldOf({ kafka: '3.9', steps: [{ atUs: 0, do: [wiped] }], topicSettings, replicas })
  for (const [offset, value] of ['m1', 'm2', 'm3'].entries()) send(world, value, { offset })
  happen(world, ['consumer-c1', polled(0, [[0, 'm1']])], ['consumer-c1', polled(1, [[2, 'm3']])])
  brokerState(world, 1)!.durable.logs[P]!.cleanedTo = cleanedTo
  return world
}

const lostWrites = (world: World) => findings(world, 'NoLostWrites').map(({ knownHole }) => knownHole)

test('a record that a cleaner took before anybody came to it is the loss of no hole', () => {
  expect(lostWrites(unread(['m1', '', 'm3'], 3))).toEqual([null])
})

test('a record that is there, or gone without a reason, has only the holes of the plan', () => {
  expect(lostWrites(unread(['m1', 'm2', 'm3']))).toEqual([undefined])
  expect(lostWrites(unread(['m1', '', 'm3']))).toEqual([undefined])
})
