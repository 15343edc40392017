/**
 * Groups and transactional ids as an administrator finds them at one moment: at the brokers that coordinate them, and groups
 * of 0.8 in the registry. Two brokers may believe it of one id: the higher epoch counts.
 */

import { phaseOf, preferredAssignor } from '../broker/coordinator/consumer-group/state.ts'
import type { CoordinatedPartition } from '../broker/coordinator/state.ts'
import type { TransactionalId, TransactionStatus } from '../broker/coordinator/transactions/transaction.ts'
import { type BrokerId, comparePartitions, type TopicPartition, topicPartition } from '../kafka/ids.ts'
import { own } from '../kernel/own.ts'
import type { Znode } from '../registry/state.ts'
import type { World } from './world.ts'
import { brokerState, isKraft, registryState } from './world.ts'

export interface GroupMemberTruth {
  readonly id: string
  /** KIP-345 (2.3); null: a dynamic member, or a consumer of 0.8. */
  readonly instanceId: string | null
  readonly clientId: string
  /** Sorted. */
  readonly assigned: readonly TopicPartition[]
  /** KIP-848: where it stands on its way to its target; null in the other protocols. */
  readonly state: string | null
}

export interface GroupTruth {
  readonly id: string
  /** `classic`: JoinGroup and SyncGroup (0.9). `consumer`: KIP-848 (4.0). `registry`: owner nodes of 0.8. */
  readonly protocol: 'classic' | 'consumer' | 'registry'
  /** -1: the registry keeps it. */
  readonly coordinator: BrokerId
  /** As Kafka's tools name it; `–` where the group has none (0.8). */
  readonly state: string
  /** Of KIP-848 the group epoch; -1 in 0.8. */
  readonly generation: number
  readonly assignor: string | null
  /** By id. */
  readonly members: readonly GroupMemberTruth[]
  /** The next offset to be read by partition, as committed. */
  readonly committed: Readonly<Record<TopicPartition, number>>
}

export interface TransactionTruth {
  readonly transactionalId: string
  readonly coordinator: BrokerId
  readonly producerId: number
  readonly producerEpoch: number
  readonly status: TransactionStatus
  /** The state that is being written; null: none. */
  readonly pending: TransactionStatus | null
  readonly partitions: readonly TopicPartition[]
  /** Partitions that have not confirmed their marker; null: none is being sent. */
  readonly unmarked: readonly TopicPartition[] | null
  /** When the transaction was begun, in ms of the coordinator's clock; -1: none is open. */
  readonly startMs: number
  readonly timeoutMs: number
}

/** Statuses in which a transaction has begun and is not over. */
export const isUnderWay = ({ status }: Pick<TransactionTruth, 'status'>): boolean =>
  status === 'Ongoing' || status === 'PrepareCommit' || status === 'PrepareAbort' || status === 'PrepareEpochFence'

/** What brokers that are up coordinate now, by id, sorted. `of` says what a partition that its broker has read holds. */
export function coordinatedNow<T>(
  world: World,
  of: (partition: CoordinatedPartition, broker: BrokerId) => Readonly<Record<string, T>>,
): Record<string, T> {
  const found: Record<string, { readonly epoch: number; readonly it: T }> = {}
  for (const { id: broker } of world.plan.brokers) {
    if (world.processes[`broker-${broker}`]?.state !== 'up') continue
    const { coordination } = brokerState(world, broker)?.volatile ?? {}
    for (const partition of Object.values(coordination?.partitions ?? {})) {
      if (partition.phase !== 'active') continue
      const here = of(partition, broker)
      for (const id of Object.keys(here)) {
        if ((found[id]?.epoch ?? -1) < partition.leaderEpoch)
          found[id] = { epoch: partition.leaderEpoch, it: here[id]! }
      }
    }
  }
  return Object.fromEntries(
    Object.keys(found)
      .sort()
      .map((id) => [id, found[id]!.it]),
  )
}

const sorted = (partitions: readonly TopicPartition[]): TopicPartition[] => [...partitions].sort(comparePartitions)

const inOrder = <T>(of: Readonly<Record<string, T>>): T[] =>
  Object.keys(of)
    .sort()
    .map((key) => of[key]!)

