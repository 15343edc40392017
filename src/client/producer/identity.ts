/** Who a producer is to the logs it writes to, and how far it has come in each (KIP-98, 0.11). */
import type { ErrorName } from '../../kafka/errors.ts'
import type { TopicPartition } from '../../kafka/ids.ts'
import type { ProduceRequest } from '../../kafka/messages/data.ts'
import { isMutant } from '../../kafka/mutants.ts'
import type { BatchProducer } from '../../kafka/records.ts'
import type { ProducerBatch, ProducerConfig, ProducerVolatile } from './state.ts'

export interface ProducerIdentity {
  /** -1: it has none yet, and sends nothing. */
  producerId: number
  producerEpoch: number
  /** The next sequence by partition; absent: 0. */
  sequences: Record<TopicPartition, number>
  /** The last acknowledged sequence by partition; absent: none since the sequences began. */
  acknowledged: Record<TopicPartition, number>
  /** Offset of the last acknowledged record by partition; absent: none. */
  acknowledgedOffsets: Record<TopicPartition, number>
  /** Partitions with a batch that was given up after it had been sent, sorted: whether the log has it is not known. */
  unresolved: TopicPartition[]
  /** Partitions that begin again at sequence 0 with the next epoch (KIP-360, 2.5), sorted. */
  restarting: TopicPartition[]
  /** Partitions with batches of the epoch before, which go on under it until these are done. */
  former: Record<TopicPartition, { readonly producerId: number; readonly producerEpoch: number }>
  /** A request for an id is on its way. */
  asking: boolean
  /** After a refused request: when to ask again. */
  askAgainUs: number
  /** It was told that it is fenced, and sends nothing more; absent: it was not. */
  fatal?: ErrorName
}

export const noIdentity = (): ProducerIdentity => ({
  producerId: -1,
  producerEpoch: -1,
  sequences: {},
  acknowledged: {},
  acknowledgedOffsets: {},
  unresolved: [],
  restarting: [],
  former: {},
  asking: false,
  askAgainUs: 0,
})

const LARGEST_SEQUENCE = 2_147_483_647

/** The sequence `by` after another; 2147483647 is followed by 0. */
export const sequenceAfter = (sequence: number, by: number): number =>
  sequence > LARGEST_SEQUENCE - by ? sequence - LARGEST_SEQUENCE + by - 1 : sequence + by

/** Gives a batch its id, epoch and sequence when it is first sent; it keeps them however often it is sent again. */
export function stampBatch(memory: ProducerVolatile, batch: ProducerBatch, config: ProducerConfig): void {
  const { identity } = memory
  if (identity === undefined || batch.producer !== undefined) return
  const { producerId, producerEpoch } = identity.former[batch.partition] ?? identity
  const baseSequence = identity.sequences[batch.partition] ?? 0
  identity.sequences[batch.partition] = sequenceAfter(baseSequence, batch.records.length)
  batch.producer = {
    id: producerId,
    epoch: producerEpoch,
    baseSequence,
    transactional: memory.transactions !== undefined && !isMutant(config, 'results-outside-the-transaction'),
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
  identity.acknowledged = {}
  identity.acknowledgedOffsets = {}
  identity.unresolved = []
  identity.restarting = []
  identity.former = {}
}
