import { expect, test } from 'vitest'
import { Comparison } from '../../src/conform/comparison.ts'
import { comparePhase, compareSyncTimes, SyncWatch } from '../../src/conform/sync-watch.ts'
import type { FactEntry } from '../../src/world/world.ts'
import { T0, TestBroker } from '../broker/broker-harness.ts'

/** What a broker has told of its flushes, as the ledger's entries. */
function synced(b: TestBroker): FactEntry[] {
  return b.factsOf('synced').map((fact, event) => ({ atUs: event, event, node: 'broker-1', fact }))
}

test('a flush by count is one fsync of the segment and two msyncs of its indexes, one in format 0', () => {
  for (const [kafka, msyncs] of [
    ['0.8.2', 1],
    ['2.4', 2],
  ] as const) {
    const b = new TestBroker(kafka).up().role({ isr: [1], topicSettings: { 'flush.messages': '3' } })
    const watch = new SyncWatch()
    for (const value of ['a', 'b', 'c', 'd']) b.produce([value], 1)
    watch.look(synced(b))
    const calls = watch.calls(1, 0, 1_000)
    expect([calls[`fsync .log of ${T0}`], calls['msync mapped index']]).toEqual([1, msyncs])
  }
})

test('checkpoints are forced at every run, changed or not', () => {
  const b = new TestBroker('2.4').up().role({ isr: [1] })
  b.wait(20_000)
  const files = b.factsOf('synced').filter(({ file }) => file === 'replication-offset-checkpoint')
  expect(files.length).toBeGreaterThanOrEqual(4)
})

test('one call more or less is found, except of files that timers write; directories are not compared', () => {
  const compare = (recorded: Record<string, number>, ours: Record<string, number>): string[] => {
    const to = new Comparison()
    comparePhase('roll', recorded, ours, to)
    return to.differences.map(({ field }) => field)
  }
  expect(compare({ 'fsync .log of t-0': 1 }, { 'fsync .log of t-0': 2 })).toEqual(['fsync .log of t-0'])
  expect(compare({ 'msync mapped index': 2 }, {})).toEqual(['msync mapped index'])
  const timer = 'fsync recovery-point-offset-checkpoint.tmp'
  expect(compare({ [timer]: 3 }, { [timer]: 4 })).toEqual([])
  expect(compare({ [timer]: 3 }, { [timer]: 5 })).toEqual([timer])
  expect(compare({ 'fsync directory of t-0': 1 }, {})).toEqual([])
})

test('times are compared by what lies between them', () => {
  const compare = (recorded: readonly number[], ours: readonly number[]): number => {
    const to = new Comparison()
    compareSyncTimes('t', recorded, ours, to)
    return to.differences.length
  }
  expect(compare([100, 1_300, 2_300], [150, 1_150, 2_350])).toBe(0)
  expect(compare([100, 1_300, 2_300], [150, 1_150, 2_900])).toBe(1)
  expect(compare([100, 1_300], [150])).toBe(1)
})
