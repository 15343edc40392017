/** A group of KIP-848 in hand, and how a change of it is written. */

import { type ConsumerGroupRecord, consumerGroupRecord } from '../../../kafka/consumer-group-records.ts'
import type { ConsumerGroupHeartbeatResponse } from '../../../kafka/messages/consumer-group.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { respond } from '../../client-connection.ts'
import type { BrokerContext } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { storeSettings } from '../group/group-store.ts'
import { appendToCoordinatorLog } from '../log-append.ts'
import type { CoordinatedPartition } from '../state.ts'
import { applyRecord, type ConsumerGroupState, described } from './state.ts'

export interface ConsumerGroupScope {
  readonly state: BrokerState
  readonly ctx: BrokerContext
  readonly config: BrokerConfig
  readonly partition: CoordinatedPartition
  readonly group: ConsumerGroupState
}

/** A change that is being written. Who waits for it is answered when it is committed. */
export interface ConsumerGroupAppend {
  readonly kind: 'consumer-group'
  readonly group: string
  readonly waiter: { readonly connection: ConnectionId; readonly response: ConsumerGroupHeartbeatResponse } | null
  /** The group before the change, for a log that refuses it. */
  readonly before: ConsumerGroupState
  /** The timer whose work the change is; null: of a request. */
  readonly timer: { readonly kind: string; readonly member: string } | null
}

/** The group as it will be: records are taken in at once, and whoever comes next sees them (CoordinatorRuntime). */
export function write(
  { state, ctx, config, partition, group }: ConsumerGroupScope,
  records: readonly ConsumerGroupRecord[],
  waiter: ConsumerGroupAppend['waiter'],
  timer: ConsumerGroupAppend['timer'] = null,
): void {
  if (records.length === 0) {
    if (waiter !== null) respond(state, ctx, waiter.connection, waiter.response)
    return
  }
  const before = { ...group, members: { ...group.members }, targets: { ...group.targets } }
  for (const record of records) applyRecord(group, record)
  ctx.fact({ kind: 'consumerGroup', group: group.id, ...described(group) })
  appendToCoordinatorLog(state, ctx, config, {
    partition: partition.partition,
    records: records.map((record) => consumerGroupRecord(group.id, record)),
    ...storeSettings(config),
    next: { kind: 'consumer-group', group: group.id, waiter, before, timer },
  })
}
