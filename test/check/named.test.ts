import { describe, expect, it } from 'vitest'
import { named } from '../../src/check/logs.ts'
import { filled } from '../../src/kafka/records.ts'

describe('a record in words', () => {
  it('is the text of its value, without what makes it larger', () => {
    expect(named({ id: 'p1/7', value: filled('p1-7', 40) })).toBe('p1-7')
    expect(named({ id: 'p1/7', value: 'v.7' })).toBe('v.7')
  })

  it('is its identity where the value says nothing', () => {
    expect(named({ id: 'p1/7', value: null })).toBe('p1/7')
    expect(named({ id: 'p1/7', value: filled('', 3) })).toBe('p1/7')
  })

  it('is nothing where there is none', () => {
    expect(named(null)).toBe('nothing')
  })
})
