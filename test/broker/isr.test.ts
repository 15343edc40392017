import { expect, test } from 'vitest'
import type { RegistryResult } from '../../src/kafka/messages/registry.ts'
import { leader, T0, TestBroker } from './broker-harness.ts'

const written = (version: number): RegistryResult => ({
  error: null,
  path: '',
  stat: { version, czxid: 1, ephemeralOwner: 0 },
})

/** The ISR that the oldest unanswered write asks for. */
const askedIsr = (b: TestBroker): unknown => {
  const op = b.asked('isr-write')[0]?.ops[0]
  return op?.op === 'setData' ? op : null
}

const LAG = { 'replica.lag.time.max.ms': 4000 }

test('the leader takes a silent follower out with compare-and-set on the version it knows', () => {
  const b = new TestBroker('2.4', LAG).up().role({ leaderEpoch: 2, partitionEpoch: 5, controllerEpoch: 3 })
  b.produce(['a'], 1)
  b.wait(3000).fetch(3, 1)
  b.wait(3000)
  expect(askedIsr(b)).toMatchObject({
    path: '/brokers/topics/t/partitions/0/state',
    data: { leader: 1, leaderEpoch: 2, isr: [1, 3], controllerEpoch: 3 },
    version: 5,
  })
  b.answer('isr-write', written(6))
  expect(b.p.isr).toEqual([1, 3])
  expect(b.p.partitionEpoch).toBe(6)
  expect(b.p.leaderEpoch).toBe(2)
  expect(b.factsOf('isrChanged')).toHaveLength(1)
})

test('a follower with everything is never taken out from 2.1, however silent; to 2.0 it is', () => {
  const b = new TestBroker('2.1', LAG).up().role({})
  b.produce(['a'], 1)
  b.fetch(2, 1)
  b.fetch(3, 1)
  b.wait(60_000)
  expect(b.factsOf('isrShrinkAsked')).toEqual([])
  const old = new TestBroker('2.0.1', LAG).up().role({})
  old.fetch(2, 0)
  old.fetch(3, 0)
  old.wait(60_000)
  expect(old.factsOf('isrShrinkAsked')[0]).toMatchObject({ fromIsr: [1, 2, 3], toIsr: [1] })
})

test('KAFKA-4485: a follower one fetch behind under steady appends stays from 0.10.2, and fell out before', () => {
  for (const [generation, shrinks] of [
    ['0.9', true],
    ['0.10.2', false],
  ] as const) {
    const b = new TestBroker(generation, LAG).up().role({ isr: [1, 2], replicas: [1, 2] })
    for (let n = 0; n < 60; n++) {
      b.produce([`v${n}`], 1)
      b.fetch(2, n)
      b.wait(200)
    }
    expect(b.factsOf('isrShrinkAsked').length > 0).toBe(shrinks)
  }
})

test('0.8.2 takes a follower out that is too many messages behind, at the next check', () => {
  const b = new TestBroker('0.8.2', { 'replica.lag.max.messages': 10, 'replica.lag.time.max.ms': 1000 }).up()
  b.role({ isr: [1, 2], replicas: [1, 2] })
  b.wait(900)
  b.fetch(2, 0, { maxWaitMs: 0 })
  b.produce(
    Array.from({ length: 11 }, (_, n) => `v${n}`),
    1,
  )
  b.wait(200)
  expect(b.factsOf('isrShrinkAsked')[0]).toMatchObject({ toIsr: [1] })
})

test('a refused write leaves memory as it is and is tried again with every check (KAFKA-2729)', () => {
  const b = new TestBroker('2.4', LAG).up().role({})
  b.produce(['a'], 1)
  b.wait(6000)
  b.answer('isr-write', { error: 'BADVERSION' })
  expect(b.p.lockedSinceUs).not.toBeNull()
  b.answer('isr-read', {
    error: null,
    path: '',
    data: { leader: 2, leaderEpoch: 1, isr: [2, 3], controllerEpoch: 1 },
    stat: { version: 1, czxid: 1, ephemeralOwner: 0 },
  })
  expect(b.factsOf('isrWriteRefusedByVersion')).toHaveLength(1)
  expect(b.p).toMatchObject({ isr: [1, 2, 3], partitionEpoch: 0, lockedSinceUs: null })
  b.wait(2000)
  expect(b.factsOf('isrShrinkAsked')).toHaveLength(2)
})

