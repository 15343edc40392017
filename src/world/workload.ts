/** Workloads are offered open loop by the world, so that two versions are offered the same. */

import type { Operation } from '../kafka/operations.ts'
import { filled } from '../kafka/records.ts'
import { own } from '../kernel/own.ts'
import type { StepReport } from './context.ts'
import { drawFrom } from './draws.ts'
import type { Host } from './host.ts'
import { enterSent } from './ledger.ts'
import { nextKey, schedule } from './pending.ts'
import type { PlanProducer } from './plan.ts'
import { clientNode, clientProcess } from './targets.ts'
import type { EventBody, World } from './world.ts'

/** When record `n` of a workload is offered, in us; null: there is none. */
function offerTime(client: PlanProducer, workload: number, n: number, runUs: number): number | null {
  const load = client.workload[workload]
  if (load === undefined) return null
  if (load.kind === 'burst') return n < load.count ? load.startUs : null
  if (load.count !== null && n >= load.count) return null
  const atUs = load.startUs + Math.floor((n * 1_000_000) / load.perSecond)
  return atUs < (load.stopUs ?? runUs) ? atUs : null
}

function scheduleOffer(
  world: World,
  host: Host,
  client: PlanProducer,
  workload: number,
  n: number,
  cause: readonly number[],
): void {
  const atUs = offerTime(client, workload, n, host.plan.runUs)
  if (atUs === null) return
  schedule(world, host, {
    atUs,
    cause,
    entity: `${client.name}/offer ${workload}#${n}`,
    count: 0,
    rule: 'workload',
    body: { kind: 'offer', client: client.name, workload, n },
  })
}

/** The first offer of every workload of every producer. */
export function scheduleWorkloads(world: World, host: Host): void {
  for (const client of host.plan.clients) {
    if (client.kind !== 'producer') continue
    client.workload.forEach((_, workload) => {
      scheduleOffer(world, host, client, workload, 0, [])
    })
  }
}

/** What makes a record of a client that is not left to its workload. */
interface OfferedRecord {
  readonly value: string | null
  readonly key: string | null
  readonly partition: number | null
}

/** Text of a workload's value: the client and the send number, padded to the size wanted. */
function valueText(client: PlanProducer, number: number): string {
  return filled(`${client.name}-${number}`, client.valueBytes)
}

function keyOf(world: World, host: Host, report: StepReport, client: PlanProducer, number: number): string | null {
  if (client.keys.kind === 'none') return null
  if (client.keys.kind === 'round-robin') return `k${number % client.keys.count}`
  return `k${Math.floor(drawFrom(world, host, report, `workload.keys/${client.name}`) * client.keys.count)}`
}

/** Hands one record to a producer: the ledger knows it from now on. A client that is down is offered nothing. */
export function offerRecord(
  world: World,
  host: Host,
  report: StepReport,
  client: PlanProducer,
  given: OfferedRecord | null,
): void {
  const node = clientNode(world, client.name)
  if (world.processes[clientProcess(world, client.name)]?.state === 'down') {
    world.ledger.counts.notOffered = (world.ledger.counts.notOffered ?? 0) + 1
    return
  }
  const number = own(world.offered, client.name) ?? 0
  world.offered[client.name] = number + 1
  const id = `${client.name}/${number}`
  const partition = given === null ? client.partition : (given.partition ?? client.partition)
  const record = {
    id,
    key: given === null ? keyOf(world, host, report, client, number) : given.key,
    value: given?.value ?? valueText(client, number),
    timestampMs: Math.floor(world.nowUs / 1000),
  }
  const acks = String(client.settings.acks)
  enterSent(world, {
    id,
    client: client.name,
    partition: partition === null ? null : `${client.topic}-${partition}`,
    value: record.value,
    key: record.key,
    sentAtUs: world.nowUs,
    acks: acks === 'all' ? -1 : Number(acks),
  })
  const operation: Operation = { kind: 'send', operationId: id, topic: client.topic, partition, record }
  schedule(world, host, {
    atUs: world.nowUs,
    cause: [report.event.id],
    entity: nextKey(world, host, `${client.name}/send`),
    count: 0,
    rule: 'workload',
    body: { kind: 'operation', to: node, operation },
  })
}

/** One offer of a workload, and the next one is scheduled. */
export function onOffer(world: World, host: Host, report: StepReport, body: EventBody & { kind: 'offer' }): void {
  const client = host.plan.clients.find((each) => each.name === body.client)
  if (client?.kind !== 'producer' || world.phase !== 'run') return
  scheduleOffer(world, host, client, body.workload, body.n + 1, [report.event.id])
  if (!world.stoppedClients.includes(client.name)) offerRecord(world, host, report, client, null)
}
