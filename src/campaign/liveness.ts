/**
 * After the faults a core is healed and must come to rest. Where it does not, this says which it is: legitimately stuck
 * (a rule of Kafka forbids progress, in words), a hole of this version, or a bug of liveness.
 */

import { consumersOf, isTooSlow } from '../check/history/readers.ts'
import { leadershipOf } from '../check/leadership.ts'
import { divergenceHoles, isUncleanPossible } from '../check/promises.ts'
import { processState } from '../check/roles.ts'
import { STRANDED_HOLE, strandedBy } from '../check/stranded.ts'
import { topicSetting } from '../kafka/config.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { splitTopicPartition } from '../kafka/ids.ts'
import { coordinatorPartition, isInternalTopic, OFFSETS_TOPIC, TRANSACTIONS_TOPIC } from '../kafka/internal-topics.ts'
import { own } from '../kernel/own.ts'
import { holds } from '../world/conditions.ts'
import { restlessGroups } from '../world/restless-groups.ts'
import { isRegistered, knownPartitions, partitionTruth } from '../world/targets.ts'
import { unfinishedTransactions } from '../world/unfinished-transactions.ts'
import type { World } from '../world/world.ts'
import { brokerState } from '../world/world.ts'
import { holeOfGroup } from './group-holes.ts'

export type Liveness =
  | { readonly kind: 'converged' }
  | { readonly kind: 'stuck'; readonly words: readonly string[] }
  | { readonly kind: 'hole'; readonly words: readonly string[]; readonly hole: string }
  | { readonly kind: 'bug'; readonly words: readonly string[] }

interface Findings {
  readonly stuck: string[]
  readonly bugs: string[]
  readonly holes: { readonly words: string; readonly hole: string }[]
}

/** Judges the end of a run whose faults were healed. */
export function judgeLiveness(world: World): Liveness {
  const found: Findings = { stuck: [], bugs: [], holes: [] }
  for (const partition of knownPartitions(world)) judgePartition(world, partition, found)
  judgeSends(world, found)
  if (world.plan.healAtEnd) {
    judgeGroups(world, found)
    judgeTransactions(world, found)
  }
  if (found.bugs.length > 0) return { kind: 'bug', words: found.bugs }
  const [first] = found.holes
  if (first !== undefined) return { kind: 'hole', words: found.holes.map(({ words }) => words), hole: first.hole }
  return found.stuck.length > 0 ? { kind: 'stuck', words: found.stuck } : { kind: 'converged' }
}

function judgePartition(world: World, partition: TopicPartition, found: Findings): void {
  const leadership = leadershipOf(world, partition)
  if (leadership === null) return
  const overdue = partitionTruth(world, partition)!.replicas.filter((id) => outlivesProcess(world, id))
  if (overdue.length > 0)
    found.bugs.push(
      `broker ${overdue.join(', ')} of ${partition} is down, and long after its session timeout it is still registered`,
    )
  else if (leadership.kind === 'explained') found.stuck.push(`${partition} has no leader: ${leadership.words}`)
  else if (leadership.kind === 'broken') {
    const words = `${partition} is without a leader: ${leadership.words}`
    if (leadership.hole === null) found.bugs.push(words)
    else found.holes.push({ words, hole: leadership.hole })
  } else judgeReplicas(world, partition, leadership.leader, found)
}

/** A dead broker must be gone from the registry after so many session timeouts, and from an ISR after so many lag limits more. */
const TIMEOUTS = 3

/** A setting of a broker, in us. */
function brokerSettingUs(world: World, id: BrokerId, key: string, defaultMs: number): number {
  const settings = world.plan.brokers.find((it) => it.id === id)?.settings
  return 1000 * Number(settings?.[key] ?? defaultMs)
}

const lagLimitUs = (world: World, id: BrokerId): number => brokerSettingUs(world, id, 'replica.lag.time.max.ms', 10_000)

const sessionsUs = (world: World, id: BrokerId): number =>
  TIMEOUTS * brokerSettingUs(world, id, 'zookeeper.session.timeout.ms', 6_000)

/** Nothing was done to the cluster for so long, in us. */
const undisturbedUs = (world: World): number =>
  world.nowUs - Math.max(0, ...world.steps.map(({ firedAtUs }) => firedAtUs ?? 0))

/** Whether a broker has been down for long, as nothing was done to the cluster since, and is registered all the same. */
const outlivesProcess = (world: World, id: BrokerId): boolean =>
  processState(world, id) === 'down' && isRegistered(world, id) && undisturbedUs(world) > sessionsUs(world, id)

/** Whether a leader had time enough to take dead followers out of the ISR. */
const hadTimeToShrink = (world: World, leader: BrokerId): boolean =>
  undisturbedUs(world) > sessionsUs(world, leader) + TIMEOUTS * lagLimitUs(world, leader)

