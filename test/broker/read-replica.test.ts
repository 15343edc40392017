import { expect, test } from 'vitest'
import { TestBroker } from './broker-harness.ts'

const SELECTOR = { 'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector' }
const RACKS = { 1: 'north', 2: 'south', 3: 'south' }

/** Broker 1 leads, with record `a` committed; broker 3 has it, broker 2 has it as well when it is in the ISR. */
function leaderOf(kafka: string, settings = SELECTOR, isr = [1, 3]): TestBroker {
  const b = new TestBroker(kafka, settings, 1, RACKS).up().role({ isr, replicas: [1, 2, 3] })
  b.state.volatile!.metadata.liveBrokers = [1, 2, 3]
  b.produce(['a'], 1)
  for (const id of isr.slice(1)) b.fetch(id, 1)
  return b
}

const follower = (kafka: string): TestBroker => {
  const b = new TestBroker(kafka, SELECTOR, 2, RACKS).up().role({ leader: 1, live: [1, 2, 3] })
  return b
}

test('a consumer is sent to the replica in its rack, and to none of another rack', () => {
  const b = leaderOf('3.5')
  expect(b.fetched(b.fetch(-1, 0, { rack: 'south' }))).toMatchObject({ preferredReadReplica: 3, batches: [] })
  for (const rack of ['north', 'west']) {
    const answer = b.fetch(-1, 0, { rack })
    expect(b.fetched(answer)?.preferredReadReplica).toBeUndefined()
    expect(b.values(answer)).toEqual(['a'])
  }
})

test('without a selector, a rack or KIP-392 the leader serves itself', () => {
  const plain = leaderOf('3.5', { 'replica.selector.class': '' })
  expect(plain.values(plain.fetch(-1, 0, { rack: 'south' }))).toEqual(['a'])
  const b = leaderOf('3.5')
  expect(b.values(b.fetch(-1, 0))).toEqual(['a'])
  const old = leaderOf('2.3')
  expect(old.values(old.fetch(-1, 0, { rack: 'south' }))).toEqual(['a'])
})

test('to 2.8 any replica with the offset is good enough, from 3.3 on only one of the ISR', () => {
  const outside = (kafka: string) => {
    const b = new TestBroker(kafka, SELECTOR, 1, { 1: 'north', 2: 'south', 3: 'north' }).up()
    b.role({ isr: [1, 3], replicas: [1, 2, 3] })
    b.state.volatile!.metadata.liveBrokers = [1, 2, 3]
    b.p.remoteReplicas[2]!.logEndOffset = 0
    b.p.remoteReplicas[2]!.logStartOffset = 0
    const asked = b.fetch(-1, 0, { rack: 'south', maxWaitMs: 0 })
    return b.fetched(asked)?.preferredReadReplica
  }
  expect(outside('2.8')).toBe(2)
  expect(outside('3.3')).toBeUndefined()
})

test('a replica that does not have the offset is passed over', () => {
  const b = leaderOf('2.8')
  b.p.remoteReplicas[3]!.logStartOffset = 1
  expect(b.fetched(b.fetch(-1, 0, { rack: 'south', maxWaitMs: 0 }))?.preferredReadReplica).toBeUndefined()
})

test('who is sent elsewhere learns it at once, to 2.8 when its fetch has waited for its time', () => {
  const b = leaderOf('2.8')
  const waits = b.fetch(-1, 0, { rack: 'south' })
  expect(b.fetched(waits)).toBeNull()
  b.wait(500)
  expect(b.fetched(waits)).toMatchObject({ preferredReadReplica: 3 })
  const later = leaderOf('3.3')
  expect(later.fetched(later.fetch(-1, 0, { rack: 'south' }))).toMatchObject({ preferredReadReplica: 3 })
})

test('a follower serves consumers that say where they stand, under its own epoch and up to its own log end', () => {
  const b = follower('2.8')
  expect(b.fetched(b.fetch(-1, 0, { maxWaitMs: 0 }))?.error).toBe('NOT_LEADER_FOR_PARTITION')
  expect(b.fetched(b.fetch(-1, 0, { rack: 'south', maxWaitMs: 0 }))).toMatchObject({ error: 'NONE', highWatermark: 0 })
  expect(b.fetched(b.fetch(-1, 1, { rack: 'south' }))?.error).toBe('OFFSET_OUT_OF_RANGE')
  expect(b.fetched(b.fetch(-1, 0, { rack: 'south', epoch: 1 }))?.error).toBe('UNKNOWN_LEADER_EPOCH')
  b.role({ leader: 1, leaderEpoch: 2, live: [1, 2, 3] })
  expect(b.fetched(b.fetch(-1, 0, { rack: 'south', epoch: 1 }))?.error).toBe('FENCED_LEADER_EPOCH')
  const old = follower('2.3')
  expect(old.fetched(old.fetch(-1, 0, { rack: 'south', maxWaitMs: 0 }))?.error).toBe('NOT_LEADER_FOR_PARTITION')
})