/** The groups of one partition of the offsets topic, by id. */
function groupsOf(
  { groups, consumerGroups = {} }: CoordinatedPartition,
  coordinator: BrokerId,
): Record<string, GroupTruth> {
  const classic = inOrder(groups)
    .filter(({ id }) => own(consumerGroups, id) === undefined)
    .map(
      (group): GroupTruth => ({
        id: group.id,
        protocol: 'classic',
        coordinator,
        state: group.phase,
        generation: group.generation,
        assignor: group.protocol,
        members: group.members
          .map(({ id, instanceId, clientId, assignment }) => ({
            id,
            instanceId,
            clientId,
            // DescribeGroups tells assignments of a stable group only.
            assigned: group.phase === 'Stable' ? sorted(assignment) : [],
            state: null,
          }))
          .sort((a, b) => (a.id < b.id ? -1 : 1)),
        committed: committedOf(group.offsets),
      }),
    )
  const consumer = inOrder(consumerGroups).map(
    (group): GroupTruth => ({
      id: group.id,
      protocol: 'consumer',
      coordinator,
      state: phaseOf(group),
      generation: group.epoch,
      assignor: preferredAssignor(group),
      members: inOrder(group.members).map(({ id, instanceId, clientId, assigned, state }) => ({
        id,
        instanceId,
        clientId,
        assigned: sorted(assigned),
        state,
      })),
      committed: committedOf(own(groups, group.id)?.offsets ?? {}),
    }),
  )
  return Object.fromEntries([...classic, ...consumer].map((group) => [group.id, group]))
}

function committedOf(
  offsets: Readonly<Record<TopicPartition, { readonly committed: { readonly offset: number } }>>,
): Record<TopicPartition, number> {
  return Object.fromEntries(sorted(Object.keys(offsets)).map((name) => [name, offsets[name]!.committed.offset]))
}

const CONSUMERS = '/consumers'

/** Groups of consumers of 0.8: their ids, owners and offsets are znodes. */
function groupsInRegistry(nodes: Readonly<Record<string, Znode>>): GroupTruth[] {
  const childrenOf = (path: string): string[] => [...(nodes[path]?.children ?? [])].sort()
  const byPartition = (path: string): [TopicPartition, unknown][] =>
    childrenOf(path).flatMap((topic) =>
      childrenOf(`${path}/${topic}`).map((number): [TopicPartition, unknown] => [
        topicPartition(topic, Number(number)),
        nodes[`${path}/${topic}/${number}`]?.data,
      ]),
    )
  return childrenOf(CONSUMERS).map((id): GroupTruth => {
    const path = `${CONSUMERS}/${id}`
    // The owner of a partition is a thread of a consumer: `<consumer>-<thread>`.
    const owners = byPartition(`${path}/owners`).map(([name, thread]) => [name, String(thread).replace(/-\d+$/, '')])
    return {
      id,
      protocol: 'registry',
      coordinator: -1,
      state: '–',
      generation: -1,
      assignor: 'range',
      members: childrenOf(`${path}/ids`).map((member) => ({
        id: member,
        instanceId: null,
        clientId: member.slice(id.length + 1),
        assigned: sorted(owners.flatMap(([name, owner]) => (owner === member ? [name!] : []))),
        state: null,
      })),
      committed: Object.fromEntries(byPartition(`${path}/offsets`).map(([name, offset]) => [name, Number(offset)])),
    }
  })
}

/** Every group, by id. */
export function groupTruths(world: World): GroupTruth[] {
  const coordinated = coordinatedNow(world, groupsOf)
  const registry = isKraft(world) ? [] : groupsInRegistry(registryState(world).nodes)
  return [...Object.values(coordinated), ...registry.filter(({ id }) => coordinated[id] === undefined)].sort((a, b) =>
    a.id < b.id ? -1 : 1,
  )
}

const transactionTruth = (
  { transactionalId, metadata, pending, unmarked }: TransactionalId,
  coordinator: BrokerId,
): TransactionTruth => {
  const { producerId, producerEpoch, status, partitions, startMs, timeoutMs } = metadata
  return {
    transactionalId,
    coordinator,
    producerId,
    producerEpoch,
    status,
    pending,
    partitions,
    unmarked,
    startMs,
    timeoutMs,
  }
}

/** Every transactional id, by id. */
export const transactionTruths = (world: World): TransactionTruth[] =>
  Object.values(
    coordinatedNow(world, ({ transactions = {} }, broker) =>
      Object.fromEntries(Object.keys(transactions).map((id) => [id, transactionTruth(transactions[id]!, broker)])),
    ),
  )
