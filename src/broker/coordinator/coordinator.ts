/** What coordinators do beside answering requests: partitions that are loaded, appends that are answered, timers. */

import type { ErrorName } from '../../kafka/errors.ts'
import { splitTopicPartition, type TopicPartition } from '../../kafka/ids.ts'
import { OFFSETS_TOPIC, TRANSACTIONS_TOPIC } from '../../kafka/internal-topics.ts'
import { isMutant } from '../../kafka/mutants.ts'
import { unreachable } from '../../kernel/assert.ts'
import type { Json } from '../../kernel/json.ts'
import { own } from '../../kernel/own.ts'
import { type BrokerContext, logOf, running } from '../running.ts'
import type { BrokerConfig, BrokerState } from '../state.ts'
import { onConsumerGroupAppended } from './consumer-group/appended.ts'
import { CONSUMER_REBALANCE_TIMER, CONSUMER_SESSION_TIMER, onConsumerGroupTimer } from './consumer-group/departure.ts'
import { armConsumerGroup, loadConsumerGroups } from './consumer-group/load.ts'
import type { ConsumerGroupScope } from './consumer-group/scope.ts'
import { armExpiry, EXPIRY_TIMER, onExpiryTimer } from './group/expiry.ts'
import { loadGroups } from './group/load.ts'
import { storeError } from './group/log-errors.ts'
import { onOffsetsAppended } from './group/offset-commit.ts'
import { onRebalanceTimer, onSyncTimer } from './group/rebalance.ts'
import { type GroupScope, nowMs } from './group/scope.ts'
import { onSessionTimer } from './group/sessions.ts'
import { newGroup } from './group/state.ts'
import { onReplacementStored } from './group/static-members.ts'
import { onAssignmentStored } from './group/sync.ts'
import { type GroupTimer, REBALANCE_TIMER, SESSION_TIMER, SYNC_TIMER, setGroupTimer } from './group/timers.ts'
import { onOffsetsMarker, onTransactionalOffsetsAppended } from './group/transactional-offsets.ts'
import type { PendingAppend } from './state.ts'
import { onTransactionAppended } from './transactions/completion.ts'
import { loadTransactions } from './transactions/loading.ts'
import { onMarkerAppended } from './transactions/write-markers.ts'

/** The log of a partition has been read: its groups or transactional ids are served from now on. */
function onPartitionLoaded(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, name: TopicPartition): void {
  const partition = running(state).coordination?.partitions[name]
  if (partition === undefined) return
  partition.phase = 'active'
  ctx.fact({ kind: 'coordinatorLoaded', partition: name, leaderEpoch: partition.leaderEpoch })
  if (splitTopicPartition(name).topic === TRANSACTIONS_TOPIC) loadTransactions(state, ctx, config, partition)
  if (splitTopicPartition(name).topic !== OFFSETS_TOPIC) return
  partition.groups = loadGroups(logOf(state, name), nowMs(ctx))
  for (const id of Object.keys(partition.groups).sort()) {
    const group = partition.groups[id]!
    if (isMutant(config, 'offsets-forgotten-by-new-coordinator')) group.offsets = {}
    if (isMutant(config, 'generation-forgotten-by-new-coordinator')) {
      partition.groups[id] = { ...newGroup(id, nowMs(ctx)), offsets: group.offsets }
    }
  }
  const consumerGroups = loadConsumerGroups(logOf(state, name))
  if (consumerGroups !== null) partition.consumerGroups = consumerGroups
  for (const id of Object.keys(consumerGroups ?? {}).sort()) {
    armConsumerGroup({ state, ctx, config, partition, group: consumerGroups![id]! })
  }
  armExpiry(state, ctx, config)
  // Every member's session begins again: it may not have been able to reach anybody meanwhile.
  for (const id of Object.keys(partition.groups).sort()) {
    const scope: GroupScope = { state, ctx, config, partition, group: partition.groups[id]! }
    for (const { id: member, sessionTimeoutMs } of scope.group.members) {
      setGroupTimer(scope, SESSION_TIMER, sessionTimeoutMs, member)
    }
  }
}

