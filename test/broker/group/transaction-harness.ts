/** A coordinator that has one transactional id, in a state that a test gives it. */
import type { TransactionalId, TransactionStatus } from '../../../src/broker/coordinator/transactions/transaction.ts'
import type { KafkaMessage } from '../../../src/kafka/messages/message.ts'
import { Coordinator, TRANSACTIONS } from './group-harness.ts'

export const PRODUCER = 7
export const EPOCH = 5

export interface Given {
  readonly status: TransactionStatus
  /** The state that is being written. */
  readonly pending?: TransactionStatus
}

/** Answers to what its producer, or one that says it is, asks. */
export function told(
  kafka: string,
  { status, pending }: Given,
  request: Parameters<Coordinator['ask']>[0],
): KafkaMessage | undefined {
  const c = new Coordinator(kafka, { 'transaction.state.log.num.partitions': 1 })
  c.lead(0, 1, TRANSACTIONS)
  c.broker.wait(20)
  const { metadata } = c.broker.state.volatile!
  metadata.partitions['t-0'] = {
    leader: 1,
    leaderEpoch: 0,
    isr: [1],
    replicas: [1],
    controllerEpoch: 1,
    partitionEpoch: 0,
  }
  const id: TransactionalId = {
    transactionalId: 'shop',
    metadata: {
      producerId: PRODUCER,
      producerEpoch: EPOCH,
      lastProducerEpoch: -1,
      timeoutMs: 60_000,
      status,
      partitions: ['t-0'],
      startMs: 0,
      lastUpdateMs: 0,
      nextProducerId: -1,
      bumpsEpoch: false,
    },
    pending: pending ?? null,
    hasFailedEpochFence: false,
    unmarked: null,
  }
  c.broker.state.volatile!.coordination!.partitions[TRANSACTIONS]!.transactions = { shop: id }
  const asked = { transactionalId: 'shop', producerId: PRODUCER, producerEpoch: EPOCH, ...request }
  return c.answer(c.ask(asked))
}
