/** Topics as the real tools make and change them (AdminUtils and AdminZkClient): by writes to the registry. */
import type { BrokerId } from '../../kafka/ids.ts'
import type { AdminRequest } from '../../kafka/operations.ts'
import { assignReplicas } from '../../kafka/replica-assignment.ts'
import type { TopicConfigZnode, TopicZnode } from '../../kafka/znodes.ts'
import { BROKER_IDS, CONFIG_CHANGES, DELETE_TOPICS, topicConfigPath, topicPath } from '../../kafka/znodes.ts'
import type { Json } from '../../kernel/json.ts'
import type { Next, StepGiven } from './job-step.ts'
import {
  ask,
  created,
  done,
  readChildren,
  readData,
  readExists,
  refused,
  wasFound,
  writeNew,
  writeOver,
} from './job-step.ts'

type Of<K extends AdminRequest['admin']> = Extract<AdminRequest, { readonly admin: K }>
type Assignment = Readonly<Record<string, readonly BrokerId[]>>

/** The brokers registered now, ascending. */
function liveBrokers({ result }: StepGiven): BrokerId[] {
  const children = result !== null && result.error === null ? (result.children ?? []) : []
  return children.map(Number).sort((a, b) => a - b)
}

/** Racks of these brokers, which count only when each of them has one (KIP-36). */
function racksOf(live: readonly BrokerId[], given: StepGiven): Readonly<Record<string, string>> | null {
  const racks: Record<string, string> = {}
  for (const id of live) {
    const rack = given.brokers.find((broker) => broker.id === id)?.rack ?? null
    if (rack === null) return null
    racks[id] = rack
  }
  return racks
}

/** Why an assignment written by hand cannot be used; null when it can. Whether its brokers live is not asked. */
function flawOf(assignment: Assignment): string | null {
  const lists = Object.values(assignment)
  const first = lists[0]
  if (first === undefined || first.length === 0) return 'an assignment names at least one replica'
  if (lists.some((replicas) => replicas.length !== first.length)) return 'every partition has as many replicas'
  if (lists.some((replicas) => new Set(replicas).size !== replicas.length)) return 'a replica is named once'
  return null
}

/** 0: is the name free; 1: who is alive; 2, 3: the topic's settings; 4: its assignment, which is what makes it exist. */
export function createTopic(request: Of<'createTopic'>, given: StepGiven): Next {
  const { topic } = request
  const settings: TopicConfigZnode = { settings: request.settings }
  const config = topicConfigPath(topic)
  const { result } = given
  switch (given.stage) {
    case 0:
      return ask(1, readExists(topicPath(topic)))
    case 1:
      if (wasFound(result)) return refused('TOPIC_ALREADY_EXISTS', `topic ${topic} exists`)
      return ask(2, readChildren(BROKER_IDS))
    case 2: {
      const assigned = assignmentFor(request, liveBrokers(given), given)
      if ('done' in assigned) return assigned
      return ask(3, writeNew(config, settings), assigned.assignment)
    }
    case 3:
      if (result?.error === 'NODEEXISTS') return ask(4, writeOver(config, settings, -1))
      return ask(5, writeNew(topicPath(topic), { partitions: given.memo }))
    case 4:
      return ask(5, writeNew(topicPath(topic), { partitions: given.memo }))
    default:
      if (result?.error === 'NODEEXISTS' && !given.retried) {
        return refused('TOPIC_ALREADY_EXISTS', `topic ${topic} exists`)
      }
      return created(given, '')
  }
}

function assignmentFor(
  request: Of<'createTopic'>,
  live: readonly BrokerId[],
  given: StepGiven,
): { readonly done: Json } | { readonly assignment: Assignment } {
  if (request.assignment !== null) {
    const flaw = request.unchecked === true ? null : flawOf(request.assignment)
    return flaw === null ? { assignment: request.assignment } : { done: { error: 'INVALID_REQUEST', message: flaw } }
  }
  const { topic, partitions, replicationFactor } = request
  if (partitions < 1) return { done: { error: 'INVALID_PARTITIONS', message: 'a topic has at least one partition' } }
  if (replicationFactor < 1 || replicationFactor > live.length) {
    const message = `replication factor ${replicationFactor} with ${live.length} live brokers`
    return { done: { error: 'INVALID_REPLICATION_FACTOR', message } }
  }
  // Stream `admin.assignment/<topic>`: where the round begins, and how far the second replica is from the first.
  const startIndex = Math.floor(given.random(`admin.assignment/${topic}`) * live.length)
  const startShift = Math.floor(given.random(`admin.assignment/${topic}`) * live.length)
  const racks = racksOf(live, given)
  return {
    assignment: assignReplicas({
      brokers: live,
      racks,
      partitions,
      replicationFactor,
      startIndex,
      startShift,
      firstPartition: 0,
    }),
  }
}

