import { expect, test } from 'vitest'
import { leader, T0, TestBroker } from './broker-harness.ts'

test('acks=1 is answered from the log of the leader, before anyone has fetched', () => {
  const b = leader('2.4')
  const sent = b.produce(['a', 'b'], 1)
  expect(b.produced(sent)).toEqual({ error: 'NONE', baseOffset: 0, logStartOffset: 0 })
  expect(b.p.highWatermark).toBe(0)
})

test('acks=all waits until every member of the ISR has fetched past the record', () => {
  const b = leader('2.4')
  const sent = b.produce(['a'], -1)
  b.fetch(2, 1)
  expect(b.produced(sent)).toBeNull()
  b.fetch(3, 1)
  expect(b.produced(sent)?.error).toBe('NONE')
  expect(b.factsOf('produceAcknowledged')[0]).toMatchObject({ baseOffset: 0, endOffset: 1, acks: -1, highWatermark: 1 })
})

test('acks=all that is not satisfied in time ends in REQUEST_TIMED_OUT and the record stays', () => {
  const b = leader('0.10.2')
  const sent = b.produce(['a'], -1, 1000)
  b.wait(1000)
  expect(b.produced(sent)).toMatchObject({ error: 'REQUEST_TIMED_OUT', baseOffset: 0 })
  expect(b.state.durable.logs[T0]?.logEndOffset).toBe(1)
})

test('with the ISR below min.insync.replicas acks=all is refused and nothing is appended, acks=1 is accepted', () => {
  const b = new TestBroker('2.4').up().role({ isr: [1], topicSettings: { 'min.insync.replicas': '2' } })
  expect(b.produced(b.produce(['a'], -1))).toMatchObject({ error: 'NOT_ENOUGH_REPLICAS', baseOffset: -1 })
  expect(b.produced(b.produce(['b'], 1))).toMatchObject({ error: 'NONE', baseOffset: 0 })
  expect(b.p.highWatermark).toBe(1)
})

test('from 3.7 the high watermark stands still below min ISR, whatever acks', () => {
  const b = new TestBroker('3.9').up().role({ isr: [1], topicSettings: { 'min.insync.replicas': '2' } })
  b.produce(['b'], 1)
  expect(b.p.highWatermark).toBe(0)
})

