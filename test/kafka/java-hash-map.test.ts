import { expect, test } from 'vitest'
import { topicPartitionHash } from '../../src/kafka/java-hash.ts'
import { JavaHashMap } from '../../src/kafka/java-hash-map.ts'

test('hashes strings and topic partitions as Java does', () => {
  expect(topicPartitionHash('t-0')).toBe(31 * 31 + 't'.charCodeAt(0))
})

test('walks its keys by bucket, not by age', () => {
  const map = new JavaHashMap<number>()
  for (const key of ['c', 'a', 'b']) map.set(key, 1)
  expect(map.keys()).toEqual(['a', 'b', 'c'])
})

test('keeps the age of keys in one bucket when the table grows', () => {
  const map = new JavaHashMap<number>()
  for (const key of ['BB', 'Aa', 'x']) map.set(key, 1)
  for (let i = 0; i < 40; i++) map.set(`key ${i}`, i)
  const keys = map.keys()
  expect(keys.indexOf('Aa')).toBe(keys.indexOf('BB') + 1)
  expect(map.size).toBe(43)
})

test('a bucket of more than eight keys doubles a small table', () => {
  const byHash = new JavaHashMap<number>((key) => Number(key) * 16)
  for (let i = 0; i < 9; i++) byHash.set(String(i), i)
  // 32 buckets: even multiples of 16 first, then odd ones.
  expect(byHash.keys()).toEqual(['0', '2', '4', '6', '8', '1', '3', '5', '7'])
})

test('a key that was taken out and comes again is the youngest of its bucket', () => {
  const map = new JavaHashMap<number>(() => 0)
  map.set('a', 1)
  map.set('b', 2)
  expect(map.delete('a')).toBe(true)
  expect(map.delete('a')).toBe(false)
  map.set('a', 3)
  expect(map.entries()).toEqual([
    ['b', 2],
    ['a', 3],
  ])
})

test('computeIfAbsent lets the table grow one call later than put', () => {
  const numbers = Array.from({ length: 13 }, (_, i) => String(i))
  const hashOf = (key: string): number => (key === '12' ? 16 : Number(key))
  const put = new JavaHashMap<number>(hashOf)
  const computed = new JavaHashMap<number>(hashOf)
  for (const key of numbers) {
    put.set(key, 1)
    computed.getOrMake(key, () => 1, 'first')
  }
  // 16 buckets, of which the first holds 0 and 12: the thirteenth key doubles the table at once, or at the next call.
  expect(put.keys().at(-1)).toBe('12')
  expect(computed.keys().slice(0, 2)).toEqual(['12', '0'])
  computed.getOrMake('5', () => 1, 'first')
  expect(computed.keys().at(-1)).toBe('12')
})
