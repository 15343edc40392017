import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { murmur2, partitionForKey, toPositive } from '../../src/kafka/murmur2.ts'
import { utf8Bytes, utf8Length } from '../../src/kafka/utf8.ts'

interface Case {
  readonly keyHex: string
  readonly text?: string
  readonly hash: number
  readonly toPositive: number
  readonly partition: Readonly<Record<string, number>>
}

const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL('../conformance/vectors/murmur2.json', import.meta.url), 'utf8'),
).cases

const bytesOf = (hex: string): number[] => (hex.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))

test('every key of the real class has the same hash and the same partitions', () => {
  expect(cases.length).toBeGreaterThan(40)
  for (const one of cases) {
    const hash = murmur2(bytesOf(one.keyHex))
    expect(hash, one.keyHex).toBe(one.hash)
    expect(toPositive(hash)).toBe(one.toPositive)
    for (const [count, partition] of Object.entries(one.partition)) {
      expect(toPositive(hash) % Number(count)).toBe(partition)
      if (one.text !== undefined) expect(partitionForKey(one.text, Number(count)), one.text).toBe(partition)
    }
  }
})

test('a text is hashed over its UTF-8 bytes', () => {
  for (const text of ['', 'a', 'é', '€', '😀x', 'mixed é€😀']) {
    expect(utf8Bytes(text)).toEqual([...new TextEncoder().encode(text)])
    expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length)
  }
  expect(utf8Bytes('\ud800x')).toEqual([0x3f, 0x78])
  expect(utf8Length('\ud800x')).toBe(2)
})
