import { expect, test } from 'vitest'
import { isRightlyCaught, runMutant } from '../../src/campaign/mutant-run.ts'

/** Planted bugs that look like what their generation is known to do; a seed that shows each, and the property that finds it. */
test.each([
  ['cut-below-high-watermark', 1, 'StrongIsr'],
  ['epoch-answer-not-believed', 5, 'StrongIsr'],
  ['cut-one-too-little', 26, 'LogMatchingByEpoch'],
] as const)('%s with seed %i by %s', (name, seed, property) => {
  const result = runMutant(name, { first: seed, most: 1, catches: 1 })
  expect(result.catches.map(({ by }) => by)).toEqual([property])
  expect(isRightlyCaught(result)).toBe(true)
})
