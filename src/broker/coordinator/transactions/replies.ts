/** Answers of the transaction coordinator. */
import type { ErrorName } from '../../../kafka/errors.ts'
import type { TopicPartition } from '../../../kafka/ids.ts'
import { respond } from '../../client-connection.ts'
import type { BrokerContext } from '../../running.ts'
import type { BrokerState } from '../../state.ts'
import type { TransactionCaller } from './state.ts'

const NO_PRODUCER = { producerId: -1, producerEpoch: -1 } as const

/** Answers a call; with NONE the producer is told who it is, where the call tells that. */
export function answerCall(
  state: BrokerState,
  ctx: BrokerContext,
  { call, connection, correlationId, partitions }: TransactionCaller,
  error: ErrorName,
  producer: { readonly producerId: number; readonly producerEpoch: number } = NO_PRODUCER,
): void {
  const { producerId, producerEpoch } = error === 'NONE' ? producer : NO_PRODUCER
  switch (call) {
    case 'init':
      respond(state, ctx, connection, {
        type: 'InitProducerIdResponse',
        correlationId,
        error,
        producerId,
        producerEpoch,
      })
      return
    case 'addPartitions': {
      const answers: Record<TopicPartition, ErrorName> = {}
      for (const name of partitions) answers[name] = error
      respond(state, ctx, connection, { type: 'AddPartitionsToTxnResponse', correlationId, partitions: answers })
      return
    }
    case 'addOffsets':
      respond(state, ctx, connection, { type: 'AddOffsetsToTxnResponse', correlationId, error })
      return
    case 'end':
      respond(state, ctx, connection, { type: 'EndTxnResponse', correlationId, error, producerId, producerEpoch })
      return
  }
}
