/** What groups, transactions and producers lose with a lost record: each once as it happens and once as it nearly does. */
import { expect, test } from 'vitest'
import type { BrokerState } from '../../src/broker/state.ts'
import { propertyNamed } from '../../src/check/index.ts'
import { violationOf } from '../../src/check/property.ts'
import type { Fact } from '../../src/kafka/facts.ts'
import type { RecordBatch } from '../../src/kafka/records.ts'
import { statePath, topicPath } from '../../src/kafka/znodes.ts'
import type { ReplicaLog } from '../../src/log/replica-log.ts'
import type { Action, Plan } from '../../src/world/plan.ts'
import type { World } from '../../src/world/world.ts'
import { registryState } from '../../src/world/world.ts'
import { broker } from '../builders.ts'
import { happen, logOf, P, registryWrite, send, worldOf, znode } from './builders.ts'

const ALL = [1, 2, 3]
const power: Action = { do: 'powerLoss', target: broker(1), keepBelow: null, keep: 'random' }
const LAST_STANDING = 'C-16 (KIP-966: last replica standing)'
const OFFSETS = '__consumer_offsets-0'
const STATES = '__transaction_state-0'

function setPartition(world: World, partition: string, log: ReplicaLog): void {
  const [topic] = partition.split(/-\d+$/)
  const { nodes } = registryState(world)
  if (nodes[topicPath(topic!)] === undefined) nodes['/brokers/topics']!.children.push(topic!)
  nodes[topicPath(topic!)] = znode({ partitions: { '0': ALL } })
  nodes[statePath(partition)] = znode({ leader: 1, leaderEpoch: 1, isr: [1], controllerEpoch: 1 })
  const { durable, volatile } = world.nodes['broker-1']!.state as BrokerState
  durable.logs[partition] = log
  Object.assign(volatile!.partitions, {
    [partition]: { partition, role: 'leader', leaderEpoch: 1, highWatermark: 0, isr: ALL, replicas: ALL },
  })
}

/** Records with identities and values of their own, each a batch. */
const logWith = (records: readonly { readonly id: string; readonly value: string }[]): ReplicaLog => ({
  ...logOf([]),
  logEndOffset: records.length,
  batches: records.map(
    ({ id, value }, index): RecordBatch => ({
      baseOffset: index,
      leaderEpoch: 1,
      records: [{ id, key: null, value, timestampMs: 0 }],
    }),
  ),
})

/**
 * Records of a partition are committed at broker 1, which loses them with its power as the last replica standing and leads
 * on. `cutBy`: a leader has it cut them instead, as nothing explains.
 */
function losesRecords(
  world: World,
  partition: string,
  records: readonly { readonly id: string; readonly value: string }[],
  cutBy?: 'a leader',
): void {
  setPartition(world, partition, logWith(records))
  const state = (isr: readonly number[]) => ({ leader: 1, leaderEpoch: 1, isr, controllerEpoch: 1 })
  const leads = (logEndOffset: number): Fact => ({
    kind: 'becameLeader',
    partition,
    leaderEpoch: 1,
    logEndOffset,
    highWatermark: 0,
    isr: [1],
  })
  happen(world, ['registry', registryWrite(statePath(partition), state(ALL), 1)])
  happen(world, ['broker-1', leads(0)])
  happen(world, ['broker-1', { kind: 'highWatermark', partition, from: 0, to: records.length, as: 'leader' }])
  happen(world, ['registry', registryWrite(statePath(partition), state([1]), 2)])
  const removed = records.map(({ id, value }, offset) => ({ offset, epoch: 1, id, value }))
  const cut = { partition, from: records.length, to: 0, removed }
  const taken: Fact =
    cutBy === undefined
      ? { kind: 'powerLost', ...cut, durable: 0 }
      : { kind: 'truncated', ...cut, rule: 'a rule', leader: 2, leaderEpoch: 1 }
  happen(world, ['broker-1', taken])
  setPartition(world, partition, logOf([]))
  happen(world, ['broker-1', leads(0)])
}

const powered = (kafka = '3.9'): World => worldOf({ kafka, steps: [{ atUs: 0, do: [power] }] })

function judged(world: World, name: string, ...facts: Parameters<typeof happen>[1][]) {
  const property = propertyNamed(name)!
  const step = happen(world, ...facts)
  return (property.check(world, step) ?? []).map((finding) => {
    const { knownHole, isExplained } = violationOf(property, property.promised(world.plan), finding, world, step)
    return isExplained ? knownHole : 'broken'
  })
}

