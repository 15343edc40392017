/** The coordinator's answer about a partition of a transaction, or none: the produce request that waited is carried out. */
import type { ErrorName } from '../../../kafka/errors.ts'
import { brokerNode, type TopicPartition } from '../../../kafka/ids.ts'
import type { AddPartitionsToTxnResponse } from '../../../kafka/messages/transactions.ts'
import type { NodeId } from '../../../kernel/machine.ts'
import { handleProduce } from '../../produce.ts'
import { type BrokerContext, running } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { guardOf, isTransactionOpen } from './verification.ts'

/** The request is carried out as far as it may be. */
export function onVerified(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  response: AddPartitionsToTxnResponse,
): void {
  const { verification } = running(state)
  const question = verification?.asked[response.correlationId]
  if (verification === undefined || question === undefined) return
  delete verification.asked[response.correlationId]
  const verified: Record<TopicPartition, ErrorName> = {}
  for (const name of Object.keys(question.guards)) {
    const producer = question.request.producers![name]!
    const error = produceError(response.partitions[name] ?? 'UNKNOWN_SERVER_ERROR')
    // Another batch that was asked about at the same time may have opened the transaction meanwhile.
    const holds =
      guardOf(state, name, producer.id)?.id === question.guards[name] || isTransactionOpen(state, name, producer)
    if (error === 'NONE' && !holds) ctx.probe('verification outrun by a marker')
    verified[name] = error === 'NONE' && !holds ? refusedBy(config) : error
  }
  handleProduce(state, ctx, config, question.request, question.connection, verified)
}

const refusedBy = (config: BrokerConfig): ErrorName =>
  config.mechanisms.unverifiedTransactionAbortable ? 'TRANSACTION_ABORTABLE' : 'INVALID_TXN_STATE'

/** What a producer is told: that it may try again, as it knows it, where the coordinator could not say. */
function produceError(error: ErrorName): ErrorName {
  switch (error) {
    case 'COORDINATOR_LOAD_IN_PROGRESS':
    case 'COORDINATOR_NOT_AVAILABLE':
    case 'NOT_COORDINATOR':
    case 'CONCURRENT_TRANSACTIONS':
      return 'NOT_ENOUGH_REPLICAS'
    case 'PRODUCER_FENCED':
      return 'INVALID_PRODUCER_EPOCH'
    default:
      return error
  }
}

/** The coordinator's broker is gone: producers try again, as they do after either error. */
export function onVerificationLost(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, peer: NodeId): void {
  const { verification } = running(state)
  const isPlain = config.mechanisms.lostVerificationTold === 'network-exception'
  const error: ErrorName = isPlain ? 'NETWORK_EXCEPTION' : 'NOT_ENOUGH_REPLICAS'
  for (const id of Object.keys(verification?.asked ?? {})) {
    const question = verification!.asked[id]!
    if (brokerNode(question.coordinator) !== peer) continue
    delete verification!.asked[id]
    const lost = Object.fromEntries(Object.keys(question.guards).map((name) => [name, error]))
    handleProduce(state, ctx, config, question.request, question.connection, lost)
  }
}
