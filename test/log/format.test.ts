import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex, writeInt } from '../../src/log/format/bytes.ts'
import { crc32, crc32c } from '../../src/log/format/crc.ts'
import { varintLength, writeVarint } from '../../src/log/format/varint.ts'

const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0))

test('the checksums have the published check values', () => {
  expect(crc32(ascii('123456789')).toString(16)).toBe('cbf43926')
  expect(crc32c(ascii('123456789')).toString(16)).toBe('e3069283')
})

test('numbers are big-endian, negative ones in two’s complement, exact beyond four bytes', () => {
  const hexOf = (value: number, count: 1 | 2 | 4 | 8): string => {
    const bytes: number[] = []
    writeInt(bytes, value, count)
    return toHex(bytes)
  }
  expect(hexOf(-1, 8)).toBe('ffffffffffffffff')
  expect(hexOf(2 ** 40 + 5, 8)).toBe('0000010000000005')
  expect(hexOf(-2, 4)).toBe('fffffffe')
  expect(hexOf(258, 2)).toBe('0102')
})

test('a varint is as long as its length says and reads back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 50), max: 2 ** 50 }), (value) => {
      const bytes: number[] = []
      writeVarint(bytes, value)
      expect(bytes).toHaveLength(varintLength(value))
      const zigzag = bytes.reduceRight((sum, byte) => sum * 128 + (byte & 127), 0)
      expect(zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2).toBe(value)
    }),
    { seed: 11, numRuns: 300 },
  )
})
