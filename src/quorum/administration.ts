/** What administrators ask of the active controller. */
import type { ErrorName } from '../kafka/errors.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { comparePartitions, splitTopicPartition, topicPartition } from '../kafka/ids.ts'
import type { ControllerAdminRequest } from '../kafka/messages/quorum.ts'
import { brokersWhere, isActiveBroker, type MetadataRecord, mergedPartition } from '../kafka/metadata-log.ts'
import type { AdminRequest } from '../kafka/operations.ts'
import { assignReplicas } from '../kafka/replica-assignment.ts'
import { unreachable } from '../kernel/assert.ts'
import type { ConnectionId } from '../kernel/machine.ts'
import { own } from '../kernel/own.ts'
import { tellCompletedReassignment, tellElection } from './broker-changes.ts'
import { answerWhenCommitted, append } from './metadata-writer.ts'
import { buildChange, type WantedChange } from './partition-change.ts'
import { isElrOn, isUncleanOn, rulesFor } from './partition-rules.ts'
import { type Given, imageOf } from './state.ts'

type Of<K extends AdminRequest['admin']> = Extract<AdminRequest, { readonly admin: K }>

interface Outcome {
  readonly error: ErrorName
  readonly message: string | null
  readonly records: readonly MetadataRecord[]
}

const refused = (error: ErrorName, message: string): Outcome => ({ error, message, records: [] })
const done = (records: readonly MetadataRecord[]): Outcome => ({ error: 'NONE', message: null, records })

export function onAdminRequest(given: Given, message: ControllerAdminRequest, connection: ConnectionId): void {
  const { error, message: words, records } = outcomeOf(given, message.request)
  append(given, records)
  const { correlationId } = message
  const answer = {
    type: 'ControllerAdminResponse',
    correlationId,
    error,
    message: words,
    leader: given.config.id,
  } as const
  answerWhenCommitted(given, connection, answer)
}

function outcomeOf(given: Given, request: AdminRequest): Outcome {
  switch (request.admin) {
    case 'createTopic':
      return createTopic(given, request)
    case 'addPartitions':
      return addPartitions(given, request)
    case 'deleteTopic':
      if (own(imageOf(given.state).topics, request.topic) === undefined) return noTopic(request.topic)
      return done([{ type: 'RemoveTopic', topic: request.topic }])
    case 'reassign':
      return reassign(given, request)
    case 'electLeader':
      return electLeaders(given, request)
    case 'alterTopicConfig':
      return alterTopicConfig(given, request)
    case 'deleteControllerNode':
      return refused('INVALID_REQUEST', 'there is no /controller node without a registry')
    default:
      return unreachable(request)
  }
}

const noTopic = (topic: string): Outcome => refused('UNKNOWN_TOPIC_OR_PARTITION', `there is no topic ${topic}`)

function createTopic(given: Given, request: Of<'createTopic'>): Outcome {
  const { topic } = request
  if (own(imageOf(given.state).topics, topic) !== undefined)
    return refused('TOPIC_ALREADY_EXISTS', `topic ${topic} exists`)
  const placed = request.assignment ?? placement(given, topic, 0, request.partitions, request.replicationFactor)
  if (placed === null) {
    return request.partitions < 1
      ? refused('INVALID_PARTITIONS', 'a topic has at least one partition')
      : refused('INVALID_REPLICATION_FACTOR', `replication factor ${request.replicationFactor} is not possible`)
  }
  const partitions = partitionRecords(given, topic, placed)
  if (!Array.isArray(partitions)) return partitions as Outcome
  const settings = Object.keys(request.settings).sort()
  return done([
    { type: 'Topic', topic },
    ...settings.map((key): MetadataRecord => ({ type: 'Config', topic, key, value: request.settings[key]! })),
    ...partitions,
  ])
}

/**
 * Stream `quorum.assignment/<topic>`: where the round begins and how far the second replica is from the first.
 * Simplified: KRaft's StripedReplicaPlacer strikes a similar round over racks, from another random place.
 */