/** What was written so shortly before the end may be on its way to the others still, in us. */
const JUST_WRITTEN_US = 1_000_000

/** Members of groups commit to the end, and what waited for the cluster to be healed may be sent late. */
function isWrittenToTheEnd({ ledger, nowUs }: World, partition: TopicPartition): boolean {
  if (isInternalTopic(splitTopicPartition(partition).topic)) return true
  const since = nowUs - JUST_WRITTEN_US
  return (
    Object.values(ledger.sent).some(
      ({ partition: to, sentAtUs, answeredAtUs }) => to === partition && Math.max(sentAtUs, answeredAtUs ?? 0) > since,
    ) ||
    ledger.facts.some(
      ({ atUs, fact }) => atUs > since && fact.kind === 'transactionMarker' && fact.partition === partition,
    )
  )
}

/** Whether the leader has seen a member of the ISR with everything within its lag limit. */
function keepsUp(world: World, partition: TopicPartition, leader: BrokerId, id: BrokerId): boolean {
  if (id === leader) return true
  const remote = brokerState(world, leader)?.volatile?.partitions[partition]?.remoteReplicas[id]
  return remote !== undefined && world.nowUs - remote.lastCaughtUpTimeUs <= lagLimitUs(world, leader)
}

/** Every replica that runs must be in the ISR, and the ISR must have equal log ends. */
function judgeReplicas(world: World, partition: TopicPartition, leader: BrokerId, found: Findings): void {
  const truth = partitionTruth(world, partition)!
  const hole = holeOf(world)
  const tell = (words: string): void => {
    if (hole === null) found.bugs.push(words)
    else found.holes.push({ words, hole })
  }
  for (const id of truth.replicas) {
    if (truth.isr.includes(id)) continue
    const why = cannotFollow(world, id)
    if (why === null)
      tell(
        `broker ${id} follows ${leader} of ${partition} and does not come back into its ISR [${truth.isr.join(', ')}]`,
      )
  }
  if (!holds(world, { when: 'converged', partition }, 0)) {
    const running = truth.isr.filter((id) => processState(world, id) === 'up')
    if (running.length === truth.isr.length) {
      if (!isWrittenToTheEnd(world, partition) || !running.every((id) => keepsUp(world, partition, leader, id)))
        tell(`the members of the ISR [${truth.isr.join(', ')}] of ${partition} have logs of different ends`)
    } else if (hadTimeToShrink(world, leader))
      tell(`broker ${leader} of ${partition} keeps a dead broker in its ISR [${truth.isr.join(', ')}]`)
    else
      found.stuck.push(
        `${partition}: a member of the ISR [${truth.isr.join(', ')}] is down and has not been taken out yet`,
      )
  }
}

/** Why a replica is rightly outside the ISR; null: it is not. */
function cannotFollow(world: World, id: BrokerId): string | null {
  if (processState(world, id) !== 'up') return 'it does not run'
  const phase = brokerState(world, id)?.volatile?.phase
  if (phase === 'shutting-down' || phase === 'hung') return 'it is on its way down'
  return isRegistered(world, id) ? null : 'it is not registered'
}

/** A hole by which replicas of this version may stay behind or stay different; null where none is known. */
function holeOf(world: World): string | null {
  const { plan } = world
  const names = divergenceHoles(plan).flatMap(({ hole }) => (hole === null ? [] : [hole]))
  if (plan.mechanisms.followerAheadOfLeader !== 'truncate' && !isUncleanPossible(plan)) names.push('KAFKA-3410')
  return names.length === 0 ? null : [...new Set(names)].join(', ')
}

