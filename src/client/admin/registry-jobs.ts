/** Administration by way of the registry: one request at a time, sent again until it is answered. */
import { REGISTRY_NODE } from '../../kafka/ids.ts'
import type { RegistryOp, RegistryResponse } from '../../kafka/messages/registry.ts'
import type { AdminOperation, AdminRequest } from '../../kafka/operations.ts'
import { unreachable } from '../../kernel/assert.ts'
import type { ClientContext } from '../links.ts'
import { deleteControllerNode, electLeader, reassign } from './cluster-changes.ts'
import type { Next, StepGiven } from './job-step.ts'
import type { AdminConfig, AdminVolatile, Job } from './state.ts'
import { addPartitions, alterTopicConfig, createTopic, deleteTopic } from './topic-changes.ts'

export const REGISTRY_CHANNEL = 'registry'

const TIMEOUT_PREFIX = 'registry-timeout/'
const RETRY_PREFIX = 'registry-retry/'

/** How long one registry request waits for its answer before the connection is given up. */
const REQUEST_TIMEOUT_US = 10_000_000
/** Pause before a request whose connection broke is sent again. */
const RETRY_US = 100_000

function nextOf(request: AdminRequest, given: StepGiven): Next {
  switch (request.admin) {
    case 'createTopic':
      return createTopic(request, given)
    case 'addPartitions':
      return addPartitions(request, given)
    case 'deleteTopic':
      return deleteTopic(request, given)
    case 'alterTopicConfig':
      return alterTopicConfig(request, given)
    case 'reassign':
      return reassign(request, given)
    case 'electLeader':
      return electLeader(request, given)
    case 'deleteControllerNode':
      return deleteControllerNode(given)
    default:
      return unreachable(request)
  }
}

export function startJob(
  memory: AdminVolatile,
  operation: AdminOperation,
  config: AdminConfig,
  ctx: ClientContext,
): void {
  const { operationId, request } = operation
  const job: Job = { request, stage: 0, memo: null, ops: [], xid: -1, retried: false }
  memory.jobs[operationId] = job
  advance(memory, operationId, job, nextOf(request, stepOf(job, null, config, ctx)), ctx)
}

const stepOf = (job: Job, response: RegistryResponse | null, config: AdminConfig, ctx: ClientContext): StepGiven => ({
  stage: job.stage,
  memo: job.memo,
  result: response?.results[0] ?? null,
  retried: job.retried,
  brokers: config.brokers,
  random: (stream) => ctx.random(stream),
})

function advance(memory: AdminVolatile, operationId: string, job: Job, next: Next, ctx: ClientContext): void {
  if ('done' in next) {
    delete memory.jobs[operationId]
    ctx.complete(operationId, next.done)
    return
  }
  job.stage = next.stage
  job.memo = next.memo ?? job.memo
  job.retried = false
  send(memory, operationId, job, [next.ask], ctx)
}

function send(
  memory: AdminVolatile,
  operationId: string,
  job: Job,
  ops: readonly RegistryOp[],
  ctx: ClientContext,
): void {
  delete memory.byXid[job.xid]
  job.ops = ops
  job.xid = memory.nextXid
  memory.nextXid += 1
  memory.byXid[job.xid] = operationId
  ctx.setTimer(TIMEOUT_PREFIX + operationId, REQUEST_TIMEOUT_US)
  ctx.send(REGISTRY_NODE, REGISTRY_CHANNEL, { type: 'RegistryRequest', xid: job.xid, sessionId: 0, ops })
}

export function onRegistryResponse(
  memory: AdminVolatile,
  response: RegistryResponse,
  config: AdminConfig,
  ctx: ClientContext,
): void {
  const operationId = memory.byXid[response.xid]
  const job = operationId === undefined ? undefined : memory.jobs[operationId]
  if (operationId === undefined || job === undefined) return
  delete memory.byXid[response.xid]
  ctx.cancelTimer(TIMEOUT_PREFIX + operationId)
  advance(memory, operationId, job, nextOf(job.request, stepOf(job, response, config, ctx)), ctx)
}

/** The connection to the registry is gone: every request under way is sent again after a pause. */
export function onRegistryBroken(memory: AdminVolatile, ctx: ClientContext): void {
  for (const operationId of Object.keys(memory.jobs).sort()) {
    const job = memory.jobs[operationId]!
    delete memory.byXid[job.xid]
    ctx.cancelTimer(TIMEOUT_PREFIX + operationId)
    ctx.setTimer(RETRY_PREFIX + operationId, RETRY_US)
  }
}

/** Handles a timer of a job; false when it is none. */
export function onRegistryTimer(memory: AdminVolatile, name: string, ctx: ClientContext): boolean {
  if (name.startsWith(TIMEOUT_PREFIX)) {
    ctx.probe('registry-does-not-answer-the-administrator')
    ctx.close(REGISTRY_NODE, REGISTRY_CHANNEL)
    onRegistryBroken(memory, ctx)
    return true
  }
  if (!name.startsWith(RETRY_PREFIX)) return false
  const operationId = name.slice(RETRY_PREFIX.length)
  const job = memory.jobs[operationId]
  if (job !== undefined) {
    job.retried = true
    send(memory, operationId, job, job.ops, ctx)
  }
  return true
}