/** A timer of a coordinator, `<family>:<subject>`; false: it is none. */
export function onCoordinatorTimer(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  family: string,
  subject: string,
  data: Json,
): boolean {
  switch (family) {
    case 'coordinator-load':
      onPartitionLoaded(state, ctx, config, subject)
      return true
    case EXPIRY_TIMER:
      onExpiryTimer(state, ctx, config)
      return true
    case SESSION_TIMER:
    case REBALANCE_TIMER:
    case SYNC_TIMER: {
      const about = data as unknown as GroupTimer
      const scope = scopeOf(state, ctx, config, about.partition, about.group)
      if (scope === null) return true
      if (family === SESSION_TIMER) onSessionTimer(scope, about)
      else if (family === REBALANCE_TIMER) onRebalanceTimer(scope)
      else onSyncTimer(scope)
      return true
    }
    case CONSUMER_SESSION_TIMER:
    case CONSUMER_REBALANCE_TIMER: {
      const about = data as unknown as GroupTimer
      const scope = consumerScopeOf(state, ctx, config, about.partition, about.group)
      if (scope !== null) onConsumerGroupTimer(scope, family, about)
      return true
    }
    default:
      return false
  }
}

/** A group that this broker coordinates now; null: it does not. */
function scopeOf(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  id: string,
): GroupScope | null {
  const partition = running(state).coordination?.partitions[name]
  const group = own(partition?.groups, id)
  return partition === undefined || group === undefined ? null : { state, ctx, config, partition, group }
}

/** The same of a group of KIP-848. */
function consumerScopeOf(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  id: string,
): ConsumerGroupScope | null {
  const partition = running(state).coordination?.partitions[name]
  const group = own(partition?.consumerGroups, id)
  return partition === undefined || group === undefined ? null : { state, ctx, config, partition, group }
}

/** Acts on appends that were answered in this step; false: there were none. */
export function settleCoordination(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): boolean {
  const { coordination } = running(state)
  if (coordination === undefined || coordination.answered.length === 0) return false
  for (;;) {
    const answer = coordination.answered.shift()
    if (answer === undefined) break
    const append = coordination.appends[answer.correlationId]
    if (append === undefined) continue
    delete coordination.appends[answer.correlationId]
    const answered = answer.partitions[append.partition]
    onAppended(state, ctx, config, append, answered?.error ?? 'UNKNOWN_SERVER_ERROR', answered?.baseOffset ?? -1)
  }
  return true
}

/** An append of a coordinator has its acks, or an error. The partition may have another coordinator by now. */
function onAppended(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  { partition, next }: PendingAppend,
  error: ErrorName,
  baseOffset: number,
): void {
  switch (next.kind) {
    case 'offset-commit':
      onOffsetsAppended(state, ctx, partition, next, error, baseOffset)
      return
    case 'transaction':
      onTransactionAppended(state, ctx, config, partition, next, error)
      return
    case 'transactional-offsets':
      onTransactionalOffsetsAppended(state, ctx, config, partition, next, error, baseOffset)
      return
    case 'marker':
      if (error === 'NONE' && splitTopicPartition(partition).topic === OFFSETS_TOPIC) {
        onOffsetsMarker(state, config, partition, next.producerId, next.result)
      }
      onMarkerAppended(state, ctx, partition, next, error)
      return
    case 'group-assignment': {
      const scope = scopeOf(state, ctx, config, partition, next.group)
      if (scope !== null) onAssignmentStored(scope, next, storeError(error))
      return
    }
    case 'group-replacement': {
      const scope = scopeOf(state, ctx, config, partition, next.group)
      if (scope !== null) onReplacementStored(scope, next, storeError(error))
      return
    }
    case 'group-unattended':
      if (error !== 'NONE') ctx.probe('the record of an empty group could not be written')
      return
    case 'consumer-group':
      onConsumerGroupAppended(state, ctx, consumerScopeOf(state, ctx, config, partition, next.group), next, error)
      return
    default:
      unreachable(next)
  }
}
