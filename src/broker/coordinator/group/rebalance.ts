/** Rebalances: members are waited for, a generation begins, its leader divides the partitions (GroupCoordinator). */
import type { ErrorName } from '../../../kafka/errors.ts'
import { groupKey } from '../../../kafka/group-records.ts'
import { isMutant } from '../../../kafka/mutants.ts'
import { numberSetting } from '../../running.ts'
import { appendToCoordinatorLog } from '../log-append.ts'
import { completeJoin, completeSync, joinedGeneration, joinedMembers } from './answers.ts'
import { storeGroup, storeSettings } from './group-store.ts'
import { hasAllMembersJoined, memberOf, rebalanceTimeoutMs, removeMember, selectProtocol } from './membership.ts'
import { type GroupScope, moveTo } from './scope.ts'
import { type GroupMember, newGroup } from './state.ts'
import { cancelGroupTimer, REBALANCE_TIMER, SESSION_TIMER, SYNC_TIMER, setGroupTimer } from './timers.ts'

/** A rebalance begins, unless one is being prepared. */
export function maybePrepareRebalance(scope: GroupScope, reason: string): void {
  const { phase } = scope.group
  if (phase === 'Stable' || phase === 'CompletingRebalance' || phase === 'Empty') prepareRebalance(scope, reason)
}

export function prepareRebalance(scope: GroupScope, reason: string): void {
  const { config, group, ctx } = scope
  // Members that wait for an assignment must join again.
  if (group.phase === 'CompletingRebalance') failAssignment(scope, 'REBALANCE_IN_PROGRESS')
  endSyncWait(scope)
  // KIP-134 (0.11): the first rebalance of an empty group waits for others to come.
  const delayMs = numberSetting(config, 'group.initial.rebalance.delay.ms')
  const timeoutMs = rebalanceTimeoutMs(group)
  const initial = group.phase === 'Empty' && delayMs !== null
  moveTo(scope, 'PreparingRebalance')
  const members = group.members.map(({ id }) => id)
  ctx.fact({ kind: 'groupRebalancing', group: group.id, generation: group.generation, members, reason })
  if (initial) {
    group.rebalance = { kind: 'initial', remainingMs: Math.max(timeoutMs - delayMs, 0) }
    setGroupTimer(scope, REBALANCE_TIMER, delayMs)
    return
  }
  waitForJoins(scope)
}

function waitForJoins(scope: GroupScope): void {
  scope.group.rebalance = { kind: 'join' }
  setGroupTimer(scope, REBALANCE_TIMER, rebalanceTimeoutMs(scope.group))
  tryCompleteJoin(scope)
}

/** Whether everybody is there who was waited for. */
export function tryCompleteJoin(scope: GroupScope): void {
  const { group } = scope
  if (group.phase !== 'PreparingRebalance' || group.rebalance?.kind !== 'join') return
  // The planted bug begins with those who are there: with nobody it would come back to here at once.
  const begins = isMutant(scope.config, 'rebalance-does-not-wait') && hasJoinedLeader(scope)
  if (!hasAllMembersJoined(group) && !begins) return
  cancelGroupTimer(scope, REBALANCE_TIMER)
  endJoinWait(scope)
}

/** The time to wait for members is over. */
export function onRebalanceTimer(scope: GroupScope): void {
  const { config, group } = scope
  if (group.phase !== 'PreparingRebalance') return
  const { rebalance } = group
  if (rebalance?.kind === 'initial' && group.newMemberAdded && rebalance.remainingMs !== 0) {
    // KIP-134: while members come the wait goes on, at most for a rebalance time-out in all.
    const configuredMs = numberSetting(config, 'group.initial.rebalance.delay.ms') ?? 0
    const delayMs = Math.min(configuredMs, rebalance.remainingMs)
    group.newMemberAdded = false
    rebalance.remainingMs = Math.max(rebalance.remainingMs - delayMs, 0)
    setGroupTimer(scope, REBALANCE_TIMER, delayMs)
    return
  }
  endJoinWait(scope)
}

/** Who has not joined is out, but for static members (KIP-345); the next generation begins with the others. */
function endJoinWait(scope: GroupScope): void {
  const { group, ctx } = scope
  for (const member of group.members.filter(
    ({ awaitingJoin, instanceId }) => awaitingJoin === null && instanceId === null,
  )) {
    cancelGroupTimer(scope, SESSION_TIMER, member.id)
    removeMember(group, member.id)
    ctx.fact({ kind: 'groupMemberRemoved', group: group.id, member: member.id, why: 'it did not join in time' })
  }
  if (!hasJoinedLeader(scope) && group.members.length > 0) {
    // Only static members that do not come: their sessions have to run out first.
    ctx.probe('rebalance goes on because nobody joined')
    waitForJoins(scope)
    return
  }
  beginGeneration(scope)
}

