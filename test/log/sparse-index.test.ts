import { expect, test } from 'vitest'
import { lookupOffset } from '../../src/log/offset-index.ts'
import { lookupTimestamp } from '../../src/log/time-index.ts'

const OFFSETS = [0, 10, 20, 30, 40].map((offset) => ({ offset, position: offset * 100 }))

test.each([
  [0, 0],
  [9, 0],
  [10, 1000],
  [39, 3000],
  [40, 4000],
  [1_000, 4000],
])('a read of offset %i begins at position %i, the last entry at or below it', (offset, position) => {
  const found = lookupOffset(OFFSETS, offset)
  expect(found.position).toBe(position)
  expect(found.probes).toBeLessThanOrEqual(3)
})

test('below the first entry, and in an empty index, a read begins at the beginning', () => {
  const beginning = { entry: null, position: 0 }
  expect(lookupOffset([{ offset: 5, position: 700 }], 4)).toEqual({ ...beginning, probes: 1 })
  expect(lookupOffset([], 4)).toEqual({ ...beginning, probes: 0 })
})

test('a timestamp is found at the last entry that is not later', () => {
  const entries = [100, 200, 300].map((timestampMs, index) => ({ timestampMs, offset: index * 7 }))
  expect(lookupTimestamp(entries, 299).entry).toEqual({ timestampMs: 200, offset: 7 })
  expect(lookupTimestamp(entries, 300).entry).toEqual({ timestampMs: 300, offset: 14 })
  expect(lookupTimestamp(entries, 99).entry).toBeNull()
})
