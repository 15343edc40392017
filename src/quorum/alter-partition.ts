/** A leader asks for another ISR (KIP-497). The controller checks that it asks as the leader of the present state. */
import type { ErrorName } from '../kafka/errors.ts'
import { comparePartitions, splitTopicPartition } from '../kafka/ids.ts'
import type { AlterPartitionRequest, AlterPartitionResponse } from '../kafka/messages/control.ts'
import { mergedPartition, type PartitionRegistration } from '../kafka/metadata-log.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { tellCompletedReassignment, tellElection } from './broker-changes.ts'
import { answerWhenCommitted, append } from './metadata-writer.ts'
import { buildChange } from './partition-change.ts'
import { isUncleanOn, rulesFor } from './partition-rules.ts'
import { type Given, imageOf } from './state.ts'

type Asked = AlterPartitionRequest['partitions'][string]
type Answer = AlterPartitionResponse['partitions'][string]

export function onAlterPartition(given: Given, request: AlterPartitionRequest, connection: ConnectionId): void {
  const { state, ctx } = given
  const { correlationId, broker, brokerEpoch } = request
  if (imageOf(state).brokers[broker]?.brokerEpoch !== brokerEpoch) {
    const error = 'STALE_BROKER_EPOCH'
    ctx.reply(connection, { type: 'AlterPartitionResponse', correlationId, error, partitions: {} })
    return
  }
  const partitions: Record<string, Answer> = {}
  for (const name of Object.keys(request.partitions).sort(comparePartitions)) {
    partitions[name] = alter(given, broker, name, request.partitions[name]!)
  }
  answerWhenCommitted(given, connection, { type: 'AlterPartitionResponse', correlationId, error: 'NONE', partitions })
}

function alter(given: Given, broker: number, name: string, asked: Asked): Answer {
  const before = imageOf(given.state).partitions[name]
  const error = before === undefined ? 'UNKNOWN_TOPIC_OR_PARTITION' : refusal(given, broker, before, asked)
  if (before === undefined || error !== 'NONE') {
    if (error === 'INELIGIBLE_REPLICA') given.ctx.probe('ISR refused: a member is fenced, going or of another life')
    return { error, leader: -1, leaderEpoch: -1, isr: [], partitionEpoch: -1, recoveryState: 0 }
  }
  const wanted = {
    isr: asked.isr,
    recoveryState: asked.recoveryState === 1 ? (1 as const) : (0 as const),
    election: isUncleanOn(given, splitTopicPartition(name).topic) ? ('unclean' as const) : ('online' as const),
  }
  const built = buildChange(name, before, wanted, rulesFor(given, name))
  if (built === null) return answerOf('NONE', before)
  append(given, [built.record])
  tellElection(given, built, before, 'reassignment')
  const after = mergedPartition(before, built.record)
  if (before.adding.length + before.removing.length > 0) tellCompletedReassignment(given, name, after)
  // A reassignment that this change completes can take the leadership away.
  return answerOf(after.leader === broker ? 'NONE' : 'NEW_LEADER_ELECTED', after)
}

const answerOf = (error: ErrorName, partition: PartitionRegistration): Answer => ({
  error,
  leader: partition.leader,
  leaderEpoch: partition.leaderEpoch,
  isr: partition.isr,
  partitionEpoch: partition.partitionEpoch,
  recoveryState: partition.recoveryState,
})

/** 3.5 ReplicationControlManager.validateAlterPartitionData, in its order. */
function refusal(given: Given, broker: number, now: PartitionRegistration, asked: Asked): ErrorName {
  // KAFKA-14154 (3.3): a leader that knows more than this controller has heard of another one.
  if (asked.leaderEpoch > now.leaderEpoch || asked.partitionEpoch > now.partitionEpoch) return 'NOT_CONTROLLER'
  if (asked.leaderEpoch < now.leaderEpoch) return 'FENCED_LEADER_EPOCH'
  if (broker !== now.leader) return 'INVALID_REQUEST'
  if (asked.partitionEpoch < now.partitionEpoch) return 'INVALID_UPDATE_VERSION'
  const { isr } = asked
  const isSet = new Set(isr).size === isr.length && isr.length > 0
  if (!isSet || !isr.every((id) => now.replicas.includes(id)) || !isr.includes(now.leader)) return 'INVALID_REQUEST'
  if (asked.recoveryState === 1 && (isr.length > 1 || now.recoveryState === 0)) return 'INVALID_REQUEST'
  const { brokers } = imageOf(given.state)
  const isEligible = (id: number): boolean => {
    const registration = brokers[id]
    if (registration === undefined || registration.fenced || registration.inControlledShutdown) return false
    // KIP-903 (3.5): of the life that fetched; -1 is not compared.
    const epoch = asked.isrEpochs[id] ?? -1
    return epoch === -1 || epoch === registration.brokerEpoch
  }
  return isr.every(isEligible) ? 'NONE' : 'INELIGIBLE_REPLICA'
}
