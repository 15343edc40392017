import { expect, test } from 'vitest'
import { leader, TestBroker } from './broker-harness.ts'

test('an answer at once carries the high watermark from before the fetch that moved it', () => {
  const b = new TestBroker('0.10.2').up().role({ isr: [1, 2], replicas: [1, 2] })
  b.produce(['a'], 1)
  b.fetch(2, 0)
  b.produce(['b'], 1)
  const second = b.fetch(2, 1)
  expect(b.values(second)).toEqual(['b'])
  expect(b.fetched(second)?.highWatermark).toBe(0)
  expect(b.p.highWatermark).toBe(1)
})

test('0.8.1 takes the position first, so the answer carries the high watermark with this fetch counted', () => {
  const b = new TestBroker('0.8.1').up().role({ isr: [1, 2], replicas: [1, 2] })
  b.produce(['a', 'b'], 1)
  const first = b.fetch(2, 1)
  expect(b.fetched(first)).toMatchObject({ highWatermark: 1 })
})

test('a parked follower fetch is not woken by the high watermark, and carries it when its whole wait is over', () => {
  const b = leader('0.10.2')
  b.produce(['a'], 1)
  const parked = b.fetch(2, 1)
  b.fetch(3, 1)
  expect(b.p.highWatermark).toBe(1)
  b.wait(499)
  expect(b.fetched(parked)).toBeNull()
  b.wait(1)
  expect(b.fetched(parked)).toMatchObject({ error: 'NONE', highWatermark: 1, batches: [] })
})

test('2.4 answers a parked follower fetch when its high watermark moves (KIP-392), 2.6 does not', () => {
  const b = leader('2.4')
  b.produce(['a'], 1)
  const parked = b.fetch(2, 1)
  const own = b.fetch(3, 1)
  expect(b.fetched(parked)).toMatchObject({ highWatermark: 1, batches: [] })
  expect(b.fetched(own)).toMatchObject({ highWatermark: 1, batches: [] })
  const later = leader('2.6')
  later.produce(['a'], 1)
  const waits = later.fetch(2, 1)
  later.fetch(3, 1)
  expect(later.fetched(waits)).toBeNull()
})

test('an append wakes followers, a high watermark wakes consumers', () => {
  const b = new TestBroker('2.6').up().role({ isr: [1, 2], replicas: [1, 2] })
  const follower = b.fetch(2, 0)
  const consumer = b.fetch(-1, 0)
  b.produce(['a'], 1)
  expect(b.values(follower)).toEqual(['a'])
  expect(b.fetched(consumer)).toBeNull()
  b.fetch(2, 1)
  expect(b.values(consumer)).toEqual(['a'])
})

test('a consumer reads up to the high watermark; offsets up to the log end are in range, beyond they are not', () => {
  const b = leader('0.10.2')
  b.produce(['a', 'b'], 1)
  const at = (offset: number) => b.fetched(b.fetch(-1, offset, { maxWaitMs: 0 }))
  expect(at(0)).toMatchObject({ error: 'NONE', batches: [], highWatermark: 0 })
  expect(at(1)).toMatchObject({ error: 'NONE', batches: [] })
  expect(at(2)).toMatchObject({ error: 'NONE', batches: [] })
  expect(at(3)).toMatchObject({ error: 'OFFSET_OUT_OF_RANGE', highWatermark: -1 })
})

test('to 0.9 a consumer strictly between the high watermark and the log end gets an error without a name', () => {
  const b = leader('0.9')
  b.produce(['a', 'b'], 1)
  const at = (offset: number) => b.fetched(b.fetch(-1, offset, { maxWaitMs: 0 }))?.error
  expect([at(0), at(1), at(2), at(3)]).toEqual(['NONE', 'UNKNOWN_SERVER_ERROR', 'NONE', 'OFFSET_OUT_OF_RANGE'])
})

test('KIP-320: a follower of an older leader epoch is fenced, one of a newer epoch is ahead', () => {
  const b = new TestBroker('2.4').up().role({ leaderEpoch: 3 })
  expect(b.fetched(b.fetch(2, 0, { epoch: 2 }))?.error).toBe('FENCED_LEADER_EPOCH')
  expect(b.fetched(b.fetch(2, 0, { epoch: 4 }))?.error).toBe('UNKNOWN_LEADER_EPOCH')
  expect(b.fetched(b.fetch(2, 0, { epoch: 3, maxWaitMs: 0 }))?.error).toBe('NONE')
  const old = new TestBroker('1.1').up().role({ leaderEpoch: 3 })
  expect(old.fetched(old.fetch(2, 0, { epoch: 2, maxWaitMs: 0 }))?.error).toBe('NONE')
})

test('a refused or diverging fetch leaves what the leader knows of the follower alone', () => {
  const b = new TestBroker('3.5').up().role({ leaderEpoch: 2, isr: [1, 2], replicas: [1, 2] })
  b.produce(['a', 'b', 'c'], 1)
  const diverging = b.fetch(2, 3, { epoch: 2, lastEpoch: 1 })
  expect(b.fetched(diverging)).toMatchObject({ error: 'NONE', batches: [], divergingEpoch: expect.anything() })
  expect(b.p.remoteReplicas[2]?.logEndOffset).toBe(-1)
  expect(b.p.highWatermark).toBe(0)
})

test('a follower that fetches from a broker that leads no more is told so, and its parked fetch is answered', () => {
  const b = leader('2.4')
  const parked = b.fetch(2, 0)
  b.role({ leader: 2, leaderEpoch: 1 })
  expect(b.fetched(parked)?.error).toBe('NOT_LEADER_FOR_PARTITION')
  expect(b.fetched(b.fetch(3, 0))?.error).toBe('NOT_LEADER_FOR_PARTITION')
})
