/** `send`: from the application to a batch, or to the queue of those that wait. */
import { topicPartition } from '../../kafka/ids.ts'
import type { SendOperation } from '../../kafka/operations.ts'
import { dequeSize, pushBack } from '../deque.ts'
import type { ClientContext } from '../links.ts'
import { append, isKnown, isTooLarge } from './accumulator.ts'
import { wantTopic } from './metadata.ts'
import { tell } from './outcome.ts'
import type { ProducerConfig, ProducerVolatile } from './state.ts'
import { maxBlockUs } from './timeouts.ts'
import { onSendRefused, sendThrows } from './transactions/manager.ts'

/**
 * The application calls `send`. It blocks in a queue here, never in the caller: the world offers records regardless.
 * True when the sender has something to look at.
 */
export function send(
  memory: ProducerVolatile,
  operation: SendOperation,
  config: ProducerConfig,
  ctx: ClientContext,
): boolean {
  const { topic, operationId } = operation
  const thrown = sendThrows(memory)
  if (thrown !== null) {
    if (memory.application !== null) memory.application.thrown = thrown
    tell(
      memory,
      operationId,
      { outcome: 'failed', error: 'INVALID_TXN_STATE', partition: null, offset: -1 },
      config,
      ctx,
    )
    return false
  }
  if (isTooLarge(operation.record, config)) {
    const partition = operation.partition === null ? null : topicPartition(topic, operation.partition)
    onSendRefused(memory, 'MESSAGE_TOO_LARGE', config)
    tell(memory, operationId, { outcome: 'failed', error: 'MESSAGE_TOO_LARGE', partition, offset: -1 }, config, ctx)
    return false
  }
  const untilUs = ctx.nowUs + maxBlockUs(config)
  if (!isKnown(memory, operation)) {
    wantTopic(memory, topic)
    pushBack(memory.waitingForMetadata, { operation, partition: null, untilUs })
    return true
  }
  // A send that finds others blocked for memory goes behind them: one application thread sends in order.
  if (dequeSize(memory.waitingForMemory) > 0) {
    pushBack(memory.waitingForMemory, { operation, partition: null, untilUs })
    return false
  }
  const { result, partition } = append(memory, operation, null, config, ctx)
  if (result === 'no-memory') {
    ctx.probe('buffer-memory-exhausted')
    pushBack(memory.waitingForMemory, { operation, partition, untilUs })
  }
  return result !== 'quiet'
}

/** `send` throws: the topic has no such partition. */
export function refusePartition(
  memory: ProducerVolatile,
  operation: SendOperation,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  const { operationId, topic, partition } = operation
  if (memory.application?.sending === operationId) memory.application.thrown = ['KafkaException']
  const name = partition === null ? null : topicPartition(topic, partition)
  const told = { outcome: 'failed' as const, error: 'InvalidPartitionError' as const, partition: name, offset: -1 }
  tell(memory, operationId, { ...told, thrown: true }, config, ctx)
}
