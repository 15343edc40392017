import { expect, test } from 'vitest'
import { assignPartitions } from '../../../src/client/consumer/assignors/assign.ts'
import type { AssignorMember } from '../../../src/client/consumer/assignors/assignor.ts'
import { KAFKA_0_11 } from '../../../src/kafka/generation/kafka-0-11.ts'
import { KAFKA_2_3 } from '../../../src/kafka/generation/kafka-2-3.ts'
import { KAFKA_2_4 } from '../../../src/kafka/generation/kafka-2-4.ts'
import { KAFKA_2_5 } from '../../../src/kafka/generation/kafka-2-5.ts'
import { KAFKA_2_7 } from '../../../src/kafka/generation/kafka-2-7.ts'
import { KAFKA_2_8 } from '../../../src/kafka/generation/kafka-2-8.ts'
import { KAFKA_3_3 } from '../../../src/kafka/generation/kafka-3-3.ts'
import { KAFKA_3_5 } from '../../../src/kafka/generation/kafka-3-5.ts'
import type { Mechanisms } from '../../../src/kafka/generation/mechanisms.ts'

const member = (memberId: string, topics: readonly string[], instanceId: string | null = null): AssignorMember => ({
  memberId,
  instanceId,
  topics,
  owned: [],
  generation: -1,
  rack: null,
})

test('range gives what is left over to the first members, topic by topic', () => {
  const members = [member('b', ['t', 'u']), member('a', ['t', 'u'])]
  const given = { members, partitions: { t: 3, u: 3 }, mechanisms: KAFKA_2_4.mechanisms }
  expect(assignPartitions('range', given)).toEqual({ a: ['t-0', 't-1', 'u-0', 'u-1'], b: ['t-2', 'u-2'] })
})

test('a topic that the leader does not know is given to nobody', () => {
  const given = { members: [member('a', ['t', 'gone'])], partitions: { t: 1 }, mechanisms: KAFKA_2_4.mechanisms }
  expect(assignPartitions('range', given)).toEqual({ a: ['t-0'] })
  expect(assignPartitions('roundrobin', given)).toEqual({ a: ['t-0'] })
})

test('round robin passes over members that do not read a topic', () => {
  const members = [member('a', ['t']), member('b', ['t', 'u'])]
  const given = { members, partitions: { t: 2, u: 2 }, mechanisms: KAFKA_2_4.mechanisms }
  expect(assignPartitions('roundrobin', given)).toEqual({ a: ['t-0'], b: ['t-1', 'u-0', 'u-1'] })
})

test('static members are served first, by instance id, from 2.4 on', () => {
  const members = [member('a', ['t']), member('z', ['t'], 'one'), member('m', ['t'], 'two')]
  const partitions = { t: 3 }
  const before = assignPartitions('range', { members, partitions, mechanisms: KAFKA_2_3.mechanisms })
  expect(before).toEqual({ a: ['t-0'], m: ['t-1'], z: ['t-2'] })
  const after = assignPartitions('range', { members, partitions, mechanisms: KAFKA_2_4.mechanisms })
  expect(after).toEqual({ z: ['t-0'], m: ['t-1'], a: ['t-2'] })
})

test('a partition that changes hands is given to nobody in the first round of a cooperative rebalance', () => {
  const owner = { ...member('a', ['t']), owned: ['t-0', 't-1'], generation: 1 }
  const given = { members: [owner, member('b', ['t'])], partitions: { t: 2 }, mechanisms: KAFKA_3_5.mechanisms }
  expect(assignPartitions('cooperative-sticky', given)).toEqual({ a: ['t-0'], b: [] })
  expect(assignPartitions('sticky', given)).toEqual({ a: ['t-0'], b: ['t-1'] })
})

test('before KAFKA-12984 a member that lost its place keeps what it claims, and two own one partition', () => {
  const lost = { ...member('a', ['t']), owned: ['t-0', 't-1'], generation: -1 }
  const present = { ...member('b', ['t']), owned: ['t-0', 't-1'], generation: 7 }
  const given = (mechanisms: Mechanisms) => ({ members: [lost, present], partitions: { t: 2 }, mechanisms })
  const twice = assignPartitions('cooperative-sticky', given(KAFKA_2_7.mechanisms))
  expect(twice).toEqual({ a: ['t-0'], b: ['t-0'] })
  const repaired = assignPartitions('cooperative-sticky', given(KAFKA_2_8.mechanisms))
  expect(repaired).toEqual({ a: [], b: ['t-0'] })
})

