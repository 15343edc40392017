/** Telling the application what became of its records: once for each, and never again. */
import type { ErrorName } from '../../kafka/errors.ts'
import type { TopicPartition } from '../../kafka/ids.ts'
import type { ClientContext } from '../links.ts'
import { acksSetting } from '../settings.ts'
import { onSequenceAcknowledged, onSequenceFailed } from './idempotence.ts'
import type { ProducerBatch, ProducerConfig, ProducerVolatile } from './state.ts'
import { onBatchFailed } from './transactions/manager.ts'

export interface Told {
  readonly outcome: 'acked' | 'failed' | 'unknown'
  readonly error: ErrorName
  readonly partition: TopicPartition | null
  /** -1: not told. */
  readonly offset: number
  /** `send` itself threw it; absent: the callback had it. */
  readonly thrown?: true
  /** Classes of the exception, outermost first, where the error does not tell them. */
  readonly exception?: readonly string[]
}

/** Ends one `send`. */
export function tell(
  memory: ProducerVolatile,
  operationId: string,
  told: Told,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  const { application } = memory
  if (application !== null && application.sending === operationId) application.told = true
  ctx.fact({ kind: 'clientTold', operationId, ...told, acks: acksSetting(config.settings) })
  ctx.complete(operationId, { ...told })
}

/** The whole batch is in the leader's log at `baseOffset`; -1 with acks 0, where nobody says so. */
export function succeed(
  memory: ProducerVolatile,
  batch: ProducerBatch,
  baseOffset: number,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  memory.memoryUsed -= batch.limitBytes
  onSequenceAcknowledged(memory, batch, baseOffset)
  const outcome = acksSetting(config.settings) === 0 ? 'unknown' : 'acked'
  for (let i = 0; i < batch.operationIds.length; i++) {
    const offset = baseOffset < 0 ? -1 : baseOffset + i
    tell(memory, batch.operationIds[i]!, { outcome, error: 'NONE', partition: batch.partition, offset }, config, ctx)
  }
}

/**
 * Gives the batch up: definite (failed) only when none of its attempts can have put it into a log. `unused`: no log has
 * taken its sequence.
 */
export function giveUp(
  memory: ProducerVolatile,
  batch: ProducerBatch,
  error: ErrorName,
  config: ProducerConfig,
  ctx: ClientContext,
  unused = false,
): void {
  onBatchFailed(memory, error, config)
  onSequenceFailed(memory, batch, error, unused, config)
  abandon(memory, batch, error, config, ctx)
}

/** Ends a batch that its producer can do nothing for any more: what it stands at is known already (clients: ProducerBatch.abort). */
export function abandon(
  memory: ProducerVolatile,
  batch: ProducerBatch,
  error: ErrorName,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  memory.memoryUsed -= batch.limitBytes
  const outcome = batch.mayBeAppended ? 'unknown' : 'failed'
  if (batch.mayBeAppended) ctx.probe('producer-gives-up-a-batch-that-may-be-in-the-log')
  for (const operationId of batch.operationIds) {
    tell(memory, operationId, { outcome, error, partition: batch.partition, offset: -1 }, config, ctx)
  }
}