test('KAFKA-1382: a refused write whose content is there was its own', () => {
  const b = new TestBroker('0.10.2', LAG).up().role({ isr: [1, 2], replicas: [1, 2] })
  b.produce(['a'], 1)
  b.wait(6000)
  b.answer('isr-write', { error: 'BADVERSION' }, true)
  b.answer('isr-read', {
    error: null,
    path: '',
    data: { leader: 1, leaderEpoch: 0, isr: [1], controllerEpoch: 1 },
    stat: { version: 1, czxid: 1, ephemeralOwner: 0 },
  })
  expect(b.p).toMatchObject({ isr: [1], partitionEpoch: 1 })
  expect(b.factsOf('isrWriteRefusedByVersion')).toEqual([])
})

test('a returning replica is appended, and needs the high watermark and from 2.0.1 the start of the epoch', () => {
  for (const [generation, joins] of [
    ['2.0.0', true],
    ['2.0.1', false],
  ] as const) {
    const b = new TestBroker(generation).up()
    b.role({ leader: 2, leaderEpoch: 0, live: [2] })
    b.state.durable.logs[T0]!.batches.push({
      baseOffset: 0,
      leaderEpoch: 0,
      records: [
        { id: 'p/a', key: null, value: 'a', timestampMs: 0 },
        { id: 'p/b', key: null, value: 'b', timestampMs: 0 },
      ],
    })
    b.state.durable.logs[T0]!.logEndOffset = 2
    b.role({ leaderEpoch: 1, isr: [1, 2], partitionEpoch: 1 })
    expect(b.p.highWatermark).toBe(0)
    b.fetch(3, 0)
    expect(b.factsOf('isrExpandAsked').length > 0).toBe(joins)
    if (!joins) b.fetch(3, 2)
    expect(b.factsOf('isrExpandAsked')[0]).toMatchObject({ fromIsr: [1, 2], toIsr: [1, 2, 3] })
  }
})

test('while the registry is silent writes to the partition wait and are appended when it answers', () => {
  const b = new TestBroker('0.10.2', LAG).up().role({ isr: [1, 2], replicas: [1, 2] })
  b.produce(['a'], 1)
  b.wait(6000)
  const one = b.produce(['b'], 1)
  const consumer = b.fetch(-1, 0, { maxWaitMs: 0 })
  const follower = b.fetch(2, 1)
  b.wait(10_000)
  expect(b.produced(one)).toBeNull()
  expect(b.fetched(consumer)).toMatchObject({ error: 'NONE' })
  expect(b.fetched(follower)).toBeNull()
  expect(b.state.durable.logs[T0]?.logEndOffset).toBe(1)
  b.answer('isr-write', written(1))
  expect(b.produced(one)).toMatchObject({ error: 'NONE', baseOffset: 1 })
  expect(b.state.volatile?.waiting).toEqual({})
})

test('from 2.1 consumer fetches and offset questions wait too', () => {
  const b = new TestBroker('2.4', LAG).up().role({ isr: [1, 2], replicas: [1, 2] })
  b.produce(['a'], 1)
  const parked = b.fetch(-1, 0, { maxWaitMs: 60_000 })
  b.wait(6000)
  const consumer = b.fetch(-1, 0, { maxWaitMs: 0 })
  b.wait(60_000)
  expect(b.fetched(consumer)).toBeNull()
  expect(b.fetched(parked)).toBeNull()
  // Those who wait are faster than the checks that were missed.
  b.draw = 0.99
  b.answer('isr-write', { error: 'SESSIONEXPIRED' })
  expect(b.p).toMatchObject({ isr: [1, 2], partitionEpoch: 0 })
  expect(b.factsOf('isrWriteRefusedByVersion')).toEqual([])
  expect(b.fetched(parked)).not.toBeNull()
})

