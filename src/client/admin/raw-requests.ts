/** Requests to one named broker, each on a connection of its own, as a test client or a debugging tool sends them. */
import type { ErrorName } from '../../kafka/errors.ts'
import { brokerNode } from '../../kafka/ids.ts'
import type { KafkaMessage } from '../../kafka/messages/message.ts'
import type { RawRequest, RequestOperation } from '../../kafka/operations.ts'
import { type KafkaRecord, offsetAt } from '../../kafka/records.ts'
import { unreachable } from '../../kernel/assert.ts'
import type { Json } from '../../kernel/json.ts'
import type { DisconnectReason } from '../../kernel/machine.ts'
import { msToUs } from '../../kernel/time.ts'
import type { ClientContext } from '../links.ts'
import type { AdminVolatile, OpenRequest } from './state.ts'

/** As much as one answer may bring. */
const MAX_BYTES = 1_048_576

const CHANNEL_PREFIX = 'client:'
const TIMER_PREFIX = 'socket/'

const channelOf = (operationId: string): string => CHANNEL_PREFIX + operationId

/** The operation whose connection or timer it is; null for others. */
export const operationOfChannel = (channel: string): string | null =>
  channel.startsWith(CHANNEL_PREFIX) ? channel.slice(CHANNEL_PREFIX.length) : null

export const operationOfTimer = (name: string): string | null =>
  name.startsWith(TIMER_PREFIX) ? name.slice(TIMER_PREFIX.length) : null

function messageOf(request: RawRequest, correlationId: number): KafkaMessage {
  switch (request.request) {
    case 'produce': {
      const partitions: Record<string, readonly KafkaRecord[]> = { [request.partition]: request.records }
      const { acks, timeoutMs } = request
      return { type: 'ProduceRequest', correlationId, clientId: 'admin', acks, timeoutMs, partitions }
    }
    case 'fetch': {
      const fetchOffset = request.fromOffset
      const asked = {
        fetchOffset,
        maxBytes: MAX_BYTES,
        currentLeaderEpoch: -1,
        lastFetchedEpoch: -1,
        logStartOffset: -1,
      }
      const partitions = { [request.partition]: asked }
      const { maxWaitMs } = request
      return {
        type: 'FetchRequest',
        correlationId,
        replicaId: -1,
        replicaEpoch: -1,
        maxWaitMs,
        minBytes: 1,
        partitions,
      }
    }
    case 'listOffsets': {
      const { timestamp, version, maxOffsets } = request
      const asked = { timestamp, currentLeaderEpoch: -1, ...(maxOffsets === undefined ? {} : { maxOffsets }) }
      const partitions = { [request.partition]: asked }
      return { type: 'ListOffsetsRequest', correlationId, replicaId: -1, version, partitions }
    }
    case 'deleteRecords': {
      const { timeoutMs } = request
      const partitions = { [request.partition]: request.before }
      return { type: 'DeleteRecordsRequest', correlationId, timeoutMs, partitions }
    }
    case 'offsetCommit': {
      const { group, generation, memberId, partition, offset } = request
      const offsets = { [partition]: { offset, leaderEpoch: -1, metadata: '' } }
      const type = 'OffsetCommitRequest'
      return { type, correlationId, group, generation, memberId, instanceId: null, retentionMs: -1, offsets }
    }
    case 'joinGroup': {
      const subscription = { topics: request.topics, owned: [], generation: -1, rack: null }
      return {
        type: 'JoinGroupRequest',
        correlationId,
        clientId: 'admin',
        group: request.group,
        memberId: '',
        instanceId: null,
        sessionTimeoutMs: 10_000,
        rebalanceTimeoutMs: 10_000,
        protocolType: 'consumer',
        protocols: [{ name: 'range', subscription }],
        requireKnownMemberId: false,
        supportsSkippingAssignment: false,
      }
    }
    case 'metadata':
      return { type: 'MetadataRequest', correlationId, version: request.version, topics: request.topics }
    case 'offsetForLeaderEpoch': {
      const partitions = { [request.partition]: { leaderEpoch: request.epoch, currentLeaderEpoch: -1 } }
      return { type: 'OffsetsForLeaderEpochRequest', correlationId, replicaId: -1, partitions }
    }
    default:
      return unreachable(request)
  }
}

/** Sends the request and starts the socket's clock. A Produce with acks 0 is complete as soon as it is written. */
export function sendRaw(memory: AdminVolatile, operation: RequestOperation, ctx: ClientContext): void {
  const { operationId, broker, request, socketTimeoutMs } = operation
  const correlationId = memory.nextCorrelationId
  memory.nextCorrelationId += 1
  const completed = request.request === 'produce' && request.acks === 0
  memory.requests[operationId] = { broker, request, correlationId, completed }
  memory.byCorrelation[correlationId] = operationId
  ctx.send(brokerNode(broker), channelOf(operationId), messageOf(request, correlationId))
  ctx.setTimer(TIMER_PREFIX + operationId, msToUs(socketTimeoutMs))
  if (completed) ctx.complete(operationId, { error: 'NONE', baseOffset: null })
}

