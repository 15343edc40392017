/** Answers to members whose requests have waited. */
import type { ErrorName } from '../../../kafka/errors.ts'
import type { TopicPartition } from '../../../kafka/ids.ts'
import type { JoinedMember } from '../../../kafka/messages/coordinator.ts'
import { respond } from '../../client-connection.ts'
import type { BrokerContext } from '../../running.ts'
import type { BrokerState } from '../../state.ts'
import type { GroupScope } from './scope.ts'
import type { GroupMember, GroupState, Waiter } from './state.ts'

export interface JoinAnswer {
  readonly error: ErrorName
  readonly memberId: string
  readonly generation?: number
  readonly protocol?: string | null
  readonly leader?: string
  readonly members?: readonly JoinedMember[]
  readonly skipAssignment?: boolean
}

export function answerJoin(state: BrokerState, ctx: BrokerContext, to: Waiter, answer: JoinAnswer): void {
  const { connection, correlationId } = to
  respond(state, ctx, connection, {
    type: 'JoinGroupResponse',
    correlationId,
    error: answer.error,
    generation: answer.generation ?? -1,
    protocol: answer.protocol ?? null,
    leader: answer.leader ?? '',
    memberId: answer.memberId,
    members: answer.members ?? [],
    skipAssignment: answer.skipAssignment ?? false,
  })
}

/** Answers a join that waits; nothing when none does. */
export function completeJoin({ state, ctx }: GroupScope, member: GroupMember, answer: JoinAnswer): void {
  const waiter = member.awaitingJoin
  if (waiter === null) return
  member.awaitingJoin = null
  answerJoin(state, ctx, waiter, answer)
}

/** The present generation, as a member that has joined is told it. */
export function joinedGeneration(group: GroupState, memberId: string, members: readonly JoinedMember[]): JoinAnswer {
  const { generation, protocol, leader } = group
  return { error: 'NONE', memberId, generation, protocol, leader: leader ?? '', members }
}

/** What the leader needs for its assignment. */
export const joinedMembers = ({ members, protocol }: GroupState): JoinedMember[] =>
  members.map(({ id, instanceId, protocols }) => ({
    memberId: id,
    instanceId,
    subscription: protocols.find(({ name }) => name === protocol)!.subscription,
  }))

export function answerSync(
  state: BrokerState,
  ctx: BrokerContext,
  to: Waiter,
  error: ErrorName,
  assignment: readonly TopicPartition[],
): void {
  const { connection, correlationId } = to
  respond(state, ctx, connection, { type: 'SyncGroupResponse', correlationId, error, assignment: [...assignment] })
}

/** Answers a sync that waits; false when none does. */
export function completeSync({ state, ctx }: GroupScope, member: GroupMember, error: ErrorName): boolean {
  const waiter = member.awaitingSync
  if (waiter === null) return false
  member.awaitingSync = null
  answerSync(state, ctx, waiter, error, member.assignment)
  return true
}
