/** The one transition. Every driver moves the world through it, by one event at a time. */

import { quorumNode } from '../kafka/ids.ts'
import { unreachable } from '../kernel/assert.ts'
import { answerWithReset, arrived, finishDisconnect, releaseHeld } from './connections.ts'
import type { StepReport } from './context.ts'
import { disarm, emptyReport } from './context.ts'
import { controllersOf } from './controllers.ts'
import { mendDisks } from './disk-faults.ts'
import { waitsForDisk } from './disk-time.ts'
import { perform } from './faults.ts'
import type { Host } from './host.ts'
import { enterCompleted, enterFact } from './ledger.ts'
import { putBack, schedule, takeOut } from './pending.ts'
import { onTopicsLook } from './plan-topics.ts'
import {
  endProcess,
  launchProcess,
  listens,
  recoveryUs,
  resumeProcess,
  scanFirst,
  startAgain,
  startProcess,
  stepNode,
  superviseProcess,
} from './processes.ts'
import { isQuiet } from './quiet.ts'
import { continueLoop } from './step-requests.ts'
import { armStep, fireStep, judgeSteps, onDeadline } from './steps.ts'
import { onOffer } from './workload.ts'
import type { PendingEvent, Process, World } from './world.ts'

/** Keeps an event for a paused process, or for a disk that is stalled or slow; true when it was kept. */
function deferred(world: World, host: Host, process: Process, event: PendingEvent): boolean {
  if (process.state !== 'paused') return process.disk !== undefined && waitsForDisk(world, host, process, event)
  putBack(world, event)
  process.deferred.push(event.id)
  return true
}

/** How long between two looks whether a settling cluster is quiet, in us. */
const SETTLE_LOOK_US = 1_000_000

function settle(world: World, host: Host, report: StepReport): void {
  world.phase = 'settle'
  if (host.plan.healAtEnd) {
    world.faults = []
    for (const { id } of host.plan.brokers) mendDisks(world, host, report, `broker-${id}`)
    releaseHeld(world, host, report)
    for (const broker of host.plan.brokers) {
      const id = `broker-${broker.id}`
      resumeProcess(world, host, report, id)
      launchProcess(world, host, report, id, broker.startupUs)
      // A broker on its way down comes back, too, once it has gone.
      superviseProcess(world, id)
      perform(world, host, report, { do: 'lagFollower', target: { role: 'broker', id: broker.id }, byUs: 0 })
    }
    resumeProcess(world, host, report, 'registry')
    for (const controller of controllersOf(host.plan)) {
      resumeProcess(world, host, report, quorumNode(controller.id))
      launchProcess(world, host, report, quorumNode(controller.id), 0)
    }
  }
  schedulePhase(world, host, report, 'settle-check', SETTLE_LOOK_US)
  schedulePhase(world, host, report, 'end', host.plan.settleUs)
}

function schedulePhase(
  world: World,
  host: Host,
  report: StepReport,
  phase: 'settle-check' | 'end',
  afterUs: number,
): void {
  schedule(world, host, {
    atUs: world.nowUs + afterUs,
    cause: [report.event.id],
    entity: `phase/${phase}`,
    count: 0,
    rule: 'settling',
    body: { kind: 'phase', phase },
  })
}

function onPhase(world: World, host: Host, report: StepReport, phase: 'settle' | 'settle-check' | 'end'): void {
  if (phase === 'settle') settle(world, host, report)
  else if (phase === 'end') world.phase = 'end'
  else if (world.phase === 'settle') {
    world.quietLooks = isQuiet(world) ? world.quietLooks + 1 : 0
    schedulePhase(world, host, report, 'settle-check', SETTLE_LOOK_US)
  }
}

