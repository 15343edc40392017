import { ACKED_AT_ALL_NOT_LOST } from './acked-at-all-not-lost.ts'
import { ACKED_AT_ONE_NOT_LOST } from './acked-at-one-not-lost.ts'
import { ACKED_BELOW_HIGH_WATERMARK } from './acked-below-high-watermark.ts'
import { ACKED_WITH_ENOUGH_REPLICAS } from './acked-with-enough-replicas.ts'
import { CLEANING_BELOW_UNDECIDED } from './cleaning-below-undecided.ts'
import { COMPACTION_KEEPS_LAST_VALUES } from './compaction-keeps-last-values.ts'
import { CONSISTENT_COMMITTED_DATA } from './consistent-committed-data.ts'
import { CONSUMERS_IN_ORDER_WITHOUT_GAPS } from './consumers-in-order-without-gaps.ts'
import { CONSUMERS_NOTHING_TWICE } from './consumers-nothing-twice.ts'
import { CONSUMERS_SEE_ONLY_COMMITTED } from './consumers-see-only-committed.ts'
import { FLUSHED_NOT_LOST } from './flushed-not-lost.ts'
import { COMMITTED_OFFSETS_KEPT } from './groups/committed-offsets-kept.ts'
import { MEMBERS_READ_WHAT_THEY_OWN } from './groups/members-read-what-they-own.ts'
import { NO_COMMIT_AHEAD_OF_DELIVERY } from './groups/no-commit-ahead-of-delivery.ts'
import { NO_STALE_COMMITS } from './groups/no-stale-commits.ts'
import { ONE_MEMBER_PER_INSTANCE } from './groups/one-member-per-instance.ts'
import { ONE_OWNER_PER_GENERATION } from './groups/one-owner-per-generation.ts'
import { STABLE_GENERATIONS_GROW } from './groups/stable-generations-grow.ts'
import { HIGH_WATERMARK_BELOW_LOG_END } from './high-watermark-below-log-end.ts'
import { PROMISED_TO_CLIENTS } from './history/client-properties.ts'
import { IDEMPOTENT_NOTHING_TWICE } from './idempotence/idempotent-nothing-twice.ts'
import { SEQUENCES_WITHOUT_GAPS } from './idempotence/sequences-without-gaps.ts'
import { ISR_NEVER_EMPTY } from './isr-never-empty.ts'
import { ISR_WITHIN_ASSIGNMENT } from './isr-within-assignment.ts'
import { LEADER_COMPLETENESS } from './leader-completeness.ts'
import { LEADER_IN_ISR } from './leader-in-isr.ts'
import { LOG_MATCHING_BELOW_HIGH_WATERMARK } from './log-matching-below-high-watermark.ts'
import { LOG_MATCHING_BY_EPOCH } from './log-matching-by-epoch.ts'
import { MONOTONIC_CONTROLLER_EPOCH } from './monotonic-controller-epoch.ts'
import { MONOTONIC_HIGH_WATERMARK } from './monotonic-high-watermark.ts'
import { MONOTONIC_LEADER_EPOCH } from './monotonic-leader-epoch.ts'
import { MONOTONIC_STATE_VERSION } from './monotonic-state-version.ts'
import { OFFSETS_GROW } from './offsets-grow.ts'
import { ONE_RECORD_PER_COMMITTED_OFFSET } from './one-record-per-committed-offset.ts'
import { PARTITIONS_HAVE_LEADERS } from './partitions-have-leaders.ts'
import { PRODUCERS_IN_ORDER } from './producers-in-order.ts'
import type { Property } from './property.ts'
import { RECOVERY_INVENTS_NOTHING } from './recovery-invents-nothing.ts'
import { REPLICAS_CONVERGE } from './replicas-converge.ts'
import { RESETS_GO_TO_THE_START } from './resets-go-to-the-start.ts'
import { RETENTION_BELOW_HIGH_WATERMARK } from './retention-below-high-watermark.ts'
import { SINGLE_LEADER_PER_EPOCH } from './single-leader-per-epoch.ts'
import { STRONG_ISR } from './strong-isr.ts'
import { COMMIT_TOLD_AFTER_DECISION } from './transactions/commit-told-after-decision.ts'
import { LAST_STABLE_OFFSET_HELD } from './transactions/last-stable-offset.ts'
import { MADE_ONCE } from './transactions/made-once.ts'
import { MARKERS_FOLLOW_DECISION } from './transactions/markers-follow-decision.ts'
import { NO_OFFSETS_OF_ABORTED_TRANSACTIONS } from './transactions/no-offsets-of-aborted-transactions.ts'
import { ONE_PRODUCER_PER_EPOCH } from './transactions/one-producer-per-epoch.ts'
import { READ_COMMITTED_SEES_ONLY_COMMITTED } from './transactions/read-committed.ts'
import { TRANSACTIONS_ATOMIC } from './transactions/transactions-atomic.ts'
import { TRANSACTIONS_END } from './transactions/transactions-end.ts'
import { WEAK_ISR } from './weak-isr.ts'

