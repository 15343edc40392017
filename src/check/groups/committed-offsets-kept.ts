import type { Fact } from '../../kafka/facts.ts'
import type { TopicPartition } from '../../kafka/ids.ts'
import { type BrokerId, nodeNumber } from '../../kafka/ids.ts'
import { type StateZnode, statePath } from '../../kafka/znodes.ts'
import { own } from '../../kernel/own.ts'
import type { Plan } from '../../world/plan.ts'
import { partitionTruth } from '../../world/targets.ts'
import type { World } from '../../world/world.ts'
import { brokerState } from '../../world/world.ts'
import { cutsOf } from '../cuts.ts'
import type { DiskHole } from '../disk-holes.ts'
import { holeOfLost, numberIn, offsetsPartitionOf } from '../lost-for.ts'
import type { Hole } from '../promises.ts'
import { lossHoles, unlessToldHoles } from '../promises.ts'
import type { Finding, Property, StepView } from '../property.ts'

type Reset = Extract<Fact, { kind: 'positionReset' }>

const MICROS_PER_MINUTE = 60_000_000

interface Committed {
  /** The last offset that was told to be committed. */
  readonly offset: number
  /** The lowest that may count by now: of a commit that failed since nobody knows whether it does. */
  readonly lowest: number
  readonly client: string
}

/** The last commit of a group that was answered before `untilUs`; null: none was. */
function committedBefore(
  world: World,
  step: StepView,
  group: string,
  partition: TopicPartition,
  untilUs: number,
): Committed | null {
  let lowest = Number.POSITIVE_INFINITY
  const { facts } = world.ledger
  for (let i = facts.length - 1; i >= 0; i--) {
    const { event, atUs, fact } = facts[i]!
    if (event >= step.event || fact.kind !== 'commitAnswered' || fact.group !== group) continue
    const offset = fact.offsets[partition]
    if (offset === undefined) continue
    lowest = Math.min(lowest, offset)
    if (fact.error === null && atUs < untilUs) return { offset, lowest, client: fact.client }
  }
  return null
}

const groupOf = (world: World, client: string): string | null => {
  const plan = world.plan.clients.find(({ name }) => name === client)
  return plan?.kind === 'consumer' && plan.member !== undefined ? String(plan.settings['group.id']) : null
}

/** Where a member begins because of what is committed, or is not. */
const isFromCommit = ({ why }: Reset): boolean => why === 'committed offset' || why.startsWith('no committed offset')

/** When the member was given the partition: it asks for the committed offset after that. */
function givenAtUs(world: World, { client, partition }: Reset): number {
  const last = world.ledger.facts.findLast(
    ({ fact }) => fact.kind === 'partitionsAssigned' && fact.client === client && fact.partitions.includes(partition),
  )
  return last?.atUs ?? 0
}

/** The record of the commit, or of a later one, was lost for the partition of the group. */
const holeOf = (world: World, group: string, { lowest }: Committed): DiskHole =>
  holeOfLost(world, cutsOf(world), offsetsPartitionOf(world, group), (record) => {
    const lost = numberIn(record, 'offset')
    return lost !== null && lost >= lowest
  })

function forgottenByMember(world: World, step: StepView, reset: Reset): Finding[] {
  const { client, partition, to } = reset
  const group = groupOf(world, client)
  if (group === null || !isFromCommit(reset)) return []
  const before = committedBefore(world, step, group, partition, givenAtUs(world, reset))
  if (before === null || to >= before.lowest) return []
  const hole = holeOf(world, group, before)
  return [
    {
      partition,
      words: `${client} begins at ${to} of ${partition} although ${before.client} was told that ${before.offset} is committed for ${group}`,
      evidence: { group, client, offset: to, committed: before.offset, by: before.client },
      key: `${group} ${client} ${partition} ${step.event}`,
      ...(hole === undefined ? {} : { knownHole: hole }),
    },
  ]
}

