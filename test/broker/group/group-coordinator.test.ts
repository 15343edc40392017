import { expect, test } from 'vitest'
import { Coordinator, OFFSETS } from './group-harness.ts'

test('KIP-134: the first member of an empty group waits for others, to 0.10 it does not', () => {
  const late = new Coordinator('2.4', { 'group.initial.rebalance.delay.ms': 3000 })
  const a = late.join('a')
  late.broker.wait(2990)
  expect(late.answer(a)).toBeUndefined()
  late.broker.wait(20)
  expect(late.joined(a)).toMatchObject({ error: 'NONE', generation: 1, protocol: 'range' })
  const early = new Coordinator('0.10.2')
  expect(early.joined(early.join('a'))).toMatchObject({ error: 'NONE', generation: 1 })
})

test('a member that comes while the first rebalance waits makes it wait once more', () => {
  const c = new Coordinator('2.4', { 'group.initial.rebalance.delay.ms': 3000 })
  const a = c.join('a')
  c.broker.wait(2000)
  const b = c.join('b')
  c.broker.wait(1500)
  expect(c.answer(a)).toBeUndefined()
  // The rebalance time-out of 5 s bounds the wait.
  c.broker.wait(1600)
  expect(c.joined(a).generation).toBe(1)
  expect(c.joined(b).generation).toBe(1)
  expect(c.joined(a).members.map(({ memberId }) => memberId)).toHaveLength(2)
  expect(c.joined(b).members).toHaveLength(0)
})

test('the leader brings the assignment, which everybody gets once it is written to the log', () => {
  const c = new Coordinator('2.4')
  const a = c.stable('a')
  expect(c.group.phase).toBe('Stable')
  const joinB = c.join('b')
  expect(c.group.phase).toBe('PreparingRebalance')
  expect(c.heartbeat(a, 1)).toBe('REBALANCE_IN_PROGRESS')
  const joinA = c.join('a', { memberId: a })
  const b = c.joined(joinB).memberId
  expect(c.joined(joinA)).toMatchObject({ generation: 2, leader: a })
  const syncB = c.sync(b, 2)
  expect(c.answer(syncB)).toBeUndefined()
  const syncA = c.sync(a, 2, { [a]: ['t-0'], [b]: ['t-1'] })
  expect(c.synced(syncA)).toMatchObject({ error: 'NONE', assignment: ['t-0'] })
  expect(c.synced(syncB)).toMatchObject({ error: 'NONE', assignment: ['t-1'] })
  expect(c.written.at(-1)).toMatchObject({ generation: 2, leader: a, protocol: 'range' })
  expect(c.written.at(-1)!.members[b]!.assignment).toEqual(['t-1'])
})

test('who does not join again within the rebalance time-out is out', () => {
  const c = new Coordinator('2.4')
  const a = c.stable('a')
  const b = c.join('b')
  c.broker.wait(2000)
  c.heartbeat(a, 1)
  c.broker.wait(2000)
  c.heartbeat(a, 1)
  c.broker.wait(1010)
  expect(c.joined(b)).toMatchObject({ error: 'NONE', generation: 2 })
  expect(c.joined(b).leader).toBe(c.joined(b).memberId)
  expect(c.heartbeat(a, 1)).toBe('UNKNOWN_MEMBER_ID')
})

test('a session runs from the last heartbeat', () => {
  const c = new Coordinator('2.4')
  const a = c.stable('a')
  c.broker.wait(2900)
  expect(c.heartbeat(a, 1)).toBe('NONE')
  c.broker.wait(2900)
  expect(c.group.members).toHaveLength(1)
  c.broker.wait(110)
  expect(c.group).toMatchObject({ phase: 'Empty', generation: 2, members: [] })
  expect(c.written.at(-1)).toMatchObject({ generation: 2, protocol: null, leader: null, members: {} })
})

test('the last one out leaves an empty group with one more generation in the log; in 0.9 a tombstone', () => {
  const c = new Coordinator('0.10.2')
  c.leave(c.stable('a'))
  expect(c.group).toMatchObject({ phase: 'Empty', generation: 2 })
  expect(c.written.at(-1)).toMatchObject({ generation: 2, members: {} })
  const old = new Coordinator('0.9')
  old.leave(old.stable('a'))
  expect(old.written.at(-1)).toBeNull()
})

test('KIP-394: a new member is first given an id and is a member only when it comes back with it', () => {
  const c = new Coordinator('2.4')
  const asked = c.joined(c.join('a', { known: true }))
  expect(asked.error).toBe('MEMBER_ID_REQUIRED')
  expect(c.group.members).toHaveLength(0)
  expect(c.joined(c.joinAndWait('a', { memberId: asked.memberId, known: true }))).toMatchObject({
    error: 'NONE',
    memberId: asked.memberId,
  })
  // One that never comes back goes with its session.
  c.join('b', { known: true })
  c.broker.wait(3010)
  expect(c.group.pendingMembers).toHaveLength(0)
})

test('commits: of another generation, an unknown member, during the two halves of a rebalance', () => {
  const c = new Coordinator('2.4')
  const a = c.stable('a')
  expect(c.commit(a, 1)).toBe('NONE')
  expect(c.commit(a, 0)).toBe('ILLEGAL_GENERATION')
  expect(c.commit(a, 2)).toBe('ILLEGAL_GENERATION')
  expect(c.commit('somebody', 1)).toBe('UNKNOWN_MEMBER_ID')
  expect(c.commit('', -1)).toBe('UNKNOWN_MEMBER_ID')
  c.join('b')
  expect(c.group.phase).toBe('PreparingRebalance')
  expect(c.commit(a, 1)).toBe('NONE')
  c.join('a', { memberId: a })
  expect(c.group.phase).toBe('CompletingRebalance')
  expect(c.commit(a, 2)).toBe('REBALANCE_IN_PROGRESS')
})

