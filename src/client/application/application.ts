/**
 * An application between a consumer and its producers, in their process: it reads, transforms and produces, and has the
 * offsets of its input committed in the transactions of its output. One thread, one call after another.
 */
import type { CallResult } from '../../kafka/calls.ts'
import type { Fact } from '../../kafka/facts.ts'
import type { KafkaMessage } from '../../kafka/messages/message.ts'
import type { Operation } from '../../kafka/operations.ts'
import type { Input, Machine } from '../../kernel/machine.ts'
import type { ClientContext } from '../links.ts'
import { callFor, clientFor } from './calls.ts'
import { beginning, committing, onError, onSuccess } from './returns.ts'
import type { ApplicationConfig, ApplicationState, ApplicationVolatile, Job } from './state.ts'
import { newVolatile } from './state.ts'

const REST_TIMER = 'rest'

/** What is to be done when nothing is left: commit what is due, and poll. */
function nextJobs(memory: ApplicationVolatile, config: ApplicationConfig, nowUs: number): Job[] {
  const { commitEveryUs } = config.transforms
  const due = Object.keys(memory.open).filter(
    (producer) => memory.stopping !== null || memory.open[producer]!.sinceUs + commitEveryUs <= nowUs,
  )
  if (due.length > 0) return due.flatMap((producer) => committing(producer, config))
  if (memory.stopping === null) return [{ do: 'poll' }]
  return [...memory.initialized.map((producer): Job => ({ do: 'closeProducer', producer })), { do: 'closeConsumer' }]
}

/** Does what it has to do until it waits for something. */
function run(memory: ApplicationVolatile, config: ApplicationConfig, ctx: ClientContext): void {
  while (memory.out === null && memory.restsUntilUs === null) {
    if (memory.jobs.length === 0) memory.jobs = nextJobs(memory, config, ctx.nowUs)
    const job = memory.jobs.shift()!
    if (job.do === 'rest') {
      memory.restsUntilUs = ctx.nowUs + job.forUs
      ctx.setTimer(REST_TIMER, job.forUs)
      return
    }
    const id = `${config.name}/application-${memory.calls}`
    memory.calls += 1
    memory.out = { id, job }
    ctx.tell(clientFor(job, config), { type: 'ApplicationCall', id, call: callFor(memory, job, config, ctx.nowUs) })
  }
}

/** True: it was the last call, its consumer is closed. */
function onReturned(
  memory: ApplicationVolatile,
  id: string,
  result: CallResult,
  config: ApplicationConfig,
  ctx: ClientContext,
): boolean {
  const { out } = memory
  if (out?.id !== id) return false
  memory.out = null
  if (out.job.do === 'closeConsumer') return true
  if (result.error === 'NONE') onSuccess(memory, out.job, result, config, ctx)
  else onError(memory, out.job, result.error, config, ctx)
  return false
}

function begin(state: ApplicationState, config: ApplicationConfig): void {
  state.volatile = { ...newVolatile(), jobs: beginning(config) }
}

/** The plan starts or stops it; a stop is answered when it has closed its clients. */
function onControl(state: ApplicationState, operation: Operation, config: ApplicationConfig, ctx: ClientContext): void {
  const stops = operation.kind === 'control' && operation.control === 'stop'
  if (stops && state.volatile !== null) {
    state.volatile.stopping = operation.operationId
    return
  }
  if (!stops && state.volatile === null) begin(state, config)
  ctx.complete(operation.operationId, { error: 'NONE' })
}

function step(
  state: ApplicationState,
  input: Input<KafkaMessage, Operation>,
  ctx: ClientContext,
  config: ApplicationConfig,
): void {
  if (input.kind === 'start') begin(state, config)
  if (input.kind === 'operation') onControl(state, input.operation, config, ctx)
  const memory = state.volatile
  if (memory === null) return
  if (input.kind === 'timer') memory.restsUntilUs = null
  if (input.kind === 'local' && input.message.type === 'CallReturned') {
    const { id, result } = input.message
    if (onReturned(memory, id, result, config, ctx)) {
      if (memory.stopping !== null) ctx.complete(memory.stopping, { error: 'NONE' })
      state.volatile = null
      return
    }
  }
  run(memory, config, ctx)
}

export const applicationMachine: Machine<ApplicationState, ApplicationConfig, KafkaMessage, Operation, Fact> = {
  init: () => ({ volatile: null }),
  step,
  kill: (state) => {
    state.volatile = null
  },
}
