/**
 * DeleteRecords (KIP-107): the leader moves its log start up, followers take it over with their next fetches, and the
 * answer waits until all that are alive have it. No file goes before the next look of each broker's log manager.
 */
import type { ErrorName } from '../kafka/errors.ts'
import { partitionNames, splitTopicPartition, type TopicPartition } from '../kafka/ids.ts'
import { isInternalTopic } from '../kafka/internal-topics.ts'
import type { DeleteRecordsRequest } from '../kafka/messages/delete-records.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { msToUs } from '../kernel/time.ts'
import { raiseLogStart } from '../log/log-start.ts'
import { forgetUnread, release, respond } from './client-connection.ts'
import { parkedUnder, unpark } from './parked.ts'
import { unhostedError } from './read-partition.ts'
import { cleanupPolicy } from './retention.ts'
import { type BrokerContext, logOf, running } from './running.ts'
import type { BrokerConfig, BrokerState, DelayedDeleteRecords, PartitionState } from './state.ts'

/** Asks for everything up to the high watermark. */
const HIGH_WATERMARK = -1

export const DELETE_RECORDS_TIMER = 'delete-records'
const timerOf = (id: number): string => `${DELETE_RECORDS_TIMER}:${id}`

export function handleDeleteRecords(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: DeleteRecordsRequest,
  connection: ConnectionId,
): void {
  if (!config.mechanisms.deleteRecords) {
    // A broker that does not know a request closes the connection.
    ctx.closeConnection(connection)
    forgetUnread(state, connection)
    release(state, connection)
    return
  }
  const { correlationId, timeoutMs } = request
  const pending: DelayedDeleteRecords['pending'] = {}
  const done: DelayedDeleteRecords['done'] = {}
  for (const name of partitionNames(request.partitions)) {
    const deleted = deleteBefore(state, ctx, config, name, request.partitions[name]!)
    if (typeof deleted === 'string') done[name] = { error: deleted, lowWatermark: -1 }
    else pending[name] = deleted
  }
  const volatile = running(state)
  const id = volatile.nextId++
  const delayed: DelayedDeleteRecords = { id, connection, correlationId, pending, done }
  volatile.delayedDeleteRecords.push(delayed)
  if (!tryComplete(state, ctx, delayed)) ctx.setTimer(timerOf(id), msToUs(timeoutMs))
}

/** Moves the log start of one partition; the offset that every replica's must reach, or why not. */
function deleteBefore(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  before: number,
): number | ErrorName {
  if (isInternalTopic(splitTopicPartition(name).topic)) return 'INVALID_TOPIC_EXCEPTION'
  const partition = running(state).partitions[name]
  if (partition === undefined) return unhostedError(state, config, name)
  if (partition.role !== 'leader') return 'NOT_LEADER_FOR_PARTITION'
  if (!cleanupPolicy(state, config, name).deletes) return 'POLICY_VIOLATION'
  const offset = before === HIGH_WATERMARK ? partition.highWatermark : before
  const past = offset > partition.highWatermark
  if (offset < 0 || past) return 'OFFSET_OUT_OF_RANGE'
  const log = logOf(state, name)
  const from = log.logStartOffset
  if (raiseLogStart(log, offset, config.mechanisms)) {
    ctx.fact({ kind: 'logStartMoved', partition: name, from, to: log.logStartOffset, why: 'DeleteRecords' })
  }
  return offset
}

/** The least log start of the leader and of the followers that are alive. */
function lowWatermark(state: BrokerState, partition: PartitionState): number {
  const { liveBrokers } = running(state).metadata
  let least = logOf(state, partition.partition).logStartOffset
  for (const [id, remote] of Object.entries(partition.remoteReplicas)) {
    if (liveBrokers.includes(Number(id))) least = Math.min(least, remote.logStartOffset)
  }
  return least
}

/** Answers what is satisfied, or can never be; whether nothing is left to wait for. */
function tryComplete(state: BrokerState, ctx: BrokerContext, delayed: DelayedDeleteRecords): boolean {
  for (const name of Object.keys(delayed.pending)) {
    const partition = running(state).partitions[name]
    const leads = partition?.role === 'leader'
    const low = leads ? lowWatermark(state, partition) : -1
    if (leads && low < delayed.pending[name]!) continue
    const lost = partition === undefined ? 'UNKNOWN_TOPIC_OR_PARTITION' : 'NOT_LEADER_FOR_PARTITION'
    const error = leads ? 'NONE' : lost
    delayed.done[name] = { error, lowWatermark: low }
    delete delayed.pending[name]
  }
  if (Object.keys(delayed.pending).length > 0) return false
  ctx.cancelTimer(timerOf(delayed.id))
  answer(state, ctx, delayed)
  return true
}

/** A follower has fetched, or a role has changed: looks at the requests that wait for it. */
export function completeDelayedDeleteRecords(state: BrokerState, ctx: BrokerContext, name: TopicPartition): void {
  const waiting = running(state).delayedDeleteRecords.filter(({ pending }) => pending[name] !== undefined)
  for (const delayed of waiting) tryComplete(state, ctx, delayed)
}

/** Its time is up. */
export function onDeleteRecordsTimer(state: BrokerState, ctx: BrokerContext, id: string): void {
  const delayed = parkedUnder(running(state).delayedDeleteRecords, id)
  if (delayed === undefined) return
  for (const name of Object.keys(delayed.pending)) {
    const partition = running(state).partitions[name]
    delayed.done[name] = {
      error: 'REQUEST_TIMED_OUT',
      lowWatermark: partition === undefined ? -1 : lowWatermark(state, partition),
    }
  }
  answer(state, ctx, delayed)
}

function answer(state: BrokerState, ctx: BrokerContext, delayed: DelayedDeleteRecords): void {
  unpark(running(state).delayedDeleteRecords, delayed.id)
  const { connection, correlationId, done } = delayed
  respond(state, ctx, connection, { type: 'DeleteRecordsResponse', correlationId, partitions: { ...done } })
}