function placement(
  { state, ctx }: Given,
  topic: string,
  firstPartition: number,
  partitions: number,
  replicationFactor: number,
): Record<string, readonly BrokerId[]> | null {
  const image = imageOf(state)
  const usable = brokersWhere(image, (registration) => !registration.fenced && !registration.inControlledShutdown)
  if (partitions < 1 || replicationFactor < 1 || replicationFactor > usable.length) return null
  const racks: Record<string, string> = {}
  for (const id of usable) {
    const { rack } = image.brokers[id]!
    if (rack !== null) racks[id] = rack
  }
  const allHaveRacks = usable.every((id) => racks[id] !== undefined)
  return assignReplicas({
    brokers: usable,
    racks: allHaveRacks ? racks : null,
    partitions,
    replicationFactor,
    startIndex: Math.floor(ctx.random(`quorum.assignment/${topic}`) * usable.length),
    startShift: Math.floor(ctx.random(`quorum.assignment/${topic}`) * usable.length),
    firstPartition,
  })
}

/** 3.5 createTopic: the active ones of an assignment are its first ISR; with nobody active it is refused. */
function partitionRecords(
  { state, ctx }: Given,
  topic: string,
  placed: Readonly<Record<string, readonly BrokerId[]>>,
): MetadataRecord[] | Outcome {
  const image = imageOf(state)
  const records: MetadataRecord[] = []
  for (const number of Object.keys(placed)
    .map(Number)
    .sort((a, b) => a - b)) {
    const replicas = placed[number]!
    const flaw = assignmentFlaw(image.brokers, replicas)
    if (flaw !== null) return refused('INVALID_REPLICA_ASSIGNMENT', flaw)
    const isr = replicas.filter((id) => isActiveBroker(image, id))
    if (isr.length === 0) {
      return refused('INVALID_REPLICA_ASSIGNMENT', `every broker of [${replicas.join(', ')}] is fenced or going`)
    }
    const partition = topicPartition(topic, number)
    const leader = isr[0]!
    records.push({ type: 'Partition', partition, replicas, isr, leader })
    const election = 'new'
    ctx.fact({ kind: 'leaderElected', partition, leader, leaderEpoch: 0, isr, election, unclean: false })
  }
  return records
}

function assignmentFlaw(brokers: Readonly<Record<string, unknown>>, replicas: readonly BrokerId[]): string | null {
  if (replicas.length === 0) return 'a partition has at least one replica'
  if (new Set(replicas).size !== replicas.length) return 'a replica is named once'
  const unknown = replicas.find((id) => brokers[id] === undefined)
  return unknown === undefined ? null : `broker ${unknown} is not registered`
}

function addPartitions(given: Given, request: Of<'addPartitions'>): Outcome {
  const { topic, total, assignment } = request
  const image = imageOf(given.state)
  if (own(image.topics, topic) === undefined) return noTopic(topic)
  const existing = Object.keys(image.partitions).filter((name) => splitTopicPartition(name).topic === topic)
  const from = existing.length
  if (total <= from) return refused('INVALID_PARTITIONS', `topic ${topic} has ${from} partitions already`)
  const factor = image.partitions[topicPartition(topic, 0)]?.replicas.length ?? 1
  const placed = assignment ?? placement(given, topic, from, total - from, factor)
  if (placed === null) return refused('INVALID_REPLICATION_FACTOR', 'too few active brokers')
  const added = Object.fromEntries(Object.entries(placed).filter(([number]) => Number(number) >= from))
  const records = partitionRecords(given, topic, added)
  return Array.isArray(records) ? done(records) : (records as Outcome)
}

function reassign(given: Given, request: Of<'reassign'>): Outcome {
  const image = imageOf(given.state)
  const records: MetadataRecord[] = []
  for (const name of Object.keys(request.partitions).sort(comparePartitions)) {
    const before = image.partitions[name]
    if (before === undefined) return refused('UNKNOWN_TOPIC_OR_PARTITION', `there is no partition ${name}`)
    const wanted = request.partitions[name]!
    const flaw = assignmentFlaw(image.brokers, wanted)
    if (flaw !== null) return refused('INVALID_REPLICA_ASSIGNMENT', flaw)
    const ascending = (ids: readonly BrokerId[]): BrokerId[] => [...ids].sort((a, b) => a - b)
    const removing = ascending(before.replicas.filter((id) => !wanted.includes(id)))
    const adding = ascending(wanted.filter((id) => !before.replicas.includes(id)))
    // 3.3 to 4.1 changePartitionReassignment: where nobody is added, or removed, what a reassignment before it asked for stays.
    const change: WantedChange = {
      replicas: [...wanted, ...removing],
      ...(removing.length > 0 ? { removing } : {}),
      ...(adding.length > 0 ? { adding } : {}),
      election: 'online',
    }
    const built = buildChange(name, before, change, rulesFor(given, name))
    if (built === null) continue
    tellElection(given, built, before, 'reassignment')
    given.ctx.fact({ kind: 'reassignmentStarted', partition: name, replicas: [...wanted] })
    tellCompletedReassignment(given, name, mergedPartition(before, built.record))
    records.push(built.record)
  }
  return done(records)
}

