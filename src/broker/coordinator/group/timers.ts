/** The timers of a group at its coordinator. Each carries what it is about. */
import type { TopicPartition } from '../../../kafka/ids.ts'
import { msToUs } from '../../../kernel/time.ts'
import type { GroupScope } from './scope.ts'

/** What a timer of a group is about; `member` is empty where it is about the whole group. */
export interface GroupTimer {
  readonly partition: TopicPartition
  readonly group: string
  readonly member: string
}

export const SESSION_TIMER = 'group-session'
export const REBALANCE_TIMER = 'group-rebalance'
export const SYNC_TIMER = 'group-sync'

const nameOf = (kind: string, { group }: GroupScope, member: string): string =>
  member === '' ? `${kind}:${group.id}` : `${kind}:${group.id}/${member}`

export function setGroupTimer(scope: GroupScope, kind: string, delayMs: number, member = ''): void {
  const data = { partition: scope.partition.partition, group: scope.group.id, member }
  scope.ctx.setTimer(nameOf(kind, scope, member), msToUs(delayMs), data)
}

export const cancelGroupTimer = (scope: GroupScope, kind: string, member = ''): void =>
  scope.ctx.cancelTimer(nameOf(kind, scope, member))
