import { expect, test } from 'vitest'
import {
  followPartition,
  onFetcherDisconnected,
  setFetchThrottle,
  shouldRestartFetcher,
  stopAllFetchers,
  unfollowPartition,
} from '../../src/broker/replica-fetcher.ts'
import {
  answer,
  answerFetch,
  cutsOf,
  fetcherOf,
  fire,
  follow,
  follower,
  lastSent,
  mechanismsOf,
  PARTITION,
  partitionState,
  recordsOf,
  refuseEpoch,
  replicate,
  wake,
  writtenLog,
} from './fetcher-harness.ts'

const sentTypes = (it: ReturnType<typeof follower>): string[] => it.ctx.sent.map((sent) => sent.message.type)

test('a new fetcher starts after its drawn time and names the settings of the follower', () => {
  const settings = { 'replica.fetch.wait.max.ms': 700, 'replica.fetch.min.bytes': 3, 'replica.fetch.max.bytes': 99 }
  const it = follower('0.10.2', {
    log: writtenLog(mechanismsOf('0.10.2'), [0, 'a']),
    highWatermark: 1,
    settings,
    draw: 0.5,
  })
  follow(it, 4)
  expect(it.ctx.timers['fetcher:1:wake']).toBe(it.ctx.nowUs + 5_000)
  wake(it)
  expect(it.ctx.sent).toEqual([
    {
      to: 'broker-1',
      channel: 'replica',
      message: {
        type: 'FetchRequest',
        correlationId: 1,
        replicaId: 2,
        replicaEpoch: -1,
        maxWaitMs: 700,
        minBytes: 3,
        partitions: {
          [PARTITION]: {
            fetchOffset: 1,
            maxBytes: 99,
            currentLeaderEpoch: -1,
            lastFetchedEpoch: -1,
            logStartOffset: 0,
          },
        },
      },
    },
  ])
})

test('from 2.1 a fetch carries the leader epoch, from 2.8 the last fetched epoch, from 3.5 in KRaft the broker epoch', () => {
  const asked = (generation: string): unknown => {
    const m = mechanismsOf(generation)
    const it = follower(generation, { log: writtenLog(m, [3, 'a']), highWatermark: 1 })
    follow(it, 4)
    wake(it)
    if (m.truncation !== 'on-fetch') {
      const { correlationId } = lastSent(it, 'OffsetsForLeaderEpochRequest')
      const partitions = { [PARTITION]: { error: 'NONE' as const, leaderEpoch: 3, endOffset: 1 } }
      answer(it, { type: 'OffsetsForLeaderEpochResponse', correlationId, partitions })
    }
    const { partitions, replicaEpoch } = lastSent(it, 'FetchRequest')
    const { currentLeaderEpoch, lastFetchedEpoch } = partitions[PARTITION]!
    return [currentLeaderEpoch, lastFetchedEpoch, replicaEpoch]
  }
  expect(asked('1.1')).toEqual([-1, -1, -1])
  expect(asked('2.1')).toEqual([4, -1, -1])
  expect(asked('2.8')).toEqual([4, 3, -1])
  expect(asked('3.5-kraft')).toEqual([4, 3, 42])
})

test('records are appended before the high watermark is taken, which never passes the log end', () => {
  const it = follower('0.10.2')
  follow(it, 0)
  wake(it)
  answerFetch(it, { batches: writtenLog(it.m, [0, 'a'], [0, 'b']).batches, highWatermark: 9 })
  expect(it.ctx.facts.map((fact) => fact.kind)).toEqual(['truncated', 'appended', 'highWatermark'])
  expect(it.state.volatile.partitions[PARTITION]!.highWatermark).toBe(2)
  expect(lastSent(it, 'FetchRequest').partitions[PARTITION]!.fetchOffset).toBe(2)
})

