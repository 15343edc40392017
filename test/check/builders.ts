/** Worlds made by hand: one partition, `orders-0`, its replicas, the registry's truth and what was told. */
import type { BrokerState } from '../../src/broker/state.ts'
import { propertyNamed } from '../../src/check/index.ts'
import type { Finding, StepView } from '../../src/check/property.ts'
import type { Fact } from '../../src/kafka/facts.ts'
import type { RecordBatch } from '../../src/kafka/records.ts'
import { partitionOfStatePath, statePath, topicPath } from '../../src/kafka/znodes.ts'
import type { Json } from '../../src/kernel/json.ts'
import type { ReplicaLog } from '../../src/log/replica-log.ts'
import type { RegistryState, Znode } from '../../src/registry/state.ts'
import { emptyLedger, enterFact, enterSent } from '../../src/world/ledger.ts'
import type { Plan } from '../../src/world/plan.ts'
import type { NodeSlot, Process, World } from '../../src/world/world.ts'
import { registryState } from '../../src/world/world.ts'
import type { PlanGiven } from '../builders.ts'
import { planOf } from '../builders.ts'

export const P = 'orders-0'
const PATH = statePath(P)

export interface ReplicaGiven {
  /** Records as `m1@0` (value and leader epoch); `m1` has no epoch. An empty text is an offset without a record. */
  readonly log?: readonly string[]
  readonly logStartOffset?: number
  /** The broker believes this; left out: it has no role. */
  readonly role?: 'leader' | 'follower'
  readonly epoch?: number
  readonly hw?: number
  readonly isr?: readonly number[]
  readonly process?: 'up' | 'down' | 'paused'
  readonly phase?: 'running' | 'hung'
  readonly registered?: boolean
}

export interface StateGiven {
  readonly leader: number
  readonly epoch?: number
  readonly isr: readonly number[]
}

export interface WorldGiven extends PlanGiven {
  readonly replicas?: Readonly<Record<number, ReplicaGiven>>
  readonly state?: StateGiven
  readonly assigned?: readonly number[]
  readonly controller?: number | null
  readonly plan?: Partial<Plan>
}

/** A znode as it is created: version 0, of nobody's session. */
export const znode = (data: Json, children: string[] = []): Znode => ({
  data,
  version: 0,
  czxid: 1,
  mzxid: 1,
  pzxid: 1,
  ephemeralOwner: 0,
  children,
  nextSequence: 0,
})

/** Records whose identity is `p1/` and their value, each a batch of its own. */
export function logOf(records: readonly string[], logStartOffset = 0): ReplicaLog {
  const batches: RecordBatch[] = []
  records.forEach((text, index) => {
    if (text === '') return
    const [value, epoch] = text.split('@')
    batches.push({
      baseOffset: logStartOffset + index,
      leaderEpoch: epoch === undefined ? -1 : Number(epoch),
      records: [{ id: `p1/${value}`, key: null, value: value!, timestampMs: 0 }],
    })
  })
  const logEndOffset = logStartOffset + records.length
  return { batches, logStartOffset, logEndOffset, epochCache: [], flushedOffset: 0, recoveryPoint: 0 }
}

function brokerOf(given: ReplicaGiven, assigned: readonly number[]): BrokerState {
  const { role, epoch = 0, hw = 0, isr = assigned } = given
  const log = logOf(given.log ?? [], given.logStartOffset)
  const partitions: Record<string, unknown> = {}
  if (role !== undefined) {
    partitions[P] = {
      partition: P,
      role,
      leaderEpoch: epoch,
      highWatermark: hw,
      isr: [...isr],
      replicas: [...assigned],
    }
  }
  const volatile = given.process === 'down' ? null : { phase: given.phase ?? 'running', partitions, topicSettings: {} }
  return { durable: { logs: { [P]: log } }, volatile } as unknown as BrokerState
}

export function worldOf(given: WorldGiven = {}): World {
  const plan = { ...planOf(given), ...given.plan }
  const assigned = given.assigned ?? plan.brokers.map(({ id }) => id)
  const { leader, epoch = 0, isr } = given.state ?? { leader: 1, isr: assigned }
  const processes: Record<string, Process> = {}
  const nodes: Record<string, NodeSlot> = {}
  const live: number[] = []
  for (const { id } of plan.brokers) {
    const replica = given.replicas?.[id] ?? {}
    const process = replica.process ?? 'up'
    if (replica.registered ?? process !== 'down') live.push(id)
    processes[`broker-${id}`] = { id: `broker-${id}`, state: process } as unknown as Process
    nodes[`broker-${id}`] = {
      id: `broker-${id}`,
      kind: 'broker',
      process: `broker-${id}`,
      state: brokerOf(replica, assigned),
      timers: [],
    }
  }
  const registry: Partial<RegistryState> = {
    nodes: {
      '/brokers/ids': znode(null, live.map(String)),
      '/brokers/topics': znode(null, ['orders']),
      [topicPath('orders')]: znode({ partitions: { '0': assigned } }),
      [PATH]: znode({ leader, leaderEpoch: epoch, isr, controllerEpoch: 1 }),
      ...Object.fromEntries(live.map((id) => [`/brokers/ids/${id}`, znode({ broker: id })])),
      ...(given.controller === null ? {} : { '/controller': znode({ broker: given.controller ?? 1 }) }),
    },
  }
  nodes.registry = { id: 'registry', kind: 'registry', process: 'registry', state: registry, timers: [] }
  return { plan, nowUs: 0, index: 0, processes, nodes, settingChanges: {}, ledger: emptyLedger() } as unknown as World
}