/** Groups of which commits were answered, with their partitions. */
function committedOf(world: World): Record<string, readonly TopicPartition[]> {
  const found: Record<string, TopicPartition[]> = {}
  for (const { fact } of world.ledger.facts) {
    if (fact.kind !== 'commitAnswered' || fact.error !== null) continue
    const known = own(found, fact.group) ?? []
    found[fact.group] = [...known, ...Object.keys(fact.offsets).filter((name) => !known.includes(name))]
  }
  return found
}

/** Whether the partition was led by another broker, or by none, after that epoch, or does not exist any more. */
function hadOtherLeader(world: World, partition: TopicPartition, broker: BrokerId, leaderEpoch: number): boolean {
  if (partitionTruth(world, partition) === null) return true
  const path = statePath(partition)
  return world.ledger.registryWrites.some((write) => {
    if (write.path !== path || write.write === 'delete') return false
    const state = write.data as unknown as StateZnode
    return state.leaderEpoch > leaderEpoch && state.leader !== broker
  })
}

function forgottenByCoordinator(
  world: World,
  step: StepView,
  node: string,
  loaded: TopicPartition,
  leaderEpoch: number,
): Finding[] {
  const broker = nodeNumber(node)
  // Who takes office by an old word of the controller, when another one has had it since, coordinates for nobody.
  if (hadOtherLeader(world, loaded, broker, leaderEpoch)) return []
  const groups = brokerState(world, broker)?.volatile?.coordination?.partitions[loaded]?.groups
  const findings: Finding[] = []
  for (const [group, partitions] of Object.entries(committedOf(world))) {
    const known = own(groups, group)
    if (known === undefined) continue
    for (const partition of [...partitions].sort()) {
      const before = committedBefore(world, step, group, partition, world.nowUs)
      const offset = known.offsets[partition]?.committed.offset ?? -1
      if (before === null || offset >= before.lowest) continue
      const hole = holeOf(world, group, before)
      findings.push({
        partition,
        words: `${node} takes group ${group} over with ${offset < 0 ? 'nothing' : offset} committed of ${partition} although ${before.client} was told that ${before.offset} is`,
        evidence: { group, broker, offset, committed: before.offset, by: before.client },
        key: `${group} ${node} ${partition} ${step.event}`,
        ...(hole === undefined ? {} : { knownHole: hole }),
      })
    }
  }
  return findings
}

/** Offsets that are old enough are forgotten: of groups without members, and before KIP-211 (2.1) of all. */
function expiryHoles(plan: Plan): Hole[] {
  const runMinutes = (plan.runUs + plan.settleUs) / MICROS_PER_MINUTE
  if (plan.brokers.every(({ settings }) => Number(settings['offsets.retention.minutes']) >= runMinutes)) return []
  return plan.mechanisms.offsetsExpireWithGroup
    ? [{ because: 'offsets of a group without members expire', hole: null }]
    : [{ because: 'offsets expire while their group lives', hole: 'KIP-211' }]
}

/** Offsets are records with acks=all in a log of their own: a coordinator that takes over has them all. */
export const COMMITTED_OFFSETS_KEPT: Property = {
  name: 'CommittedOffsetsKept',
  kind: 'always',
  statement: 'Neither a new coordinator nor who takes a partition over falls behind what was told to be committed.',
  on: ['positionReset', 'coordinatorLoaded'],
  promised: (plan) => unlessToldHoles([...lossHoles(plan), ...expiryHoles(plan)]),
  check: (world, step) => {
    const findings = step.facts.flatMap(({ fact, node }) => {
      if (fact.kind === 'positionReset') return forgottenByMember(world, step, fact)
      if (fact.kind !== 'coordinatorLoaded') return []
      return forgottenByCoordinator(world, step, node, fact.partition, fact.leaderEpoch)
    })
    return findings.length === 0 ? null : findings
  },
}