const stable = (generation: number): Fact => ({ kind: 'groupStable', group: 'g', generation, assignments: {} })

test('a generation begins again where what was written of it was lost', () => {
  const again = (written: number, cutBy?: 'a leader') => {
    const world = powered()
    happen(world, ['broker-1', stable(5)])
    losesRecords(world, OFFSETS, [{ id: 'x', value: JSON.stringify({ generation: written }) }], cutBy)
    return judged(world, 'StableGenerationsGrow', ['broker-1', stable(4)])
  }
  expect(again(5)).toEqual([LAST_STANDING])
  // Only older generations were lost, or a leader had it cut.
  expect(again(3)).toEqual(['broken'])
  expect(again(5, 'a leader')).toEqual(['broken'])
})

test('a member begins behind a commit that was lost', () => {
  const begins = (written: number, cutBy?: 'a leader') => {
    const world = powered()
    const member = { kind: 'consumer', name: 'm', settings: { 'group.id': 'g' }, member: {} }
    const plan = { ...world.plan, clients: [member] } as unknown as Plan
    const known = { ...world, plan }
    const brokers = plan.brokers.map((it) => ({
      ...it,
      settings: { ...it.settings, 'offsets.retention.minutes': 10_000 },
    }))
    Object.assign(known, { plan: { ...plan, brokers } })
    happen(known, [
      'consumer-m',
      { kind: 'commitAnswered', client: 'm', group: 'g', how: 'sync', offsets: { [P]: 7 }, error: null },
    ])
    losesRecords(known, OFFSETS, [{ id: 'x', value: JSON.stringify({ offset: written }) }], cutBy)
    happen(known, [
      'consumer-m',
      {
        kind: 'partitionsAssigned',
        client: 'm',
        group: 'g',
        partitions: [P],
        generation: 1,
        member: 'm',
      },
    ])
    return judged(known, 'CommittedOffsetsKept', [
      'consumer-m',
      { kind: 'positionReset', client: 'm', partition: P, from: -1, to: 3, why: 'committed offset' },
    ])
  }
  expect(begins(7)).toEqual([LAST_STANDING])
  expect(begins(6)).toEqual(['broken'])
  expect(begins(7, 'a leader')).toEqual(['broken'])
})

test('a record stands behind a later one where it was lost before that one', () => {
  const disorder = (lost: readonly string[], cutBy?: 'a leader') => {
    const world = powered()
    const producer = { kind: 'producer', name: 'p1', settings: { 'enable.idempotence': true } }
    const known = { ...world, plan: { ...world.plan, clients: [producer] } as unknown as Plan }
    send(known, 'a', { offset: 3 })
    send(known, 'b', { offset: 2 })
    losesRecords(
      known,
      P,
      lost.map((value) => ({ id: `p1/${value}`, value })),
      cutBy,
    )
    setPartition(known, P, logOf(['m1', 'm2', 'b', 'a']))
    return judged(known, 'ProducersInOrder', ['broker-1', { kind: 'reRegistering' }])
  }
  expect(disorder(['a'])).toEqual([LAST_STANDING])
  // It is another record that was lost, or it stood where it stands.
  expect(disorder(['c'])).toEqual(['broken'])
  expect(disorder(['c', 'd', 'e', 'a'])).toEqual(['broken'])
  expect(disorder(['a'], 'a leader')).toEqual(['broken'])
})

test('a record stands behind a later one where a cleaner has taken the copy that stood before it', () => {
  const disorder = (committedAt: number, cleanedTo: number) => {
    const world = powered()
    const producer = { kind: 'producer', name: 'p1', settings: { 'enable.idempotence': true } }
    const known = { ...world, plan: { ...world.plan, clients: [producer] } as unknown as Plan }
    send(known, 'a', { offset: 3 })
    send(known, 'b', { offset: 2 })
    known.ledger.committed[P] = { [committedAt]: [{ id: 'p1/a' }] } as never
    setPartition(known, P, { ...logOf(['m1', '', 'b', 'a']), cleanedTo })
    return judged(known, 'ProducersInOrder', ['broker-1', { kind: 'reRegistering' }])
  }
  expect(disorder(1, 2)).not.toEqual(['broken'])
  // It was never there, or the cleaner has not come so far.
  expect(disorder(3, 2)).toEqual(['broken'])
  expect(disorder(1, 1)).toEqual(['broken'])
})

