/** Who is in a group, and what they can agree on (GroupMetadata). */
import type { ErrorName } from '../../../kafka/errors.ts'
import type { MemberProtocol } from '../../../kafka/messages/coordinator.ts'
import { assert } from '../../../kernel/assert.ts'
import { canonical } from '../../../kernel/fingerprint.ts'
import type { GroupMember, GroupState } from './state.ts'

export const memberOf = (group: GroupState, id: string): GroupMember | undefined =>
  group.members.find((member) => member.id === id)

/** The member that has an instance id now (KIP-345). */
export const staticMemberOf = (group: GroupState, instanceId: string | null): GroupMember | undefined =>
  instanceId === null ? undefined : group.members.find((member) => member.instanceId === instanceId)

/** Whether another member has taken the place of a static member (KIP-345). */
export function isFenced(group: GroupState, memberId: string, instanceId: string | null): boolean {
  const holder = staticMemberOf(group, instanceId)
  return holder !== undefined && holder.id !== memberId
}

/** Why a request of a member cannot be its own: NONE when it is one of the present generation. */
export function memberRefusal(
  group: GroupState | undefined,
  request: { readonly memberId: string; readonly instanceId: string | null; readonly generation: number },
): ErrorName {
  if (group === undefined) return 'UNKNOWN_MEMBER_ID'
  if (isFenced(group, request.memberId, request.instanceId)) return 'FENCED_INSTANCE_ID'
  if (memberOf(group, request.memberId) === undefined) return 'UNKNOWN_MEMBER_ID'
  if (request.generation !== group.generation) return 'ILLEGAL_GENERATION'
  return 'NONE'
}

/** The first to join leads. */
export function addMember(group: GroupState, member: GroupMember, protocolType: string): void {
  if (group.members.length === 0) group.protocolType = protocolType
  group.leader ??= member.id
  group.members.push(member)
}

/**
 * A member goes. If it led, another does. Simplified: Kafka takes the first of a hash map, which nobody can foresee;
 * here it is the one that has been in the group for longest.
 */
export function removeMember(group: GroupState, id: string): void {
  group.members = group.members.filter((member) => member.id !== id)
  group.pendingSync = group.pendingSync.filter((pending) => pending !== id)
  if (group.leader === id) group.leader = group.members[0]?.id ?? null
}

/** Assignors that every member supports. */
const candidates = (group: GroupState): string[] => {
  const first = group.members[0]?.protocols ?? []
  return first.map(({ name }) => name).filter((name) => group.members.every((member) => supports(member, name)))
}

const supports = (member: GroupMember, name: string): boolean =>
  member.protocols.some((protocol) => protocol.name === name)

/** Whether a member with these assignors can join. */
export function supportsProtocols(
  group: GroupState,
  protocolType: string,
  protocols: readonly MemberProtocol[],
): boolean {
  if (group.members.length === 0) return protocols.length > 0
  if (group.protocolType !== protocolType) return false
  return protocols.some(({ name }) => group.members.every((member) => supports(member, name)))
}

/** Each member votes for its first assignor that all support; the one with most votes is taken. */
export function selectProtocol(group: GroupState): string {
  const possible = candidates(group)
  let best: string | undefined
  let most = 0
  for (const name of possible) {
    const votes = group.members.filter(
      (member) => member.protocols.find((protocol) => possible.includes(protocol.name))?.name === name,
    ).length
    if (votes > most) {
      best = name
      most = votes
    }
  }
  assert(best !== undefined, `the members of group ${group.id} have no assignor in common`)
  return best
}

/** Whether a member joins again with what it said before. */
export const matches = (member: GroupMember, protocols: readonly MemberProtocol[]): boolean =>
  canonical(member.protocols) === canonical(protocols)

/** The longest rebalance time-out of its members, in ms. */
export const rebalanceTimeoutMs = (group: GroupState): number =>
  group.members.reduce((most, member) => Math.max(most, member.rebalanceTimeoutMs), 0)

export const hasAllMembersJoined = (group: GroupState): boolean =>
  group.pendingMembers.length === 0 && group.members.every((member) => member.awaitingJoin !== null)
