import { expect, test } from 'vitest'
import { losePower } from '../../src/log/power-loss.ts'
import { cacheOf, cutsOf, follower, mechanismsOf, recordsOf, replicate, writtenLog } from './fetcher-harness.ts'

const EVERY_EPOCH_GENERATION = ['0.11', '1.1', '2.0.0', '2.0.1', '2.1', '2.2', '2.3', '2.4', '2.6', '2.7', '2.8', '3.5']

for (const generation of ['0.8.2', '0.9', '0.10.2']) {
  test(`${generation}: a new follower cuts committed records it had not heard were committed (KIP-101)`, () => {
    const m = mechanismsOf(generation)
    const it = follower(generation, { log: writtenLog(m, [0, 'm1'], [0, 'm2']), highWatermark: 1 })
    replicate(it, { log: writtenLog(m, [0, 'm1']), leaderEpoch: 1, highWatermark: 1 })
    expect(cutsOf(it)).toEqual([['truncated', 1]])
    expect(it.ctx.facts[0]).toMatchObject({
      from: 2,
      removed: [{ offset: 1, epoch: -1, id: 'p/m2', value: 'm2' }],
      leader: 1,
    })
    expect(recordsOf(it.log)).toEqual([[0, -1, 'm1']])
  })

  test(`${generation}: a truncation to the log end is reported too`, () => {
    const m = mechanismsOf(generation)
    const log = writtenLog(m, [0, 'm1'], [0, 'm2'])
    const it = follower(generation, { log, highWatermark: 2 })
    replicate(it, { log: writtenLog(m, [0, 'm1'], [0, 'm2']), leaderEpoch: 1, highWatermark: 2 })
    expect(cutsOf(it)).toEqual([['truncated', 2]])
  })
}

for (const generation of EVERY_EPOCH_GENERATION) {
  test(`${generation}: a new follower keeps records above its high watermark that its leader has (KIP-101)`, () => {
    const m = mechanismsOf(generation)
    const it = follower(generation, { log: writtenLog(m, [0, 'm1'], [0, 'm2']), highWatermark: 1 })
    replicate(it, { log: writtenLog(m, [0, 'm1'], [0, 'm2']), leaderEpoch: 1, highWatermark: 2 })
    expect(recordsOf(it.log).length).toBe(2)
    expect(cutsOf(it).filter(([kind]) => kind === 'truncated')).toEqual([])
    if (m.truncation === 'kip-101') expect(cutsOf(it)).toEqual([['epochAnswerNotBelowLogEnd', 2]])
  })

  test(`${generation}: what only a dead leader had is cut when it returns`, () => {
    const m = mechanismsOf(generation)
    const it = follower(generation, { log: writtenLog(m, [0, 'm1'], [0, 'lost']), highWatermark: 1 })
    const leader = writtenLog(m, [0, 'm1'], [1, 'm2'])
    replicate(it, { log: leader, leaderEpoch: 1, highWatermark: 2 })
    expect(cutsOf(it).filter(([kind]) => kind === 'truncated')).toEqual([['truncated', 1]])
    expect(recordsOf(it.log)).toEqual(recordsOf(leader))
    expect(cacheOf(it.log)).toEqual(cacheOf(leader))
  })
}

// The recordings kip-279-fast-failover: broker 1 leads in epoch 0 and 2, the follower led in epoch 1 in between.
for (const generation of ['0.11', '1.1']) {
  test(`${generation}: after a fast failover the logs differ and epochs go back inside one of them (KIP-279)`, () => {
    const m = mechanismsOf(generation)
    const it = follower(generation, { log: writtenLog(m, [0, 'm1'], [1, 'y1']), highWatermark: 1 })
    const leader = writtenLog(m, [0, 'm1'], [0, 'x1'], [0, 'x2'], [2, 'z1'])
    replicate(it, { log: leader, leaderEpoch: 2, highWatermark: 4 })
    expect(cutsOf(it)).toEqual([['epochAnswerNotBelowLogEnd', 3]])
    expect(recordsOf(it.log)).toEqual([
      [0, 0, 'm1'],
      [1, 1, 'y1'],
      [2, 0, 'x2'],
      [3, 2, 'z1'],
    ])
    expect(cacheOf(it.log)).toEqual([
      [0, 0],
      [1, 1],
      [2, 3],
    ])
  })

  test(`${generation}: the fetcher dies instead when the stale records came in one batch`, () => {
    const m = mechanismsOf(generation)
    const it = follower(generation, { log: writtenLog(m, [0, 'm1'], [1, 'y1']), highWatermark: 1 })
    const leader = writtenLog(m, [0, 'm1'], [0, 'x1', 'x2'], [2, 'z1'])
    replicate(it, { log: leader, leaderEpoch: 2, highWatermark: 4 })
    expect(cutsOf(it).map(([kind]) => kind)).toEqual(['epochAnswerNotBelowLogEnd', 'fetcherFailed'])
    expect(it.state.volatile.fetchers[1]!.dead).toBe(true)
    expect(it.log.logEndOffset).toBe(2)
  })
}