test('a role change waits for the lock, and other instructions of controllers wait behind it', () => {
  const b = new TestBroker('2.4', LAG).up().role({})
  b.produce(['a'], 1)
  b.wait(6000)
  b.draw = 0.99
  b.role({ leader: 2, leaderEpoch: 1 })
  b.receive('controller-3', {
    type: 'UpdateMetadataRequest',
    correlationId: 1,
    controllerId: 3,
    controllerEpoch: 1,
    brokerEpoch: -1,
    liveBrokers: [1, 2, 3],
    liveBrokerEpochs: {},
    partitions: {},
  })
  expect(b.p.role).toBe('leader')
  expect(b.state.volatile?.metadata.liveBrokers).toEqual([])
  b.answer('isr-write', { error: 'SESSIONEXPIRED' })
  expect(b.p.role).toBe('follower')
  expect(b.state.volatile?.metadata.liveBrokers).toEqual([1, 2, 3])
})

test('checks missed while the registry was silent follow at once, before or after the fetches that waited', () => {
  for (const [draw, shrunkTo] of [
    [0, [1]],
    [0.99, [1, 3]],
  ] as const) {
    const b = new TestBroker('2.4', LAG).up().role({})
    b.produce(['a'], 1)
    b.wait(3500).fetch(3, 1)
    b.wait(2400).produce(['b'], 1)
    b.wait(100)
    expect(b.factsOf('isrShrinkAsked')[0]).toMatchObject({ toIsr: [1, 3] })
    b.fetch(3, 2)
    b.wait(30_000)
    b.draw = draw
    b.answer('isr-write', written(1))
    expect(b.factsOf('isrShrinkAsked').at(-1)).toMatchObject({ toIsr: shrunkTo })
  }
})

test('a check that stands at a partition whose lock an expansion holds goes on when that is written', () => {
  const b = new TestBroker('0.11', LAG).up().role({ isr: [1, 3], replicas: [1, 2, 3] })
  b.wait(1500)
  b.fetch(2, 0)
  expect(askedIsr(b)).toMatchObject({ data: { isr: [1, 3, 2] } })
  b.wait(4000)
  expect(b.factsOf('isrShrinkAsked')).toEqual([])
  b.answer('isr-write', written(1))
  expect(b.factsOf('isrShrinkAsked')[0]).toMatchObject({ fromIsr: [1, 3, 2] })
})

test('an ISR change is announced once nothing has changed for 5 s', () => {
  const b = new TestBroker('2.4', LAG).up().role({})
  b.produce(['a'], 1)
  b.wait(6000)
  b.answer('isr-write', written(1))
  b.wait(4000)
  expect(b.asked('isr-change')).toEqual([])
  b.wait(4000)
  expect(b.asked('isr-change')[0]?.ops[0]).toMatchObject({
    op: 'create',
    path: '/isr_change_notification/isr_change_',
    data: { partitions: [T0] },
    sequential: true,
  })
  const old = new TestBroker('0.8.2', LAG).up().role({})
  old.produce(['a'], 1)
  old.wait(9000).answer('isr-write', written(1)).wait(20_000)
  expect(old.asked('isr-change')).toEqual([])
})

// --- Through the controller (KIP-497)

const alterRequests = (b: TestBroker) =>
  b.sent.flatMap(({ message }) => (message.type === 'AlterPartitionRequest' ? [message] : []))

/** The controller has put broker 2 out of the ISR. */
const confirmShrink = (b: TestBroker, correlationId: number) =>
  b.receive('controller-3', {
    type: 'AlterPartitionResponse',
    correlationId,
    error: 'NONE',
    partitions: { [T0]: { error: 'NONE', leader: 1, leaderEpoch: 0, isr: [1], partitionEpoch: 1, recoveryState: 0 } },
  })

test('from 2.7 the leader asks its controller: nothing waits, and a pending shrink does not release the high watermark', () => {
  const b = new TestBroker('2.7', LAG).up().role({ isr: [1, 2], replicas: [1, 2] })
  const sent = b.produce(['a'], -1, 60_000)
  b.wait(6000)
  expect(alterRequests(b)[0]?.partitions[T0]).toMatchObject({ isr: [1], leaderEpoch: 0, partitionEpoch: 0 })
  expect(b.produced(b.produce(['b'], 1))?.error).toBe('NONE')
  expect(b.p.highWatermark).toBe(0)
  const { correlationId } = alterRequests(b)[0]!
  confirmShrink(b, correlationId)
  expect(b.p).toMatchObject({ isr: [1], partitionEpoch: 1, pendingIsr: null })
  // KAFKA-13091: to 3.0 the confirmation alone does not move it, the next append does.
  expect(b.p.highWatermark).toBe(0)
  b.produce(['c'], 1)
  expect(b.p.highWatermark).toBe(3)
  expect(b.produced(sent)?.error).toBe('NONE')
})

