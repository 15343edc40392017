/**
 * 0.8.0 to 0.10.2: a new follower cuts its log to its own high watermark before it fetches anything. Records that were
 * committed while this replica had not heard of it yet go too, and come back only if the leader has them: KIP-101 tells
 * how both copies are lost that way. Later generations fall back to it where no epoch is known.
 */
import type { TruncationDecision } from './decision.ts'

/** `highWatermark` is the replica's own: of memory, or of the checkpoint after a restart. */
export const toHighWatermark = (highWatermark: number, why: string): TruncationDecision => ({
  to: highWatermark,
  complete: true,
  rule: `${why}: truncate to the local high watermark`,
})
