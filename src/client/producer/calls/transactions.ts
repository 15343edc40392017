/** The transactional calls of a producer (clients: KafkaProducer). */
import type { CallResult, ClientCall } from '../../../kafka/calls.ts'
import type { ProducerVolatile } from '../state.ts'
import { maxBlockUs } from '../timeouts.ts'
import {
  enqueue,
  type PendingResult,
  type TransactionCallName,
  type TransactionManager,
  thrownBy,
} from '../transactions/manager.ts'
import { APPLICATION_TIMER, type Calling, type CallRule, RETURNED } from './calling.ts'

const ILLEGAL_STATE: CallResult = { error: ['IllegalStateException'] }

const managerOf = (memory: ProducerVolatile): TransactionManager | null => memory.transactions ?? null

/** Waits for what was begun, at most `max.block.ms`; a later call of the same name goes on waiting. */
function wait(calling: Calling): CallResult | null {
  const { memory, running, config, ctx } = calling
  const pending = memory.transactions?.pending ?? null
  if (pending?.done === true) {
    memory.transactions!.pending = null
    ctx.cancelTimer(APPLICATION_TIMER)
    if (pending.call === 'commitTransaction' || pending.call === 'abortTransaction') tellEnd(calling, pending)
    return pending.error === null ? RETURNED : { error: pending.error }
  }
  const untilUs = running.sinceUs + maxBlockUs(config)
  if (ctx.nowUs >= untilUs) return { error: ['TimeoutException'] }
  ctx.setTimer(APPLICATION_TIMER, untilUs - ctx.nowUs)
  return null
}

/** The application learns how its transaction ended. */
function tellEnd({ memory, config, ctx }: Calling, { call, error }: PendingResult): void {
  const manager = memory.transactions!
  const { current } = manager
  if (current === null) return
  const { name: transaction, producerId, producerEpoch } = current
  const outcome = error !== null ? 'failed' : call === 'commitTransaction' ? 'committed' : 'aborted'
  ctx.fact({
    kind: 'transactionTold',
    client: config.name,
    transaction,
    outcome,
    error: error?.at(-1) ?? 'NONE',
    producerId,
    producerEpoch,
  })
  if (error === null) manager.current = null
}

/** A call that waits: `start` gives what it throws at once, or null when it has begun. */
const waiting = <Call extends ClientCall & { readonly call: TransactionCallName }>(
  start: (calling: Calling<Call>, manager: TransactionManager) => CallResult | null,
): CallRule<Call> => ({
  begin(calling) {
    const manager = managerOf(calling.memory)
    if (manager === null) return ILLEGAL_STATE
    const { pending } = manager
    if (pending !== null && pending.call !== calling.call.call) return ILLEGAL_STATE
    if (pending === null) {
      const thrown = start(calling, manager)
      if (thrown !== null) return thrown
      manager.pending = { call: calling.call.call, done: false, error: null }
    }
    return wait(calling)
  },
  look: wait,
})

type Of<Name extends ClientCall['call']> = Extract<ClientCall, { readonly call: Name }>

export const initializing = waiting<Of<'initTransactions'> & { call: 'initTransactions' }>((_, manager) => {
  if (manager.status !== 'uninitialized') return ILLEGAL_STATE
  manager.status = 'initializing'
  enqueue(manager, { kind: 'init', bumps: false })
  return null
})

export const beginning: CallRule = {
  begin({ state, memory, config, ctx }) {
    const manager = managerOf(memory)
    if (manager === null || manager.pending !== null) return ILLEGAL_STATE
    const thrown = thrownBy(manager, config)
    if (thrown !== null) return { error: thrown }
    if (manager.status !== 'ready') return ILLEGAL_STATE
    manager.status = 'in-transaction'
    const number = state.transactions ?? 0
    state.transactions = number + 1
    const { producerId, producerEpoch } = memory.identity!
    manager.current = { name: `${config.name}/${number}`, producerId, producerEpoch }
    ctx.fact({ kind: 'transactionBegan', client: config.name, transaction: manager.current.name })
    return RETURNED
  },
  look: () => RETURNED,
}

export const committing = waiting<Of<'commitTransaction'> & { call: 'commitTransaction' }>(({ config }, manager) => {
  const thrown = thrownBy(manager, config)
  if (thrown !== null) return { error: thrown }
  if (manager.status !== 'in-transaction') return ILLEGAL_STATE
  manager.status = 'committing'
  enqueue(manager, { kind: 'end', committed: true })
  return null
})

export const aborting = waiting<Of<'abortTransaction'> & { call: 'abortTransaction' }>(({ config }, manager) => {
  const thrown = manager.status === 'abortable-error' ? null : thrownBy(manager, config)
  if (thrown !== null) return { error: thrown }
  if (manager.status !== 'in-transaction' && manager.status !== 'abortable-error') return ILLEGAL_STATE
  abort(manager)
  return null
})

/** TransactionManager.beginAbort: what was not added yet is forgotten; the epoch is bumped afterwards where it must be. */
export function abort(manager: TransactionManager): void {
  const unknownToCoordinator = manager.lastErrorName === 'INVALID_PRODUCER_ID_MAPPING'
  manager.status = 'aborting'
  manager.newPartitions = []
  if (!unknownToCoordinator) enqueue(manager, { kind: 'end', committed: false })
  if (manager.epochBumpRequired) {
    enqueue(manager, { kind: 'init', bumps: true })
    if (unknownToCoordinator) manager.status = 'initializing'
  }
}

export const sendingOffsets = waiting<Of<'sendOffsetsToTransaction'>>(({ call, config }, manager) => {
  const thrown = thrownBy(manager, config)
  if (thrown !== null) return { error: thrown }
  if (manager.status !== 'in-transaction') return ILLEGAL_STATE
  const { group, offsets, member } = call
  // KIP-890 (4.0): the group coordinator adds its partition by itself.
  const direct = config.mechanisms.transactionsBumpEpoch
  if (direct) manager.started = true
  enqueue(manager, { kind: direct ? 'txnOffsetCommit' : 'addOffsets', group, offsets, member })
  return null
})
