import type { ErrorName } from '../../../kafka/errors.ts'
import type { ConsumerGroupState } from './state.ts'

/** KIP-848: a commit carries the member's epoch where a classic one carries the generation (ConsumerGroup.validateOffsetCommit). */
export function consumerGroupCommitRefusal(
  { members }: ConsumerGroupState,
  { memberId, generation }: { readonly memberId: string; readonly generation: number },
): ErrorName {
  if (generation < 0 && Object.keys(members).length === 0) return 'NONE'
  const member = members[memberId]
  if (member === undefined) return 'UNKNOWN_MEMBER_ID'
  return generation === member.epoch ? 'NONE' : 'STALE_MEMBER_EPOCH'
}
