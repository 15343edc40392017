/** The requests of a transactional producer, and what their answers mean (clients: TransactionManager's handlers). */
import type { ErrorName } from '../../../kafka/errors.ts'
import { exceptionClass } from '../../../kafka/exceptions.ts'
import type { KafkaMessage } from '../../../kafka/messages/message.ts'
import { msToUs } from '../../../kernel/time.ts'
import type { ClientContext } from '../../links.ts'
import { numberSetting, timeSettingUs } from '../../settings.ts'
import { becomeProducer } from '../identity.ts'
import type { ProducerConfig, ProducerVolatile } from '../state.ts'
import {
  asksForEpochBump,
  completeTransaction,
  enqueue,
  isForgottenForGood,
  succeedPending,
  type TransactionManager,
  type TransactionRequest,
  toAbortable,
  toFatal,
} from './manager.ts'

/** Before a first partition is added again, while the transaction before is still being completed (KAFKA-5477). */
const ADD_PARTITIONS_BACKOFF_US = msToUs(20)

type Answer = Extract<
  KafkaMessage,
  {
    type:
      | 'FindCoordinatorResponse'
      | 'InitProducerIdResponse'
      | 'AddPartitionsToTxnResponse'
      | 'AddOffsetsToTxnResponse'
      | 'TxnOffsetCommitResponse'
      | 'EndTxnResponse'
  }
>

/** Whether a message answers a transactional request. */
export const isTransactionAnswer = (message: KafkaMessage): message is Answer =>
  message.type === 'FindCoordinatorResponse' ||
  message.type === 'InitProducerIdResponse' ||
  message.type === 'AddPartitionsToTxnResponse' ||
  message.type === 'AddOffsetsToTxnResponse' ||
  message.type === 'TxnOffsetCommitResponse' ||
  message.type === 'EndTxnResponse'

/** The message of a request. */
export function messageOf(
  memory: ProducerVolatile,
  manager: TransactionManager,
  request: TransactionRequest,
  correlationId: number,
  config: ProducerConfig,
): KafkaMessage & { readonly correlationId: number } {
  const { transactionalId } = manager
  const { producerId, producerEpoch } = memory.identity!
  const who = { correlationId, transactionalId, producerId, producerEpoch }
  switch (request.kind) {
    case 'findCoordinator':
      return { type: 'FindCoordinatorRequest', correlationId, key: request.key, keyType: request.of }
    case 'init': {
      const timeoutMs = numberSetting(config.settings, 'transaction.timeout.ms', 60_000)
      return { type: 'InitProducerIdRequest', ...who, timeoutMs }
    }
    case 'addPartitions':
      return { type: 'AddPartitionsToTxnRequest', ...who, partitions: request.partitions }
    case 'addOffsets':
      return { type: 'AddOffsetsToTxnRequest', ...who, groupId: request.group }
    case 'txnOffsetCommit': {
      const { group, offsets, member } = request
      return { type: 'TxnOffsetCommitRequest', ...who, group, offsets, member }
    }
    case 'end': {
      const bumpsEpoch = config.mechanisms.transactionsBumpEpoch ? { bumpsEpoch: true as const } : {}
      return { type: 'EndTxnRequest', ...who, committed: request.committed, ...bumpsEpoch }
    }
  }
}

/** Takes an answer in. */
export function onTransactionAnswer(
  memory: ProducerVolatile,
  request: TransactionRequest,
  answer: Answer,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  const manager = memory.transactions
  if (manager === undefined) return
  manager.inFlight = false
  if (manager.status === 'fatal-error') return
  if (answer.type === 'FindCoordinatorResponse') {
    if (request.kind !== 'findCoordinator') return
    if (answer.error !== 'NONE') repeat(manager, request, config, ctx)
    else if (request.of === 'transaction') manager.coordinator = answer.coordinator
    else manager.groupCoordinators[request.key] = answer.coordinator
    return
  }
  const error = errorOf(answer)
  if (error === 'NONE') onSuccess(memory, manager, request, answer, config, ctx)
  else onError(manager, request, error, config, ctx)
}

/** One error for the whole answer: the first that is not the consequence of another. */
function errorOf(answer: Exclude<Answer, { type: 'FindCoordinatorResponse' }>): ErrorName {
  if ('error' in answer) return answer.error
  const errors = Object.keys(answer.partitions)
    .sort()
    .map((name) => answer.partitions[name]!)
    .filter((error) => error !== 'NONE')
  return errors.find((error) => error !== 'OPERATION_NOT_ATTEMPTED') ?? errors[0] ?? 'NONE'
}

function onSuccess(
  memory: ProducerVolatile,
  manager: TransactionManager,
  request: TransactionRequest,
  answer: Answer,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  switch (request.kind) {
    case 'init':
      if (answer.type !== 'InitProducerIdResponse') return
      becomeProducer(memory.identity!, answer.producerId, answer.producerEpoch)
      ctx.fact({
        kind: 'producerInitialized',
        client: config.name,
        transactionalId: manager.transactionalId,
        producerId: answer.producerId,
        producerEpoch: answer.producerEpoch,
      })
      manager.status = 'ready'
      manager.lastError = null
      succeedPending(manager)
      return
    case 'addPartitions':
      manager.partitions.push(...request.partitions)
      manager.pendingPartitions = []
      manager.started = true
      return
    case 'addOffsets':
      manager.started = true
      enqueue(manager, { ...request, kind: 'txnOffsetCommit' })
      return
    case 'txnOffsetCommit':
      succeedPending(manager)
      return
    case 'end':
      if (answer.type !== 'EndTxnResponse') return
      // KIP-890 (4.0): the answer says who the producer is from now on.
      if (config.mechanisms.transactionsBumpEpoch) {
        becomeProducer(memory.identity!, answer.producerId, answer.producerEpoch)
      }
      endTransaction(manager)
      return
    case 'findCoordinator':
      return
  }
}