/** 0: the topic as it is; 1: who is alive; 2: the longer assignment, if the topic has not changed since. */
export function addPartitions(request: Of<'addPartitions'>, given: StepGiven): Next {
  const { topic, total } = request
  const { result } = given
  switch (given.stage) {
    case 0:
      return ask(1, readData(topicPath(topic)))
    case 1: {
      if (result === null || result.error !== null) {
        return refused('UNKNOWN_TOPIC_OR_PARTITION', `there is no topic ${topic}`)
      }
      const existing = Object.keys((result.data as TopicZnode).partitions).length
      if (total <= existing) return refused('INVALID_PARTITIONS', `topic ${topic} has ${existing} partitions already`)
      const memo: Json = { topic: result.data ?? null, version: result.stat?.version ?? -1 }
      return ask(2, readChildren(BROKER_IDS), memo)
    }
    case 2: {
      const memo = given.memo as unknown as { readonly topic: TopicZnode; readonly version: number }
      const added = addedPartitions(request, memo.topic, given)
      if (added === null) return refused('INVALID_REPLICATION_FACTOR', 'too few live brokers')
      const flaw = flawOf(added)
      if (flaw !== null) return refused('INVALID_REQUEST', flaw)
      const data = { ...memo.topic, partitions: { ...memo.topic.partitions, ...added } } as unknown as Json
      return ask(3, writeOver(topicPath(topic), data, memo.version))
    }
    default:
      if (result?.error === 'BADVERSION' && !given.retried) return ask(1, readData(topicPath(topic)))
      if (result?.error === 'NONODE') return refused('UNKNOWN_TOPIC_OR_PARTITION', `there is no topic ${topic}`)
      return done()
  }
}

/**
 * AdminUtils.addPartitions: the round goes on behind the existing partitions, from the leader of the first one, and its
 * shift begins there too. null: fewer live brokers than replicas.
 */
function addedPartitions(request: Of<'addPartitions'>, topic: TopicZnode, given: StepGiven): Assignment | null {
  const existing = Object.keys(topic.partitions).length
  const { assignment } = request
  if (assignment !== null) {
    const names = Object.keys(assignment).filter((name) => Number(name) >= existing)
    return Object.fromEntries(names.map((name) => [name, assignment[name]!]))
  }
  const live = liveBrokers(given)
  const replicas = topic.partitions['0'] ?? []
  if (replicas.length === 0 || replicas.length > live.length) return null
  const start = Math.max(
    0,
    live.findIndex((id) => id >= replicas[0]!),
  )
  return assignReplicas({
    brokers: live,
    racks: racksOf(live, given),
    partitions: request.total - existing,
    replicationFactor: replicas.length,
    startIndex: start,
    startShift: start,
    firstPartition: existing,
  })
}

/** The controller deletes what is named there. */
export function deleteTopic(request: Of<'deleteTopic'>, given: StepGiven): Next {
  const { topic } = request
  switch (given.stage) {
    case 0:
      return ask(1, readExists(topicPath(topic)))
    case 1:
      if (!wasFound(given.result)) return refused('UNKNOWN_TOPIC_OR_PARTITION', `there is no topic ${topic}`)
      return ask(2, writeNew(`${DELETE_TOPICS}/${topic}`, null))
    default:
      return created(given, `topic ${topic} is being deleted already`)
  }
}

/** The settings named are written over those there are; then a sequential node tells every broker to look. */
export function alterTopicConfig(request: Of<'alterTopicConfig'>, given: StepGiven): Next {
  const { topic } = request
  const { result } = given
  const config = topicConfigPath(topic)
  const notify = { ...writeNew(`${CONFIG_CHANGES}/config_change_`, { topic }), sequential: true } as const
  switch (given.stage) {
    case 0:
      return ask(1, readExists(topicPath(topic)))
    case 1:
      if (!wasFound(result)) return refused('UNKNOWN_TOPIC_OR_PARTITION', `there is no topic ${topic}`)
      return ask(2, readData(config))
    case 2: {
      if (result === null || result.error !== null) return ask(3, writeNew(config, { settings: request.settings }))
      const present = (result.data as TopicConfigZnode | null)?.settings ?? {}
      return ask(3, writeOver(config, { settings: { ...present, ...request.settings } }, -1))
    }
    case 3:
      return ask(4, notify)
    default:
      return done()
  }
}
