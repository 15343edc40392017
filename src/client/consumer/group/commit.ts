/** Offset commits of a member: what is sent, what answers mean, which are tried again (clients: ConsumerCoordinator). */
import type { ErrorName } from '../../../kafka/errors.ts'
import { comparePartitions, type TopicPartition } from '../../../kafka/ids.ts'
import type { OffsetCommitResponse, OffsetToCommit } from '../../../kafka/messages/coordinator.ts'
import { isMutant } from '../../../kafka/mutants.ts'
import type { ClientContext } from '../../links.ts'
import { earlier } from '../../wake.ts'
import type { ConsumerConfig, ConsumerVolatile } from '../state.ts'
import { askCoordinator, coordinatorUnknown, isReachable } from './coordinator.ts'
import { concernsPresent, presentGeneration, resetGeneration } from './membership.ts'
import { retryBackoffUs } from './settings.ts'
import type { Commit, GroupMembership, SentGeneration } from './state.ts'

/** Positions behind everything that was handed to the application. */
export function consumedOffsets(memory: ConsumerVolatile, config: ConsumerConfig): Commit['offsets'] {
  const offsets: Record<TopicPartition, { offset: number; leaderEpoch: number }> = {}
  for (const name of Object.keys(memory.partitions).sort(comparePartitions)) {
    const { position: handedOut, positionEpoch } = memory.partitions[name]!
    const fetched = isMutant(config, 'commits-what-was-only-fetched')
      ? memory.buffered[name]?.records.at(-1)
      : undefined
    const position = fetched === undefined ? handedOut : fetched.offset + 1
    if (position >= 0) offsets[name] = { offset: position, leaderEpoch: positionEpoch }
  }
  return offsets
}

/** Begins a commit; its number. Nothing to commit is committed at once. */
export function beginCommit(
  group: GroupMembership,
  offsets: Commit['offsets'],
  how: Commit['how'],
  ctx: ClientContext,
): number {
  const id = group.nextCommit
  group.nextCommit += 1
  const result = Object.keys(offsets).length === 0 ? 'NONE' : null
  group.commits[id] = { offsets, how, sinceUs: ctx.nowUs, sent: false, retryAtUs: 0, result }
  return id
}

/** Sends commits that wait, and returns when to look again. */
export function sendCommits(
  group: GroupMembership,
  subscribed: boolean,
  config: ConsumerConfig,
  ctx: ClientContext,
): number | null {
  let lookUs: number | null = null
  for (const id of Object.keys(group.commits)) {
    const commit = group.commits[id]!
    if (commit.sent || commit.result !== null) continue
    if (commit.retryAtUs > ctx.nowUs) {
      lookUs = earlier(lookUs, commit.retryAtUs)
      continue
    }
    // A member that is in no generation cannot commit for it.
    if (subscribed && group.state !== 'stable') {
      end(
        group,
        Number(id),
        group.state === 'unjoined' || !config.mechanisms.commitToldRebalance ? FAILED : REBALANCING,
        config,
        ctx,
      )
      continue
    }
    if (!isReachable(group)) {
      // An asynchronous commit without a coordinator fails at once, and finds it for the next one.
      if (commit.how === 'async' && group.coordinator === null) end(group, Number(id), RETRIABLE, config, ctx)
      continue
    }
    commit.sent = true
    send(group, Number(id), commit, subscribed, config, ctx)
  }
  return lookUs
}

const FAILED = ['CommitFailedException']
const REBALANCING = ['RebalanceInProgressException']
const RETRIABLE = ['RetriableCommitFailedException']

function send(
  group: GroupMembership,
  id: number,
  commit: Commit,
  subscribed: boolean,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  const offsets: Record<TopicPartition, OffsetToCommit> = {}
  for (const [name, { offset, leaderEpoch }] of Object.entries(commit.offsets)) {
    offsets[name] = { offset, leaderEpoch: config.mechanisms.consumerValidatesOffsets ? leaderEpoch : -1, metadata: '' }
  }
  askCoordinator(
    group,
    {
      type: 'OffsetCommitRequest',
      group: group.id,
      generation: subscribed ? group.generation : -1,
      memberId: subscribed ? group.memberId : '',
      instanceId: subscribed ? group.instanceId : null,
      retentionMs: -1,
      offsets,
    } as const,
    { kind: 'commit', commit: id, sent: presentGeneration(group) },
    ctx,
  )
}

