/**
 * Administration in KRaft: one request to the active controller, sent again until it is answered. Simplified: a real
 * administrator asks any broker, which passes it on.
 */
import { quorumNode } from '../../kafka/ids.ts'
import type { ControllerAdminResponse } from '../../kafka/messages/quorum.ts'
import type { AdminOperation } from '../../kafka/operations.ts'
import type { ClientContext } from '../links.ts'
import type { AdminConfig, AdminVolatile, ControllerJob } from './state.ts'

export const ADMIN_CHANNEL = 'admin'

const TIMEOUT_PREFIX = 'controller-timeout/'
const RETRY_PREFIX = 'controller-retry/'

/** How long one try waits for its answer before another controller is asked. */
const REQUEST_TIMEOUT_US = 10_000_000
/** AdminClient's retry.backoff.ms. */
const RETRY_US = 100_000

export const isControllerTimer = (name: string): boolean =>
  name.startsWith(TIMEOUT_PREFIX) || name.startsWith(RETRY_PREFIX)

const jobsOf = (memory: AdminVolatile): Record<string, ControllerJob> => {
  memory.controllerJobs ??= {}
  return memory.controllerJobs
}

export function startControllerJob(
  memory: AdminVolatile,
  operation: AdminOperation,
  config: AdminConfig,
  ctx: ClientContext,
): void {
  jobsOf(memory)[operation.operationId] = { request: operation.request, asked: null }
  send(memory, operation.operationId, config, ctx)
}

function send(memory: AdminVolatile, operationId: string, config: AdminConfig, ctx: ClientContext): void {
  const job = jobsOf(memory)[operationId]
  const voters = config.controllers ?? []
  const controller = memory.controller ?? voters[0]
  if (job === undefined || controller === undefined) return
  const correlationId = memory.nextCorrelationId
  memory.nextCorrelationId += 1
  job.asked = { controller, correlationId }
  ctx.setTimer(TIMEOUT_PREFIX + operationId, REQUEST_TIMEOUT_US)
  const { request } = job
  ctx.send(quorumNode(controller), ADMIN_CHANNEL, { type: 'ControllerAdminRequest', correlationId, request })
}

/** The one after the controller that did not help. */
function nextVoter(memory: AdminVolatile, config: AdminConfig, after: number): void {
  const voters = config.controllers ?? []
  const next = voters[(voters.indexOf(after) + 1) % Math.max(1, voters.length)]
  if (next !== undefined) memory.controller = next
}

export function onControllerAnswer(
  memory: AdminVolatile,
  response: ControllerAdminResponse,
  config: AdminConfig,
  ctx: ClientContext,
): void {
  const jobs = jobsOf(memory)
  const operationId = Object.keys(jobs).find((id) => jobs[id]!.asked?.correlationId === response.correlationId)
  const asked = operationId === undefined ? null : jobs[operationId]!.asked
  if (operationId === undefined || asked === null) return
  ctx.cancelTimer(TIMEOUT_PREFIX + operationId)
  if (response.error === 'NOT_CONTROLLER') {
    if (response.leader >= 0) memory.controller = response.leader
    else nextVoter(memory, config, asked.controller)
    again(memory, operationId, ctx)
    return
  }
  delete jobs[operationId]
  const { error, message } = response
  ctx.complete(operationId, message === null ? { error } : { error, message })
}

function again(memory: AdminVolatile, operationId: string, ctx: ClientContext): void {
  const job = jobsOf(memory)[operationId]
  if (job === undefined) return
  job.asked = null
  ctx.setTimer(RETRY_PREFIX + operationId, RETRY_US)
}

/** The connection to a controller broke: what it was asked is asked of the next one. */
export function onControllerBroken(memory: AdminVolatile, peer: string, config: AdminConfig, ctx: ClientContext): void {
  const jobs = jobsOf(memory)
  for (const operationId of Object.keys(jobs).sort()) {
    const { asked } = jobs[operationId]!
    if (asked === null || quorumNode(asked.controller) !== peer) continue
    ctx.cancelTimer(TIMEOUT_PREFIX + operationId)
    nextVoter(memory, config, asked.controller)
    again(memory, operationId, ctx)
  }
}

export function onControllerTimer(memory: AdminVolatile, name: string, config: AdminConfig, ctx: ClientContext): void {
  const isRetry = name.startsWith(RETRY_PREFIX)
  const operationId = name.slice((isRetry ? RETRY_PREFIX : TIMEOUT_PREFIX).length)
  if (isRetry) {
    send(memory, operationId, config, ctx)
    return
  }
  const asked = jobsOf(memory)[operationId]?.asked ?? null
  if (asked === null) return
  ctx.close(quorumNode(asked.controller), ADMIN_CHANNEL)
  nextVoter(memory, config, asked.controller)
  again(memory, operationId, ctx)
}
