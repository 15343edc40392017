/**
 * The end of an ISR write: the lock is free, its holder goes on, and whoever waits gets it.
 *
 * The lock is not fair: a lag check that is late, requests, and a controller's instruction race for it. Recorded
 * brokers show every order, so the order is drawn.
 */
import type { TopicPartition } from '../kafka/ids.ts'
import type { SessionResponse } from '../kafka/messages/registry.ts'
import { unreachable } from '../kernel/assert.ts'
import { drainControlQueue, isControlReady } from './control-requests.ts'
import { handleWriteTxnMarkers } from './coordinator/transactions/write-markers.ts'
import { completeDelayedRequests } from './delayed-requests.ts'
import { advanceFetch } from './fetch.ts'
import { afterPosition } from './follower-position.ts'
import { maybeIncrementHighWatermark } from './high-watermark.ts'
import { isCheckReady, runIsrCheck } from './isr-check.ts'
import { onIsrAnswer } from './isr-registry.ts'
import { handleOffsetsForLeaderEpoch } from './leader-epoch.ts'
import { handleListOffsets } from './list-offsets.ts'
import { handleProduce } from './produce.ts'
import { type BrokerContext, running } from './running.ts'
import type { BrokerConfig, BrokerState, WaitingRequest } from './state.ts'
import { isLocked } from './waiting.ts'

/** How often a late lag check is faster than those who queue. */
const CHECK_FIRST = 0.5
/** How often the one who has waited longest is the next. */
const OLDEST_FIRST = 0.5

/** The registry has answered the write of an ISR, or the reading that followed its refusal. */
export function onIsrWriteAnswer(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  name: TopicPartition,
  response: SessionResponse,
): void {
  const answered = onIsrAnswer(state, ctx, config, name, response)
  const partition = running(state).partitions[name]
  if (answered === null || partition === undefined) return
  // 0.8.0 to 2.6: the high watermark is looked at again whether or not the write succeeded.
  if (answered === 'expand') {
    afterPosition(state, ctx, config, partition)
    const fetch = partition.expandingFetch
    delete partition.expandingFetch
    if (fetch != null) advanceFetch(state, ctx, config, fetch)
  } else {
    if (maybeIncrementHighWatermark(state, ctx, config, partition)) completeDelayedRequests(state, ctx, config, name)
    if (running(state).isrCheck.walking !== null) runIsrCheck(state, ctx, config)
  }
  serveWaiting(state, ctx, config, name)
}

/** Hands the lock round until somebody keeps it or nobody wants it. */
function serveWaiting(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, name: TopicPartition): void {
  const volatile = running(state)
  while (!isLocked(state, name)) {
    const queue = volatile.waiting[name] ?? []
    const check = isCheckReady(state, ctx.nowUs)
    const control = isControlReady(state)
    if (queue.length === 0 && !control) {
      // Nobody races with a run of the lag check that stands at this partition: it goes on.
      if (!check || volatile.isrCheck.walking === null) break
      runIsrCheck(state, ctx, config)
      continue
    }
    // Stream `broker.lock.check/<broker>/<partition>`: a late lag check against the others.
    if (check && ctx.random(`broker.lock.check/${ctx.self}/${name}`) < CHECK_FIRST) {
      ctx.probe('late lag check takes the lock before those who wait')
      runIsrCheck(state, ctx, config)
      continue
    }
    const index = pickWaiting(ctx, name, queue.length + (control ? 1 : 0))
    if (index === queue.length) drainControlQueue(state, ctx, config)
    else serve(state, ctx, config, queue.splice(index, 1)[0]!)
  }
  if (volatile.waiting[name]?.length === 0) delete volatile.waiting[name]
}

/** Stream `broker.lock.order/<broker>/<partition>`: which of several waiting requests is next. */
function pickWaiting(ctx: BrokerContext, name: TopicPartition, count: number): number {
  if (count === 1) return 0
  const draw = ctx.random(`broker.lock.order/${ctx.self}/${name}`)
  if (draw < OLDEST_FIRST) return 0
  ctx.probe('waiting requests overtake each other')
  return 1 + Math.min(count - 2, Math.floor(((draw - OLDEST_FIRST) / (1 - OLDEST_FIRST)) * (count - 1)))
}

/** Carries a request out as if it had just come, also when its client is long gone. */
function serve(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, request: WaitingRequest): void {
  const { connection, message, fetch } = request
  switch (message.type) {
    case 'ProduceRequest':
      handleProduce(state, ctx, config, message, connection)
      return
    case 'FetchRequest':
      if (fetch !== undefined) advanceFetch(state, ctx, config, fetch)
      return
    case 'ListOffsetsRequest':
      handleListOffsets(state, ctx, config, message, connection)
      return
    case 'OffsetsForLeaderEpochRequest':
      handleOffsetsForLeaderEpoch(state, ctx, config, message, connection)
      return
    case 'WriteTxnMarkersRequest':
      handleWriteTxnMarkers(state, ctx, config, message, connection)
      return
    default:
      unreachable(message)
  }
}
