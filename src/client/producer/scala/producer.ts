/**
 * The Scala producer of 0.8 (kafka.producer.Producer, shipped until 1.1). Synchronous: the application's thread handles each
 * record itself. Asynchronous: it puts records into a bounded queue, and a thread takes up to `batch.num.messages` of them, or
 * what came in `queue.buffering.max.ms`, handles these, and does not look at the queue meanwhile.
 */
import { brokerNode, nodeNumber } from '../../../kafka/ids.ts'
import type { KafkaMessage } from '../../../kafka/messages/message.ts'
import type { Operation, SendOperation } from '../../../kafka/operations.ts'
import type { Input } from '../../../kernel/machine.ts'
import { maybeRefresh, takeMetadata, unknownCluster } from '../../cluster-view.ts'
import { dequeSize, emptyDeque, peekFront, popFront, pushBack } from '../../deque.ts'
import type { ClientContext } from '../../links.ts'
import {
  breakLink,
  CLIENT_CHANNEL,
  isPresentConnection,
  linkTo,
  nextTimeoutUs,
  noLinks,
  takeAnswered,
  timedOutBrokers,
} from '../../links.ts'
import { numberSetting, timeSettingUs } from '../../settings.ts'
import { earlier, WAKE_TIMER, wakeBy } from '../../wake.ts'
import type { ProducerConfig } from '../state.ts'
import { beginHandling, onProduced, refreshFailed, requestFailed, runHandling } from './handler.ts'
import { enqueued, isAsync, refused } from './outcome.ts'
import type { ScalaMemory } from './state.ts'

export const newScalaMemory = (nowUs: number): ScalaMemory => ({
  links: noLinks(),
  view: { ...unknownCluster(), refreshWanted: false },
  wakeAtUs: null,
  calling: emptyDeque(),
  blockedSinceUs: null,
  queue: emptyDeque(),
  events: [],
  lastSendUs: nowUs,
  handling: null,
  sticky: {},
  refreshedAtUs: null,
})

const requestTimeoutUs = (config: ProducerConfig): number =>
  timeSettingUs(config.settings, 'request.timeout.ms', 10_000)

/** Takes one input in, and goes on as far as it can. */
export function stepScala(
  memory: ScalaMemory,
  input: Input<KafkaMessage, Operation>,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  take(memory, input, config, ctx)
  let lookUs: number | null
  let before: string
  do {
    before = progress(memory)
    if (isAsync(config)) lookUs = earlier(collect(memory, config, ctx), queueUp(memory, config, ctx))
    else lookUs = sendNext(memory, config, ctx)
    const wasHandling = memory.handling !== null
    lookUs = earlier(lookUs, runHandling(memory, config, ctx))
    if (wasHandling && memory.handling === null) memory.lastSendUs = ctx.nowUs
  } while (progress(memory) !== before)
  lookUs = earlier(lookUs, renew(memory, config, ctx))
  wakeBy(memory, ctx, earlier(lookUs, nextTimeoutUs(memory.links, requestTimeoutUs(config))))
}

/** Changes whenever a record has moved on, or a thread. */
const progress = ({ calling, queue, handling }: ScalaMemory): string =>
  `${calling.head} ${queue.head} ${queue.tail} ${handling === null}`

function take(
  memory: ScalaMemory,
  input: Input<KafkaMessage, Operation>,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  switch (input.kind) {
    case 'operation':
      if (input.operation.kind === 'send') pushBack(memory.calling, input.operation)
      else ctx.complete(input.operation.operationId, { error: 'NONE' })
      return
    case 'message':
      onMessage(memory, nodeNumber(input.from), input.connection, input.message, config, ctx)
      return
    case 'disconnected': {
      const broker = nodeNumber(input.peer)
      if (input.channel !== CLIENT_CHANNEL) return
      if (isPresentConnection(linkTo(memory.links, broker), input.connection)) lose(memory, broker, config, ctx)
      return
    }
    case 'timer':
      if (input.name !== WAKE_TIMER) return
      memory.wakeAtUs = null
      for (const broker of timedOutBrokers(memory.links, requestTimeoutUs(config), ctx.nowUs)) {
        ctx.close(brokerNode(broker), CLIENT_CHANNEL)
        lose(memory, broker, config, ctx)
      }
      return
    default:
      return
  }
}

