/**
 * The holes of Kafka's replication through which a broker comes to lead without what was committed, or to keep another
 * record in its place, each told from what happened: what was cut by whose word and to where, what leader and follower
 * knew of epochs then, who was taken into the ISR at which high watermark, who was elected from outside of it.
 */
import { type BrokerId, nodeNumber, type TopicPartition } from '../kafka/ids.ts'
import type { RecordIdentity } from '../kafka/records.ts'
import type { World } from '../world/world.ts'
import { type Cut, type Cuts, heldAfter, isLossOnDisk, lastCutOf } from './cuts.ts'
import { type DiskHole, divergenceHole, type JudgedRecord } from './disk-holes.ts'
import { electionsOf } from './elections.ts'
import { readmissions } from './isr-history.ts'
import { logOf } from './logs.ts'
import {
  CUT_TO_HIGH_WATERMARK,
  FAST_FAIL_OVER,
  isUncleanPossible,
  JOINED_AT_STALE_HIGH_WATERMARK,
  LEADER_WITHOUT_EPOCH,
  NO_CHECKPOINT_OF_DEAD_LEADER,
  SAME_LEADER_PASSED_OVER,
  UNCLEAN_ELECTION,
  UNFENCED_LEADER,
  WHOLE_LOG_DROPPED,
} from './promises.ts'
import { type RoleTaken, rolesTaken } from './roles-taken.ts'
import { takeoverWithout } from './takeovers.ts'

/** The hole of the protocol through which a committed record went missing for the partition; undefined: none that is known. */
export function replicationHole(world: World, cuts: Cuts, record: JudgedRecord): DiskHole {
  const { partition, id, offset, committed, lastLeader } = record
  if (committed === null) return undefined
  const missed = { partition, id, offset, sinceEvent: committed.event, sinceEpoch: committed.leaderEpoch }
  const takeover = takeoverWithout(world, cuts, missed, lastLeader)
  if (takeover === null) return undefined
  if (isUncleanPossible(world.plan) && isGivenUp(world, cuts, record, takeover.leaderEpoch)) return UNCLEAN_ELECTION
  const { broker, event, instead } = takeover
  const hole = replicaHole(world, cuts, record, broker, event)
  return hole === undefined && instead !== null
    ? divergedHole(world, cuts, { partition, offset, ids: [instead, id] })
    : hole
}

/** Whether a replica from outside the ISR, without the record, was elected after its commit, up to that leader epoch. */
function isGivenUp(
  world: World,
  cuts: Cuts,
  { partition, id, offset, committed }: JudgedRecord,
  epoch: number,
): boolean {
  return electionsOf(world, partition).some(
    ({ event, leader: broker, leaderEpoch, isClean }) =>
      !isClean &&
      leaderEpoch > (committed?.leaderEpoch ?? Number.MAX_SAFE_INTEGER) &&
      leaderEpoch <= epoch &&
      heldAfter(world, cuts, { partition, broker }, offset, event)?.id !== id,
  )
}

/** The hole through which one replica is without a committed record at an event: by a cut, or because it never had it. */
export function replicaHole(world: World, cuts: Cuts, record: JudgedRecord, broker: BrokerId, event: number): DiskHole {
  const { partition } = record
  const cut = lastCutOf(world, cuts, { partition, broker }, record, event)
  if (cut === undefined) return joinedHole(world, record, broker, event)
  return isLossOnDisk(cut) ? undefined : cutHole(world, cuts, partition, cut)
}

const lastLead = (roles: readonly RoleTaken[], broker: BrokerId, event: number) =>
  roles.findLast(({ broker: by, event: at, fact }) => by === broker && at <= event && fact.kind === 'becameLeader')