/** The next event: these facts, entered into the ledger as the world does. */
export function happen(world: World, ...facts: readonly (readonly [node: string, fact: Fact])[]): StepView {
  world.nowUs += 1000
  const entries = facts.map(([node, fact]) => ({ atUs: world.nowUs, event: world.index, node, fact }))
  for (const entry of entries) enterFact(world, entry)
  const step: StepView = { event: world.index, facts: entries, touchedBrokers: [] }
  world.index += 1
  return step
}

/** Changes the registry's truth and gives the fact of it. */
export function writeState(world: World, state: StateGiven, by = 'broker-1'): readonly [string, Fact] {
  const node = registryState(world).nodes[PATH]!
  node.version += 1
  node.data = { leader: state.leader, leaderEpoch: state.epoch ?? 0, isr: state.isr, controllerEpoch: 1 }
  return ['registry', registryWrite(PATH, node.data, node.version, by)]
}

export const registryWrite = (path: string, data: Json, version: number, by = 'broker-1'): Fact => ({
  kind: 'registryWrite',
  path,
  write: version === 0 ? 'create' : 'set',
  version,
  czxid: 1,
  data,
  sessionId: 1,
  by,
  ephemeral: partitionOfStatePath(path) === null,
})

/** The registry's present truth as its first write: so that later writes have a predecessor. */
export const createState = (world: World): StepView =>
  happen(world, ['registry', registryWrite(PATH, registryState(world).nodes[PATH]!.data, 0)])

export const highWatermark = (from: number, to: number, as: 'leader' | 'follower' = 'leader'): Fact => ({
  kind: 'highWatermark',
  partition: P,
  from,
  to,
  as,
})

export const becameLeader = (leaderEpoch: number, logEndOffset: number, hw = 0): Fact => ({
  kind: 'becameLeader',
  partition: P,
  leaderEpoch,
  logEndOffset,
  highWatermark: hw,
  isr: [1, 2, 3],
})

export const truncated = (to: number, values: readonly string[], rule = 'a rule'): Fact => ({
  kind: 'truncated',
  partition: P,
  from: to + values.length,
  to,
  removed: values.map((value, index) => ({ offset: to + index, epoch: -1, id: `p1/${value}`, value })),
  rule,
  leader: 1,
  leaderEpoch: 1,
})

export const polled = (
  fromOffset: number,
  records: readonly (readonly [offset: number, value: string])[],
  broker = 1,
): Fact => ({
  kind: 'recordsPolled',
  client: 'c1',
  partition: P,
  fromOffset,
  records: records.map(([offset, value]) => ({ offset, id: `p1/${value}`, epoch: -1 })),
  highWatermark: 100,
  broker,
})

/** A record that a producer sent and, where an offset is given, was told to be there. */
export function send(
  world: World,
  value: string,
  given: { acks?: number; offset?: number; error?: string; sentAtUs?: number } = {},
): void {
  const id = `p1/${value}`
  const acks = given.acks ?? -1
  enterSent(world, { id, client: 'p1', partition: P, value, key: null, sentAtUs: given.sentAtUs ?? world.nowUs, acks })
  if (given.offset === undefined && given.error === undefined) return
  const outcome = given.error === undefined ? 'acked' : 'unknown'
  happen(world, [
    'producer-p1',
    {
      kind: 'clientTold',
      operationId: id,
      outcome,
      error: given.error ?? 'NONE',
      partition: P,
      offset: given.offset ?? -1,
      acks,
    },
  ])
}

/** Replaces the log of a broker. */
export function setLog(world: World, broker: number, records: readonly string[]): void {
  const state = world.nodes[`broker-${broker}`]!.state as BrokerState
  state.durable.logs[P] = logOf(records)
}

/** What a property finds after an event; an empty list when it holds. */
export function findings(
  world: World,
  name: string,
  step: StepView = { event: world.index, facts: [], touchedBrokers: [] },
): readonly Finding[] {
  const property = propertyNamed(name)
  if (property === undefined) throw new Error(`no property ${name}`)
  const relevant = property.kind === 'finally' || step.facts.some(({ fact }) => property.on.includes(fact.kind))
  return relevant ? (property.check(world, step) ?? []) : []
}
