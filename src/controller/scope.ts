/** What every step of a controller works with, and the few things it may do to the course of events. */
import type { Fact } from '../kafka/facts.ts'
import { sessionNode } from '../kafka/ids.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import type { RegistryOp, RegistryResult, ZnodeStat } from '../kafka/messages/registry.ts'
import { CONTROLLER_EPOCH } from '../kafka/znodes.ts'
import { assert } from '../kernel/assert.ts'
import type { Json } from '../kernel/json.ts'
import type { Context } from '../kernel/machine.ts'
import type { ControllerConfig, ControllerVolatile, Office } from './state.ts'
import type { Answer, ControllerEvent, RequestBatch, RunningEvent, Step, StepName, StepNamed } from './step.ts'

export interface Scope {
  readonly state: ControllerVolatile
  readonly ctx: Context<KafkaMessage, Fact>
  readonly config: ControllerConfig
}

/** Handlers of some steps. `answers` are those of the requests that the step continues; empty for a first step. */
export type StepHandlers<Names extends StepName> = {
  readonly [Name in Names]: (scope: Scope, step: StepNamed<Name>, answers: readonly Answer[]) => void
}

export const emptyBatch = (): RequestBatch => ({ leaderAndIsr: {}, updateMetadata: [], stopReplica: {} })

export function enqueue(state: ControllerVolatile, event: ControllerEvent): void {
  if (!state.shuttingDown) state.queue.push(event)
}

/** The event that runs. */
export function running(scope: Scope): RunningEvent {
  assert(scope.state.running !== null, 'a step runs inside an event')
  return scope.state.running
}

/** The office, which steps after the first of an event have: resigning drops the rest of the event. */
export function office(scope: Scope): Office {
  assert(scope.state.office !== null, 'an acting controller has an office')
  return scope.state.office
}

/** Puts steps before the rest of the running event, the first one first. */
export function next(scope: Scope, ...steps: readonly Step[]): void {
  const stack = running(scope).steps
  for (let i = steps.length - 1; i >= 0; i--) stack.push(steps[i]!)
}

/**
 * Drops the rest of the running event, as an exception would: whoever asked for it is told UNKNOWN_SERVER_ERROR
 * (KafkaController answers the callback of a controlled shutdown and of AlterIsr also with a failure).
 */
export function abandon(scope: Scope): void {
  const event = scope.state.running
  if (event === null) return
  for (const step of event.waiting === null ? event.steps : [...event.steps, event.waiting.then]) {
    if (step.do === 'answerControlledShutdown') {
      const { connection, correlationId } = step
      scope.ctx.reply(connection, {
        type: 'ControlledShutdownResponse',
        correlationId,
        error: 'UNKNOWN_SERVER_ERROR',
        remaining: [],
      })
    } else if (step.do === 'alterPartitionWritten') {
      const { correlationId } = step.request
      scope.ctx.reply(step.connection, {
        type: 'AlterPartitionResponse',
        correlationId,
        error: 'UNKNOWN_SERVER_ERROR',
        partitions: {},
      })
    }
  }
  event.steps = []
  event.waiting = null
  event.batch = emptyBatch()
}

/**
 * Whether the registry client sends one request at a time and blocks until its answer (ZkClient) instead of
 * pipelining them (KafkaZkClient, 1.1, KAFKA-5642).
 */
export const blocksOnRegistry = (scope: Scope): boolean => scope.config.mechanisms.expiredSessionRequests === 'retry'

/** Asks the registry and continues with `then` once every request is answered. */
export function ask(scope: Scope, requests: readonly (readonly RegistryOp[])[], then: Step): void {
  if (requests.length === 0) {
    next(scope, then)
    return
  }
  const { state } = scope
  const requestIds = requests.map((_, index) => `controller:${state.nextRequest + index}`)
  state.nextRequest += requests.length
  running(scope).waiting = { then, requests, requestIds, sent: 0, answers: requests.map(() => null) }
  sendAsked(scope)
}

/** Sends what may be sent of the requests that the running event waits for. */
export function sendAsked(scope: Scope): void {
  const waiting = running(scope).waiting
  if (waiting === null) return
  const last = blocksOnRegistry(scope) ? waiting.sent + 1 : waiting.requests.length
  for (; waiting.sent < last && waiting.sent < waiting.requests.length; waiting.sent++) {
    const requestId = waiting.requestIds[waiting.sent]!
    const ops = waiting.requests[waiting.sent]!
    scope.ctx.tell(sessionNode(scope.config.id), { type: 'SessionRequest', requestId, ops })
  }
}

/** A write of a controller: from 2.1 it holds only while `/controller_epoch` is as this controller made it (KAFKA-6082). */
export function fenced(scope: Scope, op: RegistryOp): RegistryOp[] {
  if (!scope.config.mechanisms.controllerWritesFenced) return [op]
  return [{ op: 'check', path: CONTROLLER_EPOCH, version: office(scope).epochVersion }, op]
}

/** The result of the operation that matters in an answer: its last one. */
export function resultOf(answer: Answer | undefined): RegistryResult {
  const result = answer?.results[answer.results.length - 1]
  assert(result !== undefined, 'every registry request is answered')
  return result
}

export const succeeded = (answer: Answer | undefined): boolean => resultOf(answer).error === null

/** Data of a getData; null when there is no such node. */
export function dataOf(answer: Answer | undefined): Json | null {
  const result = resultOf(answer)
  return result.error === null ? (result.data ?? null) : null
}

/** Stat of a getData; null when there is no such node. */
export function statOf(answer: Answer | undefined): ZnodeStat | null {
  const result = resultOf(answer)
  return result.error === null ? (result.stat ?? null) : null
}

/** Names of the children of a getChildren; none when there is no such node. */
export function childrenOf(answer: Answer | undefined): readonly string[] {
  const result = resultOf(answer)
  return result.error === null ? (result.children ?? []) : []
}
