/**
 * The consumer of 0.8 in its group (core: ZookeeperConsumerConnector): each consumer watches the others' nodes, works out its
 * share alone, and claims it by ephemeral owner nodes. Where two views differ, claims collide: everything is undone and
 * tried again, `rebalance.max.retries` times. There is no generation, so nothing fences who has lost its partitions
 * and does not know it.
 */

import { comparePartitions, type TopicPartition } from '../../../kafka/ids.ts'
import type { KafkaMessage } from '../../../kafka/messages/message.ts'
import type { RegistryOp, RegistryResult } from '../../../kafka/messages/registry.ts'
import { matchingTopics } from '../../../kafka/topic-pattern.ts'
import { TOPICS, type TopicZnode, topicPath } from '../../../kafka/znodes.ts'
import type { Json } from '../../../kernel/json.ts'
import type { NodeId } from '../../../kernel/machine.ts'
import type { ClientContext } from '../../links.ts'
import { booleanSetting, numberSetting, timeSettingUs } from '../../settings.ts'
import { assign } from '../positions.ts'
import type { ConsumerConfig, ConsumerVolatile } from '../state.ts'
import { groupParents, idPath, idsPath, offsetPath, ownerPath, topicParents } from './paths.ts'
import { shareOf, threadOf } from './share.ts'
import type { ConsumerZnode, OldMembership } from './state.ts'

/** Until the next attempt of a rebalance. */
export const REBALANCE_TIMER = 'zookeeper-rebalance'

export interface OldMember {
  readonly memory: ConsumerVolatile
  readonly member: OldMembership
  readonly config: ConsumerConfig
  readonly ctx: ClientContext
}

export function newOldMembership(config: ConsumerConfig): OldMembership {
  const group = String(config.settings['group.id'] ?? '')
  return {
    group,
    id: `${group}_${config.name}`,
    phase: 'out',
    round: 0,
    waiting: 0,
    attempt: 0,
    triggered: false,
    view: { consumers: {}, partitions: {} },
    owned: [],
    offsets: {},
    claimed: [],
    refused: false,
    committed: {},
  }
}

const LIST_TOPICS: RegistryOp = { op: 'getChildren', path: TOPICS, watch: true }

const sessionOf = (config: ConsumerConfig): NodeId => `session-consumer-${config.name}`

/** Why something was asked: what its answer means. */
type Purpose =
  | 'parent'
  | 'register'
  | 'ids'
  | 'topics'
  | 'new-topics'
  | 'topic'
  | 'consumer'
  | 'release'
  | 'offset'
  | 'claim'
  | 'claimant'
  | 'undo'
  | 'commit'
  | 'leave'

/** What no phase waits for. */
const isOnTheSide = (purpose: Purpose): boolean =>
  purpose === 'commit' || purpose === 'leave' || purpose === 'new-topics'

/** Asks for one operation; of those that a phase waits for, the last answer ends it. */
function ask({ member, config, ctx }: OldMember, purpose: Purpose, subject: string, op: RegistryOp): void {
  if (!isOnTheSide(purpose)) member.waiting += 1
  const requestId = `old:${member.round}:${purpose}:${subject}`
  ctx.tell(sessionOf(config), { type: 'SessionRequest', requestId, ops: [op] })
}

/** What the session tells. */
export function onLocal(old: OldMember, message: KafkaMessage): void {
  const { member } = old
  switch (message.type) {
    case 'SessionState':
      if (message.state === 'established') register(old)
      return
    case 'SessionWatch':
      if (message.path === TOPICS) ask(old, 'new-topics', '', LIST_TOPICS)
      else if (message.path === idsPath(member.group) || message.path.startsWith(`${TOPICS}/`)) trigger(old)
      return
    case 'SessionResponse': {
      const [asker, round, purpose, subject = ''] = message.requestId.split(':')
      const [result] = message.results
      if (asker === 'old') onAnswer(old, Number(round), purpose as Purpose, subject, result, message.retried)
      return
    }
    default:
      return
  }
}

/** A new session: nothing of what it had in the old one is its own any more, as it learns only now. */
function register(old: OldMember): void {
  const { member, config, memory, ctx } = old
  ctx.cancelTimer(REBALANCE_TIMER)
  member.round += 1
  member.waiting = 0
  member.phase = 'registering'
  member.claimed = []
  member.refused = false
  // What it committed as the owner it was, it has committed; more it does not (ZKRebalancerListener.resetState).
  for (const name of member.owned) delete memory.partitions[name]
  member.owned = []
  makeParents(old, [...groupParents(member.group), ...topicParents(member.group, memory.topics)])
  const data: ConsumerZnode =
    config.pattern === undefined ? { topics: [...memory.topics] } : { pattern: config.pattern }
  ask(old, 'register', '', { op: 'create', path: idPath(member.group, member.id), data, ephemeral: true })
  ctx.probe(`${config.name} registers in its group`)
}