/** A send must have its answer where its partition can be written. */
function judgeSends(world: World, found: Findings): void {
  const waiting: Record<TopicPartition, number> = {}
  const stranded: Record<string, number> = {}
  const uncoordinated: Record<TopicPartition, number> = {}
  const producers = world.plan.clients.filter(({ kind }) => kind === 'producer')
  for (const { client, outcome, acks, partition, transaction, sentAtUs } of Object.values(world.ledger.sent)) {
    if (outcome !== null || acks === 0 || partition === null || sentAtUs > world.nowUs - JUST_WRITTEN_US) continue
    const coordinated = transaction === undefined ? null : transactionsPartition(world, client)
    const producer = producers.find(({ name }) => name === client)
    if (producer !== undefined && strandedBy(world, producer) !== null)
      stranded[client] = (own(stranded, client) ?? 0) + 1
    else if (coordinated !== null && isUnled(world, coordinated))
      uncoordinated[coordinated] = (uncoordinated[coordinated] ?? 0) + 1
    else waiting[partition] = (waiting[partition] ?? 0) + 1
  }
  for (const coordinated of Object.keys(uncoordinated).sort()) {
    const count = uncoordinated[coordinated]
    found.stuck.push(`${count} sends of transactions wait for their coordinator: ${coordinated} has no leader`)
  }
  for (const client of Object.keys(stranded).sort()) {
    const by = strandedBy(world, producers.find(({ name }) => name === client)!)
    if (by === 'bootstrap-servers') {
      found.stuck.push(`${stranded[client]} sends wait: the bootstrap servers of ${client} are all down`)
      continue
    }
    const words = `${stranded[client]} sends wait: ${client} knows only brokers that are down`
    found.holes.push({ words, hole: STRANDED_HOLE })
  }
  for (const partition of Object.keys(waiting).sort()) {
    if (leadershipOf(world, partition)?.kind !== 'led') continue
    const isr = partitionTruth(world, partition)?.isr ?? []
    const least = leastIsr(world, partition)
    if (isr.length < least) {
      found.stuck.push(
        `${waiting[partition]} sends to ${partition} wait: min.insync.replicas is ${least} and the ISR is [${isr.join(', ')}]`,
      )
    } else
      found.bugs.push(
        `${waiting[partition]} sends to ${partition} never get an answer, though it is led and its ISR is [${isr.join(', ')}]`,
      )
  }
}

/**
 * Where the transactions of a producer are coordinated: no batch of theirs is taken before the coordinator has its
 * partition in the transaction, at the word of the producer (KIP-98) or of the leader (KIP-890).
 */
function transactionsPartition(world: World, client: string): TopicPartition | null {
  const id = world.plan.clients.find(({ name }) => name === client)?.settings['transactional.id']
  if (typeof id !== 'string') return null
  const count = world.plan.brokers[0]!.settings['transaction.state.log.num.partitions']
  return `${TRANSACTIONS_TOPIC}-${coordinatorPartition(id, Number(count))}`
}

function isUnled(world: World, partition: TopicPartition): boolean {
  const leadership = leadershipOf(world, partition)
  return leadership !== null && leadership.kind !== 'led'
}

/**
 * A member that was out of its group after the faults as well, as it cannot be back at a poll in time; null: none. It
 * explains that nobody has its partitions yet, or that it has them beside another member; not that others share them.
 */
function slowMember(world: World, group: string, owners: readonly string[]): string | null {
  const since = world.nowUs - undisturbedUs(world)
  const slow = consumersOf(world.plan).filter((it) => it.settings['group.id'] === group && isTooSlow(it))
  const out = slow
    .map(({ name }) => name)
    .filter((name) =>
      world.ledger.facts.some(
        ({ atUs, fact }) => atUs > since && fact.kind === 'partitionsLost' && fact.client === name,
      ),
    )
  return owners.filter((name) => !out.includes(name)).length > 1 ? null : (out[0] ?? null)
}

/** The members that run must have the partitions among them, as far as somebody can coordinate them. */
function judgeGroups(world: World, found: Findings): void {
  for (const { group, partition, owners, words } of restlessGroups(world)) {
    const count = world.plan.brokers[0]!.settings['offsets.topic.num.partitions']
    const coordinated = `${OFFSETS_TOPIC}-${coordinatorPartition(group, Number(count))}`
    const leadership = leadershipOf(world, coordinated)
    if (leadership === null || leadership.kind === 'led') {
      const unsettled = `group ${group} does not settle: ${words}`
      const hole = holeOfGroup(world, group, partition)
      const slow = slowMember(world, group, owners)
      if (hole !== null) found.holes.push({ words: unsettled, hole })
      else if (slow === null) found.bugs.push(unsettled)
      else found.stuck.push(`${unsettled}, and ${slow} is out each time that it works at a poll for too long`)
    } else found.stuck.push(`group ${group} has no coordinator: ${coordinated} has no leader`)
  }
}

/** What was decided must have been told to partitions that have leaders. */
function judgeTransactions(world: World, found: Findings): void {
  for (const { transactionalId, status, partitions, coordinated } of unfinishedTransactions(world)) {
    const unled = [coordinated, ...partitions].find((name) => leadershipOf(world, name)?.kind !== 'led')
    if (unled === undefined)
      found.bugs.push(`transaction ${transactionalId} stays in ${status}, though all its partitions are led`)
    else found.stuck.push(`transaction ${transactionalId} stays in ${status}: ${unled} has no leader`)
  }
}

function leastIsr(world: World, partition: TopicPartition): number {
  const { topics, brokers } = world.plan
  const topic = topics.find(({ name }) => name === splitTopicPartition(partition).topic)
  return Number(topicSetting(brokers[0]!.settings, topic?.settings, 'min.insync.replicas') ?? 1)
}
