/** What a leader makes of a follower's fetch: its log end, its place in the ISR, the high watermark. */
import type { BrokerId } from '../kafka/ids.ts'
import type { FetchRequest } from '../kafka/messages/data.ts'
import { isMutant } from '../kafka/mutants.ts'
import { completeDelayedProduces } from './delayed-produce.ts'
import { completeDelayedRequests } from './delayed-requests.ts'
import { completeDelayedDeleteRecords } from './delete-records.ts'
import { maybeIncrementHighWatermark } from './high-watermark.ts'
import { takePosition, unheardReplica } from './isr.ts'
import { maybeExpandIsr } from './isr-change.ts'
import { type BrokerContext, logOf } from './running.ts'
import type { BrokerConfig, BrokerState, PartitionState, ReadResult, RemoteReplica } from './state.ts'

/**
 * Records where the follower stands. `result` is null where the position is taken before the read (to 0.8.1).
 * Returns true when the follower's return to the ISR is being written under the partition's lock: the fetch goes on
 * when that is over.
 */
export function recordPosition(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: PartitionState,
  request: FetchRequest,
  result: ReadResult | null,
): boolean {
  const m = config.mechanisms
  const asked = request.partitions[partition.partition]!
  const remote = followerOf(partition, request.replicaId, ctx.nowUs, config)
  const told = result === null || tellsPosition(result, m.divergingFetchUpdatesFollower)
  if (remote === null || partition.role !== 'leader' || !told) {
    // Whatever became of it, a follower's fetch makes the leader look at its parked produces (to 0.9 the only time it
    // notices that it leads no more).
    completeDelayedProduces(state, ctx, config, partition.partition)
    return false
  }
  const moved = takePosition(
    remote,
    {
      fetchOffset: asked.fetchOffset + (isMutant(config, 'follower-counted-ahead') ? 1 : 0),
      logStartOffset: asked.logStartOffset,
      leaderLogEndOffset: result?.logEndOffset ?? logOf(state, partition.partition).logEndOffset,
      atUs: result?.readAtUs ?? ctx.nowUs,
    },
    m,
  )
  remote.brokerEpoch = request.replicaEpoch
  if (m.highWatermarkWakesFollowers && result !== null) remote.lastSentHighWatermark = result.fetched.highWatermark
  completeDelayedDeleteRecords(state, ctx, partition.partition)
  const asksExpansion = maybeExpandIsr(state, ctx, config, partition, request.replicaId, remote)
  if (asksExpansion && partition.lockedSinceUs !== null) return true
  if (moved || m.unmovedFetchKeepsHighWatermark !== true) afterPosition(state, ctx, config, partition)
  else completeDelayedProduces(state, ctx, config, partition.partition)
  return false
}

/** A refused fetch tells nothing; one whose log parts from the leader's must not either (KAFKA-13141, 2.7.2). */
const tellsPosition = ({ fetched }: ReadResult, divergingCounts: boolean): boolean =>
  fetched.error === 'NONE' && (fetched.divergingEpoch === null || divergingCounts)

/** The leader's memory of a follower. 0.8.0 and 0.8.1 accept one that is not assigned (KAFKA-1097). */
function followerOf(
  partition: PartitionState,
  follower: BrokerId,
  nowUs: number,
  config: BrokerConfig,
): RemoteReplica | null {
  const known = partition.remoteReplicas[follower]
  if (known !== undefined) return known
  if (config.mechanisms.isrJoinMustBeAssigned) return null
  const remote = unheardReplica(nowUs, config.mechanisms)
  partition.remoteReplicas[follower] = remote
  return remote
}

/** The high watermark may have moved, and produces may have their acks. */
export function afterPosition(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: PartitionState,
): void {
  if (maybeIncrementHighWatermark(state, ctx, config, partition)) {
    completeDelayedRequests(state, ctx, config, partition.partition)
  }
  completeDelayedProduces(state, ctx, config, partition.partition)
}
