/** Where a member begins to read what it was given: at the group's committed offsets (OffsetFetch). */
import { comparePartitions } from '../../../kafka/ids.ts'
import type { OffsetFetchResponse } from '../../../kafka/messages/coordinator.ts'
import type { ClientContext } from '../../links.ts'
import { assign } from '../positions.ts'
import type { ConsumerConfig, ConsumerVolatile } from '../state.ts'
import { askCoordinator, coordinatorRefused, isReachable } from './coordinator.ts'
import { retryBackoffUs } from './settings.ts'
import type { GroupMembership } from './state.ts'

/** Asks for committed offsets when there are partitions without a position. Returns when to look again. */
export function positionAll(group: GroupMembership, config: ConsumerConfig, ctx: ClientContext): number | null {
  if (group.unpositioned.length === 0 || group.askingOffsets) return null
  if (ctx.nowUs < group.offsetsAgainAtUs) return group.offsetsAgainAtUs
  if (!isReachable(group)) return null
  group.askingOffsets = true
  // KIP-447 (2.5): an offset that a transaction may still replace is waited for.
  const requireStable = config.mechanisms.transactionalOffsetsFenced
  askCoordinator(
    group,
    { type: 'OffsetFetchRequest', group: group.id, partitions: [...group.unpositioned], requireStable } as const,
    { kind: 'offsets' },
    ctx,
  )
  return null
}

export function onOffsets(
  memory: ConsumerVolatile,
  group: GroupMembership,
  response: OffsetFetchResponse,
  config: ConsumerConfig,
  ctx: ClientContext,
): void {
  group.askingOffsets = false
  const errors = [response.error, ...Object.values(response.partitions).map(({ error }) => error)]
  const error = errors.find((each) => each !== 'NONE')
  if (error !== undefined) {
    coordinatorRefused(group, error)
    group.offsetsAgainAtUs = ctx.nowUs + retryBackoffUs(config)
    return
  }
  for (const name of Object.keys(response.partitions).sort(comparePartitions)) {
    // What it was asked for may be another's by now.
    if (!group.unpositioned.includes(name)) continue
    group.unpositioned = group.unpositioned.filter((each) => each !== name)
    const { offset, leaderEpoch } = response.partitions[name]!
    assign(memory, name, offset < 0 ? undefined : { offset, leaderEpoch }, config, ctx)
  }
}
