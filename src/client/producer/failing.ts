/** Batches that are given up because their producer can send no more (clients: RecordAccumulator.abortBatches, abortUndrainedBatches). */
import type { ErrorName } from '../../kafka/errors.ts'
import { peekFront, popFront } from '../deque.ts'
import type { ClientContext } from '../links.ts'
import { abandon } from './outcome.ts'
import type { ProducerConfig, ProducerVolatile } from './state.ts'

/** What was never sent fails; what was sent once is sent until its fate is known: it may be in the log. */
export function failUnsent(
  memory: ProducerVolatile,
  error: ErrorName,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  failQueued(memory, error, (isSent) => !isSent, config, ctx)
}

/** Everything fails, also what is on its way, whose fate nobody will learn. */
export function failAll(memory: ProducerVolatile, error: ErrorName, config: ProducerConfig, ctx: ClientContext): void {
  failQueued(memory, error, () => true, config, ctx)
  for (const id of Object.keys(memory.inFlight)) {
    const batch = memory.inFlight[id]!
    delete memory.inFlight[id]
    batch.mayBeAppended = true
    abandon(memory, batch, error, config, ctx)
  }
}

function failQueued(
  memory: ProducerVolatile,
  error: ErrorName,
  fails: (isSent: boolean) => boolean,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  for (const name of Object.keys(memory.queues).sort()) {
    const { batches } = memory.queues[name]!
    for (let first = peekFront(batches); first !== null; first = peekFront(batches)) {
      if (!fails(first.producer !== undefined)) break
      popFront(batches)
      abandon(memory, first, error, config, ctx)
    }
  }
}
