import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonical, fingerprint } from '../../src/kernel/fingerprint.ts'
import { EventQueue } from '../../src/kernel/queue.ts'
import { naturalLog, RandomStreams } from '../../src/kernel/random.ts'
import { formatDuration, formatTime, parseDuration } from '../../src/kernel/time.ts'

test('the queue gives entries in order of (atUs, id), whatever the order they came in', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ atUs: fc.integer({ min: 0, max: 50 }), id: fc.integer() }), { maxLength: 400 }),
      (entries) => {
        const queue = new EventQueue()
        for (const [place, entry] of entries.entries()) queue.push({ ...entry, place })
        const out = []
        for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) out.push(entries[entry.place])
        expect(out).toEqual([...entries].sort((a, b) => a.atUs - b.atUs || a.id - b.id))
      },
    ),
    { seed: 1 },
  )
})

test('a draw depends on seed, stream and index only, not on the order of asking', () => {
  const forwards = new RandomStreams('7')
  const backwards = new RandomStreams('7')
  const a = Array.from({ length: 200 }, (_, i) => forwards.draw('x', i))
  const b = Array.from({ length: 200 }, (_, i) => backwards.draw('x', 199 - i)).reverse()
  expect(a).toEqual(b)
  expect(new Set(a).size).toBe(200)
  expect(forwards.draw('y', 0)).not.toBe(a[0])
  expect(new RandomStreams('8').draw('x', 0)).not.toBe(a[0])
  expect(a.every((draw) => draw >= 0 && draw < 1)).toBe(true)
})

test('the logarithm agrees with the usual one to fifteen digits', () => {
  for (const x of [1e-9, 0.001, 0.5, 1, 2, 3.7, 1e12]) expect(naturalLog(x)).toBeCloseTo(Math.log(x), 12)
})

test('canonical text does not depend on the order of keys', () => {
  expect(canonical({ b: 1, a: [2, { d: null, c: 'x' }] })).toBe(canonical({ a: [2, { c: 'x', d: null }], b: 1 }))
  expect(fingerprint({ a: 1 })).not.toBe(fingerprint({ a: 2 }))
  expect(fingerprint([1, 23])).not.toBe(fingerprint([12, 3]))
})

test('durations and moments are read and printed with their units', () => {
  expect(parseDuration('10s')).toBe(10_000_000)
  expect(parseDuration('1.5m')).toBe(90_000_000)
  expect(parseDuration('250')).toBe(null)
  expect(parseDuration('3 bananas')).toBe(null)
  expect(formatTime(1_250_000)).toBe('00:01.250')
  expect(formatTime(3_661_000_000)).toBe('1:01:01.000')
  expect(formatDuration(1_520_000)).toBe('1.52 s')
  expect(formatDuration(125_000_000)).toBe('2 m 5 s')
})
