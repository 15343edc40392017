import { expect, test } from 'vitest'
import type { Fact } from '../../../src/kafka/facts.ts'
import { TRANSACTIONS_TOPIC } from '../../../src/kafka/internal-topics.ts'
import { TOPICS, topicPath } from '../../../src/kafka/znodes.ts'
import type { World } from '../../../src/world/world.ts'
import { brokerState, registryState } from '../../../src/world/world.ts'
import { findings, happen, logOf, P, worldOf } from '../builders.ts'

const PRODUCER = { producerId: 7, producerEpoch: 3 }

/** A world where broker 1 has a decision in its transaction log, appended in that leader epoch; null: it has none. */
function worldWith(leaderEpoch: number | null): World {
  const world = worldOf({ kafka: '2.4' })
  const { nodes } = registryState(world)
  nodes[TOPICS]!.children.push(TRANSACTIONS_TOPIC)
  nodes[topicPath(TRANSACTIONS_TOPIC)] = { ...nodes[topicPath('orders')]!, data: { partitions: { '0': [1, 2, 3] } } }
  const value = JSON.stringify({ ...PRODUCER, status: 'PrepareCommit', partitions: [P], lastUpdateMs: 4_000 })
  const [batch] = logOf([`x@${leaderEpoch ?? 0}`]).batches
  const batches = leaderEpoch === null ? [] : [{ ...batch!, records: [{ ...batch!.records[0]!, key: 'a', value }] }]
  brokerState(world, 1)!.durable.logs[`${TRANSACTIONS_TOPIC}-0`] = {
    ...logOf([]),
    batches,
    logEndOffset: batches.length,
  }
  return world
}

const marker: Extract<Fact, { kind: 'transactionMarker' }> = {
  kind: 'transactionMarker',
  partition: P,
  offset: 5,
  result: 'COMMIT',
  ...PRODUCER,
  coordinatorEpoch: 2,
}

const state = (from: string, to: string): Fact => ({
  kind: 'transactionState',
  transactionalId: 'a',
  from,
  to,
  ...PRODUCER,
  partitions: [P],
  coordinatorEpoch: 2,
})

const markerFindings = (world: World) => findings(world, 'MarkersFollowDecision', happen(world, ['broker-2', marker]))

test('a marker follows a decision that has its acks', () => {
  const world = worldWith(null)
  happen(world, ['broker-1', state('Ongoing', 'PrepareCommit')])
  expect(markerFindings(world)).toEqual([])
})

/** Its transaction log was read at that time by a coordinator of the marker's epoch. */
function loaded(world: World, atUs = 1_000_000, by = 1): World {
  world.nowUs = atUs
  const partition = `${TRANSACTIONS_TOPIC}-0`
  happen(world, [`broker-${by}`, { kind: 'coordinatorLoaded', partition, leaderEpoch: marker.coordinatorEpoch }])
  return world
}

test('a marker follows a decision that its coordinator found as it took over, not one of its own without acks', () => {
  expect(markerFindings(loaded(worldWith(1)))).toEqual([])
  expect(markerFindings(loaded(worldWith(2)))).toHaveLength(1)
  expect(markerFindings(loaded(worldWith(null)))).toHaveLength(1)
})

test('what another broker has in its log the coordinator did not find, what it was made to cut since it did', () => {
  expect(markerFindings(worldWith(1))).toHaveLength(1)
  expect(markerFindings(loaded(worldWith(1), 1_000_000, 2))).toHaveLength(1)
  const world = loaded(worldWith(1))
  const { batches } = brokerState(world, 1)!.durable.logs[`${TRANSACTIONS_TOPIC}-0`]!
  const { id, value } = batches[0]!.records[0]!
  batches.length = 0
  const removed = [{ offset: 0, epoch: 1, id, value }]
  const cut = {
    partition: `${TRANSACTIONS_TOPIC}-0`,
    from: 1,
    to: 0,
    removed,
    rule: 'a rule',
    leader: 2,
    leaderEpoch: 3,
  }
  happen(world, ['broker-1', { kind: 'truncated', ...cut }])
  expect(markerFindings(world)).toEqual([])
})

test('a coordinator that is restarted takes over from itself in the epoch that it had', () => {
  expect(markerFindings(loaded(worldWith(2), 3_000_000))).toHaveLength(1)
  expect(markerFindings(loaded(worldWith(2), 5_000_000))).toEqual([])
})

const told: Fact = {
  kind: 'transactionTold',
  client: 'p1',
  transaction: 'p1/0',
  outcome: 'committed',
  error: 'NONE',
  ...PRODUCER,
}

/** What is said of a commit that is told after these states since its transaction began. */
function commitFindings(...states: readonly Fact[]) {
  const world = worldWith(null)
  world.ledger.sent.m1 = { transaction: 'p1/0', outcome: 'acked' } as never
  happen(world, ['p1', { kind: 'transactionBegan', client: 'p1', transaction: 'p1/0' }])
  for (const each of states) happen(world, ['broker-1', each])
  return findings(world, 'CommitToldAfterDecision', happen(world, ['p1', told]))
}

test('a commit is told when it is decided, or complete where a new coordinator found the decision', () => {
  const ongoing = state('CompleteCommit', 'Ongoing')
  expect(commitFindings(ongoing, state('Ongoing', 'PrepareCommit'))).toEqual([])
  expect(commitFindings(ongoing, state('PrepareCommit', 'CompleteCommit'))).toEqual([])
})

test('the end of the transaction before it is no decision', () => {
  expect(commitFindings()).toHaveLength(1)
  expect(commitFindings(state('PrepareCommit', 'CompleteCommit'), state('CompleteCommit', 'Ongoing'))).toHaveLength(1)
})
