/** Cuts of replica logs, and what a replica held before them: read back from what each cut took away. */

import type { RemovedRecord } from '../kafka/facts/log.ts'
import { type CutFact, isCut } from '../kafka/facts.ts'
import type { BrokerId, TopicPartition } from '../kafka/ids.ts'
import { NO_LEADER, nodeNumber } from '../kafka/ids.ts'
import type { RecordIdentity } from '../kafka/records.ts'
import type { World } from '../world/world.ts'
import { logOf, recordAt } from './logs.ts'

/** A cut that took a copy of a record away. */
export interface Cut {
  readonly broker: BrokerId
  readonly event: number
  readonly atUs: number
  /** The mechanism and its source, as the broker said. */
  readonly rule: string
  /** The log end after it. */
  readonly to: number
  /** Whom the broker followed then; -1 where its own disk lost the copy. */
  readonly leader: BrokerId
}

/** The rules of cuts that no broker made. */
const POWER_LOSS_RULE = 'power loss of the unflushed tail'
const NEW_DISK_RULE = 'another disk'

function ruleOf(fact: CutFact): string {
  switch (fact.kind) {
    case 'powerLost':
      return POWER_LOSS_RULE
    case 'diskReplaced':
      return NEW_DISK_RULE
    default:
      return fact.rule
  }
}

export const isPowerLoss = ({ rule }: Cut): boolean => rule === POWER_LOSS_RULE

export const isNewDisk = ({ rule }: Cut): boolean => rule === NEW_DISK_RULE

/** The broker's own disk lost the copy: with the power, with the disk, or found damaged at a start. No leader had it cut. */
export const isLossOnDisk = ({ leader }: Cut): boolean => leader === NO_LEADER

/** A cut with everything that it took, by offset. */
interface FullCut {
  readonly cut: Cut
  readonly removed: readonly RemovedRecord[]
}

/** All cuts of a run, each list in order of time. */
export interface Cuts {
  /** By partition and identity of a record: the cuts that took a copy of it. */
  readonly ofRecord: ReadonlyMap<string, readonly FullCut[]>
  /** By partition. */
  readonly ofPartition: ReadonlyMap<TopicPartition, readonly FullCut[]>
}

function add<K>(lists: Map<K, FullCut[]>, key: K, full: FullCut): void {
  const known = lists.get(key)
  if (known === undefined) lists.set(key, [full])
  else known.push(full)
}

export function cutsOf(world: World): Cuts {
  const ofRecord = new Map<string, FullCut[]>()
  const ofPartition = new Map<TopicPartition, FullCut[]>()
  for (const { node, event, atUs, fact } of world.ledger.facts) {
    if (!isCut(fact)) continue
    const leader = fact.kind === 'truncated' ? fact.leader : NO_LEADER
    const cut: Cut = { broker: nodeNumber(node), event, atUs, to: fact.to, rule: ruleOf(fact), leader }
    const full = { cut, removed: fact.removed }
    add(ofPartition, fact.partition, full)
    for (const { id } of fact.removed) add(ofRecord, recordKey(fact.partition, id), full)
  }
  return { ofRecord, ofPartition }
}

const recordKey = (partition: TopicPartition, id: RecordIdentity): string => `${partition} ${id}`

/** The cuts that took a copy of one record, in order of time; a retry may have put it at more than one offset. */
export const cutsOfRecord = (cuts: Cuts, partition: TopicPartition, id: RecordIdentity, offset?: number): Cut[] =>
  (cuts.ofRecord.get(recordKey(partition, id)) ?? [])
    .filter(({ removed }) => offset === undefined || removed.some((each) => each.id === id && each.offset === offset))
    .map(({ cut }) => cut)

/**
 * The cut, up to an event, since which a replica has been without a record; another disk is without whatever was sent
 * before it. undefined: nobody took it from there.
 */
export function lastCutOf(
  { ledger }: World,
  cuts: Cuts,
  replica: { readonly partition: TopicPartition; readonly broker: BrokerId },
  record: { readonly id: RecordIdentity; readonly offset: number },
  untilEvent: number,
): Cut | undefined {
  const sentAtUs = ledger.sent[record.id]?.sentAtUs ?? 0
  const took = ({ cut, removed }: FullCut): boolean =>
    cut.broker === replica.broker &&
    cut.event <= untilEvent &&
    ((isNewDisk(cut) && sentAtUs < cut.atUs) ||
      removed.some(({ id, offset }) => id === record.id && offset === record.offset))
  return cuts.ofPartition.get(replica.partition)?.findLast(took)?.cut
}

/** The leader epoch of a record as the first cut of it tells; undefined: nobody cut it. */
export const epochWhenCut = (cuts: Cuts, partition: TopicPartition, id: RecordIdentity): number | undefined =>
  cuts.ofRecord.get(recordKey(partition, id))?.[0]?.removed.find((record) => record.id === id)?.epoch

/** What a replica had at an offset below its log end. */
export interface Held {
  readonly id: RecordIdentity
  readonly epoch: number
  /** It was cut out: a log that is cut in the middle of a batch loses the whole batch and ends where it was told to. */
  readonly isCutOut: boolean
}

/**
 * What a replica had at an offset below its log end right after an event: what the first later cut took from there, else
 * what lies there at the end of the run, else what an earlier cut has left a gap of. null: nothing tells (a cleaner or
 * retention may have been there).
 */
export function heldAfter(
  world: World,
  cuts: Cuts,
  replica: { readonly partition: TopicPartition; readonly broker: BrokerId },
  offset: number,
  event: number,
): Held | null {
  const { partition, broker } = replica
  const own = (cuts.ofPartition.get(partition) ?? []).flatMap(({ cut, removed }) => {
    const taken = cut.broker === broker ? removed.find((record) => record.offset === offset) : undefined
    return taken === undefined ? [] : [{ cut, taken }]
  })
  const later = own.find(({ cut }) => cut.event > event)?.taken
  const log = logOf(world, broker, partition)
  const held = later ?? (log === null ? null : recordAt(log, offset))
  if (held !== null) return { id: held.id, epoch: held.epoch, isCutOut: false }
  const before = own.findLast(({ cut }) => cut.event <= event)
  if (before === undefined || before.cut.to <= offset) return null
  return { id: before.taken.id, epoch: before.taken.epoch, isCutOut: true }
}
