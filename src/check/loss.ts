/**
 * What was lost, what came back, and what is there twice: the words of verdicts.
 * Committed: below the high watermark of a broker that believes it leads. Missing: the log of the leader that the
 * registry names has another record, or none, at that offset. Lost: missing under the last such leader of the run.
 */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { NO_LEADER } from '../kafka/ids.ts'
import { offsetAt, type RecordIdentity } from '../kafka/records.ts'
import type { StateZnode } from '../kafka/znodes.ts'
import { statePath } from '../kafka/znodes.ts'
import { emptyLog, type ReplicaLog } from '../log/replica-log.ts'
import { knownPartitions, partitionTruth } from '../world/targets.ts'
import type { CommittedRecord, SentRecord, World } from '../world/world.ts'
import { isCompactedAway, type LastCommitted } from './compacted.ts'
import type { Cut, Cuts } from './cuts.ts'
import { cutsOf, cutsOfRecord, epochWhenCut } from './cuts.ts'
import type { DiskHole } from './disk-holes.ts'
import { findRecord, logOf, logsOf, recordAt } from './logs.ts'
import { lossHole } from './loss-holes.ts'

export interface LostRecord {
  readonly id: RecordIdentity
  readonly value: string | null
  readonly partition: TopicPartition
  readonly offset: number
  /** Leader epoch of the record; -1 before 0.11 or where no copy tells. */
  readonly epoch: number
  /** -1 all; null: it was committed and not acknowledged. */
  readonly acks: number | null
  readonly ackedAtUs: number | null
  /** Event at which the client was told. */
  readonly ackedBy: number | null
  readonly committedAtUs: number | null
  /** The last leader that the registry named, whose log lacks it. */
  readonly leader: BrokerId
  /** What that leader has there instead; null: nothing. */
  readonly instead: { readonly id: RecordIdentity; readonly value: string | null } | null
  /** Brokers that still have it: a diverged copy does not unlose it. */
  readonly remainsOn: readonly BrokerId[]
  /** The cut that took it from that leader, else the last cut of any copy; null: nobody cut it. */
  readonly truncatedBy: Cut | null
  /** The hole of Kafka through which it was lost, as the run tells. */
  readonly toldHole: DiskHole
}

/** The last leader that the registry named, which may be down by now; null when it never named one. */
export function lastNamedLeader(world: World, partition: TopicPartition): BrokerId | null {
  const truth = partitionTruth(world, partition)
  if (truth !== null && truth.leader !== NO_LEADER) return truth.leader
  const path = statePath(partition)
  const writes = world.ledger.registryWrites
  for (let i = writes.length - 1; i >= 0; i--) {
    const write = writes[i]!
    if (write.path !== path) continue
    // A deleted topic took its records with it.
    if (write.write === 'delete') return null
    const { leader } = write.data as unknown as StateZnode
    if (leader !== NO_LEADER) return leader
  }
  return null
}

interface JudgedLog {
  readonly broker: BrokerId
  readonly log: ReplicaLog
}

/** The log against which loss is judged, with its broker; null when no leader was ever named. */
export function judgedLog(world: World, partition: TopicPartition): JudgedLog | null {
  if (partitionTruth(world, partition) === null) return null
  const broker = lastNamedLeader(world, partition)
  if (broker === null) return null
  return { broker, log: logOf(world, broker, partition) ?? EMPTY }
}

/** A leader without a log (its disk is empty) has no record at all. */
const EMPTY: ReplicaLog = emptyLog()

interface Witness {
  readonly id: RecordIdentity
  readonly value: string | null
  readonly partition: TopicPartition
  readonly offset: number
}

function lostFrom(world: World, witness: Witness, judged: JudgedLog, allCuts: Cuts): LostRecord {
  const { id, partition, offset } = witness
  const copies = logsOf(world, partition)
    .map(({ broker, log }) => ({ broker, held: findRecord(log, id) }))
    .filter(({ held }) => held !== null)
  const cuts = cutsOfRecord(allCuts, partition, id)
  const lastLeader = judged.broker
  const committed = world.ledger.committed[partition]?.[offset]?.find((entry) => entry.id === id)
  const sent = world.ledger.sent[id] as SentRecord | undefined
  const acked = sent?.outcome === 'acked' ? sent : undefined
  const epoch = committed?.epoch ?? copies[0]?.held?.epoch ?? epochWhenCut(allCuts, partition, id) ?? -1
  const judgedRecord = { partition, id, offset, epoch, committed: committed ?? null, lastLeader }
  return {
    id,
    value: witness.value,
    partition,
    offset,
    epoch,
    acks: acked?.acks ?? null,
    ackedAtUs: acked?.answeredAtUs ?? null,
    ackedBy: acked?.answeredBy ?? null,
    committedAtUs: committed?.atUs ?? null,
    leader: lastLeader,
    instead: recordAt(judged.log, offset),
    remainsOn: copies.map(({ broker }) => broker),
    truncatedBy: cuts.findLast(({ broker }) => broker === lastLeader) ?? cuts.at(-1) ?? null,
    toldHole: lossHole(world, allCuts, judgedRecord),
  }
}

