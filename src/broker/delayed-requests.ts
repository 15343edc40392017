import type { TopicPartition } from '../kafka/ids.ts'
import { completeDelayedFetches } from './delayed-fetch.ts'
import { completeDelayedProduces } from './delayed-produce.ts'
import { completeDelayedDeleteRecords } from './delete-records.ts'
import type { BrokerContext } from './running.ts'
import type { BrokerConfig, BrokerState } from './state.ts'

/**
 * A partition's high watermark or role has changed: looks at everything that waits for it.
 *
 * 0.8.0 and 0.8.1 look at parked produces only when a follower fetches: an ISR that shrank does not answer them.
 */
export function completeDelayedRequests(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
): void {
  completeDelayedFetches(state, ctx, config, name)
  completeDelayedDeleteRecords(state, ctx, name)
  if (config.mechanisms.acksAllBy === 'high-watermark') completeDelayedProduces(state, ctx, config, name)
}