/** The hole of a cut that no disk made. */
function cutHole(world: World, cuts: Cuts, partition: TopicPartition, cut: Cut): DiskHole {
  const { mechanisms } = world.plan
  if (mechanisms.outOfRangeReset === 'wipe' && isReset(world, partition, cut)) return WHOLE_LOG_DROPPED
  const roles = rolesTaken(world, partition)
  const role = roles.findLast(
    ({ broker, event, fact }) => broker === cut.broker && event <= cut.event && fact.kind === 'becameFollower',
  )
  if (role?.fact.kind !== 'becameFollower') return undefined
  const { highWatermark, leader, leaderEpoch } = role.fact
  const isToHighWatermark = cut.to === highWatermark
  if (mechanisms.truncation === 'high-watermark') {
    if (!isToHighWatermark || cut.event !== role.event) return undefined
    return isForgotten(world, roles, role) ? NO_CHECKPOINT_OF_DEAD_LEADER : CUT_TO_HIGH_WATERMARK
  }
  if (mechanisms.leaderEpochFencing) return undefined
  const question = { partition, follower: role, leader, leaderEpoch, untilEvent: cut.event }
  const known = knownOf(world, cuts, roles, question)
  if (known?.is === 'of-the-past') return UNFENCED_LEADER
  return isToHighWatermark && (known?.is === 'nothing-later' || known?.is === 'own') && !mechanisms.epochEntryAtElection
    ? LEADER_WITHOUT_EPOCH
    : undefined
}

/** Whether a broker was told that its fetch offset is out of range, dropped its log and began where its leader's begins. */
const isReset = ({ ledger }: World, partition: TopicPartition, { broker, event, to }: Cut): boolean =>
  ledger.facts.some(
    ({ node, event: at, fact }) =>
      at === event &&
      fact.kind === 'fetchOffsetReset' &&
      fact.partition === partition &&
      fact.to === to &&
      fact.at > to &&
      nodeNumber(node) === broker,
  )

/**
 * To 0.8.1 a broker that is told of a leader which is down does nothing, and its next checkpoint leaves the partition
 * out: in the same life it starts with less than its file had said.
 */
function isForgotten(world: World, roles: readonly RoleTaken[], { broker, event, fact }: RoleTaken): boolean {
  if (world.plan.mechanisms.deadLeaderNamed !== 'ignore' || fact.kind !== 'becameFollower') return false
  if (fact.highWatermark > 0) return false
  return roles.some(
    (role) =>
      role.broker === broker && role.event < event && 'highWatermark' in role.fact && role.fact.highWatermark > 0,
  )
}

interface EpochQuestion {
  readonly partition: TopicPartition
  /** When it began to follow. */
  readonly follower: RoleTaken
  readonly leader: BrokerId
  readonly leaderEpoch: number
  /** By then it was answered. */
  readonly untilEvent: number
}

/** What a leader knew of the last epoch of a follower, which had asked for its end. */
type KnownOfEpoch =
  /** It has records of it. */
  | { readonly is: 'known' }
  /** Not of it: of a later one, of before it led, or of its own, maybe appended only after it was asked. */
  | { readonly is: 'later' | 'own'; readonly begins: number }
  /** No record of it, or since. */
  | { readonly is: 'nothing-later' }
  /** Whoever answered was not the leader yet that it was taken for. */
  | { readonly is: 'of-the-past' }

function knownOf(
  world: World,
  cuts: Cuts,
  roles: readonly RoleTaken[],
  { partition, follower, leader, leaderEpoch, untilEvent }: EpochQuestion,
): KnownOfEpoch | null {
  const lead = lastLead(roles, leader, untilEvent)
  if (lead?.fact.kind !== 'becameLeader' || follower.fact.kind !== 'becameFollower') return null
  if (lead.fact.leaderEpoch < leaderEpoch) return { is: 'of-the-past' }
  const epochAt = (broker: BrokerId, offset: number, event: number): number =>
    heldAfter(world, cuts, { partition, broker }, offset, event)?.epoch ?? -1
  const asked = epochAt(follower.broker, follower.fact.logEndOffset - 1, follower.event)
  const start = lead.fact.logEndOffset
  let begins: number | null = null
  for (let offset = start - 1; offset >= 0; offset--) {
    const epoch = epochAt(leader, offset, lead.event)
    if (epoch === asked) return { is: 'known' }
    if (epoch > asked) begins = offset
  }
  if (begins !== null) return { is: 'later', begins }
  return epochAt(leader, start, untilEvent) === lead.fact.leaderEpoch
    ? { is: 'own', begins: start }
    : { is: 'nothing-later' }
}

/**
 * To 2.0.0 a follower joins once it has reached the leader's high watermark. That of a new leader may lie below what its
 * predecessor had committed: it took the follower in without the record, which it had itself.
 */
