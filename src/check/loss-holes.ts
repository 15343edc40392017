/** The hole through which a record was lost, or another one came to stand in its place: told from what happened in the run. */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { offsetAt, type RecordIdentity } from '../kafka/records.ts'
import { type StateZnode, statePath } from '../kafka/znodes.ts'
import type { CommittedRecord, World } from '../world/world.ts'
import { type Cuts, epochWhenCut } from './cuts.ts'
import { type DiskHole, diskHole, type JudgedRecord } from './disk-holes.ts'
import { logOf, logsOf, recordAt } from './logs.ts'

/** To 3.0 a value goes for a later one that is not committed, and that one may be cut afterwards. */
const CLEANED_ABOVE_HIGH_WATERMARK = 'KAFKA-13194'

/**
 * To 2.6 a leader writes its ISR itself. Where the answer is lost with its session, it goes on with the smaller ISR of
 * before, and commits what a member that the registry knows of does not have.
 */
export const ISR_WRITE_UNANSWERED = 'KIP-497'

/** A disk's first, for a cleaner takes nothing that a broker does not have. */
export function lossHole(world: World, cuts: Cuts, record: JudgedRecord): DiskHole {
  const hole = diskHole(world, cuts, record)
  if (hole !== undefined) return hole
  if (isCleanedTooEarly(world, cuts, record)) return CLEANED_ABOVE_HIGH_WATERMARK
  const { partition, committed } = record
  const unanswered = committed !== null && isIsrWriteUnanswered(world, partition, committed, committed.event)
  return unanswered ? ISR_WRITE_UNANSWERED : undefined
}

/** What a leader believed at an event. */
export interface LeaderBelief {
  readonly broker: BrokerId
  readonly leaderEpoch: number
  readonly isr: readonly BrokerId[]
}

/** Whether the last ISR that the leader itself wrote in its epoch, up to an event, has members which it does not know of. */
export function isIsrWriteUnanswered(
  world: World,
  partition: TopicPartition,
  { broker, leaderEpoch, isr }: LeaderBelief,
  untilEvent: number,
): boolean {
  if (world.plan.mechanisms.isrPersistence !== 'registry') return false
  const path = statePath(partition)
  const last = world.ledger.registryWrites.findLast(
    (write) =>
      write.event <= untilEvent &&
      write.path === path &&
      write.write !== 'delete' &&
      write.by === `broker-${broker}` &&
      (write.data as unknown as StateZnode).leaderEpoch === leaderEpoch,
  )
  return last !== undefined && (last.data as unknown as StateZnode).isr.some((id) => !isr.includes(id))
}

/** A cleaner took the record for a later one of its key that was never committed. */
function isCleanedTooEarly(world: World, cuts: Cuts, { partition, id, offset, lastLeader }: JudgedRecord): boolean {
  if (world.plan.mechanisms.cleanerStopsAtHighWatermark) return false
  const { sent, committed } = world.ledger
  const key = sent[id]?.key ?? null
  const log = logOf(world, lastLeader, partition)
  if (key === null || log === null || offset >= (log.cleanedTo ?? 0) || recordAt(log, offset) !== null) return false
  const isLater = (other: { readonly id: RecordIdentity; readonly offset: number }): boolean =>
    other.offset > offset &&
    sent[other.id]?.key === key &&
    committed[partition]?.[other.offset]?.some((entry) => entry.id === other.id) !== true
  const wasCut = cuts.ofPartition.get(partition)?.some(({ removed }) => removed.some(isLater)) === true
  return (
    wasCut ||
    log.batches.some((batch) =>
      batch.records.some((each, index) => isLater({ id: each.id, offset: offsetAt(batch, index) })),
    )
  )
}

/** Where several records were committed, acknowledged or handed out, or one that a replica lacks. */
export interface SeenOffset {
  readonly partition: TopicPartition
  readonly offset: number
  readonly ids: readonly RecordIdentity[]
  /** The last leader that the registry named. */
  readonly lastLeader: BrokerId
}

/** The hole through which the first record at an offset went, where each but the last of several has gone through one. */
export function replacedHole(world: World, cuts: Cuts, { partition, offset, ids, lastLeader }: SeenOffset): DiskHole {
  const entries = world.ledger.committed[partition]?.[offset] ?? []
  const committedOf = (id: RecordIdentity): CommittedRecord | null => entries.find((entry) => entry.id === id) ?? null
  const sinceEvent = (id: RecordIdentity): number =>
    committedOf(id)?.event ?? world.ledger.sent[id]?.answeredBy ?? Number.MAX_SAFE_INTEGER
  const inOrder = [...new Set(ids)].sort((a, b) => sinceEvent(a) - sinceEvent(b))
  const holes = (inOrder.length > 1 ? inOrder.slice(0, -1) : inOrder).map((id) => {
    const committed = committedOf(id)
    const epoch = committed?.epoch ?? epochOf(world, cuts, partition, id, offset)
    return lossHole(world, cuts, { partition, id, offset, epoch, committed, lastLeader })
  })
  return holes.includes(undefined) ? undefined : (holes.find((hole) => hole !== null) ?? null)
}

/** The leader epoch of a record, as a log or a cut of one tells; -1 before 0.11 or where none does. */
function epochOf(world: World, cuts: Cuts, partition: TopicPartition, id: RecordIdentity, offset: number): number {
  const held = logsOf(world, partition).map(({ log }) => recordAt(log, offset))
  return held.find((record) => record?.id === id)?.epoch ?? epochWhenCut(cuts, partition, id) ?? -1
}
