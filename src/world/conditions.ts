/** Conditions of steps: judged after each event, on the registry's truth unless a broker's belief is asked. */

import type { Fact } from '../kafka/facts.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import type { StateZnode } from '../kafka/znodes.ts'
import { partitionOfStatePath } from '../kafka/znodes.ts'
import { unreachable } from '../kernel/assert.ts'
import { own } from '../kernel/own.ts'
import { groupNow } from './groups.ts'
import type { Comparison, Condition, Target } from './plan.ts'
import {
  controllerTruth,
  isRegistered,
  knownPartitions,
  partitionTruth,
  resolveTarget,
  targetBrokers,
} from './targets.ts'
import type { World } from './world.ts'
import { brokerState, isKraft, registryState } from './world.ts'

/** A value against bounds, all of which must hold. */
export function compares(value: number, comparison: Comparison): boolean {
  if (comparison.atLeast !== undefined && value < comparison.atLeast) return false
  if (comparison.atMost !== undefined && value > comparison.atMost) return false
  return comparison.equals === undefined || value === comparison.equals
}

const sameMembers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((member, i) => member === b[i])

const sorted = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b)

/** A figure of a replica; null while it has none. */
function replicaFigure(
  world: World,
  figure: 'highWatermark' | 'highWatermarkCheckpoint' | 'logEndOffset' | 'logStartOffset',
  partition: TopicPartition,
  replica: Target | null,
): number | null {
  const id = replica === null ? partitionTruth(world, partition)?.leader : targetBrokers(world, replica)[0]
  const state = id === undefined ? null : brokerState(world, id)
  if (state === null) return null
  if (figure === 'highWatermark') return state.volatile?.partitions[partition]?.highWatermark ?? null
  if (figure === 'highWatermarkCheckpoint') return state.durable.highWatermarkCheckpoint?.[partition] ?? null
  return state.durable.logs[partition]?.[figure] ?? null
}

const everyBroker = (world: World, target: Target, test: (id: BrokerId) => boolean): boolean => {
  const ids = targetBrokers(world, target)
  return ids.length > 0 && ids.every(test)
}

/** In KRaft a session is what keeps a broker unfenced. */
const hasSession = (world: World, id: BrokerId): boolean =>
  isKraft(world) ? isRegistered(world, id) : inRegistry(world, id)

const inRegistry = (world: World, id: BrokerId): boolean =>
  Object.values(registryState(world).sessions).some((session) => session.owner === `broker-${id}`)

function countSent(world: World, client: string | null, wanted: (outcome: string | null) => boolean): number {
  let count = 0
  for (const sent of Object.values(world.ledger.sent)) {
    if ((client === null || sent.client === client) && wanted(sent.outcome)) count += 1
  }
  return count
}

function converged(world: World, partition: TopicPartition): boolean {
  const truth = partitionTruth(world, partition)
  const leader = truth === null ? null : brokerState(world, truth.leader)
  const end = leader?.durable.logs[partition]?.logEndOffset
  if (truth === null || end === undefined) return false
  return truth.isr.every((id) => brokerState(world, id)?.durable.logs[partition]?.logEndOffset === end)
}

