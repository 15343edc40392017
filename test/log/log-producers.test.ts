import { describe, expect, test } from 'vitest'
import type { Mechanisms } from '../../src/kafka/generation/mechanisms.ts'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import {
  abortedIn,
  cutLogProducers,
  lastStableOffset,
  loadLogProducers,
  onLogHighWatermark,
  undecidedIn,
} from '../../src/log/log-producers.ts'
import { raiseLogStart } from '../../src/log/log-start.ts'
import { appendAsFollower, appendAsLeader, emptyLog, type ReplicaLog, truncateLog } from '../../src/log/replica-log.ts'

const m = generationNamed('2.4')!.mechanisms

const record = (id: string) => ({ id, key: null, value: id, timestampMs: 1000 })

function data(log: ReplicaLog, producerId: number, baseSequence: number, epoch = 0): void {
  const producer = { id: producerId, epoch, baseSequence, transactional: true }
  appendAsLeader(log, [record(`p${producerId}/${baseSequence}`)], 0, m, undefined, { producer })
}

function marker(log: ReplicaLog, producerId: number, type: 'COMMIT' | 'ABORT', epoch = 0): void {
  const producer = { id: producerId, epoch, baseSequence: -1, transactional: true }
  appendAsLeader(log, [record(`marker/${producerId}/${type}`)], 0, m, undefined, {
    producer,
    control: { type, coordinatorEpoch: 0 },
  })
}

describe('the last stable offset', () => {
  test('is the high watermark in a log without producers', () => {
    const log = emptyLog()
    appendAsLeader(log, [record('a')], 0, m)
    expect(log.producers).toBeUndefined()
    expect(lastStableOffset(log, 1)).toBe(1)
  })

  test('stays at the oldest open transaction while others commit behind it, then jumps over all', () => {
    const log = emptyLog()
    data(log, 1, 0)
    data(log, 2, 0)
    marker(log, 2, 'COMMIT')
    onLogHighWatermark(log, 3)
    expect(lastStableOffset(log, 3)).toBe(0)
    marker(log, 1, 'ABORT')
    onLogHighWatermark(log, 4)
    expect(lastStableOffset(log, 4)).toBe(4)
    expect(abortedIn(log, 0, 4)).toEqual([{ producerId: 1, firstOffset: 0, lastOffset: 3 }])
    expect(abortedIn(log, 0, 0)).toEqual([])
  })

  test('waits for the marker to be below the high watermark', () => {
    const log = emptyLog()
    data(log, 1, 0)
    marker(log, 1, 'COMMIT')
    onLogHighWatermark(log, 1)
    expect(lastStableOffset(log, 1)).toBe(0)
    onLogHighWatermark(log, 2)
    expect(lastStableOffset(log, 2)).toBe(2)
  })
})

describe('what a log knows of producers', () => {
  test('is the same on a follower', () => {
    const leader = emptyLog()
    data(leader, 1, 0)
    marker(leader, 1, 'ABORT')
    const follower = emptyLog()
    appendAsFollower(follower, leader.batches, m)
    expect(follower.producers).toEqual(leader.producers)
  })

  test('is cut with the log: a transaction whose marker is gone is open again', () => {
    const log = emptyLog()
    data(log, 1, 0)
    marker(log, 1, 'ABORT')
    truncateLog(log, 1)
    cutLogProducers(log, { highWatermark: 0, undecided: undecidedIn(log) }, m)
    expect(log.producers!.openTransactions).toEqual([{ producerId: 1, firstOffset: 0 }])
    expect(log.producers!.abortedTransactions).toEqual([])
  })

  test('is rebuilt at a start', () => {
    const log = emptyLog()
    data(log, 1, 0)
    marker(log, 1, 'ABORT')
    data(log, 1, 1)
    const before = structuredClone(log.producers!)
    loadLogProducers(log, m)
    expect(log.producers!.producers).toEqual(before.producers)
    expect(log.producers!.openTransactions).toEqual(before.openTransactions)
    expect(log.producers!.abortedTransactions).toEqual(before.abortedTransactions)
  })
})

describe('the last stable offset of a log that was cut', () => {
  /** A replicated transaction at 0 and 1, and two records that are not replicated. */
  function cutAboveHighWatermark(kafka: string): { readonly log: ReplicaLog; readonly m: Mechanisms } {
    const { mechanisms } = generationNamed(kafka)!
    const log = emptyLog()
    data(log, 1, 0)
    marker(log, 1, 'COMMIT')
    plain(log)
    plain(log)
    onLogHighWatermark(log, 2)
    const undecided = undecidedIn(log)
    truncateLog(log, 3)
    cutLogProducers(log, { highWatermark: 2, undecided }, mechanisms)
    return { log, m: mechanisms }
  }
  const plain = (log: ReplicaLog): void => {
    appendAsLeader(log, [record('plain')], 0, m)
  }

  test.each([
    ['2.7', 0, 0],
    ['2.8', 2, 2],
    ['3.3', 2, 0],
    ['3.9', 2, 0],
    ['4.1', 2, 0],
  ])('above its high watermark, in %s: %i, and after an append %i', (kafka, atOnce, later) => {
    const { log } = cutAboveHighWatermark(kafka)
    expect(lastStableOffset(log, 2)).toBe(atOnce)
    plain(log)
    expect(lastStableOffset(log, 2)).toBe(later)
    onLogHighWatermark(log, 3)
    expect(lastStableOffset(log, 3)).toBe(3)
  })

  test.each(['2.8', '3.9', '4.1'])('at its high watermark it is the high watermark in %s', (kafka) => {
    const { mechanisms } = generationNamed(kafka)!
    const log = emptyLog()
    data(log, 1, 0)
    marker(log, 1, 'COMMIT')
    plain(log)
    onLogHighWatermark(log, 3)
    const undecided = undecidedIn(log)
    truncateLog(log, 2)
    cutLogProducers(log, { highWatermark: 3, undecided }, mechanisms)
    expect(lastStableOffset(log, 2)).toBe(2)
  })
})

test.each([
  ['3.9', 1],
  ['3.9-kraft', 1],
  ['4.0', 0],
  ['4.1', 0],
])('where a log starts inside a batch of an open transaction, its last stable offset is %s: %i', (kafka, expected) => {
  const { mechanisms } = generationNamed(kafka)!
  const log = emptyLog()
  const producer = { id: 1, epoch: 0, baseSequence: 0, transactional: true }
  appendAsLeader(log, [record('a'), record('b'), record('c')], 0, mechanisms, undefined, { producer })
  raiseLogStart(log, 1, mechanisms)
  expect(lastStableOffset(log, 3)).toBe(expected)
})
