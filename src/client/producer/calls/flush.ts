/** `flush` and `close`: waiting until every batch made so far has its result. */
import type { ClientCall } from '../../../kafka/calls.ts'
import { brokerNode } from '../../../kafka/ids.ts'
import { CLIENT_CHANNEL, linkedBrokers } from '../../links.ts'
import { WAKE_TIMER } from '../../wake.ts'
import type { ProducerVolatile } from '../state.ts'
import type { Calling, CallRule } from './calling.ts'
import { RETURNED } from './calling.ts'

/** Whether a batch older than `beforeId` waits or is in flight. */
function hasBatches(memory: ProducerVolatile, beforeId: number): boolean {
  for (const id of Object.keys(memory.inFlight)) if (Number(id) < beforeId) return true
  for (const name of Object.keys(memory.queues)) {
    const { batches } = memory.queues[name]!
    for (let at = batches.head; at < batches.tail; at++) if (batches.items[at]!.id < beforeId) return true
  }
  return false
}

function begin({ memory, application, running }: Calling): boolean {
  running.data = memory.nextBatchId
  application.flushing = true
  return !hasBatches(memory, memory.nextBatchId)
}

function isOver({ memory, application, running }: Calling): boolean {
  const over = !hasBatches(memory, running.data as number)
  if (over) application.flushing = false
  return over
}

export const flushing: CallRule<Extract<ClientCall, { call: 'flush' }>> = {
  begin: (calling) => (begin(calling) ? RETURNED : null),
  look: (calling) => (isOver(calling) ? RETURNED : null),
}

function close({ memory, application, ctx }: Calling): void {
  for (const broker of linkedBrokers(memory.links)) {
    if (memory.links.byBroker[broker]?.phase !== 'closed') ctx.close(brokerNode(broker), CLIENT_CHANNEL)
  }
  ctx.cancelTimer(WAKE_TIMER)
  application.closed = true
}

function closeWhen(over: boolean, calling: Calling): typeof RETURNED | null {
  if (!over) return null
  close(calling)
  return RETURNED
}

export const closing: CallRule<Extract<ClientCall, { call: 'close' }>> = {
  begin: (calling) => closeWhen(begin(calling), calling),
  look: (calling) => closeWhen(isOver(calling), calling),
}
