/** Which machine runs a node of each kind, and what it is configured with. */
import { brokerMachine } from '../broker/broker.ts'
import type { BrokerConfig } from '../broker/state.ts'
import { adminMachine } from '../client/admin/admin.ts'
import { applicationMachine } from '../client/application/application.ts'
import type { ApplicationConfig } from '../client/application/state.ts'
import { consumerMachine } from '../client/consumer/consumer.ts'
import { producerMachine } from '../client/producer/producer.ts'
import { controllerMachine } from '../controller/controller.ts'
import type { Fact } from '../kafka/facts.ts'
import { applicationNode, brokerNode, controllerNode, nodeNumber } from '../kafka/ids.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import type { SessionConfig } from '../kafka/messages/registry.ts'
import type { Operation } from '../kafka/operations.ts'
import { assert, unreachable } from '../kernel/assert.ts'
import type { Machine, NodeId } from '../kernel/machine.ts'
import { quorumMachine } from '../quorum/quorum.ts'
import type { QuorumConfig } from '../quorum/state.ts'
import { registryMachine } from '../registry/registry.ts'
import { sessionOwner } from '../session/owner.ts'
import { sessionMachine } from '../session/session.ts'
import { controllersOf } from './controllers.ts'
import type { Plan, PlanClient } from './plan.ts'
import type { NodeKind } from './world.ts'

/** A machine whose state and configuration the world carries but never looks into. */
type AnyMachine = Machine<unknown, unknown, KafkaMessage, Operation, Fact>

export const MACHINES: Readonly<Record<NodeKind, AnyMachine>> = {
  broker: brokerMachine as AnyMachine,
  controller: controllerMachine as AnyMachine,
  session: sessionMachine as AnyMachine,
  registry: registryMachine as AnyMachine,
  quorum: quorumMachine as AnyMachine,
  producer: producerMachine as AnyMachine,
  consumer: consumerMachine as AnyMachine,
  application: applicationMachine as AnyMachine,
  admin: adminMachine as AnyMachine,
}

type Changes = Readonly<Record<string, string | number | boolean>> | null

/** Planted bugs, where there are any. */
const planted = ({ mutants }: Plan): Pick<Plan, 'mutants'> => (mutants === undefined ? {} : { mutants })

/** Racks never change in a run, so they are not told by registrations. */
function racksOf({ brokers }: Plan): Pick<BrokerConfig, 'racks'> {
  const placed = brokers.flatMap(({ id, rack }): [number, string][] => (rack === null ? [] : [[id, rack]]))
  return placed.length === 0 ? {} : { racks: Object.fromEntries(placed) }
}

function brokerConfig(plan: Plan, node: NodeId, changes: Changes): BrokerConfig {
  const id = nodeNumber(node)
  const broker = plan.brokers.find((each) => each.id === id)
  assert(broker !== undefined, `no broker ${id} in the plan`)
  const settings = { ...broker.settings, ...changes }
  const config = { id, rack: broker.rack, ...racksOf(plan), mechanisms: plan.mechanisms, settings, ...planted(plan) }
  const controllers = controllersOf(plan).map((each) => each.id)
  return controllers.length === 0 ? config : { ...config, controllers }
}

function quorumConfig(plan: Plan, node: NodeId, changes: Changes): QuorumConfig {
  const voters = controllersOf(plan).map(({ id }) => id)
  const settings = { ...(plan.controllerSettings ?? plan.brokers[0]?.settings), ...changes }
  return { id: nodeNumber(node), voters, mechanisms: plan.mechanisms, settings, ...planted(plan) }
}

function sessionConfig(plan: Plan, node: NodeId): SessionConfig {
  const owner = sessionOwner(node)
  const client = plan.clients.find((each: PlanClient) => `${each.kind}-${each.name}` === owner)
  if (client !== undefined) {
    const timeoutMs = Number(client.settings['zookeeper.session.timeout.ms'] ?? 6_000)
    // The consumers of 0.8 have ZkClient as long as they are there (to 1.1), which waits for the next session.
    return { users: [owner], timeoutMs, expiredRequests: 'retry' }
  }
  const { id, settings } = brokerConfig(plan, node, null)
  return {
    users: [controllerNode(id), brokerNode(id)],
    timeoutMs: Number(settings['zookeeper.session.timeout.ms']),
    expiredRequests: plan.mechanisms.expiredSessionRequests,
  }
}

function clientConfig(plan: Plan, node: NodeId): unknown {
  const client = plan.clients.find((each: PlanClient) => `${each.kind}-${each.name}` === node)
  assert(client !== undefined, `no client ${node} in the plan`)
  const looksAtRacks = client.kind === 'consumer' && plan.mechanisms.rangeWalksPartitions
  return { ...client, ...(looksAtRacks ? racksOf(plan) : {}), mechanisms: plan.mechanisms, ...planted(plan) }
}

function applicationConfig(plan: Plan, node: NodeId): ApplicationConfig {
  const client = plan.clients.find((each) => each.kind === 'consumer' && applicationNode(each.name) === node)
  assert(client?.kind === 'consumer' && client.transforms !== undefined, `no application ${node} in the plan`)
  const { name, topics, settings, transforms, member } = client
  return {
    name,
    group: String(settings['group.id']),
    topics,
    consumer: `consumer-${name}`,
    producers: plan.clients.flatMap((each) =>
      each.kind === 'producer' && each.serves?.application === name
        ? [{ node: `producer-${each.name}`, partition: each.serves.partition }]
        : [],
    ),
    transforms,
    processUs: member?.processUs ?? 0,
    sendsMember: transforms.producers === 'per-instance' && plan.mechanisms.transactionalOffsetsFenced,
    ...planted(plan),
  }
}

/** The configuration of a node: a pure function of the plan and the settings changed since. */
export function nodeConfig(plan: Plan, kind: NodeKind, node: NodeId, changes: Changes): unknown {
  switch (kind) {
    case 'registry':
      return { ...plan.registry, ...planted(plan) }
    case 'session':
      return sessionConfig(plan, node)
    case 'broker':
    case 'controller':
      return brokerConfig(plan, node, changes)
    case 'quorum':
      return quorumConfig(plan, node, changes)
    case 'producer':
    case 'consumer':
      return clientConfig(plan, node)
    case 'application':
      return applicationConfig(plan, node)
    case 'admin':
      return {
        brokers: plan.brokers.map(({ id, rack }) => ({ id, rack })),
        mechanisms: plan.mechanisms,
        controllers: controllersOf(plan).map(({ id }) => id),
      }
    default:
      return unreachable(kind)
  }
}
