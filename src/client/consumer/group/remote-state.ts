import type { TopicPartition } from '../../../kafka/ids.ts'

/** What a member of such a group remembers beside what every member does. Its member epoch is `generation`. */
export interface RemoteMembership {
  /** As the coordinator asks for it; 0: not told yet. */
  intervalUs: number
  /** What it may have, until the thread has taken it; null: nothing new. */
  told: readonly TopicPartition[] | null
  /** How far the thread has come with that. */
  stage: 'idle' | 'committing' | 'revoked'
  /** It has what it was told, and says so at once. */
  acknowledging: boolean
  /** What it owns as far as others are concerned: what it gives away it holds until the application has let go of it. */
  held: readonly TopicPartition[]
  /** It has to say everything again: an answer was lost. */
  saysAll: boolean
  /** It was thrown out, or left: what it has may be another's. */
  lost: boolean
}

export const newRemoteMembership = (): RemoteMembership => ({
  intervalUs: 0,
  told: null,
  stage: 'idle',
  acknowledging: false,
  held: [],
  saysAll: true,
  lost: false,
})