function electLeaders(given: Given, request: Of<'electLeader'>): Outcome {
  const records: MetadataRecord[] = []
  let error: ErrorName = 'NONE'
  for (const name of [...request.partitions].sort(comparePartitions)) {
    const elected = electLeader(given, name, request.election === 'PREFERRED' ? 'preferred' : 'unclean')
    if (typeof elected === 'string') error = error === 'NONE' ? elected : error
    else records.push(elected)
  }
  // Each partition has a result of its own; the first refusal stands for the request.
  return { error, message: null, records }
}

/** 3.5 ReplicationControlManager.electLeader: a preferred election that changes nothing, or only the ISR, was not possible. */
export function electLeader(
  given: Given,
  name: TopicPartition,
  election: 'preferred' | 'unclean',
): MetadataRecord | ErrorName {
  const before = imageOf(given.state).partitions[name]
  if (before === undefined) return 'UNKNOWN_TOPIC_OR_PARTITION'
  const needless = election === 'preferred' ? before.leader === before.replicas[0] : before.leader >= 0
  if (needless) return 'ELECTION_NOT_NEEDED'
  const built = buildChange(name, before, { election }, rulesFor(given, name))
  if (built === null)
    return election === 'preferred' ? 'PREFERRED_LEADER_NOT_AVAILABLE' : 'ELIGIBLE_LEADERS_NOT_AVAILABLE'
  tellElection(given, built, before, election)
  return built.record
}

/** KIP-966: another min.insync.replicas says otherwise who has everything, so the eligible leader replicas are dropped. */
function alterTopicConfig(given: Given, request: Of<'alterTopicConfig'>): Outcome {
  const { topic, settings } = request
  const image = imageOf(given.state)
  if (own(image.topics, topic) === undefined) return noTopic(topic)
  const records: MetadataRecord[] = Object.keys(settings)
    .sort()
    .map((key) => ({ type: 'Config', topic, key, value: settings[key]! }))
  if (isElrOn(given) && settings['min.insync.replicas'] !== undefined) {
    for (const partition of Object.keys(image.partitions).sort(comparePartitions)) {
      const { elr, lastKnownElr } = image.partitions[partition]!
      if (splitTopicPartition(partition).topic !== topic || elr.length + lastKnownElr.length === 0) continue
      records.push({ type: 'PartitionChange', partition, elr: [], lastKnownElr: [] })
    }
  }
  return done(records)
}

/** Partitions that the task of unclean elections may revive (KIP-966: every unclean.leader.election.interval.ms, 3.9). */
export const uncleanElections = (given: Given): MetadataRecord[] =>
  electWhere(given, 'unclean', (name, leader) => leader < 0 && isUncleanOn(given, splitTopicPartition(name).topic))

/** Leaderships to be given back to the first assigned replica. */
export const preferredElections = (given: Given): MetadataRecord[] => {
  const { partitions } = imageOf(given.state)
  return electWhere(given, 'preferred', (name, leader) => leader !== partitions[name]!.replicas[0])
}

function electWhere(
  given: Given,
  election: 'preferred' | 'unclean',
  test: (name: TopicPartition, leader: BrokerId) => boolean,
): MetadataRecord[] {
  const { partitions } = imageOf(given.state)
  return Object.keys(partitions)
    .sort(comparePartitions)
    .filter((name) => test(name, partitions[name]!.leader))
    .map((name) => electLeader(given, name, election))
    .filter((elected) => typeof elected !== 'string')
}
