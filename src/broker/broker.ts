/** The broker machine: every input goes to the file that knows what to do with it. */
import type { Fact } from '../kafka/facts.ts'
import { partitionNames, type TopicPartition } from '../kafka/ids.ts'
import type { InternalTopic } from '../kafka/internal-topics.ts'
import type { KafkaMessage } from '../kafka/messages/message.ts'
import type { SessionResponse } from '../kafka/messages/registry.ts'
import type { Operation } from '../kafka/operations.ts'
import { CONFIG_CHANGES } from '../kafka/znodes.ts'
import { unreachable } from '../kernel/assert.ts'
import type { ConnectionId, Input, Machine } from '../kernel/machine.ts'
import { onCheckpointTimer } from './checkpoint.ts'
import { CLEANER_TIMER, onCleanerTimer } from './cleaner.ts'
import { forgetUnread, nextRead, readsNow } from './client-connection.ts'
import { handleControlRequest } from './control-requests.ts'
import { onCoordinatorTimer, settleCoordination } from './coordinator/coordinator.ts'
import { handleCoordinatorRequest, isCoordinatorRequest } from './coordinator/requests.ts'
import {
  FORWARDING_CHANNEL,
  onForwardingDisconnected,
  onTopicConfigCreated,
  onTopicCreated,
  onTopicCreationAnswered,
} from './coordinator/topic-creation.ts'
import {
  MARKER_CHANNEL,
  MARKER_TIMER,
  onMarkerLinkLost,
  onMarkersWritten,
  onMarkerTimer,
} from './coordinator/transactions/markers.ts'
import { onTimeLimitTimer } from './coordinator/transactions/time-limits.ts'
import { VERIFICATION_CHANNEL } from './coordinator/transactions/verification.ts'
import { onVerificationLost, onVerified } from './coordinator/transactions/verified.ts'
import { handleWriteTxnMarkers } from './coordinator/transactions/write-markers.ts'
import { onFetchTimer } from './delayed-fetch.ts'
import { onProduceTimer } from './delayed-produce.ts'
import { completeDelayedRequests } from './delayed-requests.ts'
import { DELETE_RECORDS_TIMER, handleDeleteRecords, onDeleteRecordsTimer } from './delete-records.ts'
import { emptyDirectory } from './disk.ts'
import { handleFetch } from './fetch.ts'
import { onFlushTimer } from './flush.ts'
import { maybeIncrementHighWatermark } from './high-watermark.ts'
import { onIsrChangeAnswer, onIsrChangeTimer } from './isr-change-notification.ts'
import { runIsrCheck } from './isr-check.ts'
import {
  CONTROLLER_CHANNEL,
  onAlterPartitionAnswer,
  onAlterPartitionFailed,
  sendAlterPartition,
  TIMEOUT_TIMER,
} from './isr-controller.ts'
import { isKraft, onKraftDisconnected, onKraftMessage, onKraftTimer, startKraft } from './kraft/kraft.ts'
import { askToShutDown } from './kraft/lifecycle.ts'
import { opensSockets } from './kraft/state.ts'
import { handleOffsetsForLeaderEpoch } from './leader-epoch.ts'
import { beginShutdown, startBroker, tryControlledShutdown } from './lifecycle.ts'
import { handleListOffsets } from './list-offsets.ts'
import { onLogDirTimer } from './log-dir-failure.ts'
import { LOG_DIR_TIMER } from './log-dirs.ts'
import { handleMetadata } from './metadata.ts'
import { onIsrWriteAnswer } from './partition-lock.ts'
import { handleProduce } from './produce.ts'
import {
  forgetProducerIdRequest,
  onProducerIdsAllocated,
  onProducerIdsRead,
  onProducerIdsWritten,
} from './producer-ids.ts'
import {
  onControllerDone,
  onRegisterAnswer,
  onRegisteredBy,
  onRegistrationTimer,
  onSessionState,
} from './registration.ts'
import { aboutRequest } from './registry-request.ts'
import { onFetcherDisconnected, onFetcherMessage, onFetcherTimer } from './replica-fetcher.ts'
import { DELETE_FILES_TIMER, onDeleteFilesTimer, onRetentionTimer, RETENTION_TIMER } from './retention.ts'
import { type BrokerContext, running } from './running.ts'
import {
  closeBroker,
  onControlledShutdownAnswer,
  onControlledShutdownLost,
  onControllerShutdownDone,
  onSessionClosed,
} from './shutdown.ts'
import { KRAFT_SHUTDOWN_TIMER, SHUTDOWN_RETRY_TIMER, SHUTDOWN_TIMEOUT_TIMER } from './shutdown-timers.ts'
import type { BrokerConfig, BrokerState, ClientRequest } from './state.ts'
import { onConfigChange, onConfigChanges, onTopicConfig, watchConfigChanges } from './topic-config.ts'
import { firstLocked, waitForLock } from './waiting.ts'

