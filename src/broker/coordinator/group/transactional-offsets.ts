/**
 * Offsets that a transaction commits: written at once, as records of its producer, and pending in the group until the
 * marker of the transaction is in the partition (KIP-98 GroupMetadataManager, GroupMetadata.prepareTxnOffsetCommit).
 */

import type { ErrorName } from '../../../kafka/errors.ts'
import type { CommittedOffset } from '../../../kafka/group-records.ts'
import { comparePartitions, type TopicPartition } from '../../../kafka/ids.ts'
import type { TxnOffsetCommitRequest } from '../../../kafka/messages/transactions.ts'
import { isMutant } from '../../../kafka/mutants.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { own } from '../../../kernel/own.ts'
import { type BrokerContext, running } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { consumerGroupCommitRefusal } from '../consumer-group/commit.ts'
import { coordinated } from '../coordination.ts'
import { appendToCoordinatorLog } from '../log-append.ts'
import type { CoordinatedPartition } from '../state.ts'
import { answerCommit } from './commit-answer.ts'
import { storeSettings } from './group-store.ts'
import { commitError } from './log-errors.ts'
import { memberRefusal } from './membership.ts'
import { expiryOf, keepLater, offsetRecords } from './offset-commit.ts'
import { nowMs } from './scope.ts'
import { type GroupState, newGroup, type PendingTransactionOffset } from './state.ts'

/** A transactional commit whose record is on its way. */
export interface TransactionalOffsetsAppend {
  readonly kind: 'transactional-offsets'
  readonly group: string
  readonly producerId: number
  readonly connection: ConnectionId
  readonly correlationId: number
  readonly offsets: Readonly<Record<TopicPartition, CommittedOffset>>
}

export function handleTxnOffsetCommit(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: TxnOffsetCommitRequest,
  connection: ConnectionId,
): void {
  const { group: id, correlationId, producerId, producerEpoch } = request
  const names = Object.keys(request.offsets).sort(comparePartitions)
  const found = coordinated(state, config, 'group', id)
  const error = found.ok ? refusal(found.partition, request, config) : found.error
  const planted = found.ok && isMutant(config, 'former-member-commits-in-a-transaction')
  if (!found.ok || (error !== 'NONE' && !planted)) {
    if (found.ok) ctx.probe('offsets of a former member refused to a transaction')
    answerCommit(state, ctx, 'TxnOffsetCommitResponse', { connection, correlationId }, names, error)
    return
  }
  const { groups, partition } = found.partition
  if (own(groups, id) === undefined) groups[id] = newGroup(id, nowMs(ctx))
  const group = groups[id]!
  const offsets: Record<TopicPartition, CommittedOffset> = {}
  const commitTimestampMs = nowMs(ctx)
  for (const name of names) {
    const expireTimestampMs = expiryOf(config, -1, commitTimestampMs)
    const offset = request.offsets[name]!
    offsets[name] = { offset, leaderEpoch: -1, metadata: '', commitTimestampMs, expireTimestampMs }
  }
  if (pendsBeforeAppend(config)) pend(group, producerId, offsets, -1)
  appendToCoordinatorLog(state, ctx, config, {
    partition,
    records: offsetRecords(id, offsets),
    ...storeSettings(config),
    producer: { id: producerId, epoch: producerEpoch, baseSequence: -1, transactional: true },
    transactionalId: request.transactionalId,
    next: { kind: 'transactional-offsets', group: id, producerId, connection, correlationId, offsets },
  })
}

/**
 * KIP-447 (2.5): a producer that tells member and generation is held to them. One that knows the group's name only is
 * taken, whatever became of its consumer.
 */
function refusal(
  { groups, consumerGroups }: CoordinatedPartition,
  { group: id, member }: TxnOffsetCommitRequest,
  config: BrokerConfig,
): ErrorName {
  if (member === null || !config.mechanisms.transactionalOffsetsFenced) return 'NONE'
  const { generation, memberId } = member
  const isNobody = generation < 0 && memberId === '' && member.instanceId === null
  const consumerGroup = own(consumerGroups, id)
  if (consumerGroup !== undefined) {
    if (isNobody) return 'NONE'
    // The answer has no word for a stale epoch (OffsetMetadataManager.validateTransactionalOffsetCommit).
    const error = consumerGroupCommitRefusal(consumerGroup, { memberId, generation })
    return error === 'STALE_MEMBER_EPOCH' ? 'ILLEGAL_GENERATION' : error
  }
  const group = own(groups, id)
  if (group === undefined) return generation >= 0 ? 'ILLEGAL_GENERATION' : 'NONE'
  return isNobody ? 'NONE' : memberRefusal(group, member)
}

