/**
 * The holes of Kafka through which disks lose what was committed, each told from what happened in the run: which broker
 * first led without the record, what took the record from it, and what the cluster had noticed of that by then.
 */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { nodeNumber } from '../kafka/ids.ts'
import { emptyImage, replayRecord } from '../kafka/metadata-log.ts'
import type { RecordIdentity } from '../kafka/records.ts'
import type { CommittedRecord, World } from '../world/world.ts'
import type { Cut, Cuts } from './cuts.ts'
import { cutsOf, cutsOfRecord, heldAfter, isLossOnDisk, isNewDisk, isPowerLoss, lastCutOf } from './cuts.ts'
import { readmissions } from './isr-history.ts'
import { logOf, recordAt } from './logs.ts'
import { damagesDisks, hasEligibleReplicas, losesOnDisks, tearsTails } from './promises.ts'
import { type Takeover, takeoverWithout } from './takeovers.ts'

/** No protocol without fsync keeps what every replica in sync lost: KIP-101, second scenario. */
const EVERY_MEMBER_LOST_POWER = 'C-02 (KIP-101: every ISR member lost power)'
/** A broker that alone is left in the ISR leads, whatever became of its log; from 4.0 KIP-966 sees an unclean shutdown. */
const LAST_REPLICA_STANDING = 'C-16 (KIP-966: last replica standing)'
/**
 * The controller sees that a broker was away by its session, and since KIP-380 (2.2) by its broker epoch; a controller
 * that took office after the broker was back sees neither, and leaves it in the ISR, or in the lead.
 */
const BACK_BEFORE_NOTICED = 'C-29 (KIP-380: back before its loss was noticed)'
/** The same leader goes on in the epoch in which it lost records: followers that kept them have nothing to tell them by. */
const EPOCH_LED_TWICE = 'C-29 (KIP-380: an epoch led twice, before and after a power loss)'

/**
 * The ISR is a list of brokers, not of logs: one that has lost its unflushed tail is a member until somebody hears of it,
 * and may even be named leader. Kafka does not ask that a broker comes back with all that it had; it fetches what it
 * lacks before it joins again.
 */
export const LOSS_NOT_NOTICED =
  'replication without fsync (an ISR member lost what it had, and is not out of the ISR yet)'
/** A leader asked for the broker as it was, and the answer takes it in as it is. */
const JOINED_BY_OLD_WORD = 'KIP-903 (a broker is taken into the ISR for what it had before its loss)'
/** Nobody eligible is left, as everybody stopped uncleanly: whoever led last leads again (4.0 canElectLastKnownLeader). */
const LAST_KNOWN_LEADER = 'KIP-966 (the last known leader leads after an unclean stop)'

/** What the short names stand for. */
export const DISK_HOLES: readonly { readonly name: string; readonly meaning: string }[] = [
  {
    name: 'C-02',
    meaning:
      'KIP-101, its second scenario: every member of the ISR lost power, and none had flushed the record. No protocol without fsync keeps it.',
  },
  {
    name: 'C-16',
    meaning:
      'KIP-966: the last replica standing, alone in the ISR, lost its tail and leads all the same. With eligible leader replicas (4.0) an unclean shutdown is seen, and it does not.',
  },
  {
    name: 'C-29',
    meaning:
      'KIP-380: a broker was back before anybody had noticed what it lost, and stayed in the ISR, or in the lead in the same epoch. Since 2.2 a controller sees the bounce by the broker epoch; one that took office later does not.',
  },
]

export interface JudgedRecord {
  readonly partition: TopicPartition
  readonly id: RecordIdentity
  readonly offset: number
  /** Leader epoch of the record; -1 before 0.11 or where no copy tells. */
  readonly epoch: number
  /** null: it was acknowledged and never committed. */
  readonly committed: CommittedRecord | null
  /** The last leader that the registry named. */
  readonly lastLeader: BrokerId
}

/** The name of a hole; null: a disk explains it, and no issue of Kafka's; undefined: no disk explains it. */
export type DiskHole = string | null | undefined

/** The hole through which the loss on a disk (power lost, disk replaced, file damaged) lost this record for the partition. */
export function diskHole(world: World, cuts: Cuts, record: JudgedRecord): DiskHole {
  const { partition, id, offset, epoch, committed, lastLeader } = record
  const sinceEvent = committed?.event ?? world.ledger.sent[id]?.answeredBy ?? -1
  const missed = { partition, id, offset, sinceEvent, sinceEpoch: committed?.leaderEpoch ?? epoch }
  const takeover = takeoverWithout(world, cuts, missed, lastLeader)
  if (takeover === null) return undefined
  const { broker, event, isr, instead } = takeover
  if (instead !== null) return isOfEpochLedTwice(world, cuts, partition, instead, epoch) ? EPOCH_LED_TWICE : undefined
  const lossOf = (replica: BrokerId): Cut | null => lostBefore(world, cuts, record, replica, event)
  const loss = lossOf(broker)
  if (loss === null) return undefined
  /** null: not all of them lost it. */
  const lossesOf = (members: readonly BrokerId[]): readonly Cut[] | null => {
    const losses = members.map(lossOf).filter((each) => each !== null)
    return losses.length === members.length ? losses : null
  }
  const allLost = (committed === null ? null : lossesOf(committed.isr)) ?? (isr.length > 1 ? lossesOf(isr) : null)
  if (allLost !== null) return allLost.every(isPowerLoss) ? EVERY_MEMBER_LOST_POWER : null
  return unnoticedHole(world, partition, takeover, loss)
}

