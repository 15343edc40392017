import { expect, test } from 'vitest'
import { lagSeries, toldSeries, valueSeries } from '../../../src/report/page/chart-series.ts'
import { topicBalance } from '../../../src/report/page/topic-balance.ts'
import { truthPath } from '../../../src/report/page/view-state.ts'
import { pageRun } from './traced.ts'

test('a topic that lies evenly has no skew', () => {
  const even = [
    { replicas: [1, 2], leader: 1 },
    { replicas: [2, 3], leader: 2 },
    { replicas: [3, 1], leader: 3 },
  ]
  expect(topicBalance(even, 3)).toEqual({
    partitions: 3,
    brokers: 3,
    spreadPercent: 100,
    skewPercent: 0,
    leaderSkewPercent: 0,
  })
})

test('a broker with more than an even share is skew, and leaders are counted apart', () => {
  const crowded = [
    { replicas: [1, 2], leader: 1 },
    { replicas: [1, 2], leader: 1 },
    { replicas: [1, 3], leader: 1 },
    { replicas: [1, 3], leader: -1 },
  ]
  const balance = topicBalance(crowded, 5)
  expect(balance).toMatchObject({ brokers: 3, spreadPercent: 60, skewPercent: 33, leaderSkewPercent: 33 })
})

test('charts follow a leader crash: lag of the dead, size of the ISR, what clients were told', () => {
  const run = pageRun('leader-crash')
  const dead = lagSeries(run, 'orders-0', 1).map(({ value }) => value)
  expect(Math.max(...dead.map((value) => value ?? 0))).toBeGreaterThan(10)
  expect(dead.at(-1)).toBe(0)
  expect(valueSeries(run, truthPath('orders-0', 'isr')).map(({ value }) => value)).toEqual([3, 2, 3])
  const acked = toldSeries(run, 'acked').map(({ value }) => value ?? 0)
  expect(acked).toEqual([...acked].sort((a, b) => a - b))
  expect(acked.at(-1)).toBeGreaterThan(400)
})