/**
 * To 3.9 offsets are pending as soon as they are asked for. From 4.0 on (KIP-848's coordinator) they are once their record
 * is committed: a commit that comes before the last transaction is complete is refused (KIP-890), and must leave what that
 * one has pending alone.
 */
const pendsBeforeAppend = ({ mechanisms }: BrokerConfig): boolean => !mechanisms.transactionsBumpEpoch

/** `appendedAt` is -1 until the record is known to be in the log. */
function pend(
  group: GroupState,
  producerId: number,
  offsets: Readonly<Record<TopicPartition, CommittedOffset>>,
  appendedAt: number,
): void {
  const pending: Record<TopicPartition, PendingTransactionOffset> = { ...group.transactionalOffsets?.[producerId] }
  for (const name of Object.keys(offsets)) pending[name] = { committed: offsets[name]!, appendedAt }
  group.transactionalOffsets = { ...group.transactionalOffsets, [producerId]: pending }
}

export function onTransactionalOffsetsAppended(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: TopicPartition,
  append: TransactionalOffsetsAppend,
  error: ErrorName,
  baseOffset: number,
): void {
  const group = own(running(state).coordination?.partitions[partition]?.groups, append.group)
  const names = Object.keys(append.offsets)
  if (group !== undefined) {
    if (error === 'NONE') pend(group, append.producerId, append.offsets, baseOffset)
    else if (pendsBeforeAppend(config)) for (const name of names) forget(group, append.producerId, name)
  }
  answerCommit(state, ctx, 'TxnOffsetCommitResponse', append, names, transactionError(error))
}

function forget(group: GroupState, producerId: number, name: TopicPartition): void {
  const pending = { ...group.transactionalOffsets?.[producerId] }
  delete pending[name]
  group.transactionalOffsets = { ...group.transactionalOffsets, [producerId]: pending }
}

/** The transaction of a producer has ended in a partition of the offsets topic. */
export function onOffsetsMarker(
  state: BrokerState,
  config: BrokerConfig,
  partition: TopicPartition,
  producerId: number,
  result: 'COMMIT' | 'ABORT',
): void {
  const groups = running(state).coordination?.partitions[partition]?.groups ?? {}
  const counted = isMutant(config, 'offsets-of-aborted-transactions-count') ? 'COMMIT' : result
  for (const id of Object.keys(groups).sort()) endTransaction(groups[id]!, producerId, counted)
}

/** The offsets of a producer's transaction come to count, or never will. */
export function endTransaction(group: GroupState, producerId: number, result: 'COMMIT' | 'ABORT'): void {
  const pending = group.transactionalOffsets?.[producerId]
  if (pending === undefined) return
  const rest = { ...group.transactionalOffsets }
  delete rest[producerId]
  group.transactionalOffsets = rest
  if (result === 'ABORT') return
  for (const name of Object.keys(pending).sort(comparePartitions)) {
    const { committed, appendedAt } = pending[name]!
    if (appendedAt >= 0) keepLater(group, name, { committed, appendedAt })
  }
}

/** Offsets that a batch of the log commits in a transaction: pending until its marker comes. */
export const loadTransactionalOffset = (
  group: GroupState,
  producerId: number,
  name: TopicPartition,
  stored: PendingTransactionOffset,
): void => pend(group, producerId, { [name]: stored.committed }, stored.appendedAt)

/** Whether a transaction is about to commit an offset of the partition: what stands now may not stand (KIP-447). */
export const hasPendingTransaction = (group: GroupState | undefined, name: TopicPartition): boolean =>
  Object.values(group?.transactionalOffsets ?? {}).some((pending) => pending[name] !== undefined)

/** A fenced producer is told so; the rest as for other commits. */
const transactionError = (error: ErrorName): ErrorName =>
  error === 'INVALID_PRODUCER_EPOCH' ? error : commitError(error)
