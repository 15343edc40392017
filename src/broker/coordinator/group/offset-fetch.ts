/** OffsetFetch: what was committed last, as far as it is certain. */

import { comparePartitions, type TopicPartition } from '../../../kafka/ids.ts'
import type { FetchedOffset, OffsetFetchRequest } from '../../../kafka/messages/coordinator.ts'
import { isMutant } from '../../../kafka/mutants.ts'
import type { ConnectionId } from '../../../kernel/machine.ts'
import { own } from '../../../kernel/own.ts'
import { respond } from '../../client-connection.ts'
import type { BrokerContext } from '../../running.ts'
import type { BrokerConfig, BrokerState } from '../../state.ts'
import { coordinated } from '../coordination.ts'
import type { GroupState } from './state.ts'
import { hasPendingTransaction } from './transactional-offsets.ts'

export function handleOffsetFetch(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  request: OffsetFetchRequest,
  connection: ConnectionId,
): void {
  const { group: id, correlationId } = request
  const found = coordinated(state, config, 'group', id)
  const group = found.ok ? own(found.partition.groups, id) : undefined
  const asked = request.partitions ?? Object.keys(group?.offsets ?? {})
  const partitions: Record<TopicPartition, FetchedOffset> = {}
  const requireStable = request.requireStable && !isMutant(config, 'unstable-offsets-told')
  for (const name of [...asked].sort(comparePartitions)) partitions[name] = fetched(group, name, requireStable)
  const error = found.ok ? 'NONE' : found.error
  respond(state, ctx, connection, { type: 'OffsetFetchResponse', correlationId, error, partitions })
}

/** KIP-447 (2.5): who reads on from an offset may ask for one that no open transaction is about to move. */
function fetched(group: GroupState | undefined, name: TopicPartition, requireStable: boolean): FetchedOffset {
  if (requireStable && hasPendingTransaction(group, name)) {
    return { error: 'UNSTABLE_OFFSET_COMMIT', offset: -1, leaderEpoch: -1, metadata: '' }
  }
  const stored = group?.offsets[name]
  if (stored === undefined) return { error: 'NONE', offset: -1, leaderEpoch: -1, metadata: '' }
  const { offset, leaderEpoch, metadata } = stored.committed
  return { error: 'NONE', offset, leaderEpoch, metadata }
}
