/**
 * What the group coordinator writes to the offsets topic (GroupMetadataManager). Kafka has a binary form of it; here keys
 * and values are JSON, so that a log can be read.
 */
import type { TopicPartition } from './ids.ts'
import type { MemberSubscription } from './messages/coordinator.ts'

/** One committed offset. */
export interface CommittedOffset {
  readonly offset: number
  /** Leader epoch of the last record before the offset (KIP-320, 2.1); -1: not told. */
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitTimestampMs: number
  /** When it goes by its own retention (to 2.0, or where a client asked for one); null: by the group's rule (KIP-211). */
  readonly expireTimestampMs: number | null
}

export interface MemberRecord {
  /** KIP-345 (2.3); null: a dynamic member. */
  readonly instanceId: string | null
  readonly clientId: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly subscription: MemberSubscription
  /** Partitions it was given. */
  readonly assignment: readonly TopicPartition[]
}

/** A generation of a group as its leader's assignment made it, or the group's end. */
export interface GroupRecord {
  readonly protocolType: string
  readonly generation: number
  readonly protocol: string | null
  readonly leader: string | null
  readonly members: Readonly<Record<string, MemberRecord>>
  /** When the present state began (2.1, KIP-211), in ms; -1 before. */
  readonly stateTimestampMs: number
}

export const offsetKey = (group: string, partition: TopicPartition): string =>
  JSON.stringify({ offset: { group, partition } })

export const groupKey = (group: string): string => JSON.stringify({ group })

type OffsetsTopicKey =
  | { readonly kind: 'offset'; readonly group: string; readonly partition: TopicPartition }
  | { readonly kind: 'group'; readonly group: string }

/** What a record is about; null for one that no group coordinator wrote. */
export function parseOffsetsKey(key: string | null): OffsetsTopicKey | null {
  if (key === null || !key.startsWith('{')) return null
  const parsed = JSON.parse(key) as { readonly offset?: { group: string; partition: string }; readonly group?: string }
  if (parsed.offset !== undefined) return { kind: 'offset', ...parsed.offset }
  return parsed.group === undefined ? null : { kind: 'group', group: parsed.group }
}

export const offsetValue = (committed: CommittedOffset): string => JSON.stringify(committed)
export const parseOffsetValue = (value: string): CommittedOffset => JSON.parse(value) as CommittedOffset
export const groupValue = (record: GroupRecord): string => JSON.stringify(record)
export const parseGroupValue = (value: string): GroupRecord => JSON.parse(value) as GroupRecord