/** Whether a condition holds now. `previousFiredUs` is when the step before fired, for facts since then. */
export function holds(world: World, condition: Condition, previousFiredUs: number): boolean {
  switch (condition.when) {
    case 'leader': {
      const truth = partitionTruth(world, condition.partition)
      if (truth === null) return false
      if (condition.is.role === 'none') return truth.leader < 0
      return targetBrokers(world, condition.is).includes(truth.leader)
    }
    case 'leaderNot': {
      const truth = partitionTruth(world, condition.partition)
      return truth !== null && truth.leader >= 0 && truth.leader !== condition.not
    }
    case 'leaderEpoch': {
      const truth = partitionTruth(world, condition.partition)
      return truth !== null && compares(truth.leaderEpoch, condition.value)
    }
    case 'isr': {
      const isr = partitionTruth(world, condition.partition)?.isr
      if (isr === undefined) return false
      if (condition.equals !== null && !sameMembers(sorted(isr), sorted(condition.equals))) return false
      if (condition.size !== null && !compares(isr.length, condition.size)) return false
      if (!condition.contains.every((target) => everyBroker(world, target, (id) => isr.includes(id)))) return false
      return condition.lacks.every((target) => everyBroker(world, target, (id) => !isr.includes(id)))
    }
    case 'highWatermark':
    case 'highWatermarkCheckpoint':
    case 'logEndOffset':
    case 'logStartOffset': {
      const figure = replicaFigure(world, condition.when, condition.partition, condition.replica)
      return figure !== null && compares(figure, condition.value)
    }
    case 'believes':
      return everyBroker(world, condition.broker, (id) => {
        const view = brokerState(world, id)?.volatile?.partitions[condition.partition]
        if (view === undefined) return false
        if (condition.leader !== null && view.leader !== condition.leader) return false
        if (condition.leaderEpoch !== null && !compares(view.leaderEpoch, condition.leaderEpoch)) return false
        if (condition.role !== null && view.role !== condition.role) return false
        return condition.isr === null || sameMembers(sorted(view.isr), sorted(condition.isr))
      })
    case 'session':
      return everyBroker(world, condition.broker, (id) => hasSession(world, id) === condition.alive)
    case 'registered':
      return everyBroker(world, condition.broker, (id) => isRegistered(world, id) === condition.registered)
    case 'process': {
      const processes = resolveTarget(world, condition.broker, () => 0)
      return processes.length > 0 && processes.every((id) => world.processes[id]?.state === condition.state)
    }
    case 'controller': {
      const controller = controllerTruth(world)
      if (condition.is !== null && condition.is.role === 'none') return controller === null
      if (controller === null) return false
      const process = `${isKraft(world) ? 'quorum' : 'broker'}-${controller.broker}`
      if (condition.is !== null && !resolveTarget(world, condition.is, () => 0).includes(process)) return false
      return condition.epoch === null || compares(controller.epoch, condition.epoch)
    }
    case 'acked':
    case 'failed':
      return compares(
        countSent(world, condition.client, (outcome) => outcome === condition.when),
        condition.count,
      )
    case 'told':
    case 'sent':
      return compares(
        countSent(world, condition.client, (outcome) => condition.when === 'sent' || outcome !== null),
        condition.count,
      )
    case 'position': {
      const polled = own(world.ledger.polled, condition.client)?.[condition.partition]
      const last = polled?.[polled.length - 1]
      return compares(last === undefined ? 0 : last.offset + 1, condition.value)
    }
    case 'fact': {
      const from = condition.since === 'start' ? 0 : previousFiredUs
      const nodes = condition.broker === null ? null : targetBrokers(world, condition.broker)
      let count = 0
      for (const entry of world.ledger.facts) {
        if (entry.fact.kind !== condition.kind || entry.atUs < from) continue
        if (nodes !== null && !nodes.some((id) => entry.node.endsWith(`-${id}`))) continue
        if (condition.partition !== null && (entry.fact as { partition?: string }).partition !== condition.partition)
          continue
        count += 1
      }
      return count >= condition.count
    }
    case 'group': {
      const group = groupNow(world, condition.group)
      if (group === null) return false
      if (condition.state !== null && group.phase !== condition.state) return false
      if (condition.generation !== null && !compares(group.generation, condition.generation)) return false
      return condition.members === null || compares(group.members.length, condition.members)
    }
    case 'groupPassed': {
      let count = 0
      for (const { fact } of world.ledger.facts) {
        const passed = groupStateOf(fact)
        if (passed === null || passed.group !== condition.group || passed.state !== condition.state) continue
        if (condition.members === null || passed.members === condition.members) count += 1
      }
      return count >= condition.count
    }
    case 'clientFact': {
      let count = 0
      for (const { fact, node } of world.ledger.facts) {
        if (fact.kind !== condition.kind || node !== condition.node) continue
        const { partitions } = fact as { readonly partitions?: readonly string[] }
        if (condition.withPartitions === undefined || (partitions ?? []).length > 0) count += 1
      }
      return count >= condition.count
    }
    case 'transaction': {
      const last = world.ledger.facts.findLast(
        ({ fact }) => fact.kind === 'transactionState' && fact.transactionalId === condition.transactionalId,
      )
      return last?.fact.kind === 'transactionState' && last.fact.to === condition.status
    }
    case 'stateWritten':
      return world.ledger.registryWrites.some((write) => {
        if (write.write === 'delete' || partitionOfStatePath(write.path) !== condition.partition) return false
        const data = write.data as unknown as StateZnode
        if (condition.version !== null && write.version !== condition.version) return false
        if (condition.leader !== null && data.leader !== condition.leader) return false
        if (condition.leaderEpoch !== null && data.leaderEpoch !== condition.leaderEpoch) return false
        if (condition.isr === null) return true
        return condition.isrAnyOrder
          ? sameMembers(sorted(data.isr), sorted(condition.isr))
          : sameMembers(data.isr, condition.isr)
      })
    case 'answered': {
      const request = world.ledger.requests[condition.label]
      if (request === undefined || request.answeredAtUs === null) return false
      if (condition.gives === undefined) return true
      const { error } = request.result as { readonly error?: string | readonly string[] }
      return (typeof error === 'string' ? error : error?.[0]) === condition.gives
    }
    case 'converged':
      return condition.partition === null
        ? knownPartitions(world).every((partition) => converged(world, partition))
        : converged(world, condition.partition)
    case 'all':
      return condition.of.every((each) => holds(world, each, previousFiredUs))
    case 'any':
      return condition.of.some((each) => holds(world, each, previousFiredUs))
    case 'not':
      return !holds(world, condition.of, previousFiredUs)
    default:
      return unreachable(condition)
  }
}

/** The state that a group comes into with a fact; null: none. */
function groupStateOf(fact: Fact): { readonly group: string; readonly state: string; readonly members: number } | null {
  switch (fact.kind) {
    case 'groupRebalancing':
      return { group: fact.group, state: 'PreparingRebalance', members: fact.members.length }
    case 'groupGeneration': {
      const members = fact.members.length
      return { group: fact.group, state: members === 0 ? 'Empty' : 'CompletingRebalance', members }
    }
    case 'groupMemberReplaced':
      return { group: fact.group, state: fact.state, members: fact.members.length }
    case 'groupStable':
      return { group: fact.group, state: 'Stable', members: Object.keys(fact.assignments).length }
    default:
      return null
  }
}