/** Forgets a request, with its clock. */
function end(memory: AdminVolatile, operationId: string, open: OpenRequest, ctx: ClientContext): void {
  delete memory.requests[operationId]
  delete memory.byCorrelation[open.correlationId]
  ctx.cancelTimer(TIMER_PREFIX + operationId)
}

/** Ends a request with an error of the client's own socket. */
function fail(memory: AdminVolatile, operationId: string, error: ErrorName, ctx: ClientContext): void {
  const open = memory.requests[operationId]
  if (open === undefined) return
  end(memory, operationId, open, ctx)
  if (open.completed) return
  ctx.complete(operationId, open.request.request === 'produce' ? { error, baseOffset: null } : { error })
}

/** No answer within the socket's time-out. */
export function onSocketTimeout(memory: AdminVolatile, operationId: string, ctx: ClientContext): void {
  const open = memory.requests[operationId]
  if (open === undefined) return
  ctx.close(brokerNode(open.broker), channelOf(operationId))
  fail(memory, operationId, 'TimeoutError', ctx)
}

export function onSocketBroken(
  memory: AdminVolatile,
  operationId: string,
  reason: DisconnectReason,
  ctx: ClientContext,
): void {
  fail(memory, operationId, reason === 'refused' ? 'ConnectionRefusedError' : 'ConnectionError', ctx)
}

/** What the operation is completed with: everything that such an answer holds. */
function resultOf(request: RawRequest, message: KafkaMessage): Json {
  if (message.type === 'ProduceResponse' && request.request === 'produce') {
    const told = message.partitions[request.partition]
    return { error: told?.error ?? 'UNKNOWN_SERVER_ERROR', baseOffset: told?.baseOffset ?? null }
  }
  if (message.type === 'FetchResponse' && request.request === 'fetch') {
    const told = message.partitions[request.partition]
    if (told === undefined) return { error: 'UNKNOWN_SERVER_ERROR' }
    const records: [number, number, string | null][] = []
    for (const batch of told.batches) {
      for (const [index, record] of batch.records.entries()) {
        const offset = offsetAt(batch, index)
        if (offset >= request.fromOffset) records.push([offset, batch.leaderEpoch, record.value])
      }
    }
    const { error, highWatermark, logStartOffset } = told
    return { error, highWatermark, logStartOffset, values: records.map(([, , value]) => value), records }
  }
  if (message.type === 'ListOffsetsResponse' && request.request === 'listOffsets') {
    const told = message.partitions[request.partition]
    if (told === undefined) return { error: 'UNKNOWN_SERVER_ERROR' }
    const { error, offset, leaderEpoch, timestampMs = -1, offsets = [offset] } = told
    // Version 0 answers with a list, which is empty beside an error.
    return { error, offset, leaderEpoch, timestampMs, offsets: error === 'NONE' ? offsets : [] }
  }
  if (message.type === 'OffsetsForLeaderEpochResponse' && request.request === 'offsetForLeaderEpoch') {
    const told = message.partitions[request.partition]
    return told === undefined
      ? { error: 'UNKNOWN_SERVER_ERROR' }
      : { error: told.error, leaderEpoch: told.leaderEpoch, endOffset: told.endOffset }
  }
  if (message.type === 'DeleteRecordsResponse' && request.request === 'deleteRecords') {
    const told = message.partitions[request.partition]
    return told === undefined
      ? { error: 'UNKNOWN_SERVER_ERROR' }
      : { error: told.error, lowWatermark: told.lowWatermark }
  }
  if (message.type === 'OffsetCommitResponse' && request.request === 'offsetCommit') {
    return { error: message.partitions[request.partition] ?? 'UNKNOWN_SERVER_ERROR' }
  }
  if (message.type === 'JoinGroupResponse' && request.request === 'joinGroup') {
    const { error, generation, memberId } = message
    return { error, generation, memberId }
  }
  if (message.type === 'MetadataResponse' && request.request === 'metadata') {
    const partitions: Record<string, Json> = {}
    for (const name of Object.keys(message.partitions)) {
      const { error, leader, leaderEpoch, replicas, isr } = message.partitions[name]!
      partitions[name] = { error, leader, leaderEpoch, replicas, isr, brokers: message.brokers }
    }
    const { brokers, controller, unknownTopics } = message
    return { error: 'NONE', brokers, controller, partitions, unknownTopics }
  }
  return { error: 'UNKNOWN_SERVER_ERROR' }
}

/** An answer from a broker: completes its operation and closes its connection. */
export function onRawAnswer(
  memory: AdminVolatile,
  message: KafkaMessage & { readonly correlationId: number },
  ctx: ClientContext,
): void {
  const operationId = memory.byCorrelation[message.correlationId]
  const open = operationId === undefined ? undefined : memory.requests[operationId]
  if (operationId === undefined || open === undefined) return
  end(memory, operationId, open, ctx)
  ctx.close(brokerNode(open.broker), channelOf(operationId))
  if (!open.completed) ctx.complete(operationId, resultOf(open.request, message))
}
