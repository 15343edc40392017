import fc from 'fast-check'
import { expect, test } from 'vitest'
import { learnRatio, writtenBytes } from '../../src/client/producer/compression-estimate.ts'
import type { ProducerBatch, ProducerConfig, ProducerVolatile } from '../../src/client/producer/state.ts'
import { type BatchCompression, USUAL_RATIOS } from '../../src/kafka/compression.ts'
import { resolveSettings, validateSetting } from '../../src/kafka/config.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import type { KafkaRecord, RecordBatch } from '../../src/kafka/records.ts'
import { batchBytes } from '../../src/log/record-size.ts'
import { appendAsLeader, emptyLog } from '../../src/log/replica-log.ts'
import { T0, TestBroker } from '../broker/broker-harness.ts'

const CODECS = ['gzip', 'snappy', 'lz4', 'zstd'] as const
const recordsOf = (count: number, bytes: number): KafkaRecord[] =>
  Array.from({ length: count }, (_, n) => ({ id: `p/${n}`, key: null, value: 'v'.repeat(bytes), timestampMs: 0 }))
const packed = (codec: BatchCompression['codec'], permille = 250): BatchCompression => ({
  codec,
  ratios: { gzip: permille, snappy: permille, lz4: permille, zstd: permille },
})
const batch = (epoch: number, records: readonly KafkaRecord[], compression?: BatchCompression): RecordBatch => ({
  baseOffset: 0,
  leaderEpoch: epoch,
  records,
  ...(compression && { compression }),
})

test('format 2 compresses what stands behind the header of a batch, formats 0 and 1 whole entries into one', () => {
  const records = recordsOf(10, 100)
  const plain = batchBytes(batch(0, records)) - 61
  expect(batchBytes(batch(0, records, packed('gzip')))).toBe(61 + Math.ceil(plain / 4))
  expect(batchBytes(batch(-1, records, packed('gzip')), 0)).toBe(26 + Math.ceil((10 * (26 + 100)) / 4))
  expect(batchBytes(batch(-1, records, packed('gzip')), 1)).toBe(34 + Math.ceil((10 * (34 + 100)) / 4))
})

test('a smaller ratio never makes a larger batch, and no codec leaves it as it is', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.array(fc.string(), { minLength: 1, maxLength: 20 }),
      fc.constantFrom(-1, 0),
      fc.constantFrom(...CODECS),
      (a, b, values, epoch, codec) => {
        const records = values.map((value, n) => ({ id: `p/${n}`, key: null, value, timestampMs: n }))
        const size = (permille: number): number => batchBytes(batch(epoch, records, packed(codec, permille)))
        expect(size(Math.min(a, b))).toBeLessThanOrEqual(size(Math.max(a, b)))
        expect(batchBytes(batch(epoch, records, packed('none', a)))).toBe(batchBytes(batch(epoch, records)))
      },
    ),
  )
})

test('before 0.11 a compressed append is one entry of the log; an uncompressed one is an entry a record', () => {
  const { mechanisms } = generationNamed('0.10.2')!
  const log = emptyLog()
  appendAsLeader(log, recordsOf(3, 10), 0, mechanisms)
  appendAsLeader(log, recordsOf(3, 10), 0, mechanisms, undefined, { compression: packed('lz4') })
  expect(log.batches.map(({ baseOffset, records }) => [baseOffset, records.length])).toEqual([
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 3],
  ])
  expect(log.logEndOffset).toBe(6)
})

function stored(topicType: string, sent: BatchCompression | undefined, kafka = '2.4'): string | undefined {
  const b = new TestBroker(kafka).up().role({ isr: [1], topicSettings: { 'compression.type': topicType } })
  const partitions = { [T0]: recordsOf(4, 100) }
  const head = { type: 'ProduceRequest', correlationId: 1, clientId: 'p', acks: 1, timeoutMs: 1000 } as const
  b.receive('producer-p', { ...head, partitions, ...(sent && { compression: sent }) }, 'c')
  return b.state.durable.logs[T0]!.batches.at(-1)!.compression?.codec
}

test('a topic keeps the codec of the producer, takes it away, or puts its own', () => {
  expect(stored('producer', packed('gzip'))).toBe('gzip')
  expect(stored('producer', undefined)).toBeUndefined()
  expect(stored('producer', packed('none'))).toBeUndefined()
  expect(stored('uncompressed', packed('gzip'))).toBeUndefined()
  expect(stored('zstd', packed('gzip'))).toBe('zstd')
  expect(stored('snappy', undefined)).toBe('snappy')
})

test('a batch must fit as it was sent and as it is stored', () => {
  const answer = (topicType: string, sent: BatchCompression | undefined): unknown => {
    const topicSettings = { 'compression.type': topicType, 'max.message.bytes': '1000' }
    const b = new TestBroker('2.4').up().role({ isr: [1], topicSettings })
    const head = { type: 'ProduceRequest', correlationId: 1, clientId: 'p', acks: 1, timeoutMs: 1000 } as const
    const partitions = { [T0]: recordsOf(10, 200) }
    b.receive('producer-p', { ...head, partitions, ...(sent && { compression: sent }) }, 'c')
    return b.produced('c')!.error
  }
  expect(answer('producer', packed('gzip'))).toBe('NONE')
  expect(answer('producer', undefined)).toBe('MESSAGE_TOO_LARGE')
  expect(answer('uncompressed', packed('gzip'))).toBe('MESSAGE_TOO_LARGE')
  expect(answer('gzip', packed('gzip', 900))).toBe('MESSAGE_TOO_LARGE')
})

test('zstd is known from 2.1 (KIP-110), lz4 from 0.8.2', () => {
  const knows = (codec: string, kafka: string): boolean =>
    validateSetting('compression.type', 'producer', codec, kafka).ok
  expect(['2.0.1', '2.1', '3.5-kraft'].map((kafka) => knows('zstd', kafka))).toEqual([false, true, true])
  expect(['0.8.1', '0.8.2'].map((kafka) => knows('lz4', kafka))).toEqual([false, true])
  expect(validateSetting('compression.type', 'topic', 'zstd', '2.0.1').ok).toBe(false)
  expect(knows('brotli', '2.4')).toBe(false)
})

test('the guess at a ratio falls by half a percent a batch and rises by five percent or more', () => {
  const { mechanisms, name } = generationNamed('2.4')!
  const settings = resolveSettings('producer', name, { 'compression.type': 'gzip' })
  const config = (gzip: number): ProducerConfig =>
    ({ mechanisms, settings, ratios: { ...USUAL_RATIOS, gzip } }) as unknown as ProducerConfig
  const memory = {} as ProducerVolatile
  const sent = { partition: 't-0', attempts: 0 } as ProducerBatch
  learnRatio(memory, sent, config(300))
  learnRatio(memory, sent, config(300))
  expect(memory.compressionEstimates).toEqual({ t: 990 })
  memory.compressionEstimates = { t: 400 }
  learnRatio(memory, sent, config(420))
  expect(memory.compressionEstimates).toEqual({ t: 450 })
  learnRatio(memory, { ...sent, attempts: 1 }, config(300))
  expect(memory.compressionEstimates).toEqual({ t: 450 })
  expect(writtenBytes({ sizeBytes: 1061, estimate: 500 } as ProducerBatch, config(300))).toBe(61 + 525)
  expect(writtenBytes({ sizeBytes: 1061 } as ProducerBatch, config(300))).toBe(1061)
})
