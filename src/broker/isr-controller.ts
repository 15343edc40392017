/**
 * The leader asks its controller for another ISR (KIP-497: AlterIsr 2.7, AlterPartition 3.2). One request is out at a
 * time, with every change that waits; a partition has at most one change pending.
 */
import type { ErrorName } from '../kafka/errors.ts'
import {
  type BrokerId,
  comparePartitions,
  controllerNode,
  partitionNames,
  quorumNode,
  type TopicPartition,
} from '../kafka/ids.ts'
import type { AlterPartitionRequest, AlterPartitionResponse } from '../kafka/messages/control.ts'
import type { NodeId } from '../kernel/machine.ts'
import { msToUs } from '../kernel/time.ts'
import { type BrokerContext, durationSetting, running } from './running.ts'
import type { BrokerConfig, BrokerState, IsrChange, PartitionState } from './state.ts'

/** The channel from a broker to its controller. */
export const CONTROLLER_CHANNEL = 'controller'

const RETRY_TIMER = 'alter-partition:retry'
export const TIMEOUT_TIMER = 'alter-partition:timeout'

/** 2.7 AlterIsrManager: pause after an answer that settled nothing. Recorded: refusals about 50 ms apart. */
const RETRY_US = msToUs(50)

/** Errors after which the leader waits to be told the partition's state. */
const WAIT_FOR_STATE: readonly ErrorName[] = [
  'FENCED_LEADER_EPOCH',
  'INVALID_UPDATE_VERSION',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'INVALID_REQUEST',
  'NEW_LEADER_ELECTED',
]

/** The node of a controller: of the process of a broker, or of one of its own in KRaft. */
const controllerAt = (config: BrokerConfig, id: number): NodeId =>
  config.mechanisms.metadata === 'kraft' ? quorumNode(id) : controllerNode(id)

export function askControllerForIsr(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  partition: PartitionState,
  change: IsrChange,
): void {
  const volatile = running(state)
  const requestId = `alter-partition:${volatile.nextId++}`
  partition.pendingIsr = { ...change, requestId, sinceUs: ctx.nowUs }
  enqueue(state, partition.partition)
  sendAlterPartition(state, ctx, config)
}

function enqueue(state: BrokerState, name: TopicPartition): void {
  const { unsent } = running(state).alterPartition
  if (unsent.includes(name)) return
  unsent.push(name)
  unsent.sort(comparePartitions)
}

/** Sends what waits, unless a request is out or nobody is known to be controller. */
export function sendAlterPartition(state: BrokerState, ctx: BrokerContext, config: BrokerConfig): void {
  const { alterPartition, controller, brokerEpoch, partitions, nextId } = running(state)
  if (alterPartition.outstanding !== null || alterPartition.unsent.length === 0 || controller < 0) return
  const asked: Record<TopicPartition, AlterPartitionRequest['partitions'][string]> = {}
  for (const name of alterPartition.unsent) {
    const partition = partitions[name]
    if (partition?.pendingIsr != null) asked[name] = question(state, config, partition, partition.pendingIsr.isr)
  }
  alterPartition.unsent = []
  const names = partitionNames(asked)
  if (names.length === 0) return
  running(state).nextId += 1
  alterPartition.outstanding = { correlationId: nextId, controller, partitions: names }
  ctx.send(controllerAt(config, controller), CONTROLLER_CHANNEL, {
    type: 'AlterPartitionRequest',
    correlationId: nextId,
    broker: config.id,
    brokerEpoch,
    partitions: asked,
  })
  ctx.setTimer(TIMEOUT_TIMER, durationSetting(config, 'controller.socket.timeout.ms', 30_000))
}

function question(
  state: BrokerState,
  config: BrokerConfig,
  partition: PartitionState,
  isr: readonly BrokerId[],
): AlterPartitionRequest['partitions'][string] {
  const isrEpochs: Record<string, number> = {}
  const rule = config.mechanisms.isrEligibility
  // KIP-903 (3.5): the controller refuses a member whose life it does not know.
  if (rule === 'alive-epoch' || rule === 'unfenced-epoch') {
    for (const id of isr) {
      isrEpochs[id] = id === config.id ? running(state).brokerEpoch : (partition.remoteReplicas[id]?.brokerEpoch ?? -1)
    }
  }
  const { leaderEpoch, partitionEpoch } = partition
  return { leaderEpoch, isr, isrEpochs, partitionEpoch, recoveryState: 0 }
}

