/** `poll`: heartbeats, rejoins, auto-commits, positions, and at last records. */

import type { PolledRecords } from '../../../kafka/calls.ts'
import type { TopicPartition } from '../../../kafka/ids.ts'
import { numberSetting } from '../../settings.ts'
import { passUnseen, takeRecords } from '../fetching.ts'
import { beginCommit, consumedOffsets } from '../group/commit.ts'
import { fetchedLast } from '../group/fetch-order.ts'
import { rejoin } from '../group/rejoin.ts'
import { reconcile } from '../group/remote.ts'
import { autoCommits, commitIntervalUs, retryBackoffUs } from '../group/settings.ts'
import type { GroupMembership } from '../group/state.ts'
import type { Thread } from './application.ts'

/** Values of the records of a poll, by partition. */
export type Polled = Record<TopicPartition, (string | null)[]>

type PollOutcome =
  | {
      readonly kind: 'records'
      readonly records: Polled
      /** The same records by partition and offset, in the order in which they are handed out. */
      readonly order: PolledRecords['records']
    }
  | { readonly kind: 'throws'; readonly error: readonly string[] }
  /** Nothing yet. */
  | { readonly kind: 'waits' }

const WAITS: PollOutcome = { kind: 'waits' }

/** What a call of `poll` that goes on finds now. */
export function pollOnce(thread: Thread): PollOutcome {
  const { memory, application, config, ctx } = thread
  const { group } = memory
  application.fetching = true
  if (group !== undefined) {
    group.polledAtUs = ctx.nowUs
    noticeFailedCommit(thread, group)
    if (application.subscription === 'topics') {
      if (group.failed !== null) {
        const error = group.failed
        group.failed = null
        return { kind: 'throws', error }
      }
      const ready = group.remote === undefined ? rejoin(thread, group) : reconcile(thread, group, group.remote)
      if (!ready) return WAITS
    }
    if (autoCommits(config) && ctx.nowUs >= memory.nextCommitAtUs) {
      memory.nextCommitAtUs = ctx.nowUs + commitIntervalUs(config)
      const offsets = consumedOffsets(memory, config)
      if (Object.keys(offsets).length > 0) beginCommit(group, offsets, 'auto', ctx)
    }
  }
  const order: PolledRecords['records'][number][] = []
  const records = takeBuffered(thread, order)
  return records === null ? WAITS : { kind: 'records', records, order }
}

/**
 * An automatic commit that failed by what passes is not left for a whole interval: the next one is due a back-off after the
 * poll that has learnt it (2.4 ConsumerCoordinator.doAutoCommitOffsetsAsync).
 */
function noticeFailedCommit({ memory, config, ctx }: Thread, group: GroupMembership): void {
  if (group.autoCommitFailed === undefined) return
  delete group.autoCommitFailed
  memory.nextCommitAtUs = ctx.nowUs + retryBackoffUs(config)
}

/** Up to `max.poll.records` of what was fetched; null: nothing. */
function takeBuffered(
  { memory, application, config, ctx }: Thread,
  order: PolledRecords['records'][number][],
): Polled | null {
  let left = numberSetting(config.settings, 'max.poll.records', 500)
  const polled: Polled = {}
  for (const name of Object.keys(memory.buffered)) {
    if (left === 0) break
    const partition = memory.partitions[name]
    const buffered = memory.buffered[name]!
    if (partition === undefined || partition.phase !== 'fetching') {
      if (partition?.phase !== 'validating') delete memory.buffered[name]
      continue
    }
    if (application.paused.includes(name)) continue
    const records = buffered.records.slice(0, left)
    left -= records.length
    takeRecords(name, partition, buffered, records, config, ctx)
    polled[name] = records.map(({ value }) => value)
    for (const { offset, value } of records) order.push({ partition: name, offset, value })
    const rest = buffered.records.slice(records.length)
    if (rest.length > 0) memory.buffered[name] = { ...buffered, records: rest }
    else {
      delete memory.buffered[name]
      fetchedLast(memory.group, name)
      passUnseen(partition, buffered)
    }
  }
  return Object.keys(polled).length === 0 ? null : polled
}