type BrokerInput = Input<KafkaMessage, Operation>

export const brokerMachine: Machine<BrokerState, BrokerConfig, KafkaMessage, Operation, Fact> = {
  init: () => ({
    durable: emptyDirectory(),
    volatile: null,
  }),

  step: (state, input, ctx, config) => {
    if (input.kind === 'start') {
      if (startBroker(state, ctx, config) && isKraft(config)) startKraft(state, ctx, config)
      return
    }
    if (state.volatile === null || state.volatile.phase === 'hung') return
    onInput(state, input, ctx, config)
    readOn(state, ctx, config)
    // What coordinators answer frees connections, whose next requests may be for them again.
    while (state.volatile.coordination !== undefined && settleCoordination(state, ctx, config))
      readOn(state, ctx, config)
  },

  listens: ({ volatile }) => volatile?.kraft == null || opensSockets(volatile.kraft),

  kill: (state) => {
    state.volatile = null
  },
}

function onInput(state: BrokerState, input: BrokerInput, ctx: BrokerContext, config: BrokerConfig): void {
  switch (input.kind) {
    case 'start':
    case 'operation':
      return
    case 'stop':
      beginShutdown(state, ctx, config, { exitCode: 0, hangsOver: null, controlled: true })
      return
    case 'local':
      onLocal(state, ctx, config, input.message)
      return
    case 'message':
      // A broker that is closing has closed its sockets.
      if (running(state).shutdown?.stage !== 'closing') onMessage(state, ctx, config, input)
      return
    case 'timer':
      if (running(state).shutdown?.stage !== 'closing') onTimer(state, ctx, config, input)
      return
    case 'disconnected':
      onDisconnected(state, ctx, config, input)
      return
    default:
      unreachable(input)
  }
}

/** Reads what connections carry behind requests that are dealt with now. */
function readOn(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  for (;;) {
    const next = nextRead(state)
    if (next === null) return
    handleClientRequest(state, ctx, config, next.message, next.connection)
  }
}

function handleClientRequest(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  message: ClientRequest,
  connection: ConnectionId,
): void {
  switch (message.type) {
    case 'ProduceRequest':
      handleProduce(state, ctx, config, message, connection)
      return
    case 'FetchRequest':
      handleFetch(state, ctx, config, message, connection)
      return
    case 'ListOffsetsRequest':
      handleListOffsets(state, ctx, config, message, connection)
      return
    case 'MetadataRequest':
      handleMetadata(state, ctx, config, message, connection)
      return
    case 'WriteTxnMarkersRequest':
      handleWriteTxnMarkers(state, ctx, config, message, connection)
      return
    case 'DeleteRecordsRequest':
      handleDeleteRecords(state, ctx, config, message, connection)
      return
    default:
      if (isCoordinatorRequest(message)) handleCoordinatorRequest(state, ctx, config, message, connection)
      else unreachable(message)
  }
}