test('a pending expansion counts for the high watermark at once', () => {
  const b = new TestBroker('2.8').up().role({ isr: [1], replicas: [1, 2] })
  b.produce(['a'], 1)
  b.fetch(2, 1)
  expect(b.p.pendingIsr).toMatchObject({ isr: [1, 2], kind: 'expand' })
  b.produce(['b'], 1)
  expect(b.p.highWatermark).toBe(1)
})

test('a refusal of the broker epoch is told once and asked again every 50 ms', () => {
  const b = new TestBroker('3.5', LAG).up().role({ isr: [1, 2], replicas: [1, 2] })
  b.produce(['a'], 1)
  b.wait(6000)
  for (let n = 0; n < 3; n++) {
    const { correlationId } = alterRequests(b).at(-1)!
    b.receive('controller-3', {
      type: 'AlterPartitionResponse',
      correlationId,
      error: 'STALE_BROKER_EPOCH',
      partitions: {},
    })
    b.wait(50)
  }
  expect(alterRequests(b)).toHaveLength(4)
  expect(b.factsOf('isrRequestRefusedStaleBrokerEpoch')).toHaveLength(1)
})

test('a new controller that tells the same role again, of the same leader epoch, does not undo what the leader asks for', () => {
  const b = new TestBroker('3.9', LAG).up().role({ isr: [1, 2], replicas: [1, 2] })
  b.produce(['a'], 1)
  b.wait(6000)
  const { correlationId } = alterRequests(b)[0]!
  b.role({ isr: [1, 2], replicas: [1, 2], requestEpoch: 7 })
  expect(b.p.pendingIsr).toMatchObject({ isr: [1], kind: 'shrink' })
  confirmShrink(b, correlationId)
  expect(b.p).toMatchObject({ isr: [1], partitionEpoch: 1, pendingIsr: null })
})

test('from 3.3 a replica that is not alive in the metadata may not join', () => {
  const b = new TestBroker('3.3').up().role({ isr: [1], replicas: [1, 2] })
  b.fetch(2, 0, { maxWaitMs: 0 })
  expect(b.p.pendingIsr).toBeNull()
  b.state.volatile!.metadata.liveBrokers = [1, 2]
  b.fetch(2, 0, { maxWaitMs: 0 })
  expect(b.p.pendingIsr).toMatchObject({ isr: [1, 2] })
})

test('from 0.10.2 a caught-up replica outside the ISR holds the high watermark back', () => {
  for (const [generation, highWatermark] of [
    ['0.9', 2],
    ['0.10.2', 1],
  ] as const) {
    const b = new TestBroker(generation).up().role({ isr: [1], replicas: [1, 2] })
    b.produce(['a'], 1)
    b.fetch(2, 1)
    b.answer('isr-write', { error: 'BADVERSION' })
    b.answer('isr-read', {
      error: null,
      path: '',
      data: { leader: 3, leaderEpoch: 9, isr: [3], controllerEpoch: 1 },
      stat: { version: 3, czxid: 1, ephemeralOwner: 0 },
    })
    b.produce(['b'], 1)
    expect(b.p.isr).toEqual([1])
    expect(b.p.highWatermark).toBe(highWatermark)
  }
})

test('a new leader waits for every member of the ISR to fetch; the same leader again keeps their log ends', () => {
  const b = leader('2.4')
  b.produce(['a'], 1)
  b.fetch(2, 1)
  b.fetch(3, 1)
  b.role({ leaderEpoch: 1, isr: [1, 2], partitionEpoch: 1 })
  expect(b.p.remoteReplicas[2]?.logEndOffset).toBe(1)
  b.role({ leader: 2, leaderEpoch: 2 })
  b.role({ leaderEpoch: 3, partitionEpoch: 3 })
  expect(b.p.remoteReplicas[2]?.logEndOffset).toBe(-1)
  expect(b.p.highWatermark).toBe(1)
})
