/**
 * What the application learns. Of an asynchronous send nothing, once it has returned: there is no callback. Its record counts
 * as unknown, whatever became of it.
 */
import type { TopicPartition } from '../../../kafka/ids.ts'
import type { SendOperation } from '../../../kafka/operations.ts'
import type { ClientContext } from '../../links.ts'
import { acksSetting } from '../../settings.ts'
import type { Told } from '../outcome.ts'
import type { ProducerConfig } from '../state.ts'

export const isAsync = (config: ProducerConfig): boolean => config.settings['producer.type'] === 'async'

function tell(operationId: string, told: Told, config: ProducerConfig, ctx: ClientContext): void {
  ctx.fact({ kind: 'clientTold', operationId, ...told, acks: acksSetting(config.settings) })
  ctx.complete(operationId, { ...told })
}

/** `send` has returned, with the record in the queue. */
export const enqueued = ({ operationId }: SendOperation, config: ProducerConfig, ctx: ClientContext): void =>
  tell(operationId, { outcome: 'unknown', error: 'NONE', partition: null, offset: -1 }, config, ctx)

/** QueueFullException: the record was never the producer's. */
export const refused = ({ operationId }: SendOperation, config: ProducerConfig, ctx: ClientContext): void =>
  tell(
    operationId,
    {
      outcome: 'failed',
      error: 'BufferExhaustedError',
      partition: null,
      offset: -1,
      thrown: true,
      exception: ['QueueFullException'],
    },
    config,
    ctx,
  )

export function succeed(
  { operationId }: SendOperation,
  placed: { readonly partition: TopicPartition; readonly offset: number } | null,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  if (isAsync(config)) return
  const { partition, offset } = placed ?? { partition: null, offset: -1 }
  tell(operationId, { outcome: placed === null ? 'unknown' : 'acked', error: 'NONE', partition, offset }, config, ctx)
}

/** FailedToSendMessageException: thrown to whoever sent synchronously, and only logged by the sending thread. */
export function giveUp(
  sends: readonly SendOperation[],
  mayBeAppended: boolean,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  if (isAsync(config)) {
    ctx.fact({ kind: 'recordsGivenUp', client: config.name, count: sends.length })
    return
  }
  const outcome = mayBeAppended ? 'unknown' : 'failed'
  const exception = ['FailedToSendMessageException']
  for (const { operationId } of sends) {
    tell(
      operationId,
      { outcome, error: 'ConnectionError', partition: null, offset: -1, thrown: true, exception },
      config,
      ctx,
    )
  }
}