test('members that subscribe differently: who reads few topics gets what only few can read', () => {
  const members = [member('a', ['t', 'u']), member('b', ['t'])]
  const given = { members, partitions: { t: 1, u: 2 }, mechanisms: KAFKA_3_5.mechanisms }
  expect(assignPartitions('sticky', given)).toEqual({ a: ['u-0', 'u-1'], b: ['t-0'] })
})

test.each([KAFKA_0_11, KAFKA_2_3, KAFKA_2_4, KAFKA_2_5, KAFKA_2_8, KAFKA_3_3, KAFKA_3_5])(
  'sticky of $name: everything is given once, evenly, and who stays keeps its own',
  ({ mechanisms }) => {
    const ids = ['a', 'b', 'c', 'd']
    const partitions = { t: 7, u: 4 }
    const first = assignPartitions('sticky', {
      members: ids.map((id) => member(id, ['t', 'u'])),
      partitions,
      mechanisms,
    })
    const left = ids.slice(1).map((id) => ({ ...member(id, ['t', 'u']), owned: first[id] ?? [], generation: 1 }))
    const second = assignPartitions('sticky', { members: left, partitions, mechanisms })
    expect(Object.values(second).flat().sort()).toEqual(Object.values(first).flat().sort())
    expect(
      Object.values(second)
        .map((list) => list.length)
        .sort(),
    ).toEqual([3, 4, 4])
    for (const { memberId, owned } of left) {
      expect(owned.every((name) => second[memberId]?.includes(name))).toBe(true)
    }
  },
)

test('members without topics before the first that has some count as equal, and are given partitions (2.5.1)', () => {
  const members = [member('a', []), member('b', ['t']), member('c', ['t'])]
  const given = (mechanisms: Mechanisms) => ({ members, partitions: { t: 3 }, mechanisms })
  expect(assignPartitions('sticky', given(KAFKA_2_4.mechanisms))).toEqual({ a: [], b: ['t-0', 't-2'], c: ['t-1'] })
  expect(assignPartitions('sticky', given(KAFKA_2_5.mechanisms))).toEqual({ a: ['t-0'], b: ['t-1'], c: ['t-2'] })
})

test('members get what has a replica in their rack, from 3.5 on (KIP-881)', () => {
  const at = (memberId: string, rack: string | null) => ({ ...member(memberId, ['t', 'u']), rack })
  const members = [at('a', 'r2'), at('b', 'r1')]
  const racks = { 't-0': ['r1'], 't-1': ['r2'], 'u-0': ['r1'], 'u-1': ['r2'] }
  const given = (mechanisms: Mechanisms) => ({ members, partitions: { t: 2, u: 2 }, racks, mechanisms })
  const inRack = { a: ['t-1', 'u-1'], b: ['t-0', 'u-0'] }
  expect(assignPartitions('range', given(KAFKA_3_5.mechanisms))).toEqual(inRack)
  expect(assignPartitions('sticky', given(KAFKA_3_5.mechanisms))).toEqual(inRack)
  expect(assignPartitions('range', given(KAFKA_3_3.mechanisms))).toEqual({ a: ['t-0', 'u-0'], b: ['t-1', 'u-1'] })
  // A member of no rack takes anything, and where every partition is in every rack nothing is matched.
  const everywhere = { ...given(KAFKA_3_5.mechanisms), racks: {} }
  expect(assignPartitions('range', everywhere)).toEqual({ a: ['t-0', 'u-0'], b: ['t-1', 'u-1'] })
  const placeless = { ...given(KAFKA_3_5.mechanisms), members: [at('a', 'r2'), at('b', null)] }
  expect(assignPartitions('range', placeless)).toEqual(inRack)
})

test('what a member owns in another rack is taken from it when members subscribe differently', () => {
  const own = { ...member('a', ['t']), owned: ['t-0'], generation: 1, rack: 'r2' }
  const members = [own, { ...member('b', ['t', 'u']), rack: 'r1' }]
  const racks = { 't-0': ['r1'], 't-1': ['r2'], 'u-0': ['r2'] }
  const given = { members, partitions: { t: 2, u: 1 }, racks, mechanisms: KAFKA_3_5.mechanisms }
  expect(assignPartitions('sticky', given)).toEqual({ a: ['t-1'], b: ['t-0', 'u-0'] })
})