test('the answer to a fetch of an earlier epoch of the same leader is taken up to 3.8, and asked for again from 3.9.1', () => {
  const afterLateAnswer = (generation: string): unknown => {
    const m = mechanismsOf(generation)
    const it = follower(generation, { log: writtenLog(m, [3, 'a']), highWatermark: 1 })
    follow(it, 4)
    wake(it)
    follow(it, 5)
    answerFetch(it, { batches: writtenLog(m, [3, 'a'], [4, 'b']).batches.slice(1), highWatermark: 1 })
    const { fetchOffset, currentLeaderEpoch } = lastSent(it, 'FetchRequest').partitions[PARTITION]!
    return [it.log.logEndOffset, fetchOffset, currentLeaderEpoch]
  }
  expect(afterLateAnswer('2.8')).toEqual([2, 2, 5])
  expect(afterLateAnswer('3.8')).toEqual([2, 2, 5])
  expect(afterLateAnswer('3.9')).toEqual([1, 1, 5])
  expect(afterLateAnswer('4.1')).toEqual([1, 1, 5])
})

test('a lower high watermark of the leader brings that of the follower down', () => {
  const it = follower('2.8', { log: writtenLog(mechanismsOf('2.8'), [0, 'a'], [0, 'b']), highWatermark: 2 })
  follow(it, 1)
  wake(it)
  answerFetch(it, { highWatermark: 1 })
  expect(it.state.volatile.partitions[PARTITION]!.highWatermark).toBe(1)
})

test('the log start follows the leader from 0.11 on', () => {
  const startOf = (generation: string): number => {
    const m = mechanismsOf(generation)
    const it = follower(generation, { log: writtenLog(m, [0, 'a'], [0, 'b']), highWatermark: 2 })
    follow(it, 1)
    wake(it)
    if (m.truncation !== 'high-watermark') {
      const { correlationId } = lastSent(it, 'OffsetsForLeaderEpochRequest')
      const partitions = { [PARTITION]: { error: 'NONE' as const, leaderEpoch: -1, endOffset: 2 } }
      answer(it, { type: 'OffsetsForLeaderEpochResponse', correlationId, partitions })
    }
    answerFetch(it, { highWatermark: 2, logStartOffset: 1 })
    return it.log.logStartOffset
  }
  expect([startOf('0.10.2'), startOf('0.11')]).toEqual([0, 1])
})

test('a leader that does not know its role yet costs one back-off', () => {
  const it = follower('0.10.2')
  follow(it, 0)
  wake(it)
  const refusedUs = it.ctx.nowUs
  answerFetch(it, { error: 'NOT_LEADER_FOR_PARTITION' })
  expect(it.ctx.sent.length).toBe(1)
  wake(it)
  expect(it.ctx.nowUs - refusedUs).toBe(1_000_000)
  expect(it.ctx.sent.length).toBe(2)
})

test('a question that is refused is asked again after one back-off', () => {
  const it = follower('2.4', { log: writtenLog(mechanismsOf('2.4'), [0, 'a']), highWatermark: 1 })
  follow(it, 1)
  wake(it)
  const refusedUs = it.ctx.nowUs
  refuseEpoch(it, 'UNKNOWN_LEADER_EPOCH')
  wake(it)
  expect(it.ctx.nowUs - refusedUs).toBe(1_000_000)
  expect(sentTypes(it)).toEqual(['OffsetsForLeaderEpochRequest', 'OffsetsForLeaderEpochRequest'])
})

test('0.8 has no back-off and comes again almost at once', () => {
  const it = follower('0.8.2', { settings: { 'replica.fetch.backoff.ms': false } })
  follow(it, 0)
  wake(it)
  const refusedUs = it.ctx.nowUs
  answerFetch(it, { error: 'NOT_LEADER_FOR_PARTITION' })
  wake(it)
  expect(it.ctx.nowUs - refusedUs).toBe(10_000)
  expect(it.ctx.sent.length).toBe(2)
})

for (const [once, backOffs] of [
  [false, 2],
  [true, 1],
] as const) {
  test(`a connection that breaks under a fetch is followed by ${backOffs} back-off(s)`, () => {
    const it = follower('2.4', { mechanisms: { failedFetchBacksOffOnce: once } })
    follow(it, 0)
    wake(it)
    const brokenUs = it.ctx.nowUs
    const input = { peer: 'broker-1', connection: 'broker-2>broker-1#replica@1' }
    onFetcherDisconnected(it.state, it.ctx, it.config, input)
    while (fetcherOf(it).outstanding === null) wake(it)
    expect(it.ctx.nowUs - brokenUs).toBe(backOffs * 1_000_000)
  })
}