/** The transaction has ended at the coordinator, or there was nothing to end. */
export function endTransaction(manager: TransactionManager): void {
  completeTransaction(manager)
  // With an epoch to be bumped the call that ended the transaction waits for that, too.
  if (manager.status === 'ready') succeedPending(manager)
}

function onError(
  manager: TransactionManager,
  request: TransactionRequest,
  error: ErrorName,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  const m = config.mechanisms
  switch (error) {
    case 'NOT_COORDINATOR':
    case 'COORDINATOR_NOT_AVAILABLE':
    // Offsets that did not get their acks in time: TxnOffsetCommitHandler looks the group's coordinator up again.
    case 'REQUEST_TIMED_OUT':
      forgetCoordinator(manager, request)
      repeat(manager, request, config, ctx)
      return
    case 'COORDINATOR_LOAD_IN_PROGRESS':
      if (request.kind === 'txnOffsetCommit' && !m.offsetsAwaitCoordinator) toFatal(manager, error, ['KafkaException'])
      else repeat(manager, request, config, ctx)
      return
    case 'UNKNOWN_TOPIC_OR_PARTITION':
    case 'OPERATION_NOT_ATTEMPTED':
      repeat(manager, request, config, ctx)
      return
    case 'CONCURRENT_TRANSACTIONS':
      ctx.probe('producer waits for its last transaction to be completed')
      repeat(manager, request, config, ctx)
      return
    case 'INVALID_PRODUCER_EPOCH':
    case 'PRODUCER_FENCED':
      ctx.probe('producer is fenced')
      // 2.5 InitProducerIdHandler: an error that it does not know. KIP-588 (2.7) tells it apart.
      if (request.kind === 'init' && !m.coordinatorTellsFenced) {
        toFatal(manager, error, ['KafkaException'])
        return
      }
      // 2.7 to 3.5 TxnOffsetCommitHandler: the exception of the error as it came.
      if (request.kind === 'txnOffsetCommit' && error === 'INVALID_PRODUCER_EPOCH' && !m.oldEpochOfOffsetsFences) {
        toFatal(manager, error, [exceptionClass(error, m)])
        return
      }
      toFatal(manager, 'PRODUCER_FENCED', ['ProducerFencedException'])
      return
    case 'INVALID_PRODUCER_ID_MAPPING':
    case 'UNKNOWN_PRODUCER_ID':
      if (isForgottenForGood(error, config)) {
        toFatal(manager, error, [exceptionClass(error, m)])
        return
      }
      if (m.producerRecoversByEpochBump && request.kind !== 'init') {
        if (asksForEpochBump(config)) manager.epochBumpRequired = true
        toAbortable(manager, error, [exceptionClass(error, m)])
      } else toFatal(manager, error, ['KafkaException', exceptionClass(error, m)])
      return
    case 'TRANSACTION_ABORTABLE':
      toAbortable(manager, error, [exceptionClass(error, m)])
      return
    case 'FENCED_INSTANCE_ID':
      toAbortable(manager, error, ['FencedInstanceIdException'])
      return
    case 'UNKNOWN_MEMBER_ID':
    case 'ILLEGAL_GENERATION':
      toAbortable(manager, error, ['CommitFailedException'])
      return
    case 'INVALID_TXN_STATE':
      toFatal(
        manager,
        error,
        request.kind === 'addPartitions' ? ['KafkaException', exceptionClass(error, m)] : [exceptionClass(error, m)],
      )
      return
    default:
      ctx.probe(`transactional producer cannot go on after ${error}`)
      toFatal(manager, error, ['KafkaException'])
  }
}

function forgetCoordinator(manager: TransactionManager, request: TransactionRequest): void {
  if (request.kind === 'txnOffsetCommit') delete manager.groupCoordinators[request.group]
  else manager.coordinator = null
}

/** The request goes back to its place; the thread sleeps before it is sent again. */
function repeat(
  manager: TransactionManager,
  request: TransactionRequest,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  const first = request.kind === 'addPartitions' && manager.partitions.length === 0
  const usual = timeSettingUs(config.settings, 'retry.backoff.ms', 100)
  manager.sleepUntilUs = ctx.nowUs + (first ? Math.min(usual, ADD_PARTITIONS_BACKOFF_US) : usual)
  enqueue(manager, request, true)
}

/** The connection broke before the answer came: whoever coordinates may have changed. */
export function onTransactionRequestLost(memory: ProducerVolatile, request: TransactionRequest): void {
  const manager = memory.transactions
  if (manager === undefined) return
  manager.inFlight = false
  if (manager.status === 'fatal-error') return
  if (request.kind !== 'findCoordinator') forgetCoordinator(manager, request)
  enqueue(manager, request, true)
}