test('an ISR that shrank below min ISR while a write waited makes it NOT_ENOUGH_REPLICAS_AFTER_APPEND', () => {
  const b = new TestBroker('2.4', { 'replica.lag.time.max.ms': 4000 }).up()
  b.role({ isr: [1, 2], replicas: [1, 2], topicSettings: { 'min.insync.replicas': '2' } })
  const sent = b.produce(['a'], -1, 18_000)
  b.wait(6000)
  expect(b.produced(sent)).toBeNull()
  b.answer('isr-write', { error: null, path: '', stat: { version: 1, czxid: 1, ephemeralOwner: 0 } })
  expect(b.p.isr).toEqual([1])
  expect(b.produced(sent)).toMatchObject({ error: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND', baseOffset: 0 })
})

test('acks=2 is satisfied by one follower in 0.8.2, before the record is committed, and refused from 0.9', () => {
  const old = leader('0.8.2')
  const sent = old.produce(['a'], 2)
  expect(old.produced(sent)).toBeNull()
  old.fetch(2, 1)
  expect(old.produced(sent)?.error).toBe('NONE')
  expect(old.p.highWatermark).toBe(0)
  const b = leader('0.9')
  expect(b.produced(b.produce(['a'], 2))?.error).toBe('INVALID_REQUIRED_ACKS')
})

test('acks=0 is never answered; an error closes the connection', () => {
  const b = leader('2.4')
  const good = b.produce(['a'], 0)
  expect(b.produced(good)).toBeNull()
  expect(b.closed).toEqual([])
  b.role({ leader: 2, leaderEpoch: 1 })
  const bad = b.produce(['b'], 0)
  expect(b.produced(bad)).toBeNull()
  expect(b.closed).toEqual([bad])
})

test('a leader that steps down answers parked writes at once from 0.10, before that only when a follower fetches', () => {
  const b = leader('0.10.2')
  const sent = b.produce(['a'], -1, 30_000)
  b.role({ leader: 2, leaderEpoch: 1 })
  expect(b.produced(sent)?.error).toBe('NOT_LEADER_FOR_PARTITION')

  const old = leader('0.9')
  const waits = old.produce(['a'], -1, 30_000)
  old.role({ leader: 2, leaderEpoch: 1 })
  expect(old.produced(waits)).toBeNull()
  old.fetch(3, 0)
  expect(old.produced(waits)?.error).toBe('NOT_LEADER_FOR_PARTITION')
})

test('to 0.8.1 acks=all asks for every log end, and an ISR that shrinks does not answer it', () => {
  const b = new TestBroker('0.8.1', { 'replica.lag.time.max.ms': 2000 }).up().role({ isr: [1, 2], replicas: [1, 2] })
  const sent = b.produce(['a'], -1, 60_000)
  b.wait(5000).answer('isr-write', { error: null, path: '', stat: { version: 1, czxid: 1, ephemeralOwner: 0 } })
  expect(b.p.isr).toEqual([1])
  expect(b.produced(sent)).toBeNull()
  b.fetch(2, 0)
  expect(b.produced(sent)?.error).toBe('NONE')
})

test('a broker without the partition answers UNKNOWN_TOPIC_OR_PARTITION, from 2.0 NOT_LEADER when others have it', () => {
  for (const [generation, error] of [
    ['0.10.2', 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['2.4', 'NOT_LEADER_FOR_PARTITION'],
  ] as const) {
    const b = new TestBroker(generation).up()
    expect(b.produced(b.produce(['a'], 1))?.error).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    b.state.volatile!.metadata.partitions[T0] = {
      leader: 2,
      leaderEpoch: 0,
      isr: [2],
      replicas: [2],
      controllerEpoch: 1,
      partitionEpoch: 0,
    }
    expect(b.produced(b.produce(['a'], 1))?.error).toBe(error)
  }
})

test('a record above max.message.bytes is refused', () => {
  const b = new TestBroker('2.4').up().role({ topicSettings: { 'max.message.bytes': '100' } })
  expect(b.produced(b.produce(['x'.repeat(200)], 1))?.error).toBe('MESSAGE_TOO_LARGE')
})

test('the second request of a connection is appended only when the first is answered', () => {
  const b = new TestBroker('2.4').up().role({ isr: [1, 2], replicas: [1, 2] })
  b.produce(['a'], -1, 30_000, 'one')
  b.produce(['b'], -1, 30_000, 'one')
  b.produce(['c'], 1, 30_000, 'other')
  expect(b.state.durable.logs[T0]?.logEndOffset).toBe(2)
  b.fetch(2, 2)
  expect(b.state.durable.logs[T0]?.logEndOffset).toBe(3)
  expect(b.state.durable.logs[T0]?.batches.at(-1)?.records[0]?.value).toBe('b')
})

test('what was unread when its connection broke is never appended, what was in hand is carried on with', () => {
  const b = new TestBroker('2.4').up().role({ isr: [1, 2], replicas: [1, 2] })
  b.produce(['a'], -1, 30_000, 'one')
  b.produce(['b'], -1, 30_000, 'one')
  b.step({ kind: 'disconnected', peer: 'producer-p', channel: 'client', connection: 'one', reason: 'closed' })
  b.fetch(2, 1)
  expect(b.state.durable.logs[T0]?.logEndOffset).toBe(1)
  expect(b.p.highWatermark).toBe(1)
  expect(b.state.volatile?.clients.some(({ connection }) => connection === 'one')).toBe(false)
})