function dispatch(world: World, host: Host, report: StepReport, event: PendingEvent): void {
  const { body } = event
  switch (body.kind) {
    case 'start': {
      const process = world.processes[body.process]
      if (process?.life !== body.life || process.state !== 'down') return
      const scanUs = body.scanned === true ? 0 : recoveryUs(world, host, process)
      if (scanUs > 0) scanFirst(world, host, report, process, scanUs)
      else startProcess(world, host, report, process)
      return
    }
    case 'deliver': {
      const slot = world.nodes[body.to]
      const process = world.processes[slot?.process ?? '']
      const connection = world.connections[body.connection]
      if (slot === undefined || process === undefined || process.state === 'down') {
        arrived(connection, event.id)
        answerWithReset(world, host, report, connection, body.from, 'refused')
        return
      }
      if (deferred(world, host, process, event)) return
      arrived(connection, event.id)
      if (connection?.server === body.to && !listens(slot)) {
        answerWithReset(world, host, report, connection, body.from, 'refused')
        return
      }
      if (connection?.gone === body.to) {
        answerWithReset(world, host, report, connection, body.from, 'reset')
        return
      }
      stepNode(world, host, report, slot, process, {
        kind: 'message',
        from: body.from,
        connection: body.connection,
        message: body.message,
      })
      return
    }
    case 'local': {
      const slot = world.nodes[body.to]
      const process = world.processes[slot?.process ?? '']
      if (slot === undefined || process?.life !== body.life || deferred(world, host, process, event)) return
      stepNode(world, host, report, slot, process, { kind: 'local', from: body.from, message: body.message })
      return
    }
    case 'timer': {
      const slot = world.nodes[body.node]
      const process = world.processes[slot?.process ?? '']
      if (slot === undefined || process?.life !== body.life || deferred(world, host, process, event)) return
      const { timers } = slot
      const at = timers.findIndex(({ place }) => place === event.place)
      if (at >= 0 && timers[at]!.name === body.name) disarm(timers, at)
      stepNode(world, host, report, slot, process, { kind: 'timer', name: body.name, data: body.data })
      return
    }
    case 'disconnect': {
      const slot = world.nodes[body.to]
      const process = world.processes[slot?.process ?? '']
      if (slot === undefined || process?.life !== body.life || deferred(world, host, process, event)) return
      finishDisconnect(world, host, body.connection)
      stepNode(world, host, report, slot, process, {
        kind: 'disconnected',
        peer: body.peer,
        channel: body.channel,
        connection: body.connection,
        reason: body.reason,
      })
      return
    }
    case 'operation': {
      const slot = world.nodes[body.to]
      const process = world.processes[slot?.process ?? '']
      if (slot === undefined || process === undefined || process.state === 'down') return
      if (deferred(world, host, process, event)) return
      stepNode(world, host, report, slot, process, { kind: 'operation', operation: body.operation })
      return
    }
    case 'stop': {
      const process = world.processes[body.process]
      if (process?.life !== body.life || deferred(world, host, process, event)) return
      const slot = world.nodes[process.nodes.at(-1) ?? '']
      if (slot !== undefined) stepNode(world, host, report, slot, process, { kind: 'stop' })
      return
    }
    case 'topics':
      onTopicsLook(world, host, event.id)
      return
    case 'offer':
      onOffer(world, host, report, body)
      return
    case 'arm':
      armStep(world, host, report, body.step)
      return
    case 'step':
      fireStep(world, host, report, body.step)
      return
    case 'deadline':
      onDeadline(world, body.step)
      return
    case 'action':
      perform(world, host, report, body.action)
      return
    case 'phase':
      onPhase(world, host, report, body.phase)
      return
    default:
      unreachable(body)
  }
}

/** Moves the world by one event, which is taken out of `pending`. Says what it did. */
export function apply(world: World, event: PendingEvent, host: Host): StepReport {
  const report = emptyReport(event)
  takeOut(world, event.place)
  world.nowUs = event.atUs
  dispatch(world, host, report, event)
  for (const { operationId, outcome } of report.completed) {
    enterCompleted(world, operationId, outcome)
    continueLoop(world, host, report, operationId, outcome)
  }
  for (const fact of report.facts) enterFact(world, fact)
  for (const { process, code } of report.exits) {
    endProcess(world, host, report, process, code)
    startAgain(world, host, report, process)
  }
  for (const probe of report.probes) {
    const key = `probe/${probe}`
    world.ledger.counts[key] = (world.ledger.counts[key] ?? 0) + 1
  }
  judgeSteps(world, host, report)
  world.index += 1
  return report
}
