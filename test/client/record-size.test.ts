import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { emptyBatchSize, recordSize, varintSize } from '../../src/client/producer/record-size.ts'
import type { KafkaRecord } from '../../src/kafka/records.ts'

interface Case {
  readonly name: string
  readonly magic: 0 | 1 | 2
  readonly compression: string
  readonly records?: readonly {
    readonly timestamp: number
    readonly keyBytes: number
    readonly valueBytes: number
    readonly headers?: readonly unknown[]
  }[]
  /** Then `records` has one, and the others are like it but for the timestamp. */
  readonly recordCount?: number
  readonly timestampStep?: number
  readonly sizeInBytes: number
}

const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL('../conformance/vectors/batch-sizes.json', import.meta.url), 'utf8'),
).cases

const text = (bytes: number): string | null => (bytes < 0 ? null : 'x'.repeat(bytes))

test('records without headers take as many bytes as in batches of the real class', () => {
  let compared = 0
  for (const { name, magic, compression, records, recordCount, timestampStep, sizeInBytes } of cases) {
    if (compression !== 'none' || records === undefined || name.includes('marker')) continue
    if (records.some(({ headers }) => headers !== undefined && headers.length > 0)) continue
    const model = records[0]!
    const all =
      recordCount === undefined
        ? records
        : Array.from({ length: recordCount }, (_, i) => ({
            ...model,
            timestamp: model.timestamp + i * (timestampStep ?? 0),
          }))
    let size = emptyBatchSize(magic)
    for (const [index, { timestamp, keyBytes, valueBytes }] of all.entries()) {
      const record: KafkaRecord = { id: 'r', key: text(keyBytes), value: text(valueBytes), timestampMs: timestamp }
      size += recordSize(magic, record, index, model.timestamp)
    }
    expect(size, name).toBe(sizeInBytes)
    compared += 1
  }
  expect(compared).toBeGreaterThan(10)
})

test('a varint takes one byte more at each power of 128 of its zigzag form', () => {
  expect([0, -1, 63, 64, -64, -65, 8191, 8192].map(varintSize)).toEqual([1, 1, 1, 2, 1, 2, 2, 3])
})