function joinedHole(world: World, record: JudgedRecord, broker: BrokerId, event: number): DiskHole {
  const { partition, offset, committed } = record
  if (world.plan.mechanisms.isrAdmission !== 'high-watermark' || committed === null) return undefined
  const asks = readmissions(world, partition, broker, 0, event).flatMap(({ askedBy }) =>
    askedBy === null ? [] : [askedBy],
  )
  const joined = asks.some((askedBy) => {
    let highWatermark = -1
    for (const { node, event: at, fact } of world.ledger.facts) {
      if (at > askedBy) break
      if (fact.kind !== 'isrExpandAsked' || at !== askedBy || fact.partition !== partition) continue
      if (!fact.toIsr.includes(broker)) continue
      const lead = leadBefore(world, partition, node, askedBy)
      highWatermark = lead.highWatermark
      return lead.leaderEpoch > committed.leaderEpoch && highWatermark <= offset && offset < lead.epochStart
    }
    return false
  })
  return joined ? JOINED_AT_STALE_HIGH_WATERMARK : undefined
}

/** The epoch in which a broker last began to lead up to an event, where its log ended then, and its high watermark since. */
function leadBefore(world: World, partition: TopicPartition, node: string, untilEvent: number) {
  let lead = { leaderEpoch: -1, epochStart: 0, highWatermark: 0 }
  for (const { node: by, event, fact } of world.ledger.facts) {
    if (event > untilEvent) break
    if (by !== node) continue
    if (fact.kind === 'becameLeader' && fact.partition === partition) {
      lead = { leaderEpoch: fact.leaderEpoch, epochStart: fact.logEndOffset, highWatermark: fact.highWatermark }
    } else if (fact.kind === 'highWatermark' && fact.partition === partition) lead.highWatermark = fact.to
    else if (fact.kind === 'isrExpandAsked' && fact.partition === partition && event === untilEvent) break
  }
  return lead
}

/** Several records that stood at one offset. */
export interface Diverged {
  readonly partition: TopicPartition
  readonly offset: number
  readonly ids: readonly RecordIdentity[]
}

/** A broker that held one of the records followed one that held another of them, and kept its own. */
interface Kept {
  readonly follower: RoleTaken
  readonly leader: BrokerId
  readonly leaderEpoch: number
  /** The epoch in which the leader began to lead once more, while the follower had heard of no other; null: it had. */
  readonly againInEpoch: number | null
  /** The next role of the follower, or the end. */
  readonly untilEvent: number
}

/** The hole through which some replica kept one of the records although it came to follow a leader with another one. */
export function divergedHole(world: World, cuts: Cuts, diverged: Diverged): DiskHole {
  const roles = rolesTaken(world, diverged.partition)
  for (const kept of keptBy(world, cuts, roles, diverged)) {
    const hole = keptHole(world, cuts, roles, diverged, kept)
    if (hole !== undefined) return hole
  }
  return undefined
}

/** The hole through which two replicas came to hold different records at an offset: a disk's, or one of replication. */
export function differenceHole(
  world: World,
  cuts: Cuts,
  { partition, offset }: { readonly partition: TopicPartition; readonly offset: number },
  brokers: readonly [BrokerId, BrokerId],
): DiskHole {
  const onDisk = divergenceHole(world, partition, offset, brokers)
  if (onDisk !== undefined) return onDisk
  const ids = brokers.flatMap((broker) => {
    const held = heldAfter(world, cuts, { partition, broker }, offset, world.index)
    return held === null ? [] : [held.id]
  })
  return divergedHole(world, cuts, { partition, offset, ids })
}

function keptBy(world: World, cuts: Cuts, roles: readonly RoleTaken[], diverged: Diverged): Kept[] {
  const { partition, offset, ids } = diverged
  const held = (broker: BrokerId, event: number) => {
    const found = heldAfter(world, cuts, { partition, broker }, offset, event)
    return found === null || found.isCutOut || !ids.includes(found.id) ? null : found.id
  }
  return roles.flatMap((follower, index) => {
    const { fact, broker } = follower
    if (fact.kind !== 'becameFollower' && fact.kind !== 'becomeFollowerSkippedSameLeader') return []
    const { leader, leaderEpoch } = fact
    const untilEvent = roles.slice(index + 1).find((role) => role.broker === broker)?.event ?? world.index
    const again = roles.flatMap((role) =>
      role.broker === leader && role.event > follower.event && role.event <= untilEvent
        ? role.fact.kind === 'becameLeader' && role.fact.leaderEpoch > leaderEpoch
          ? [{ event: role.event, againInEpoch: role.fact.leaderEpoch }]
          : []
        : [],
    )
    return [{ event: follower.event, againInEpoch: null }, ...again].flatMap(({ event, againInEpoch }) => {
      const mine = held(broker, event)
      const theirs = held(leader, event)
      if (mine === null || theirs === null || mine === theirs) return []
      const isCut = cuts.ofPartition
        .get(partition)
        ?.some(
          ({ cut, removed }) =>
            cut.broker === broker &&
            cut.event > event &&
            cut.event < untilEvent &&
            removed.some((record) => record.offset === offset && record.id === mine),
        )
      return isCut === true ? [] : [{ follower, leader, leaderEpoch, againInEpoch, untilEvent }]
    })
  })
}

