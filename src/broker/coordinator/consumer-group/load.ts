/** Groups of KIP-848 as their records leave them, and their timers when a coordinator takes them over. */

import { parseConsumerGroupRecord } from '../../../kafka/consumer-group-records.ts'
import { own } from '../../../kernel/own.ts'
import type { ReplicaLog } from '../../../log/replica-log.ts'
import {
  CONSUMER_REBALANCE_TIMER,
  CONSUMER_SESSION_TIMER,
  cancelMemberTimer,
  setMemberTimer,
  startSession,
} from './departure.ts'
import type { ConsumerGroupScope } from './scope.ts'
import { applyRecord, type ConsumerGroupState, newConsumerGroup } from './state.ts'

/** null: there are none. */
export function loadConsumerGroups(log: ReplicaLog): Record<string, ConsumerGroupState> | null {
  const groups: Record<string, ConsumerGroupState> = {}
  for (const batch of log.batches) {
    if (batch.control !== undefined) continue
    for (const { key, value } of batch.records) {
      const parsed = parseConsumerGroupRecord(key, value)
      if (parsed === null) continue
      if (own(groups, parsed.group) === undefined) groups[parsed.group] = newConsumerGroup(parsed.group)
      applyRecord(groups[parsed.group]!, parsed.record)
    }
  }
  return Object.keys(groups).length === 0 ? null : groups
}

/** Sessions begin again under a new coordinator, and so does the time in which partitions are given back. */
export function armConsumerGroup(scope: ConsumerGroupScope): void {
  for (const id of Object.keys(scope.group.members).sort()) {
    const { state, rebalanceTimeoutMs } = scope.group.members[id]!
    startSession(scope, id)
    if (state === 'UNREVOKED_PARTITIONS') setMemberTimer(scope, CONSUMER_REBALANCE_TIMER, rebalanceTimeoutMs, id)
  }
}

export function disarmConsumerGroup(scope: ConsumerGroupScope): void {
  for (const id of Object.keys(scope.group.members).sort()) {
    cancelMemberTimer(scope, CONSUMER_SESSION_TIMER, id)
    cancelMemberTimer(scope, CONSUMER_REBALANCE_TIMER, id)
  }
}