test('a broken connection that the leader had opened to this broker changes nothing', () => {
  const it = follower('2.4')
  follow(it, 0)
  wake(it)
  const input = { peer: 'broker-1', connection: 'broker-1>broker-2#replica@7' }
  onFetcherDisconnected(it.state, it.ctx, it.config, input)
  expect(fetcherOf(it).outstanding).not.toBeNull()
})

test('a leader that never answers is given up after the socket time-out, and its connection closed', () => {
  const it = follower('2.4', { settings: { 'replica.socket.timeout.ms': 7_000 } })
  follow(it, 0)
  wake(it)
  const sentUs = it.ctx.nowUs
  fire(it, 'fetcher:1:timeout')
  expect(it.ctx.nowUs - sentUs).toBe(7_000_000)
  expect(it.ctx.closed).toEqual(['broker-1#replica'])
  expect(fetcherOf(it).outstanding).toBeNull()
})

test('a partition that is added wakes a fetcher that has nothing to do', () => {
  const it = follower('0.10.2')
  follow(it, 0)
  wake(it)
  answerFetch(it, { error: 'NOT_LEADER_FOR_PARTITION' })
  expect(fetcherOf(it).asleep).toBe('idle')
  it.state.durable.logs['t-1'] = writtenLog(it.m)
  it.state.volatile.partitions['t-1'] = partitionState({ partition: 't-1' })
  followPartition(it.state, it.ctx, it.config, 't-1', { leader: 1, leaderEpoch: 0 })
  expect(it.ctx.timers['fetcher:1:wake']).toBe(it.ctx.nowUs)
  wake(it)
  expect(Object.keys(lastSent(it, 'FetchRequest').partitions)).toEqual(['t-1'])
})

test('an answer for a partition that now has another leader is not appended', () => {
  const it = follower('0.10.2')
  follow(it, 0)
  wake(it)
  const { correlationId } = lastSent(it, 'FetchRequest')
  follow(it, 1, 3)
  const data = { error: 'NONE' as const, highWatermark: 1, logStartOffset: 0, divergingEpoch: null }
  const { batches } = writtenLog(it.m, [0, 'a'])
  answer(it, { type: 'FetchResponse', correlationId, partitions: { [PARTITION]: { ...data, batches } } })
  expect(it.log.logEndOffset).toBe(0)
  expect(Object.keys(fetcherOf(it, 3).partitions)).toEqual([PARTITION])
})

test('a fetcher without partitions is shut down after the step, and its connection closed', () => {
  const it = follower('0.10.2')
  follow(it, 0)
  wake(it)
  unfollowPartition(it.state, it.ctx, PARTITION)
  expect(it.ctx.closed).toEqual([])
  fire(it, 'fetcher:idle')
  expect(it.ctx.closed).toEqual(['broker-1#replica'])
  expect(it.state.volatile.fetchers).toEqual({})
})

test('a fetcher that loses and regains its last partition in one step keeps its request', () => {
  const it = follower('2.1', { log: writtenLog(mechanismsOf('2.1'), [0, 'a']), highWatermark: 1 })
  follow(it, 0)
  wake(it)
  follow(it, 1)
  fire(it, 'fetcher:idle')
  expect(fetcherOf(it).outstanding).not.toBeNull()
  expect(fetcherOf(it).partitions[PARTITION]!.leaderEpoch).toBe(1)
})

test('an answer about an epoch that was asked under an older leader epoch is ignored (KAFKA-7786)', () => {
  const m = mechanismsOf('2.1')
  const it = follower('2.1', { log: writtenLog(m, [0, 'a'], [0, 'b']), highWatermark: 1 })
  follow(it, 1)
  wake(it)
  const { correlationId } = lastSent(it, 'OffsetsForLeaderEpochRequest')
  follow(it, 2)
  const late = { [PARTITION]: { error: 'NONE' as const, leaderEpoch: 0, endOffset: 1 } }
  answer(it, { type: 'OffsetsForLeaderEpochResponse', correlationId, partitions: late })
  expect(it.log.logEndOffset).toBe(2)
  expect(fetcherOf(it).partitions[PARTITION]!.phase).toBe('truncating')
})

