/** Conditions a reader types, the gauges of an operator, and messages under way, of a real run. */
import { expect, test } from 'vitest'
import { eventWords } from '../../../src/report/page/event-words.ts'
import { metricsScene } from '../../../src/report/page/metrics-scene.ts'
import { comesTrue, conditionExamples, readCondition } from '../../../src/report/page/until.ts'
import { pageRun } from './traced.ts'

const run = pageRun('history/kip-101-truncation-loses-acked-record')
const LAST = run.length - 1

/** The event at which a condition comes true, looked for from the beginning or from an event on. */
function eventOf(text: string, from = -1): number | null {
  const read = readCondition(text, run, 't-0')
  if (!read.ok) throw new Error(read.message)
  return comesTrue(run, read.holds, from, LAST)
}

const wordsOf = (text: string, from = -1): string => {
  const event = eventOf(text, from)
  return event === null ? 'never' : eventWords(run.events[event]!)
}

test('a condition is found where it comes true', () => {
  expect(wordsOf('b1 is down', 300)).toMatch(/The leader is killed/)
  expect(wordsOf('leader = b2')).toMatch(/elects broker 2|writes|RegistryRequest/)
  const acked = eventOf('acked >= 2')!
  expect(eventWords(run.events[acked]!)).toBe('p is told acked at offset 1')
  const cut = eventOf('b3.t-0.leo < 2 and m2 not in b3', acked)!
  expect(eventWords(run.events[cut]!)).toContain('b3 t-0: truncates its log from 2 to 1')
  expect(eventOf('m2 in b3')).toBeLessThan(acked)
})

test('a condition that holds already is looked for where it comes true again', () => {
  const down = eventOf('b1 is down', 300)!
  expect(eventOf('b1 is down', down)).toBeNull()
  expect(eventOf('isr < 3')).not.toBeNull()
  expect(eventOf('b1.hw > 99')).toBeNull()
})

test('what is no condition is named', () => {
  const message = (text: string): string => {
    const read = readCondition(text, run, 't-0')
    return read.ok ? '' : read.message
  }
  expect(message('b1.leo <')).toBe('“b1.leo <” is no condition that is known.')
  expect(message('b1.t-9.leo < 2')).toBe('“b1.t-9.leo < 2” is no condition that is known.')
  expect(message('b1.leo < 2 and nonsense')).toBe('“nonsense” is no condition that is known.')
  expect(message('')).toBe('There is no condition.')
  for (const example of conditionExamples(run, 't-0')) expect(message(example)).toBe('')
})

test('gauges count what is wrong now, and leader changes say who it was', () => {
  expect(metricsScene(run, 500)).toMatchObject({ underReplicated: [], underMinIsr: [], offline: [], leaderChanges: [] })
  const leader = (to: number): number => eventOf(`leader = ${to}`)!
  expect(metricsScene(run, leader(2))).toMatchObject({
    underReplicated: ['t-0'],
    shrinks: 1,
    leaderChanges: [{ event: leader(2), partition: 't-0', from: 1, to: 2 }],
  })
  const end = metricsScene(run, LAST)
  expect(end).toMatchObject({ underReplicated: [], offline: [] })
  expect(end.expands).toBeGreaterThan(0)
  expect(end.leaderChanges.map(({ from, to }) => [from, to])).toEqual([
    [2, 3],
    [1, 2],
  ])
})

test('messages under way are those that are sent and have not ended, in the order of their ends', () => {
  for (const at of [398, 604, 605]) {
    const expected = run.messages.filter(({ sent, ended }) => sent <= at && (ended ?? LAST + 1) > at)
    expect(run.inFlight(at, 1_000)).toEqual(expected)
    expect(expected.length).toBeGreaterThan(0)
  }
  expect(run.inFlight(604, 1)).toHaveLength(1)
})
