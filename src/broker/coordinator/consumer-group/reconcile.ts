/**
 * One step of a member towards its target (CurrentAssignmentBuilder): first it gives back what is no longer its own, then it
 * gets what nobody else holds any more.
 */
import type { MemberCurrent } from '../../../kafka/consumer-group-records.ts'
import { comparePartitions, type TopicPartition } from '../../../kafka/ids.ts'
import { isReconciled } from './state.ts'

export interface Reconciling {
  readonly assignmentEpoch: number
  readonly target: readonly TopicPartition[]
  /** What the member says it owns; null: it does not say. */
  readonly owned: readonly TopicPartition[] | null
  /** Whether a member, also this one, holds the partition or has yet to give it back. */
  readonly isHeld: (name: TopicPartition) => boolean
}

/** The member after one heartbeat; itself where nothing has changed. */
export function reconciled(member: MemberCurrent, to: Reconciling): MemberCurrent {
  switch (member.state) {
    case 'STABLE':
      return isReconciled(member, to.assignmentEpoch) ? member : nextAssignment(member, member.epoch, to)
    case 'UNREVOKED_PARTITIONS':
      // It goes on with the next epoch only when it no longer has any of them.
      return stillOwns(to.owned, member.pendingRevocation) ? member : nextAssignment(member, member.epoch + 1, to)
    case 'UNRELEASED_PARTITIONS':
      return nextAssignment(member, member.epoch, to)
  }
}

/** Who does not say what it owns is taken to own all of it. */
const stillOwns = (owned: readonly TopicPartition[] | null, revoked: readonly TopicPartition[]): boolean =>
  owned === null || owned.some((name) => revoked.includes(name))

function nextAssignment(member: MemberCurrent, epoch: number, to: Reconciling): MemberCurrent {
  const kept = member.assigned.filter((name) => to.target.includes(name))
  const revoked = member.assigned.filter((name) => !to.target.includes(name))
  if (revoked.length > 0 && stillOwns(to.owned, revoked)) {
    return {
      epoch,
      previousEpoch: member.epoch,
      state: 'UNREVOKED_PARTITIONS',
      assigned: kept,
      pendingRevocation: revoked,
    }
  }
  const missing = to.target.filter((name) => !kept.includes(name))
  const free = missing.filter((name) => !to.isHeld(name))
  return {
    epoch: to.assignmentEpoch,
    previousEpoch: member.epoch,
    state: free.length < missing.length ? 'UNRELEASED_PARTITIONS' : 'STABLE',
    assigned: [...kept, ...free].sort(comparePartitions),
    pendingRevocation: [],
  }
}
