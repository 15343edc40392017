import fc from 'fast-check'
import { expect, test } from 'vitest'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import { type KafkaRecord, lastOffset, offsetAt } from '../../src/kafka/records.ts'
import { cleanableLog, cleaningRules, cleanReplicaLog } from '../../src/log/clean.ts'
import { cleanableRange } from '../../src/log/compaction.ts'
import { emptyLayout } from '../../src/log/layout.ts'
import { raiseLogStart } from '../../src/log/log-start.ts'
import { firstAtOrAfter, offsetsBefore } from '../../src/log/offsets-by-time.ts'
import { readPosition } from '../../src/log/read-position.ts'
import { appendAsLeader, emptyLog, type ReplicaLog } from '../../src/log/replica-log.ts'
import { deleteOldSegments, newestMs, type RetentionSettings } from '../../src/log/retention.ts'

const M = generationNamed('2.4')!.mechanisms
const SEED = { seed: 11, numRuns: 150 }
const SEGMENT = { segmentBytes: 600, segmentMs: 1_000_000, indexIntervalBytes: 100, segmentIndexBytes: 240 }

interface Write {
  readonly key: string
  readonly value: string | null
  readonly count: number
  readonly timestampMs: number
}

const writes: fc.Arbitrary<Write[]> = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd'),
    value: fc.option(fc.string({ maxLength: 20 }), { freq: 8 }),
    count: fc.integer({ min: 1, max: 3 }),
    timestampMs: fc.integer({ min: 1, max: 10_000 }),
  }),
  { minLength: 1, maxLength: 60 },
)

function logOf(list: readonly Write[]): ReplicaLog {
  const log: ReplicaLog = { ...emptyLog(), layout: emptyLayout(0, 2, 0) }
  for (const { key, value, count, timestampMs } of list) {
    const records: KafkaRecord[] = Array.from({ length: count }, () => ({ id: '', key, value, timestampMs }))
    appendAsLeader(log, records, 0, M, { settings: SEGMENT, nowMs: timestampMs })
  }
  return log
}

const settings = (retentionMs: number | null, retentionBytes: number | null): RetentionSettings => ({
  retentionMs,
  retentionBytes,
  fileDeleteDelayMs: 60_000,
  diskLies: false,
})

const flat = (log: ReplicaLog): [offset: number, key: string | null, value: string | null, timestampMs: number][] =>
  log.batches.flatMap((batch) =>
    batch.records.map(
      ({ key, value, timestampMs }, index) =>
        [offsetAt(batch, index), key, value, timestampMs] as [number, string | null, string | null, number],
    ),
  )

test('retention takes whole segments from the front, never above the high watermark, and exactly those that are too old', () => {
  fc.assert(
    fc.property(
      writes,
      fc.nat({ max: 10_000 }),
      fc.nat({ max: 200 }),
      fc.nat({ max: 12_000 }),
      (list, retentionMs, watermark, nowMs) => {
        const log = logOf(list)
        const before = { records: flat(log), segments: [...log.layout!.segments], end: log.logEndOffset }
        const highWatermark = Math.min(watermark, before.end)
        deleteOldSegments(log, settings(retentionMs, null), highWatermark, M, nowMs)
        // The naive model: walk from the oldest segment on while it is too old and all of it is committed.
        let expected = 0
        for (const [index, segment] of before.segments.entries()) {
          const end = before.segments[index + 1]?.baseOffset ?? before.end
          if (end > highWatermark || nowMs - newestMs(segment) <= retentionMs) break
          expected = end
        }
        expect(log.logStartOffset).toBe(expected)
        expect(log.logStartOffset).toBeLessThanOrEqual(highWatermark)
        expect(log.logEndOffset).toBe(before.end)
        expect(flat(log)).toEqual(before.records.filter(([offset]) => offset >= expected))
        expect(log.layout!.segments.length).toBeGreaterThan(0)
        expect(log.layout!.segments[0]!.baseOffset).toBe(expected)
      },
    ),
    SEED,
  )
})

test('retention by size leaves at least the limit, and less than a segment more', () => {
  fc.assert(
    fc.property(writes, fc.nat({ max: 4000 }), (list, limit) => {
      const log = logOf(list)
      const sizeOf = (): number => log.layout!.segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
      const before = sizeOf()
      deleteOldSegments(log, settings(null, limit), log.logEndOffset, M, 0)
      const first = log.layout!.segments[0]!
      if (before >= limit) expect(sizeOf()).toBeGreaterThanOrEqual(limit === 0 ? 0 : Math.min(limit, before))
      if (log.layout!.segments.length > 1) expect(sizeOf() - first.sizeBytes).toBeLessThan(limit)
    }),
    SEED,
  )
})

