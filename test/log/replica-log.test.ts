import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Mechanisms } from '../../src/kafka/generation/mechanisms.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import type { KafkaRecord, RecordBatch } from '../../src/kafka/records.ts'
import { latestEpoch } from '../../src/log/epoch-cache.ts'
import { losePower } from '../../src/log/power-loss.ts'
import { loadLog } from '../../src/log/recovery.ts'
import {
  appendAsFollower,
  appendAsLeader,
  batchBytes,
  emptyLog,
  type ReplicaLog,
  readLog,
  truncateLog,
  truncateLogFully,
} from '../../src/log/replica-log.ts'

const mechanismsOf = (name: string): Mechanisms => generationNamed(name)!.mechanisms
const OLD = mechanismsOf('0.10.2')
const NEW = mechanismsOf('2.4')

const AFTER_A_KILL = {
  clean: false,
  recoveryPoint: 0,
  logStartOffset: 0,
  settings: { segmentBytes: 1000, segmentMs: 1000, indexIntervalBytes: 4096, segmentIndexBytes: 1000 },
  nowMs: 0,
}

const record = (value: string): KafkaRecord => ({ id: `p/${value}`, key: null, value, timestampMs: 0 })
const records = (...values: string[]): KafkaRecord[] => values.map(record)
const values = (batches: readonly RecordBatch[]): (string | null)[] =>
  batches.flatMap((batch) => batch.records.map((it) => it.value))

function logOf(m: Mechanisms, ...appends: readonly (readonly [epoch: number, ...values: string[]])[]): ReplicaLog {
  const log = emptyLog()
  for (const [epoch, ...written] of appends) appendAsLeader(log, records(...written), epoch, m)
  return log
}

test('an append of format 2 is one batch with an epoch, of format 1 a batch for each record without', () => {
  expect(logOf(NEW, [3, 'a', 'b']).batches.map((it) => [it.baseOffset, it.leaderEpoch, it.records.length])).toEqual([
    [0, 3, 2],
  ])
  expect(logOf(OLD, [3, 'a', 'b']).batches.map((it) => [it.baseOffset, it.leaderEpoch, it.records.length])).toEqual([
    [0, -1, 1],
    [1, -1, 1],
  ])
})

test('an epoch is cached from 0.11 on and never before', () => {
  expect(logOf(NEW, [0, 'a'], [2, 'b'], [2, 'c']).epochCache).toEqual([
    { epoch: 0, startOffset: 0 },
    { epoch: 2, startOffset: 1 },
  ])
  expect(logOf(OLD, [0, 'a'], [2, 'b']).epochCache).toEqual([])
})

test('a follower takes offsets and epochs of its leader', () => {
  const leader = logOf(NEW, [0, 'a'], [2, 'b', 'c'])
  const follower = emptyLog()
  expect(appendAsFollower(follower, leader.batches, NEW)).toEqual({ ok: true, endOffset: 3 })
  expect(follower).toEqual(leader)
})

test('a follower refuses a batch that begins below its log end and takes nothing of that answer', () => {
  const leader = logOf(NEW, [0, 'm1'], [0, 'x1', 'x2'])
  const follower = logOf(NEW, [0, 'm1'], [1, 'y1'])
  const before = structuredClone(follower)
  const answer = appendAsFollower(follower, readLog(leader, 2, 1000, 3), NEW)
  expect(answer).toEqual({ ok: false, reason: 'a fetched batch begins at offset 1, below the log end 2' })
  expect(follower).toEqual(before)
})

test('in format 1 a read from inside what was one produce request begins exactly there', () => {
  const leader = logOf(OLD, [0, 'm1'], [0, 'x1', 'x2'])
  const follower = logOf(OLD, [0, 'm1'], [0, 'y1'])
  expect(appendAsFollower(follower, readLog(leader, 2, 1000, 3), OLD)).toEqual({ ok: true, endOffset: 3 })
  expect(values(follower.batches)).toEqual(['m1', 'y1', 'x2'])
})

test('a read stops before a batch that reaches over its bound', () => {
  const log = logOf(NEW, [0, 'a'], [0, 'b', 'c'], [0, 'd'])
  expect(values(readLog(log, 0, 1000, 2))).toEqual(['a'])
  expect(values(readLog(log, 0, 1000, 3))).toEqual(['a', 'b', 'c'])
  expect(values(readLog(log, 4, 1000, 4))).toEqual([])
})

test('a read returns at least one batch, however few bytes were asked for', () => {
  const log = logOf(NEW, [0, 'a'], [0, 'b'])
  expect(values(readLog(log, 0, 1, 2))).toEqual(['a'])
  expect(values(readLog(log, 0, 2 * batchBytes(log.batches[0]!), 2))).toEqual(['a', 'b'])
})

test('a cut lists what went and takes the durable frontier and the epoch cache along', () => {
  const log = logOf(NEW, [0, 'a'], [1, 'b'], [4, 'c'])
  log.flushedOffset = 3
  expect(truncateLog(log, 1)).toEqual([
    { offset: 1, epoch: 1, id: 'p/b', value: 'b' },
    { offset: 2, epoch: 4, id: 'p/c', value: 'c' },
  ])
  expect(log).toMatchObject({ logEndOffset: 1, flushedOffset: 1, epochCache: [{ epoch: 0, startOffset: 0 }] })
})

test('a batch across the target goes whole and leaves a gap, which closes when the log is loaded', () => {
  const log = logOf(NEW, [0, 'a'], [0, 'b', 'c', 'd'])
  expect(truncateLog(log, 3).map((it) => it.offset)).toEqual([1, 2, 3])
  expect(log.logEndOffset).toBe(3)
  loadLog(log, AFTER_A_KILL, NEW)
  expect(log.logEndOffset).toBe(1)
})

