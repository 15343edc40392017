/**
 * Handling a batch of records (0.8 DefaultEventHandler): dispatched by broker, one request after another, each waited for;
 * what failed, for whatever reason, is dispatched again after a back-off and with new metadata, `message.send.max.retries`
 * times, then given up.
 */
import { NO_LEADER } from '../../../kafka/ids.ts'
import type { ProduceResponse } from '../../../kafka/messages/data.ts'
import type { SendOperation } from '../../../kafka/operations.ts'
import type { KafkaRecord } from '../../../kafka/records.ts'
import { partitionsOf, refreshLost } from '../../cluster-view.ts'
import type { ClientContext } from '../../links.ts'
import { canSend, linkTo, maybeConnect, nextCorrelationId, sendRequest } from '../../links.ts'
import { acksSetting, numberSetting, timeSettingUs } from '../../settings.ts'
import type { ProducerConfig } from '../state.ts'
import { collate } from './dispatch.ts'
import { giveUp, succeed } from './outcome.ts'
import type { BrokerRequest, Handling, ScalaMemory } from './state.ts'

export function beginHandling(
  memory: ScalaMemory,
  records: readonly SendOperation[],
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  const intervalUs = timeSettingUs(config.settings, 'topic.metadata.refresh.interval.ms', 600_000)
  const { refreshedAtUs } = memory
  const isOld = intervalUs >= 0 && (refreshedAtUs === null || ctx.nowUs - refreshedAtUs > intervalUs)
  // A topic that is not known is asked about before anything else (BrokerPartitionInfo.getBrokerPartitionInfo).
  const isUnknown = records.some(({ topic }) => partitionsOf(memory.view, topic) === undefined)
  const handling: Handling = {
    outstanding: records,
    triesLeft: numberSetting(config.settings, 'message.send.max.retries', 3) + 1,
    phase: 'refreshing',
    untilUs: 0,
    refreshFailures: 0,
    requests: [],
    isOut: false,
    failed: [],
    mayBeAppended: false,
    placed: {},
  }
  memory.handling = handling
  if (isOld) memory.refreshedAtUs = ctx.nowUs
  if (isOld || isUnknown) refresh(memory, handling)
  else dispatch(memory, handling, config, ctx)
}

/** New metadata, and another partition for records without keys. */
function refresh(memory: ScalaMemory, handling: Handling): void {
  handling.phase = 'refreshing'
  handling.refreshFailures = 0
  memory.view.refreshWanted = true
  memory.sticky = {}
}

function dispatch(memory: ScalaMemory, handling: Handling, config: ProducerConfig, ctx: ClientContext): void {
  const requests = collate(memory, handling.outstanding, config, ctx)
  handling.phase = 'sending'
  handling.requests = requests ?? []
  handling.failed = requests === null ? handling.outstanding : []
  handling.isOut = false
}

/** Goes as far as it can; returns when to look again, or null when an answer comes first. */
export function runHandling(memory: ScalaMemory, config: ProducerConfig, ctx: ClientContext): number | null {
  for (;;) {
    const { handling } = memory
    if (handling === null) return null
    switch (handling.phase) {
      case 'refreshing': {
        const asked = Math.max(memory.view.brokers.length, 1)
        const isOver = !memory.view.refreshWanted && memory.view.asking === null
        // Every broker was tried: it goes on with what it knows (ClientUtils.fetchTopicMetadata throws, which is swallowed).
        if (!isOver && handling.refreshFailures < asked) return null
        memory.view.refreshWanted = false
        dispatch(memory, handling, config, ctx)
        break
      }
      case 'backing-off':
        if (ctx.nowUs < handling.untilUs) return handling.untilUs
        refresh(memory, handling)
        break
      case 'sending': {
        const next = handling.requests[0]
        if (next === undefined) endDispatch(memory, handling, config, ctx)
        else if (handling.isOut) return null
        else if (next.broker === NO_LEADER) requestFailed(handling)
        else {
          const lookUs = maybeConnect(memory.links, next.broker, false, ctx)
          if (!canSend(linkTo(memory.links, next.broker), 1)) return lookUs
          sendOne(memory, handling, next, config, ctx)
        }
      }
    }
  }
}

function sendOne(
  memory: ScalaMemory,
  handling: Handling,
  { broker, partitions }: BrokerRequest,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  const acks = acksSetting(config.settings)
  const correlationId = nextCorrelationId(memory.links)
  const records: Record<string, readonly KafkaRecord[]> = {}
  for (const name of Object.keys(partitions)) records[name] = partitions[name]!.map(({ record }) => record)
  const timeoutMs = numberSetting(config.settings, 'request.timeout.ms', 10_000)
  const link = linkTo(memory.links, broker)
  const message = {
    type: 'ProduceRequest',
    correlationId,
    clientId: config.name,
    acks,
    timeoutMs,
    partitions: records,
  } as const
  sendRequest(link, broker, message, { kind: 'produce' }, ctx)
  handling.mayBeAppended = true
  handling.isOut = acks !== 0
  if (acks !== 0) return
  // Nobody answers: what was written to the socket counts as sent.
  link.inFlight.pop()
  handling.requests = handling.requests.slice(1)
}

/** The request that is out, or waits for its connection, has failed as a whole. */
export function requestFailed(handling: Handling): void {
  const [request, ...others] = handling.requests
  if (request === undefined) return
  handling.failed = [...handling.failed, ...Object.values(request.partitions).flat()]
  handling.requests = others
  handling.isOut = false
}

/** What the answer says of each partition: any error makes its records fail. */
export function onProduced(handling: Handling, response: ProduceResponse): void {
  const [request, ...others] = handling.requests
  if (request === undefined || !handling.isOut) return
  for (const name of Object.keys(request.partitions)) {
    const sends = request.partitions[name]!
    const told = response.partitions[name]
    if (told === undefined || told.error !== 'NONE') handling.failed = [...handling.failed, ...sends]
    else {
      sends.forEach(({ operationId }, i) => {
        handling.placed[operationId] = { partition: name, offset: told.baseOffset + i }
      })
    }
  }
  handling.requests = others
  handling.isOut = false
}

/** Every request has its answer. */
function endDispatch(memory: ScalaMemory, handling: Handling, config: ProducerConfig, ctx: ClientContext): void {
  const failed = handling.failed
  const done = handling.outstanding.filter((send) => !failed.includes(send))
  for (const send of done) succeed(send, handling.placed[send.operationId] ?? null, config, ctx)
  handling.outstanding = failed
  handling.triesLeft -= 1
  if (failed.length === 0) {
    memory.handling = null
    return
  }
  handling.phase = 'backing-off'
  handling.untilUs = ctx.nowUs + timeSettingUs(config.settings, 'retry.backoff.ms', 100)
  if (handling.triesLeft > 0) return
  ctx.probe('scala-producer-gives-records-up')
  giveUp(failed, handling.mayBeAppended, config, ctx)
  memory.handling = null
}

/** The broker that was asked for metadata has gone. */
export function refreshFailed(memory: ScalaMemory, ctx: ClientContext): void {
  refreshLost(memory.view, ctx.nowUs)
  if (memory.handling?.phase === 'refreshing') memory.handling.refreshFailures += 1
}
