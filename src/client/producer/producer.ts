/**
 * The Java producer: an accumulator in front, a sending loop behind, metadata beside. For the
 * generations before it (0.8.0, 0.8.1) the settings stand in for the Scala producer, where a plan does not ask for that one.
 */
import type { Fact } from '../../kafka/facts.ts'
import { brokerNode, nodeNumber } from '../../kafka/ids.ts'
import type { KafkaMessage } from '../../kafka/messages/message.ts'
import type { Operation } from '../../kafka/operations.ts'
import type { ConnectionId, Input, Machine } from '../../kernel/machine.ts'
import { callOf } from '../callers.ts'
import { maybeRebootstrap, takeMetadata, unknownCluster } from '../cluster-view.ts'
import { emptyDeque, popFront, pushBack } from '../deque.ts'
import type { ClientContext } from '../links.ts'
import { CLIENT_CHANNEL, isPresentConnection, linkTo, noLinks, takeAnswered, timedOutBrokers } from '../links.ts'
import { WAKE_TIMER } from '../wake.ts'
import { isKnown, isNoPartition, resumeBlocked } from './accumulator.ts'
import { onLinkBroken, onProduceResponse } from './answers.ts'
import { runApplication, takeCall } from './application.ts'
import { isIdempotent, onProducerId } from './idempotence.ts'
import { noIdentity } from './identity.ts'
import { newScalaMemory, stepScala } from './scala/producer.ts'
import { refusePartition, send } from './send.ts'
import { requestTimeoutUs, runSender } from './sender.ts'
import type { ProducerConfig, ProducerState, ProducerVolatile, WaitingSend } from './state.ts'
import { newManager } from './transactions/manager.ts'
import { isTransactionAnswer, onTransactionAnswer } from './transactions/requests.ts'

function freshMemory(config: ProducerConfig): ProducerVolatile {
  return {
    links: noLinks(),
    view: unknownCluster(),
    wakeAtUs: null,
    topics: [config.topic],
    queues: {},
    inFlight: {},
    inFlightExpiryUs: null,
    nextBatchId: 0,
    memoryUsed: 0,
    waitingForMetadata: emptyDeque(),
    waitingForMemory: emptyDeque(),
    drainIndex: 0,
    sticky: {},
    byBytes: {},
    loads: {},
    roundRobin: {},
    application: null,
    applicationSteps: 0,
    ...identified(config),
  }
}

/** What only idempotent and transactional producers have. */
function identified(config: ProducerConfig): Pick<ProducerVolatile, 'identity' | 'transactions'> {
  const transactionalId = config.settings['transactional.id']
  if (typeof transactionalId !== 'string' || transactionalId === '') {
    return isIdempotent(config) ? { identity: noIdentity() } : {}
  }
  return { identity: noIdentity(), transactions: newManager(transactionalId) }
}

/** Sends that waited for metadata go on, in order; those still unknown keep waiting. */
function retryUnknown(memory: ProducerVolatile, config: ProducerConfig, ctx: ClientContext): void {
  const waiting = memory.waitingForMetadata
  memory.waitingForMetadata = emptyDeque<WaitingSend>()
  for (let one = popFront(waiting); one !== null; one = popFront(waiting)) {
    if (isNoPartition(memory, one.operation, config)) refusePartition(memory, one.operation, config, ctx)
    else if (!isKnown(memory, one.operation)) {
      memory.view.refreshWanted = true
      pushBack(memory.waitingForMetadata, one)
    } else pushBack(memory.waitingForMemory, one)
  }
  resumeBlocked(memory, config, ctx)
}