function onMessage(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  input: Extract<BrokerInput, { kind: 'message' }>,
): void {
  const { connection, message } = input
  switch (message.type) {
    case 'ProduceRequest':
    case 'FetchRequest':
    case 'ListOffsetsRequest':
    case 'MetadataRequest':
    case 'WriteTxnMarkersRequest':
    case 'DeleteRecordsRequest':
      if (readsNow(state, ctx, connection, message)) handleClientRequest(state, ctx, config, message, connection)
      return
    case 'OffsetsForLeaderEpochRequest':
      onEpochQuestion(state, ctx, config, message, connection)
      return
    case 'LeaderAndIsrRequest':
    case 'UpdateMetadataRequest':
    case 'StopReplicaRequest':
      handleControlRequest(state, ctx, config, { connection, message })
      if (message.type === 'UpdateMetadataRequest') sendAlterPartition(state, ctx, config)
      return
    case 'FetchResponse':
    case 'ListOffsetsResponse':
    case 'OffsetsForLeaderEpochResponse':
      onFetcherMessage(state, ctx, config, input)
      return
    case 'ControllerAdminResponse':
      onTopicCreationAnswered(state, message.correlationId)
      return
    case 'AllocateProducerIdsResponse':
      onProducerIdsAllocated(state, message)
      return
    case 'AddPartitionsToTxnResponse':
      onVerified(state, ctx, config, message)
      return
    case 'WriteTxnMarkersResponse':
      onMarkersWritten(state, ctx, config, input.from, message)
      return
    case 'AlterPartitionResponse':
      onIsrConfirmed(state, ctx, config, onAlterPartitionAnswer(state, ctx, message))
      return
    case 'ControlledShutdownResponse':
      onControlledShutdownAnswer(state, ctx, config, message)
      return
    default:
      if (isCoordinatorRequest(message)) {
        if (readsNow(state, ctx, connection, message)) handleClientRequest(state, ctx, config, message, connection)
        return
      }
      if (isKraft(config) && onKraftMessage(state, ctx, config, message)) return
      ctx.probe(`broker ignores ${message.type}`)
  }
}

/** KAFKA-13091 (3.1): to 3.0 a confirmed ISR does not make the leader look at its high watermark. */
function onIsrConfirmed(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  confirmed: readonly TopicPartition[],
): void {
  if (!config.mechanisms.isrConfirmationMovesHighWatermark) return
  for (const name of confirmed) {
    const partition = running(state).partitions[name]!
    if (maybeIncrementHighWatermark(state, ctx, config, partition)) completeDelayedRequests(state, ctx, config, name)
  }
}

/** From 2.1 the answer needs the partition's lock, as a fetch does. */
function onEpochQuestion(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  message: Extract<KafkaMessage, { type: 'OffsetsForLeaderEpochRequest' }>,
  connection: ConnectionId,
): void {
  const names = partitionNames(message.partitions)
  const locked = config.mechanisms.isrWriteBlocks === 'produce-and-fetch' ? firstLocked(state, names) : null
  if (locked === null) handleOffsetsForLeaderEpoch(state, ctx, config, message, connection)
  else waitForLock(state, ctx, locked, { connection, message })
}

function onLocal(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, message: KafkaMessage): void {
  switch (message.type) {
    case 'SessionState':
      onSessionState(state, ctx, config, message)
      return
    case 'SessionResponse':
      onSessionResponse(state, ctx, config, message)
      return
    case 'SessionWatch':
      onWatch(state, ctx, config, message.path)
      return
    case 'SessionClosed':
      onSessionClosed(state, ctx)
      return
    case 'ControllerKnown':
      running(state).controller = message.controller
      if (message.afterStart === true) onControllerDone(state, ctx, config)
      sendAlterPartition(state, ctx, config)
      return
    case 'ControllerShutdownDone':
      onControllerShutdownDone(state, ctx, config)
      return
    default:
      return
  }
}

function onWatch(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, path: string): void {
  if (path === CONFIG_CHANGES) watchConfigChanges(state, ctx, config)
}

function onSessionResponse(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  response: SessionResponse,
): void {
  const about = aboutRequest(response.requestId)
  if (about === null) return
  const { purpose, subject } = about
  switch (purpose) {
    case 'register':
      onRegisterAnswer(state, ctx, config, subject, response)
      return
    case 'registered-by':
      onRegisteredBy(state, ctx, config, subject, response)
      return
    case 'isr-write':
    case 'isr-read':
      onIsrWriteAnswer(state, ctx, config, subject, response)
      return
    case 'isr-change':
      onIsrChangeAnswer(state, subject, response)
      return
    case 'log-dir-event':
      return
    case 'config-changes':
      onConfigChanges(state, ctx, config, response)
      return
    case 'config-change':
      onConfigChange(state, ctx, config, response)
      return
    case 'topic-config':
      onTopicConfig(state, ctx, config, subject, response)
      return
    case 'create-topic-config':
      onTopicConfigCreated(state, ctx, config, subject as InternalTopic, response)
      return
    case 'producer-ids-read':
      onProducerIdsRead(state, ctx, config, response)
      return
    case 'producer-ids-write':
      onProducerIdsWritten(state, subject, response)
      return
    case 'create-topic':
      onTopicCreated(state, subject as InternalTopic)
      return
    default:
      unreachable(purpose)
  }
}