test('KIP-345: a static member that comes back has its place at once, and its old id is fenced', () => {
  const c = new Coordinator('2.4')
  const first = c.stable('a', { instanceId: 'i' })
  const again = c.joined(c.join('a', { instanceId: 'i' }))
  expect(again).toMatchObject({ error: 'NONE', generation: 1, leader: first })
  expect(again.memberId).not.toBe(first)
  expect(c.group).toMatchObject({ phase: 'Stable', generation: 1 })
  expect(c.synced(c.sync(again.memberId, 1)).assignment).toEqual(['t-0', 't-1'])
  expect(c.heartbeat(first, 1, 'i')).toBe('FENCED_INSTANCE_ID')
  expect(c.commit(first, 1, 'i')).toBe('FENCED_INSTANCE_ID')
  expect(c.written).toHaveLength(1)
})

test('KAFKA-10284: a replacement that is not written is undone by a change of coordinator', () => {
  for (const [generation, survives] of [
    ['2.4', false],
    ['2.8', true],
  ] as const) {
    const c = new Coordinator(generation)
    const first = c.stable('a', { instanceId: 'i' })
    const second = c.joined(c.join('a', { instanceId: 'i' })).memberId
    c.lead(1, 2)
    c.lead(2, 1)
    c.broker.draw = 0
    c.broker.wait(20)
    expect(c.heartbeat(second, 1, 'i'), generation).toBe(survives ? 'NONE' : 'FENCED_INSTANCE_ID')
    expect(c.heartbeat(first, 1, 'i'), generation).toBe(survives ? 'FENCED_INSTANCE_ID' : 'NONE')
  }
})

test('a change of coordinator is not a rebalance: members go on in their generation, also while it loads', () => {
  const c = new Coordinator('2.4')
  const a = c.stable('a')
  c.commit(a, 1)
  c.lead(1, 2)
  expect(c.heartbeat(a, 1)).toBe('NOT_COORDINATOR')
  c.lead(2, 1)
  expect(c.heartbeat(a, 1)).toBe('NONE')
  c.broker.wait(20)
  expect(c.group).toMatchObject({ phase: 'Stable', generation: 1, leader: a })
  expect(c.heartbeat(a, 1)).toBe('NONE')
  expect(c.group.offsets['t-0']!.committed.offset).toBe(5)
  expect(c.written).toHaveLength(1)
})

test('members whose join waits are sent away when the coordinator moves', () => {
  const c = new Coordinator('2.4')
  c.stable('a')
  const b = c.join('b')
  c.lead(1, 2)
  expect(c.joined(b).error).toBe('NOT_COORDINATOR')
  expect(Object.keys(c.broker.timers).filter((name) => name.startsWith('group-session'))).toEqual([])
})

test('a heartbeat between join and sync: join again to 2.5, all is well from 2.6', () => {
  for (const [generation, told] of [
    ['2.4', 'REBALANCE_IN_PROGRESS'],
    ['2.6', 'NONE'],
  ] as const) {
    const c = new Coordinator(generation)
    const { memberId } = c.joined(c.joinAndWait('a'))
    expect(c.heartbeat(memberId, 1), generation).toBe(told)
  }
})

test('2.8: a member that joined and does not sync goes with the rebalance time-out, before only with its session', () => {
  for (const [generation, members] of [
    ['2.7', 1],
    ['2.8', 0],
  ] as const) {
    const c = new Coordinator(generation)
    const { memberId } = c.joined(c.joinAndWait('a'))
    for (let i = 0; i < 3; i++) {
      c.broker.wait(1700)
      c.heartbeat(memberId, 1)
    }
    expect(c.group.members.length, generation).toBe(members)
  }
})

test('offsets go offsets.retention.minutes after their commit (to 2.0), or after the end of their group (KIP-211)', () => {
  const settings = { 'offsets.retention.minutes': 1, 'offsets.retention.check.interval.ms': 10_000 }
  for (const [generation, kept] of [
    ['2.0.1', false],
    ['2.1', true],
  ] as const) {
    const c = new Coordinator(generation, settings)
    const a = c.stable('a')
    c.commit(a, 1)
    for (let i = 0; i < 40; i++) {
      c.broker.wait(2000)
      c.heartbeat(a, 1)
    }
    expect(c.group.offsets['t-0'] !== undefined, generation).toBe(kept)
    c.leave(a)
    c.broker.wait(75_000)
    expect(c.broker.state.volatile!.coordination!.partitions[OFFSETS]!.groups, generation).toEqual({})
    expect(c.written.at(-1), generation).toBeNull()
  }
})

test('KIP-389: a group of the largest size takes nobody more', () => {
  const c = new Coordinator('2.4', { 'group.max.size': 1 })
  c.stable('a')
  expect(c.joined(c.join('b')).error).toBe('GROUP_MAX_SIZE_REACHED')
})

test('DescribeGroups tells members with their partitions while the group is stable', () => {
  const c = new Coordinator('2.4')
  const describe = (): unknown => {
    const answer = c.answer(c.ask({ type: 'DescribeGroupsRequest', groups: ['g'] }))
    return answer?.type === 'DescribeGroupsResponse' ? answer.groups.g : undefined
  }
  expect(describe()).toMatchObject({ state: 'Dead', members: {} })
  const a = c.stable('a')
  expect(describe()).toEqual({ error: 'NONE', state: 'Stable', protocol: 'range', members: { [a]: ['t-0', 't-1'] } })
  c.join('b')
  expect(describe()).toMatchObject({ state: 'PreparingRebalance', protocol: '', members: { [a]: [] } })
})
