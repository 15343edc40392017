/** Roles resolved to processes at the moment a step fires, on the registry's truth. */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { applicationNode, comparePartitions, quorumNode, splitTopicPartition } from '../kafka/ids.ts'
import { brokersWhere, type MetadataImage } from '../kafka/metadata-log.ts'
import type { BrokerZnode, ControllerZnode, StateZnode, TopicConfigZnode, TopicZnode } from '../kafka/znodes.ts'
import {
  BROKER_IDS,
  brokerIdPath,
  CONTROLLER,
  CONTROLLER_EPOCH,
  statePath,
  TOPICS,
  topicConfigPath,
  topicPath,
} from '../kafka/znodes.ts'
import type { NodeId } from '../kernel/machine.ts'
import { own } from '../kernel/own.ts'
import { controllersOf } from './controllers.ts'
import type { Target } from './plan.ts'
import type { PartitionTruth, ProcessId, World } from './world.ts'
import { isKraft, quorumState, registryState } from './world.ts'

/** KRaft: the cluster as the longest committed log has it. What is committed once stays so, also while nobody runs. */
function committedImage(world: World): MetadataImage {
  let image: MetadataImage = { brokers: {}, topics: {}, partitions: {} }
  let end = -1
  for (const { id } of controllersOf(world.plan)) {
    const durable = quorumState(world, id)?.durable
    if (durable === undefined || durable.committedEnd <= end) continue
    image = durable.committed
    end = durable.committedEnd
  }
  return image
}

/** A partition's state as the registry has it; null before it exists. */
export function partitionTruth(world: World, partition: TopicPartition): PartitionTruth | null {
  if (isKraft(world)) return committedPartition(world, partition)
  const nodes = registryState(world).nodes
  const state = nodes[statePath(partition)]
  if (state === undefined) return null
  const data = state.data as unknown as StateZnode
  const name = splitTopicPartition(partition)
  const topic = nodes[topicPath(name.topic)]?.data as unknown as TopicZnode | undefined
  const { leader, leaderEpoch, isr, controllerEpoch } = data
  const replicas = topic?.partitions[name.partition] ?? []
  return { leader, leaderEpoch, isr, controllerEpoch, version: state.version, replicas }
}

function committedPartition(world: World, partition: TopicPartition): PartitionTruth | null {
  const found = committedImage(world).partitions[partition]
  if (found === undefined) return null
  const { leader, leaderEpoch, isr, replicas, partitionEpoch: version, elr, lastKnownElr, recoveryState } = found
  const controllerEpoch = controllerTruth(world)?.epoch ?? 0
  return { leader, leaderEpoch, isr, controllerEpoch, version, replicas, elr, lastKnownElr, recoveryState }
}

/** The settings a topic was given. */
export function topicSettingsTruth(world: World, topic: string): Readonly<Record<string, string>> {
  if (isKraft(world)) return own(committedImage(world).topics, topic) ?? {}
  const config = registryState(world).nodes[topicConfigPath(topic)]?.data as unknown as TopicConfigZnode | undefined
  return config?.settings ?? {}
}

/** Partitions the registry knows, sorted by topic and number. */
export function knownPartitions(world: World): TopicPartition[] {
  if (isKraft(world)) return Object.keys(committedImage(world).partitions).sort(comparePartitions)
  const registry = registryState(world)
  const names: TopicPartition[] = []
  for (const topic of registry.nodes[TOPICS]?.children ?? []) {
    const data = registry.nodes[topicPath(topic)]?.data as unknown as TopicZnode | undefined
    const numbers = Object.keys(data?.partitions ?? {}).map(Number)
    for (const number of numbers.sort((a, b) => a - b)) names.push(`${topic}-${number}`)
  }
  return names
}

/** How many partitions there are, without their names. */
export function countPartitions(world: World): number {
  if (isKraft(world)) return Object.keys(committedImage(world).partitions).length
  const registry = registryState(world)
  let count = 0
  for (const topic of registry.nodes[TOPICS]?.children ?? []) {
    const data = registry.nodes[topicPath(topic)]?.data as unknown as TopicZnode | undefined
    count += Object.keys(data?.partitions ?? {}).length
  }
  return count
}

/** The controller as the registry names it; null while there is none. */
export function controllerTruth(world: World): { broker: BrokerId; epoch: number } | null {
  if (isKraft(world)) return activeController(world)
  const nodes = registryState(world).nodes
  const data = nodes[CONTROLLER]?.data as unknown as ControllerZnode | undefined
  if (data === undefined) return null
  return { broker: data.broker, epoch: (nodes[CONTROLLER_EPOCH]?.data as number | undefined) ?? 0 }
}

