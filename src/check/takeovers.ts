/** Who first led without a record: the takeover with which it went missing. */
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { nodeNumber } from '../kafka/ids.ts'
import type { RecordIdentity } from '../kafka/records.ts'
import { partitionTruth } from '../world/targets.ts'
import type { World } from '../world/world.ts'
import type { Cuts } from './cuts.ts'
import { heldAfter } from './cuts.ts'
import { logOf } from './logs.ts'

/** A broker began to lead a partition. */
export interface Takeover {
  readonly broker: BrokerId
  readonly event: number
  readonly leaderEpoch: number
  /** The ISR that it was told. */
  readonly isr: readonly BrokerId[]
  /** What it had, or a cut has left a gap of, at the offset of the record that is missing; null: its log ended before. */
  readonly instead: RecordIdentity | null
  /** It does lead; false: it is named, and would lead like this. */
  readonly leads: boolean
}

/** A record from the moment on when its loss would be one: its commit, or its acknowledgement. */
interface MissedRecord {
  readonly partition: TopicPartition
  readonly id: RecordIdentity
  readonly offset: number
  readonly sinceEvent: number
  /** The epoch of the leader that committed it; takeovers of older epochs are of brokers that are out of date. */
  readonly sinceEpoch: number
}

/**
 * The first takeover since then by a broker that was without the record. Where nobody led any more: the last named leader
 * `last`, as it would lead at the end of the run.
 */
export function takeoverWithout(world: World, cuts: Cuts, record: MissedRecord, last: BrokerId): Takeover | null {
  const { partition, id, offset, sinceEvent, sinceEpoch } = record
  const without = (taken: Omit<Takeover, 'instead'>, logEndOffset: number): Takeover | null => {
    if (logEndOffset <= offset) return { ...taken, instead: null }
    const held = heldAfter(world, cuts, { partition, broker: taken.broker }, offset, taken.event)
    return held !== null && (held.isCutOut || held.id !== id) ? { ...taken, instead: held.id } : null
  }
  for (const { node, event, fact } of world.ledger.facts) {
    if (fact.kind !== 'becameLeader' || fact.partition !== partition) continue
    if (event <= sinceEvent || fact.leaderEpoch < sinceEpoch) continue
    const { leaderEpoch, isr } = fact
    const takeover = without({ broker: nodeNumber(node), event, leaderEpoch, isr, leads: true }, fact.logEndOffset)
    if (takeover !== null) return takeover
  }
  const { isr, leaderEpoch } = partitionTruth(world, partition) ?? { isr: [], leaderEpoch: -1 }
  const named = { broker: last, event: world.index, leaderEpoch, isr, leads: false }
  return without(named, logOf(world, last, partition)?.logEndOffset ?? 0)
}
