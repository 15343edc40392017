/** The part of a rejoin that the application's thread does, inside `poll` (clients: joinGroupIfNeeded). */
import { isBusy, type Thread } from '../calls/application.ts'
import { giveAway, take } from './callbacks.ts'
import { beginCommit, consumedOffsets } from './commit.ts'
import { isReachable } from './coordinator.ts'
import { sendJoin } from './join.ts'
import { knowsPresentTopics } from './pattern.ts'
import { autoCommits, commitIntervalUs, rebalanceTimeoutUs } from './settings.ts'
import type { GroupMembership } from './state.ts'

/** Goes as far as it can. True: the member is in its generation and has what it was given. */
export function rejoin(thread: Thread, group: GroupMembership): boolean {
  const { memory, application, config, ctx } = thread
  for (;;) {
    if (isBusy(application)) return false
    if (group.stage === 'joined') {
      group.stage = 'idle'
      // The heartbeat thread may have heard meanwhile that it is out.
      if (group.state === 'stable' && group.assignment !== null) {
        group.needsJoinPrepare = true
        take(thread, group)
        memory.nextCommitAtUs = ctx.nowUs + commitIntervalUs(config)
      }
      continue
    }
    if (!group.rejoinNeeded && group.state === 'stable') return true
    if (group.joinOut) return false
    // A thread in its commit stays there until that ends or has taken too long, whoever coordinates meanwhile.
    const isInCommit = group.stage === 'committing'
    if (!isInCommit && !(isReachable(group) && knowsPresentTopics(memory, group, config, ctx))) return false
    if (group.needsJoinPrepare && !prepare(thread, group)) return false
    if (!isReachable(group) || isBusy(application) || ctx.nowUs < group.joinAgainAtUs) return false
    group.stage = 'prepared'
    sendJoin(thread, group)
    return false
  }
}

/** Commits what was consumed, when that is done automatically, and gives partitions away. False: the commit is waited for. */
function prepare(thread: Thread, group: GroupMembership): boolean {
  const { memory, application, config, ctx } = thread
  if (application.awaitedCommit === null && autoCommits(config) && group.state === 'stable' && group.stage === 'idle') {
    application.awaitedCommit = beginCommit(group, consumedOffsets(memory, config), 'rebalance', ctx)
    group.stage = 'committing'
  }
  if (application.awaitedCommit !== null) {
    const commit = group.commits[application.awaitedCommit]
    const late = commit !== undefined && ctx.nowUs >= commit.sinceUs + rebalanceTimeoutUs(config)
    if (commit !== undefined && commit.result === null && !late) return false
    delete group.commits[application.awaitedCommit]
    application.awaitedCommit = null
  }
  group.needsJoinPrepare = false
  group.stage = 'revoking'
  giveAway(thread, group)
  return true
}
