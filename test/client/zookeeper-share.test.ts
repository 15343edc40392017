import { expect, test } from 'vitest'
import { shareOf } from '../../src/client/consumer/zookeeper/share.ts'
import type { GroupView } from '../../src/client/consumer/zookeeper/state.ts'

const view = (consumers: Record<string, readonly string[]>, partitions: Record<string, number>): GroupView => ({
  consumers,
  partitions,
})

test('range: each consumer works out its own part of each topic, in the order of their ids', () => {
  const seen = view({ g_a: ['t', 'u'], g_b: ['t'] }, { t: 3, u: 2 })
  expect(shareOf(seen, 'g_a', 'range')).toEqual(['t-0', 't-1', 'u-0', 'u-1'])
  expect(shareOf(seen, 'g_b', 'range')).toEqual(['t-2'])
})

test('two consumers that see different groups both claim a partition', () => {
  const early = view({ g_a: ['t'] }, { t: 2 })
  const late = view({ g_a: ['t'], g_b: ['t'] }, { t: 2 })
  expect(shareOf(early, 'g_a', 'range')).toEqual(['t-0', 't-1'])
  expect(shareOf(late, 'g_b', 'range')).toEqual(['t-1'])
})

test('round robin of 0.8.2 deals everything out once, and nothing when topics differ', () => {
  const seen = view({ g_a: ['t', 'u'], g_b: ['u', 't'] }, { t: 3, u: 2 })
  const all = ['g_a', 'g_b'].flatMap((id) => shareOf(seen, id, 'roundrobin'))
  expect(all.sort()).toEqual(['t-0', 't-1', 't-2', 'u-0', 'u-1'])
  expect(shareOf(view({ g_a: ['t'], g_b: ['u'] }, { t: 3, u: 2 }), 'g_a', 'roundrobin')).toEqual([])
})
