import { expect, test } from 'vitest'
import { editDistance, nearestName } from '../../src/scenario/nearest.ts'

test('swapped neighbours are one mistake', () => {
  expect(editDistance('crahs', 'crash')).toBe(1)
  expect(editDistance('', 'abc')).toBe(3)
  expect(editDistance('kitten', 'sitting')).toBe(3)
})

test('case and hyphens are no mistake at all', () => {
  expect(nearestName('highWatermark', ['log-end-offset', 'high-watermark'])).toBe('high-watermark')
  expect(nearestName('StrongISR', ['WeakIsr', 'StrongIsr'])).toBe('StrongIsr')
})

test('what is far from every name has none near it', () => {
  expect(nearestName('explode', ['crash', 'stop'])).toBeNull()
  expect(nearestName('x'.repeat(10_000), ['crash'])).toBeNull()
  expect(nearestName('ab', ['cd'])).toBeNull()
})

test('words that begin alike may end differently', () => {
  expect(nearestName('truncate', ['truncation', 'fetchError'])).toBe('truncation')
})
