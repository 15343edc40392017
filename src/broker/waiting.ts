/** Requests that wait while the write of an ISR holds their partition's lock. */
import { partitionNames, type TopicPartition } from '../kafka/ids.ts'
import { type BrokerContext, running } from './running.ts'
import type { BrokerState, WaitingRequest } from './state.ts'

export const isLocked = (state: BrokerState, name: TopicPartition): boolean =>
  (running(state).partitions[name]?.lockedSinceUs ?? null) !== null

/** The first partition in order whose lock is held; null: none is. */
export const firstLocked = (state: BrokerState, names: readonly TopicPartition[]): TopicPartition | null =>
  names.find((name) => isLocked(state, name)) ?? null

/** The same of what a fetch asks for. Mostly none is locked, and they need not be put in order to see that. */
export function firstLockedOf(
  state: BrokerState,
  asked: Readonly<Record<TopicPartition, unknown>>,
): TopicPartition | null {
  for (const name in asked) if (isLocked(state, name)) return firstLocked(state, partitionNames(asked))
  return null
}

/** Puts a request behind those that wait for the same lock. It is carried out even when its client has given up. */
export function waitForLock(
  state: BrokerState,
  ctx: BrokerContext,
  name: TopicPartition,
  request: WaitingRequest,
): void {
  const { waiting } = running(state)
  ctx.probe(`${request.message.type} waits for the lock of its partition`)
  const queue = waiting[name]
  if (queue === undefined) waiting[name] = [request]
  else queue.push(request)
}
