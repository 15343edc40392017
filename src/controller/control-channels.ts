/**
 * Lines to the brokers: a queue and one outstanding request for each, tried again every 100 ms until it is answered
 * or the broker leaves `/brokers/ids` (ControllerChannelManager.RequestSendThread, every release). A request may so be
 * delivered twice, but never out of order by one controller.
 */
import { type BrokerId, brokerNode, nodeNumber } from '../kafka/ids.ts'
import type { ControlResponse } from '../kafka/messages/control.ts'
import type { Json } from '../kernel/json.ts'
import { msToUs } from '../kernel/time.ts'
import { topicOf } from './cluster.ts'
import { enqueue, type Scope } from './scope.ts'
import { numberSetting } from './settings.ts'
import type { ControlChannel, ControlRequest } from './state.ts'

const CHANNEL = 'control'
const BACK_OFF_MS = 100

const timeoutTimer = (broker: BrokerId): string => `control-timeout-${broker}`
const retryTimer = (broker: BrokerId): string => `control-retry-${broker}`

export function openChannel(scope: Scope, broker: BrokerId): void {
  const channels = scope.state.office?.channels
  if (channels !== undefined && channels[broker] === undefined) {
    channels[broker] = { broker, queue: [], outstanding: null, backingOff: false }
  }
}

/** Drops the line to a broker with all that waits on it. */
export function closeChannel(scope: Scope, broker: BrokerId): void {
  const channels = scope.state.office?.channels
  if (channels?.[broker] === undefined) return
  if (channels[broker].queue.length > 0) scope.ctx.probe('control-requests-dropped-with-their-broker')
  delete channels[broker]
  scope.ctx.cancelTimer(timeoutTimer(broker))
  scope.ctx.cancelTimer(retryTimer(broker))
  scope.ctx.close(brokerNode(broker), CHANNEL)
}

/** Queues a request; in silence it goes nowhere when the broker is not registered. */
export function queueRequest(scope: Scope, broker: BrokerId, request: ControlRequest): void {
  const channel = scope.state.office?.channels[broker]
  if (channel === undefined) return
  channel.queue.push(request)
  trySend(scope, channel)
}

function trySend(scope: Scope, channel: ControlChannel): void {
  const request = channel.queue[0]
  if (request === undefined || channel.outstanding !== null || channel.backingOff) return
  const correlationId = scope.state.nextCorrelation++
  channel.outstanding = correlationId
  scope.ctx.send(brokerNode(channel.broker), CHANNEL, { ...request, correlationId })
  const timeoutMs = numberSetting(scope.config, 'controller.socket.timeout.ms', 30_000)
  scope.ctx.setTimer(timeoutTimer(channel.broker), msToUs(timeoutMs), { broker: channel.broker })
}

export function onControlResponse(scope: Scope, from: string, response: ControlResponse): void {
  const channel = scope.state.office?.channels[nodeNumber(from)]
  if (channel === undefined || channel.outstanding !== response.correlationId) return
  scope.ctx.cancelTimer(timeoutTimer(channel.broker))
  channel.outstanding = null
  const request = channel.queue.shift()
  if (response.error === 'STALE_CONTROLLER_EPOCH') scope.ctx.probe('control-request-of-a-replaced-controller')
  if (response.error === 'STALE_BROKER_EPOCH') scope.ctx.probe('control-request-for-an-earlier-life')
  if (request?.type === 'LeaderAndIsrRequest') onRolesTold(scope, channel.broker, response)
  if (request?.type === 'StopReplicaRequest') onReplicasStopped(scope, channel.broker, request.partitions, response)
  trySend(scope, channel)
}

/** Answers to roles tell which replicas are in failed directories (KIP-112, 1.0), and which are there again. */
function onRolesTold(scope: Scope, broker: BrokerId, { error, partitions }: ControlResponse): void {
  const failed = scope.state.office?.failedReplicas[broker] ?? []
  const names = Object.keys(partitions)
  const tells = names.some((it) => partitions[it] === 'KAFKA_STORAGE_ERROR' || failed.includes(it))
  if (error === 'NONE' && tells) enqueue(scope.state, { do: 'rolesAnswered', broker, partitions })
}

/** Topic deletion goes by the answers. */
function onReplicasStopped(
  scope: Scope,
  broker: BrokerId,
  asked: Readonly<Record<string, { readonly delete: boolean }>>,
  response: ControlResponse,
): void {
  const deletion = scope.state.office?.deletion.topics ?? []
  const replicas = Object.keys(asked)
    .filter((it) => asked[it]!.delete && deletion.includes(topicOf(it)))
    .sort()
    .map((partition) => ({ partition, broker }))
  if (replicas.length === 0) return
  const isError = (it: { readonly partition: string }): boolean =>
    response.error !== 'NONE' || (response.partitions[it.partition] ?? 'NONE') !== 'NONE'
  enqueue(scope.state, {
    do: 'replicasDeleted',
    deleted: replicas.filter((it) => !isError(it)),
    failed: replicas.filter(isError),
  })
}

/** The connection broke, or the answer did not come in time: the same request is tried again after a pause. */
function backOff(scope: Scope, channel: ControlChannel): void {
  channel.outstanding = null
  channel.backingOff = true
  scope.ctx.cancelTimer(timeoutTimer(channel.broker))
  scope.ctx.setTimer(retryTimer(channel.broker), msToUs(BACK_OFF_MS), { broker: channel.broker })
}

export function onControlDisconnected(scope: Scope, peer: string): void {
  const channel = scope.state.office?.channels[nodeNumber(peer)]
  if (channel !== undefined && channel.outstanding !== null) backOff(scope, channel)
}

/** Handles a timer of this file; false: it is none. */
export function onControlTimer(scope: Scope, name: string, data: Json): boolean {
  if (!name.startsWith('control-')) return false
  const channel = scope.state.office?.channels[(data as { readonly broker: BrokerId }).broker]
  if (channel === undefined) return true
  if (name === timeoutTimer(channel.broker)) {
    scope.ctx.probe('control-request-timed-out')
    scope.ctx.close(brokerNode(channel.broker), CHANNEL)
    backOff(scope, channel)
  } else if (name === retryTimer(channel.broker)) {
    channel.backingOff = false
    trySend(scope, channel)
  }
  return true
}