/** Not at its offset, and not because the log begins later (retention, DeleteRecords) or was compacted. */
const isMissingAt = (
  world: World,
  partition: TopicPartition,
  log: ReplicaLog,
  record: { readonly id: RecordIdentity; readonly offset: number; readonly value: string | null },
  known: LastCommitted,
): boolean =>
  record.offset >= log.logStartOffset &&
  recordAt(log, record.offset)?.id !== record.id &&
  !isCompactedAway(world, partition, log, record, known)

const byPlace = (a: LostRecord, b: LostRecord): number =>
  a.partition === b.partition ? a.offset - b.offset : a.partition < b.partition ? -1 : 1

/**
 * Acknowledged records that are nowhere in the log of the last named leader, by partition and offset. A record that a
 * retry put at a second offset is not lost while one of the two is there.
 */
export function lostRecords(world: World): LostRecord[] {
  const lost: LostRecord[] = []
  const judged = judgedLogs(world)
  const cuts = cutsOf(world)
  const known: LastCommitted = {}
  for (const sent of Object.values(world.ledger.sent)) {
    if (sent.outcome !== 'acked' || sent.partition === null || sent.offset < 0 || sent.acks === 0) continue
    const target = judged[sent.partition]
    if (target === undefined || !isMissingAt(world, sent.partition, target.log, sent, known)) continue
    if (findRecord(target.log, sent.id) !== null) continue
    lost.push(lostFrom(world, { ...sent, partition: sent.partition }, target, cuts))
  }
  return lost.sort(byPlace)
}

/** Committed records, acknowledged or not, that the last named leader does not have at their offset. */
export function lostCommitted(world: World): LostRecord[] {
  const lost: LostRecord[] = []
  const judged = judgedLogs(world)
  const cuts = cutsOf(world)
  const known: LastCommitted = {}
  for (const partition of Object.keys(world.ledger.committed).sort()) {
    const target = judged[partition]
    if (target === undefined) continue
    for (const entries of Object.values(world.ledger.committed[partition]!)) {
      for (const entry of entries) {
        if (isMissingAt(world, partition, target.log, entry, known)) lost.push(lostFrom(world, entry, target, cuts))
      }
    }
  }
  return lost.sort(byPlace)
}

function judgedLogs(world: World): Record<TopicPartition, JudgedLog> {
  const logs: Record<TopicPartition, JudgedLog> = {}
  for (const partition of knownPartitions(world)) {
    const judged = judgedLog(world, partition)
    if (judged !== null) logs[partition] = judged
  }
  return logs
}

/** Committed records that the leader now named by the registry does not have: they are missing, not yet lost. */
export function missing(world: World, partition: TopicPartition): CommittedRecord[] {
  const truth = partitionTruth(world, partition)
  if (truth === null || truth.leader === NO_LEADER) return []
  const log = logOf(world, truth.leader, partition) ?? EMPTY
  const found: CommittedRecord[] = []
  const known: LastCommitted = {}
  for (const entries of Object.values(world.ledger.committed[partition] ?? {})) {
    const last = entries.at(-1)!
    if (isMissingAt(world, partition, log, last, known)) found.push(last)
  }
  return found.sort((a, b) => a.offset - b.offset)
}

/**
 * Committed records that were missing under some later leader, whether they came back or not: one took over with a log
 * that ended below them, or another record was committed in their place, or they are lost.
 */
export function everMissing(world: World): CommittedRecord[] {
  const lost = new Set(lostCommitted(world).map(({ partition, offset, id }) => `${partition} ${offset} ${id}`))
  const takeovers = world.ledger.facts.filter(({ fact }) => fact.kind === 'becameLeader')
  const found: CommittedRecord[] = []
  for (const partition of Object.keys(world.ledger.committed).sort()) {
    const shortest = takeovers.flatMap(({ event, fact }) =>
      fact.kind === 'becameLeader' && fact.partition === partition ? [{ event, logEndOffset: fact.logEndOffset }] : [],
    )
    for (const entries of Object.values(world.ledger.committed[partition]!)) {
      entries.forEach((entry, index) => {
        const overwritten = index < entries.length - 1
        const cutOff = shortest.some(({ event, logEndOffset }) => event > entry.event && logEndOffset <= entry.offset)
        if (overwritten || cutOff || lost.has(`${partition} ${entry.offset} ${entry.id}`)) found.push(entry)
      })
    }
  }
  return found.sort((a, b) => (a.partition === b.partition ? a.offset - b.offset : a.partition < b.partition ? -1 : 1))
}

export interface DuplicatedRecord {
  readonly partition: TopicPartition
  readonly id: RecordIdentity
  readonly value: string | null
  readonly offsets: readonly number[]
}

/** Records that the last named leader has at more than one offset: a retry was appended again. */
export function duplicatedRecords(world: World): DuplicatedRecord[] {
  const found: DuplicatedRecord[] = []
  for (const [partition, { log }] of Object.entries(judgedLogs(world)).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const seen: Record<RecordIdentity, { value: string | null; offsets: number[] }> = {}
    for (const batch of log.batches) {
      batch.records.forEach((record, index) => {
        const entry = seen[record.id] ?? { value: record.value, offsets: [] }
        entry.offsets.push(offsetAt(batch, index))
        seen[record.id] = entry
      })
    }
    for (const [id, { value, offsets }] of Object.entries(seen)) {
      if (offsets.length > 1) found.push({ partition, id, value, offsets })
    }
  }
  return found
}
