/**
 * The transactions of a producer (clients: TransactionManager): where it stands between begin and end, what it has to
 * ask its coordinators, one request at a time, and which error it cannot get over.
 */
import type { ErrorName } from '../../../kafka/errors.ts'
import { exceptionClass } from '../../../kafka/exceptions.ts'
import type { BrokerId, TopicPartition } from '../../../kafka/ids.ts'
import type { GroupMemberIdentity } from '../../../kafka/messages/transactions.ts'
import { isMutant } from '../../../kafka/mutants.ts'
import type { ProducerConfig, ProducerVolatile } from '../state.ts'

type ManagerStatus =
  | 'uninitialized'
  | 'initializing'
  | 'ready'
  | 'in-transaction'
  | 'committing'
  | 'aborting'
  /** The transaction can only be aborted; after that all is well again. */
  | 'abortable-error'
  /** Nothing more will succeed. */
  | 'fatal-error'

export type TransactionRequest =
  | { readonly kind: 'findCoordinator'; readonly of: 'transaction' | 'group'; readonly key: string }
  | { readonly kind: 'init'; readonly bumps: boolean }
  | { readonly kind: 'addPartitions'; readonly partitions: readonly TopicPartition[] }
  | {
      readonly kind: 'addOffsets' | 'txnOffsetCommit'
      readonly group: string
      readonly offsets: Readonly<Record<TopicPartition, number>>
      /** KIP-447 (2.5); null: the group id only. */
      readonly member: GroupMemberIdentity | null
    }
  | { readonly kind: 'end'; readonly committed: boolean }

export type TransactionCallName =
  | 'initTransactions'
  | 'commitTransaction'
  | 'abortTransaction'
  | 'sendOffsetsToTransaction'

/** What a call of the application waits for. */
export interface PendingResult {
  readonly call: TransactionCallName
  done: boolean
  /** The exception it throws; null: none. */
  error: readonly string[] | null
}

export interface TransactionManager {
  readonly transactionalId: string
  status: ManagerStatus
  /** The exception that the present error state came from, outermost class first; null: none. */
  lastError: readonly string[] | null
  lastErrorName: ErrorName | null
  /** Null: to be looked up. */
  coordinator: BrokerId | null
  groupCoordinators: Record<string, BrokerId>
  /** By rank, then in order. */
  requests: { readonly rank: number; readonly request: TransactionRequest; readonly isRetry: boolean }[]
  /** A request is on its way: nothing else is sent meanwhile. */
  inFlight: boolean
  /** The sending thread sleeps before it repeats a request. */
  sleepUntilUs: number
  /** Partitions that records were sent to and that no request names yet; being added; added. */
  newPartitions: TopicPartition[]
  pendingPartitions: TopicPartition[]
  partitions: TopicPartition[]
  /** Something was added, so that there is something to end at the coordinator. */
  started: boolean
  /** The producer asks for its next epoch after the abort (KIP-360). */
  epochBumpRequired: boolean
  pending: PendingResult | null
  /** The transaction that the application is in; null: none. */
  current: { readonly name: string; readonly producerId: number; readonly producerEpoch: number } | null
}

export const newManager = (transactionalId: string): TransactionManager => ({
  transactionalId,
  status: 'uninitialized',
  lastError: null,
  lastErrorName: null,
  coordinator: null,
  groupCoordinators: {},
  requests: [],
  inFlight: false,
  sleepUntilUs: 0,
  newPartitions: [],
  pendingPartitions: [],
  partitions: [],
  started: false,
  epochBumpRequired: false,
  pending: null,
  current: null,
})

const RANKS: Readonly<Record<TransactionRequest['kind'], number>> = {
  findCoordinator: 0,
  init: 1,
  addPartitions: 2,
  addOffsets: 2,
  txnOffsetCommit: 2,
  end: 3,
}

/** An epoch bump waits until the abort before it is through. */
const BUMP_RANK = 4

export function enqueue(manager: TransactionManager, request: TransactionRequest, isRetry = false): void {
  const rank = request.kind === 'init' && request.bumps ? BUMP_RANK : RANKS[request.kind]
  let at = manager.requests.length
  while (at > 0 && manager.requests[at - 1]!.rank > rank) at -= 1
  manager.requests.splice(at, 0, { rank, request, isRetry })
}

export const hasError = ({ status }: TransactionManager): boolean =>
  status === 'abortable-error' || status === 'fatal-error'

export const isCompleting = ({ status }: TransactionManager): boolean =>
  status === 'committing' || status === 'aborting'

/** The records sent so far cannot be committed any more. */
export function toAbortable(manager: TransactionManager, name: ErrorName, exception: readonly string[]): void {
  if (manager.status === 'fatal-error') return
  // An abort that is under way goes on: what fails meanwhile was to be thrown away.
  if (manager.status === 'aborting') return
  manager.status = 'abortable-error'
  manager.lastError = exception
  manager.lastErrorName = name
  failPending(manager, exception)
}