test('a fenced partition is left alone until the next role', () => {
  const it = follower('2.8', { log: writtenLog(mechanismsOf('2.8'), [0, 'a']), highWatermark: 1 })
  follow(it, 1)
  wake(it)
  answerFetch(it, { error: 'FENCED_LEADER_EPOCH' })
  expect(fetcherOf(it).partitions[PARTITION]!.phase).toBe('failed')
  expect(it.ctx.timers['fetcher:1:wake']).toBeUndefined()
  follow(it, 2)
  wake(it)
  expect(lastSent(it, 'FetchRequest').partitions[PARTITION]!.currentLeaderEpoch).toBe(2)
})

test('a fenced fetch of an older epoch does not stop the partition that has the newer one already', () => {
  const it = follower('2.8', { log: writtenLog(mechanismsOf('2.8'), [0, 'a']), highWatermark: 1 })
  follow(it, 1)
  wake(it)
  follow(it, 2)
  answerFetch(it, { error: 'FENCED_LEADER_EPOCH' })
  expect(fetcherOf(it).partitions[PARTITION]).toMatchObject({ phase: 'fetching', leaderEpoch: 2 })
})

for (const [generation, dies] of [
  ['2.2', true],
  ['2.3', false],
] as const) {
  test(`${generation}: a batch that does not fit ${dies ? 'ends the fetcher of every partition' : 'fails its partition alone'}`, () => {
    const m = mechanismsOf(generation)
    const it = follower(generation, { log: writtenLog(m, [0, 'a']), highWatermark: 1 })
    const other = { fetchOffset: 0, phase: 'fetching' as const, leaderEpoch: 0, delayedUntilUs: 0 }
    it.state.durable.logs['t-1'] = writtenLog(m)
    it.state.volatile.partitions['t-1'] = partitionState({ partition: 't-1' })
    follow(it, 0)
    fetcherOf(it).partitions[PARTITION] = { ...other, fetchOffset: 1 }
    fetcherOf(it).partitions['t-1'] = other
    wake(it)
    const { correlationId } = lastSent(it, 'FetchRequest')
    const data = { error: 'NONE' as const, highWatermark: 1, logStartOffset: 0, divergingEpoch: null }
    const straddling = writtenLog(m, [0, 'x', 'y']).batches
    answer(it, {
      type: 'FetchResponse',
      correlationId,
      partitions: {
        [PARTITION]: { ...data, batches: straddling },
        't-1': { ...data, batches: writtenLog(m, [0, 'b']).batches },
      },
    })
    expect(cutsOf(it)).toEqual([['fetcherFailed']])
    expect(recordsOf(it.log)).toEqual([[0, 0, 'a']])
    expect(it.state.durable.logs['t-1']!.logEndOffset).toBe(dies ? 0 : 1)
    expect(fetcherOf(it).dead).toBe(dies)
    expect(fetcherOf(it).outstanding === null).toBe(dies)
  })
}

test('a follower ahead of its leader stops its process where it may not truncate', () => {
  const settings = { 'unclean.leader.election.enable': false }
  const m = mechanismsOf('0.10.2')
  const log = writtenLog(m, [0, 'a'], [0, 'b'])
  const it = follower('0.10.2', { log, highWatermark: 2, settings })
  replicate(it, { log: writtenLog(m, [0, 'a']), leaderEpoch: 1, highWatermark: 1 })
  expect(it.ctx.facts).toContainEqual({ kind: 'processHalted', partition: PARTITION })
  expect(fetcherOf(it).outstanding).toBeNull()
  expect(it.log.logEndOffset).toBe(2)
})