function onMessage(
  memory: ScalaMemory,
  broker: number,
  connection: string,
  message: KafkaMessage,
  config: ProducerConfig,
  ctx: ClientContext,
): void {
  if (!('correlationId' in message)) return
  const asked = takeAnswered(memory.links, broker, connection, message.correlationId)?.request
  if (message.type === 'MetadataResponse' && asked?.kind === 'metadata') {
    takeMetadata(memory.view, message, { wants: (topic) => topic === config.topic, tracksEpochs: false }, ctx)
  } else if (message.type === 'ProduceResponse' && asked?.kind === 'produce' && memory.handling !== null) {
    onProduced(memory.handling, message)
  }
}

/** The connection to a broker is gone, and the request that was on it or waited for it has failed. */
function lose(memory: ScalaMemory, broker: number, config: ProducerConfig, ctx: ClientContext): void {
  const link = linkTo(memory.links, broker)
  breakLink(link, config.settings, ctx)
  // SyncProducer connects anew for the next request; the back-off is that of the handler.
  link.retryAtUs = ctx.nowUs
  if (memory.view.asking === broker) refreshFailed(memory, ctx)
  const { handling } = memory
  if (handling?.phase === 'sending' && handling.requests[0]?.broker === broker) requestFailed(handling)
}

/** Asks for metadata while the handling thread waits for it, and at no other time. */
function renew(memory: ScalaMemory, config: ProducerConfig, ctx: ClientContext): number | null {
  if (memory.handling?.phase !== 'refreshing') return null
  const options = {
    settings: config.settings,
    bootstrap: config.bootstrap,
    topics: [config.topic],
    version: 0,
    maxInFlight: 1,
    asksVersions: false,
    name: config.name,
  }
  return maybeRefresh(memory.links, memory.view, options, ctx)
}

/** Synchronous: the next send, when the one before has returned. */
function sendNext(memory: ScalaMemory, config: ProducerConfig, ctx: ClientContext): null {
  const next = memory.handling === null ? popFront(memory.calling) : null
  if (next !== null) beginHandling(memory, [next], config, ctx)
  return null
}

/**
 * Asynchronous: `send` puts the record into the queue. With no place left it throws at once (`queue.enqueue.timeout.ms` 0),
 * waits so long and throws then, or waits for ever (-1), and the application with it.
 */
function queueUp(memory: ScalaMemory, config: ProducerConfig, ctx: ClientContext): number | null {
  const most = numberSetting(config.settings, 'queue.buffering.max.messages', 10_000)
  const patienceMs = numberSetting(config.settings, 'queue.enqueue.timeout.ms', -1)
  for (let send = peekFront(memory.calling); send !== null; send = peekFront(memory.calling)) {
    if (dequeSize(memory.queue) < most) {
      pushBack(memory.queue, send)
      enqueued(send, config, ctx)
    } else {
      memory.blockedSinceUs ??= ctx.nowUs
      if (patienceMs < 0) return null
      const untilUs = memory.blockedSinceUs + patienceMs * 1000
      if (ctx.nowUs < untilUs) return untilUs
      ctx.probe('scala-producer-queue-is-full')
      refused(send, config, ctx)
    }
    memory.blockedSinceUs = null
    popFront(memory.calling)
  }
  return null
}

const batchCount = (config: ProducerConfig): number => numberSetting(config.settings, 'batch.num.messages', 200)
const bufferingUs = (config: ProducerConfig): number => timeSettingUs(config.settings, 'queue.buffering.max.ms', 5_000)

/** The sending thread takes records out of the queue until it has a batch, or its time is up (ProducerSendThread). */
function collect(memory: ScalaMemory, config: ProducerConfig, ctx: ClientContext): number | null {
  if (memory.handling !== null) return null
  const most = batchCount(config)
  while (memory.events.length < most) {
    const next: SendOperation | null = popFront(memory.queue)
    if (next === null) break
    memory.events.push(next)
  }
  const dueUs = memory.lastSendUs + bufferingUs(config)
  if (memory.events.length < most && ctx.nowUs < dueUs) return memory.events.length > 0 ? dueUs : null
  memory.lastSendUs = ctx.nowUs
  if (memory.events.length === 0) return null
  beginHandling(memory, memory.events, config, ctx)
  memory.events = []
  return null
}
