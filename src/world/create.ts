/** The first world of a plan. */
import {
  ADMIN_NODE,
  applicationNode,
  brokerNode,
  controllerNode,
  quorumNode,
  REGISTRY_NODE,
  sessionNode,
} from '../kafka/ids.ts'
import type { NodeId } from '../kernel/machine.ts'
import { emptyTally } from '../kernel/tally.ts'
import { controllersOf } from './controllers.ts'
import type { Host } from './host.ts'
import { configOf } from './host.ts'
import { emptyLedger } from './ledger.ts'
import { MACHINES } from './nodes.ts'
import { schedule } from './pending.ts'
import type { Plan, PlanClient } from './plan.ts'
import { schedulePlanTopics } from './plan-topics.ts'
import { clientControl } from './targets.ts'
import { scheduleWorkloads } from './workload.ts'
import type { NodeKind, NodeSlot, ProcessId, World } from './world.ts'

function addProcess(
  world: World,
  host: Host,
  id: ProcessId,
  nodes: readonly (readonly [string, NodeKind])[],
  skewUs = 0,
): void {
  world.processes[id] = {
    id,
    nodes: nodes.map(([node]) => node),
    state: 'down',
    life: 1,
    exitCode: null,
    skewUs,
    deferred: [],
    restartUs: null,
    fetchLagUs: 0,
  }
  for (const [node, kind] of nodes) {
    const slot: NodeSlot = { id: node, kind, process: id, state: null, timers: [] }
    world.nodes[node] = slot
    slot.state = MACHINES[kind].init(node, configOf(host, world, slot))
  }
}

function startAt(world: World, host: Host, id: ProcessId, atUs: number): void {
  schedule(world, host, {
    atUs,
    cause: [],
    entity: `${id}/start#1`,
    count: 0,
    rule: 'process start',
    body: { kind: 'start', process: id, life: world.processes[id]!.life },
  })
}

/** When clients begin if the plan does not say, in us. */
const CLIENTS_AT_US = 500_000

function emptyWorld(plan: Plan): World {
  return {
    plan,
    nowUs: 0,
    index: 0,
    nextEventId: 1,
    nextStepEventId: -Number.MAX_SAFE_INTEGER,
    phase: 'run',
    pending: [],
    freePlaces: [],
    draws: emptyTally(),
    processes: {},
    nodes: {},
    connections: {},
    open: {},
    nextConnection: 1,
    started: [],
    faults: [],
    linkFreeUs: {},
    settingChanges: {},
    offered: {},
    stoppedClients: [],
    steps: plan.steps.map(() => ({ state: 'waiting', armedAtUs: null, firedAtUs: null, resolved: '' })),
    armedSteps: [],
    firedSteps: 0,
    notReached: null,
    quietLooks: 0,
    requestLoops: {},
    keyCounts: emptyTally(),
    ledger: emptyLedger(),
  }
}

/** The machines of a client's process, in the order in which they start. */
function nodesOf({ clients }: Plan, client: PlanClient): (readonly [NodeId, NodeKind])[] {
  const own = [`${client.kind}-${client.name}`, client.kind] as const
  if (client.kind === 'producer') return [own]
  if (client.groupInRegistry === true) return [[`session-${own[0]}`, 'session'], own]
  if (client.transforms === undefined) return [own]
  const producers = clients.filter((each) => each.kind === 'producer' && each.serves?.application === client.name)
  return [
    own,
    ...producers.map(({ name }) => [`producer-${name}`, 'producer'] as const),
    [applicationNode(client.name), 'application'],
  ]
}

/** The world before its first event: every process is down and its start is pending. */
export function createWorld(plan: Plan, host: Host): World {
  const world = emptyWorld(plan)
  const kraft = plan.mechanisms.metadata === 'kraft'
  if (!kraft) {
    addProcess(world, host, REGISTRY_NODE, [[REGISTRY_NODE, 'registry']])
    startAt(world, host, REGISTRY_NODE, 0)
  }
  for (const { id, startAtUs } of controllersOf(plan)) {
    addProcess(world, host, quorumNode(id), [[quorumNode(id), 'quorum']])
    if (startAtUs !== null) startAt(world, host, quorumNode(id), startAtUs)
  }
  addProcess(world, host, ADMIN_NODE, [[ADMIN_NODE, 'admin']])
  startAt(world, host, ADMIN_NODE, 0)
  for (const broker of plan.brokers) {
    const id = brokerNode(broker.id)
    addProcess(
      world,
      host,
      id,
      kraft
        ? [[id, 'broker']]
        : [
            [sessionNode(broker.id), 'session'],
            [controllerNode(broker.id), 'controller'],
            [id, 'broker'],
          ],
      broker.clockSkewUs,
    )
    if (broker.startAtUs !== null) startAt(world, host, id, broker.startAtUs + broker.startupUs)
  }
  for (const client of plan.clients) {
    if (client.kind === 'producer' && client.serves !== undefined) continue
    const id = `${client.kind}-${client.name}`
    addProcess(world, host, id, nodesOf(plan, client))
    if (client.startedByStep !== true) {
      startAt(world, host, id, client.kind === 'consumer' ? client.startUs : CLIENTS_AT_US)
    }
    if (client.kind === 'consumer' && client.stopUs !== null) {
      schedule(world, host, {
        atUs: client.stopUs,
        cause: [],
        entity: `${client.name}/stop`,
        count: 0,
        rule: 'the plan stops the consumer',
        body: {
          kind: 'operation',
          to: clientControl(world, client.name),
          operation: { kind: 'control', operationId: `${client.name}/stop`, control: 'stop' },
        },
      })
    }
  }
  schedulePlanTopics(world, host)
  plan.steps.forEach((step, index) => {
    if (step.after !== null) return
    schedule(world, host, {
      atUs: step.atUs ?? 0,
      cause: [],
      entity: `step ${step.id}/arm`,
      count: 0,
      rule: 'step',
      body: { kind: 'arm', step: index },
    })
  })
  scheduleWorkloads(world, host)
  schedule(world, host, {
    atUs: plan.runUs,
    cause: [],
    entity: 'phase/settle',
    count: 0,
    rule: 'the run is over',
    body: { kind: 'phase', phase: 'settle' },
  })
  return world
}
