import { expect, test } from 'vitest'
import { divergingEpochOf, handleOffsetsForLeaderEpoch, leaderEpochError } from '../../src/broker/leader-epoch.ts'
import { follower, mechanismsOf, PARTITION, partitionState, writtenLog } from './fetcher-harness.ts'

test('from 2.1 a request of an older leader epoch is fenced and one of a newer epoch is unknown', () => {
  const errors = (generation: string): string[] =>
    [-1, 3, 4, 5].map((epoch) => leaderEpochError(partitionState({ leaderEpoch: 4 }), epoch, mechanismsOf(generation)))
  expect(errors('2.0.1')).toEqual(['NONE', 'NONE', 'NONE', 'NONE'])
  expect(errors('2.1')).toEqual(['NONE', 'FENCED_LEADER_EPOCH', 'NONE', 'UNKNOWN_LEADER_EPOCH'])
})

test('a fetch diverges when its last epoch ends earlier at the leader or is unknown there', () => {
  const m = mechanismsOf('2.8')
  const log = writtenLog(m, [0, 'a', 'b'], [2, 'c'], [5, 'd'])
  const leading = partitionState({ role: 'leader' })
  const asked = (fetchOffset: number, epoch: number): unknown => divergingEpochOf(log, leading, fetchOffset, epoch, m)
  expect(asked(4, 5)).toBeNull()
  expect(asked(2, 0)).toBeNull()
  expect(asked(3, 0)).toEqual({ epoch: 0, endOffset: 2 })
  expect(asked(3, 4)).toEqual({ epoch: 2, endOffset: 3 })
  expect(asked(4, 9)).toEqual({ epoch: -1, endOffset: -1 })
  expect(asked(4, -1)).toBeNull()
})

test('up to 2.6 a leader never compares logs on a fetch', () => {
  const m = mechanismsOf('2.6')
  const log = writtenLog(m, [0, 'a'])
  expect(divergingEpochOf(log, partitionState({ role: 'leader' }), 3, 0, m)).toBeNull()
})

const askedOf = (generation: string, over: Parameters<typeof partitionState>[0], leaderEpoch = 0): unknown => {
  const m = mechanismsOf(generation)
  const it = follower(generation, { log: writtenLog(m, [0, 'a', 'b'], [3, 'c']) })
  it.state.volatile.partitions[PARTITION] = partitionState(over)
  const partitions = { [PARTITION]: { leaderEpoch, currentLeaderEpoch: m.leaderEpochFencing ? 4 : -1 } }
  const request = { type: 'OffsetsForLeaderEpochRequest' as const, correlationId: 7, replicaId: 1, partitions }
  handleOffsetsForLeaderEpoch(it.state, it.ctx, it.config, request, 'broker-1>broker-2#replica@1')
  const answered = it.ctx.replies[0] as { partitions: Record<string, unknown> }
  return answered.partitions[PARTITION]
}

test('the answer names the offset only up to 1.1, and the epoch with it from 2.0', () => {
  expect(askedOf('1.1', { role: 'leader' })).toEqual({ error: 'NONE', leaderEpoch: -1, endOffset: 2 })
  expect(askedOf('2.0.0', { role: 'leader' })).toEqual({ error: 'NONE', leaderEpoch: 0, endOffset: 2 })
  expect(askedOf('2.0.0', { role: 'leader' }, 2)).toEqual({ error: 'NONE', leaderEpoch: 0, endOffset: 2 })
})

test('only a leader answers, and from 2.1 only one of the same epoch', () => {
  const refused = (error: string): unknown => ({ error, leaderEpoch: -1, endOffset: -1 })
  expect(askedOf('1.1', { role: 'follower' })).toEqual(refused('NOT_LEADER_FOR_PARTITION'))
  expect(askedOf('2.1', { role: 'leader', leaderEpoch: 5 })).toEqual(refused('FENCED_LEADER_EPOCH'))
  expect(askedOf('2.1', { role: 'follower', leaderEpoch: 3 })).toEqual(refused('UNKNOWN_LEADER_EPOCH'))
})
