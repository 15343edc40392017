/** What a coordinator knows of one group. */
import type { CommittedOffset } from '../../../kafka/group-records.ts'
import type { TopicPartition } from '../../../kafka/ids.ts'

/** A committed offset, with where its record lies in the partition of the offsets topic. */
export interface StoredOffset {
  readonly committed: CommittedOffset
  readonly appendedAt: number
}

export interface GroupState {
  readonly id: string
  /** Committed offsets, as OffsetFetch answers them. */
  offsets: Record<TopicPartition, StoredOffset>
  /** Offsets whose commit is being written: how many commits of each partition. */
  pendingOffsets: Record<TopicPartition, number>
}

export const newGroup = (id: string): GroupState => ({ id, offsets: {}, pendingOffsets: {} })
