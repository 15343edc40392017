/**
 * The holes of Kafka through which a power loss loses what was committed, each told from what happened in the run: which
 * broker first led without the record, what took the record from it, and what the cluster had noticed of that by then.
 */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { nodeNumber } from '../kafka/ids.ts'
import type { RecordIdentity } from '../kafka/records.ts'
import type { CommittedRecord, World } from '../world/world.ts'
import type { Cut, Cuts } from './cuts.ts'
import { cutsOf, cutsOfRecord, heldAfter, isPowerLoss } from './cuts.ts'
import { isrsBetween } from './isr-history.ts'
import { logOf, recordAt } from './logs.ts'
import { losesPower } from './promises.ts'
import { takeoverWithout } from './takeovers.ts'

/** No protocol without fsync keeps what every replica in sync lost: KIP-101, second scenario. */
export const EVERY_MEMBER_LOST_POWER = 'C-02 (KIP-101: every ISR member lost power)'
/** A broker that alone is left in the ISR leads, whatever became of its log; from 4.0 KIP-966 sees an unclean shutdown. */
export const LAST_REPLICA_STANDING = 'C-16 (KIP-966: last replica standing)'
/**
 * The controller sees that a broker was away by its session, and since KIP-380 (2.2) by its broker epoch; a controller
 * that took office after the broker was back sees neither, and leaves it in the ISR, or in the lead.
 */
export const BACK_BEFORE_NOTICED = 'C-29 (KIP-380: back before its loss was noticed)'
/** The same leader goes on in the epoch in which it lost records: followers that kept them have nothing to tell them by. */
export const EPOCH_LED_TWICE = 'C-29 (KIP-380: an epoch led twice, before and after a power loss)'

/** What the short names stand for. */
export const POWER_LOSS_HOLES: readonly { readonly name: string; readonly meaning: string }[] = [
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

/** The hole through which a power loss lost this record; null where none did, or where none of these explains it. */
export function powerLossHole(world: World, cuts: Cuts, record: JudgedRecord): string | null {
  const { partition, id, offset, epoch, committed, lastLeader } = record
  const sinceEvent = committed?.event ?? world.ledger.sent[id]?.answeredBy ?? -1
  const missed = { partition, id, offset, sinceEvent, sinceEpoch: committed?.leaderEpoch ?? epoch }
  const takeover = takeoverWithout(world, cuts, missed, lastLeader)
  if (takeover === null) return null
  const { broker, event, isr, instead } = takeover
  if (instead !== null) return isOfEpochLedTwice(world, cuts, partition, instead, epoch) ? EPOCH_LED_TWICE : null
  const lossOf = (replica: BrokerId): Cut | null => lostBefore(world, cuts, record, replica, event)
  const loss = lossOf(broker)
  if (loss === null) return null
  const allLostIt = (members: readonly BrokerId[]): boolean => members.every((member) => lossOf(member) !== null)
  if (committed !== null && allLostIt(committed.isr)) return EVERY_MEMBER_LOST_POWER
  if (isr.length > 1 && allLostIt(isr)) return EVERY_MEMBER_LOST_POWER
  // Whoever was put out of the ISR in the meantime has come back with a log that was compared to a leader's.
  if (!isrsBetween(world, partition, loss.event, event).every((members) => members.includes(broker))) return null
  return isr.length === 1 ? LAST_REPLICA_STANDING : BACK_BEFORE_NOTICED
}

/** The power loss since which a broker has been without a record, up to that event; null: it had it, or another cut took it. */
function lostBefore(world: World, cuts: Cuts, record: JudgedRecord, broker: BrokerId, event: number): Cut | null {
  const { partition, id, offset } = record
  const own = cutsOfRecord(cuts, partition, id, offset).filter((cut) => cut.broker === broker)
  const last = own.findLast((cut) => cut.event <= event)
  if (last === undefined || !isPowerLoss(last)) return null
  const log = logOf(world, broker, partition)
  const cameBack = own.some((cut) => cut.event > event) || (log !== null && recordAt(log, offset)?.id === id)
  return cameBack ? null : last
}

/**
 * Whether a power loss took `kept` from a leader that then led on in the epoch `epoch`: what it appended there lies at
 * offsets where others keep what it had before, and no epoch tells the two apart.
 */
function isOfEpochLedTwice(
  world: World,
  cuts: Cuts,
  partition: TopicPartition,
  kept: RecordIdentity,
  epoch: number,
): boolean {
  return cutsOfRecord(cuts, partition, kept).some((cut) => {
    if (!isPowerLoss(cut)) return false
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

/** The hole through which a power loss made two replicas hold different records at one offset; null: none that is known. */
export function divergenceHole(
  world: World,
  partition: TopicPartition,
  offset: number,
  brokers: readonly [BrokerId, BrokerId],
): string | null {
  if (!losesPower(world.plan)) return null
  const cuts = cutsOf(world)
  const [left, right] = brokers.map((broker) => heldAfter(world, cuts, { partition, broker }, offset, world.index))
  if (left == null || right == null) return null
  const ledTwice =
    isOfEpochLedTwice(world, cuts, partition, left.id, right.epoch) ||
    isOfEpochLedTwice(world, cuts, partition, right.id, left.epoch)
  return ledTwice ? EPOCH_LED_TWICE : null
}
