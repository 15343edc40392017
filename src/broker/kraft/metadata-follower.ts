/**
 * The broker replays the metadata log: it fetches committed records from the active controller, in order, one request
 * at a time, and acts on what each answer changes. How far it is behind nobody tells it: that is how stale it can be.
 */
import { comparePartitions, quorumNode, splitTopicPartition, type TopicPartition } from '../../kafka/ids.ts'
import type { MetadataFetchResponse } from '../../kafka/messages/quorum.ts'
import { type MetadataEntry, replayRecord } from '../../kafka/metadata-log.ts'
import { msToUs } from '../../kernel/time.ts'
import { sendAlterPartition } from '../isr-controller.ts'
import { type BrokerContext, durationSetting, running } from '../running.ts'
import type { BrokerConfig, BrokerState } from '../state.ts'
import { communicateWithController } from './lifecycle.ts'
import { publishMetadata } from './publish.ts'
import { kraftOf } from './state.ts'

export const METADATA_CHANNEL = 'metadata'

export const FETCH_TIMEOUT_TIMER = 'kraft:fetch-timeout'
export const FETCH_RETRY_TIMER = 'kraft:fetch-retry'
export const LOAD_TIMER = 'kraft:load'

/**
 * Longest time from the arrival of records to what a broker does about them, in us: they go through the log and the
 * queue of the metadata loader (recorded: a deposed leader is one for some 10 ms more).
 *
 * Stream `broker.metadata-loader/<broker>`, one draw an answer with records.
 */
const LONGEST_LOAD_US = msToUs(40)

/** KafkaRaftClient's longest wait for records. */
const MAX_WAIT_MS = 500
/** KafkaRaftClient's retry.backoff.ms. */
const RETRY_US = msToUs(20)

/** Asks the active controller, or while none is known one voter after the other. */
export function fetchMetadata(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const volatile = running(state)
  const kraft = kraftOf(state)
  const voters = config.controllers ?? []
  if (kraft.fetching !== null || kraft.loading.length > 0 || voters.length === 0) return
  let from = volatile.controller
  if (from < 0) {
    from = voters[kraft.nextVoter % voters.length]!
    kraft.nextVoter += 1
  }
  const correlationId = volatile.nextId++
  kraft.fetching = { correlationId, from }
  ctx.send(quorumNode(from), METADATA_CHANNEL, {
    type: 'MetadataFetchRequest',
    correlationId,
    broker: config.id,
    fromOffset: kraft.nextOffset,
    knownEnd: kraft.knownEnd,
    maxWaitMs: MAX_WAIT_MS,
  })
  ctx.setTimer(FETCH_TIMEOUT_TIMER, durationSetting(config, 'controller.quorum.fetch.timeout.ms', 2_000))
}

export function onMetadataFetched(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  response: MetadataFetchResponse,
): void {
  const kraft = kraftOf(state)
  if (kraft.fetching?.correlationId !== response.correlationId) return
  kraft.fetching = null
  ctx.cancelTimer(FETCH_TIMEOUT_TIMER)
  if (response.error !== 'NONE') {
    learnController(state, ctx, config, response.leader)
    ctx.setTimer(FETCH_RETRY_TIMER, RETRY_US)
    return
  }
  kraft.quorumEpoch = response.epoch
  learnController(state, ctx, config, response.leader)
  kraft.knownEnd = response.logEnd
  if (response.fromOffset !== kraft.nextOffset || response.entries.length === 0) {
    fetchMetadata(state, ctx, config)
    return
  }
  kraft.loading = response.entries
  const draw = ctx.random(`broker.metadata-loader/${ctx.self}`)
  ctx.setTimer(LOAD_TIMER, Math.floor(draw * LONGEST_LOAD_US))
}

/** The loader has come to what was fetched. Simplified: the next fetch waits for it, where a real one goes ahead. */
export function loadMetadata(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const kraft = kraftOf(state)
  const { loading } = kraft
  kraft.loading = []
  replay(state, ctx, config, loading)
  fetchMetadata(state, ctx, config)
}

/** No answer will come: whoever leads now has to be found. */
export function onMetadataFetchFailed(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  timedOut: boolean,
): void {
  const kraft = kraftOf(state)
  const { fetching } = kraft
  if (fetching === null) return
  if (timedOut) ctx.close(quorumNode(fetching.from), METADATA_CHANNEL)
  kraft.fetching = null
  ctx.cancelTimer(FETCH_TIMEOUT_TIMER)
  ctx.probe('metadata fetch failed')
  learnController(state, ctx, config, -1)
  ctx.setTimer(FETCH_RETRY_TIMER, RETRY_US)
}

function learnController(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, controller: number): void {
  const volatile = running(state)
  if (volatile.controller === controller) return
  volatile.controller = controller
  if (controller < 0) return
  communicateWithController(state, ctx, config)
  sendAlterPartition(state, ctx, config)
}

function replay(state: BrokerState, ctx: BrokerContext, config: BrokerConfig, entries: readonly MetadataEntry[]): void {
  const kraft = kraftOf(state)
  const { image } = kraft
  const changed: Record<TopicPartition, true> = {}
  for (const { record } of entries) {
    if (record.type === 'RemoveTopic') {
      for (const name of Object.keys(image.partitions)) {
        if (splitTopicPartition(name).topic === record.topic) changed[name] = true
      }
    } else if (record.type === 'Partition' || record.type === 'PartitionChange') changed[record.partition] = true
    replayRecord(image, record, kraft.nextOffset)
    kraft.nextOffset += 1
  }
  if (kraft.published) publishMetadata(state, ctx, config, Object.keys(changed).sort(comparePartitions))
}