/** The hole through which a broker leads after a loss that others did not suffer. */
function unnoticedHole(world: World, partition: TopicPartition, takeover: Takeover, loss: Cut): DiskHole {
  const { plan } = world
  const { broker, event, isr, leads } = takeover
  if (isLastKnownLeader(world, partition, broker, event)) return LAST_KNOWN_LEADER
  // Whoever was put out of the ISR in the meantime has come back with a log that was compared to a leader's, unless the
  // leader asked for it before.
  const back = readmissions(world, partition, broker, loss.event, event)
  if (back.some(({ askedBy }) => askedBy === null || askedBy > loss.event)) return undefined
  if (!leads && !hasRegistered(world, broker, loss.event, event) && (isr.length > 1 || hasEligibleReplicas(plan))) {
    return LOSS_NOT_NOTICED
  }
  if (back.some((each) => hasRegistered(world, broker, loss.event, each.event))) {
    return plan.mechanisms.isrEligibility.endsWith('-epoch') ? undefined : JOINED_BY_OLD_WORD
  }
  if (isr.length === 1) return hasEligibleReplicas(plan) ? undefined : LAST_REPLICA_STANDING
  // Brokers of KRaft register anew whenever they start, once their former life has no session, and is in no ISR.
  return plan.mechanisms.metadata === 'registry' ? BACK_BEFORE_NOTICED : undefined
}

/** Whether a broker has registered once more after the first event, up to the second. */
const hasRegistered = ({ ledger }: World, broker: BrokerId, fromEvent: number, toEvent: number): boolean =>
  ledger.facts.some(
    ({ node, event, fact }) =>
      fact.kind === 'registered' && event > fromEvent && event <= toEvent && nodeNumber(node) === broker,
  )

/** Whether it was last elected as the one known leader of before, when nobody was in the ISR or eligible any more. */
function isLastKnownLeader(world: World, partition: TopicPartition, broker: BrokerId, untilEvent: number): boolean {
  const image = emptyImage()
  let isLast = false
  for (const { event, record } of world.ledger.metadataLog) {
    if (event > untilEvent) break
    if ((record.type !== 'Partition' && record.type !== 'PartitionChange') || record.partition !== partition) continue
    const before = image.partitions[partition]
    if (record.leader !== undefined && before !== undefined) {
      const { isr, lastKnownElr } = before
      // The record that elects it may be the one that takes the last eligible replica away.
      const elr = (record.type === 'PartitionChange' ? record.elr : undefined) ?? before.elr
      const wasKnown = lastKnownElr.length === 1 && lastKnownElr[0] === broker
      isLast = record.leader === broker && isr.length === 0 && elr.length === 0 && wasKnown
    }
    replayRecord(image, record, 0)
  }
  return isLast
}

/** The loss on its disk since which a broker has been without a record, up to that event; null: it had it, or a leader had it cut. */
function lostBefore(world: World, cuts: Cuts, record: JudgedRecord, broker: BrokerId, event: number): Cut | null {
  const { partition, id, offset } = record
  const last = lastCutOf(world, cuts, { partition, broker }, record, event)
  if (last === undefined || !isExplainedLoss(world, last)) return null
  const log = logOf(world, broker, partition)
  const later = cutsOfRecord(cuts, partition, id, offset).some((cut) => cut.broker === broker && cut.event > event)
  return later || (log !== null && recordAt(log, offset)?.id === id) ? null : last
}

/** A start that finds less than was written explains nothing where no disk was damaged: it would be its own mistake. */
export const isExplainedLoss = ({ plan }: World, cut: Cut): boolean =>
  isPowerLoss(cut) || isNewDisk(cut) || (isLossOnDisk(cut) && (damagesDisks(plan) || tearsTails(plan)))

/**
 * Whether a loss on its disk took `kept` from a leader that then led on in the epoch `epoch`: what it appended there lies
 * at offsets where others keep what it had before, and no epoch tells the two apart.
 */
function isOfEpochLedTwice(
  world: World,
  cuts: Cuts,
  partition: TopicPartition,
  kept: RecordIdentity,
  epoch: number,
): boolean {
  return cutsOfRecord(cuts, partition, kept).some((cut) => {
    if (!isExplainedLoss(world, cut)) return false
    const terms = world.ledger.facts.flatMap(({ node, event, fact }) =>
      fact.kind === 'becameLeader' &&
      fact.partition === partition &&
      fact.leaderEpoch === epoch &&
      nodeNumber(node) === cut.broker
        ? [event]
        : [],
    )
    return terms.some((event) => event < cut.event) && terms.some((event) => event > cut.event)
  })
}

/** The hole through which a disk made two replicas hold different records at one offset; undefined: none that is known. */
export function divergenceHole(
  world: World,
  partition: TopicPartition,
  offset: number,
  brokers: readonly [BrokerId, BrokerId],
): DiskHole {
  if (!losesOnDisks(world.plan)) return undefined
  const cuts = cutsOf(world)
  const [left, right] = brokers.map((broker) => heldAfter(world, cuts, { partition, broker }, offset, world.index))
  if (left == null || right == null) return undefined
  const ledTwice =
    isOfEpochLedTwice(world, cuts, partition, left.id, right.epoch) ||
    isOfEpochLedTwice(world, cuts, partition, right.id, left.epoch)
  return ledTwice ? EPOCH_LED_TWICE : undefined
}
