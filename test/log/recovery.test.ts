import { expect, test } from 'vitest'
import type { Mechanisms } from '../../src/kafka/generation/mechanisms.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import { damageLog } from '../../src/log/disk-damage.ts'
import { emptyLayout } from '../../src/log/layout.ts'
import { losePower } from '../../src/log/power-loss.ts'
import { type LoadSource, loadLog } from '../../src/log/recovery.ts'
import { appendAsLeader, emptyLog, type ReplicaLog, readLog } from '../../src/log/replica-log.ts'

const of = (name: string): Mechanisms => generationNamed(name)!.mechanisms
const SETTINGS = { segmentBytes: 400, segmentMs: 1_000_000, indexIntervalBytes: 1, segmentIndexBytes: 10_000 }
const DISK = { settings: SETTINGS, nowMs: 0 }

/** Batches of one record, of which a segment holds a few. */
function logWith(m: Mechanisms, count: number): ReplicaLog {
  const log: ReplicaLog = { ...emptyLog(), layout: emptyLayout(0, m.recordFormat, 0) }
  for (let n = 0; n < count; n++) {
    appendAsLeader(log, [{ id: `p/${n}`, key: null, value: 'x'.repeat(30), timestampMs: n }], 0, m, DISK)
  }
  return log
}

const load = (log: ReplicaLog, m: Mechanisms, over: Partial<LoadSource> = {}) =>
  loadLog(log, { clean: false, recoveryPoint: 0, logStartOffset: 0, settings: SETTINGS, nowMs: 1, ...over }, m)

const bases = (log: ReplicaLog): number[] => log.layout!.segments.map(({ baseOffset }) => baseOffset)

test('a kill loses nothing, and a scan makes every index anew', () => {
  const m = of('2.4')
  const log = logWith(m, 12)
  const before = bases(log)
  const loaded = load(log, m)
  expect(loaded).toMatchObject({ failure: null, removed: [], scanned: before })
  expect(log.logEndOffset).toBe(12)
  expect(before.length).toBeGreaterThan(2)
})

test('a torn tail is cut without the marker of a clean stop', () => {
  const m = of('2.4')
  const log = logWith(m, 12)
  const removed = losePower(log, 10, 0.5)
  expect(removed.map(({ offset }) => offset)).toEqual([10, 11])
  expect(Object.values(log.damage!.tails)).toMatchObject([{ kind: 'torn', before: 10 }])
  load(log, m)
  expect(log.damage).toBeUndefined()
  expect(log.logEndOffset).toBe(10)
})

test('behind the marker of a clean stop a torn tail takes the whole last segment out of reach, and a scan brings it back', () => {
  const m = of('2.4')
  const log = logWith(m, 11)
  const base = bases(log).at(-1)!
  damageLog(log, { what: 'tear', partition: 't-0', segment: null, bytes: null })
  const loaded = load(log, m, { clean: true })
  expect(log.logEndOffset).toBe(base)
  expect(loaded.removed.map(({ offset }) => offset)).toEqual(Array.from({ length: 10 - base }, (_, n) => base + n))
  expect(readLog(log, base, 1000, 1000)).toEqual([])
  load(log, m)
  expect(log.logEndOffset).toBe(10)
})

test('a flipped byte costs everything behind it where it is scanned, and nothing below the scanned segments', () => {
  const m = of('3.5')
  const log = logWith(m, 12)
  const last = bases(log).at(-1)!
  damageLog(log, { what: 'flip', partition: 't-0', offset: 1 })
  load(log, m, { recoveryPoint: last })
  expect(log.logEndOffset).toBe(12)
  const loaded = load(log, m)
  expect(log.logEndOffset).toBe(1)
  expect(loaded.removed).toHaveLength(11)
  expect(bases(log)).toEqual([0])
})

test('0.8.0 scans the last segment only', () => {
  const m = of('0.8.0')
  const log = logWith(m, 12)
  expect(load(log, m).scanned).toEqual([bases(log).at(-1)])
})

test.each([
  ['0.8.2', 'an index file is corrupt', 0],
  ['2.2', null, 0],
  ['2.4', null, 7],
])('an index of impossible length in %s', (name, failure, left) => {
  const m = of(name)
  const log = logWith(m, 12)
  damageLog(log, { what: 'index', partition: 't-0', segment: 0, how: 'zeros', bytes: 7 })
  const recoveryPoint = bases(log).at(-1)!
  expect(load(log, m, { recoveryPoint }).failure).toBe(failure)
  const found = log.damage?.indexes[0]
  if (failure === null) expect(found?.kind === 'zeros' ? found.bytes : 0).toBe(left)
})

test('garbage behind the last batch ends a start that does not scan, from 0.10.2 on', () => {
  for (const [name, failure] of [
    ['0.9', null],
    ['2.4', 'the log of the segment at 0 ends in garbage'],
  ] as const) {
    const m = of(name)
    const log = logWith(m, 2)
    damageLog(log, { what: 'junk', partition: 't-0', segment: null, bytes: 50 })
    expect(load(log, m, { clean: true }).failure).toBe(failure)
    expect(load(log, m).failure).toBeNull()
    expect(log.logEndOffset).toBe(2)
  }
})

test('where a start leaves the recovery point', () => {
  for (const [name, point] of [
    ['0.10.2', 3],
    ['2.4', 12],
    ['3.5', 3],
  ] as const) {
    const m = of(name)
    const log = logWith(m, 12)
    load(log, m, { recoveryPoint: 3 })
    expect(log.recoveryPoint).toBe(point)
  }
})

test('a log start beyond the log end empties the log from 2.3 on', () => {
  for (const [name, end] of [
    ['1.1', 12],
    ['2.4', 500],
  ] as const) {
    const m = of(name)
    const log = logWith(m, 12)
    load(log, m, { logStartOffset: 500 })
    expect([log.logStartOffset, log.logEndOffset]).toEqual([500, end])
  }
})