/** Timers are named `<what>` or `<what>:<which>`. */
function onTimer(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  { name, data }: Extract<BrokerInput, { kind: 'timer' }>,
): void {
  const colon = name.indexOf(':')
  const which = name.slice(colon + 1)
  const family = colon < 0 ? name : name.slice(0, colon)
  switch (family) {
    case 'produce':
      onProduceTimer(state, ctx, config, which)
      return
    case 'fetch':
      onFetchTimer(state, ctx, config, which)
      return
    case 'fetcher':
      onFetcherTimer(state, ctx, config, { name })
      return
    case 'checkpoint':
      onCheckpointTimer(state, ctx, config, name, data)
      return
    case 'isr-check':
      // A run that waits for a lock goes on when the lock is free, not by the clock.
      if (running(state).isrCheck.walking === null) runIsrCheck(state, ctx, config)
      return
    case 'isr-change':
      onIsrChangeTimer(state, ctx, config, data)
      return
    case LOG_DIR_TIMER:
      onLogDirTimer(state, ctx, config, which)
      return
    case 'flush':
      onFlushTimer(state, ctx, config, data)
      return
    case DELETE_RECORDS_TIMER:
      onDeleteRecordsTimer(state, ctx, which)
      return
    case CLEANER_TIMER:
      onCleanerTimer(state, ctx, config, name)
      return
    case RETENTION_TIMER:
      onRetentionTimer(state, ctx, config, data)
      return
    case DELETE_FILES_TIMER:
      onDeleteFilesTimer(state, ctx)
      return
    case 'registration':
      onRegistrationTimer(state, ctx, config)
      return
    case 'alter-partition':
      if (name === TIMEOUT_TIMER) onAlterPartitionFailed(state, ctx, config, null)
      else sendAlterPartition(state, ctx, config)
      return
    case 'shutdown':
      onShutdownTimer(state, ctx, config, name)
      return
    case MARKER_TIMER:
      onMarkerTimer(state, ctx, config)
      return
    case 'transaction-timeouts':
      onTimeLimitTimer(state, ctx, config, name)
      return
    case 'kraft':
      if (name === KRAFT_SHUTDOWN_TIMER) askToShutDown(state, ctx, config)
      else onKraftTimer(state, ctx, config, name)
      return
    default:
      if (!onCoordinatorTimer(state, ctx, config, family, which, data)) ctx.probe(`broker has no timer ${name}`)
  }
}

function onShutdownTimer(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, name: string): void {
  if (name === SHUTDOWN_RETRY_TIMER) tryControlledShutdown(state, ctx, config)
  else if (name === SHUTDOWN_TIMEOUT_TIMER) onControlledShutdownLost(state, ctx, config, null)
  else closeBroker(state, ctx, config)
}

/**
 * Requests whose client is gone stay where they are: what is parked or waits is carried out, and its answer finds
 * nobody. Only what was still unread goes.
 */
function onDisconnected(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  input: Extract<BrokerInput, { kind: 'disconnected' }>,
): void {
  if (!input.connection.startsWith(`${ctx.self}>`)) {
    forgetUnread(state, input.connection)
    return
  }
  if (isKraft(config) && onKraftDisconnected(state, ctx, config, input.channel)) return
  if (input.channel === FORWARDING_CHANNEL) {
    onForwardingDisconnected(state)
    forgetProducerIdRequest(state)
    return
  }
  if (input.channel === VERIFICATION_CHANNEL) {
    onVerificationLost(state, ctx, config, input.peer)
    return
  }
  if (input.channel === MARKER_CHANNEL) {
    onMarkerLinkLost(state, ctx, config, input.peer)
    return
  }
  if (input.channel !== CONTROLLER_CHANNEL) {
    onFetcherDisconnected(state, ctx, config, input)
    return
  }
  onControlledShutdownLost(state, ctx, config, input.peer)
  onAlterPartitionFailed(state, ctx, config, input.peer)
}
