/** Probes of what machines tell as facts anyway: a rare branch is then counted by its fact and needs no probe of its own. */
import type { Fact } from '../../kafka/facts.ts'
import { splitTopicPartition } from '../../kafka/ids.ts'

const hasAny = (list: readonly unknown[] | undefined): boolean => (list?.length ?? 0) > 0

/** The probe that a fact reaches; null: none. */
export function toldProbe(fact: Fact): string | null {
  switch (fact.kind) {
    case 'coordinatorLoaded':
      // The first leader of a partition loads an empty one.
      return fact.leaderEpoch > 0 ? `new coordinator of ${splitTopicPartition(fact.partition).topic}` : null
    case 'coordinatorResigned':
      return `coordinator of ${splitTopicPartition(fact.partition).topic} resigned`
    case 'groupMemberRemoved':
      return `member removed: ${fact.why}`
    case 'groupMemberReplaced':
      return 'static member came back under another member id'
    case 'consumerGroup':
      return `group of KIP-848 is ${fact.state}`
    case 'partitionsLost':
      return hasAny(fact.partitions) ? 'member lost its partitions' : null
    case 'commitAnswered':
      return fact.error === null ? null : `commit failed with ${fact.error}`
    case 'pollThrew':
      return 'poll threw at the application'
    case 'offsetExpired':
      return 'committed offset expired'
    case 'produceRefused':
      return `batch refused with ${fact.error}`
    case 'transactionTold':
      return `application told that its transaction is ${fact.outcome}`
    case 'transactionMarkerRefused':
      return 'leader refused a marker'
    case 'transactionNotWritten':
      return 'transaction state not written'
    case 'logDirFailed':
      return 'log directory failed'
    case 'replicasInFailedDirectory':
      return 'replicas of a failed log directory counted as offline'
    case 'corruptBatchFetched':
      return 'follower fetched a corrupt batch'
    case 'powerLost':
      return hasAny(fact.removed) ? 'power loss took records that were not flushed' : null
    case 'recovered':
      return hasAny(fact.scanned) ? 'recovery scanned segments from the recovery point on' : null
    case 'segmentsDeleted':
      return `segments deleted by ${fact.reason}`
    case 'logCleaned':
      return fact.recordsRemoved > 0 ? 'cleaner removed records' : null
    case 'startFailed':
      return 'start failed'
    default:
      return null
  }
}
