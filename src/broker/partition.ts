/** One replica taking a role: leader, follower, or none because its leader is dead. */
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import { type BrokerId, splitTopicPartition, type TopicPartition } from '../kafka/ids.ts'
import type { LeaderAndIsrState } from '../kafka/messages/control.ts'
import { isMutant } from '../kafka/mutants.ts'
import { MICROS_PER_MS } from '../kernel/time.ts'
import { assignEpoch } from '../log/epoch-cache.ts'
import { emptyLayout } from '../log/layout.ts'
import { emptyLog, type ReplicaLog } from '../log/replica-log.ts'
import { wakeCleaner } from './cleaner.ts'
import { goOnCoordinating, startCoordinating, stopCoordinating } from './coordinator/leadership.ts'
import { completeDelayedRequests } from './delayed-requests.ts'
import { maybeIncrementHighWatermark } from './high-watermark.ts'
import { resetRemoteReplicas, unheardReplica } from './isr.ts'
import { placeLog } from './log-dirs.ts'
import { segmentSettings } from './log-disk.ts'
import { followPartition, shouldRestartFetcher, unfollowPartition } from './replica-fetcher.ts'
import { type BrokerContext, logOf, running } from './running.ts'
import type { BrokerConfig, BrokerState, PartitionState } from './state.ts'
import { EPOCH_FILE, tellFileSynced } from './syncs.ts'

/**
 * The replica of a partition, made with its log when there is none yet. Its high watermark is read from the checkpoint
 * now, when the first role of this life arrives: what is missing there is 0, what lies above the log end is capped.
 */
export function replicaOf(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  told: LeaderAndIsrState,
): PartitionState {
  const volatile = running(state)
  const known = volatile.partitions[name]
  if (known !== undefined) return known
  const { topic } = splitTopicPartition(name)
  if (!Object.hasOwn(volatile.topicSettings, topic)) volatile.topicSettings[topic] = { ...told.topicSettings }
  if (state.durable.logs[name] === undefined) {
    const layout = emptyLayout(0, config.mechanisms.recordFormat, Math.floor(ctx.nowUs / MICROS_PER_MS))
    state.durable.logs[name] = { ...emptyLog(), layout }
    volatile.lastFlushUs[name] = ctx.nowUs
    placeLog(state, config, name)
  }
  const log = logOf(state, name)
  wakeCleaner(state, ctx, config, name)
  if (log.layout !== undefined) log.layout.settings = segmentSettings(state, config, name)
  const checkpointed = state.durable.highWatermarkCheckpoint?.[name] ?? 0
  const floor = config.mechanisms.highWatermarkAtLeastLogStart ? log.logStartOffset : 0
  const believed = isMutant(config, 'high-watermark-file-believed')
  const replica: PartitionState = {
    partition: name,
    role: 'none',
    leader: -1,
    leaderEpoch: -1,
    controllerEpoch: -1,
    isr: [],
    partitionEpoch: -1,
    replicas: [],
    highWatermark: Math.max(believed ? checkpointed : Math.min(checkpointed, log.logEndOffset), floor),
    leaderEpochStartOffset: -1,
    remoteReplicas: {},
    pendingIsr: null,
    lockedSinceUs: null,
  }
  volatile.partitions[name] = replica
  return running(state).partitions[name]!
}

/** Takes the lead. A leader never cuts its log. */
export function makeLeader(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  told: LeaderAndIsrState,
): void {
  const m = config.mechanisms
  unfollowPartition(state, ctx, name)
  const partition = replicaOf(state, ctx, config, name, told)
  const log = logOf(state, name)
  const wasLeader = partition.role === 'leader'
  const newEpoch = told.leaderEpoch > partition.leaderEpoch
  takeOver(partition, told, [...told.isr])
  forgetPendingIsr(state, partition)
  updateRemoteReplicas(partition, ctx.nowUs, config)
  partition.role = 'leader'
  partition.leader = config.id
  if (newEpoch) {
    partition.leaderEpochStartOffset = log.logEndOffset
    delete partition.lastStableOffset
    // KAFKA-7415 (2.0.1): followers can then be told where this epoch began even if nothing is ever appended in it.
    if (m.epochEntryAtElection) {
      assignEpoch(log, told.leaderEpoch, log.logEndOffset, m)
      tellFileSynced(ctx, EPOCH_FILE, name)
    }
    if (!wasLeader) lowerUnknownHighWatermark(ctx, partition, log, m)
    const keepLogEnds = wasLeader && m.sameLeaderKeepsFollowerState
    resetRemoteReplicas(partition, ctx.nowUs, log.logEndOffset, keepLogEnds, m)
    if (wasLeader) ctx.probe('leader made leader again at a higher epoch')
    ctx.fact({
      kind: 'becameLeader',
      partition: name,
      leaderEpoch: told.leaderEpoch,
      logEndOffset: log.logEndOffset,
      highWatermark: partition.highWatermark,
      isr: [...told.isr],
    })
  }
  if (!wasLeader) startCoordinating(state, ctx, name, told.leaderEpoch)
  else if (newEpoch) goOnCoordinating(state, config, name, told.leaderEpoch)
  if (partition.highWatermark < log.logEndOffset && !wasLeader)
    ctx.probe('new leader with a high watermark below its log end')
  if (maybeIncrementHighWatermark(state, ctx, config, partition)) completeDelayedRequests(state, ctx, config, name)
}

