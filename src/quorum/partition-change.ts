/**
 * One change of a partition: from what somebody wants (another ISR, other replicas, an election) to the record that says
 * it, with the leader, the epoch and the eligible leader replicas that follow. Every change of a partition is made here
 * (3.5 to 4.1 PartitionChangeBuilder).
 */
import type { Mechanisms } from '../kafka/generation/mechanisms.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { NO_LEADER } from '../kafka/ids.ts'
import type { PartitionChangeRecord, PartitionRegistration, RecoveryState } from '../kafka/metadata-log.ts'

export interface WantedChange {
  readonly isr?: readonly BrokerId[]
  readonly replicas?: readonly BrokerId[]
  readonly adding?: readonly BrokerId[]
  readonly removing?: readonly BrokerId[]
  readonly recoveryState?: RecoveryState
  /** `online` elects from the ISR (or ELR) only when the present leader cannot stay. */
  readonly election: 'preferred' | 'online' | 'unclean'
  /** It may have lost records: it does not come to be an eligible leader. */
  readonly uncleanShutdown?: BrokerId
}

export interface ChangeRules {
  /** Eligible leader replicas (KIP-966) are on. */
  readonly elr: boolean
  /** min.insync.replicas of the topic, at most its number of replicas. */
  readonly minIsr: number
  /** Every shrink of the ISR raises the leader epoch (before metadata version 3.6). */
  readonly shrinkBumpsLeaderEpoch: boolean
  /** Whom a reassignment waits for: everybody who is added, or every replica that stays. */
  readonly reassignmentWaitsFor: Mechanisms['reassignmentWaitsFor']
  readonly isAcceptableLeader: (id: BrokerId) => boolean
}

export interface BuiltChange {
  readonly record: PartitionChangeRecord
  /** The leader comes from outside the ISR and the ELR. */
  readonly unclean: boolean
}

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((x, i) => x === b[i])
const holdsAll = (outer: readonly number[], inner: readonly number[]): boolean =>
  inner.every((id) => outer.includes(id))
const ascending = (ids: readonly number[]): number[] => [...new Set(ids)].sort((a, b) => a - b)