/** The leader has joined, or somebody who has takes its place. */
function hasJoinedLeader({ group }: GroupScope): boolean {
  if (group.leader === null) return false
  if (memberOf(group, group.leader)?.awaitingJoin != null) return true
  const joined = group.members.find(({ awaitingJoin }) => awaitingJoin !== null)
  if (joined === undefined) return false
  group.leader = joined.id
  return true
}

function beginGeneration(scope: GroupScope): void {
  const { state, ctx, config, partition, group } = scope
  group.rebalance = null
  group.newMemberAdded = false
  if (!isMutant(config, 'generation-not-bumped') || group.generation === 0) group.generation += 1
  if (group.members.length === 0) {
    group.protocol = null
    moveTo(scope, 'Empty')
    tellGeneration(scope)
    if (!config.mechanisms.emptyGroupsKept) {
      // 0.9: its offsets stay, the group begins anew with its next member.
      Object.assign(group, { ...newGroup(group.id, group.phaseSinceMs), offsets: group.offsets })
      appendToCoordinatorLog(state, ctx, config, {
        partition: partition.partition,
        records: [{ key: groupKey(group.id), value: null }],
        ...storeSettings(config),
        next: { kind: 'group-unattended', group: group.id },
      })
      return
    }
    storeGroup(scope, {}, { kind: 'group-unattended', group: group.id })
    return
  }
  group.protocol = selectProtocol(group)
  moveTo(scope, 'CompletingRebalance')
  tellGeneration(scope)
  group.pendingSync = []
  for (const member of [...group.members]) {
    const forLeader = member.id === group.leader ? joinedMembers(group) : []
    completeJoin(scope, member, joinedGeneration(group, member.id, forLeader))
    setGroupTimer(scope, SESSION_TIMER, member.sessionTimeoutMs, member.id)
    member.isNew = false
    group.pendingSync.push(member.id)
  }
  // KAFKA-12890 (2.8): members that joined and do not sync are not waited for longer than for joins.
  if (config.mechanisms.unsyncedMembersRemoved) setGroupTimer(scope, SYNC_TIMER, rebalanceTimeoutMs(group))
}

function tellGeneration({ ctx, group }: GroupScope): void {
  const { id, generation, protocol, leader, members } = group
  const ids = members.map((member) => member.id)
  ctx.fact({ kind: 'groupGeneration', group: id, generation, protocol, leader, members: ids })
}

/** A member has synced. */
export function synced(scope: GroupScope, memberId: string): void {
  const { group } = scope
  group.pendingSync = group.pendingSync.filter((id) => id !== memberId)
  if (group.pendingSync.length === 0) endSyncWait(scope)
}

function endSyncWait(scope: GroupScope): void {
  scope.group.pendingSync = []
  cancelGroupTimer(scope, SYNC_TIMER)
}

/** 2.8: a generation some of whose members never synced. */
export function onSyncTimer(scope: GroupScope): void {
  const { group, ctx } = scope
  if (group.phase !== 'CompletingRebalance' && group.phase !== 'Stable') return
  const late = [...group.pendingSync]
  if (late.length === 0) return
  for (const id of late) {
    cancelGroupTimer(scope, SESSION_TIMER, id)
    removeMember(group, id)
    ctx.fact({ kind: 'groupMemberRemoved', group: group.id, member: id, why: 'it did not sync in time' })
  }
  prepareRebalance(scope, 'members did not sync')
}

/** Nobody gets an assignment of this generation. */
export function failAssignment(scope: GroupScope, error: ErrorName): void {
  for (const member of scope.group.members) member.assignment = []
  propagateAssignment(scope, error)
}

/** Answers every sync that waits. Sessions begin again: while a member waited its session was not looked at. */
export function propagateAssignment(scope: GroupScope, error: ErrorName): void {
  for (const member of scope.group.members) {
    if (completeSync(scope, member, error)) {
      setGroupTimer(scope, SESSION_TIMER, member.sessionTimeoutMs, member.id)
    }
  }
}

/** A member has gone: the others divide its partitions. */
export function dropMember(scope: GroupScope, member: GroupMember, why: string): void {
  const { group, ctx } = scope
  completeJoin(scope, member, { error: 'UNKNOWN_MEMBER_ID', memberId: '' })
  cancelGroupTimer(scope, SESSION_TIMER, member.id)
  removeMember(group, member.id)
  ctx.fact({ kind: 'groupMemberRemoved', group: group.id, member: member.id, why })
  if (group.phase === 'PreparingRebalance') tryCompleteJoin(scope)
  else maybePrepareRebalance(scope, `${member.id}: ${why}`)
}