export function onCommit(
  group: GroupMembership,
  id: number,
  sent: SentGeneration,
  response: OffsetCommitResponse,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  const commit = group.commits[id]
  if (commit === undefined) return
  const names = Object.keys(response.partitions).sort(comparePartitions)
  const error = names.map((name) => response.partitions[name]!).find((each) => each !== 'NONE') ?? 'NONE'
  if (error === 'NONE') end(group, id, 'NONE', config, ctx)
  else onCommitError(group, id, sent, commit, error, config, ctx)
}

function onCommitError(
  group: GroupMembership,
  id: number,
  sent: SentGeneration,
  commit: Commit,
  error: ErrorName,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  switch (error) {
    case 'COORDINATOR_NOT_AVAILABLE':
    case 'NOT_COORDINATOR':
    case 'REQUEST_TIMED_OUT':
      coordinatorUnknown(group)
      retry(group, id, commit, config, ctx)
      return
    case 'UNKNOWN_TOPIC_OR_PARTITION':
      // KIP-848: a topic that is gone does not hold up what is given away.
      if (group.remote !== undefined && commit.how === 'rebalance')
        end(group, id, ['UnknownTopicOrPartitionException'], config, ctx)
      else retry(group, id, commit, config, ctx)
      return
    case 'COORDINATOR_LOAD_IN_PROGRESS':
      retry(group, id, commit, config, ctx)
      return
    case 'STALE_MEMBER_EPOCH':
      onStaleEpoch(group, id, commit, config, ctx)
      return
    case 'REBALANCE_IN_PROGRESS':
      group.rejoinNeeded = true
      end(group, id, config.mechanisms.commitToldRebalance ? REBALANCING : FAILED, config, ctx)
      return
    case 'UNKNOWN_MEMBER_ID':
    case 'ILLEGAL_GENERATION':
      if (rejoinsMeanwhile(group, sent, config)) end(group, id, REBALANCING, config, ctx)
      else {
        // KIP-848: only heartbeats decide what becomes of the member (CommitRequestManager).
        if (group.remote === undefined) resetGeneration(group, config, error === 'ILLEGAL_GENERATION')
        end(group, id, FAILED, config, ctx)
      }
      return
    case 'FENCED_INSTANCE_ID':
      if (group.remote !== undefined) end(group, id, FAILED, config, ctx)
      else if (concernsPresent(group, sent, config)) end(group, id, ['FencedInstanceIdException'], config, ctx)
      else end(group, id, rejoinsMeanwhile(group, sent, config) ? REBALANCING : FAILED, config, ctx)
      return
    default:
      end(group, id, ['KafkaException'], config, ctx)
  }
}

/**
 * KIP-848: the coordinator has moved the member on, which its next heartbeat tells it. Only the commit before something is given
 * away waits for that (4.0 CommitRequestManager.isStaleEpochErrorAndValidEpochAvailable); the application's own ones fail.
 */
function onStaleEpoch(
  group: GroupMembership,
  id: number,
  commit: Commit,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  if (commit.how === 'rebalance' && group.generation > 0) retry(group, id, commit, config, ctx)
  else if (commit.how === 'async' || commit.how === 'auto') end(group, id, ['StaleMemberEpochException'], config, ctx)
  else end(group, id, FAILED, config, ctx)
}

/** Whether a refused commit is of a former generation, and the member has begun to join another one. */
const rejoinsMeanwhile = (group: GroupMembership, sent: SentGeneration, config: ConsumerConfig): boolean =>
  group.remote === undefined && group.state === 'joining' && !concernsPresent(group, sent, config)

/** Nobody has answered: the connection broke, or the answer was an error that passes. */
export function retry(
  group: GroupMembership,
  id: number,
  commit: Commit,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  if (commit.how === 'async' || commit.how === 'auto') {
    end(group, id, RETRIABLE, config, ctx)
    return
  }
  commit.sent = false
  commit.retryAtUs = ctx.nowUs + retryBackoffUs(config)
}

function end(
  group: GroupMembership,
  id: number,
  result: 'NONE' | readonly string[],
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  const commit = group.commits[id]!
  commit.result = result
  const { offsets, how } = commit
  // KIP-848: its timer looks for another exception than the one that comes, and the next commit is an interval away.
  if (how === 'auto' && result === RETRIABLE && group.remote === undefined) group.autoCommitFailed = true
  ctx.fact({
    kind: 'commitAnswered',
    client: config.name,
    group: group.id,
    how,
    offsets: Object.fromEntries(Object.entries(offsets).map(([name, { offset }]) => [name, offset])),
    error: result === 'NONE' ? null : result[0]!,
  })
  // Nobody asks for the result of these.
  if (how === 'async' || how === 'auto') delete group.commits[id]
}
