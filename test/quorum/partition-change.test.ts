import { expect, test } from 'vitest'
import type { PartitionRegistration } from '../../src/kafka/metadata-log.ts'
import { mergedPartition } from '../../src/kafka/metadata-log.ts'
import { buildChange, type ChangeRules, type WantedChange } from '../../src/quorum/partition-change.ts'

const partition = (over: Partial<PartitionRegistration> = {}): PartitionRegistration => ({
  replicas: [1, 2, 3],
  adding: [],
  removing: [],
  isr: [1, 2, 3],
  elr: [],
  lastKnownElr: [],
  leader: 1,
  leaderEpoch: 0,
  partitionEpoch: 0,
  recoveryState: 0,
  ...over,
})

/** Rules with these brokers active; ELR on and min ISR 2 unless said. */
const rules = (active: readonly number[], over: Partial<ChangeRules> = {}): ChangeRules => ({
  elr: true,
  minIsr: 2,
  shrinkBumpsLeaderEpoch: false,
  reassignmentWaitsFor: 'targets',
  isAcceptableLeader: (id) => active.includes(id),
  ...over,
})

const change = (before: PartitionRegistration, wanted: Partial<WantedChange>, given: ChangeRules) =>
  buildChange('t-0', before, { election: 'online', ...wanted }, given)?.record ?? null

test('a shrink that keeps its leader raises the leader epoch only before metadata version 3.6', () => {
  const wanted = { isr: [1, 2] }
  const recent = change(partition(), wanted, rules([1, 2]))
  expect(recent).toEqual({ type: 'PartitionChange', partition: 't-0', isr: [1, 2] })
  const old = change(partition(), wanted, rules([1, 2], { elr: false, shrinkBumpsLeaderEpoch: true }))
  expect(old).toEqual({ type: 'PartitionChange', partition: 't-0', isr: [1, 2], leader: 1 })
  expect(mergedPartition(partition(), old!)).toMatchObject({ leaderEpoch: 1, partitionEpoch: 1 })
})

test('a dead leader is followed by the first active replica of the ISR, in assignment order', () => {
  const before = partition({ isr: [3, 2, 1] })
  expect(change(before, { isr: [3, 2] }, rules([2, 3]))).toMatchObject({ leader: 2, isr: [3, 2] })
})

test('without eligible leader replicas the last member stays and nobody leads', () => {
  const before = partition({ isr: [1] })
  const record = change(before, { isr: [] }, rules([], { elr: false }))
  expect(record).toEqual({ type: 'PartitionChange', partition: 't-0', leader: -1 })
})

test('before metadata version 3.6 taking out the member that stays raises the epoch once more', () => {
  const before = partition({ isr: [1], leader: -1 })
  const record = change(before, { isr: [] }, rules([], { elr: false, shrinkBumpsLeaderEpoch: true }))
  expect(record).toEqual({ type: 'PartitionChange', partition: 't-0', leader: -1 })
})

test('who leaves an ISR that becomes too small is eligible, and the last leader is remembered', () => {
  const alone = change(partition({ isr: [1, 2] }), { isr: [1] }, rules([1]))
  expect(alone).toMatchObject({ isr: [1], elr: [2] })
  const nobody = change(partition({ isr: [1], elr: [2] }), { isr: [] }, rules([]))
  expect(nobody).toMatchObject({ isr: [], leader: -1, elr: [1, 2], lastKnownElr: [1] })
})

test('an eligible replica is elected cleanly', () => {
  const before = partition({ isr: [], leader: -1, elr: [1, 2], lastKnownElr: [1] })
  const record = change(before, { isr: [] }, rules([2]))
  expect(record).toEqual({
    type: 'PartitionChange',
    partition: 't-0',
    isr: [2],
    leader: 2,
    elr: [1],
    lastKnownElr: [],
  })
})

test('an unclean shutdown costs the place among the eligible, and the last known leader is the last resort', () => {
  const before = partition({ isr: [], leader: -1, elr: [2], lastKnownElr: [1] })
  const record = change(before, { isr: [], uncleanShutdown: 2 }, rules([1]))
  expect(record).toMatchObject({ isr: [1], leader: 1, recoveryState: 1, elr: [], lastKnownElr: [] })
})

test('while an eligible replica remains the last known leader is not elected', () => {
  const before = partition({ isr: [], leader: -1, elr: [2], lastKnownElr: [1] })
  expect(change(before, { isr: [] }, rules([1]))).toBeNull()
})

test('an unclean election takes the first active replica and makes it recover', () => {
  const before = partition({ isr: [1], leader: -1 })
  const record = change(before, { election: 'unclean' }, rules([3], { elr: false }))
  expect(record).toMatchObject({ isr: [3], leader: 3, recoveryState: 1 })
})

test('a reassignment is complete when everybody who stays is in the ISR, and gives up who is removed', () => {
  const before = partition({ replicas: [2, 3, 1], adding: [3], removing: [1], isr: [1, 2] })
  const record = change(before, { isr: [1, 2, 3] }, rules([1, 2, 3]))
  expect(record).toMatchObject({ isr: [2, 3], replicas: [2, 3], adding: [], removing: [], leader: 2 })
})

test('to 3.7 it waits for nobody but the added replicas (KAFKA-15665)', () => {
  const before = partition({ replicas: [2, 3, 1], adding: [3], removing: [1], isr: [1] })
  const over = { elr: false, minIsr: 1 }
  expect(change(before, { isr: [1, 3] }, rules([1, 3], over))).toMatchObject({ isr: [1, 3] })
  expect(change(before, { isr: [1, 3] }, rules([1, 3], over))).not.toHaveProperty('replicas')
  const old = rules([1, 3], { ...over, reassignmentWaitsFor: 'added' })
  expect(change(before, { isr: [1, 3] }, old)).toMatchObject({ isr: [3], replicas: [2, 3], adding: [], leader: 3 })
})
