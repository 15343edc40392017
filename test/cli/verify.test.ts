import { expect, test } from 'vitest'
import { EventPrints } from '../../src/cli/verify.ts'

const first = (): EventPrints => {
  const prints = new EventPrints()
  for (const line of ['a', 'b', 'c']) prints.add(line)
  return prints
}

test('a second run that is the same differs nowhere', () => {
  const prints = first()
  expect(prints.compare(['a', 'b'])).toBeNull()
  expect(prints.compare(['c'])).toBeNull()
  expect(prints.missing()).toBeNull()
})

test('the first event that differs is named, also when it comes after the end of the first run', () => {
  expect(first().compare(['a', 'x', 'c'])).toEqual({ index: 1, line: 'x' })
  expect(first().compare(['a', 'b', 'c', 'd'])).toEqual({ index: 3, line: 'd' })
})

test('a second run that ends early lacks the event after its last', () => {
  const prints = first()
  prints.compare(['a', 'b'])
  expect(prints.missing()).toBe(2)
})
