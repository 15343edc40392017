/** Members are expected to be heard of: by heartbeats, commits and joins. Who is not is removed. */
import { isMutant } from '../../../kafka/mutants.ts'
import { memberOf } from './membership.ts'
import { dropMember, tryCompleteJoin } from './rebalance.ts'
import type { GroupScope } from './scope.ts'
import type { GroupTimer } from './timers.ts'

/** A session ran out. A member whose join or sync waits here is known to be there, unless it has only just come. */
export function onSessionTimer(scope: GroupScope, { member: id }: GroupTimer): void {
  const { group } = scope
  if (group.pendingMembers.includes(id)) {
    group.pendingMembers = group.pendingMembers.filter((pending) => pending !== id)
    tryCompleteJoin(scope)
    return
  }
  const member = memberOf(group, id)
  if (member === undefined || isMutant(scope.config, 'dead-member-stays')) return
  if (!member.isNew && (member.awaitingJoin !== null || member.awaitingSync !== null)) return
  dropMember(scope, member, 'its session ran out')
}