test('a broker on its way down cuts to the high watermark and starts no fetcher', () => {
  const m = mechanismsOf('0.10.2')
  const it = follower('0.10.2', { log: writtenLog(m, [0, 'a'], [0, 'b']), highWatermark: 1 })
  it.state.volatile.phase = 'shutting-down'
  follow(it, 1)
  expect(cutsOf(it)).toEqual([['truncated', 1]])
  expect(it.state.volatile.fetchers).toEqual({})
})

test('the setting of the topic comes before that of the broker', () => {
  const settings = { 'unclean.leader.election.enable': false }
  const topicSettings = { 'unclean.leader.election.enable': 'true' }
  const m = mechanismsOf('0.10.2')
  const log = writtenLog(m, [0, 'a'], [0, 'b'])
  const it = follower('0.10.2', { log, highWatermark: 2, settings, topicSettings })
  replicate(it, { log: writtenLog(m, [0, 'a']), leaderEpoch: 1, highWatermark: 1 })
  expect(it.log.logEndOffset).toBe(1)
})

test('to 0.9.0.0 an offset below the log start of the leader costs the whole log, later only when all of it is below', () => {
  const endOf = (outOfRangeReset: 'wipe' | 'keep-if-covered', leaderStart: number): [number, number] => {
    const m = mechanismsOf('0.8.2')
    const log = writtenLog(m, [0, 'a'], [0, 'b'], [0, 'c'])
    const it = follower('0.8.2', { log, highWatermark: 2, mechanisms: { outOfRangeReset } })
    follow(it, 1)
    wake(it)
    answerFetch(it, { error: 'OFFSET_OUT_OF_RANGE' })
    for (const offset of [9, leaderStart]) {
      const { correlationId } = lastSent(it, 'ListOffsetsRequest')
      const found = { error: 'NONE' as const, offset, leaderEpoch: -1 }
      answer(it, { type: 'ListOffsetsResponse', correlationId, partitions: { [PARTITION]: found } })
    }
    const { fetchOffset } = lastSent(it, 'FetchRequest').partitions[PARTITION]!
    return [recordsOf(it.log).length, fetchOffset]
  }
  expect(endOf('wipe', 1)).toEqual([0, 1])
  expect(endOf('keep-if-covered', 1)).toEqual([2, 2])
  expect(endOf('keep-if-covered', 5)).toEqual([0, 5])
})

test('the lag of a fault is waited for before each fetch, also by fetchers that start later', () => {
  const it = follower('0.10.2')
  setFetchThrottle(it.state, 250_000)
  follow(it, 0)
  wake(it)
  expect(it.ctx.sent.length).toBe(0)
  const beforeUs = it.ctx.nowUs
  wake(it)
  expect(it.ctx.nowUs - beforeUs).toBe(250_000)
  answerFetch(it, {})
  expect(it.ctx.sent.length).toBe(1)
  wake(it)
  expect(it.ctx.sent.length).toBe(2)
  setFetchThrottle(it.state, 0)
  answerFetch(it, {})
  expect(it.ctx.sent.length).toBe(3)
})

test('stopping closes every connection and drops every timer', () => {
  const it = follower('0.10.2')
  follow(it, 0)
  wake(it)
  stopAllFetchers(it.state, it.ctx)
  expect(it.ctx.closed).toEqual(['broker-1#replica'])
  expect(Object.keys(it.ctx.timers)).toEqual([])
  expect(it.state.volatile.fetchers).toEqual({})
})

test('the same leader at a higher epoch restarts the fetcher only where the generation says so', () => {
  const restarts = (generation: string, epochs: number): boolean =>
    shouldRestartFetcher(partitionState({ leader: 1, leaderEpoch: 4 }), 1, 4 + epochs, mechanismsOf(generation))
  expect(['0.8.0', '0.8.2', '1.1', '2.0.1', '2.1'].map((it) => restarts(it, 1))).toEqual([
    true,
    false,
    false,
    false,
    true,
  ])
  expect(['0.8.2', '2.0.0', '2.0.1', '2.1'].map((it) => restarts(it, 2))).toEqual([false, false, true, true])
  const leader = partitionState({ role: 'leader', leader: 2 })
  expect(shouldRestartFetcher(leader, 1, 2, mechanismsOf('0.8.2'))).toBe(true)
})