function keptHole(world: World, cuts: Cuts, roles: readonly RoleTaken[], diverged: Diverged, kept: Kept): DiskHole {
  const { partition, offset } = diverged
  const { mechanisms } = world.plan
  const { follower, leader, leaderEpoch, againInEpoch, untilEvent } = kept
  const { fact, event, broker } = follower
  if (againInEpoch !== null) {
    const isUnfenced = !mechanisms.leaderEpochFencing
    return isUnfenced && isLedByOthers(world, partition, leader, leaderEpoch, againInEpoch)
      ? UNFENCED_LEADER
      : undefined
  }
  if (fact.kind === 'becomeFollowerSkippedSameLeader') {
    const before = roles.findLast((role) => role.broker === broker && role.event < event)
    const epochBefore = before !== undefined && 'leaderEpoch' in before.fact ? before.fact.leaderEpoch : -1
    return isLedByOthers(world, partition, leader, epochBefore, leaderEpoch) ? SAME_LEADER_PASSED_OVER : undefined
  }
  if (fact.kind !== 'becameFollower') return undefined
  const to = fact.highWatermark
  if (mechanisms.truncation === 'high-watermark') {
    const isCut = cuts.ofPartition
      .get(partition)
      ?.some(({ cut }) => cut.broker === broker && cut.event === event && cut.to === to)
    return isCut === true && offset < to ? CUT_TO_HIGH_WATERMARK : undefined
  }
  if (mechanisms.leaderEpochFencing) return undefined
  const known = knownOf(world, cuts, roles, { partition, follower, leader, leaderEpoch, untilEvent })
  if (known?.is === 'of-the-past') return UNFENCED_LEADER
  if (mechanisms.truncation === 'kip-101' && known !== null && 'begins' in known && offset < known.begins) {
    return FAST_FAIL_OVER
  }
  const isUnknown = known?.is === 'nothing-later' || known?.is === 'own'
  return isUnknown && !mechanisms.epochEntryAtElection && offset < to ? LEADER_WITHOUT_EPOCH : undefined
}

/** Whether somebody else was elected between two leader epochs. */
const isLedByOthers = (
  world: World,
  partition: TopicPartition,
  leader: BrokerId,
  afterEpoch: number,
  beforeEpoch: number,
): boolean =>
  electionsOf(world, partition).some(
    (election) => election.leader !== leader && election.leaderEpoch > afterEpoch && election.leaderEpoch < beforeEpoch,
  )

/**
 * To 3.4.0 a follower takes the high watermark of a diverging answer before it cuts, over what the next answers will have
 * it cut. Whether a follower stands where its leader had it cut, has fetched nothing since, and began to follow with a high
 * watermark at or below the offset.
 */
export function hasBelievedDivergingAnswer(
  world: World,
  cuts: Cuts,
  { partition, broker }: { readonly partition: TopicPartition; readonly broker: BrokerId },
  offset: number,
): boolean {
  if (!world.plan.mechanisms.divergingAnswerMovesHighWatermark) return false
  const cut = cuts.ofPartition.get(partition)?.findLast((each) => each.cut.broker === broker)?.cut
  const role = rolesTaken(world, partition).findLast((each) => each.broker === broker)
  return (
    cut !== undefined &&
    role?.fact.kind === 'becameFollower' &&
    cut.event > role.event &&
    cut.leader === role.fact.leader &&
    role.fact.highWatermark <= offset &&
    offset < cut.to &&
    logOf(world, broker, partition)?.logEndOffset === cut.to
  )
}
