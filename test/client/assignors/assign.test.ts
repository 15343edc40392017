import { expect, test } from 'vitest'
import { assignPartitions } from '../../../src/client/consumer/assignors/assign.ts'
import type { AssignorMember } from '../../../src/client/consumer/assignors/assignor.ts'
import { KAFKA_2_3 } from '../../../src/kafka/generation/kafka-2-3.ts'
import { KAFKA_2_4 } from '../../../src/kafka/generation/kafka-2-4.ts'

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
