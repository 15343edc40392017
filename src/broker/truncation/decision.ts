import type { EpochEnd } from '../../log/epoch-cache.ts'

/** What a follower concludes from one answer of its leader. */
export interface TruncationDecision {
  /** Where to cut (exclusive end); the log end itself when there is nothing to cut. */
  readonly to: number
  /** False: the logs may still differ below, so the leader must be asked again. */
  readonly complete: boolean
  /** The mechanism and its source, for the trace. */
  readonly rule: string
}

/** Where an epoch ends at the leader, as its answer says. */
export type LeaderAnswer = EpochEnd
