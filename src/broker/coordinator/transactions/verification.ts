/**
 * KIP-890: before a leader takes the first batch of a producer's transaction it asks the coordinator. From 3.6 whether
 * the partition is in the transaction (part 1); from 4.0 it has it added, so that producers need not (part 2).
 *
 * 1. A batch of a transaction is delayed on its way. 2. The transaction is aborted, and its marker written. 3. The batch
 * arrives with the epoch that is still the present one, and would open a transaction that nobody ends. The guard that
 * was set up with the question is gone when a marker came meanwhile, so that an old answer lets nothing in
 * (scenarios/transactions/hanging-transaction.yaml).
 */
import type { ErrorName } from '../../../kafka/errors.ts'
import { brokerNode, comparePartitions, type TopicPartition } from '../../../kafka/ids.ts'
import type { ProduceRequest } from '../../../kafka/messages/data.ts'
import type { BatchProducer } from '../../../kafka/records.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { type BrokerContext, running } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { partitionOf } from '../coordination.ts'

export const VERIFICATION_CHANNEL = 'transaction-verification'

/** A produce request that waits for the coordinator's answer. */
interface Verification {
  readonly connection: ConnectionId
  readonly request: ProduceRequest
  readonly coordinator: number
  /** The partitions that were asked about, with the guard that each was given. */
  readonly guards: Readonly<Record<TopicPartition, number>>
}

/** A producer whose transaction in a partition is asked about, until a batch of it or a marker is written there. */
export interface Guard {
  readonly id: number
  /** The highest epoch that asked. */
  readonly epoch: number
  /** Of that epoch: while the first batch is tried again none behind it is let in (KAFKA-14920, 3.6). */
  readonly lowestSequence: number
}

export interface VerificationState {
  /** Questions without an answer, by correlation id. */
  asked: Record<string, Verification>
  /** By `<partition>/<producer id>`. */
  guards: Record<string, Guard>
}

const guardKey = (name: TopicPartition, producerId: number): string => `${name}/${producerId}`

/** What verification found, by partition: NONE lets a batch in. */
export type Verified = Readonly<Record<TopicPartition, ErrorName>>

/**
 * Asks about the partitions of a request whose producer has no transaction open there. null: the answer will carry the
 * request out; else it is to be carried out now, with what is known already.
 */
export function verify(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: ProduceRequest,
  connection: ConnectionId,
): Verified | null {
  const { producers, transactionalId } = request
  if (!config.mechanisms.transactionsVerified || producers === undefined || transactionalId === undefined) return {}
  if (config.settings['transaction.partition.verification.enable'] === false) return {}
  const volatile = running(state)
  const names = Object.keys(producers).filter((name) => needsAnswer(state, name, producers[name]!))
  if (names.length === 0) return {}
  const { id: producerId, epoch: producerEpoch } = producers[names[0]!]!
  const coordinator =
    volatile.metadata.partitions[partitionOf(state, config, 'transaction', transactionalId)]?.leader ?? -1
  volatile.verification ??= { asked: {}, guards: {} }
  const { guards, asked } = volatile.verification
  const given: Record<TopicPartition, number> = {}
  for (const name of names.sort(comparePartitions)) {
    const key = guardKey(name, producerId)
    const known = guards[key]
    const { epoch, baseSequence } = producers[name]!
    if (known === undefined) guards[key] = { id: volatile.nextId++, epoch, lowestSequence: baseSequence }
    else if (epoch > known.epoch || (epoch === known.epoch && baseSequence < known.lowestSequence))
      guards[key] = { id: known.id, epoch, lowestSequence: baseSequence }
    given[name] = guards[key]!.id
  }
  const correlationId = volatile.nextId++
  if (!volatile.metadata.liveBrokers.includes(coordinator)) {
    return Object.fromEntries(names.map((name) => [name, 'NOT_ENOUGH_REPLICAS' as const]))
  }
  asked[correlationId] = { connection, request, coordinator, guards: given }
  ctx.send(brokerNode(coordinator), VERIFICATION_CHANNEL, {
    type: 'AddPartitionsToTxnRequest',
    correlationId,
    transactionalId,
    producerId,
    producerEpoch,
    partitions: names,
    ...(config.mechanisms.transactionsBumpEpoch ? {} : { verifyOnly: true as const }),
  })
  return null
}

/** A batch of a transaction where none of that producer and epoch is open, in a partition that this broker leads. */
const needsAnswer = (state: BrokerState, name: TopicPartition, producer: BatchProducer): boolean =>
  producer.transactional &&
  running(state).partitions[name]?.role === 'leader' &&
  !isTransactionOpen(state, name, producer)

export function isTransactionOpen(state: BrokerState, name: TopicPartition, { id, epoch }: BatchProducer): boolean {
  const entry = state.durable.logs[name]?.producers?.producers[id]
  return entry !== undefined && entry.transactionStart !== null && entry.epoch === epoch
}

export const guardOf = (state: BrokerState, name: TopicPartition, producerId: number): Guard | undefined =>
  running(state).verification?.guards[guardKey(name, producerId)]

/** A marker ends whatever was asked about, so that an older answer is of no use any more; a batch opens its transaction. */
export function forgetGuard(state: BrokerState, name: TopicPartition, producerId: number): void {
  const { verification } = running(state)
  if (verification !== undefined) delete verification.guards[guardKey(name, producerId)]
}
