import { expect, test } from 'vitest'
import { coordinatorPartition, isInternalTopic } from '../../src/kafka/internal-topics.ts'
import { javaStringHash } from '../../src/kafka/java-hash.ts'

test('the hash of an id is that of a Java string, over UTF-16 units', () => {
  expect(javaStringHash('')).toBe(0)
  expect(javaStringHash('group')).toBe(98629247)
  expect(javaStringHash('my-group')).toBe(-1906497762)
  expect(javaStringHash('\ud83d\ude00')).toBe(1772899)
})

test('the least integer, whose absolute value is none, belongs to partition 0', () => {
  expect(javaStringHash('polygenelubricants')).toBe(-2147483648)
  expect(coordinatorPartition('polygenelubricants', 50)).toBe(0)
  expect(coordinatorPartition('my-group', 50)).toBe(12)
})

test('two topics are internal', () => {
  expect(['__consumer_offsets', '__transaction_state', 'orders'].filter(isInternalTopic)).toHaveLength(2)
})
