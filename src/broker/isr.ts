/** Who is in sync: what a leader learns from fetches, who has fallen behind, who may come back. */
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import type { BrokerId } from '../kafka/ids.ts'
import { isMutant } from '../kafka/mutants.ts'
import { isEligible, maximalIsr } from './high-watermark.ts'
import { lagTimeUs, logOf, numberSetting } from './running.ts'
import type { BrokerConfig, BrokerState, PartitionState, RemoteReplica } from './state.ts'

/** Long before any run began: "not caught up within living memory" (Kafka writes 0, which is 1970). */
export const NEVER_US = -1_000_000_000_000_000

/** What is known of a replica that has not fetched yet. */
export const unheardReplica = (nowUs: number, m: Mechanisms): RemoteReplica => ({
  logEndOffset: -1,
  logStartOffset: -1,
  // 0.9 to 0.10.1: the clock of a replica starts when the leader first thinks of it.
  lastCaughtUpTimeUs: m.isrLag === 'exactly-caught-up' ? nowUs : NEVER_US,
  lastFetchTimeUs: NEVER_US,
  lastFetchLeaderLogEndOffset: -1,
  brokerEpoch: -1,
})

/**
 * What becomes of the knowledge about the followers when this broker is made leader. A leader that was leader before
 * keeps their log ends (0.9); a new one has to hear from each of them again.
 */
export function resetRemoteReplicas(
  partition: PartitionState,
  nowUs: number,
  logEndOffset: number,
  keepLogEnds: boolean,
  m: Mechanisms,
): void {
  for (const [id, remote] of Object.entries(partition.remoteReplicas)) {
    const member = partition.isr.includes(Number(id))
    if (!keepLogEnds) {
      remote.logEndOffset = -1
      remote.logStartOffset = -1
      remote.lastSentHighWatermark = 0
    }
    remote.lastFetchLeaderLogEndOffset = keepLogEnds ? logEndOffset : -1
    remote.lastFetchTimeUs =
      keepLogEnds || m.isrLag === 'messages-or-stuck' || m.isrLag === 'messages-or-time' ? nowUs : NEVER_US
    // 0.10.2 Replica.resetLastCaughtUpTime: members get a whole lag limit, the others none. 0.9 to 0.10.1 reset nothing.
    if (m.isrLag !== 'exactly-caught-up') remote.lastCaughtUpTimeUs = member ? nowUs : NEVER_US
  }
}

/** Where a follower stood, as its fetch told: it has everything below `fetchOffset`. */
interface FollowerPosition {
  readonly fetchOffset: number
  readonly logStartOffset: number
  /** The leader's log end when it read for this fetch. */
  readonly leaderLogEndOffset: number
  readonly atUs: number
}

/** Takes a follower's position over. Returns whether its log end moved. */
export function takePosition(remote: RemoteReplica, position: FollowerPosition, m: Mechanisms): boolean {
  const { fetchOffset, leaderLogEndOffset, atUs } = position
  const moved = remote.logEndOffset !== fetchOffset
  if (fetchOffset >= leaderLogEndOffset) remote.lastCaughtUpTimeUs = Math.max(remote.lastCaughtUpTimeUs, atUs)
  else if (m.isrLag === 'caught-up' || m.isrLag === 'caught-up-or-equal') {
    // KAFKA-4485 (0.10.2): under steady small appends no fetch reaches the log end; one that reaches where it stood at
    // the fetch before was caught up then.
    if (fetchOffset >= remote.lastFetchLeaderLogEndOffset) {
      remote.lastCaughtUpTimeUs = Math.max(remote.lastCaughtUpTimeUs, remote.lastFetchTimeUs)
    }
  }
  remote.logEndOffset = fetchOffset
  remote.logStartOffset = position.logStartOffset
  remote.lastFetchLeaderLogEndOffset = leaderLogEndOffset
  remote.lastFetchTimeUs = atUs
  return moved
}

/** ISR members, without the leader, that have fallen behind by the rule of the generation, in ISR order. */
export function outOfSyncReplicas(
  state: BrokerState,
  nowUs: number,
  config: BrokerConfig,
  partition: PartitionState,
): BrokerId[] {
  const logEndOffset = logOf(state, partition.partition).logEndOffset
  return partition.isr.filter((id) => {
    const remote = partition.remoteReplicas[id]
    return id !== config.id && remote !== undefined && isOutOfSync(remote, nowUs, logEndOffset, config)
  })
}

function isOutOfSync(remote: RemoteReplica, nowUs: number, logEndOffset: number, config: BrokerConfig): boolean {
  const limitUs = lagTimeUs(config)
  switch (config.mechanisms.isrLag) {
    case 'messages-or-stuck':
      // 0.8.0 Partition.getOutOfSyncReplicas: a silent follower is stuck only while it lacks something.
      return (
        (remote.logEndOffset < logEndOffset && nowUs - remote.lastFetchTimeUs > limitUs) ||
        isSlow(remote, logEndOffset, config)
      )
    case 'messages-or-time':
      return nowUs - remote.lastFetchTimeUs > limitUs || isSlow(remote, logEndOffset, config)
    case 'exactly-caught-up':
    case 'caught-up':
      return nowUs - remote.lastCaughtUpTimeUs > limitUs
    case 'caught-up-or-equal':
      // KAFKA-7152 (2.1): a follower that has all there is stays, however long it has been silent.
      return remote.logEndOffset !== logEndOffset && nowUs - remote.lastCaughtUpTimeUs > limitUs
  }
}

/** To 0.8.2: more than replica.lag.max.messages behind, which one large batch does to every follower (C-18). */
function isSlow(remote: RemoteReplica, logEndOffset: number, config: BrokerConfig): boolean {
  const limit = numberSetting(config, 'replica.lag.max.messages')
  return limit !== null && remote.logEndOffset >= 0 && logEndOffset - remote.logEndOffset > limit
}

/** Whether a follower that has just fetched may come into the ISR. */
export function canJoinIsr(
  state: BrokerState,
  config: BrokerConfig,
  partition: PartitionState,
  id: BrokerId,
  remote: RemoteReplica,
): boolean {
  const m = config.mechanisms
  if (maximalIsr(partition).includes(id)) return false
  if (m.isrJoinMustBeAssigned && !partition.replicas.includes(id)) return false
  if (isMutant(config, 'join-before-caught-up')) return true
  if (remote.logEndOffset < partition.highWatermark) return false
  // KAFKA-7128 (2.0.1): a new leader's high watermark may lie below what was committed, so its epoch's start counts too.
  if (m.isrAdmission === 'high-watermark-and-epoch-start' && remote.logEndOffset < partition.leaderEpochStartOffset) {
    return false
  }
  return isEligible(state, config, id, remote)
}