function onMessage(
  memory: ProducerVolatile,
  from: string,
  connection: ConnectionId,
  message: KafkaMessage,
  config: ProducerConfig,
  ctx: ClientContext,
): boolean {
  const isOwn = message.type === 'ProduceResponse' || message.type === 'MetadataResponse'
  if (!isOwn && !isTransactionAnswer(message)) return false
  const outstanding = takeAnswered(memory.links, nodeNumber(from), connection, message.correlationId)
  if (outstanding === null) return false
  const { request } = outstanding
  if (request.kind === 'produce' && message.type === 'ProduceResponse') {
    onProduceResponse(memory, request.batches, message, config, ctx)
  } else if (request.kind === 'metadata' && message.type === 'MetadataResponse') {
    const tracksEpochs = config.mechanisms.leaderEpochFencing
    takeMetadata(memory.view, message, { wants: (topic) => memory.topics.includes(topic), tracksEpochs }, ctx)
    retryUnknown(memory, config, ctx)
  } else if (request.kind === 'transaction' && isTransactionAnswer(message)) {
    onTransactionAnswer(memory, request.request, message, config, ctx)
  } else if (request.kind === 'producerId' && message.type === 'InitProducerIdResponse') {
    onProducerId(memory, message, config, ctx)
  }
  return true
}

/** Requests past their time-out take their whole connection with them, and a client that gets no metadata all of them. */
function closeTimedOut(memory: ProducerVolatile, config: ProducerConfig, ctx: ClientContext): void {
  for (const broker of timedOutBrokers(memory.links, requestTimeoutUs(config), ctx.nowUs)) {
    ctx.probe('producer-request-timed-out')
    ctx.close(brokerNode(broker), CLIENT_CHANNEL)
    const error = config.mechanisms.requestTimeoutError === 'timed-out' ? 'REQUEST_TIMED_OUT' : 'ConnectionError'
    onLinkBroken(memory, broker, 'closed', config, ctx, error)
  }
  maybeRebootstrap(memory.links, memory.view, config, ctx, (broker) => {
    ctx.close(brokerNode(broker), CLIENT_CHANNEL)
    onLinkBroken(memory, broker, 'closed', config, ctx)
  })
}

/** Takes one input in; true when the sender has something to look at. */
function take(
  memory: ProducerVolatile,
  input: Input<KafkaMessage, Operation>,
  config: ProducerConfig,
  ctx: ClientContext,
): boolean {
  const called = callOf(input)
  if (called !== null) {
    takeCall(memory, called)
    return false
  }
  switch (input.kind) {
    case 'operation':
      if (input.operation.kind === 'send') return send(memory, input.operation, config, ctx)
      ctx.complete(input.operation.operationId, { error: 'NONE' })
      return false
    case 'message':
      return onMessage(memory, input.from, input.connection, input.message, config, ctx)
    case 'disconnected': {
      const broker = nodeNumber(input.peer)
      if (input.channel !== CLIENT_CHANNEL) return false
      if (!isPresentConnection(linkTo(memory.links, broker), input.connection)) return false
      onLinkBroken(memory, broker, input.reason, config, ctx)
      return true
    }
    case 'timer':
      if (input.name !== WAKE_TIMER) return false
      memory.wakeAtUs = null
      closeTimedOut(memory, config, ctx)
      return true
    case 'start':
      return true
    case 'local':
    case 'stop':
      return false
  }
}

function step(
  state: ProducerState,
  input: Input<KafkaMessage, Operation>,
  ctx: ClientContext,
  config: ProducerConfig,
): void {
  if (config.api === 'scala') {
    if (input.kind === 'start') state.scala = newScalaMemory(ctx.nowUs)
    if (state.scala !== undefined) stepScala(state.scala, input, config, ctx)
    return
  }
  // An application that has closed its producer and calls again has made another one.
  const isMade = input.kind === 'local' && state.volatile === null
  if (input.kind === 'start' || isMade) state.volatile = freshMemory(config)
  const memory = state.volatile
  if (memory === null) return
  if (take(memory, input, config, ctx)) runSender(memory, config, ctx)
  if (memory.application === null) return
  while (runApplication(state, config, ctx) && !memory.application.closed) runSender(memory, config, ctx)
  if (memory.application.closed) state.volatile = null
}

export const producerMachine: Machine<ProducerState, ProducerConfig, KafkaMessage, Operation, Fact> = {
  init: () => ({ sends: 0, volatile: null }),
  step,
  kill: (state) => {
    state.volatile = null
    delete state.scala
  },
}