interface Target {
  isr: readonly BrokerId[]
  elr: readonly BrokerId[]
  replicas: readonly BrokerId[]
  adding: readonly BrokerId[]
  removing: readonly BrokerId[]
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** The record of a change; null when there is nothing to change. */
export function buildChange(
  partition: TopicPartition,
  before: PartitionRegistration,
  wanted: WantedChange,
  rules: ChangeRules,
): BuiltChange | null {
  const record: Mutable<PartitionChangeRecord> = { type: 'PartitionChange', partition }
  const target: Target = {
    isr: wanted.isr ?? before.isr,
    elr: before.elr,
    replicas: wanted.replicas ?? before.replicas,
    adding: wanted.adding ?? before.adding,
    removing: wanted.removing ?? before.removing,
  }
  completeReassignment(target, rules)
  if (rules.elr) target.elr = eligibleReplicas(before, target, wanted, rules)
  const unclean = elect(record, before, target, wanted, rules)
  bumpEpoch(record, before, target, rules)
  const elr = rules.elr && !unclean ? target.elr : []
  if (!same(elr, before.elr)) record.elr = elr
  // Without eligible leader replicas the last member stays: an ISR is never written empty (KAFKA-5083).
  if (record.isr === undefined && (target.isr.length > 0 || rules.elr) && !same(target.isr, before.isr)) {
    record.isr = target.isr
  }
  if (rules.elr) rememberLastLeader(record, before)
  if (!same(target.replicas, before.replicas)) record.replicas = target.replicas
  if (!same(target.removing, before.removing)) record.removing = target.removing
  if (!same(target.adding, before.adding)) record.adding = target.adding
  const recoveryState = wanted.recoveryState ?? before.recoveryState
  if (recoveryState !== before.recoveryState) record.recoveryState = recoveryState
  return Object.keys(record).length > 2 ? { record, unclean } : null
}

/** A reassignment is complete when those whom it waits for are in the ISR (PartitionReassignmentReplicas). */
function completeReassignment(target: Target, { reassignmentWaitsFor }: ChangeRules): void {
  const { adding, removing } = target
  if (adding.length === 0 && removing.length === 0) return
  const isr = target.isr.filter((id) => !removing.includes(id))
  const replicas = target.replicas.filter((id) => !removing.includes(id))
  const awaited = reassignmentWaitsFor === 'added' ? adding : replicas
  if (isr.length === 0 || replicas.length === 0 || !holdsAll(isr, awaited)) return
  target.isr = isr
  target.replicas = replicas
  target.adding = []
  target.removing = []
}

/**
 * KIP-966: while fewer than min.insync.replicas are in sync nothing is committed, so whoever leaves the ISR then has
 * everything that was. With enough members in sync that is not so, and the ELR is empty.
 */
function eligibleReplicas(
  before: PartitionRegistration,
  target: Target,
  wanted: WantedChange,
  rules: ChangeRules,
): BrokerId[] {
  if (target.isr.length >= rules.minIsr) return []
  return ascending([...before.elr, ...before.isr]).filter(
    (id) => !target.isr.includes(id) && id !== wanted.uncleanShutdown,
  )
}

interface Election {
  readonly leader: BrokerId
  readonly unclean: boolean
}

function chooseLeader(
  before: PartitionRegistration,
  target: Target,
  wanted: WantedChange,
  rules: ChangeRules,
): Election {
  const { isAcceptableLeader } = rules
  const isValid = (id: BrokerId): boolean =>
    (target.isr.includes(id) || (target.isr.length === 0 && target.elr.includes(id))) && isAcceptableLeader(id)
  const first = target.replicas[0]
  if (wanted.election === 'preferred' && first !== undefined && isValid(first)) return { leader: first, unclean: false }
  if (isValid(before.leader)) return { leader: before.leader, unclean: false }
  const online = target.replicas.find(isValid)
  if (online !== undefined) return { leader: online, unclean: false }
  const last = lastKnownLeader(before, target, rules)
  if (last !== null) return { leader: last, unclean: true }
  const outsider = wanted.election === 'unclean' ? target.replicas.find(isAcceptableLeader) : undefined
  return outsider === undefined ? { leader: NO_LEADER, unclean: false } : { leader: outsider, unclean: true }
}

/** Nobody eligible is left: the last leader is the best there is, also where unclean elections are off (recorded). */
function lastKnownLeader(before: PartitionRegistration, target: Target, rules: ChangeRules): BrokerId | null {
  if (!rules.elr || target.elr.length > 0 || target.isr.length > 0 || before.lastKnownElr.length !== 1) return null
  const last = before.lastKnownElr[0]!
  return rules.isAcceptableLeader(last) ? last : null
}

function elect(
  record: Mutable<PartitionChangeRecord>,
  before: PartitionRegistration,
  target: Target,
  wanted: WantedChange,
  rules: ChangeRules,
): boolean {
  const { leader, unclean } = chooseLeader(before, target, wanted, rules)
  if (leader === before.leader) return false
  if (target.elr.includes(leader)) {
    target.isr = [leader]
    target.elr = target.elr.filter((id) => id !== leader)
  }
  record.leader = leader
  if (unclean) {
    record.isr = [leader]
    if (before.recoveryState !== 1) record.recoveryState = 1
  }
  return unclean
}

/** A record that names a leader raises its epoch, also when it is the present one. */
function bumpEpoch(
  record: Mutable<PartitionChangeRecord>,
  before: PartitionRegistration,
  target: Target,
  rules: ChangeRules,
): void {
  if (record.leader !== undefined) return
  const replicaGone = !holdsAll(target.replicas, before.replicas)
  // 3.5 compares what is wanted, so that taking out the last member, which stays, counts too (recorded: leader -1 is
  // written twice when the last replica stops).
  const memberGone = rules.shrinkBumpsLeaderEpoch && !holdsAll(target.isr, before.isr)
  if (replicaGone || memberGone) record.leader = before.leader
}

function rememberLastLeader(record: Mutable<PartitionChangeRecord>, before: PartitionRegistration): void {
  const known = before.lastKnownElr
  const empties = record.isr !== undefined && record.isr.length === 0
  if (empties && before.leader !== NO_LEADER && (known.length !== 1 || known[0] !== before.leader)) {
    record.lastKnownElr = [before.leader]
    return
  }
  const willLead = record.leader === undefined ? before.leader !== NO_LEADER : record.leader !== NO_LEADER
  if (willLead && known.length > 0) record.lastKnownElr = []
}
