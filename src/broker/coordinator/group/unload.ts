/** The coordinator has moved: members that wait here are sent to find the new one (GroupCoordinator.onGroupUnloaded). */
import { completeJoin, completeSync } from './answers.ts'
import { type GroupScope, moveTo } from './scope.ts'
import { cancelGroupTimer, REBALANCE_TIMER, SESSION_TIMER, SYNC_TIMER } from './timers.ts'

export function unloadGroup(scope: GroupScope): void {
  const { group } = scope
  for (const member of group.members) {
    cancelGroupTimer(scope, SESSION_TIMER, member.id)
    completeJoin(scope, member, { error: 'NOT_COORDINATOR', memberId: member.id })
    completeSync(scope, member, 'NOT_COORDINATOR')
  }
  for (const id of group.pendingMembers) cancelGroupTimer(scope, SESSION_TIMER, id)
  cancelGroupTimer(scope, REBALANCE_TIMER)
  cancelGroupTimer(scope, SYNC_TIMER)
  moveTo(scope, 'Dead')
}