export function toFatal(manager: TransactionManager, name: ErrorName, exception: readonly string[]): void {
  manager.status = 'fatal-error'
  manager.lastError = exception
  manager.lastErrorName = name
  manager.requests = []
  failPending(manager, exception)
}

function failPending(manager: TransactionManager, exception: readonly string[]): void {
  if (manager.pending === null || manager.pending.done) return
  manager.pending.done = true
  manager.pending.error = exception
}

export function succeedPending(manager: TransactionManager): void {
  if (manager.pending !== null) manager.pending.done = true
}

/** What a call throws in an error state; null: there is none (TransactionManager.maybeFailWithError). */
export function thrownBy(manager: TransactionManager, config: ProducerConfig): readonly string[] | null {
  if (!hasError(manager)) return null
  const [outermost] = manager.lastError ?? []
  const bare = outermost === 'ProducerFencedException' || outermost === 'InvalidProducerEpochException'
  if (bare && config.mechanisms.fencedExceptionBare) return [outermost]
  return ['KafkaException', ...(manager.lastError ?? [])]
}

/** What `send` throws on a producer whose transaction does not take records; null: it takes them. */
export function sendThrows(memory: ProducerVolatile): readonly string[] | null {
  const manager = memory.transactions
  if (manager === undefined || manager.status === 'in-transaction') return null
  return hasError(manager) ? ['KafkaException', ...(manager.lastError ?? [])] : ['IllegalStateException']
}

/** A partition is written to: it has to be in the transaction first. KIP-890 (4.0): its leader sees to that. */
export function addPartition(memory: ProducerVolatile, name: TopicPartition, config: ProducerConfig): void {
  const manager = memory.transactions
  if (manager === undefined) return
  if (manager.partitions.includes(name) || manager.newPartitions.includes(name)) return
  if (manager.pendingPartitions.includes(name)) return
  if (config.mechanisms.transactionsBumpEpoch) {
    manager.partitions.push(name)
    manager.started = true
  } else if (manager.partitions.length > 0 && isMutant(config, 'partition-not-added')) manager.partitions.push(name)
  else manager.newPartitions.push(name)
}

/** Whether batches for the partition may go out. */
export const maySendTo = (memory: ProducerVolatile, name: TopicPartition): boolean => {
  const manager = memory.transactions
  if (manager === undefined) return true
  if (manager.status === 'fatal-error') return false
  return manager.partitions.includes(name)
}

/** KIP-360 (2.5): the producer asks for its next epoch. KIP-890 (4.0): every end of a transaction gives it one. */
export const asksForEpochBump = ({ mechanisms }: ProducerConfig): boolean =>
  mechanisms.producerRecoversByEpochBump && !mechanisms.transactionsBumpEpoch

/**
 * KAFKA-18019 (4.0): its coordinator knows the transactional id under another producer id, or not at all. Who goes on under
 * a new one does not learn that somebody else had its place meanwhile.
 */
export const isForgottenForGood = (error: ErrorName, { mechanisms }: ProducerConfig): boolean =>
  error === 'INVALID_PRODUCER_ID_MAPPING' && mechanisms.transactionsBumpEpoch

/**
 * A batch has failed for good, also one that was never sent: what it held is missing from the transaction
 * (TransactionManager.handleFailedBatch; 0.11 Sender.failBatch).
 */
export function onBatchFailed(memory: ProducerVolatile, error: ErrorName, config: ProducerConfig): void {
  const manager = memory.transactions
  if (manager === undefined) return
  const exception = exceptionClass(error, config.mechanisms)
  if (exception === 'ProducerFencedException' || isForgottenForGood(error, config)) {
    toFatal(manager, error, [exception])
    return
  }
  // Whether the records are in the log is not known, so that the producer goes on at another epoch.
  if (asksForEpochBump(config) && !isCompleting(manager)) manager.epochBumpRequired = true
  toAbortable(manager, error, [exception])
}

/** A send has failed before it came into a batch (3.2 KafkaProducer.doSend). */
export function onSendRefused(memory: ProducerVolatile, error: ErrorName, config: ProducerConfig): void {
  const isOpen = memory.transactions?.status === 'in-transaction'
  if (isOpen && config.mechanisms.refusedSendFailsTransaction) onBatchFailed(memory, error, config)
}

/** The transaction is over; with a bump outstanding the producer is not ready yet. */
export function completeTransaction(manager: TransactionManager): void {
  manager.status = manager.epochBumpRequired ? 'initializing' : 'ready'
  manager.lastError = null
  manager.lastErrorName = null
  manager.epochBumpRequired = false
  manager.started = false
  manager.newPartitions = []
  manager.pendingPartitions = []
  manager.partitions = []
}
