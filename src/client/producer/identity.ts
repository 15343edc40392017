/** Who a producer is to the logs it writes to, and how far it has come in each (KIP-98, 0.11). */
import type { TopicPartition } from '../../kafka/ids.ts'
import type { ProduceRequest } from '../../kafka/messages/data.ts'
import type { BatchProducer } from '../../kafka/records.ts'
import type { ProducerBatch, ProducerVolatile } from './state.ts'

export interface ProducerIdentity {
  /** -1: it has none yet, and sends nothing. */
  producerId: number
  producerEpoch: number
  /** The next sequence by partition; absent: 0. */
  sequences: Record<TopicPartition, number>
}

export const noIdentity = (): ProducerIdentity => ({ producerId: -1, producerEpoch: -1, sequences: {} })

const LARGEST_SEQUENCE = 2_147_483_647

/** The sequence `by` after another; 2147483647 is followed by 0. */
const after = (sequence: number, by: number): number =>
  sequence > LARGEST_SEQUENCE - by ? sequence - LARGEST_SEQUENCE + by - 1 : sequence + by

/** Gives a batch its id, epoch and sequence when it is first sent; it keeps them however often it is sent again. */
export function stampBatch(memory: ProducerVolatile, batch: ProducerBatch): void {
  const { identity } = memory
  if (identity === undefined || batch.producer !== undefined) return
  const baseSequence = identity.sequences[batch.partition] ?? 0
  identity.sequences[batch.partition] = after(baseSequence, batch.records.length)
  batch.producer = {
    id: identity.producerId,
    epoch: identity.producerEpoch,
    baseSequence,
    transactional: memory.transactions !== undefined,
  }
}

/** What a request says of its batches' producer; nothing where no batch has one. */
export function producersOf(
  memory: ProducerVolatile,
  batches: readonly ProducerBatch[],
): Pick<ProduceRequest, 'producers' | 'transactionalId'> {
  const producers: Record<TopicPartition, BatchProducer> = {}
  for (const { partition, producer } of batches) if (producer !== undefined) producers[partition] = producer
  if (Object.keys(producers).length === 0) return {}
  return memory.transactions === undefined
    ? { producers }
    : { producers, transactionalId: memory.transactions.transactionalId }
}

/** Goes on as another producer, or at another epoch: every partition begins at sequence 0 again. */
export function becomeProducer(identity: ProducerIdentity, producerId: number, producerEpoch: number): void {
  identity.producerId = producerId
  identity.producerEpoch = producerEpoch
  identity.sequences = {}
}
