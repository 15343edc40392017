/** What a controller tells this broker, and the checks that keep older news from undoing newer. */
import type { ErrorName } from '../kafka/errors.ts'
import { partitionNames, splitTopicPartition, type TopicPartition } from '../kafka/ids.ts'
import type { LeaderAndIsrRequest, LeaderAndIsrState, StopReplicaRequest } from '../kafka/messages/control.ts'
import { unreachable } from '../kernel/assert.ts'
import { checkpointLogStart, checkpointRecoveryPoint, startHighWatermarkCheckpoints } from './checkpoint.ts'
import { forgetCleaned } from './cleaner.ts'
import { stopCoordinating } from './coordinator/leadership.ts'
import { completeDelayedRequests } from './delayed-requests.ts'
import { isUnreadable } from './load-logs.ts'
import { directoriesOf, failDirectory, isOffline } from './log-dirs.ts'
import { updateMetadataCache } from './metadata.ts'
import { makeFollower, makeLeader, replicaOf } from './partition.ts'
import { unfollowPartition } from './replica-fetcher.ts'
import { type BrokerContext, running } from './running.ts'
import type { BrokerConfig, BrokerState, WaitingControlRequest } from './state.ts'
import { isLocked } from './waiting.ts'

/** The leader epoch of a StopReplica that deletes the topic, and of one that names none (KIP-570). */
const EPOCH_DURING_DELETE = -2
const NO_EPOCH = -1

/**
 * A request waits when a role it changes is under a lock, or behind one that waits: brokers handle control requests
 * one after the other (ReplicaManager.replicaStateChangeLock).
 */
export function handleControlRequest(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  waiting: WaitingControlRequest,
): void {
  const { controlQueue } = running(state)
  if (controlQueue.length === 0 && !needsHeldLock(state, waiting)) carryOut(state, ctx, config, waiting)
  else {
    ctx.probe('control request waits for the lock of a partition')
    controlQueue.push(waiting)
  }
}

/** Whether the oldest request that waits could be carried out now. */
export function isControlReady(state: BrokerState): boolean {
  const first = running(state).controlQueue[0]
  return first !== undefined && !needsHeldLock(state, first)
}

/** Carries out what waited, in order, as far as locks allow. */
export function drainControlQueue(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  for (;;) {
    const first = running(state).controlQueue[0]
    if (first === undefined || needsHeldLock(state, first)) return
    running(state).controlQueue.shift()
    carryOut(state, ctx, config, first)
  }
}

const needsHeldLock = (state: BrokerState, { message }: WaitingControlRequest): boolean =>
  message.type !== 'UpdateMetadataRequest' && Object.keys(message.partitions).some((name) => isLocked(state, name))

function carryOut(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  { connection, message }: WaitingControlRequest,
): void {
  const { correlationId } = message
  const error = stalenessOf(state, config, message)
  if (error !== 'NONE') {
    ctx.fact({ kind: 'controlRequestRefused', request: message.type, controllerEpoch: message.controllerEpoch, error })
    ctx.reply(connection, { type: 'ControlResponse', correlationId, error, partitions: {} })
    return
  }
  // Memory only: a restarted broker believes an old controller until it hears the new one.
  running(state).controllerEpoch = message.controllerEpoch
  let partitions: Record<TopicPartition, ErrorName> = {}
  switch (message.type) {
    case 'LeaderAndIsrRequest':
      partitions = takeRoles(state, ctx, config, message)
      break
    case 'StopReplicaRequest':
      partitions = stopReplicas(state, ctx, config, message)
      break
    case 'UpdateMetadataRequest':
      updateMetadataCache(state, message)
      break
    default:
      unreachable(message)
  }
  ctx.reply(connection, { type: 'ControlResponse', correlationId, error: 'NONE', partitions })
}

/**
 * KIP-380 (2.2): a request meant for an earlier life of this broker is dropped. One that knows a later life than the
 * broker itself, which has not had the answer to its registration yet, is taken (2.2 to 2.4 fail it; later ones do not).
 */
function stalenessOf(state: BrokerState, config: BrokerConfig, message: WaitingControlRequest['message']): ErrorName {
  const { brokerEpoch, controllerEpoch } = running(state)
  if (config.mechanisms.brokerEpoch && message.brokerEpoch !== -1 && brokerEpoch !== -1) {
    if (message.brokerEpoch < brokerEpoch) return 'STALE_BROKER_EPOCH'
  }
  return message.controllerEpoch < controllerEpoch ? 'STALE_CONTROLLER_EPOCH' : 'NONE'
}

