import { expect, test } from 'vitest'
import { travelTime } from '../../src/network/latency.ts'
import { fate, isCut, type LinkFault } from '../../src/network/links.ts'

const fault = (given: Partial<LinkFault>): LinkFault => ({
  kind: 'cut',
  from: 'broker-1',
  to: 'broker-2',
  extraUs: 0,
  messages: null,
  ...given,
})

test('a cut concerns one direction only', () => {
  const faults = [fault({})]
  expect(isCut(faults, 'broker-1', 'broker-2')).toBe(true)
  expect(isCut(faults, 'broker-2', 'broker-1')).toBe(false)
})

test('a filter holds only the messages it names', () => {
  const faults = [fault({ kind: 'hold', messages: ['FetchResponse'] })]
  expect(fate(faults, 'broker-1', 'broker-2', 'FetchResponse').blocked).toBe(true)
  expect(fate(faults, 'broker-1', 'broker-2', 'FetchRequest').blocked).toBe(false)
})

test('slow links add up and a star matches every process', () => {
  const faults = [fault({ kind: 'slow', extraUs: 5 }), fault({ kind: 'slow', from: '*', extraUs: 7 })]
  expect(fate(faults, 'broker-1', 'broker-2', 'x').extraUs).toBe(12)
  expect(fate(faults, 'broker-3', 'broker-2', 'x').extraUs).toBe(7)
})

test('travel times stay within their distribution and are whole microseconds', () => {
  for (let i = 0; i < 100; i++) {
    const draw = (): number => i / 100
    expect(travelTime({ kind: 'constant', us: 9 }, draw)).toBe(9)
    const uniform = travelTime({ kind: 'uniform', minUs: 10, maxUs: 20 }, draw)
    expect(uniform).toBeGreaterThanOrEqual(10)
    expect(uniform).toBeLessThanOrEqual(20)
    const exponential = travelTime({ kind: 'exponential', floorUs: 100, meanUs: 50 }, draw)
    expect(exponential).toBeGreaterThanOrEqual(100)
    expect(Number.isInteger(exponential)).toBe(true)
  }
  expect(travelTime({ kind: 'bimodal', fastUs: 1, slowUs: 99, slowShare: 0.1 }, () => 0.05)).toBe(99)
  expect(travelTime({ kind: 'bimodal', fastUs: 1, slowUs: 99, slowShare: 0.1 }, () => 0.5)).toBe(1)
})