/** The controller's answer. Returns the partitions whose ISR is confirmed: their high watermark may have to move. */
export function onAlterPartitionAnswer(
  state: BrokerState,
  ctx: BrokerContext,
  response: AlterPartitionResponse,
): TopicPartition[] {
  const { alterPartition } = running(state)
  const outstanding = alterPartition.outstanding
  if (outstanding?.correlationId !== response.correlationId) return []
  alterPartition.outstanding = null
  ctx.cancelTimer(TIMEOUT_TIMER)
  if (response.error !== 'NONE') {
    tellRefusal(state, ctx, response.error, outstanding.partitions)
    tryAgain(state, ctx, outstanding.partitions)
    return []
  }
  alterPartition.staleBrokerEpoch = false
  const confirmed: TopicPartition[] = []
  for (const name of outstanding.partitions) {
    const partition = running(state).partitions[name]
    const answer = response.partitions[name]
    if (partition?.pendingIsr == null || answer === undefined) continue
    if (answer.error === 'NONE') {
      if (confirm(ctx, partition, answer)) confirmed.push(name)
    } else settleRefusal(state, ctx, partition, answer.error)
  }
  if (alterPartition.unsent.length > 0) ctx.setTimer(RETRY_TIMER, 0)
  return confirmed
}

function confirm(
  ctx: BrokerContext,
  partition: PartitionState,
  answer: AlterPartitionResponse['partitions'][string],
): boolean {
  // 2.7 Partition.handleAlterIsrUpdate: an answer of another epoch, or older than what is known, tells nothing.
  if (answer.leaderEpoch !== partition.leaderEpoch || answer.partitionEpoch < partition.partitionEpoch) {
    ctx.probe('ISR confirmation of another epoch ignored')
    return false
  }
  const { partition: name, isr: fromIsr } = partition
  partition.isr = [...answer.isr]
  partition.partitionEpoch = answer.partitionEpoch
  partition.pendingIsr = null
  ctx.fact({
    kind: 'isrChanged',
    partition: name,
    fromIsr,
    toIsr: [...answer.isr],
    partitionEpoch: answer.partitionEpoch,
  })
  return true
}

function settleRefusal(state: BrokerState, ctx: BrokerContext, partition: PartitionState, error: ErrorName): void {
  ctx.fact({ kind: 'isrRequestRefused', partition: partition.partition, error })
  if (error === 'INELIGIBLE_REPLICA') {
    // 3.3: back to what was committed last; the next fetch or check proposes anew.
    partition.pendingIsr = null
  } else if (!WAIT_FOR_STATE.includes(error)) tryAgain(state, ctx, [partition.partition])
  else ctx.probe('ISR change left pending until the state is told')
}

function tellRefusal(state: BrokerState, ctx: BrokerContext, error: ErrorName, names: readonly TopicPartition[]): void {
  const { alterPartition } = running(state)
  if (error === 'STALE_BROKER_EPOCH') {
    if (!alterPartition.staleBrokerEpoch) ctx.fact({ kind: 'isrRequestRefusedStaleBrokerEpoch' })
    alterPartition.staleBrokerEpoch = true
    return
  }
  for (const partition of names) ctx.fact({ kind: 'isrRequestRefused', partition, error })
}

function tryAgain(state: BrokerState, ctx: BrokerContext, names: readonly TopicPartition[]): void {
  for (const name of names) enqueue(state, name)
  ctx.setTimer(RETRY_TIMER, RETRY_US)
}

/** The connection to the controller broke, or no answer came in time: what was asked is asked again. */
export function onAlterPartitionFailed(
  state: BrokerState,
  ctx: BrokerContext,
  config: BrokerConfig,
  peer: NodeId | null,
): void {
  const { alterPartition } = running(state)
  const outstanding = alterPartition.outstanding
  if (outstanding === null || (peer !== null && controllerAt(config, outstanding.controller) !== peer)) return
  alterPartition.outstanding = null
  ctx.cancelTimer(TIMEOUT_TIMER)
  if (peer === null) ctx.close(controllerAt(config, outstanding.controller), CONTROLLER_CHANNEL)
  ctx.probe('ISR request to the controller failed')
  tryAgain(state, ctx, outstanding.partitions)
}
