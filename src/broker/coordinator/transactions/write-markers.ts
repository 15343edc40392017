/** The leader's side of a marker: a control batch at the end of the log, answered when the ISR has it. */
import type { ErrorName } from '../../../kafka/errors.ts'
import { comparePartitions, type TopicPartition } from '../../../kafka/ids.ts'
import type { TransactionMarker, WriteTxnMarkersRequest } from '../../../kafka/messages/transactions.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { emptyProducerState, judgeBatch } from '../../../log/producer-state.ts'
import { appendAsLeader } from '../../../log/replica-log.ts'
import { COORDINATOR_CONNECTION, respond } from '../../client-connection.ts'
import { completeDelayedFetches } from '../../delayed-fetch.ts'
import { parkProduce } from '../../delayed-produce.ts'
import { completeDelayedRequests } from '../../delayed-requests.ts'
import { maybeIncrementHighWatermark } from '../../high-watermark.ts'
import { diskOf } from '../../log-disk.ts'
import { unhostedError } from '../../read-partition.ts'
import { type BrokerContext, logOf, minInsyncReplicas, numberSetting, running } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { firstLocked, waitForLock } from '../../waiting.ts'
import { coordinationOf } from '../coordination.ts'
import type { MarkerAppend } from './state.ts'
import { clockMs, transactionsOf } from './transactions.ts'
import { forgetGuard } from './verification.ts'

/** 0.11 KafkaApis.handleWriteTxnMarkersRequest: answered when every marker has its acks or its error. */
export function handleWriteTxnMarkers(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: WriteTxnMarkersRequest,
  connection: ConnectionId,
): void {
  const names = request.markers.flatMap(({ partitions }) => partitions).sort(comparePartitions)
  const locked = config.mechanisms.isrWriteBlocks === 'nothing' ? null : firstLocked(state, names)
  if (locked !== null) {
    waitForLock(state, ctx, locked, { connection, message: request })
    return
  }
  const write = String(running(state).nextId++)
  transactionsOf(state).writes[write] = {
    connection,
    correlationId: request.correlationId,
    answers: request.markers.map(() => ({})),
    waiting: names.length,
  }
  request.markers.forEach((marker, index) => {
    for (const name of [...marker.partitions].sort(comparePartitions)) {
      const next: MarkerAppend = { kind: 'marker', write, index, producerId: marker.producerId, result: marker.result }
      writeMarker(state, ctx, config, name, marker, next)
    }
  })
}

function writeMarker(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  marker: TransactionMarker,
  next: MarkerAppend,
): void {
  const error = refusal(state, config, name, marker)
  if (error !== null) {
    ctx.fact({ kind: 'transactionMarkerRefused', partition: name, producerId: marker.producerId, error })
    onMarkerAppended(state, ctx, name, next, error)
    return
  }
  forgetGuard(state, name, marker.producerId)
  const partition = running(state).partitions[name]!
  const { leaderEpoch } = partition
  const log = logOf(state, name)
  const { producerId, producerEpoch, coordinatorEpoch, result } = marker
  const { baseOffset, endOffset } = appendAsLeader(
    log,
    [
      {
        id: `marker/${producerId}/${producerEpoch}/${result}/${coordinatorEpoch}/${log.logEndOffset}`,
        key: null,
        value: null,
        timestampMs: clockMs(ctx),
      },
    ],
    leaderEpoch,
    config.mechanisms,
    diskOf(state, ctx, config, name),
    {
      producer: { id: producerId, epoch: producerEpoch, baseSequence: -1, transactional: true },
      control: { type: result, coordinatorEpoch },
    },
  )
  ctx.fact({ kind: 'appended', partition: name, baseOffset, endOffset, leaderEpoch, as: 'leader' })
  ctx.fact({
    kind: 'transactionMarker',
    partition: name,
    offset: baseOffset,
    result,
    producerId,
    producerEpoch,
    coordinatorEpoch,
  })
  if (maybeIncrementHighWatermark(state, ctx, config, partition)) completeDelayedRequests(state, ctx, config, name)
  else completeDelayedFetches(state, ctx, config, name)
  const correlationId = running(state).nextId++
  coordinationOf(state).appends[correlationId] = { partition: name, next }
  parkProduce(state, ctx, config, {
    connection: COORDINATOR_CONNECTION,
    correlationId,
    acks: -1,
    timeoutMs: numberSetting(config, 'request.timeout.ms') ?? 30_000,
    pending: { [name]: { requiredOffset: endOffset, baseOffset, leaderEpoch } },
    done: {},
  })
}

/** Why a marker is not taken; null: it is. */
function refusal(
  state: BrokerState,
  config: BrokerConfig,
  name: TopicPartition,
  { producerId, producerEpoch, coordinatorEpoch, result }: TransactionMarker,
): ErrorName | null {
  const partition = running(state).partitions[name]
  if (partition === undefined) return unhostedError(state, config, name)
  if (partition.role !== 'leader') return 'NOT_LEADER_FOR_PARTITION'
  if (partition.isr.length < minInsyncReplicas(state, config, partition)) return 'NOT_ENOUGH_REPLICAS'
  const log = logOf(state, name)
  const verdict = judgeBatch(
    log.producers ?? emptyProducerState(log.logStartOffset),
    {
      producerId,
      producerEpoch,
      baseSequence: -1,
      baseOffset: log.logEndOffset,
      lastOffset: log.logEndOffset,
      transactional: true,
      marker: { type: result, coordinatorEpoch },
      timestampMs: -1,
    },
    config.mechanisms,
  )
  return verdict.kind === 'refused' ? verdict.error : null
}

/** One marker has its answer; with the last one the request is answered. */
export function onMarkerAppended(
  state: BrokerState,
  ctx: BrokerContext,
  name: TopicPartition,
  { write, index }: MarkerAppend,
  error: ErrorName,
): void {
  const { writes } = transactionsOf(state)
  const waiting = writes[write]
  if (waiting === undefined) return
  waiting.answers[index]![name] = error
  waiting.waiting -= 1
  if (waiting.waiting > 0) return
  delete writes[write]
  respond(state, ctx, waiting.connection, {
    type: 'WriteTxnMarkersResponse',
    correlationId: waiting.correlationId,
    markers: waiting.answers.map((answers) => ({ ...answers })),
  })
}