/** KRaft: who leads the quorum in its highest epoch, by its own belief; `broker` is then a controller's id. */
function activeController(world: World): { broker: number; epoch: number } | null {
  let active: { broker: number; epoch: number } | null = null
  for (const { id } of controllersOf(world.plan)) {
    const state = quorumState(world, id)
    if (state?.volatile?.role !== 'leader' || (active !== null && active.epoch >= state.durable.epoch)) continue
    active = { broker: id, epoch: state.durable.epoch }
  }
  return active
}

/** KRaft: the registered brokers as the committed log has them; null with a registry. */
export function registrationsTruth(world: World): MetadataImage['brokers'] | null {
  return isKraft(world) ? committedImage(world).brokers : null
}

/** In KRaft a fenced broker counts as not registered: it is known, and nobody reckons with it. */
export const isRegistered = (world: World, broker: BrokerId): boolean =>
  isKraft(world) ? committedImage(world).brokers[broker]?.fenced === false : registryHas(world, broker)

const registryHas = (world: World, broker: BrokerId): boolean =>
  registryState(world).nodes[brokerIdPath(broker)] !== undefined

/** Registered broker ids, ascending. */
export function registeredBrokers(world: World): BrokerId[] {
  if (isKraft(world)) return brokersWhere(committedImage(world), (registration) => !registration.fenced)
  const nodes = registryState(world).nodes
  const names = nodes[BROKER_IDS]?.children ?? []
  return names
    .map((name) => (nodes[`${BROKER_IDS}/${name}`]?.data as unknown as BrokerZnode | undefined)?.broker ?? Number(name))
    .sort((a, b) => a - b)
}

/** The node of a client by its name in the plan. */
export function clientNode({ plan }: World, name: string): NodeId {
  const client = plan.clients.find((each) => each.name === name)
  return client === undefined ? name : `${client.kind}-${name}`
}

/** The process of a client by its name in the plan. */
export function clientProcess(world: World, name: string): ProcessId {
  const node = clientNode(world, name)
  return world.nodes[node]?.process ?? node
}

/** Who starts and stops a client without its process: the client itself, or its application. */
export function clientControl(world: World, name: string): NodeId {
  const application = applicationNode(name)
  return world.nodes[application] === undefined ? clientNode(world, name) : application
}

const broker = (id: BrokerId): ProcessId => `broker-${id}`

/** The processes a target means now, in a fixed order; empty when nobody has the role. `draw` decides `random(broker)`. */
export function resolveTarget(world: World, target: Target, draw: () => number): ProcessId[] {
  const plan = world.plan
  switch (target.role) {
    case 'broker':
      return [broker(target.id)]
    case 'all-brokers':
      return plan.brokers.map((each) => broker(each.id))
    case 'leader': {
      const truth = partitionTruth(world, target.partition)
      return truth === null || truth.leader < 0 ? [] : [broker(truth.leader)]
    }
    case 'followers': {
      const truth = partitionTruth(world, target.partition)
      return (truth?.replicas ?? []).filter((id) => id !== truth?.leader).map(broker)
    }
    case 'isr':
      return (partitionTruth(world, target.partition)?.isr ?? []).map(broker)
    case 'preferred': {
      const first = partitionTruth(world, target.partition)?.replicas[0]
      return first === undefined ? [] : [broker(first)]
    }
    case 'controller': {
      const controller = controllerTruth(world)
      if (controller === null) return []
      return [isKraft(world) ? quorumNode(controller.broker) : broker(controller.broker)]
    }
    case 'rack':
      return plan.brokers.filter((each) => each.rack === target.rack).map((each) => broker(each.id))
    case 'random': {
      const up = plan.brokers.filter((each) => world.processes[broker(each.id)]?.state === 'up')
      const chosen = up[Math.floor(draw() * up.length)]
      return chosen === undefined ? [] : [broker(chosen.id)]
    }
    case 'registry':
      // Without a registry what keeps the cluster's state are the controllers, all of them.
      return isKraft(world) ? controllersOf(plan).map(({ id }) => quorumNode(id)) : ['registry']
    case 'quorum':
      return [quorumNode(target.id)]
    case 'client':
      return [clientProcess(world, target.name)]
  }
}

/** The broker ids a target means now; clients and the registry have none. */
export const targetBrokers = (world: World, target: Target): BrokerId[] =>
  resolveTarget(world, target, () => 0)
    .filter((id) => id.startsWith('broker-'))
    .map((id) => Number(id.slice('broker-'.length)))
