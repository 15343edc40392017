import { expect, test } from 'vitest'
import { coordinatorPartition, isInternalTopic, javaHashCode } from '../../src/kafka/internal-topics.ts'

test('the hash of an id is that of a Java string, over UTF-16 units', () => {
  expect(javaHashCode('')).toBe(0)
  expect(javaHashCode('group')).toBe(98629247)
  expect(javaHashCode('my-group')).toBe(-1906497762)
  expect(javaHashCode('\ud83d\ude00')).toBe(1772899)
})

test('the least integer, whose absolute value is none, belongs to partition 0', () => {
  expect(javaHashCode('polygenelubricants')).toBe(-2147483648)
  expect(coordinatorPartition('polygenelubricants', 50)).toBe(0)
  expect(coordinatorPartition('my-group', 50)).toBe(12)
})

test('two topics are internal', () => {
  expect(['__consumer_offsets', '__transaction_state', 'orders'].filter(isInternalTopic)).toHaveLength(2)
})
