import fc from 'fast-check'
import { expect, test } from 'vitest'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import type { KafkaRecord } from '../../src/kafka/records.ts'
import { batchesOfSegment } from '../../src/log/directory.ts'
import { appendOf, emptyLayout } from '../../src/log/layout.ts'
import { lookupOffset } from '../../src/log/offset-index.ts'
import { appendAsFollower, appendAsLeader, emptyLog, type ReplicaLog, truncateLog } from '../../src/log/replica-log.ts'
import { lookupTimestamp } from '../../src/log/time-index.ts'

const M = generationNamed('2.4')!.mechanisms
const OLD = generationNamed('0.8.2')!.mechanisms
const SEED = { seed: 7, numRuns: 200 }

const record = (bytes: number, timestampMs: number): KafkaRecord => ({
  id: '',
  key: null,
  value: 'x'.repeat(bytes),
  timestampMs,
})

const settings = { segmentBytes: 2000, segmentMs: 5000, indexIntervalBytes: 200, segmentIndexBytes: 120 }

interface Write {
  readonly bytes: number
  readonly count: number
  readonly timestampMs: number
}

const writes: fc.Arbitrary<Write[]> = fc.array(
  fc.record({
    bytes: fc.integer({ min: 0, max: 300 }),
    count: fc.integer({ min: 1, max: 4 }),
    timestampMs: fc.integer({ min: 0, max: 20_000 }),
  }),
  { maxLength: 60 },
)

function logOf(list: readonly Write[], m = M): ReplicaLog {
  const log: ReplicaLog = { ...emptyLog(), layout: emptyLayout(0, m.recordFormat, 0) }
  list.forEach(({ bytes, count, timestampMs }, index) => {
    const records = Array.from({ length: count }, () => record(bytes, timestampMs))
    appendAsLeader(log, records, 3, m, { settings, nowMs: index * 100 })
  })
  return log
}

/** Every figure of the layout, held against the batches themselves. */
function expectSound(log: ReplicaLog): void {
  const { segments, format } = log.layout!
  segments.forEach((segment, index) => {
    const batches = batchesOfSegment(log, segments, index)
    expect(segment.sizeBytes).toBe(batches.length === 0 ? 0 : appendOf(batches, format).sizeBytes)
    for (const batch of batches) expect(batch.baseOffset).toBeGreaterThanOrEqual(segment.baseOffset)
    if (index > 0) expect(segment.baseOffset).toBeGreaterThan(segments[index - 1]!.baseOffset)
  })
}

test.each([
  ['2.4', M],
  ['0.8.2', OLD],
])('segments hold all batches of a %s log in order, and no more bytes than they may', (_, m) => {
  fc.assert(
    fc.property(writes, (list) => {
      const log = logOf(list, m)
      expectSound(log)
      for (const segment of log.layout!.segments) expect(segment.sizeBytes).toBeLessThanOrEqual(settings.segmentBytes)
      const bases = log.layout!.segments.map(({ baseOffset }) => baseOffset)
      expect(log.flushedOffset).toBe(bases.at(-1))
    }),
    SEED,
  )
})

test('a read through the index begins where a scan of the whole segment would find the batch, or before it', () => {
  fc.assert(
    fc.property(writes, fc.nat(300), (list, asked) => {
      const log = logOf(list)
      const { segments } = log.layout!
      segments.forEach((segment, index) => {
        const batches = batchesOfSegment(log, segments, index)
        let position = 0
        const scanned = batches.map((batch) => {
          const at = position
          position += appendOf([batch], 2).sizeBytes
          return { end: batch.baseOffset + batch.records.length, at }
        })
        const found = scanned.find(({ end }) => end > asked)
        const { position: from, probes } = lookupOffset(segment.offsetIndex, asked)
        expect([0, ...scanned.map(({ at }) => at)]).toContain(from)
        if (found !== undefined) expect(from).toBeLessThanOrEqual(found.at)
        const linear = segment.offsetIndex.filter(({ offset }) => offset <= asked).at(-1)
        expect(from).toBe(linear?.position ?? 0)
        expect(probes).toBeLessThanOrEqual(Math.ceil(Math.log2(segment.offsetIndex.length + 1)))
      })
    }),
    SEED,
  )
})

test('no record before the offset that the time index gives is later than the time asked for', () => {
  fc.assert(
    fc.property(writes, fc.integer({ min: 0, max: 20_000 }), (list, asked) => {
      const log = logOf(list)
      const { segments } = log.layout!
      segments.forEach((segment, index) => {
        const { entry } = lookupTimestamp(segment.timeIndex, asked)
        const linear = segment.timeIndex.filter(({ timestampMs }) => timestampMs <= asked).at(-1) ?? null
        expect(entry).toEqual(linear)
        for (const batch of batchesOfSegment(log, segments, index)) {
          if (entry === null || batch.baseOffset + batch.records.length - 1 > entry.offset) continue
          for (const { timestampMs } of batch.records) expect(timestampMs).toBeLessThanOrEqual(asked)
        }
      })
    }),
    SEED,
  )
})

test('of batches that come in one append one may have an index entry, from 3.9.1 on each', () => {
  const entriesOf = (generation: string): unknown => {
    const m = generationNamed(generation)!.mechanisms
    const source: ReplicaLog = { ...emptyLog(), layout: emptyLayout(0, 2, 0) }
    const disk = { settings: { ...settings, segmentBytes: 100_000 }, nowMs: 0 }
    for (let index = 0; index < 4; index++) appendAsLeader(source, [record(300, index), record(0, index)], 3, m, disk)
    const copy: ReplicaLog = { ...emptyLog(), layout: emptyLayout(0, 2, 0) }
    appendAsFollower(copy, source.batches.slice(0, 1), m, disk)
    appendAsFollower(copy, source.batches.slice(1), m, disk)
    return copy.layout!.segments[0]!.offsetIndex.map(({ offset }) => offset)
  }
  expect(entriesOf('3.8')).toEqual([7])
  expect(entriesOf('3.9')).toEqual([3, 5, 7])
})

test('a cut removes the segments above it and leaves the figures of the others right', () => {
  fc.assert(
    fc.property(writes, fc.nat(200), (list, target) => {
      const log = logOf(list)
      const end = Math.min(target, log.logEndOffset)
      truncateLog(log, end)
      expectSound(log)
      const { segments } = log.layout!
      expect(segments.at(-1)!.baseOffset).toBeLessThanOrEqual(end)
      for (const segment of segments) {
        for (const { offset } of segment.offsetIndex) expect(offset).toBeLessThan(Math.max(end, 1))
      }
    }),
    SEED,
  )
})

test('a segment that is filled exactly is not rolled before the next record', () => {
  const log: ReplicaLog = { ...emptyLog(), layout: emptyLayout(0, 2, 0) }
  const exact = { ...settings, segmentBytes: 3 * 168, segmentIndexBytes: 10_000 }
  for (let index = 0; index < 4; index++) {
    appendAsLeader(log, [record(98, 1)], 0, M, { settings: exact, nowMs: 0 })
  }
  expect(log.layout!.segments.map(({ baseOffset, sizeBytes }) => [baseOffset, sizeBytes])).toEqual([
    [0, 504],
    [3, 168],
  ])
})