test('segments go only when the log start has reached their end', () => {
  fc.assert(
    fc.property(writes, fc.nat({ max: 200 }), (list, start) => {
      const log = logOf(list)
      const bases = log.layout!.segments.map(({ baseOffset }) => baseOffset)
      raiseLogStart(log, Math.min(start, log.logEndOffset), M)
      deleteOldSegments(log, settings(null, null), log.logEndOffset, M, 0)
      const kept = bases.findLastIndex((base) => base <= log.logStartOffset)
      expect(log.layout!.segments.map(({ baseOffset }) => baseOffset)).toEqual(bases.slice(Math.max(0, kept)))
    }),
    SEED,
  )
})

test('reads through the index find what a scan of the whole log finds, with few probes', () => {
  fc.assert(
    fc.property(writes, fc.nat({ max: 200 }), (list, asked) => {
      const log = logOf(list)
      const position = readPosition(log, asked)
      const batch = log.batches.find((each) => lastOffset(each) >= asked)
      if (batch === undefined) {
        expect(position).toBeNull()
        return
      }
      const segment = log.layout!.segments.findLast(({ baseOffset }) => baseOffset <= batch.baseOffset)!
      expect(position!.segment).toBe(segment.baseOffset)
      expect(position!.entry?.offset ?? -1).toBeLessThanOrEqual(asked)
      expect(position!.scanned).toBeGreaterThan(0)
      expect(position!.probes).toBeLessThanOrEqual(Math.ceil(Math.log2(segment.offsetIndex.length + 1)) + 1)
    }),
    SEED,
  )
})

test('offsets by time are those that a scan of the whole log finds', () => {
  fc.assert(
    fc.property(writes, fc.nat({ max: 11_000 }), fc.nat({ max: 60 }), (list, timestampMs, start) => {
      const log = logOf(list)
      raiseLogStart(log, Math.min(start, log.logEndOffset), M)
      const scanned = flat(log).find(([offset, , , at]) => offset >= log.logStartOffset && at >= timestampMs)
      const found = firstAtOrAfter(log, timestampMs)
      // The first segment that is new enough is looked at, and no other: below the log start it may hold the answer.
      if (found === null) {
        const segments = log.layout!.segments
        const at = segments.findIndex((segment) => newestMs(segment) >= timestampMs)
        const end = segments[at + 1]?.baseOffset ?? log.logEndOffset
        expect(at < 0 || scanned === undefined || scanned[0] >= end).toBe(true)
      } else expect([found.offset, found.timestampMs]).toEqual([scanned![0], scanned![3]])
    }),
    SEED,
  )
})

test('offsets before a time begin with the newest segment that was written by then', () => {
  const log = logOf(
    [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({ key: 'a', value: 'x'.repeat(200), count: 1, timestampMs: n * 10 })),
  )
  const bases = log.layout!.segments.map(({ baseOffset }) => baseOffset)
  expect(bases.length).toBeGreaterThan(2)
  expect(offsetsBefore(log, 5, 9, 1000)).toEqual([])
  expect(offsetsBefore(log, 1000, 9, 1000)).toEqual([log.logEndOffset, ...[...bases].reverse()])
  expect(offsetsBefore(log, 1000, 2, 1000)).toHaveLength(2)
})

test('a compacted log keeps the last value of every key below where the cleaner has come to, at its offset', () => {
  fc.assert(
    fc.property(writes, fc.nat({ max: 3 }), (list, passes) => {
      const log = logOf(list)
      const before = flat(log)
      let checkpoint: number | null = null
      for (let pass = 0; pass <= passes; pass++) {
        const cleaning = {
          segmentBytes: 600,
          segmentIndexBytes: 240,
          deleteRetentionMs: 1e9,
          minCompactionLagMs: 0,
          maxKeys: 1000,
        }
        const layout = log.layout!
        const seen = cleanableLog(log, layout, log.logEndOffset)
        const range = cleanableRange(seen, checkpoint, 20_000, cleaning, cleaningRules(M))
        if (range.cleanableBytes === 0) break
        const rewriting = { indexIntervalBytes: 100, readBufferBytes: 300, fileDeleteDelayMs: 0 }
        checkpoint = cleanReplicaLog(log, layout, seen, range, cleaning, rewriting, 20_000, M).nextDirtyOffset
      }
      const end = checkpoint ?? 0
      const after = flat(log)
      const last = new Map(before.filter(([offset]) => offset < end).map(([offset, key]) => [key, offset]))
      // The naive model: of each key below the end only the last, and everything from the end on.
      expect(after.map(([offset]) => offset)).toEqual(
        before.filter(([offset, key]) => offset >= end || last.get(key) === offset).map(([offset]) => offset),
      )
      for (const [offset, key, value, at] of after) expect(before).toContainEqual([offset, key, value, at])
      for (let i = 1; i < after.length; i++) expect(after[i]![0]).toBeGreaterThan(after[i - 1]![0])
      const sizes = log.layout!.segments.map(({ sizeBytes }) => sizeBytes)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(600)
    }),
    SEED,
  )
})
