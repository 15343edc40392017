/** The hole through which a record was lost, or another one came to stand in its place: told from what happened in the run. */
import { type BrokerId, brokerNode, type TopicPartition } from '../kafka/ids.ts'
import { offsetAt, type RecordIdentity } from '../kafka/records.ts'
import { type StateZnode, statePath } from '../kafka/znodes.ts'
import type { CommittedRecord, World } from '../world/world.ts'
import { type Cuts, cutsOfRecord, epochWhenCut } from './cuts.ts'
import { type DiskHole, diskHole, type JudgedRecord } from './disk-holes.ts'
import { logOf, logsOf, recordAt } from './logs.ts'
import { ACKNOWLEDGED_BY_OLD_WAIT, isIdempotent, SEQUENCE_OF_ANOTHER } from './promises.ts'
import { replicationHole } from './replication-holes.ts'
import { rolesTaken } from './roles-taken.ts'

/** To 3.0 a value goes for a later one that is not committed, and that one may be cut afterwards. */
const CLEANED_ABOVE_HIGH_WATERMARK = 'KAFKA-13194'

/**
 * To 2.6 a leader writes its ISR itself. Where the answer is lost with its session, it goes on with the smaller ISR of
 * before, and commits what a member that the registry knows of does not have.
 */
const ISR_WRITE_UNANSWERED = 'KIP-497'

/**
 * In KRaft a leader that is told the state which it knows already no longer waits for the ISR that it has asked for, and
 * passes over the answer: until the log tells it, it commits without a member that the controllers know of.
 */
const ISR_ANSWER_PASSED_OVER = 'KAFKA-12686'

/** A disk's first, for a cleaner takes nothing that a broker does not have. */
export function lossHole(world: World, cuts: Cuts, record: JudgedRecord): DiskHole {
  const hole = diskHole(world, cuts, record)
  if (hole !== undefined) return hole
  if (isCleanedTooEarly(world, cuts, record)) return CLEANED_ABOVE_HIGH_WATERMARK
  if (isAnsweredForAnother(world, cuts, record)) return SEQUENCE_OF_ANOTHER
  if (isAcknowledgedByOldWait(world, cuts, record)) return ACKNOWLEDGED_BY_OLD_WAIT
  const { partition, committed } = record
  const unheard = committed === null ? undefined : unheardIsrHole(world, partition, committed, committed.event)
  return unheard === undefined ? replicationHole(world, cuts, record) : unheard
}

/**
 * To 0.9 a produce at acks=all waits on when its broker leads no more. Whether that broker cut the record, which was never
 * committed, and led again in the same life before the client was told.
 */
function isAcknowledgedByOldWait(
  world: World,
  cuts: Cuts,
  { partition, id, offset, committed }: JudgedRecord,
): boolean {
  const answeredBy = world.ledger.sent[id]?.answeredBy ?? null
  if (world.plan.mechanisms.stepDownCompletesProduce || committed !== null || answeredBy === null) return false
  return cutsOfRecord(cuts, partition, id, offset).some(({ broker, event }) => {
    const next = rolesTaken(world, partition).filter((role) => role.broker === broker && role.event > event)
    const back = next.find(({ fact }) => fact.kind === 'becameLeader' || fact.kind === 'recovered')
    return back?.fact.kind === 'becameLeader' && back.event < answeredBy
  })
}

/**
 * In 0.11 a batch that is given up leaves its sequence to the next one (KAFKA-5494, 1.0): the leader takes it for the one
 * that it has, and answers with the offset of that. Whether the record was never in any log, and stands for another one of
 * its producer.
 */
function isAnsweredForAnother({ plan, ledger }: World, cuts: Cuts, record: JudgedRecord): boolean {
  const { partition, id, offset, committed } = record
  const client = ledger.sent[id]?.client
  if (plan.mechanisms.sequencesCount !== 'acknowledged' || committed !== null || client === undefined) return false
  if (!isIdempotent(plan, client) || cutsOfRecord(cuts, partition, id).length > 0) return false
  return ledger.committed[partition]?.[offset]?.some((entry) => ledger.sent[entry.id]?.client === client) === true
}

/** What a leader believed at an event. */
interface LeaderBelief {
  readonly broker: BrokerId
  readonly leaderEpoch: number
  readonly isr: readonly BrokerId[]
}

/** The hole through which a leader came to know nothing of members that it has itself had put into the ISR, up to an event. */
export function unheardIsrHole(
  world: World,
  partition: TopicPartition,
  belief: LeaderBelief,
  untilEvent: number,
): string | undefined {
  const path = statePath(partition)
  const byLeader = world.plan.mechanisms.isrPersistence === 'registry'
  const last = world.ledger.registryWrites.findLast(
    (write) =>
      write.event <= untilEvent &&
      write.path === path &&
      write.write !== 'delete' &&
      (!byLeader || write.by === brokerNode(belief.broker)) &&
      (write.data as unknown as StateZnode).leaderEpoch === belief.leaderEpoch,
  )
  if (last === undefined) return undefined
  const { isr } = last.data as unknown as StateZnode
  if (isr.every((id) => belief.isr.includes(id))) return undefined
  if (byLeader) return ISR_WRITE_UNANSWERED
  return isIsrForgotten(world, partition, belief, isr, untilEvent) ? ISR_ANSWER_PASSED_OVER : undefined
}

/** Whether the leader no longer waited for that ISR when it came to be. */
const isIsrForgotten = (
  world: World,
  partition: TopicPartition,
  { broker, leaderEpoch }: LeaderBelief,
  isr: readonly BrokerId[],
  untilEvent: number,
): boolean =>
  world.ledger.facts.some(
    ({ event, node, fact }) =>
      event <= untilEvent &&
      fact.kind === 'isrChangeForgotten' &&
      node === brokerNode(broker) &&
      fact.partition === partition &&
      fact.leaderEpoch === leaderEpoch &&
      isr.every((id) => fact.askedFor.includes(id)),
  )

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
interface SeenOffset {
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
  const judgedOf = (id: RecordIdentity): JudgedRecord => {
    const committed = committedOf(id)
    const epoch = committed?.epoch ?? epochOf(world, cuts, partition, id, offset)
    return { partition, id, offset, epoch, committed, lastLeader }
  }
  // What was cut before it was acknowledged had gone when the others came, whenever its client was told.
  const sinceEvent = (id: RecordIdentity): number =>
    isAcknowledgedByOldWait(world, cuts, judgedOf(id))
      ? -1
      : (committedOf(id)?.event ?? world.ledger.sent[id]?.answeredBy ?? Number.MAX_SAFE_INTEGER)
  const inOrder = [...new Set(ids)].sort((a, b) => sinceEvent(a) - sinceEvent(b))
  const holes = (inOrder.length > 1 ? inOrder.slice(0, -1) : inOrder).map((id) => lossHole(world, cuts, judgedOf(id)))
  return holes.includes(undefined) ? undefined : (holes.find((hole) => hole !== null) ?? null)
}

/** The leader epoch of a record, as a log or a cut of one tells; -1 before 0.11 or where none does. */
function epochOf(world: World, cuts: Cuts, partition: TopicPartition, id: RecordIdentity, offset: number): number {
  const held = logsOf(world, partition).map(({ log }) => recordAt(log, offset))
  return held.find((record) => record?.id === id)?.epoch ?? epochWhenCut(cuts, partition, id) ?? -1
}