/**
 * Follows another leader. The old fetcher is stopped first; what this broker promised as leader is answered where the
 * generation does that at once, and where the log is cut to is the fetcher's business.
 */
export function makeFollower(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  told: LeaderAndIsrState,
  liveLeaders: readonly BrokerId[],
): void {
  const m = config.mechanisms
  if (!liveLeaders.includes(told.leader)) {
    ctx.probe('role named a leader that is not alive')
    // KAFKA-1647 (0.8.2): the replica exists, so that its high watermark stays in the checkpoint. Nothing else changes:
    // a leader goes on leading, a follower following.
    if (m.deadLeaderNamed === 'create-replica') replicaOf(state, ctx, config, name, told)
    return
  }
  const partition = replicaOf(state, ctx, config, name, told)
  const restart = shouldRestartFetcher(partition, told.leader, told.leaderEpoch, m)
  takeOver(partition, told, [])
  forgetPendingIsr(state, partition)
  if (!restart) {
    const { leader, leaderEpoch } = told
    ctx.fact({ kind: 'becomeFollowerSkippedSameLeader', partition: name, leader, leaderEpoch })
    return
  }
  if (partition.role === 'leader') {
    ctx.probe('leader became follower')
    stopCoordinating(state, ctx, config, name)
  }
  partition.role = 'follower'
  partition.leader = told.leader
  partition.leaderEpochStartOffset = -1
  // 0.9 to 0.10.1 leave the clocks of the other replicas running for the next time this broker leads.
  if (m.isrLag === 'exactly-caught-up') updateRemoteReplicas(partition, ctx.nowUs, config)
  else partition.remoteReplicas = {}
  unfollowPartition(state, ctx, name)
  ctx.fact({
    kind: 'becameFollower',
    partition: name,
    leader: told.leader,
    leaderEpoch: told.leaderEpoch,
    logEndOffset: logOf(state, name).logEndOffset,
    highWatermark: partition.highWatermark,
  })
  if (m.stepDownCompletesProduce) completeDelayedRequests(state, ctx, config, name)
  // KRaft names no leader at all where nobody can be elected.
  if (told.leader >= 0) followPartition(state, ctx, config, name, told)
}

/**
 * 3.3 Partition.makeLeader, in KRaft: the state of the present epoch told again, as new as what is known or newer. It
 * refreshes the ISR and the assignment of a leader and changes nothing else.
 */
export function refreshPartition(partition: PartitionState, told: LeaderAndIsrState, config: BrokerConfig): void {
  if (told.partitionEpoch < partition.partitionEpoch) return
  const leads = partition.role === 'leader' && told.leader === config.id
  takeOver(partition, told, leads ? [...told.isr] : [])
  if (leads) partition.pendingIsr = null
}

function takeOver(partition: PartitionState, told: LeaderAndIsrState, isr: BrokerId[]): void {
  partition.controllerEpoch = told.controllerEpoch
  partition.leaderEpoch = told.leaderEpoch
  partition.partitionEpoch = told.partitionEpoch
  partition.replicas = [...told.replicas]
  partition.isr = isr
}

/**
 * To 2.3 a follower that was cut to its leader's end keeps a high watermark above its own. 0.8.2 and later look the
 * offset up when such a replica is elected, do not find it, and take it for unknown until the ISR has fetched
 * (Replica.convertHWToLocalOffsetMetadata); 0.8.0 and 0.8.1 keep it.
 */
function lowerUnknownHighWatermark(
  ctx: BrokerContext,
  partition: PartitionState,
  log: ReplicaLog,
  m: Mechanisms,
): void {
  if (partition.highWatermark <= log.logEndOffset || m.acksAllBy === 'log-ends') return
  ctx.probe('elected with a high watermark above the log end')
  partition.highWatermark = log.logStartOffset
}

/** A change of the ISR that was asked under an older role is nobody's any more. */
function forgetPendingIsr(state: BrokerState, partition: PartitionState): void {
  partition.pendingIsr = null
  const { alterPartition } = running(state)
  alterPartition.unsent = alterPartition.unsent.filter((name) => name !== partition.partition)
}

/** The other replicas that a leader keeps track of are those that are assigned. */
export function updateRemoteReplicas(partition: PartitionState, nowUs: number, config: BrokerConfig): void {
  const remotes = partition.remoteReplicas
  for (const id of Object.keys(remotes)) if (!partition.replicas.includes(Number(id))) delete remotes[id]
  for (const id of partition.replicas) if (id !== config.id) remotes[id] ??= unheardReplica(nowUs, config.mechanisms)
}
