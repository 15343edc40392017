/** The transactional half of the sending thread (clients: Sender.maybeSendAndPollTransactionalRequest). */

import type { BrokerId } from '../../../kafka/ids.ts'
import { own } from '../../../kernel/own.ts'
import { dequeSize } from '../../deque.ts'
import type { ClientContext } from '../../links.ts'
import { canSend, linkTo, maybeConnect, nextCorrelationId, sendRequest } from '../../links.ts'
import { numberSetting } from '../../settings.ts'
import { earlier } from '../../wake.ts'
import { anyBroker, nextConnectUs, type TransactionTurn } from '../any-broker.ts'
import { failAll, failUnsent } from '../failing.ts'
import type { ProducerConfig, ProducerVolatile } from '../state.ts'
import { enqueue, hasError, isCompleting, type TransactionManager, type TransactionRequest } from './manager.ts'
import { endTransaction, messageOf } from './requests.ts'

const FREE: TransactionTurn = { recordsWait: false, lookUs: null }
const WAITING: TransactionTurn = { recordsWait: true, lookUs: null }

/** Sends the next transactional request, if there is one to be sent now. */
export function runTransactions(memory: ProducerVolatile, config: ProducerConfig, ctx: ClientContext): TransactionTurn {
  const manager = memory.transactions
  if (manager === undefined) return FREE
  failBatches(memory, manager, config, ctx)
  if (manager.status === 'fatal-error') return FREE
  if (manager.inFlight) return WAITING
  if (manager.sleepUntilUs > ctx.nowUs) return { recordsWait: true, lookUs: manager.sleepUntilUs }
  for (;;) {
    const next = nextRequest(memory, manager)
    if (next === null) return FREE
    const turn = send(memory, manager, next, config, ctx)
    if (turn !== 'look-again') return turn
  }
}

/** Takes the next request out of the queue; null: none may go now. */
function nextRequest(memory: ProducerVolatile, manager: TransactionManager): TransactionRequest | null {
  if (manager.newPartitions.length > 0 && !hasError(manager)) {
    manager.pendingPartitions = [...manager.pendingPartitions, ...manager.newPartitions]
    enqueue(manager, { kind: 'addPartitions', partitions: manager.newPartitions })
    manager.newPartitions = []
  }
  for (;;) {
    const first = manager.requests[0]
    if (first === undefined) return null
    // An end waits until every record has its answer.
    if (first.request.kind === 'end' && hasIncomplete(memory)) return null
    manager.requests.shift()
    if (manager.status === 'abortable-error' && first.request.kind !== 'findCoordinator') continue
    if (first.request.kind === 'end' && !manager.started) {
      endTransaction(manager)
      continue
    }
    return first.request
  }
}

function hasIncomplete(memory: ProducerVolatile): boolean {
  if (Object.keys(memory.inFlight).length > 0) return true
  return Object.values(memory.queues).some(({ batches }) => dequeSize(batches) > 0)
}

function send(
  memory: ProducerVolatile,
  manager: TransactionManager,
  request: TransactionRequest,
  config: ProducerConfig,
  ctx: ClientContext,
): TransactionTurn | 'look-again' {
  const to = targetOf(memory, manager, request, config, ctx)
  if (to === 'look-up') {
    enqueue(manager, request)
    const of = request.kind === 'txnOffsetCommit' ? 'group' : 'transaction'
    const key = request.kind === 'txnOffsetCommit' ? request.group : manager.transactionalId
    enqueue(manager, { kind: 'findCoordinator', of, key })
    return 'look-again'
  }
  const link = to === null ? null : linkTo(memory.links, to)
  if (to === null || link === null) {
    enqueue(manager, request)
    return { recordsWait: true, lookUs: nextConnectUs(memory, config) }
  }
  if (!canSend(link, numberSetting(config.settings, 'max.in.flight.requests.per.connection', 5))) {
    const lookUs = maybeConnect(memory.links, to, config.mechanisms.clientAsksVersions, ctx)
    enqueue(manager, request)
    // A coordinator that cannot be reached may have been replaced: it is looked up again once the connection failed.
    if (link.phase === 'closed' && request.kind !== 'findCoordinator') {
      if (request.kind === 'txnOffsetCommit') delete manager.groupCoordinators[request.group]
      else manager.coordinator = null
      return { recordsWait: true, lookUs: earlier(lookUs, link.retryAtUs) }
    }
    return { recordsWait: true, lookUs }
  }
  const correlationId = nextCorrelationId(memory.links)
  manager.inFlight = true
  const message = messageOf(memory, manager, request, correlationId, config)
  sendRequest(link, to, message, { kind: 'transaction', request }, ctx)
  return WAITING
}

/** Whom to send a request to; `look-up`: its coordinator is not known; null: nobody is connected yet. */
function targetOf(
  memory: ProducerVolatile,
  manager: TransactionManager,
  request: TransactionRequest,
  config: ProducerConfig,
  ctx: ClientContext,
): BrokerId | 'look-up' | null {
  if (request.kind === 'findCoordinator') return anyBroker(memory, config, ctx)
  if (request.kind === 'txnOffsetCommit') return own(manager.groupCoordinators, request.group) ?? 'look-up'
  return manager.coordinator ?? 'look-up'
}

/** After an error, and when the transaction is aborted, what was not sent yet fails; after a fatal error all (Sender.maybeAbortBatches). */
function failBatches(
  memory: ProducerVolatile,
  manager: TransactionManager,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  const error = manager.lastErrorName ?? 'TRANSACTION_ABORTABLE'
  if (manager.status === 'fatal-error') failAll(memory, error, config, ctx)
  else if (manager.status === 'abortable-error' || manager.status === 'aborting') failUnsent(memory, error, config, ctx)
}

/** Nothing lingers while a transaction is being ended. */
export const endsTransaction = (memory: ProducerVolatile): boolean =>
  memory.transactions !== undefined && isCompleting(memory.transactions)