/** Every property, in the order in which reports list them: records first, then replicas, state, clients, the end. */
export const PROPERTIES: readonly Property[] = [
  CONSISTENT_COMMITTED_DATA,
  ACKED_AT_ALL_NOT_LOST,
  ACKED_AT_ONE_NOT_LOST,
  LEADER_COMPLETENESS,
  ONE_RECORD_PER_COMMITTED_OFFSET,
  STRONG_ISR,
  WEAK_ISR,
  LOG_MATCHING_BELOW_HIGH_WATERMARK,
  LOG_MATCHING_BY_EPOCH,
  FLUSHED_NOT_LOST,
  RECOVERY_INVENTS_NOTHING,
  OFFSETS_GROW,
  SINGLE_LEADER_PER_EPOCH,
  MONOTONIC_LEADER_EPOCH,
  MONOTONIC_CONTROLLER_EPOCH,
  MONOTONIC_STATE_VERSION,
  MONOTONIC_HIGH_WATERMARK,
  HIGH_WATERMARK_BELOW_LOG_END,
  RETENTION_BELOW_HIGH_WATERMARK,
  CLEANING_BELOW_UNDECIDED,
  COMPACTION_KEEPS_LAST_VALUES,
  ISR_WITHIN_ASSIGNMENT,
  LEADER_IN_ISR,
  ISR_NEVER_EMPTY,
  ACKED_BELOW_HIGH_WATERMARK,
  ACKED_WITH_ENOUGH_REPLICAS,
  CONSUMERS_SEE_ONLY_COMMITTED,
  CONSUMERS_IN_ORDER_WITHOUT_GAPS,
  CONSUMERS_NOTHING_TWICE,
  RESETS_GO_TO_THE_START,
  ONE_OWNER_PER_GENERATION,
  ONE_MEMBER_PER_INSTANCE,
  STABLE_GENERATIONS_GROW,
  MEMBERS_READ_WHAT_THEY_OWN,
  NO_COMMIT_AHEAD_OF_DELIVERY,
  COMMITTED_OFFSETS_KEPT,
  NO_STALE_COMMITS,
  PRODUCERS_IN_ORDER,
  IDEMPOTENT_NOTHING_TWICE,
  SEQUENCES_WITHOUT_GAPS,
  READ_COMMITTED_SEES_ONLY_COMMITTED,
  LAST_STABLE_OFFSET_HELD,
  MARKERS_FOLLOW_DECISION,
  COMMIT_TOLD_AFTER_DECISION,
  ONE_PRODUCER_PER_EPOCH,
  TRANSACTIONS_ATOMIC,
  TRANSACTIONS_END,
  NO_OFFSETS_OF_ABORTED_TRANSACTIONS,
  MADE_ONCE,
  ...PROMISED_TO_CLIENTS,
  REPLICAS_CONVERGE,
  PARTITIONS_HAVE_LEADERS,
]

const BY_NAME: Readonly<Record<string, Property>> = Object.fromEntries(PROPERTIES.map((it) => [it.name, it]))

export const propertyNamed = (name: string): Property | undefined => BY_NAME[name]
