import { describe, expect, test } from 'vitest'
import { generationNamed } from '../../src/kafka/generation/table.ts'
import {
  abortedIn,
  lastStableOffset,
  loadLogProducers,
  onLogHighWatermark,
  reloadLogProducers,
} from '../../src/log/log-producers.ts'
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
    reloadLogProducers(log, m)
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
