/** The leader's side of leader epochs: fencing, the end of an epoch, and where a follower's log parts from its own. */
import type { ErrorName } from '../kafka/errors.ts'
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import type { OffsetsForLeaderEpochRequest, OffsetsForLeaderEpochResponse } from '../kafka/messages/data.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { sortedKeys } from '../kernel/sorted-keys.ts'
import { type EpochEnd, endOffsetForEpoch, UNDEFINED_EPOCH, UNDEFINED_OFFSET } from '../log/epoch-cache.ts'
import type { ReplicaLog } from '../log/replica-log.ts'
import type { BrokerContext } from './running.ts'
import type { BrokerConfig, BrokerState, PartitionState } from './state.ts'

/**
 * Compares the leader epoch a request was made under (-1: none) with the broker's own. KIP-320 (2.1): an older request
 * is fenced, a newer one is ahead of what this broker has been told. Checked before the role is.
 */
export function leaderEpochError(
  partition: PartitionState,
  currentLeaderEpoch: number,
  m: Mechanisms,
): Extract<ErrorName, 'NONE' | 'FENCED_LEADER_EPOCH' | 'UNKNOWN_LEADER_EPOCH'> {
  if (!m.leaderEpochFencing || currentLeaderEpoch === -1) return 'NONE'
  if (currentLeaderEpoch < partition.leaderEpoch) return 'FENCED_LEADER_EPOCH'
  return currentLeaderEpoch > partition.leaderEpoch ? 'UNKNOWN_LEADER_EPOCH' : 'NONE'
}

/**
 * What a leader tells a follower whose log parts from its own; null when the logs agree up to the fetch offset or the
 * follower did not ask. Both fields are -1 when the leader does not know the epoch: answer OFFSET_OUT_OF_RANGE then.
 *
 * KAFKA-10487 (2.7), 2.8 Partition.readRecords: the end of the last fetched epoch is of a smaller epoch, or lies below
 * the fetch offset. A fetch below the log start is out of range whatever the epochs say (KAFKA-12996), so null.
 */
export function divergingEpochOf(
  log: ReplicaLog,
  partition: PartitionState,
  fetchOffset: number,
  lastFetchedEpoch: number,
  m: Mechanisms,
): EpochEnd | null {
  if (!m.leaderAnswersDiverging || lastFetchedEpoch === UNDEFINED_EPOCH || partition.role !== 'leader') return null
  const end = endOffsetForEpoch(log, lastFetchedEpoch, m)
  if (end.endOffset === UNDEFINED_OFFSET || end.epoch === UNDEFINED_EPOCH) {
    return { epoch: UNDEFINED_EPOCH, endOffset: UNDEFINED_OFFSET }
  }
  if (fetchOffset < log.logStartOffset) return null
  return end.epoch < lastFetchedEpoch || end.endOffset < fetchOffset ? end : null
}

type EpochAnswer = OffsetsForLeaderEpochResponse['partitions'][string]

function answerFor(
  state: BrokerState,
  m: Mechanisms,
  name: string,
  asked: OffsetsForLeaderEpochRequest['partitions'][string],
): EpochAnswer {
  const refused = (error: ErrorName): EpochAnswer => ({
    error,
    leaderEpoch: UNDEFINED_EPOCH,
    endOffset: UNDEFINED_OFFSET,
  })
  const partition = state.volatile?.partitions[name]
  const log = state.durable.logs[name]
  if (partition === undefined) {
    // 2.1 ReplicaManager.getPartitionOrException: a partition that lives elsewhere has its leader elsewhere.
    const elsewhere = m.leaderEpochFencing && state.volatile?.metadata.partitions[name] !== undefined
    return refused(elsewhere ? 'NOT_LEADER_FOR_PARTITION' : 'UNKNOWN_TOPIC_OR_PARTITION')
  }
  const fenced = leaderEpochError(partition, asked.currentLeaderEpoch, m)
  if (fenced !== 'NONE') return refused(fenced)
  if (partition.role !== 'leader' || log === undefined) return refused('NOT_LEADER_FOR_PARTITION')
  const end = endOffsetForEpoch(log, asked.leaderEpoch, m)
  return { error: 'NONE', leaderEpoch: end.epoch, endOffset: end.endOffset }
}

/** Answers where the asked epochs end in the logs of the partitions this broker leads (KIP-101, 0.11). */
export function handleOffsetsForLeaderEpoch(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: OffsetsForLeaderEpochRequest,
  connection: ConnectionId,
): void {
  const partitions: Record<string, EpochAnswer> = {}
  for (const name of sortedKeys(request.partitions)) {
    partitions[name] = answerFor(state, config.mechanisms, name, request.partitions[name]!)
  }
  ctx.reply(connection, {
    type: 'OffsetsForLeaderEpochResponse',
    correlationId: request.correlationId,
    partitions,
  })
}
