/** What a broker asks the registry, through the session of its process. */
import { sessionNode } from '../kafka/ids.ts'
import type { RegistryOp } from '../kafka/messages/registry.ts'
import { type BrokerContext, running } from './running.ts'
import type { BrokerConfig, BrokerState } from './state.ts'

/** Why something was asked; the answer is routed by it. */
export type Purpose =
  | 'register'
  | 'registered-by'
  | 'isr-write'
  | 'isr-read'
  | 'isr-change'
  | 'log-dir-event'
  | 'config-changes'
  | 'config-change'
  | 'topic-config'
  | 'create-topic-config'
  | 'create-topic'
  | 'producer-ids-read'
  | 'producer-ids-write'

/**
 * Asks, and returns the request's id, `broker:<number>:<purpose>:<subject>`: the answer brings it back, so nothing has
 * to be kept about requests that are out. A subject is a partition, a topic or a session.
 */
export function askRegistry(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  purpose: Purpose,
  subject: string,
  ops: readonly RegistryOp[],
): string {
  const volatile = running(state)
  const requestId = `broker:${volatile.nextId++}:${purpose}:${subject}`
  ctx.tell(sessionNode(config.id), { type: 'SessionRequest', requestId, ops })
  return requestId
}

/** What a request was about; null when it was not the broker's. */
export function aboutRequest(requestId: string): { purpose: Purpose; subject: string } | null {
  const [asker, , purpose, subject] = requestId.split(':')
  if (asker !== 'broker' || purpose === undefined || subject === undefined) return null
  return { purpose: purpose as Purpose, subject }
}
