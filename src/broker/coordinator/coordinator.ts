/** What coordinators do beside answering requests: partitions that are loaded, appends that are answered. */
import type { ErrorName } from '../../kafka/errors.ts'
import { splitTopicPartition, type TopicPartition } from '../../kafka/ids.ts'
import { OFFSETS_TOPIC, TRANSACTIONS_TOPIC } from '../../kafka/internal-topics.ts'
import { unreachable } from '../../kernel/assert.ts'
import { type BrokerContext, logOf, running } from '../running.ts'
import type { BrokerConfig, BrokerState } from '../state.ts'
import { loadGroups } from './group/load.ts'
import { onOffsetsAppended } from './group/offset-commit.ts'
import type { PendingAppend } from './state.ts'
import { onTransactionAppended } from './transactions/completion.ts'
import { loadTransactions } from './transactions/loading.ts'
import { onMarkerAppended } from './transactions/write-markers.ts'

/** The log of a partition has been read: its groups or transactional ids are served from now on. */
export function onPartitionLoaded(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
): void {
  const partition = running(state).coordination?.partitions[name]
  if (partition === undefined) return
  if (splitTopicPartition(name).topic === OFFSETS_TOPIC) partition.groups = loadGroups(logOf(state, name))
  partition.phase = 'active'
  ctx.fact({ kind: 'coordinatorLoaded', partition: name, leaderEpoch: partition.leaderEpoch })
  if (splitTopicPartition(name).topic === TRANSACTIONS_TOPIC) loadTransactions(state, ctx, config, partition)
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

/** An append of a coordinator has its acks, or an error. */
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
    case 'marker':
      onMarkerAppended(state, ctx, partition, next, error)
      return
    default:
      unreachable(next)
  }
}