/** Transaction `t/0` of producer 7 was told as committed, and its record is gone from P. */
function cameApart(kafka: string): World {
  const world = powered(kafka)
  const producer = { kind: 'producer', name: 't', settings: { 'transactional.id': 'tx' } }
  const known = { ...world, plan: { ...world.plan, clients: [producer] } as unknown as Plan }
  send(known, 'a', { offset: 0 })
  known.ledger.sent['p1/a'] = { ...known.ledger.sent['p1/a']!, transaction: 't/0' }
  happen(known, [
    'producer-t',
    {
      kind: 'transactionTold',
      client: 't',
      transaction: 't/0',
      outcome: 'committed',
      error: 'NONE',
      producerId: 7,
      producerEpoch: 0,
    },
  ])
  setPartition(known, P, logOf([]))
  return known
}

const ends: [string, Fact] = ['broker-1', { kind: 'reRegistering' }]

test('a transaction comes apart where a record of it, or what its coordinator had decided, was lost', () => {
  const lost = (partition: string, record: { id: string; value: string }, cutBy?: 'a leader') => {
    const world = cameApart('3.9')
    losesRecords(world, partition, [record], cutBy)
    return judged(world, 'TransactionsAtomic', ends)
  }
  expect(lost(P, { id: 'p1/a', value: 'a' })).toEqual([LAST_STANDING])
  expect(lost(P, { id: 'marker/7/0/COMMIT/1/0', value: '' })).toEqual([LAST_STANDING])
  expect(lost(STATES, { id: 'x', value: JSON.stringify({ producerId: 7 }) })).toEqual([LAST_STANDING])
  // Of another transaction, of another producer, or cut for no reason.
  expect(lost(P, { id: 'p1/z', value: 'z' })).toEqual(['broken'])
  expect(lost(P, { id: 'marker/8/0/COMMIT/1/0', value: '' })).toEqual(['broken'])
  expect(lost(STATES, { id: 'x', value: JSON.stringify({ producerId: 8 }) })).toEqual(['broken'])
  expect(lost(P, { id: 'p1/a', value: 'a' }, 'a leader')).toEqual(['broken'])
})

test('a batch that came behind the marker of its transaction is decided by the next one (KIP-890)', () => {
  const late = (kafka: string, markerAt: number) => {
    const world = cameApart(kafka)
    const marker = (offset: number): Fact => ({
      kind: 'transactionMarker',
      partition: P,
      offset,
      result: 'ABORT',
      producerId: 7,
      producerEpoch: 0,
      coordinatorEpoch: 0,
    })
    happen(world, ['broker-1', marker(markerAt)])
    const producer = { id: 7, epoch: 0, baseSequence: 0, transactional: true }
    const log = logOf(['m0', 'a', 'm2'])
    const [first, own, last] = log.batches
    const ended = { ...last!, producer, control: { type: 'ABORT' as const, coordinatorEpoch: 0 } }
    setPartition(world, P, { ...log, batches: [first!, { ...own!, producer }, ended] })
    return judged(world, 'TransactionsAtomic', ends)
  }
  expect(late('2.4', 0)).toEqual(['KIP-890 (KAFKA-14402)'])
  expect(late('2.4', 2)).toEqual(['broken'])
  expect(late('3.9', 0)).toEqual(['broken'])
})

test('a record of the input has two results where the offset that was committed behind it is lost', () => {
  const twice = (committedOffset: number, cutBy?: 'a leader') => {
    const world = powered()
    const clients = [
      {
        kind: 'consumer',
        name: 'w',
        settings: { 'group.id': 'g', 'auto.offset.reset': 'earliest' },
        transforms: { producers: 'per-instance' },
      },
      {
        kind: 'producer',
        name: 'w.p',
        settings: { 'transactional.id': 'tx' },
        serves: { application: 'w', partition: null },
      },
    ]
    const known = { ...world, plan: { ...world.plan, clients } as unknown as Plan }
    losesRecords(known, OFFSETS, [{ id: 'x', value: JSON.stringify({ offset: committedOffset }) }], cutBy)
    for (const value of ['a', 'b']) {
      send(known, value, { offset: 0 })
      const sent = known.ledger.sent[`p1/${value}`]!
      known.ledger.sent[sent.id] = { ...sent, client: 'w.p', madeOf: { partition: 'in-0', offset: 4 } }
    }
    setPartition(known, P, logOf(['a', 'b']))
    return judged(known, 'MadeOnce', ends)
  }
  expect(twice(5)).toEqual([LAST_STANDING])
  expect(twice(4)).toEqual(['broken'])
  expect(twice(5, 'a leader')).toEqual(['broken'])
})