for (const generation of ['2.0.0', '2.0.1', '2.1', '2.4', '2.7', '2.8', '3.5']) {
  test(`${generation}: after a fast failover the follower cuts to the end of the common epoch`, () => {
    const m = mechanismsOf(generation)
    const it = follower(generation, { log: writtenLog(m, [0, 'm1'], [1, 'y1']), highWatermark: 1 })
    const leader = writtenLog(m, [0, 'm1'], [0, 'x1', 'x2'], [2, 'z1'])
    replicate(it, { log: leader, leaderEpoch: 2, highWatermark: 4 })
    expect(cutsOf(it).filter(([kind]) => kind === 'truncated')).toEqual([['truncated', 1]])
    expect(recordsOf(it.log)).toEqual(recordsOf(leader))
    expect(cacheOf(it.log)).toEqual(cacheOf(leader))
  })

  test(`${generation}: a follower asks again until both know the epoch they agree on`, () => {
    const m = mechanismsOf(generation)
    const log = writtenLog(m, [0, 'a'], [2, 'b'], [4, 'c'], [6, 'd'])
    const it = follower(generation, { log, highWatermark: 1 })
    const leader = writtenLog(m, [0, 'a'], [1, 'p'], [3, 'q'], [5, 'r'], [7, 's'])
    replicate(it, { log: leader, leaderEpoch: 7, highWatermark: 1 })
    const cuts = cutsOf(it).filter(([kind]) => kind === 'truncated')
    expect(cuts.map(([, to]) => to)).toEqual([3, 2, 1])
    expect(recordsOf(it.log)).toEqual(recordsOf(leader))
  })
}

test('between two questions of KIP-279 a fetcher with nothing else to fetch sleeps one back-off', () => {
  const m = mechanismsOf('2.0.1')
  const it = follower('2.0.1', { log: writtenLog(m, [0, 'a'], [2, 'b'], [4, 'c']), highWatermark: 1 })
  const startUs = it.ctx.nowUs
  const leader = writtenLog(m, [0, 'a'], [1, 'p'], [3, 'q'], [5, 'r'])
  replicate(it, { log: leader, leaderEpoch: 5, highWatermark: 1 })
  expect(it.ctx.nowUs - startUs).toBe(2_000_000)
})

for (const generation of ['0.8.2', '0.10.2']) {
  test(`${generation}: after an unclean election the old leader cuts to the new log end only and stays different`, () => {
    const m = mechanismsOf(generation)
    const settings = { 'unclean.leader.election.enable': true }
    const log = writtenLog(m, [0, 'm1'], [0, 'm2'], [0, 'm3'])
    const it = follower(generation, { log, highWatermark: 3, settings })
    replicate(it, { log: writtenLog(m, [0, 'm1'], [0, 'y1']), leaderEpoch: 1, highWatermark: 2 })
    // The order of the recordings unclean-election.
    expect(cutsOf(it)).toEqual([
      ['truncated', 3],
      ['truncated', 2],
      ['fetchOffsetReset', 3, 2],
    ])
    expect(recordsOf(it.log).map(([, , value]) => value)).toEqual(['m1', 'm2'])
  })
}

// The recordings halting-follower: broker 1 lost power and with it m3 and m4, of an epoch that it no longer knows.
for (const [generation, cuts] of [
  ['0.10.2', [['truncated', 4]]],
  ['1.1', []],
] as const) {
  test(`${generation}: a follower that is ahead of the only leader left stops its process`, () => {
    const m = mechanismsOf(generation)
    const settings = { 'unclean.leader.election.enable': false }
    const log = writtenLog(m, [0, 'm1'], [0, 'm2'], [1, 'm3'], [1, 'm4'])
    const it = follower(generation, { log, highWatermark: 4, settings })
    replicate(it, { log: writtenLog(m, [0, 'm1'], [0, 'm2']), leaderEpoch: 4, highWatermark: 2 })
    expect(cutsOf(it).filter(([kind]) => !kind.startsWith('process'))).toEqual(cuts)
    expect(it.ctx.facts.some((fact) => fact.kind.startsWith('process'))).toBe(true)
    expect(it.log.logEndOffset).toBe(4)
  })
}

test('2.4: the same follower truncates, because the leader entered its epoch when elected', () => {
  const m = mechanismsOf('2.4')
  const settings = { 'unclean.leader.election.enable': false }
  const log = writtenLog(m, [0, 'm1'], [0, 'm2'], [1, 'm3'], [1, 'm4'])
  const it = follower('2.4', { log, highWatermark: 4, settings })
  const leader = writtenLog(m, [0, 'm1'], [0, 'm2'])
  leader.epochCache.push({ epoch: 4, startOffset: 2 })
  replicate(it, { log: leader, leaderEpoch: 4, highWatermark: 2 })
  expect(cutsOf(it)).toEqual([['truncated', 2]])
})

