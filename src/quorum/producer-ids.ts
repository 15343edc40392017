/** Blocks of producer ids for brokers (KIP-730, 3.0): each is given out once, when it is in the committed log. */
import { type AllocateProducerIdsRequest, PRODUCER_ID_BLOCK } from '../kafka/messages/producer-id.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { answerWhenCommitted, append } from './metadata-writer.ts'
import { type Given, imageOf } from './state.ts'

export function onAllocateProducerIds(
  given: Given,
  { correlationId, broker }: AllocateProducerIdsRequest,
  connection: ConnectionId,
): void {
  const start = imageOf(given.state).nextProducerId ?? 0
  append(given, [{ type: 'ProducerIds', broker, nextProducerId: start + PRODUCER_ID_BLOCK }])
  answerWhenCommitted(given, connection, { type: 'AllocateProducerIdsResponse', correlationId, error: 'NONE', start })
}