function makeParents(old: OldMember, paths: readonly string[]): void {
  for (const path of paths) ask(old, 'parent', path, { op: 'create', path, data: null, ephemeral: false })
}

function trigger(old: OldMember): void {
  const { member } = old
  if (member.phase === 'idle') rebalance(old, 0)
  else if (member.phase !== 'out') member.triggered = true
}

/** One attempt: fetching stops, what was consumed is committed, owner nodes go, and the group is looked at. */
function rebalance(old: OldMember, attempt: number): void {
  const { member, memory, config, ctx } = old
  if (booleanSetting(config.settings, 'enable.auto.commit', true)) commitOld(old)
  for (const name of member.owned) delete memory.partitions[name]
  member.round += 1
  member.waiting = 0
  member.attempt = attempt
  if (attempt === 0) member.triggered = false
  member.view = { consumers: {}, partitions: {} }
  member.phase = 'releasing'
  ctx.fact({
    kind: 'groupRebalancing',
    group: member.group,
    generation: -1,
    members: [],
    reason: `${member.id}, attempt ${attempt + 1}`,
  })
  const mine = member.claimed
  member.claimed = []
  member.owned = []
  for (const name of mine) ask(old, 'release', name, { op: 'delete', path: ownerPath(member.group, name), version: -1 })
  if (member.waiting === 0) look(old)
}

function look(old: OldMember): void {
  const { member, memory, config } = old
  member.phase = 'reading'
  ask(old, 'ids', '', { op: 'getChildren', path: idsPath(member.group), watch: true })
  if (config.pattern === undefined) readTopics(old, memory.topics)
  else ask(old, 'topics', '', LIST_TOPICS)
}

function readTopics(old: OldMember, topics: readonly string[]): void {
  for (const topic of topics) ask(old, 'topic', topic, { op: 'getData', path: topicPath(topic), watch: true })
}

function onAnswer(
  old: OldMember,
  round: number,
  purpose: Purpose,
  subject: string,
  result: RegistryResult | undefined,
  retried: boolean,
): void {
  const { member } = old
  if (result !== undefined && purpose === 'new-topics') noticeTopics(old, childrenOf(result))
  if (result === undefined || round !== member.round || isOnTheSide(purpose)) return
  member.waiting -= 1
  take(old, purpose, subject, result, retried)
  if (member.waiting === 0) endPhase(old)
}

const childrenOf = (result: RegistryResult): readonly string[] => (result.error === null ? (result.children ?? []) : [])

function take(old: OldMember, purpose: Purpose, subject: string, result: RegistryResult, retried: boolean): void {
  const { member } = old
  const data: Json | undefined = result.error === null ? result.data : undefined
  switch (purpose) {
    case 'register':
      // Its own node of the session before: it waits until the registry has removed that. What was asked once more it has made.
      if (result.error === 'NODEEXISTS' && !retried) member.refused = true
      return
    case 'ids':
      for (const id of childrenOf(result)) {
        ask(old, 'consumer', id, { op: 'getData', path: idPath(member.group, id), watch: false })
      }
      return
    case 'topics':
      filterTopics(old, childrenOf(result))
      return
    case 'consumer':
      // Who has gone meanwhile is not there.
      if (data !== undefined) member.view.consumers[subject] = topicsOf(data as unknown as ConsumerZnode, old)
      return
    case 'topic':
      if (data !== undefined) member.view.partitions[subject] = Object.keys((data as TopicZnode).partitions).length
      return
    case 'offset':
      if (typeof data === 'number') member.offsets[subject] = data
      return
    case 'claim':
      if (result.error === null) claimed(old, subject)
      else ask(old, 'claimant', subject, { op: 'getData', path: ownerPath(member.group, subject), watch: false })
      return
    case 'claimant':
      // A claim that was cut off by the end of its session and sent again in the next (ZkUtils.createEphemeralPathExpectConflict).
      if (data === threadOf(member.id)) claimed(old, subject)
      else member.refused = true
      return
    default:
      return
  }
}

function claimed({ member }: OldMember, partition: TopicPartition): void {
  member.claimed = [...member.claimed, partition].sort(comparePartitions)
}

/**
 * What matches of the topics that are there. They are listed before the other consumers' nodes are read, so that what those
 * subscribe to by a pattern is known as well (0.8 TopicCount.constructTopicCount).
 */
function filterTopics(old: OldMember, present: readonly string[]): void {
  const { memory, member, config } = old
  const matching = matchingTopics(config.pattern ?? '', present)
  makeParents(
    old,
    topicParents(
      member.group,
      matching.filter((topic) => !memory.topics.includes(topic)),
    ),
  )
  memory.topics = matching
  readTopics(old, matching)
}

const topicsOf = (node: ConsumerZnode, { memory }: OldMember): readonly string[] =>
  'topics' in node ? node.topics : matchingTopics(node.pattern, memory.topics)

