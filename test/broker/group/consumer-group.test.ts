import { expect, test } from 'vitest'
import { reconciled } from '../../../src/broker/coordinator/consumer-group/reconcile.ts'
import {
  type ConsumerGroupState,
  newConsumerGroup,
  newMember,
} from '../../../src/broker/coordinator/consumer-group/state.ts'
import { targetAssignment } from '../../../src/broker/coordinator/consumer-group/target-assignment.ts'
import { type ConsumerGroupRecord, parseConsumerGroupRecord } from '../../../src/kafka/consumer-group-records.ts'
import type {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from '../../../src/kafka/messages/consumer-group.ts'
import { Coordinator, OFFSETS } from './group-harness.ts'

/** The coordinator of the other tests, with the switches of 4.1 that concern groups. */
class NewCoordinator extends Coordinator {
  constructor(hashesTopics = true) {
    super('3.5')
    const broker = this.broker as unknown as { config: Coordinator['broker']['config'] }
    const { mechanisms } = broker.config
    broker.config = {
      ...broker.config,
      mechanisms: { ...mechanisms, consumerGroupProtocol: true, groupEpochHashesTopics: hashesTopics },
    }
    for (let i = 0; i < 6; i++) this.know(`t-${i}`)
  }

  know(partition: string): void {
    const known = this.broker.state.volatile!.metadata.partitions as Record<string, unknown>
    known[partition] = { leader: 1, leaderEpoch: 0, isr: [1], replicas: [1], offlineReplicas: [] }
  }

  beat(memberId: string, memberEpoch: number, owned: string[] | null = null): ConsumerGroupHeartbeatResponse {
    const joins = memberEpoch === 0
    const request: Omit<ConsumerGroupHeartbeatRequest, 'correlationId'> = {
      type: 'ConsumerGroupHeartbeatRequest',
      clientId: memberId,
      group: 'g',
      memberId,
      memberEpoch,
      instanceId: null,
      rack: null,
      rebalanceTimeoutMs: joins ? 300_000 : -1,
      topics: joins ? ['t'] : null,
      assignor: null,
      owned: joins ? [] : owned,
    }
    return this.answer(this.ask({ ...request })) as ConsumerGroupHeartbeatResponse
  }

  /** How many replicas its log must have in sync from now on. */
  insync(least: number): void {
    Object.assign(this.broker.config.settings, { 'min.insync.replicas': least })
  }

  get consumerGroup(): ConsumerGroupState {
    return this.broker.state.volatile!.coordination!.partitions[OFFSETS]!.consumerGroups!.g!
  }

  get records(): ConsumerGroupRecord[] {
    const batches = this.broker.state.durable.logs[OFFSETS]?.batches ?? []
    return batches
      .flatMap(({ records }) => records)
      .flatMap(({ key, value }) => parseConsumerGroupRecord(key, value)?.record ?? [])
  }

  get phase(): unknown {
    return this.broker.facts.filter((fact) => fact.kind === 'consumerGroup').at(-1)
  }
}

const T = (...partitions: number[]): string[] => partitions.map((p) => `t-${p}`)

test('the first member gets everything, and the log says so record by record', () => {
  const c = new NewCoordinator()
  expect(c.beat('a', 0)).toMatchObject({ error: 'NONE', memberEpoch: 1, assignment: T(0, 1, 2, 3, 4, 5) })
  expect(c.records.map(({ type }) => type)).toEqual([
    'memberMetadata',
    'groupEpoch',
    'memberTarget',
    'targetAssignmentEpoch',
    'memberCurrent',
  ])
  expect(c.phase).toMatchObject({ state: 'Stable', groupEpoch: 1, assignmentEpoch: 1 })
})

test('4.0 writes the partitions of the topics in a record of their own', () => {
  const c = new NewCoordinator(false)
  c.beat('a', 0)
  expect(c.records[1]).toEqual({ type: 'partitionMetadata', value: { t: 6 } })
})

test('a newcomer waits until the owner has given its partitions back', () => {
  const c = new NewCoordinator()
  c.beat('a', 0)
  expect(c.beat('b', 0)).toMatchObject({ memberEpoch: 2, assignment: [] })
  expect(c.phase).toMatchObject({ state: 'Reconciling', members: { a: { epoch: 1 }, b: { epoch: 2, assigned: [] } } })
  const told = c.beat('a', 1)
  expect(told.memberEpoch).toBe(1)
  expect(told.assignment).toHaveLength(3)
  // It does not say yet that it gave them back.
  expect(c.beat('a', 1)).toMatchObject({ memberEpoch: 1, assignment: null })
  expect(c.beat('b', 2).assignment).toBeNull()
  expect(c.beat('a', 1, [...told.assignment!])).toMatchObject({ memberEpoch: 2 })
  expect(c.beat('b', 2)).toMatchObject({ memberEpoch: 2 })
  expect(c.phase).toMatchObject({ state: 'Stable', groupEpoch: 2 })
})

test('after a departure the others are assigned anew at their next heartbeat', () => {
  const c = new NewCoordinator()
  c.beat('a', 0)
  c.beat('b', 0)
  const { assignment } = c.beat('a', 1)
  c.beat('a', 1, [...assignment!])
  c.beat('b', 2)
  expect(c.beat('b', -1)).toMatchObject({ error: 'NONE', memberEpoch: -1 })
  expect(c.records.slice(-4).map(({ type }) => type)).toEqual([
    'memberCurrent',
    'memberTarget',
    'memberMetadata',
    'groupEpoch',
  ])
  expect(c.phase).toMatchObject({ state: 'Assigning', groupEpoch: 3, assignmentEpoch: 2 })
  expect(c.beat('a', 2)).toMatchObject({ memberEpoch: 3, assignment: T(0, 1, 2, 3, 4, 5) })
  expect(c.beat('b', 2).error).toBe('UNKNOWN_MEMBER_ID')
})

test('a member of another epoch is fenced, one whose answer was lost is not', () => {
  const c = new NewCoordinator()
  c.beat('a', 0)
  expect(c.beat('a', 5).error).toBe('FENCED_MEMBER_EPOCH')
  expect(c.beat('a', 0).error).toBe('NONE')
  expect(c.beat('stranger', 3).error).toBe('UNKNOWN_MEMBER_ID')
})

test('a session that ends removes the member; one that does not revoke in time is removed too', () => {
  const c = new NewCoordinator()
  c.beat('a', 0)
  c.broker.wait(45_010)
  expect(c.phase).toMatchObject({ state: 'Empty', groupEpoch: 2 })
  c.beat('a', 0)
  c.beat('b', 0)
  c.beat('a', 3)
  for (let i = 0; i < 8; i++) {
    c.broker.wait(40_000)
    c.beat('a', 3)
    c.beat('b', 4)
  }
  expect(c.beat('a', 3).error).toBe('UNKNOWN_MEMBER_ID')
})

test('a commit carries the member epoch', () => {
  const c = new NewCoordinator()
  c.beat('a', 0)
  expect(c.commit('a', 1)).toBe('NONE')
  expect(c.commit('a', 0)).toBe('STALE_MEMBER_EPOCH')
  expect(c.commit('x', 1)).toBe('UNKNOWN_MEMBER_ID')
})

test('a new coordinator reads the group out of its log', () => {
  const c = new NewCoordinator()
  c.beat('a', 0)
  c.lead(1, 2)
  expect(c.beat('a', 1).error).toBe('NOT_COORDINATOR')
  c.lead(2)
  c.broker.wait(30)
  expect(c.beat('a', 1)).toMatchObject({ error: 'NONE', memberEpoch: 1 })
})

test('uniform keeps what it can; range gives neighbours', () => {
  const group = newConsumerGroup('g')
  group.topics = { t: 4, u: 3 }
  for (const id of ['a', 'b']) group.members[id] = { ...newMember(id), topics: ['t', 'u'] }
  group.targets = { a: [...T(0, 1, 2, 3), 'u-0', 'u-1', 'u-2'] }
  const uniform = targetAssignment(group).targets
  expect(uniform.a).toHaveLength(4)
  expect(uniform.a!.every((name) => group.targets.a!.includes(name))).toBe(true)
  expect([...uniform.a!, ...uniform.b!].sort()).toEqual([...group.targets.a!].sort())
  for (const id of ['a', 'b']) group.members[id] = { ...group.members[id]!, assignor: 'range' }
  expect(targetAssignment(group).targets).toEqual({ a: [...T(0, 1), 'u-0', 'u-1'], b: [...T(2, 3), 'u-2'] })
})

test('a member that gave back and still waits for others is unreleased, at the new epoch', () => {
  const member = {
    epoch: 2,
    previousEpoch: 1,
    state: 'UNREVOKED_PARTITIONS',
    assigned: T(0),
    pendingRevocation: T(1),
  } as const
  const to = { assignmentEpoch: 4, target: T(0, 2), owned: T(0), isHeld: (name: string) => name === 't-2' }
  expect(reconciled(member, { ...to, owned: T(0, 1) })).toBe(member)
  expect(reconciled(member, to)).toMatchObject({ epoch: 4, state: 'UNRELEASED_PARTITIONS', assigned: T(0) })
  expect(reconciled(member, { ...to, isHeld: () => false })).toMatchObject({ state: 'STABLE', assigned: T(0, 2) })
})

test('a session whose end cannot be written ends half a second later, when the log takes it again', () => {
  const c = new NewCoordinator()
  c.beat('a', 0)
  c.insync(2)
  c.broker.wait(45_000)
  expect(c.phase).toMatchObject({ state: 'Empty' })
  expect(Object.keys(c.consumerGroup.members)).toEqual(['a'])
  c.insync(1)
  c.broker.wait(499)
  expect(Object.keys(c.consumerGroup.members)).toEqual(['a'])
  c.broker.wait(1)
  expect(Object.keys(c.consumerGroup.members)).toEqual([])
  expect(c.records.at(-1)).toMatchObject({ type: 'groupEpoch', value: { epoch: 2 } })
})
