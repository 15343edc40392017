/** The words of every switch, gathered by subject. Pages and lists show switches in this order. */
import type { Mechanisms } from '../../../kafka/generation/mechanisms.ts'
import { ASSIGNMENT } from './assignment.ts'
import { CLIENTS } from './clients.ts'
import { CLUSTER_STATE } from './cluster-state.ts'
import { CONTROLLER } from './controller.ts'
import { GROUPS } from './groups.ts'
import { HIGH_WATERMARK } from './high-watermark.ts'
import { INTERNAL_TOPICS } from './internal-topics.ts'
import { ISR } from './isr.ts'
import { KRAFT_PARTITIONS } from './kraft-partitions.ts'
import { MEMBERS } from './members.ts'
import { PRODUCE } from './produce.ts'
import { PRODUCER_STATE } from './producer-state.ts'
import { QUORUM } from './quorum.ts'
import { STORAGE } from './storage.ts'
import { TRANSACTIONS } from './transactions.ts'
import { TRUNCATION } from './truncation.ts'
import type { MechanismWords } from './words.ts'

/** A switch that no file gives words to does not compile. */
export const MECHANISM_WORDS: Readonly<Record<keyof Mechanisms, MechanismWords>> = {
  ...CLUSTER_STATE,
  ...TRUNCATION,
  ...HIGH_WATERMARK,
  ...ISR,
  ...PRODUCE,
  ...CONTROLLER,
  ...STORAGE,
  ...PRODUCER_STATE,
  ...CLIENTS,
  ...ASSIGNMENT,
  ...KRAFT_PARTITIONS,
  ...INTERNAL_TOPICS,
  ...TRANSACTIONS,
  ...GROUPS,
  ...MEMBERS,
  ...QUORUM,
}