test('a cut at the log end still takes the entry of an election that was followed by no append', () => {
  const log = logOf(NEW, [0, 'a'])
  log.epochCache.push({ epoch: 3, startOffset: 1 })
  expect(truncateLog(log, 5)).toEqual([])
  expect(latestEpoch(log)).toBe(0)
  expect(log.logEndOffset).toBe(1)
})

test('a cut below the log start begins an empty log there', () => {
  const log = logOf(NEW, [0, 'a', 'b'], [0, 'c'])
  log.logStartOffset = 2
  expect(truncateLog(log, 1).length).toBe(3)
  expect(log).toEqual({
    batches: [],
    logStartOffset: 1,
    logEndOffset: 1,
    epochCache: [],
    flushedOffset: 0,
    recoveryPoint: 0,
  })
})

test('a log that is dropped begins at the new start without epochs', () => {
  const log = logOf(NEW, [0, 'a'], [1, 'b'])
  expect(truncateLogFully(log, 40).map((it) => it.value)).toEqual(['a', 'b'])
  expect(log).toEqual({
    batches: [],
    logStartOffset: 40,
    logEndOffset: 40,
    epochCache: [],
    flushedOffset: 0,
    recoveryPoint: 0,
  })
})

test('a power loss leaves the epoch cache alone until the log is loaded', () => {
  const log = logOf(NEW, [0, 'a'], [1, 'b', 'c'])
  expect(losePower(log, 2).map((it) => it.value)).toEqual(['b', 'c'])
  expect(log.logEndOffset).toBe(1)
  expect(latestEpoch(log)).toBe(1)
  loadLog(log, AFTER_A_KILL, NEW)
  expect(log.epochCache).toEqual([{ epoch: 0, startOffset: 0 }])
})

test('a batch takes as many bytes as in the format of Kafka', () => {
  const batch: RecordBatch = { baseOffset: 0, leaderEpoch: 0, records: records('m1') }
  // 61 bytes of header, then: length, attributes, two deltas, key length, value length, two bytes, header count.
  expect(batchBytes(batch)).toBe(61 + 1 + 1 + 2 + 1 + 1 + 2 + 1)
  expect(batchBytes({ ...batch, leaderEpoch: -1 })).toBe(36)
})

/** The log as an array from offset to what is written there; a gap is an absent offset. */
interface Model {
  at: { value: string; epoch: number; batchEnd: number }[]
  offsets: number[]
  end: number
}

const operation = fc.oneof(
  fc.record({ op: fc.constant('append' as const), count: fc.integer({ min: 1, max: 4 }), epochStep: fc.nat(2) }),
  fc.record({ op: fc.constant('truncate' as const), share: fc.double({ min: 0, max: 1.2, noNaN: true }) }),
  fc.record({ op: fc.constant('power' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ op: fc.constant('flush' as const) }),
)

test('the log and its epoch cache agree with a naive array', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
      const log = emptyLog()
      const model: Model = { at: [], offsets: [], end: 0 }
      let epoch = 0
      let written = 0
      const keepBelow = (target: number): void => {
        const kept = model.offsets.map((offset, i) => [offset, model.at[i]!] as const)
        const left = kept.filter(([, it]) => it.batchEnd <= target)
        model.offsets = left.map(([offset]) => offset)
        model.at = left.map(([, it]) => it)
      }
      for (const step of operations) {
        if (step.op === 'append') {
          epoch += step.epochStep
          const batch = Array.from({ length: step.count }, () => record(`v${written++}`))
          appendAsLeader(log, batch, epoch, NEW)
          batch.forEach((it, i) => {
            model.offsets.push(model.end + i)
            model.at.push({ value: it.value!, epoch, batchEnd: model.end + batch.length })
          })
          model.end += batch.length
        } else if (step.op === 'truncate') {
          const target = Math.floor(step.share * model.end)
          const before = model.offsets.length
          if (target < model.end) {
            keepBelow(target)
            model.end = target
          }
          expect(truncateLog(log, target).length).toBe(before - model.offsets.length)
        } else if (step.op === 'power') {
          keepBelow(Math.floor(step.share * model.end))
          losePower(log, Math.floor(step.share * log.logEndOffset))
          loadLog(log, AFTER_A_KILL, NEW)
          model.end = (model.offsets.at(-1) ?? -1) + 1
        } else log.flushedOffset = log.logEndOffset

        expect(log.logEndOffset).toBe(model.end)
        expect(log.flushedOffset).toBeLessThanOrEqual(log.logEndOffset)
        expect(values(log.batches)).toEqual(model.at.map((it) => it.value))
        for (let from = 0; from <= model.end; from++) {
          const read = readLog(log, from, 1_000_000, model.end)
          const wanted = model.at.filter((it) => it.batchEnd > from)
          expect(values(read)).toEqual(wanted.map((it) => it.value))
        }
        const cache = log.epochCache
        for (let i = 1; i < cache.length; i++) {
          expect(cache[i]!.epoch).toBeGreaterThan(cache[i - 1]!.epoch)
          expect(cache[i]!.startOffset).toBeGreaterThan(cache[i - 1]!.startOffset)
        }
        model.offsets.forEach((offset, i) => {
          const entry = cache.findLast((it) => it.startOffset <= offset)
          expect(entry?.epoch).toBe(model.at[i]!.epoch)
        })
      }
    }),
    { seed: 7, numRuns: 300 },
  )
})
