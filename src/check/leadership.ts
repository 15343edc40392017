/** Why a partition has no leader at the end, told apart: what Kafka could not help, and what it should have. */
import { topicSetting } from '../kafka/config.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { NO_LEADER, splitTopicPartition } from '../kafka/ids.ts'
import { CONTROLLER_EPOCH, type StateZnode, statePath } from '../kafka/znodes.ts'
import type { ReplicaLog } from '../log/replica-log.ts'
import { controllerTruth, isRegistered, partitionTruth, topicSettingsTruth } from '../world/targets.ts'
import type { PartitionTruth, World } from '../world/world.ts'
import { brokerState, isKraft } from '../world/world.ts'
import { logOf } from './logs.ts'
import { processState, viewOf } from './roles.ts'

export type Leadership =
  | { readonly kind: 'led'; readonly leader: BrokerId }
  /** No leader, and none was possible. */
  | { readonly kind: 'explained'; readonly words: string }
  /** No leader although there could be one. */
  | { readonly kind: 'broken'; readonly words: string; readonly hole: string | null }

/** Whether a replica outside the ISR may be elected, as the topic and the brokers are set at the end. */
export function isUncleanOn(world: World, partition: TopicPartition): boolean {
  const { mechanisms, brokers } = world.plan
  if (!mechanisms.uncleanElectionSwitch) return true
  if (isKraft(world) && !mechanisms.uncleanElectionInKraft) return false
  const key = 'unclean.leader.election.enable'
  const { topic } = splitTopicPartition(partition)
  const settingsOfTopic = topicSettingsTruth(world, topic)
  // The controller's own setting counts where the topic has none; without a controller any broker may come to be it.
  const controller = controllerTruth(world)?.broker
  const judges = brokers.filter(({ id }) => isKraft(world) || controller === undefined || id === controller)
  return judges.some(({ id, settings }) => {
    const own = { ...settings, ...world.settingChanges[`broker-${id}`] }
    return topicSetting(own, settingsOfTopic, key) === true
  })
}

const list = (ids: readonly BrokerId[]): string => `[${ids.join(', ')}]`

/** What became of a partition's leadership; null when the registry does not know the partition. */
export function leadershipOf(world: World, partition: TopicPartition): Leadership | null {
  const truth = partitionTruth(world, partition)
  if (truth === null) return null
  return truth.leader === NO_LEADER ? withoutLeader(world, partition, truth) : withNamedLeader(world, partition, truth)
}

/** The log of the broker that leads a partition; null when nobody does. */
export function logOfLeader(world: World, partition: TopicPartition): ReplicaLog | null {
  const leadership = leadershipOf(world, partition)
  return leadership?.kind === 'led' ? logOf(world, leadership.leader, partition) : null
}

function withNamedLeader(world: World, partition: TopicPartition, truth: PartitionTruth): Leadership {
  const { leader, leaderEpoch } = truth
  const state = processState(world, leader)
  if (state !== 'up') {
    if (isRegistered(world, leader)) {
      return { kind: 'explained', words: `broker ${leader} leads and is ${state}, and its session has not ended yet` }
    }
    // 0.8.2-2.2 leave the znode of a dead leader as it is when nobody can be elected.
    return withoutLeader(world, partition, truth)
  }
  const phase = brokerState(world, leader)?.volatile?.phase
  if (phase === 'hung') {
    const words = `broker ${leader} leads, hangs in its own shutdown and is still registered`
    return { kind: 'broken', words, hole: 'KAFKA-3410' }
  }
  const view = viewOf(world, leader, partition)
  if (view?.role === 'leader' && view.leaderEpoch === leaderEpoch) return { kind: 'led', leader }
  const believes = view === null ? 'has no role' : `believes to be ${view.role} at epoch ${view.leaderEpoch}`
  const words = `the registry names broker ${leader} leader at epoch ${leaderEpoch}, which is up and ${believes}`
  if (isOfFormerController(world, partition)) return { kind: 'broken', words, hole: 'KAFKA-6082, KAFKA-2729' }
  return { kind: 'broken', words, hole: view === null && isUnseenBounce(world, leader) ? 'KAFKA-7235' : null }
}

/**
 * To 2.1 the controller compares two lists of ids: a broker whose registration went and came between two looks has not
 * been away, and its new process is told nothing (KIP-380, 2.2).
 */
function isUnseenBounce(world: World, broker: BrokerId): boolean {
  if (isKraft(world) || world.plan.mechanisms.brokerEpoch) return false
  const { facts } = world.ledger
  for (let i = facts.length - 1; i >= 0; i--) {
    const { fact } = facts[i]!
    if (fact.kind === 'controllerElected' || (fact.kind === 'brokerJoined' && fact.broker === broker)) return false
    if (fact.kind === 'registered' && fact.broker === broker) return true
  }
  return false
}

/**
 * To 2.0 the registry takes what a controller of the past writes, and nobody else hears of it: its requests are refused
 * by whoever knows its successor. Whether the last election of the partition was written so.
 */
function isOfFormerController(world: World, partition: TopicPartition): boolean {
  if (isKraft(world) || world.plan.mechanisms.controllerWritesFenced) return false
  const path = statePath(partition)
  let epoch = 0
  let leaderEpoch = -1
  let former = false
  for (const write of world.ledger.registryWrites) {
    if (write.write === 'delete') continue
    if (write.path === CONTROLLER_EPOCH) epoch = Number(write.data)
    if (write.path !== path) continue
    const data = write.data as unknown as StateZnode
    if (data.leaderEpoch > leaderEpoch) former = data.controllerEpoch < epoch
    leaderEpoch = data.leaderEpoch
  }
  return former
}

function withoutLeader(world: World, partition: TopicPartition, truth: PartitionTruth): Leadership {
  const { isr, replicas } = truth
  // KIP-966: without a member in sync the eligible leader replicas may lead.
  const eligible = isr.length === 0 ? (truth.elr ?? []) : isr
  const canLead = eligible.filter((id) => isRegistered(world, id))
  const unclean = isUncleanOn(world, partition)
  const couldLead = unclean ? replicas.filter((id) => isRegistered(world, id)) : canLead
  if (couldLead.length === 0) {
    const members = `ISR ${list(isr)}${truth.elr === undefined || isr.length > 0 ? '' : `, ELR ${list(truth.elr)}`}`
    const words = unclean
      ? `no assigned replica of ${list(replicas)} is up`
      : `no ISR member is up and unclean election is off: ${members}`
    return { kind: 'explained', words }
  }
  if (processState(world, couldLead[0]!) !== 'up') {
    return {
      kind: 'explained',
      words: `broker ${couldLead[0]} could lead and is ${processState(world, couldLead[0]!)}`,
    }
  }
  const controller = controllerTruth(world)
  const words =
    controller === null
      ? `broker ${list(couldLead)} could lead, but there is no controller`
      : `broker ${list(couldLead)} could lead (ISR ${list(isr)}), but controller ${controller.broker} has elected nobody`
  return { kind: 'broken', words, hole: null }
}