for (const keeps of [false, true]) {
  test(`the entry of an election without records ${keeps ? 'stays, and costs its epoch the start' : 'goes'}`, () => {
    const mechanisms = { noOpTruncationKeepsEpochs: keeps }
    const m = mechanismsOf('2.4')
    const log = writtenLog(m, [4, 'a'])
    log.epochCache.push({ epoch: 5, startOffset: 1 })
    const it = follower('2.4', { log, highWatermark: 1, mechanisms })
    const leader = writtenLog(m, [4, 'a'], [4, 'b'])
    leader.epochCache.push({ epoch: 6, startOffset: 2 })
    replicate(it, { log: leader, leaderEpoch: 6, highWatermark: 2 })
    expect(recordsOf(it.log)).toEqual(recordsOf(leader))
    expect(cacheOf(it.log)).toEqual([[4, keeps ? 1 : 0]])
  })
}

test('a former leader without records of its epoch learns on its first fetch that nobody has that epoch', () => {
  const m = mechanismsOf('3.5')
  const log = writtenLog(m, [4, 'a'])
  log.epochCache.push({ epoch: 5, startOffset: 1 })
  const it = follower('3.5', { log, highWatermark: 1 })
  const leader = writtenLog(m, [4, 'a'], [6, 'b'])
  replicate(it, { log: leader, leaderEpoch: 6, highWatermark: 2 })
  expect(cutsOf(it).filter(([kind]) => kind === 'truncated')).toEqual([])
  expect(cacheOf(it.log)).toEqual(cacheOf(leader))
})

test('a log without epochs is cut to its high watermark and says so from 2.1 on', () => {
  const it = follower('2.4', { highWatermark: 0 })
  replicate(it, { log: writtenLog(it.m, [0, 'm1']), leaderEpoch: 0, highWatermark: 1 })
  expect(cutsOf(it)).toEqual([['truncatedToHighWatermark', 0]])
  expect(recordsOf(it.log)).toEqual([[0, 0, 'm1']])
})

test('a broker that tells what it decided does so before it cuts, also when there is nothing to cut', () => {
  const mechanisms = { truncationDecisionLogged: true }
  const m = mechanismsOf('3.5')
  const it = follower('3.5', { mechanisms, log: writtenLog(m, [0, 'm1'], [0, 'lost']), highWatermark: 1 })
  replicate(it, { log: writtenLog(m, [0, 'm1'], [1, 'm2']), leaderEpoch: 1, highWatermark: 2 })
  expect(cutsOf(it)).toEqual([
    ['truncationDecided', 1],
    ['truncated', 1],
  ])
})

test('a leader that lost its tail to a power loss is cut down to by its followers', () => {
  const m = mechanismsOf('2.4')
  const leader = writtenLog(m, [0, 'a'], [0, 'b'])
  losePower(leader, 1)
  leader.epochCache.push({ epoch: 1, startOffset: 1 })
  const it = follower('2.4', { log: writtenLog(m, [0, 'a'], [0, 'b']), highWatermark: 2 })
  replicate(it, { log: leader, leaderEpoch: 1, highWatermark: 1 })
  expect(cutsOf(it)).toEqual([['truncated', 1]])
  expect(it.state.volatile.partitions['t-0']!.highWatermark).toBe(1)
})

test('up to 2.3 a truncation leaves the high watermark above the log end until the next answer', () => {
  const m = mechanismsOf('2.3')
  const it = follower('2.3', { log: writtenLog(m, [0, 'a'], [0, 'b']), highWatermark: 2 })
  const leader = writtenLog(m, [0, 'a'])
  leader.epochCache.push({ epoch: 1, startOffset: 1 })
  replicate(it, { log: leader, leaderEpoch: 1, highWatermark: 1 })
  expect(it.log.logEndOffset).toBe(1)
  expect(it.state.volatile.partitions['t-0']!.highWatermark).toBe(2)
})

for (const [generation, highWatermark] of [
  ['2.8', 2],
  ['3.5', 1],
] as const) {
  test(`${generation}: a diverging answer ${highWatermark === 2 ? 'moves' : 'leaves'} the high watermark (KAFKA-14704)`, () => {
    const m = mechanismsOf(generation)
    const it = follower(generation, { log: writtenLog(m, [0, 'a'], [0, 'lost']), highWatermark: 1 })
    const seen: number[] = []
    const leader = writtenLog(m, [0, 'a'], [1, 'b'])
    const watched = it.ctx.facts
    replicate(it, { log: leader, leaderEpoch: 1, highWatermark: 2 })
    for (const fact of watched) if (fact.kind === 'highWatermark') seen.push(fact.to)
    expect(seen[0]).toBe(2)
    const cutAt = watched.findIndex((fact) => fact.kind === 'truncated')
    const raisedAt = watched.findIndex((fact) => fact.kind === 'highWatermark')
    expect(raisedAt < cutAt).toBe(highWatermark === 2)
  })
}
