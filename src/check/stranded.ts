/** Clients that have nobody left to ask. */
import type { ConsumerState } from '../client/consumer/state.ts'
import type { ProducerState } from '../client/producer/state.ts'
import type { NodeId } from '../kernel/machine.ts'
import type { World } from '../world/world.ts'
import { processState } from './roles.ts'

export const STRANDED_HOLE = 'KAFKA-8206 (KIP-899)'

/**
 * A client forgets its bootstrap servers once it has been told of brokers: when those that it knows have all gone it asks
 * nobody else, for as long as it runs. KIP-899 (3.8) lets it begin anew, which KIP-1102 (4.0) made the default; clients
 * here do not in any version, so that the hole is named there too.
 */
export function knowsOnlyDeadBrokers(world: World, node: NodeId): boolean {
  const state = world.nodes[node]?.state as ConsumerState | ProducerState | undefined
  const known = state?.volatile?.view.brokers ?? []
  return known.length > 0 && known.every((id) => processState(world, id) === 'down')
}