/** The topics have changed: one more that matches begins a rebalance, one less does not (0.8 WildcardStreamsHandler). */
function noticeTopics(old: OldMember, present: readonly string[]): void {
  const { memory, config } = old
  const matching = matchingTopics(config.pattern ?? '', present)
  if (matching.some((topic) => !memory.topics.includes(topic))) trigger(old)
}

/** Every answer of a phase has come. */
function endPhase(old: OldMember): void {
  const { member, config, ctx } = old
  switch (member.phase) {
    case 'registering':
      if (!member.refused) {
        rebalance(old, 0)
        return
      }
      member.refused = false
      member.phase = 'out'
      ctx.setTimer(REBALANCE_TIMER, timeSettingUs(config.settings, 'zookeeper.session.timeout.ms', 6_000))
      return
    case 'releasing':
      look(old)
      return
    case 'reading': {
      const strategy = String(config.settings['partition.assignment.strategy'] ?? 'range')
      member.owned = shareOf(member.view, member.id, strategy)
      member.offsets = {}
      member.phase = 'positioning'
      for (const name of member.owned) {
        ask(old, 'offset', name, { op: 'getData', path: offsetPath(member.group, name), watch: false })
      }
      if (member.waiting === 0) claim(old)
      return
    }
    case 'positioning':
      claim(old)
      return
    case 'claiming':
      if (member.refused) undo(old)
      else begin(old)
      return
    case 'undoing':
      giveUpAttempt(old)
      return
    default:
      return
  }
}

function claim(old: OldMember): void {
  const { member } = old
  member.phase = 'claiming'
  member.refused = false
  const data = threadOf(member.id)
  for (const name of member.owned) {
    ask(old, 'claim', name, { op: 'create', path: ownerPath(member.group, name), data, ephemeral: true })
  }
  if (member.waiting === 0) begin(old)
}

/** A node was another's: what was claimed goes back. */
function undo(old: OldMember): void {
  const { member, ctx } = old
  ctx.probe('a claim collides with the owner node of another consumer')
  member.phase = 'undoing'
  member.owned = []
  const mine = member.claimed
  member.claimed = []
  for (const name of mine) ask(old, 'undo', name, { op: 'delete', path: ownerPath(member.group, name), version: -1 })
  if (member.waiting === 0) giveUpAttempt(old)
}

function giveUpAttempt(old: OldMember): void {
  const { member, config, ctx } = old
  if (member.attempt + 1 >= numberSetting(config.settings, 'rebalance.max.retries', 4)) {
    ctx.fact({ kind: 'pollThrew', client: config.name, group: member.group, error: 'ConsumerRebalanceFailedException' })
    member.phase = 'idle'
    // It owns nothing until something changes again.
    if (member.triggered) rebalance(old, 0)
    return
  }
  member.phase = 'backing-off'
  ctx.setTimer(REBALANCE_TIMER, timeSettingUs(config.settings, 'rebalance.backoff.ms', 2_000))
}

/** Everything is claimed: it reads on from the offsets in the registry. */
function begin(old: OldMember): void {
  const { member, memory, config, ctx } = old
  member.phase = 'idle'
  for (const name of member.owned) {
    const offset = member.offsets[name]
    assign(memory, name, offset === undefined ? undefined : { offset, leaderEpoch: -1 }, config, ctx)
    if (offset !== undefined) member.committed[name] = offset
    else delete member.committed[name]
  }
  ctx.fact({
    kind: 'partitionsAssigned',
    client: config.name,
    group: member.group,
    partitions: [...member.owned],
    generation: -1,
    member: member.id,
  })
  if (member.triggered) rebalance(old, 0)
}

export function onRebalanceTimer(old: OldMember): void {
  const { member } = old
  if (member.phase === 'out') register(old)
  else if (member.phase === 'backing-off') rebalance(old, member.attempt + 1)
}

/** Writes positions that moved to the registry. Whoever writes last is right: there is no generation to hold against. */
export function commitOld(old: OldMember): void {
  const { member, memory, config, ctx } = old
  for (const name of member.owned) {
    const position = memory.partitions[name]?.position ?? -1
    if (position < 0 || member.committed[name] === position) continue
    const path = offsetPath(member.group, name)
    const op: RegistryOp =
      member.committed[name] === undefined
        ? { op: 'create', path, data: position, ephemeral: false }
        : { op: 'setData', path, data: position, version: -1 }
    ask(old, 'commit', name, op)
    member.committed[name] = position
    ctx.fact({ kind: 'offsetCommitted', client: config.name, partition: name, offset: position })
  }
}

/** A clean close: a last commit, then the session and with it every node of this consumer. */
export function closeOld(old: OldMember): void {
  const { member, config, ctx } = old
  if (booleanSetting(config.settings, 'enable.auto.commit', true)) commitOld(old)
  ctx.cancelTimer(REBALANCE_TIMER)
  member.round += 1
  member.phase = 'out'
  ctx.tell(sessionOf(config), { type: 'SessionClose' })
}