function takeRoles(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: LeaderAndIsrRequest,
): Record<TopicPartition, ErrorName> {
  const answers: Record<TopicPartition, ErrorName> = {}
  const accepted: TopicPartition[] = []
  if (isUnreadable(state.durable, 'replication-offset-checkpoint')) return refuseRoles(state, ctx, config, request)
  for (const name of partitionNames(request.partitions)) {
    const verdict = judgeRole(state, ctx, config, name, request.partitions[name]!)
    if (verdict === 'take') accepted.push(name)
    answers[name] = verdict === 'take' ? 'NONE' : verdict
  }
  // All leaders first, then all followers (0.8.0 to 3.x ReplicaManager.becomeLeaderOrFollower).
  for (const name of accepted) {
    const told = request.partitions[name]!
    if (told.leader === config.id) makeLeader(state, ctx, config, name, told)
  }
  for (const name of accepted) {
    const told = request.partitions[name]!
    if (told.leader !== config.id) makeFollower(state, ctx, config, name, told, request.liveLeaders)
  }
  startHighWatermarkCheckpoints(state, ctx)
  return answers
}

/**
 * The file of high watermarks cannot be read, which is first done for the first role. Its directory has failed; to 0.11
 * the request fails instead, and every one after it: the replicas are there and have no role (recorded on 0.10.2.2).
 */
function refuseRoles(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: LeaderAndIsrRequest,
): Record<TopicPartition, ErrorName> {
  const fails = config.mechanisms.logDirFailures
  const names = partitionNames(request.partitions)
  for (const name of names) replicaOf(state, ctx, config, name, request.partitions[name]!)
  if (fails) {
    failDirectory(state, ctx, config, directoriesOf(config)[0]!, 'replication-offset-checkpoint cannot be read')
  } else ctx.probe('no role taken: the file of high watermarks cannot be read')
  const error = fails ? 'KAFKA_STORAGE_ERROR' : 'UNKNOWN_SERVER_ERROR'
  return Object.fromEntries(names.map((name): [TopicPartition, ErrorName] => [name, error]))
}

/**
 * A role counts only at a higher leader epoch than the present one. An equal one is old news also from 3.3 on, where
 * KRaft refreshes by it (3.3 to 3.9 ReplicaManager.becomeLeaderOrFollower): a change that the leader asks for stays asked.
 */
function judgeRole(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  told: LeaderAndIsrState,
): 'take' | ErrorName {
  if (!isUsable(state, config, name, told)) return 'KAFKA_STORAGE_ERROR'
  const known = running(state).partitions[name]?.leaderEpoch ?? -1
  if (told.leaderEpoch > known) return told.replicas.includes(config.id) ? 'take' : 'UNKNOWN_TOPIC_OR_PARTITION'
  if (told.leaderEpoch < known) ctx.probe('role of an older leader epoch ignored')
  return 'STALE_CONTROLLER_EPOCH'
}

/**
 * Whether the log is in a directory that works. While one has failed, a replica that is not there and is not new either
 * may be in that one, so it is not made anew (1.1.1 LogManager.getOrCreateLog).
 */
function isUsable(state: BrokerState, config: BrokerConfig, name: TopicPartition, told: LeaderAndIsrState): boolean {
  if (running(state).offlineDirs.length === 0) return true
  return state.durable.logs[name] === undefined ? told.isNew : !isOffline(state, config, name)
}

function stopReplicas(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: StopReplicaRequest,
): Record<TopicPartition, ErrorName> {
  const answers: Record<TopicPartition, ErrorName> = {}
  for (const name of partitionNames(request.partitions)) {
    const { leaderEpoch, delete: deleted } = request.partitions[name]!
    const known = running(state).partitions[name]?.leaderEpoch ?? -1
    // KIP-570 (2.6): a delayed StopReplica must not stop a replica that has been given a newer role.
    const named = leaderEpoch !== NO_EPOCH && leaderEpoch !== EPOCH_DURING_DELETE
    if (config.mechanisms.stopReplicaEpoch && named && leaderEpoch <= known) {
      ctx.probe('stop of an older leader epoch refused')
      answers[name] = 'FENCED_LEADER_EPOCH'
      continue
    }
    // The log cannot be deleted there; it goes on being the controller's business (KIP-112).
    const fails = deleted && isOffline(state, config, name)
    if (!fails) stopReplica(state, ctx, config, name, deleted)
    answers[name] = fails ? 'KAFKA_STORAGE_ERROR' : 'NONE'
  }
  return answers
}

/** Stops fetching. Only a deletion takes the replica away; otherwise it keeps its role, without a fetcher. */
export function stopReplica(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  deleted: boolean,
): void {
  const volatile = running(state)
  unfollowPartition(state, ctx, name)
  if (deleted) {
    stopCoordinating(state, ctx, config, name)
    delete volatile.partitions[name]
    delete volatile.lastFlushUs[name]
    delete state.durable.logs[name]
    forgetCleaned(state, name)
    // LogManager.asyncDelete writes both files without the log, since they are a directory's own (1.0, with KIP-112).
    if (config.mechanisms.logDirFailures) {
      checkpointRecoveryPoint(state, ctx, config)
      checkpointLogStart(state, ctx, config)
    }
    const { topic } = splitTopicPartition(name)
    const others = Object.keys(volatile.partitions).some((other) => splitTopicPartition(other).topic === topic)
    if (!others) delete volatile.topicSettings[topic]
  }
  ctx.fact({ kind: 'replicaStopped', partition: name, deleted })
  if (config.mechanisms.stepDownCompletesProduce) completeDelayedRequests(state, ctx, config, name)
}
